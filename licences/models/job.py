"""Jobs: work that the portal does later, for a user who waits for it. `licences.jobs` runs them."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from licences.models.user import User
from sms.core import clock, moments
from sms.core.constraints import known


class JobState(models.TextChoices):
    """The state of a job. Only a job that is QUEUED or RUNNING has a task in the queue."""

    WAITING = "WAITING", "Waiting"
    QUEUED = "QUEUED", "In the queue"
    RUNNING = "RUNNING", "Running"
    DONE = "DONE", "Finished"
    FAILED = "FAILED", "Failed"
    CANCELLED = "CANCELLED", "Cancelled"


FURTHEST = timedelta(hours=1)  # a time further ahead was written by a clock that ran ahead, and does not count
ERROR_SIZE = 300  # characters
IN_QUEUE = (JobState.QUEUED, JobState.RUNNING)
OPEN = (JobState.WAITING, *IN_QUEUE)
ENDED = (JobState.DONE, JobState.FAILED, JobState.CANCELLED)


class JobQuerySet(models.QuerySet["Job"]):
    def in_queue(self) -> Self:
        """Return the jobs that have a task in the queue, or that a worker is running."""
        return self.filter(state__in=IN_QUEUE)

    def open(self) -> Self:
        """Return the jobs that have not ended."""
        return self.filter(state__in=OPEN)

    def ended(self) -> Self:
        return self.filter(state__in=ENDED)

    def purge(self, kind: str, kept_for: timedelta) -> int:
        """Delete the jobs of this kind that have ended, and were asked for longer ago than this. Return how many."""
        ended = self.ended().filter(kind=kind)
        moments.bring_back(ended, "asked_at")
        return ended.filter(asked_at__lt=clock.now() - kept_for).delete()[0]

    def due(self) -> Self:
        """Return the jobs that may be put into the queue, oldest first."""
        now = clock.now()
        is_due = Q(due_at__lte=now) | Q(due_at__gt=now + FURTHEST)
        return self.filter(is_due, state=JobState.WAITING).order_by("pk")

    def lost(self) -> Self:
        """Return the running jobs whose lease has run out."""
        now = clock.now()
        return self.filter(Q(lease_until__lt=now) | Q(lease_until__gt=now + FURTHEST), state=JobState.RUNNING)

    def held_by(self, token: str) -> Self:
        """Return the job that runs with this token; none if it was given to another worker or cancelled."""
        return self.filter(state=JobState.RUNNING, token=token)

    def places(self) -> dict[int, int]:
        """Return the place in the queue of every job in it, by the job's id. The next to run has place 1."""
        queue = self.model.objects.filter(state=JobState.QUEUED).order_by("-priority", "queued_at", "pk")
        return {pk: place for place, pk in enumerate(queue.values_list("pk", flat=True), start=1)}


class Job(models.Model):
    """A job, done in pieces. This row is its true state; the task in the queue only refers to it.

    `token` is new each time a piece is put into the queue. A worker can start the piece, and later save its work, only
    with the token in this row. A running piece counts as lost after `lease_until`. `attempt` counts the starts of the
    current piece, and `progress` the finished parts of `total`: pieces, or records of a job of one piece.
    """

    kind = models.CharField(max_length=50)
    arguments = models.JSONField(default=dict)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField("day")
    is_short = models.BooleanField(default=False)

    state = models.CharField("state", max_length=10, choices=JobState.choices, default=JobState.WAITING)
    due_at = models.DateTimeField()
    priority = models.SmallIntegerField(default=0)
    queued_at = models.DateTimeField(null=True)
    token = models.CharField(max_length=32, blank=True)
    attempt = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)

    progress = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=1)
    result = models.JSONField(null=True)
    error = models.CharField(max_length=ERROR_SIZE, blank=True)
    finished_at = models.DateTimeField(null=True)

    objects = JobQuerySet.as_manager()

    event_kind = "job"

    class Meta:
        constraints: ClassVar = [
            known("state", JobState.values, table="job"),
            models.CheckConstraint(
                condition=Q(state=JobState.RUNNING, lease_until__isnull=False)
                | (~Q(state=JobState.RUNNING) & Q(lease_until__isnull=True)),
                name="job_has_a_lease_while_it_runs",
            ),
            models.CheckConstraint(
                condition=(Q(state__in=IN_QUEUE) & ~Q(token="")) | (~Q(state__in=IN_QUEUE) & Q(token="")),
                name="job_has_a_token_in_the_queue",
            ),
            models.CheckConstraint(
                condition=Q(state__in=ENDED, finished_at__isnull=False)
                | (~Q(state__in=ENDED) & Q(finished_at__isnull=True)),
                name="job_that_ended_says_when",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["state", "by", "id"], condition=Q(state__in=OPEN), name="job_open"),
        ]

    def __str__(self) -> str:
        return f"Job {self.pk}"

    @property
    def event_label(self) -> str:
        return str(self)

    @property
    def event_licence_id(self) -> int | None:
        return self.by.licence_id

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def has_failed(self) -> bool:
        return self.state == JobState.FAILED
