"""A file becomes a batch of CAS: checked by the rules of the screens, and imported as a whole (specification, 11)."""

from datetime import timedelta

import pytest

from bulk_data_transfer import checking, regular_jobs
from bulk_data_transfer.models import Result, StoredFile, Upload, UploadRow
from bulk_data_transfer.operations import create_cas
from bulk_data_transfer.sending import send
from cas.models import CAS, Batch
from cas.models.rule import Rule
from licences.models import Event
from licences.timeline import timeline
from sms.core import clock
from sms.core.refused import Refused
from tests.bulk_data_transfer.factories import a_record, an_upload, checked, imported, rows_in, sheet
from tests.days import after_days
from tests.factories import a_cas, an_agent, assigned
from tests.jobs import work, work_all

pytestmark = pytest.mark.django_db


def totals(upload):
    return {name: number for name, number in upload.summary["totals"].items() if number}


def codes(remarks):
    return [(remark["code"], remark["field"]) for remark in remarks]


def names_of(queryset):
    return sorted(queryset.values_list("family_name", flat=True))


def test_a_complete_record_is_good_and_becomes_ready_to_go_in_a_batch_of_the_users_own(level2):
    upload = checked(an_upload(level2, a_record()))
    assert totals(upload) == {"good": 1}
    assert not CAS.objects.exists()
    imported(upload)
    cas = CAS.objects.get()
    assert (cas.status, cas.owner, cas.created_by, cas.batch.name) == ("READY TO GO", level2, level2, "Autumn")
    assert (upload.batch, upload.results["ready"]) == (cas.batch, 1)
    assert [(row.result, row.cas_pk) for row in rows_in(upload)] == [(Result.DONE, cas.pk)]


def test_what_a_file_creates_is_what_the_form_creates(level2):
    by_form = a_cas(level2, applicant_id="S1")
    imported(checked(an_upload(level2, a_record("S2"))))
    by_file = CAS.objects.latest("pk")
    different = {"id", "applicant_id", "applicant_key", "batch_id", "created_at", "changed_at", "recorded_at"}
    for column in CAS._meta.concrete_fields:
        if column.attname not in different:
            assert getattr(by_file, column.attname) == getattr(by_form, column.attname), column.name
    events = [Event.objects.get(kind="cas", verb="create", subject_id=cas.pk).data for cas in (by_form, by_file)]
    assert events[0] | {"applicant_id": [None, "S2"], "batch": [None, "Autumn"]} == events[1]


def test_a_record_with_something_missing_is_incomplete_and_says_what(level2):
    upload = checked(an_upload(level2, a_record(course_title="")))
    assert totals(upload) == {"incomplete": 1}
    [row] = rows_in(upload)
    assert codes(row.warnings)[0] == ("cas.field_missing", "course_title")
    assert ["warning", "course_title", "cas.field_missing", 1] in upload.summary["by_field"]


def test_a_wrong_value_rejects_its_record_only_and_says_which_cell(level2):
    upload = checked(an_upload(level2, a_record("S1", nationality="Atlantis"), a_record("S2")))
    assert totals(upload) == {"rejected": 1, "good": 1}
    wrong, right = rows_in(upload)
    [fault] = wrong.faults
    assert (fault["code"], fault["field"], fault["value"]) == ("cas.field_invalid", "nationality", "Atlantis")
    assert fault["place"].endswith("2")
    assert "Atlantis" in fault["sentence"]
    assert (wrong.outcome, wrong.details, right.faults) == ("REJECTED", {}, [])


def test_a_record_without_a_family_name_is_rejected(level2):
    [row] = rows_in(checked(an_upload(level2, a_record(family_name=""))))
    assert codes(row.faults) == [("cas.field_invalid", "family_name")]
    assert row.outcome == "REJECTED"


