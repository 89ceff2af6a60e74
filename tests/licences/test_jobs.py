"""Background jobs: attempts count before the work, work is saved once, lost jobs run again, and users take turns."""

from datetime import timedelta
from unittest import mock

import pytest
from django.db import IntegrityError, transaction
from django_tasks_db.models import DBTaskResult

from licences.jobs import engine, queue, runs, verbs
from licences.models import Event, Job
from licences.models.job import JobState
from licences.regular_jobs import delete_old_tasks, put_back_jobs
from sms.core import clock
from sms.core.refused import NotAllowed, Refused
from tests.jobs import a_kind, work, work_all
from tests.outages import an_outage

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


class Killed(BaseException):
    """SIGKILL, as far as a test can imitate it: nothing catches it, and nothing is cleaned up."""


@pytest.fixture
def saved(monkeypatch):
    """Declare a kind of job, and return a list. Each piece adds its user, its job and its number to the list."""
    pieces = []

    def one_piece(run):
        number = run.job.progress + 1
        with run.saving(progress=number, is_last=number >= run.job.total, result={"pieces": number}):
            pieces.append((run.job.by.username, run.job.pk, number))

    a_kind(monkeypatch, one_piece)
    return pieces


@pytest.fixture
def poison(monkeypatch):
    """Declare a kind of job that kills its process."""
    a_kind(monkeypatch, mock.Mock(side_effect=Killed), name="poison")


def ask(by, *, kind="count", **options):
    return verbs.ask(kind, {}, by=by, **options)


def again(job):
    return Job.objects.get(pk=job.pk)


def later(minutes):
    return clock.set_to(clock.now() + minutes * MINUTE)


def killed_at(job):
    """Start the next piece of the job in a worker that dies."""
    with pytest.raises(Killed):
        runs.run(job.pk, again(job).token)


# One job


def test_each_piece_of_a_job_puts_the_next_one_into_the_queue(saved, level1):
    job = ask(level1, total=3)
    for progress, state in ((1, "QUEUED"), (2, "QUEUED"), (3, "DONE")):
        assert work()
        assert (again(job).progress, again(job).state) == (progress, state)
    assert not work()
    assert again(job).result == {"pieces": 3}
    assert saved == [("level1", job.pk, number) for number in (1, 2, 3)]


def test_the_task_contains_only_the_id_and_the_token(saved, level1):
    job = verbs.ask("count", {"of": "a secret"}, by=level1)
    task = DBTaskResult.objects.get()
    assert task.args_kwargs == {"args": [job.pk, again(job).token], "kwargs": {}}


def test_a_job_is_queued_in_the_transaction_that_asks_for_it(saved, level1):
    with transaction.atomic():
        ask(level1)
        transaction.set_rollback(True)
    assert (Job.objects.count(), DBTaskResult.objects.count()) == (0, 0)


def test_an_engine_outside_the_database_gets_the_task_after_the_commit(saved, level1, monkeypatch, settings):
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.dummy.DummyBackend"}}
    monkeypatch.setattr(engine, "task_backends", type(engine.task_backends)(settings.TASKS))
    sent = mock.Mock()
    monkeypatch.setattr(engine, "run_piece", mock.Mock(using=mock.Mock(return_value=sent)))
    with mock.patch.object(transaction, "on_commit") as on_commit:
        job = ask(level1)
        sent.enqueue.assert_not_called()
    on_commit.call_args.args[0]()
    sent.enqueue.assert_called_once_with(job.pk, again(job).token)


def test_a_task_that_runs_twice_or_late_or_for_no_job_does_nothing(saved, level1):
    job = ask(level1, total=2)
    first = again(job).token
    runs.run(job.pk, first)
    runs.run(job.pk, first)
    runs.run(job.pk + 1, first)
    runs.run(job.pk, "")
    assert len(saved) == 1
    work_all()
    assert len(saved) == 2
    runs.run(job.pk, first)
    assert len(saved) == 2


# Attempts, leases and tokens


