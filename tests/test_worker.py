"""The processes of `manage.py worker` are restarted when they die, and stop when it stops."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from cas.models import Printout
from experiments.processes import environment
from licences.models import ClockCheck, Job
from sms import regular_jobs
from tests.factories import a_cas

pytestmark = [pytest.mark.long, pytest.mark.django_db(transaction=True)]

SECONDS = 60


class Worker:
    def __enter__(self):
        connection.close()
        command = [sys.executable, "manage.py", "worker"]
        self.process = subprocess.Popen(command, cwd=settings.BASE_DIR, env=environment(), start_new_session=True)
        assert until(lambda: len(self.children()) == 3)
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def children(self):
        answer = subprocess.run(["ps", "-o", "pid=", "--ppid", str(self.process.pid)], capture_output=True, text=True)
        return [int(pid) for pid in answer.stdout.split()]


def until(is_so):
    """Return whether `is_so()` becomes true within a minute."""
    end = time.monotonic() + SECONDS
    while not (found := is_so()) and time.monotonic() < end:
        time.sleep(0.2)
    return found


def runs(pid):
    """Return whether the process is running. A zombie, for which its parent has not waited yet, is not."""
    try:
        return " Z " not in Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except FileNotFoundError:
        return False


def is_done(job):
    return Job.objects.filter(pk=job.pk, state="DONE").exists()


@pytest.fixture
def ask(system, level2):
    cas = a_cas(level2)
    return lambda: Printout.objects.ask([cas.pk], name="One", by=level2).job


def test_the_worker_prints_and_runs_the_regular_jobs_and_stops_when_it_is_terminated(ask):
    job = ask()
    with Worker() as worker:
        assert until(lambda: is_done(job))
        assert until(ClockCheck.objects.exists)
        children = worker.children()
        worker.process.terminate()
        assert worker.process.wait(timeout=SECONDS) == 0
        assert not any(map(runs, children))


def test_a_process_that_is_killed_is_started_again(ask):
    with Worker() as worker:
        before = worker.children()
        for pid in before:
            os.kill(pid, signal.SIGKILL)
        assert until(lambda: len(set(worker.children()) - set(before)) == 3)
        job = ask()
        assert until(lambda: is_done(job))


def test_the_processes_of_the_worker_stop_when_the_worker_itself_is_killed(ask):
    with Worker() as worker:
        children = worker.children()
        os.kill(worker.process.pid, signal.SIGKILL)
        worker.process.wait()
        assert until(lambda: not any(map(runs, children)))


def test_jobs_that_call_providers_run_in_their_own_process():
    names = {job.__name__ for job in regular_jobs.CALLS}
    providers = {"send_late_sandbox_callbacks", "chase_silent_orders", "ask_providers_again"}
    assert names == {*providers, "send_messages_by_email"}
    assert set(regular_jobs.JOBS) > regular_jobs.CALLS
