"""Email a link to a user, by a job, because a mail server can be slow. A visitor who forgot a password asks for one."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

from django.db import transaction

from licences import mail
from licences.accounts import links
from licences.jobs.kinds import Kind
from licences.jobs.runs import Run
from licences.jobs.verbs import ask
from licences.models import Job, SignIn, User
from licences.models.job import JobState
from licences.models.sign_in import Outcome
from sms.core import clock
from sms.core.govuk import formats
from sms.core.refused import Refused

JOB_KIND = "link"
MOST_ASKED = 3  # links to one user in an hour, if visitors ask for them. Each works, so no visitor can keep a user out
MOST_ACCOUNTS = 5  # of one email address: more do not get a link
AN_HOUR = timedelta(hours=1)


def job_kind() -> Kind:
    """Return the kind of job that emails a link. Its user is the reader of the email."""
    return Kind(JOB_KIND, "link by email", "links by email", _work, kept_for=mail.JOBS_KEPT_FOR)


def queue(user: User) -> None:
    """Email a link to this user soon. Raises `Refused` if very many wait already."""
    ask(JOB_KIND, {}, is_short=True, by=user)


def _work(run: Run) -> None:
    user = User.objects.get(pk=run.job.by_id)
    if user.is_active and user.email:
        values = {"user": user, "link": links.make(user), "is_first": not user.has_usable_password()}
        mail.send("link", user.email, **values)
    with run.saving(progress=1, is_last=True):
        pass


def state_of_latest(user: User) -> str:
    """Return what has become of the latest link for this user, in words; "" if there was none."""
    job = Job.objects.filter(kind=JOB_KIND, by=user).order_by("-pk").first()
    if job is None:
        return ""
    if job.state == JobState.DONE:
        return f"Sent on {formats.moment(job.finished_at)}"
    if job.state in {JobState.FAILED, JobState.CANCELLED}:
        return "Could not be sent: check the email address, and send another"
    return "Not sent yet: the mail server did not accept it, we try again" if job.error else "On its way"


@transaction.atomic
def ask_for_link(text: str, *, browser: str, network: str) -> None:
    """Email a link to each active user with this User ID or email address, for a visitor who is not known.

    A visitor cannot find out whether there is such a user: the same statements run if there is none, with the system's
    user, but their effect is undone. The history cannot be shortened, so this is recorded among the sign-ins instead.
    """
    found = list(User.objects.for_link(text)[:MOST_ACCOUNTS])  # type: ignore[attr-defined]
    system = User.objects.system()  # read in either case
    for user in found or [system]:
        lately = Job.objects.filter(kind=JOB_KIND, by=user, asked_at__gt=clock.now() - AN_HOUR)
        is_allowed = lately.count() < MOST_ASKED
        SignIn.objects.record(Outcome.LINK, user=user if found else None, browser=browser, network=network)
        with transaction.atomic(), suppress(Refused):
            queue(user)
            transaction.set_rollback(not (found and is_allowed))