def test_the_attempt_and_the_lease_are_committed_before_the_work(level1, monkeypatch):
    seen = []
    a_kind(monkeypatch, lambda run: seen.append(again(run.job)), lease=7 * MINUTE)
    with clock.set_to(clock.now()):
        job = ask(level1)
        work()
        assert [(each.state, each.attempt, each.lease_until) for each in seen] == [
            ("RUNNING", 1, clock.now() + 7 * MINUTE)
        ]
    assert again(job).error.startswith("NotImplementedError"), "it saved nothing"


def test_a_job_that_kills_its_worker_fails_after_three_attempts(poison, level1):
    job = ask(level1, kind="poison")
    for attempt, minutes in ((1, 6), (2, 30), (3, 90)):
        with later(minutes):
            put_back_jobs()
            killed_at(job)
            assert (again(job).state, again(job).attempt) == ("RUNNING", attempt)
        with later(minutes + 6):
            put_back_jobs()
    assert (again(job).state, again(job).error) == ("FAILED", "The worker stopped, or took too long.")
    assert not DBTaskResult.objects.ready().filter(args_kwargs__args__1=again(job).token).exists()


def test_its_twin_if_attempts_were_counted_after_the_work_it_would_never_fail(poison, level1, monkeypatch):
    start = runs._start

    def counted_afterwards(job_id, token):
        job = start(job_id, token)
        Job.objects.filter(pk=job_id).update(attempt=0)
        return job

    monkeypatch.setattr(runs, "_start", counted_afterwards)
    job = ask(level1, kind="poison")
    for number in range(6):
        with later(number * 20):
            put_back_jobs()
            killed_at(job)
        with later(number * 20 + 10):
            put_back_jobs()
    assert again(job).state == "WAITING"


def test_a_job_that_kills_its_worker_does_not_delay_other_jobs(poison, saved, level1, level2):
    killed = ask(level1, kind="poison")
    killed_at(killed)
    ask(level2)
    ask(level1)
    work_all()
    assert [name for name, *_ in saved] == ["level2", "level1"]


def test_a_lost_job_waits_before_it_is_tried_again(poison, level1):
    job = ask(level1, kind="poison")
    killed_at(job)
    assert put_back_jobs() == 0, "the lease has not run out"
    with later(6):
        assert put_back_jobs() == 1
        assert again(job).state == "WAITING"
    with later(6.5):
        put_back_jobs()
        assert again(job).state == "WAITING"
    with later(8):
        put_back_jobs()
        assert again(job).state == "QUEUED"


@pytest.fixture
def overtaken(saved, level1):
    """Return a run whose lease ran out while its worker was alive, and whose piece another worker has done since."""
    job = ask(level1)
    late = runs._start(job.pk, again(job).token)
    for minutes in (6, 8):
        with later(minutes):
            put_back_jobs()
    work_all()
    assert len(saved) == 1
    return late


def test_a_worker_whose_lease_ran_out_cannot_save(overtaken, saved):
    with pytest.raises(runs.LeaseLost), runs.Run(overtaken).saving(progress=1, is_last=True):
        saved.append("twice")
    assert len(saved) == 1


def test_its_twin_if_the_token_were_not_checked_it_would_save_twice(overtaken, saved, monkeypatch):
    monkeypatch.setattr(
        runs,
        "_release",
        lambda job, **changes: Job.objects.filter(pk=job.pk).update(token="", lease_until=None, **changes),
    )
    with runs.Run(overtaken).saving(progress=1, is_last=True):
        saved.append("twice")
    assert saved[1:] == ["twice"]


def test_a_worker_whose_lease_ran_out_can_save_if_no_other_worker_has_its_piece(saved, level1):
    job = ask(level1)
    late = runs._start(job.pk, again(job).token)
    with later(6), runs.Run(late).saving(progress=1, is_last=True):
        pass
    assert again(job).state == "DONE"


def test_a_job_that_raises_is_retried_and_its_error_is_shown_without_values(level1, monkeypatch, caplog):
    a_kind(monkeypatch, mock.Mock(side_effect=ValueError("Okonkwo")))
    job = ask(level1)
    for minutes in (0, 2, 10):
        with later(minutes):
            put_back_jobs()
            work_all()
    assert (again(job).state, again(job).attempt, again(job).error) == ("FAILED", 3, "ValueError")


