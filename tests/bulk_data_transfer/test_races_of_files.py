"""Files at the same moment: several clicks, several files and several workers (specification, section 11)."""

import threading
from io import BytesIO

import pytest
from django.db import connection

from bulk_data_transfer import checking
from bulk_data_transfer.models import Upload, UploadRow
from bulk_data_transfer.operations import create_cas
from bulk_data_transfer.operations.existing import mark_again
from bulk_data_transfer.sending import send
from cas.models import CAS, Batch
from licences.jobs import verbs
from licences.models import Event, Job
from tests.bulk_data_transfer.factories import a_record, an_upload, checked, rows_in, sheet
from tests.jobs import work_all
from tests.racing import at_once, refusals

pytestmark = [pytest.mark.long, pytest.mark.django_db(transaction=True)]

RECORDS = [a_record(f"S{number}") for number in range(5)]


def a_checked_upload(by, *records):
    return checked(an_upload(by, *(records or RECORDS)))


def ask(upload, by, batch_name="Autumn"):
    """Return a click that imports the file. Each click has read the file for itself."""
    mine = Upload.objects.select_related("licence", "job").get(pk=upload.pk)
    return lambda: mine.ask_for_import(which="GOOD", has_duplicates=False, batch_name=batch_name, by=by)


def jobs_at_once():
    """Let a worker for each open job run at once."""
    at_once(*[work_all] * Job.objects.open().count())
    work_all()


def created():
    return sorted(CAS.objects.values_list("applicant_id", flat=True))


ALL = sorted(record["applicant_id"] for record in RECORDS)


def test_eight_clicks_import_a_file_once(system, level2):
    upload = a_checked_upload(level2)
    answers = at_once(*[ask(upload, level2) for _ in range(8)])
    assert len(refusals(answers)) == 7
    assert all("being checked or imported" in sentence for sentence in refusals(answers))
    jobs_at_once()
    assert created() == ALL
    assert Event.objects.filter(verb="import").count() == 1


def test_without_the_lock_several_clicks_would_start_several_imports(system, level2, monkeypatch):
    def lock(self, by):
        self.refresh_from_db()
        assert not self.is_working

    upload = a_checked_upload(level2)
    monkeypatch.setattr(Upload, "_lock", lock)
    monkeypatch.setattr(Upload, "_start", lambda self, kind, by: verbs.ask(kind, {"upload": self.pk}, by=by))
    at_once(*[ask(upload, level2) for _ in range(8)])
    assert Job.objects.open().count() > 1


def test_the_same_bytes_that_are_sent_at_once_are_two_files_with_ids_of_their_own(system, level2):
    content = sheet(*RECORDS).getvalue()

    def sending():
        return send(BytesIO(content), name="autumn.csv", by=level2)

    uploads = at_once(*[sending] * 8)
    assert len({upload.file_id for upload in uploads}) == 8
    assert len({upload.sha256 for upload in uploads}) == 1


def two_imports(by, another, *, same_id=False, names=("Autumn", "Spring"), records=(RECORDS, RECORDS)):
    """Check two files, then import both at once. Return them."""
    uploads = [a_checked_upload(user, *some) for user, some in zip((by, another), records, strict=True)]
    if same_id:
        Upload.objects.filter(pk=uploads[1].pk).update(file_id=uploads[0].file_id)
    for upload, name in zip(uploads, names, strict=True):
        ask(upload, upload.by, name)()
    jobs_at_once()
    for upload in uploads:
        upload.refresh_from_db()
    return uploads


def test_two_files_with_the_same_records_that_are_imported_at_once_create_them_once(system, level1, level2):
    uploads = two_imports(level1, level2)
    assert created() == ALL
    assert sorted(upload.results.get("ready", 0) for upload in uploads) == [0, 5]
    assert "There is nothing to import with these choices." in {upload.refusal for upload in uploads}


