"""Imports that change CAS, at the same moment as another import, a screen or the end of a licence (section 11)."""

import threading

import pytest
from django.db import connection

from bulk_data_transfer.models import Upload
from bulk_data_transfer.operations import create_cas
from bulk_data_transfer.operations.existing import mark_again
from cas.models import CAS
from licences.models import Event, Job, Licence
from tests.bulk_data_transfer.factories import a_record, an_upload
from tests.bulk_data_transfer.factories import checked as checked_create
from tests.bulk_data_transfer.operations.changing import checked, sent, sheet
from tests.factories import in_status
from tests.jobs import work_all
from tests.racing import at_once

pytestmark = [pytest.mark.long, pytest.mark.django_db(transaction=True)]

REASON = "Reason for withdrawing"


@pytest.fixture
def live(system, level1, allocation, caseworker):
    return [in_status("ASSIGNED", by=level1, caseworker=caseworker, passport_number=f"P{each}") for each in range(3)]


def a_withdrawal(live, by, reason):
    return checked(sent(sheet(*({"CAS number": cas.number, REASON: reason} for cas in live)), by=by))


def ask(upload, batch_name=""):
    now = Upload.objects.get(pk=upload.pk)
    now.ask_for_import(which="GOOD", has_duplicates=False, batch_name=batch_name, by=upload.by)


def jobs_at_once(*others):
    at_once(*[work_all] * Job.objects.open().count(), *others)
    work_all()


def lines(verb):
    return Event.objects.filter(kind="cas", verb=verb).count()


def test_two_files_that_withdraw_the_same_cas_at_once_withdraw_each_once(live, level1, licence):
    uploads = [a_withdrawal(live, level1, reason) for reason in ("A mistake", "Another mistake")]
    for upload in uploads:
        ask(upload)
    jobs_at_once()
    assert list(CAS.objects.values_list("status", flat=True)) == ["WITHDRAWN"] * 3
    assert lines("withdraw") == 3
    done = [upload.rows.filter(result="DONE").count() for upload in uploads]
    assert sorted(done) == [0, 3]


def test_a_file_and_a_screen_withdraw_the_same_cas_at_once_once(live, level1):
    ask(a_withdrawal(live, level1, "A mistake"))
    jobs_at_once(lambda: CAS.objects.get(pk=live[0].pk).withdraw(by=level1, reason="By hand"))
    assert list(CAS.objects.values_list("status", flat=True)) == ["WITHDRAWN"] * 3
    assert lines("withdraw") == 3


@pytest.mark.parametrize("attempt", range(3))
def test_a_licence_that_ends_while_its_cas_are_withdrawn_by_a_file_ends_each_cas_once(
    attempt, live, level1, licence, caseworker
):
    ask(a_withdrawal(live, level1, "A mistake"))
    jobs_at_once(lambda: Licence.objects.get(pk=licence.pk).surrender(by=caseworker, reason="Closed"))
    statuses = set(CAS.objects.values_list("status", flat=True))
    assert statuses in ({"WITHDRAWN"}, {"CANCELLED"})
    assert lines("withdraw") + lines("cancel") == 3


@pytest.mark.parametrize("attempt", range(3))
def test_a_licence_that_ends_while_a_file_is_imported_ends_before_or_after_it(
    attempt, system, level1, licence, caseworker
):
    upload = checked_create(an_upload(level1, a_record()))
    ask(upload, "Autumn")
    jobs_at_once(lambda: Licence.objects.get(pk=licence.pk).surrender(by=caseworker, reason="Closed"))
    upload.refresh_from_db()
    imported = Event.objects.filter(kind="upload", verb="import").first()
    ended = Event.objects.get(kind="licence", verb="surrender")
    assert CAS.objects.count() == (1 if imported else 0)
    assert upload.imported_at if imported else "SURRENDERED" in upload.refusal
    assert not imported or imported.pk < ended.pk, "nothing is imported after the end"


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite lets only one transaction write")
def test_without_the_lock_of_the_licence_a_file_could_be_imported_after_its_end(
    system, level1, licence, caseworker, monkeypatch
):
    def mark_and_wait(*given):
        mark_again(*given)
        begun.set()
        ended.wait(20)

    def end():
        begun.wait(20)
        Licence.objects.get(pk=licence.pk).surrender(by=caseworker, reason="Closed")
        ended.set()

    begun, ended = threading.Event(), threading.Event()
    monkeypatch.setattr(create_cas, "mark_again", mark_and_wait)
    monkeypatch.setattr(type(Licence.objects), "lock_all", lambda self, ids: list(self.filter(pk__in=ids)))
    upload = checked_create(an_upload(level1, a_record()))
    ask(upload, "Autumn")
    jobs_at_once(end)
    imported, surrendered = Event.objects.get(verb="import"), Event.objects.get(verb="surrender")
    assert imported.pk > surrendered.pk