def test_a_run_that_finds_the_database_busy_does_not_count_as_an_attempt(level1, monkeypatch):
    a_kind(monkeypatch, mock.Mock(side_effect=an_outage()))
    job = ask(level1)
    for minutes in range(0, 20, 2):
        with later(minutes):
            put_back_jobs()
            work_all()
    assert (again(job).state, again(job).attempt) == ("WAITING", 0)


def test_a_worker_that_has_to_stop_puts_its_piece_back_without_counting_an_attempt(level1, monkeypatch):
    a_kind(monkeypatch, mock.Mock(side_effect=runs.WorkerStops))
    job = ask(level1)
    work()
    assert (again(job).state, again(job).attempt, again(job).error) == ("WAITING", 0, "")
    with later(2):
        put_back_jobs()
    assert again(job).state == "QUEUED"


def test_a_job_of_an_unknown_kind_fails_and_says_so(level1):
    job = ask(level1, kind="of tomorrow")
    work_all()
    assert again(job).error == "LookupError"


def test_a_task_that_the_engine_lost_is_queued_again_with_the_same_token(saved, level1):
    job = ask(level1)
    DBTaskResult.objects.update(status="RUNNING")  # its worker died before it took the job
    token = again(job).token
    with later(9):
        put_back_jobs()
    assert not DBTaskResult.objects.ready().exists()
    with later(11):
        put_back_jobs()
        put_back_jobs()
    assert DBTaskResult.objects.ready().count() == 1
    assert again(job).token == token
    work_all()
    assert again(job).state == "DONE"


@pytest.mark.parametrize("field", ["lease_until", "queued_at", "due_at"])
def test_a_time_written_by_a_clock_that_ran_ahead_does_not_delay_a_job(field, saved, level1):
    job = ask(level1)
    if field == "lease_until":
        runs._start(job.pk, again(job).token)
    if field == "due_at":
        Job.objects.update(state="WAITING", token="")
    DBTaskResult.objects.all().delete()
    Job.objects.update(**{field: clock.now() + timedelta(days=365)})
    for minutes in (0, 2, 12, 14):
        with later(minutes):
            put_back_jobs()
    work_all()
    assert again(job).state == "DONE"


def test_old_tasks_and_lost_tasks_are_deleted(saved, level1):
    ask(level1, total=2)
    work()
    DBTaskResult.objects.filter(status="READY").update(status="RUNNING", started_at=clock.now())
    assert delete_old_tasks() == 0
    with clock.set_to(clock.now() + timedelta(days=2)):
        assert delete_old_tasks() == 2


# Fairness


def test_a_user_has_at_most_two_pieces_in_the_queue(saved, level1, monkeypatch):
    monkeypatch.setattr(verbs, "MOST_OPEN", 1000)
    for _ in range(5):
        ask(level1, total=3)
    while work():
        assert Job.objects.in_queue().count() <= queue.MOST_IN_QUEUE
        assert DBTaskResult.objects.ready().count() <= queue.MOST_IN_QUEUE
    assert len(saved) == 15


@pytest.mark.long
def test_with_1000_jobs_of_one_user_another_user_starts_after_one_piece(saved, level1, level2, monkeypatch):
    monkeypatch.setattr(verbs, "MOST_OPEN", 1000)
    for _ in range(1000):
        ask(level1)
    ask(level2)
    work()
    work()
    assert [name for name, *_ in saved] == ["level1", "level2"]


def test_with_long_jobs_another_user_starts_after_one_piece_and_then_takes_turns(saved, level1, level2):
    for _ in range(3):
        ask(level1, total=10)
    work()
    ask(level2, total=4)
    for _ in range(12):
        work()
    order = "".join(name[-1] for name, *_ in saved)
    assert order.startswith("12"), order
    assert "2222" not in order, "the second user takes turns too"
    assert "1111" not in order[: order.rindex("2")], order


def test_its_twin_if_all_pieces_were_queued_at_once_the_other_user_would_wait(saved, level1, level2, monkeypatch):
    monkeypatch.setattr(queue, "MOST_IN_QUEUE", 1000)
    monkeypatch.setattr(queue, "FIRST", queue.NEXT)
    monkeypatch.setattr(verbs, "MOST_OPEN", 1000)
    for _ in range(10):
        ask(level1)
    ask(level2)
    work_all()
    assert [name for name, *_ in saved].index("level2") == 10