def test_only_the_good_records_are_imported_unless_the_user_wants_the_incomplete_too(level2):
    records = [a_record("S1", family_name="Good"), a_record("S2", family_name="Open", course_title="")]
    imported(checked(an_upload(level2, *records)))
    assert names_of(CAS.objects.all()) == ["Good"]
    upload = imported(checked(an_upload(level2, *records)), which="INCOMPLETE_TOO", batch_name="Spring")
    assert upload.results == {"ready": 0, "incomplete": 1, "duplicate": 1, "left_out": 0, "no_longer": 0}
    assert CAS.objects.get(family_name="Open").batch.name == "Spring"


def test_the_incomplete_records_stand_in_a_batch_of_their_own_from_the_start(level2):
    records = [a_record("S1", family_name="Good"), a_record("S2", family_name="Open", course_title="")]
    upload = imported(checked(an_upload(level2, *records)), which="INCOMPLETE_TOO")
    assert {cas.family_name: cas.batch.name for cas in CAS.objects.all()} == {
        "Good": "Autumn",
        "Open": "Autumn – to complete",
    }
    assert upload.incomplete_batch.name == "Autumn – to complete"


def test_nothing_is_imported_unless_all_are_good_if_the_user_says_so(level2):
    upload = checked(an_upload(level2, a_record("S1"), a_record("S2", course_title="")))
    with pytest.raises(Refused, match="1 of the records cannot be imported"):
        imported(upload, which="ALL_OR_NONE")
    assert not CAS.objects.exists()


def test_a_record_that_exists_already_is_a_duplicate_and_is_skipped(level2):
    imported(checked(an_upload(level2, a_record("S1"))))
    again = checked(an_upload(level2, a_record("S1"), a_record("S2")))
    assert totals(again) == {"good": 2, "duplicate": 1}
    imported(again, batch_name="Again")
    assert [(row.is_duplicate, row.result) for row in rows_in(again)] == [(True, "DUPLICATE"), (False, "DONE")]
    assert CAS.objects.count() == 2


@pytest.mark.parametrize("change", ["course_title", "course_start_date", "course_id"])
def test_another_course_of_the_same_applicant_is_no_duplicate(change, level2):
    values = {"course_title": "MA Law", "course_start_date": "01/10/2098", "course_id": "L1"}
    imported(checked(an_upload(level2, a_record("S1"))))
    assert totals(checked(an_upload(level2, a_record("S1", **{change: values[change]})))) == {"good": 1}


def test_without_an_applicant_id_the_passport_and_then_the_names_say_who_it_is(level2):
    first = [a_record("", passport_number="P1234567"), a_record("", passport_number="", family_name="Solo")]
    imported(checked(an_upload(level2, *first)), which="INCOMPLETE_TOO")
    again = checked(an_upload(level2, *first, a_record("", passport_number="P7654321", family_name="New")))
    assert [row.is_duplicate for row in rows_in(again)] == [True, True, False]


def test_the_same_record_twice_in_a_file_is_a_duplicate_of_the_first(level2):
    first, second = rows_in(checked(an_upload(level2, a_record("S1"), a_record("S1"))))
    assert (first.is_duplicate, second.is_duplicate, second.twin_of) == (False, True, 1)
    assert second.warnings[-1]["sentence"] == f"The same record is also at {first.place}."


def test_a_cas_that_has_ended_makes_no_duplicate(level1, level2, allocation):
    imported(checked(an_upload(level2, a_record("S1"))))
    cas = CAS.objects.get()
    cas.batch.take_out([cas.pk], by=level2)
    cas = assigned(CAS.objects.get())
    cas.withdraw(by=level1, reason="A mistake")
    assert totals(checked(an_upload(level2, a_record("S1")))) == {"good": 1}


def test_one_choice_for_the_duplicates_has_exceptions(level2):
    imported(checked(an_upload(level2, a_record("S1"), a_record("S2"))))
    for has_duplicates, created in ((False, ["S1"]), (True, ["S2"])):
        again = checked(an_upload(level2, a_record("S1"), a_record("S2")))
        again.except_for([1], by=level2)
        before = set(CAS.objects.values_list("pk", flat=True))
        imported(again, has_duplicates=has_duplicates, batch_name=f"Again {has_duplicates}")
        assert list(CAS.objects.exclude(pk__in=before).values_list("applicant_id", flat=True)) == created