def test_without_the_second_look_they_would_be_created_twice(system, level1, level2, monkeypatch):
    monkeypatch.setattr(create_cas, "mark_again", lambda *given: None)
    two_imports(level1, level2)
    assert created() == sorted(ALL * 2)


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite lets only one transaction write")
def test_without_waiting_for_each_other_neither_import_would_see_the_other(system, level1, level2, monkeypatch):
    def mark_and_wait(*given):
        mark_again(*given)
        both.wait()

    both = threading.Barrier(2, timeout=20)
    monkeypatch.setattr(create_cas, "mark_again", mark_and_wait)
    monkeypatch.setattr(checking, "one_at_a_time", lambda licence: None)
    two_imports(level1, level2)
    assert created() == sorted(ALL * 2)


def test_of_two_files_with_one_file_id_one_is_imported_and_the_other_says_so(system, level1, level2):
    others = [a_record(f"T{number}") for number in range(5)]
    uploads = two_imports(level1, level2, same_id=True, records=(RECORDS, others))
    assert sorted(upload.stage for upload in uploads) == ["CHECKED", "IMPORTED"]
    assert {upload.refusal.partition("”")[2] for upload in uploads} == {
        "",
        " has been used already. Give the file another file ID, and send it again.",
    }
    assert CAS.objects.count() == 5


def test_even_if_neither_import_looks_at_the_file_id_the_database_lets_only_one_spend_it(
    system, level1, level2, monkeypatch
):
    others = [a_record(f"T{number}") for number in range(5)]
    monkeypatch.setattr(Upload, "refuse_spent_file_id", lambda self: None)
    monkeypatch.setattr(checking, "one_at_a_time", lambda licence: None)
    uploads = two_imports(level1, level2, same_id=True, records=(RECORDS, others))
    assert sorted(upload.stage for upload in uploads) == ["CHECKED", "IMPORTED"]
    assert CAS.objects.count() == 5


def test_of_two_imports_with_one_batch_name_one_has_it_and_the_other_says_so(system, level1, level2):
    others = [a_record(f"T{number}") for number in range(5)]
    uploads = two_imports(level1, level2, names=("Autumn", "autumn"), records=(RECORDS, others))
    assert sorted(upload.stage for upload in uploads) == ["CHECKED", "IMPORTED"]
    assert any(upload.refusal.startswith("Your sponsor already has a batch with this name") for upload in uploads)
    assert (CAS.objects.count(), Batch.objects.count()) == (5, 1)


def test_a_check_that_is_asked_for_eight_times_at_once_runs_once(system, level2):
    upload = an_upload(level2, *RECORDS)
    mine = [Upload.objects.get(pk=upload.pk) for _ in range(8)]
    answers = at_once(*[lambda each=each: each.ask_for_check(answers={}, by=level2) for each in mine])
    assert len(refusals(answers)) == 7
    jobs_at_once()
    assert len(rows_in(upload)) == 5


@pytest.mark.parametrize("kind", ["check", "import"])
def test_a_job_that_is_cancelled_at_any_moment_ends_whole_or_has_done_nothing(kind, system, level2, monkeypatch):
    monkeypatch.setattr(checking, "AT_A_TIME", 1)
    for number in range(8):
        records = [a_record(f"S{number}-{each}") for each in range(5)]
        upload = an_upload(level2, *records) if kind == "check" else a_checked_upload(level2, *records)
        if kind == "check":
            upload.ask_for_check(answers={}, by=level2)
        else:
            ask(upload, level2, f"Batch {number}")()
        job = Job.objects.open().get()
        at_once(work_all, lambda job=job: verbs.cancel(job, by=level2))
        work_all()
        upload.refresh_from_db()
        is_done = upload.job.state == "DONE"
        assert upload.job.state in {"DONE", "CANCELLED"}
        assert upload.is_working is False
        if kind == "check":
            assert upload.stage == ("CHECKED" if is_done else "SENT")
            assert not is_done or UploadRow.objects.filter(upload=upload).count() == 5
        else:
            assert upload.stage == ("IMPORTED" if is_done else "CHECKED")
            assert CAS.objects.filter(batch__name=f"Batch {number}").count() == (5 if is_done else 0)


def test_a_cancelled_check_can_be_asked_for_again(system, level2):
    upload = an_upload(level2, *RECORDS)
    upload.ask_for_check(answers={}, by=level2)
    verbs.cancel(upload.job, by=level2)
    assert len(rows_in(checked(Upload.objects.get(pk=upload.pk)))) == 5