def test_short_jobs_run_before_long_jobs(saved, level1, level2):
    for _ in range(3):
        ask(level2, total=5)
    short = ask(level2, is_short=True)
    other = ask(level1, is_short=True)
    work()
    work()
    assert [pk for _, pk, _ in saved] == [short.pk, other.pk]


def test_with_many_short_jobs_of_one_user_another_user_starts_after_one_piece(saved, level1, level2):
    for _ in range(15):
        ask(level1, is_short=True)
    work()
    ask(level2, total=3)
    work()
    work()
    assert [name for name, *_ in saved] == ["level1", "level2", "level1"]


def test_a_job_that_waits_for_its_next_attempt_leaves_its_place_to_the_users_other_jobs(poison, saved, level1):
    lost = [ask(level1, kind="poison") for _ in range(2)]
    ask(level1)
    for each in lost:
        killed_at(each)
    work_all()
    assert not saved
    with later(6):
        put_back_jobs()
    work_all()
    assert len(saved) == 1


# Cancelling, and decisions of caseworkers


def test_when_a_user_cancels_a_job_the_next_one_takes_its_place(saved, level1):
    jobs = [ask(level1) for _ in range(3)]
    verbs.cancel(jobs[0], by=level1)
    assert [again(job).state for job in jobs] == ["CANCELLED", "QUEUED", "QUEUED"]
    work_all()
    assert [pk for _, pk, _ in saved] == [job.pk for job in jobs[1:]]
    with pytest.raises(Refused, match="already ended"):
        verbs.cancel(jobs[1], by=level1)


def test_a_piece_that_runs_while_its_job_is_cancelled_is_not_saved(saved, level1):
    job = ask(level1)
    running = runs._start(job.pk, again(job).token)
    verbs.cancel(job, by=level1)
    with pytest.raises(runs.LeaseLost), runs.Run(running).saving(progress=1, is_last=True):
        pass
    assert again(job).state == "CANCELLED"


def test_a_user_cannot_cancel_a_job_of_another_user(saved, level1, level2):
    job = ask(level2)
    with pytest.raises(NotAllowed, match="Only the user who asked"):
        verbs.cancel(job, by=level1)


def failed(level1, monkeypatch):
    a_kind(monkeypatch, mock.Mock(side_effect=ValueError), name="broken")
    job = ask(level1, kind="broken", total=2)
    for minutes in (0, 2, 10):
        with later(minutes):
            put_back_jobs()
            work_all()
    return again(job)


def test_a_caseworker_retries_a_job_that_failed(level1, caseworker, monkeypatch):
    job = failed(level1, monkeypatch)
    verbs.retry(job, by=caseworker)
    assert (again(job).state, again(job).attempt, again(job).error) == ("QUEUED", 0, "")
    assert Event.objects.about("job", job.pk).get().verb == "retry"
    with pytest.raises(Refused, match="Only a job that failed"):
        verbs.retry(job, by=caseworker)


def test_a_caseworker_discards_a_job_that_failed_or_waits(level1, caseworker, saved, monkeypatch):
    for job in (failed(level1, monkeypatch), ask(level1)):
        verbs.discard(job, by=caseworker)
        assert again(job).state == "CANCELLED"
        assert Event.objects.about("job", job.pk).get().verb == "discard"
    assert not saved


@pytest.mark.parametrize("verb", [verbs.retry, verbs.discard])
def test_a_sponsors_user_cannot_retry_or_discard_a_job(verb, level1, saved):
    with pytest.raises(NotAllowed, match="Only a Home Office caseworker"):
        verb(ask(level1), by=level1)


def test_a_user_can_wait_for_at_most_20_jobs(saved, level1, level2):
    for _ in range(20):
        ask(level1)
    with pytest.raises(Refused, match="You can have up to 20 counts in progress") as refused:
        ask(level1)
    assert refused.value.status == 429
    ask(level2)
    work()
    ask(level1)


def test_the_database_refuses_inconsistent_states(level1, saved):
    job = ask(level1)
    for changes in ({"state": "RUNNING"}, {"token": ""}, {"state": JobState.DONE, "token": ""}, {"state": "odd"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Job.objects.filter(pk=job.pk).update(**changes)
