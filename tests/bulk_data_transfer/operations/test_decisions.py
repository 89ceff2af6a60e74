"""Caseworkers record applications and decisions from a file, on CAS of any sponsor (sections 3 and 11)."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bulk_data_transfer import sending
from bulk_data_transfer.models import Upload
from bulk_data_transfer.operation import DECIDE, open_to
from cas import numbers
from cas.models import CAS
from licences.models import Event
from sms.core import clock
from sms.core.refused import NotAllowed
from tests.bulk_data_transfer.factories import a_record, an_upload
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
from tests.days import after_days
from tests.factories import a_cas, a_user, an_allocation, assigned, brought_to
from tests.plain_sql import refusal, update

pytestmark = pytest.mark.django_db


@pytest.fixture
def live(level2, allocation):
    """Return a function that makes an ASSIGNED CAS of the University of Example, of another student each time."""
    return lambda number, **values: assigned(a_cas(level2, passport_number=f"P100000{number}", **values))


@pytest.fixture
def elsewhere(outsider, caseworker):
    an_allocation(outsider.licence, number=50, by=caseworker)
    return lambda number, **values: assigned(a_cas(outsider, passport_number=f"P100000{number}", **values))


def now(cas):
    return CAS.objects.get(pk=cas.pk)


def day(days=0):
    return f"{clock.today() + timedelta(days=days):%d/%m/%Y}"


def row(cas, applied="", decided="", outcome="", closed="", closed_as=""):
    return {
        "CAS number": getattr(cas, "number", cas),
        "Date of application": applied,
        "Date used": decided,
        "Outcome": outcome,
        "Application closed": closed_as,
        "Date of closing": closed,
    }


def test_applications_decisions_and_closings_of_several_sponsors_are_recorded(live, elsewhere, caseworker):
    applied, granted, refused = live(1), live(2), elsewhere(3)
    closed, already = elsewhere(4), live(5)
    already.record_application(clock.today(), by=caseworker)
    file = sheet(
        row(applied, day()),
        row(granted.number.lower(), day(), day(), "Granted"),
        row(refused, day(), day(), "REFUSED"),
        row(closed, day(), closed=day(), closed_as="rejected as invalid"),
        row(already, decided=day(), outcome="granted"),
    )
    upload = sent(file, by=caseworker)
    assert (upload.licence, upload.operation, upload.route) == (None, "decide", "")
    upload = checked(upload)
    assert upload.summary["totals"] == {"good": 5, "incomplete": 0, "rejected": 0, "duplicate": 0, "twice": 0}
    assert not Event.objects.filter(verb__in=["use", "close_application"]).exists(), "a check changes nothing"
    upload = imported(upload)
    assert upload.results == {"done": 5, "left_out": 0, "no_longer": 0, "obsolete": 0}
    assert [now(each).status for each in (applied, granted, refused, closed, already)] == [
        *("ASSIGNED", "USED", "USED", "ASSIGNED", "USED")
    ]
    assert [now(each).outcome for each in (granted, refused, already)] == ["GRANTED", "REFUSED", "GRANTED"]
    assert (now(closed).application_closed_as, now(applied).has_open_application) == ("INVALID", True)
    assert set(Event.objects.filter(verb="use").values_list("by__username", flat=True)) == {"caseworker"}


def test_other_cas_of_the_same_individual_become_obsolete_as_on_the_page(live, elsewhere, caseworker):
    used, theirs, another = live(1), elsewhere(1), elsewhere(2)
    perhaps = elsewhere(3, given_names=used.given_names)
    upload = imported(checked(sent(sheet(row(used, day(), day(), "Granted")), by=caseworker)))
    assert upload.results["obsolete"] == 1
    assert [now(each).status for each in (used, theirs, another, perhaps)] == [
        *("USED", "OBSOLETE", "ASSIGNED", "ASSIGNED")
    ]


def test_of_two_cas_of_an_individual_in_a_file_the_earlier_decision_counts(live, elsewhere, caseworker):
    later, earlier = live(1), elsewhere(1)
    with after_days(20):
        file = sheet(row(later, day(-20), day(), "Granted"), row(earlier, day(-20), day(-1), "Refused"))
        upload = checked(sent(file, by=caseworker))
        assert upload.summary["totals"]["good"] == 2
        upload = imported(upload)
    assert upload.results == {"done": 1, "left_out": 0, "no_longer": 1, "obsolete": 1}
    assert (now(later).status, now(earlier).status) == ("OBSOLETE", "USED")
    assert now(later).applied_on is None, "nothing of a refused record is kept"
    assert [each.result for each in rows_in(upload)] == ["NO_LONGER", "DONE"]
    assert sentences(upload)[0] == [
        "This CAS is OBSOLETE. You can record an application on it only while it is ASSIGNED or EXPIRED."
    ]


def test_if_all_records_must_be_good_such_a_file_changes_nothing(live, elsewhere, caseworker):
    cas_list = [live(1), elsewhere(1)]
    file = sheet(*(row(cas, day(), day(), "Granted") for cas in cas_list))
    upload = imported(checked(sent(file, by=caseworker)), which="ALL_OR_NONE")
    assert upload.refusal == "Nothing was imported: 1 of the records cannot be imported."
    assert {now(cas).status for cas in cas_list} == {"ASSIGNED"}


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({}, "Enter the date of application, the decision, or how the application was closed."),
        ({"decided": "today"}, "Enter the outcome"),
        ({"outcome": "Granted"}, "Enter the date of the decision"),
        ({"closed_as": "Void"}, "Enter the date of closing"),
        ({"closed": "today"}, "Enter how the application was closed"),
        ({"applied": "today", "decided": "today", "outcome": "maybe"}, "Outcome must be Granted or Refused"),
        (
            {"closed": "today", "closed_as": "gone"},
            "Application closed must be Rejected as invalid, Void or Withdrawn",
        ),
        ({"applied": "31/02/2027"}, "Date of application must be a real date: February 2027 has 28 days"),
        (
            {"applied": "today", "decided": "today", "outcome": "Granted", "closed": "today", "closed_as": "Void"},
            "An application is either decided or closed. Empty the cells of one of them.",
        ),
        (
            {"applied": "tomorrow"},
            "The date of application must be between the date assigned and the expiry date, and not in the future.",
        ),
        ({"decided": "today", "outcome": "Granted"}, "Record the application first."),
        (
            {"applied": "today", "decided": "tomorrow", "outcome": "Granted"},
            "The date of the decision must be on or after the date of application, and not in the future.",
        ),
        ({"closed": "today", "closed_as": "Void"}, "This CAS has no application to close."),
    ],
    ids=str,
)
def test_a_wrong_record_says_what_is_wrong(values, sentence, live, caseworker):
    days = {"today": day(), "tomorrow": day(1)}
    cas = live(1)
    upload = checked(
        sent(sheet(row(cas, **{name: days.get(text, text) for name, text in values.items()})), by=caseworker)
    )
    assert sentences(upload) == [[sentence]]
    assert now(cas).applied_on is None


def test_unknown_mistyped_missing_and_repeated_numbers_are_named(live, caseworker):
    cas = live(1)
    mistyped = cas.number[:-1] + ("1" if cas.number[-1] != "1" else "2")
    unknown = numbers.draw("STUDENT")
    given = [cas, cas, mistyped, unknown, "S-0042", ""]
    upload = checked(sent(sheet(*(row(each, day()) for each in given)), by=caseworker))
    assert [each and each[0] for each in sentences(upload)] == [
        [],
        "This CAS is also at row 2. Keep only one of the records.",
        "No CAS was found. The number looks mistyped.",
        "No CAS was found.",
        "This is not a CAS number. It has 14 characters, and begins with E4.",
        "Enter the CAS number.",
    ]


def test_a_row_that_became_invalid_since_the_check_is_named(live, caseworker, level1):
    withdrawn, used = live(1), live(2)
    file = sheet(row(withdrawn, day(), day(), "Granted"), row(used, day(), day(), "Granted"))
    upload = checked(sent(file, by=caseworker))
    withdrawn.withdraw(by=level1, reason="Because")
    upload = imported(upload)
    assert upload.results == {"done": 1, "left_out": 0, "no_longer": 1, "obsolete": 0}
    assert codes(upload) == [["cas.not_in_this_status"], []]


def test_a_cas_of_a_licence_that_has_ended_is_not_used(live, elsewhere, licence, caseworker, system):
    ended, other = live(1), elsewhere(2)
    with clock.set_to(clock.now() + timedelta(days=250)):
        CAS.objects.expire(by=system)
        brought_to("REVOKED", licence, caseworker=caseworker)
        applied = f"{ended.expires_on:%d/%m/%Y}"
        file = sheet(*(row(cas, applied, day(), "Granted") for cas in (ended, other)))
        upload = checked(sent(file, by=caseworker))
    assert sentences(upload) == [["The licence or its route has ended, so this CAS cannot be used."], []]


def test_a_pasted_list_has_the_same_application_and_decision_for_every_cas(live, elsewhere, caseworker):
    cas_list = [live(1), elsewhere(2)]
    upload = pasted(*(cas.number for cas in cas_list), operation="decide", by=caseworker)
    today = clock.today().isoformat()
    upload = imported(checked(upload, applied_on=today, decided_on=today, outcome="REFUSED"))
    assert upload.results["done"] == 2
    assert {now(cas).outcome for cas in cas_list} == {"REFUSED"}


@pytest.mark.parametrize("between", ["\t", ",", ";"])
def test_a_pasted_table_with_headings_is_read_as_a_sheet(between, live, caseworker):
    cas = live(1)
    lines = [["CAS number", "Date of application", "Date used", "Outcome"], [cas.number, day(), day(), "Granted"]]
    upload = pasted(*(between.join(line) for line in lines), operation="decide", by=caseworker)
    assert (upload.name, upload.format) == ("Pasted list", "csv")
    assert imported(checked(upload)).results["done"] == 1
    assert now(cas).outcome == "GRANTED"


def test_only_caseworkers_record_decisions_and_they_do_nothing_else(level1, level2, caseworker, licence):
    assert open_to(caseworker) == [DECIDE]
    for user in (level1, level2):
        assert DECIDE not in open_to(user)
        with pytest.raises(NotAllowed):
            sending.paste("E4G", DECIDE, by=user)
    with pytest.raises(NotAllowed):
        pasted("E4G", operation="graduates", by=caseworker)


def test_all_caseworkers_and_no_sponsor_see_a_file_of_a_caseworker(live, caseworker, level1, licence):
    theirs, upload = an_upload(level1, a_record()), sent(sheet(row(live(1), day())), by=caseworker)
    colleague = a_user("another", "CASEWORKER")
    assert set(Upload.objects.for_user(colleague)) == {upload}
    assert set(Upload.objects.for_user(level1)) == {theirs}
    assert imported(checked(upload)).results["done"] == 1


def test_the_database_keeps_files_of_caseworkers_apart_from_those_of_sponsors(live, caseworker, level1):
    theirs, upload = an_upload(level1, a_record()), sent(sheet(row(live(1), day())), by=caseworker)
    assert refusal(update, theirs, operation="decide")
    assert refusal(update, upload, operation="fees")


def test_the_history_of_the_file_says_what_it_did(live, elsewhere, caseworker):
    used = live(1)
    elsewhere(1)
    upload = imported(checked(sent(sheet(row(used, day(), day(), "Granted")), by=caseworker)))
    lines = Event.objects.about("upload", upload.pk)
    assert [(line.verb, line.licence) for line in lines] == [("send", None), ("check", None), ("import", None)]
    assert lines.last().data["obsolete"] == [None, 1]


def test_a_check_takes_as_many_statements_for_many_sponsors_as_for_few(live, elsewhere, caseworker):
    def statements(*cas_list):
        upload = sent(sheet(*(row(cas, day(), day(), "Granted") for cas in cas_list)), by=caseworker)
        with CaptureQueriesContext(connection) as asked:
            checked(upload)
        return len(asked)

    few = statements(live(1), elsewhere(2))
    assert statements(*map(live, range(3, 6)), *map(elsewhere, range(6, 9))) == few
