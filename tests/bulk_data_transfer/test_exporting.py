"""Exports: who may export what, what the file has, and what the history says (specification, section 11)."""

import io
from datetime import timedelta

import pytest

from bulk_data_transfer import exporting, regular_jobs
from bulk_data_transfer.datasets import DATASETS
from bulk_data_transfer.models import ColumnChoice, Export, StoredFile, StoredFilePart
from bulk_data_transfer.models.export import MOST
from cas.details import fields
from cas.models import CAS
from licences.models import Event, Job
from licences.timeline import timeline
from sms.core import clock
from sms.core.refused import InvalidValues, Refused
from tests.bulk_data_transfer.factories import an_export, content_of, exported, rows_of
from tests.factories import a_batch, a_cas, an_order, assigned
from tests.jobs import work, work_all
from tests.sponsorship_duties.factories import a_report

pytestmark = pytest.mark.django_db


@pytest.fixture
def three(level2):
    return [a_cas(level2, family_name=name) for name in ("Abara", "Bengtsson", "Castro")]


@pytest.fixture
def as_a_job(monkeypatch):
    """Write every export as a job, two records at a time."""
    monkeypatch.setattr(exporting, "AT_ONCE", 0)
    monkeypatch.setattr(exporting, "AT_A_TIME", 2)


def names_in(export):
    return [row["Name"] for row in rows_of(export)]


def test_the_file_has_the_records_in_the_order_in_which_they_were_chosen(three, level2):
    export = exported([three[2], three[0], three[1]], level2, columns=["name"])
    assert [name.split(",")[0] for name in names_in(export)] == ["Castro", "Abara", "Bengtsson"]
    assert (export.written, export.count) == (3, 3)


def test_the_applicant_id_the_cas_number_and_the_status_come_first(three, level2):
    [row] = rows_of(exported(three[:1], level2, columns=[column.name for column in DATASETS["cas"].columns]))
    assert list(row)[:4] == ["Applicant ID", "CAS number", "Status", "Last changed"]


def test_every_field_of_a_cas_can_be_exported_and_headings_that_occur_twice_have_their_section(three, level2):
    [row] = rows_of(exported(three[:1], level2, columns=[column.name for column in DATASETS["cas"].columns]))
    assert len(row) == len(DATASETS["cas"].columns) >= len(fields.FIELDS)
    assert {"Main study address: City or town", "Agent: City or town"} <= row.keys()
    assert row["Course curriculum title"] == three[0].course_title


def test_a_level_2_user_cannot_export_a_cas_that_is_no_longer_theirs(three, level1, level2, colleague):
    export = an_export(three, level2)
    CAS.objects.filter(pk=three[1].pk).change_owner(colleague, by=level1)
    exporting.ask(export, file_format="csv", columns=["name"], has_codes=False, by=level2)
    assert [name.split(",")[0] for name in names_in(export)] == ["Abara", "Castro"]
    assert (export.written, export.count) == (2, 3)


@pytest.mark.parametrize("dataset", sorted(DATASETS))
def test_no_user_can_export_records_of_another_sponsor(dataset, three, outsider):
    export = exported(three, outsider, dataset=dataset)
    assert export.written == 0


def test_a_caseworker_cannot_export(caseworker):
    with pytest.raises(Refused, match=r"^Only a user of a sponsor can export"):
        Export.objects.prepare("cas", [1], name="", by=caseworker)


def test_nothing_and_too_many_are_refused(level2):
    with pytest.raises(Refused, match=r"^There is nothing to export"):
        Export.objects.prepare("cas", [], name="", by=level2)
    with pytest.raises(Refused, match=r"^You can export up to 250,000 records"):
        Export.objects.prepare("cas", range(MOST + 1), name="", by=level2)


def test_a_large_export_is_a_job_whose_progress_is_seen(three, level2, as_a_job, monkeypatch):
    seen = []
    monkeypatch.setattr("licences.jobs.runs.Run.report", lambda run, done: seen.append(done))
    export = exported(three, level2, columns=["name"])
    assert (export.file, export.job.total) == (None, 3)
    work_all()
    export.refresh_from_db()
    assert seen == [2, 3]
    assert len(rows_of(export)) == 3
    assert (export.job.state, export.job.progress) == ("DONE", 3)


def test_a_cancelled_export_stops_at_the_next_records_and_keeps_no_file(three, level2, as_a_job, monkeypatch):
    export = exported(three, level2, columns=["name"])
    read = exporting.read

    def cancelled_meanwhile(*args, **options):
        for row in read(*args, **options):
            Job.objects.filter(pk=export.job_id).update(
                state="CANCELLED", token="", lease_until=None, finished_at=clock.now()
            )
            yield row

    monkeypatch.setattr(exporting, "read", cancelled_meanwhile)
    assert work()
    export.refresh_from_db()
    assert (export.file, export.finished_at, StoredFile.objects.count()) == (None, None, 0)


