"""The engine: the backend of Django's Tasks API that carries pieces of jobs to the workers.

Only this module knows which backend it is (setting TASKS). It may lose a task, run it twice or run it late.
"""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from django.db import transaction
from django.db.models import Q
from django.utils.crypto import get_random_string
from django_tasks import DEFAULT_TASK_BACKEND_ALIAS, task, task_backends
from django_tasks.backends.base import BaseTaskBackend
from django_tasks_db import DatabaseBackend
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from sms.core import clock
from sms.core.hooks import Hook

KEPT_FOR = timedelta(days=1)  # rows of tasks that have run

# Called with the id of a job and the token of one of its pieces.
piece_is_due: Hook[[int, str], None] = Hook()


@task()
def run_piece(job_id: int, token: str) -> None:
    """Run a piece of a job. The task does not contain the arguments of the job."""
    piece_is_due(job_id, token)


def is_database() -> bool:
    """Return whether the queue is in the portal's own database."""
    return isinstance(_backend(), DatabaseBackend)


def _backend() -> BaseTaskBackend:
    return task_backends[DEFAULT_TASK_BACKEND_ALIAS]


def enqueue(job_id: int, token: str, *, priority: int) -> None:
    """Put a piece into the queue: within the current transaction if the queue is in the database, else after it."""
    piece = run_piece.using(priority=priority) if _backend().supports_priority else run_piece
    if is_database():
        piece.enqueue(job_id, token)
    else:  # otherwise, a worker could look for the job before it is committed
        transaction.on_commit(partial(piece.enqueue, job_id, token), robust=True)


def worker(*, until_empty: bool = False, most: int | None = None) -> Worker:
    """Return a worker for the queue in the database.

    Its `run()` works until it is stopped, until the queue is empty, or for at most `most` tasks.
    """
    return Worker(
        queue_names=["*"],
        excluded_queue_names=[],
        interval=1,
        batch=until_empty,
        backend_name=DEFAULT_TASK_BACKEND_ALIAS,
        startup_delay=False,
        max_tasks=most,
        worker_id=get_random_string(32),
    )


def run_waiting() -> None:
    """Run everything that is in the queue, if the queue is in the database."""
    if is_database():
        worker(until_empty=True).run()


def delete_old_tasks() -> int:
    """Delete the tasks in the database that finished, or were started and lost, over a day ago. Return how many."""
    limit = clock.now() - KEPT_FOR
    old = Q(finished_at__lt=limit) | Q(finished_at__isnull=True, started_at__lt=limit)
    return DBTaskResult.objects.filter(old).delete()[0]
