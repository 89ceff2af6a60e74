"""Background jobs when several workers, or several requests of one user, come at once."""

import pytest

from licences.jobs import queue, runs, verbs
from licences.models import Job
from tests.jobs import a_kind, work_all
from tests.racing import at_once

pytestmark = [pytest.mark.long, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def saved(monkeypatch):
    """Declare a kind of job, and return a list. Each piece adds the id of its job to the list."""
    pieces = []

    def one_piece(run):
        number = run.job.progress + 1
        with run.saving(progress=number, is_last=number >= run.job.total):
            pass
        pieces.append(run.job.pk)

    a_kind(monkeypatch, one_piece)
    return pieces


def test_a_task_that_eight_workers_run_at_once_is_done_only_once(saved, system, level1):
    job = verbs.ask("count", {}, by=level1, total=2)
    token = Job.objects.get().token
    at_once(*[lambda: runs.run(job.pk, token)] * 8)
    assert saved == [job.pk]
    assert Job.objects.get().progress == 1


def test_its_twin_if_a_start_were_not_conditional_it_would_be_done_several_times(saved, system, level1, monkeypatch):
    def start(job_id, token):
        return Job.objects.select_related("by").get(pk=job_id)

    monkeypatch.setattr(runs, "_start", start)
    monkeypatch.setattr(runs, "_release", lambda job, **changes: None)
    job = verbs.ask("count", {}, by=level1, total=2)
    at_once(*[lambda: runs.run(job.pk, "")] * 8)
    assert len(saved) == 8


def test_a_user_who_asks_eight_times_at_once_has_two_pieces_in_the_queue(saved, system, level1):
    at_once(*[lambda: verbs.ask("count", {}, by=level1)] * 8)
    assert Job.objects.in_queue().count() == queue.MOST_IN_QUEUE
    assert Job.objects.open().count() == 8


def test_a_user_who_asks_for_too_many_jobs_at_once_gets_only_the_limit(saved, system, level1, monkeypatch):
    monkeypatch.setattr(verbs, "MOST_OPEN", 5)
    at_once(*[lambda: verbs.ask("count", {}, by=level1)] * 8)
    assert Job.objects.count() == 5


def test_asking_cancelling_and_saving_at_once_neither_deadlock_nor_lose_a_piece(saved, system, level1):
    jobs = [verbs.ask("count", {}, by=level1, total=3) for _ in range(4)]
    at_once(
        *[lambda job=job: runs.run(job.pk, Job.objects.get(pk=job.pk).token) for job in jobs[:2]],
        *[lambda job=job: verbs.cancel(job, by=level1) for job in jobs[1:3]],
        *[lambda: verbs.ask("count", {}, by=level1)] * 2,
    )
    assert Job.objects.in_queue().count() == queue.MOST_IN_QUEUE
    work_all()
    assert not Job.objects.open().exists()
    assert Job.objects.filter(state="CANCELLED").count() == 2
    done = Job.objects.filter(state="DONE")
    assert all(saved.count(job.pk) == job.total for job in done)


def test_four_workers_at_once_do_each_piece_once(saved, system, level1, level2, monkeypatch):
    for _ in range(5):
        for user in (level1, level2):
            verbs.ask("count", {}, by=user, total=3)
    at_once(*[work_all] * 4)
    work_all()
    assert sorted(saved) == sorted(job.pk for job in Job.objects.all() for _ in range(3))
    assert not Job.objects.open().exists()