def test_a_job_that_runs_twice_writes_one_file_and_one_line_of_history(three, level2, as_a_job):
    export = exported(three, level2, columns=["name"])
    work_all()
    with io.BytesIO() as file:
        export.finish(file, name="again.csv", is_packed=False, written=0, left_out=[])
    export.refresh_from_db()
    assert (export.written, StoredFile.objects.count()) == (3, 1)
    assert Event.objects.filter(kind="export").count() == 1


def test_the_history_says_who_exported_what(three, level2):
    [line] = timeline(exported(three, level2, columns=["name", "number"], name="Batch September"))
    assert (line.title, line.by) == ("Exported", level2.name)
    assert {change.label: change.after for change in line.changes} == {
        "For": "Batch September",
        "Records": "3",
        "Format": "CSV",
        "Columns": "Name, CAS number",
    }


def test_a_second_click_does_not_export_again(three, level2):
    export = exported(three, level2)
    with pytest.raises(Refused, match="has been chosen already"):
        exporting.ask(export, file_format="csv", columns=["name"], has_codes=False, by=level2)


def test_a_large_file_is_kept_in_parts_and_read_back_unchanged(db, monkeypatch):
    monkeypatch.setattr("bulk_data_transfer.models.stored_file.A_PART", 7)
    for data in (b"", b"1234567", b"12345678901234567890"):
        for is_packed in (False, True):
            kept = StoredFile.objects.keep(io.BytesIO(data), name="a", is_packed=is_packed)
            back = io.BytesIO()
            kept.copy_to(back)
            assert (back.read(), kept.size) == (data, len(data))


def test_the_file_is_deleted_after_30_days_and_what_was_exported_is_still_known(three, level2, as_a_job):
    export = exported(three, level2)
    work_all()
    with clock.set_to(clock.now() + timedelta(days=29)):
        assert regular_jobs.delete_old_exports() == 0
    with clock.set_to(clock.now() + timedelta(days=31)):
        assert regular_jobs.delete_old_exports() == 1
        assert regular_jobs.delete_old_exports() == 0
    export.refresh_from_db()
    assert (export.file, export.ids, export.job, export.written) == (None, [], None, 3)
    assert not StoredFile.objects.exists()
    assert not StoredFilePart.objects.exists()


def test_records_that_were_chosen_but_never_exported_are_forgotten_after_a_day(three, level2):
    an_export(three, level2)
    with clock.set_to(clock.now() + timedelta(hours=25)):
        assert regular_jobs.delete_old_exports() == 1
    assert not Export.objects.exists()


def test_reports_have_the_cas_and_say_whether_they_were_withdrawn(level2, allocation):
    cas = assigned(a_cas(level2))
    report = a_report(cas, by=level2)
    [row] = rows_of(exported([report], level2, dataset="reports"))
    assert (row["CAS number"], row["Activity type"], row["Withdrawn"]) == (cas.number, report.type_name, "No")


def test_orders_have_their_fee_in_pounds(level2, allocation):
    order = an_order(a_cas(level2), by=level2)
    [row] = rows_of(exported([order], level2, dataset="orders"))
    assert (row["Reference"], row["Fee of each (£)"], row["Number of CAS"]) == (order.reference, "55.00", "1")


def test_a_batch_is_named_in_the_file(level2):
    a_batch(level2, cas := a_cas(level2), name="September")
    [row] = rows_of(exported([cas], level2, columns=["batch"]))
    assert row == {"Batch": "September"}


def test_a_choice_of_columns_is_the_sponsors_has_a_name_once_and_its_history(level1, level2, outsider):
    choice = ColumnChoice.objects.add("For finance", dataset="cas", columns=["name", "number"], by=level2)
    assert list(ColumnChoice.objects.for_user(level1).of_dataset("cas")) == [choice]
    assert not ColumnChoice.objects.for_user(outsider).exists()
    with pytest.raises(InvalidValues) as refused:
        ColumnChoice.objects.add("For finance", dataset="cas", columns=["name"], by=level1)
    assert refused.value.errors == {
        "name": "There is already a choice of columns called “For finance”. Enter another name"
    }
    choice.remove(by=level1)
    with pytest.raises(Refused, match="Another user has deleted it"):
        choice.remove(by=level2)
    assert [event.verb for event in Event.objects.filter(kind="column_choice")] == ["create", "delete"]


def test_the_statements_do_not_depend_on_the_number_of_columns(three, level2, django_assert_num_queries):
    for columns in (["name"], [column.name for column in DATASETS["cas"].columns]):
        export = an_export(three, level2)
        export.choose(file_format="csv", columns=columns, has_codes=False, by=level2)
        with django_assert_num_queries(1), io.BytesIO() as file:
            exporting.write(export, file)
        assert content_of(exported(three, level2, columns=columns))
