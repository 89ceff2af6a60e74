"""Caseworkers see the jobs that wait, run or have failed, and retry or discard them."""

from datetime import timedelta
from unittest import mock

import pytest

from cas.models import Printout
from cas.printing import printouts
from licences.regular_jobs import put_back_jobs
from sms.core import clock
from tests.factories import a_cas
from tests.jobs import work_all

pytestmark = pytest.mark.django_db


@pytest.fixture
def job(level2):
    return Printout.objects.ask([a_cas(level2, family_name="Okonkwo").pk], name="Some", by=level2).job


@pytest.fixture
def failed(job, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(printouts, "bundled", mock.Mock(side_effect=ValueError("Okonkwo")))
        for minutes in (0, 2, 10):
            with clock.set_to(clock.now() + timedelta(minutes=minutes)):
                put_back_jobs()
                work_all()
    return job


@pytest.fixture
def quick(monkeypatch):
    monkeypatch.setattr(printouts, "bundled", lambda cas_list, by: b"%PDF-")


def page_of(job):
    return f"/admin/licences/job/{job.pk}/"


def facts(page):
    return dict(page.main.lines())


def test_the_list_can_be_filtered_by_the_state_of_jobs(desk, failed, level2):
    Printout.objects.ask([a_cas(level2).pk], name="Some", by=level2)
    assert "Failed" in desk.read("/admin/licences/job/?state__exact=FAILED").main.text
    assert "In the queue" not in desk.read("/admin/licences/job/?state__exact=FAILED").main.one("tbody").text
    row = desk.read("/admin/licences/job/?state__exact=QUEUED").main.one("tbody").text
    assert "Printout" in row
    assert "In the queue" in row
    assert "0 of 1" in row


def test_the_page_of_a_job_shows_its_place_and_attempts(desk, job):
    shown = facts(desk.read(page_of(job)))
    assert (shown["Place in the queue"], shown["Attempts at this piece"], shown["State"]) == ("1", "0", "In the queue")


def test_a_failed_job_shows_its_error_without_personal_data(desk, failed):
    page = desk.read(page_of(failed))
    assert facts(page)["Last error"] == "ValueError"
    assert "Okonkwo" not in page.main.text


def test_a_caseworker_retries_a_failed_job(desk, failed, happened, quick):
    assert desk.send(f"{page_of(failed)}retry/").banners == ["Job put back into the queue"]
    work_all()
    failed.refresh_from_db()
    assert failed.state == "DONE"
    assert ("job", "retry", "caseworker") in happened()


def test_a_caseworker_discards_a_job_in_the_queue(desk, job, happened, quick):
    assert desk.send(f"{page_of(job)}discard/").banners == ["Job discarded"]
    work_all()
    job.refresh_from_db()
    assert job.state == "CANCELLED"
    assert happened() == [("job", "discard", "caseworker")]


def test_a_finished_job_cannot_be_retried_or_discarded(desk, job, quick):
    work_all()
    for name in ("retry", "discard"):
        assert "is no longer possible" in desk.client.post(f"{page_of(job)}{name}/", follow=True).content.decode()


def test_a_decision_about_a_job_whose_state_has_changed_is_refused(desk, job, quick, happened):
    held = desk.read(f"{page_of(job)}discard/").typed()
    assert held["seen"] == "open"
    answer = desk.client.post(f"{page_of(job)}discard/", {"seen": "failed"})
    assert "decide again" in answer.content.decode()
    assert happened() == []
