"""Run jobs in a test as the worker does, but in the process of the test."""

from django_tasks_db.models import DBTaskResult

from licences import hooks
from licences.jobs import engine
from licences.jobs.kinds import Kind


def work():
    """Run the next task of the queue, and return whether there was one."""
    is_there = DBTaskResult.objects.ready().exists()
    engine.worker(until_empty=True, most=1).run()
    return is_there


def work_all():
    """Run tasks until the queue is empty."""
    engine.run_waiting()


def a_kind(monkeypatch, work, *, name="count", **options):
    """Add a kind of job, whose pieces are done by `work`."""
    kind = Kind(name, "count", "counts", work, **options)
    monkeypatch.setitem(hooks.job_kinds._functions, f"tests.{name}", lambda: kind)
    return kind
