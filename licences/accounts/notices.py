"""Email a user about a change of their account, by a job, because a mail server can be slow."""

from __future__ import annotations

from contextlib import suppress

from django.db import transaction

from licences import mail
from licences.jobs.kinds import Kind
from licences.jobs.runs import Run
from licences.jobs.verbs import ask
from licences.models import User
from sms.core.refused import Refused

JOB_KIND = "notice"


def job_kind() -> Kind:
    """Return the kind of job that emails a notice. Its user is the one whose account has changed."""
    return Kind(JOB_KIND, "email about an account", "emails about an account", _work)


def inform(user: User, name: str, *, to: str = "") -> None:
    """Email `mail/NAME.txt` soon, to this user's address or to the address `to`, if there is any.

    It never keeps the change from being made: if very many emails wait already, this one is not sent.
    """
    address = to or user.email
    if address:
        with suppress(Refused), transaction.atomic():
            ask(JOB_KIND, {"mail": name, "to": address}, is_short=True, by=user)


def _work(run: Run) -> None:
    user = User.objects.get(pk=run.job.by_id)
    mail.send(run.job.arguments["mail"], run.job.arguments["to"], user=user)
    with run.saving(progress=1, is_last=True):
        pass
