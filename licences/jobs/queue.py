"""Decide when a piece of a job may enter the queue: at most two of one user, so that no user blocks another."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.crypto import get_random_string

from licences.jobs import engine
from licences.models import User
from licences.models.job import Job, JobState
from sms.core import clock

MOST_IN_QUEUE = 2  # long pieces of one user, and as many short ones

# Priorities in the queue. Pieces of equal priority run in the order in which they were queued.
# A piece is a user's first if the user has just asked for it and has no other piece of that length in the queue.
FIRST_SHORT = 20
FIRST = 10
NEXT_SHORT = 5
NEXT = 0

# A piece that has been in the queue for this long is queued again: the engine may have lost it.
MAY_BE_LOST_AFTER = timedelta(minutes=10)
A_MINUTE = timedelta(minutes=1)  # the clocks of two servers may differ by this much


@contextmanager
def turn(user_id: int, *, is_new: bool = False) -> Iterator[None]:
    """Change jobs of this user in the block, then queue the pieces that may enter. All is one transaction.

    The user's row is always locked first, so that two such blocks neither count the same free places nor deadlock.
    `is_new` says that the user has just asked for a job.
    """
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).values_list("pk").get(pk=user_id)
        yield
        _fill(user_id, is_new=is_new)


def _fill(user_id: int, *, is_new: bool) -> None:
    for is_short in (True, False):
        mine = Job.objects.filter(by_id=user_id, is_short=is_short)
        queued = mine.in_queue().count()
        for job in mine.due()[: max(0, MOST_IN_QUEUE - queued)]:
            is_first = is_new and not queued
            _enqueue(job, (FIRST_SHORT if is_first else NEXT_SHORT) if is_short else (FIRST if is_first else NEXT))
            queued += 1


def _enqueue(job: Job, priority: int) -> None:
    token = get_random_string(32)
    changes = {"state": JobState.QUEUED, "token": token, "priority": priority, "queued_at": clock.now()}
    if Job.objects.filter(pk=job.pk, state=JobState.WAITING).update(**changes):
        engine.enqueue(job.pk, token, priority=priority)


def fill_all() -> None:
    """Fill the free places of every user who has a job that is due."""
    for user_id in Job.objects.due().order_by().values_list("by_id", flat=True).distinct():
        with turn(user_id):
            pass


def enqueue_again() -> int:
    """Put pieces that may be lost into the queue again. Return how many.

    The token does not change: if the first task arrives after all, it runs, and the second finds nothing to do.
    """
    now = clock.now()
    may_be_lost = Q(queued_at__lt=now - MAY_BE_LOST_AFTER) | Q(queued_at__gt=now + A_MINUTE)
    lost = Job.objects.filter(may_be_lost, state=JobState.QUEUED)
    count = 0
    for job in list(lost):
        with transaction.atomic():
            if lost.filter(pk=job.pk, token=job.token).update(queued_at=now):
                engine.enqueue(job.pk, job.token, priority=job.priority)
                count += 1
    return count