def test_the_corrected_file_sent_again_creates_only_what_is_missing(level2):
    imported(checked(an_upload(level2, a_record("S1"), a_record("S2", nationality="Atlantis"))))
    imported(checked(an_upload(level2, a_record("S1"), a_record("S2"))), batch_name="Again")
    assert sorted(CAS.objects.values_list("applicant_id", flat=True)) == ["S1", "S2"]


def test_what_the_file_does_not_say_is_answered_the_same_for_every_record(level2):
    record = a_record()
    del record["is_remote_delivery"]
    upload = an_upload(level2, record)
    assert totals(checked(upload)) == {"incomplete": 1}
    assert totals(checked(upload, is_remote_delivery=True)) == {"good": 1}
    imported(upload)
    assert CAS.objects.get().is_remote_delivery is True


def test_a_value_of_the_record_is_stronger_than_the_answer_for_all(level2):
    records = [a_record("S1", is_remote_delivery="no"), a_record("S2", is_remote_delivery="")]
    imported(checked(an_upload(level2, *records), is_remote_delivery=True))
    assert dict(CAS.objects.values_list("applicant_id", "is_remote_delivery")) == {"S1": False, "S2": True}


def test_an_agent_of_the_register_is_copied_into_every_record_and_linked(level1):
    agent = an_agent(level1)
    record = a_record()
    del record["is_agent_used"]
    upload = an_upload(level1, record)
    answers = {"same": {"is_agent_used": True, **agent.lines}, "by_applicant": {}, "agent": agent.pk}
    upload.ask_for_check(answers=answers, by=level1)
    work_all()
    upload.refresh_from_db()
    imported(upload)
    assert (CAS.objects.get().agent, CAS.objects.get().agent_name) == (agent, agent.agent_name)


def test_a_field_of_the_other_route_is_left_out_with_a_warning(level2):
    [row] = rows_in(checked(an_upload(level2, a_record(living_details="With an aunt"))))
    assert ("files.does_not_apply", "living_details") in codes(row.warnings)
    assert "living_details" not in row.details


def test_a_record_of_another_route_is_rejected(level2):
    first = a_record("S1", route="Student")
    upload = checked(an_upload(level2, first, a_record("S2", route="Child Student")))
    assert totals(upload) == {"good": 1, "rejected": 1}


def test_a_placement_over_a_limit_that_changed_meanwhile_is_no_longer_complete(level2, caseworker):
    record = a_record(has_work_placement="yes", placement_percent="33")
    upload = checked(an_upload(level2, record))
    assert totals(upload) == {"good": 1}
    Rule.objects.add("placement_most_elsewhere", from_on=clock.today() + timedelta(days=1), value=20, by=caseworker)
    with after_days(1):
        imported(upload, which="INCOMPLETE_TOO")
    assert CAS.objects.get().status == "WORK IN PROGRESS"


def test_records_that_are_no_longer_possible_are_named_and_the_others_are_imported(level2):
    upload = checked(an_upload(level2, a_record("S1"), a_record("S2")))
    UploadRow.objects.filter(upload=upload, number=1).update(details={"family_name": "X", "nationality": "Atlantis"})
    imported(upload)
    assert [row.result for row in rows_in(upload)] == ["NO_LONGER", "DONE"]
    assert upload.results["no_longer"] == 1


def test_a_user_who_was_deactivated_meanwhile_imports_nothing(level2):
    upload = checked(an_upload(level2, a_record()))
    upload.ask_for_import(which="GOOD", has_duplicates=False, batch_name="Autumn", by=level2)
    level2.is_active = False
    level2.save()
    work_all()
    upload.refresh_from_db()
    assert upload.refusal == "The user who asked for this import has been deactivated."
    assert (upload.stage, upload.imported_at, CAS.objects.count()) == ("CHECKED", None, 0)


