"""Run one piece of a job, with a token and a lease that are committed before the work begins."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.db import Error, transaction
from django.db.models import F

from licences.jobs.kinds import Kind, kind_named
from licences.jobs.queue import turn
from licences.models.job import ERROR_SIZE, Job, JobState
from sms.core import clock
from sms.core.tracebacks import words
from sms.core.unavailable import why

MOST_ATTEMPTS = 3  # at one piece
BACK_OFF = (timedelta(minutes=1), timedelta(minutes=5))  # after the first attempt that failed, and after the second
STOPPED = "The worker stopped, or took too long."

logger = logging.getLogger(__name__)


class LeaseLost(Exception):
    """Another worker has been given the piece, or the job was cancelled: the work is not saved."""


class WorkerStops(BaseException):
    """The worker has to stop before this piece ends. A `BaseException`, so that no library catches it by accident."""


class Run:
    """An attempt at one piece of `job`."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.has_saved = False

    @contextmanager
    def step(self, progress: int) -> Iterator[None]:
        """Save what the block writes, and the progress within a piece, in one transaction.

        Raises `LeaseLost`, and saves nothing, if this run no longer holds the job. Do not call it in a transaction:
        users would see the progress only when that ends.
        """
        with transaction.atomic():
            if not Job.objects.filter(pk=self.job.pk).held_by(self.job.token).update(progress=progress):
                raise LeaseLost
            yield

    def report(self, progress: int) -> None:
        """Record the progress within a piece, as `step` does."""
        with self.step(progress):
            pass

    @contextmanager
    def saving(self, *, progress: int, is_last: bool, result: Any = None) -> Iterator[None]:
        """Save what the block writes, together with the fact that the piece is done, in one transaction.

        Raises `LeaseLost`, and saves nothing, if this run no longer holds the job.
        """
        ends = {"state": JobState.DONE, "finished_at": clock.now(), "result": result}
        goes_on = {"state": JobState.WAITING, "due_at": clock.now()}
        with turn(self.job.by_id):
            _release(self.job, progress=progress, attempt=0, error="", **(ends if is_last else goes_on))
            yield
        self.has_saved = True


def run(job_id: int, token: str) -> None:
    """Do the piece of this token. Do nothing if another worker has started it, or if the token is out of date."""
    job = _start(job_id, token)
    if job is None:
        logger.info("A piece of job %s was not due", job_id)
        return
    run = Run(job)
    try:
        kind_named(job.kind).work(run)
        if not run.has_saved:
            raise NotImplementedError("The work ended without saving.")
    except LeaseLost:
        logger.warning("Job %s no longer belongs to this worker: its work is not saved", job_id)
    except WorkerStops:
        logger.info("Job %s is put back, because its worker stops", job_id)
        _end_attempt(job, "", is_counted=False)
    except Exception as error:
        _give_back(job, error)


def end_lost_runs() -> int:
    """End the attempts whose lease has run out. Return how many."""
    count = 0
    for job in list(Job.objects.lost()):
        logger.warning("Job %s was lost at attempt %s", job.pk, job.attempt)
        count += _end_attempt(job, STOPPED)
    return count


def _start(job_id: int, token: str) -> Job | None:
    """Count an attempt and take the lease, before the work. Return the job, or None if the token is out of date."""
    queued = Job.objects.filter(pk=job_id, token=token, state=JobState.QUEUED)
    job = queued.select_related("by").first()
    if job is None:
        return None
    try:
        lease = kind_named(job.kind).lease
    except LookupError:  # the work then fails with the same error, which is recorded
        lease = Kind.lease
    job.state, job.attempt, job.lease_until = JobState.RUNNING, job.attempt + 1, clock.now() + lease
    has_started = queued.update(state=job.state, attempt=F("attempt") + 1, lease_until=job.lease_until)
    return job if has_started else None


def _give_back(job: Job, error: Exception) -> None:
    """End an attempt that failed. It does not count if the database was unavailable."""
    reason = why(error)
    if reason is None:
        logger.error("Job %s failed at attempt %s", job.pk, job.attempt, exc_info=error)
    else:
        logger.warning("Job %s waits: the database or a disk is %s", job.pk, reason)
    try:
        said = ": ".join(filter(None, (type(error).__name__, words(error))))
        _end_attempt(job, said[:ERROR_SIZE], is_counted=reason is None)
    except Error as another:
        if why(another) is None:
            raise
        logger.warning("Job %s could not be given back: it waits until its lease has run out", job.pk)


def _end_attempt(job: Job, error: str, *, is_counted: bool = True) -> bool:
    attempt = job.attempt if is_counted else job.attempt - 1
    changes: dict[str, Any] = {"state": JobState.WAITING, "attempt": attempt, "error": error}
    if attempt >= MOST_ATTEMPTS:
        changes |= {"state": JobState.FAILED, "finished_at": clock.now()}
    else:
        changes["due_at"] = clock.now() + BACK_OFF[max(attempt, 1) - 1]
    try:
        with turn(job.by_id):
            _release(job, **changes)
    except LeaseLost:
        return False
    return True


def _release(job: Job, **changes: Any) -> None:
    """Write the end of a run. Raises `LeaseLost` if the run no longer holds the job."""
    held = Job.objects.filter(pk=job.pk).held_by(job.token)
    if not held.update(token="", lease_until=None, **changes):
        raise LeaseLost
