"""Ask for a job and cancel it, as its user; retry or discard it, as a caseworker."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from licences import refusals
from licences.jobs.kinds import kind_named
from licences.jobs.queue import turn
from licences.models import Event, User
from licences.models.job import OPEN, Job, JobState
from licences.permissions import Action, require
from sms.core import clock

MOST_OPEN = 20  # jobs of one kind that a user may wait for at once


def ask(kind: str, arguments: dict[str, Any], *, total: int = 1, is_short: bool = False, by: User) -> Job:
    """Create a job of this kind and queue it. Call this in the transaction that saves what the job needs.

    Raises `Refused` if the user already waits for too many jobs of this kind.
    """
    with turn(by.pk, is_new=True):
        if Job.objects.filter(kind=kind, by=by).open().count() >= MOST_OPEN:
            words = kind_named(kind)
            raise refusals.TOO_MANY_JOBS(most=MOST_OPEN, jobs=words.plural, job=words.label)
        now = clock.now()
        return Job.objects.create(
            kind=kind, arguments=arguments, total=total, is_short=is_short, by=by, asked_at=now, due_at=now
        )


def cancel(job: Job, *, by: User) -> None:
    """Cancel a job, as the user who asked for it. Raises `Refused` for another user's job, or if it has ended."""
    if by.pk != job.by_id:
        raise refusals.NOT_YOUR_JOB()
    _end(job, OPEN)


@transaction.atomic
def discard(job: Job, *, by: User) -> None:
    """Cancel a job that is open or has failed, as a caseworker. Raises `Refused` if it has ended in another way."""
    require(by, Action.JOBS_KEEP)
    _end(job, (*OPEN, JobState.FAILED))
    Event.objects.record("discard", job, by=by)


@transaction.atomic
def retry(job: Job, *, by: User) -> None:
    """Try a failed job again, from the piece that failed. Raises `Refused` if the job has not failed."""
    require(by, Action.JOBS_KEEP)
    changes = {"state": JobState.WAITING, "attempt": 0, "error": "", "due_at": clock.now(), "finished_at": None}
    with turn(job.by_id):
        if not Job.objects.filter(pk=job.pk, state=JobState.FAILED).update(**changes):
            raise refusals.JOB_HAS_NOT_FAILED()
    Event.objects.record("retry", job, by=by)


def _end(job: Job, states: tuple[str, ...]) -> None:
    """Cancel the job. A worker that runs it can no longer save, because its token is no longer valid."""
    changes = {"state": JobState.CANCELLED, "token": "", "lease_until": None, "finished_at": clock.now()}
    with turn(job.by_id):
        if not Job.objects.filter(pk=job.pk, state__in=states).update(**changes):
            raise refusals.JOB_HAS_ENDED()