def test_a_batch_name_that_was_taken_meanwhile_stops_the_import_and_says_why(level2):
    upload = checked(an_upload(level2, a_record()))
    upload.ask_for_import(which="GOOD", has_duplicates=False, batch_name="Autumn", by=level2)
    Batch.objects.add("Autumn", route="STUDENT", by=level2)
    work_all()
    upload.refresh_from_db()
    assert upload.refusal.startswith("Your sponsor already has a batch with this name.")
    assert not CAS.objects.exists()
    imported(upload, batch_name="Another")
    assert (upload.refusal, CAS.objects.count()) == ("", 1)


def test_a_file_id_is_spent_by_an_import_and_not_by_a_check(level2):
    one, two = (checked(an_upload(level2, a_record("S1"))) for _ in range(2))
    Upload.objects.filter(pk=two.pk).update(file_id=one.file_id)
    imported(one)
    two.refresh_from_db()
    with pytest.raises(Refused, match=f"The file ID “{one.file_id}” has been used already"):
        imported(two, batch_name="Again")
    assert CAS.objects.count() == 1


def test_the_same_bytes_under_another_file_id_are_recognised(level2):
    one = imported(checked(an_upload(level2, a_record())))
    two = an_upload(level2, a_record())
    assert list(Upload.objects.same_bytes(two)) == [one]
    assert one.file_id != two.file_id


def test_a_file_is_checked_again_with_other_answers_and_keeps_only_the_new_rows(level2):
    upload = checked(an_upload(level2, a_record()))
    checked(upload)
    assert upload.rows.count() == 1


def test_an_imported_file_is_neither_checked_nor_imported_again(level2):
    upload = imported(checked(an_upload(level2, a_record())))
    for again in (checked, imported):
        with pytest.raises(Refused, match="imported already"):
            again(upload)


def test_a_file_that_is_being_checked_is_not_asked_for_again(level2):
    upload = an_upload(level2, a_record())
    upload.ask_for_check(answers={}, by=level2)
    with pytest.raises(Refused, match="being checked or imported"):
        upload.ask_for_check(answers={}, by=level2)


def test_a_fault_at_the_end_of_a_file_refuses_the_file_and_leaves_no_row(level2, monkeypatch, settings):
    settings.FILES_MOST_RECORDS = 2
    monkeypatch.setattr(checking, "AT_A_TIME", 1)
    upload = checked(an_upload(level2, a_record("S1"), a_record("S2"), a_record("S3")))
    assert (upload.stage, upload.refusal) == (
        "REFUSED",
        "The file has more than 2 records. Divide them between several files.",
    )
    assert not upload.rows.exists()


def test_a_check_that_was_lost_begins_again(level2, monkeypatch):
    monkeypatch.setattr(checking, "AT_A_TIME", 1)
    upload = an_upload(level2, a_record("S1"), a_record("S2"))
    upload.ask_for_check(answers={}, by=level2)
    UploadRow.objects.create(upload=upload, number=1, place="row 2", outcome="GOOD")
    assert work()
    assert [row.number for row in rows_in(upload)] == [1, 2]


def test_an_import_that_lost_its_lease_creates_nothing(level2, monkeypatch):
    upload = checked(an_upload(level2, a_record()))
    upload.ask_for_import(which="GOOD", has_duplicates=False, batch_name="Autumn", by=level2)
    load = checking.load

    def cancelled_meanwhile(upload, *, by):
        results = load(upload, by=by)
        upload.job.__class__.objects.filter(pk=upload.job_id).update(
            state="CANCELLED", token="", lease_until=None, finished_at=clock.now()
        )
        return results

    monkeypatch.setattr(checking, "load", cancelled_meanwhile)
    assert work()
    assert (CAS.objects.count(), Batch.objects.count()) == (0, 0)
    upload.refresh_from_db()
    assert upload.stage == "CHECKED"


