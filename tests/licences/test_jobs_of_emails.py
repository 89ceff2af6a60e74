"""Jobs that email users keep addresses for 30 days at most, and no page shows them (specification, section 9)."""

import smtplib
from datetime import timedelta

import pytest

from cas.models import Printout
from licences import hooks, mail
from licences.accounts import emails, notices, own_email
from licences.models import Job
from licences.models.job import JobState
from licences.regular_jobs import delete_old_jobs, put_back_jobs
from sms.core import clock
from tests.factories import a_cas
from tests.jobs import work_all
from tests.pages import Page
from tests.test_moments_in_the_future import YEAR

pytestmark = pytest.mark.django_db

OLD, NEW = "old@example.ac.uk", "new@example.ac.uk"
DAY = timedelta(days=1)


@pytest.fixture
def user(level2):
    level2.set_email(OLD)
    level2.save()
    return level2


def by_notice(user, by):
    user.amend(by=by, name=user.name, email=NEW)


def by_link(user, by):
    emails.queue(user)


def by_link_to_a_new_address(user, by):
    own_email.ask(user, NEW)


def after(days):
    return clock.set_to(clock.now() + days * DAY)


def fails(*args, **values):
    raise smtplib.SMTPRecipientsRefused({OLD: (550, f"No such user {OLD}".encode())})


def work_until_it_fails(monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(mail, "send", fails)
        for minutes in (0, 2, 10):
            with clock.set_to(clock.now() + timedelta(minutes=minutes)):
                put_back_jobs()
                work_all()
    assert Job.objects.get().state == JobState.FAILED


@pytest.mark.parametrize("ask", [by_notice, by_link, by_link_to_a_new_address])
@pytest.mark.parametrize("is_sent", [True, False], ids=["sent", "failed"])
def test_the_job_is_deleted_after_30_days(ask, is_sent, user, caseworker, monkeypatch):
    ask(user, caseworker)
    work_all() if is_sent else work_until_it_fails(monkeypatch)
    with after(29):
        assert delete_old_jobs() == 0
    assert Job.objects.exists()
    with after(31):
        assert [delete_old_jobs() for _ in range(2)] == [1, 0]
    assert not Job.objects.exists()


def test_a_job_that_still_waits_is_kept(user, caseworker):
    by_notice(user, caseworker)
    with after(31):
        assert delete_old_jobs() == 0


def test_a_job_that_a_clock_asked_for_while_it_ran_ahead_is_kept_no_longer(user, caseworker):
    with clock.set_to(clock.now() + YEAR):
        by_notice(user, caseworker)
        work_all()
    delete_old_jobs()
    with after(31):
        assert delete_old_jobs() == 1


def test_every_kind_of_job_is_deleted_after_a_time_or_with_its_record():
    with_their_record = {"print", "export", "check-file", "import-file"}
    after_a_time = {kind.name for kind in hooks.job_kinds() if kind.kept_for}
    assert after_a_time == {emails.JOB_KIND, notices.JOB_KIND, own_email.JOB_KIND}
    assert {kind.name for kind in hooks.job_kinds()} == after_a_time | with_their_record


def test_jobs_with_a_record_are_kept(level2):
    job = Printout.objects.ask([a_cas(level2).pk], name="Some", by=level2).job
    Job.objects.filter(pk=job.pk).update(state=JobState.CANCELLED, token="", finished_at=clock.now())
    with after(31):
        assert delete_old_jobs() == 0


def test_no_page_of_the_admin_shows_the_address_of_a_job(as_user, user, caseworker, monkeypatch):
    by_notice(user, caseworker)
    work_until_it_fails(monkeypatch)
    client, job = as_user(caseworker), Job.objects.get()
    assert OLD in str(job.arguments)
    client.post(f"/admin/licences/job/{job.pk}/retry/", {"seen": "failed"})
    for page in ("", f"{job.pk}/", f"{job.pk}/history/", f"{job.pk}/discard/"):
        answer = client.get(f"/admin/licences/job/{page}")
        assert answer.status_code == 200
        assert "@" not in Page(answer).main.text
    assert "@" not in job.error
    assert "@" not in str(client.get("/admin/").content)


@pytest.mark.parametrize("who", ["level1", "level2", "outsider"])
def test_no_user_of_a_sponsor_sees_the_jobs(who, request, as_user, user, caseworker):
    by_notice(user, caseworker)
    client = as_user(request.getfixturevalue(who))
    for page in ("", f"{Job.objects.get().pk}/"):
        assert client.get(f"/admin/licences/job/{page}").status_code in {302, 403, 404}
