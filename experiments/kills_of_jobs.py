"""If the worker is killed while it prints, every printout still ends, and each of its pieces is saved once.

Each piece's history is saved once too, the attempts are counted, and no other user waits for the lost piece. The worker
is killed 100 times: mostly just before or after an SQL statement, drawn at random from all statements of a run, and
sometimes from outside at a random time. The processes and SIGKILL are real. Two other workers then do the rest
together, as after a restart. The last printout kills each worker that starts it.
"""

import multiprocessing
import random
import time
from collections import Counter
from contextlib import contextmanager
from datetime import timedelta
from unittest import mock

from django.db import connection
from django.db.models import Count
from django_tasks_db.models import DBTaskResult

from cas.models import Printout, PrintoutPiece, printout
from cas.printing import printouts
from experiments import Outcome
from licences.jobs import engine
from licences.jobs.runs import MOST_ATTEMPTS
from licences.models import Event, Job
from licences.regular_jobs import put_back_jobs
from licences.roles import Role
from sms.core import clock
from tests.factories import a_cas, a_licence, a_user

PIECES = 2
A_LEASE, THE_LONGEST_BACK_OFF = timedelta(minutes=11), timedelta(minutes=12)
WAYS = ("at a statement", "at a statement", "at a statement", "at any time")
MOST_ROUNDS = 6  # of workers and regular jobs, after which everything must have ended
FORK = multiprocessing.get_context("fork")


def run(seed, kills=100):
    with quick_pieces():
        experiment = Experiment(random.Random(seed))
        experiment.measure()
        while experiment.killed.total() < kills and not experiment.faults:
            experiment.kill_one()
        experiment.poison()
        return experiment.outcome()


@contextmanager
def quick_pieces():
    """Make printouts consist of pieces of one CAS, whose PDFs take no time."""
    pdf = mock.patch.object(printouts, "bundled", return_value=b"%PDF-")
    with mock.patch.object(printout, "IN_ONE_PIECE", 1), pdf:
        yield


class Worker:
    """A process that runs the jobs in the queue."""

    def __init__(self, number=0, when="after", careless="", poison=""):
        connection.close()  # a forked process must not share it
        self.statements = FORK.SimpleQueue()
        self.process = FORK.Process(target=self._work, args=(number, when, careless, poison))
        self.process.start()

    def _work(self, number, when, careless, poison):
        from experiments import killable  # importing it watches all statements of this process

        killable.doom.arm(number, when, careless)
        print_piece = printouts.print_piece

        def work(run):
            if run.job.arguments["printout"] == poison:
                killable.die()
            print_piece(run)

        printouts.print_piece = work
        engine.run_waiting()
        self.statements.put(killable.doom.statements)

    def ends(self):
        """Return whether it ended well, and was not killed and did not fail."""
        self.process.join()
        return self.process.exitcode == 0

    def dies(self):
        """Return whether it was killed."""
        self.process.join()
        return self.process.exitcode == -9


class Experiment:
    lease = A_LEASE

    def __init__(self, rng):
        self.rng = rng
        caseworker = a_user("caseworker", Role.CASEWORKER)
        licence = a_licence("4NUV7KB58", "University of Example", by=caseworker)
        self.users = [a_user(name, Role.LEVEL_1, licence) for name in ("level1", "other")]
        self.ids = [a_cas(self.users[0], passport_number=f"P{number}").pk for number in range(PIECES)]
        self.killed, self.faults, self.asked = Counter(), [], 0

    def outcome(self):
        kinds = ", ".join(f"{number} {way}" for way, number in self.killed.items())
        done = Job.objects.filter(state="DONE").count()
        figure = f"{self.killed.total()} kills ({kinds}), {done} of {self.asked} printouts ready"
        return Outcome(f"{figure}, {len(self.faults)} lost, doubled or stuck", self.faults)

    def measure(self):
        """Count the statements, and measure the seconds, in which a worker can be killed."""
        self.ask()
        begun = time.perf_counter()
        worker = Worker()
        assert worker.ends()
        self.statements = worker.statements.get()
        self.seconds = time.perf_counter() - begun
        self.judge("no worker was killed")

    def kill_one(self):
        """Ask for a printout for each user, kill the worker that prints them, and let other workers do the rest."""
        way = WAYS[self.killed.total() % len(WAYS)]
        self.ask()
        if way == "at any time":
            where = self.rng.uniform(0, self.seconds)
            worker = Worker()
            time.sleep(where)
            worker.process.kill()
        else:
            where = self.rng.randint(1, len(self.statements)), self.rng.choice(("before", "after"))
            worker = Worker(*where)
        self.killed[way] += worker.dies()
        self.judge(f"{way}, {where}")

    def ask(self):
        for user in self.users:
            Printout.objects.ask(self.ids, name="Some", by=user)
            self.asked += 1

    def judge(self, where):
        """Let two workers do the rest together, with the regular jobs between rounds. Add a fault for what is wrong."""
        minutes = timedelta()
        for _ in range(MOST_ROUNDS):
            if DBTaskResult.objects.ready().exists():
                two = [Worker() for _ in range(2)]
                ends = [worker.ends() for worker in two]
                if not all(ends):
                    self.faults.append(f"{where}: a worker failed")
            if not Job.objects.open().exists():
                break
            minutes += self.lease if Job.objects.filter(state="RUNNING").exists() else THE_LONGEST_BACK_OFF
            with clock.set_to(clock.now() + minutes):
                put_back_jobs()
        self.faults += [f"{where}: {sentence}" for sentence in self.wrongs()]

    def wrongs(self):
        return wrongs()

    def poison(self):
        """Let a printout kill every worker that starts it. It must fail, and the other user's must be ready at once."""
        poisoned = Printout.objects.ask(self.ids, name="Poison", by=self.users[0])
        for attempt in range(1, MOST_ATTEMPTS + 1):
            other = Printout.objects.ask(self.ids, name="Some", by=self.users[1])
            self.asked += 1
            if not Worker(poison=poisoned.key).dies():
                self.faults.append(f"The poisoned printout did not kill the worker at attempt {attempt}.")
            Worker().ends()
            if Job.objects.get(pk=other.job_id).state != "DONE":
                self.faults.append(f"Another user waited for the poisoned printout at attempt {attempt}.")
            job = Job.objects.get(pk=poisoned.job_id)
            if (job.state, job.attempt) != ("RUNNING", attempt):
                self.faults.append(f"The poisoned job is {job.state} at attempt {job.attempt} instead of {attempt}.")
            for minutes in (attempt * 40, attempt * 40 + 20):
                with clock.set_to(clock.now() + timedelta(minutes=minutes)):
                    put_back_jobs()
        if Job.objects.get(pk=poisoned.job_id).state != "FAILED":
            self.faults.append("The poisoned job did not fail.")


def wrongs():
    """Yield what is lost, doubled or stuck after everything should have ended."""
    for job in Job.objects.exclude(state="DONE").exclude(printout__name="Poison"):
        yield f"Stuck: {job} is {job.state} at attempt {job.attempt}, {job.error}"
    for each in Printout.objects.exclude(name="Poison").annotate(number=Count("pieces")).exclude(number=PIECES):
        yield f"Lost: {each.key} has {each.number} pieces of {PIECES}."
    pieces, lines = PrintoutPiece.objects.count(), Event.objects.filter(verb="print").count()
    if pieces != lines:
        yield f"Doubled or lost: {pieces} pieces of one CAS each, and {lines} lines of history."
    if ready := DBTaskResult.objects.ready().count():
        yield f"Left: {ready} tasks in the queue."