def test_the_history_of_a_file_says_who_did_what(level1, level2):
    upload = imported(checked(an_upload(level2, a_record())), by=level1)
    assert [(line.title, line.by) for line in timeline(upload)] == [
        ("Imported", level1.name),
        ("Checked", level2.name),
        ("Sent", level2.name),
    ]


def test_after_30_days_the_values_are_gone_and_what_became_of_each_record_is_known(level2):
    upload = imported(checked(an_upload(level2, a_record(), a_record("S2", nationality="Atlantis"))))
    with clock.set_to(clock.now() + timedelta(days=31)):
        assert regular_jobs.delete_old_uploads() == 1
        assert regular_jobs.delete_old_uploads() == 0
    upload.refresh_from_db()
    assert not StoredFile.objects.exists()
    assert [(row.result, row.name, row.details, row.faults) for row in rows_in(upload)] == [
        ("DONE", "", {}, []),
        ("LEFT_OUT", "", {}, []),
    ]
    assert upload.results["ready"] == 1


def test_a_file_for_another_sponsor_a_level_2_user_or_a_stranger_is_not_found(level1, level2, colleague, outsider):
    upload = an_upload(level2, a_record())
    assert [user.username for user in (level1, level2, colleague, outsider) if Upload.objects.for_user(user)] == [
        "level1",
        "level2",
    ]
    assert upload.by == level2


def test_a_caseworker_sends_no_file_that_creates_cas(caseworker, licence):
    with pytest.raises(Refused, match="None of its headings is known"):
        send(sheet(a_record()), name="a.csv", by=caseworker)


def test_statements_do_not_grow_with_the_records(level2, django_assert_max_num_queries):
    few, many = ([a_record(f"S{number}") for number in range(size)] for size in (2, 200))
    for records, name in ((few, "Few"), (many, "Many")):
        upload = an_upload(level2, *records)
        upload.ask_for_check(answers={}, by=level2)
        with django_assert_max_num_queries(60):
            work_all()
        upload.refresh_from_db()
        upload.ask_for_import(which="GOOD", has_duplicates=True, batch_name=name, by=level2)
        with django_assert_max_num_queries(100):
            work_all()
    assert CAS.objects.count() == 202


@pytest.fixture
def two_at_a_time(monkeypatch):
    monkeypatch.setattr(create_cas, "AT_A_TIME", 2)


def test_a_long_file_is_imported_in_parts_in_the_order_of_the_file(level2, two_at_a_time):
    complete = [True, False, True, True, False, True, True, False, False]
    records = [
        a_record(f"S{number}", course_title="BA Law" if is_complete else "")
        for number, is_complete in enumerate(complete)
    ]
    upload = imported(checked(an_upload(level2, *records)), which="INCOMPLETE_TOO")
    assert (upload.results["ready"], upload.results["incomplete"]) == (5, 4)
    ready, incomplete = (
        [cas.applicant_id for cas in batch.cas.order_by("pk")] for batch in (upload.batch, upload.incomplete_batch)
    )
    assert (ready, incomplete) == (["S0", "S2", "S3", "S5", "S6"], ["S1", "S4", "S7", "S8"])
    assert [CAS.objects.get(pk=row.cas_pk).applicant_id for row in rows_in(upload)] == [f"S{n}" for n in range(9)]


def test_a_long_file_creates_nothing_if_its_last_part_is_no_longer_good(level2, two_at_a_time):
    upload = checked(an_upload(level2, *(a_record(f"S{number}") for number in range(5))))
    last = upload.rows.get(number=5)
    UploadRow.objects.filter(pk=last.pk).update(details={**last.details, "course_title": ""})
    upload = imported(upload, which="ALL_OR_NONE")
    assert upload.refusal == "Nothing was imported: 1 of the records cannot be imported."
    assert (CAS.objects.count(), Batch.objects.count(), upload.batch) == (0, 0, None)
