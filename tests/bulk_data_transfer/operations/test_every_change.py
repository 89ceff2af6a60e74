"""Every operation on existing CAS: whose CAS, which CAS, and the changes since the check (section 11)."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bulk_data_transfer import sending
from bulk_data_transfer.models import Which
from bulk_data_transfer.operation import OPERATIONS, guessed
from bulk_data_transfer.operations import changes
from bulk_data_transfer.operations.table import WORK
from cas.models import CAS
from licences.models import Event
from sms.core import clock
from sms.core.refused import NotAllowed, Refused
from sponsorship_duties.models import Activity
from tests.bulk_data_transfer.operations.changing import (
    checked,
    codes,
    imported,
    pasted,
    rows_in,
    sent,
    sentences,
    sheet,
)
from tests.bulk_data_transfer.operations.test_fees import OURS
from tests.factories import a_licence, a_user, an_allocation, brought_to, in_status, many
from tests.sponsorship_duties.factories import a_reason
from tests.sponsorship_duties.test_graduates import a_graduate

pytestmark = pytest.mark.django_db

CHANGES = [
    name for name in OPERATIONS if name not in {"create", "decide"}
]  # test_decisions.py has those of caseworkers
EVERY = pytest.mark.parametrize("operation", CHANGES)
FOR_LEVEL_2 = pytest.mark.parametrize("operation", [name for name in CHANGES if name != "withdraw"])
VALUES = {
    "fees": {"Course fees paid to date (£)": "7"},
    "report": {
        "Activity type": "Stop sponsoring student",
        "Reason": "Failed to enrol",
        "Date": "14/09/2026",
        "Details": "Absent",
    },
    "withdraw": {"Reason for withdrawing": "Because"},
    "graduates": {},
}


@pytest.fixture
def cas_for(level2, allocation, caseworker):
    """Return a function that makes a CAS of a Level 2 user with which an operation is possible."""

    def make(operation, number=0, by=level2, **values):
        if operation == "graduates":
            return a_graduate(by, caseworker, number, **values)
        return in_status("ASSIGNED", by=by, caseworker=caseworker, passport_number=f"P{number}", **values)

    return make


def a_file(operation, *numbers, **more):
    return sheet(*({"CAS number": number, **VALUES[operation], **more} for number in numbers))


def is_changed(cas, operation):
    if operation in {"report", "graduates"}:
        return Activity.objects.filter(cas=cas).exists()
    now = CAS.objects.get(pk=cas.pk)
    return now.status == "WITHDRAWN" if operation == "withdraw" else now.course_fees_paid == 7


@EVERY
def test_unknown_mistyped_and_foreign_cas_are_named_alike(operation, cas_for, level1, outsider, caseworker):
    foreign_licence = outsider.sponsor
    an_allocation(foreign_licence, 10, by=caseworker)
    foreign = cas_for(operation, 1, by=outsider)
    unknown = "E4G0AA0A00A0A1"
    upload = checked(sent(a_file(operation, foreign.number, unknown, "S-0042"), by=level1))
    assert codes(upload) == [["files.no_cas_found"]] * 3
    assert [each[0] for each in sentences(upload)] == [
        "No CAS was found.",
        "No CAS was found. The number looks mistyped.",
        "No CAS was found.",
    ]
    assert [(row.name, row.cas_pk) for row in rows_in(upload)] == [("", None)] * 3


@FOR_LEVEL_2
def test_a_level_2_user_changes_only_their_own_cas(operation, cas_for, level2, colleague):
    cas = cas_for(operation)
    assert codes(checked(sent(a_file(operation, cas.number), by=colleague))) == [["files.no_cas_found"]]
    upload = imported(checked(sent(a_file(operation, cas.number), by=level2)))
    assert upload.results == {"done": 1, "left_out": 0, "no_longer": 0}
    assert is_changed(cas, operation)


@FOR_LEVEL_2
def test_a_cas_that_was_transferred_after_the_check_is_named_and_left(operation, cas_for, level1, level2, colleague):
    cas, mine = cas_for(operation), cas_for(operation, 1)
    upload = checked(sent(a_file(operation, cas.number, mine.number), by=level2))
    CAS.objects.filter(pk=cas.pk).change_owner(colleague, by=level1)
    upload = imported(upload)
    assert upload.results == {"done": 1, "left_out": 0, "no_longer": 1}
    assert [row.result for row in rows_in(upload)] == ["NO_LONGER", "DONE"]
    assert sentences(upload) == [["No CAS was found."], []]
    assert (is_changed(cas, operation), is_changed(mine, operation)) == (False, True)


@FOR_LEVEL_2
def test_its_twin_without_the_owner_in_the_question_it_would_be_changed_by_a_stranger(
    operation, cas_for, level2, colleague, monkeypatch
):
    cas = cas_for(operation)
    monkeypatch.setattr(changes, "index", lambda texts, user, **options: lambda text: [CAS.objects.get(pk=cas.pk)])
    upload = checked(sent(a_file(operation, cas.number), by=colleague))
    assert codes(upload) == [[]]  # the check was deceived
    assert imported(upload).results["no_longer"] == 1  # and the import asks again
    assert not is_changed(cas, operation)


@EVERY
def test_a_cas_that_changed_after_the_check_is_named_or_keeps_all_from_being_imported(
    operation, cas_for, level1, caseworker
):
    cas, other = cas_for(operation), cas_for(operation, 1)
    upload = checked(sent(a_file(operation, cas.number, other.number), by=level1))
    if operation == "graduates":
        Activity.objects.notify_graduates([cas.pk], by=level1)
    else:
        cas.withdraw(by=level1, reason="Earlier")
    refused = imported(upload, which=Which.ALL_OR_NONE)
    assert (refused.stage, refused.refusal) == ("CHECKED", "Nothing was imported: 1 of the records cannot be imported.")
    assert not is_changed(other, operation)
    assert imported(refused).results == {"done": 1, "left_out": 0, "no_longer": 1}
    assert len(sentences(upload)[0]) == 1
    assert is_changed(other, operation)


@EVERY
def test_the_same_cas_twice_in_a_file_is_refused_the_second_time(operation, cas_for, level1):
    cas = cas_for(operation, applicant_id="S-0042")
    twice = sheet(
        {"CAS number": cas.number, "Applicant ID": "", **VALUES[operation]},
        {"CAS number": "", "Applicant ID": "S-0042", **VALUES[operation]},
    )
    assert codes(checked(sent(twice, by=level1))) == [[], ["files.cas_twice_in_the_file"]]


@EVERY
def test_an_applicant_id_of_several_possible_cas_asks_for_the_number(operation, cas_for, level1):
    for number in (1, 2):
        cas_for(operation, number, applicant_id="S-0042")
    upload = checked(sent(sheet({"Applicant ID": "S-0042", **VALUES[operation]}), by=level1))
    assert codes(upload) == [["files.several_cas_of_applicant"]]


@EVERY
def test_a_number_with_another_students_applicant_id_is_refused(operation, cas_for, level1):
    cas = cas_for(operation, applicant_id="S-0042")
    upload = checked(sent(a_file(operation, cas.number, **{"Applicant ID": "S-0043"}), by=level1))
    assert codes(upload) == [["files.another_applicant"]]


@EVERY
def test_a_record_without_a_cas_says_so(operation, cas_for, level1):
    row = {"CAS number": "", "Applicant ID": "", **VALUES[operation]}
    if operation == "graduates":
        pytest.skip("such a row is empty")
    assert codes(checked(sent(sheet(row), by=level1))) == [["files.no_cas_given"]]


@EVERY
def test_every_change_is_in_the_history_of_its_cas_and_of_the_file(operation, cas_for, level1):
    cas = cas_for(operation)
    before = Event.objects.about("cas", cas.pk).count()
    upload = imported(checked(sent(a_file(operation, cas.number), by=level1)))
    verbs = {"fees": "update_fees", "report": "report", "withdraw": "withdraw", "graduates": "report"}
    lines = list(Event.objects.about("cas", cas.pk))[before:]
    assert [(line.verb, line.by) for line in lines] == [(verbs[operation], level1)]
    assert [line.verb for line in Event.objects.about("upload", upload.pk)] == ["send", "check", "import"]


@EVERY
def test_nothing_is_changed_after_the_licence_has_ended_except_reports_on_used_cas(
    operation, cas_for, level1, licence, caseworker
):
    cas = cas_for(operation)
    upload = checked(sent(a_file(operation, cas.number), by=level1))
    brought_to("REVOKED", licence, caseworker=caseworker)
    assert imported(upload).results["done"] == (1 if operation == "graduates" else 0)


@EVERY
def test_a_check_and_an_import_take_as_many_statements_for_many_cas_as_for_few(operation, caseworker, system):
    licence = a_licence("2ABCDEF34", "Large", by=caseworker)
    user = a_user("large", "LEVEL_1", licence)
    an_allocation(licence, 1000, by=caseworker)
    taken = []
    for number in (2, 40):
        ids = [cas.pk for cas in many(user, number)]
        row = CAS.objects.filter(pk__in=ids)
        row.assign(by=system, assigned_by=user)
        if operation == "graduates":
            today = clock.today()
            row.update(applied_on=today)
            row.move("use", by=caseworker, decided_on=today, outcome="GRANTED")
        upload = sent(a_file(operation, *row.values_list("number", flat=True)), by=user)
        with CaptureQueriesContext(connection) as statements:
            upload = imported(checked(upload))
        assert upload.results["done"] == number
        taken.append(len(statements))
    assert taken[1] - taken[0] <= 4, taken  # on SQLite an INSERT has at most 999 values


class TestTheGuess:
    @pytest.mark.parametrize(
        ("columns", "operation"),
        [
            ({"number", "course_fees_paid"}, "fees"),
            ({"applicant_id", "family_name", "course_fees_first_year"}, "fees"),
            ({"number", "activity_type", "reason", "happened_on", "details"}, "report"),
            ({"number", "enrolment_on", "notes"}, "report"),
            ({"number", "withdrawal_reason"}, "withdraw"),
            ({"cas"}, "graduates"),
            ({"number", "notes"}, "graduates"),
            ({"applicant_id", "family_name", "course_title", "course_fees_paid"}, "create"),
            ({"number", "family_name", "nationality", "course_fees_paid"}, "create"),
            ({"family_name"}, "create"),
        ],
    )
    def test_the_columns_of_a_sheet_say_what_it_is_for(self, columns, operation, level1):
        assert guessed(columns, level1).name == operation

    def test_a_level_2_users_sheet_is_not_taken_for_a_withdrawal(self, level2):
        assert guessed({"number", "withdrawal_reason"}, level2).name != "withdraw"

    def test_a_wrong_guess_can_be_changed_until_the_import(self, cas_for, level1):
        cas = cas_for("report")
        upload = sent(sheet({"CAS number": cas.number, "Notes": "Left"}), by=level1)
        assert (upload.operation, upload.columns, len(upload.warnings)) == ("graduates", ["number"], 1)
        sending.use_for(upload, OPERATIONS["report"], by=level1)
        assert (upload.operation, upload.columns, upload.warnings) == ("report", ["number", "notes"], [])
        answers = {"reason": a_reason("Excluded").pk, "happened_on": "2026-10-01"}
        upload = imported(checked(upload, **answers))
        assert Activity.objects.get().details == "Left"
        with pytest.raises(Refused, match="has been imported already"):
            sending.use_for(upload, OPERATIONS["fees"], by=level1)

    def test_xml_says_itself_what_it_is_for(self, level1):
        upload = sent(f'<BulkDataFees xmlns="{OURS}"/>', by=level1)
        with pytest.raises(Refused, match="The file itself says"):
            sending.use_for(upload, OPERATIONS["graduates"], by=level1)

    def test_a_level_2_user_cannot_change_a_file_into_a_withdrawal(self, cas_for, level2):
        upload = pasted(cas_for("report").number, operation="report", by=level2)
        with pytest.raises(NotAllowed):
            sending.use_for(upload, OPERATIONS["withdraw"], by=level2)

    def test_a_user_who_may_no_longer_withdraw_can_neither_check_nor_import(self, cas_for, level1, level2):
        upload = checked(pasted(cas_for("withdraw").number, operation="withdraw", by=level1), withdrawal_reason="x")
        for ask in (
            lambda: upload.ask_for_check(answers={}, by=level2),
            lambda: upload.ask_for_import(which="GOOD", has_duplicates=False, batch_name="", by=level2),
        ):
            with pytest.raises(Refused):
                ask()


def test_every_operation_has_its_work():
    assert WORK.keys() == OPERATIONS.keys()


def test_the_licence_number_of_a_file_of_ours_must_be_the_sponsors(level1):
    header = "<Header><BulkUpdateFileId>F1</BulkUpdateFileId><SponsorLicenceNumber>ZZZZZZZZ0</SponsorLicenceNumber>"
    with pytest.raises(Refused, match="ZZZZZZZZ0, which is not yours"):
        sent(
            f'<BulkDataFees xmlns="{OURS}">{header}</Header></BulkDataFees>',
            by=level1,
        )


def test_a_file_id_that_is_too_long_refuses_the_file(level1):
    header = f"<Header><BulkUpdateFileId>{'x' * 51}</BulkUpdateFileId></Header>"
    with pytest.raises(Refused, match="must be 50 characters or fewer"):
        sent(f'<BulkDataFees xmlns="{OURS}">{header}</BulkDataFees>', by=level1)
