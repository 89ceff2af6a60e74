"""The jobs that the system runs by itself each minute."""

from datetime import timedelta
from io import StringIO
from unittest import mock

import pytest
from django.core.management import CommandError, call_command

from cas.models import CAS
from licences.models import Event, Licence
from sms import regular_jobs
from sms.core import clock
from tests.factories import a_cas, a_licence, an_order, assigned, in_status, lasting_until_yesterday
from tests.outages import an_outage

pytestmark = pytest.mark.django_db


def run_jobs():
    out = StringIO()
    call_command("run_jobs", stdout=out)
    return out.getvalue()


def test_the_jobs_expire_licences_and_cas_and_chase_silent_orders(level2, allocation, caseworker):
    assigned(a_cas(level2))
    an_order(a_cas(level2), by=level2)
    ending = a_licence("123456789", "New College", by=caseworker)
    ending.amend(by=caseworker, expires_on=clock.today())
    with clock.set_to(clock.now() + timedelta(days=200)):
        assert run_jobs().startswith(
            "expire_licences: 1\nexpire_cas: 1\nrenew_allocations: 0\nsend_late_sandbox_callbacks: 0\n"
            "chase_silent_orders: 1\n"
        )
        assert run_jobs().startswith(
            "expire_licences: 0\nexpire_cas: 0\nrenew_allocations: 0\nsend_late_sandbox_callbacks: 0\n"
            "chase_silent_orders: 0\n"
        )
    assert set(CAS.objects.values_list("status", flat=True)) == {"EXPIRED", "READY TO GO"}
    assert set(Licence.objects.values_list("status", flat=True)) == {"ACTIVE", "EXPIRED"}


def test_a_job_that_fails_is_reported_and_the_other_jobs_still_run(level2, allocation, monkeypatch, caplog):
    cas = assigned(a_cas(level2))

    def fail():
        raise RuntimeError("no")

    monkeypatch.setattr(regular_jobs, "JOBS", (fail, *regular_jobs.JOBS))
    with clock.set_to(clock.now() + timedelta(days=200)), pytest.raises(CommandError, match="A job failed"):
        run_jobs()
    cas.refresh_from_db()
    assert cas.status == "EXPIRED"
    assert "The job fail failed" in caplog.text


def test_a_job_that_finds_the_database_busy_logs_a_warning_without_a_traceback(system, monkeypatch, log_lines):
    """The job runs again in a minute. An outage of an hour must not fill the log."""

    def wait():
        raise an_outage()

    monkeypatch.setattr(regular_jobs, "JOBS", (wait,))
    assert regular_jobs.run_all() == {"wait": None}
    (line,) = log_lines
    assert (line["level"], line["event"]) == ("warning", "The job wait waits: the database or a disk is busy")
    assert "exception" not in line


def test_a_licence_that_a_caseworker_ends_meanwhile_does_not_stop_the_job(licence, outsider, caseworker, monkeypatch):
    for each in Licence.objects.all():
        lasting_until_yesterday(each, by=caseworker)
    expire, overtaken = Licence.expire, []

    def overtaken_once(self, *, by):
        if not overtaken:
            overtaken.append(self)
            Licence.objects.get(pk=self.pk).revoke(by=caseworker, reason="Because")
        expire(self, by=by)

    monkeypatch.setattr(Licence, "expire", overtaken_once)
    assert run_jobs().startswith("expire_licences: 1\n")
    assert sorted(Licence.objects.values_list("status", flat=True)) == ["EXPIRED", "REVOKED"]


@pytest.mark.parametrize("status", ["USED", "OBSOLETE", "WITHDRAWN", "CANCELLED"])
def test_a_cas_with_a_final_status_does_not_expire(status, level2, level1, allocation, caseworker):
    cas = in_status(status, by=level2, caseworker=caseworker)
    lines = Event.objects.count()
    with clock.set_to(clock.now() + timedelta(days=400)):
        run_jobs()
    cas.refresh_from_db()
    assert cas.status == status
    assert Event.objects.count() == lines


def test_the_worker_runs_jobs_that_call_providers_apart_from_the_other_jobs(system, monkeypatch):
    called, other = mock.Mock(__name__="called"), mock.Mock(__name__="other")
    monkeypatch.setattr(regular_jobs, "JOBS", (called, other))
    monkeypatch.setattr(regular_jobs, "CALLS", {called})
    regular_jobs.run_calls()
    assert (called.call_count, other.call_count) == (1, 0)
    regular_jobs.run_others()
    assert (called.call_count, other.call_count) == (1, 1)
