"""If the worker is killed while it checks or imports a file, the file is then checked or imported as a whole, once.

Killed means not begun: right after the kill, all CAS of the file are there, or none is. The worker is killed 100 times,
alternately in a check and in an import: mostly just before or after an SQL statement, drawn at random from all
statements of a run, and sometimes from outside at a random time. The processes and SIGKILL are real. Two other workers
then do the rest together, as after a restart.
"""

import csv
import io
import random
import time
from collections import Counter
from contextlib import contextmanager
from datetime import timedelta
from unittest import mock

from bulk_data_transfer import checking
from bulk_data_transfer.models import Stage, Upload, UploadRow
from bulk_data_transfer.operations import create_cas
from bulk_data_transfer.sending import send
from cas.models import CAS
from experiments import Outcome, kills_of_jobs
from experiments.kills_of_jobs import WAYS, Worker
from licences.models import Event, Job
from licences.roles import Role
from licences.routes import Route
from tests.factories import a_licence, a_user

RECORDS = 6
PHASES = ("check", "import")


def run(seed, kills=100):
    with small_steps():
        experiment = Experiment(random.Random(seed))
        experiment.measure()
        while experiment.killed.total() < kills and not experiment.faults:
            experiment.kill_one()
        return experiment.outcome()


@contextmanager
def small_steps():
    """Let checks and imports take two records at a time."""
    with mock.patch.object(checking, "AT_A_TIME", 2), mock.patch.object(create_cas, "AT_A_TIME", 2):
        yield


class Experiment(kills_of_jobs.Experiment):
    lease = checking.A_LEASE + timedelta(minutes=1)

    def __init__(self, rng):
        self.rng = rng
        caseworker = a_user("caseworker", Role.CASEWORKER)
        self.user = a_user("level1", Role.LEVEL_1, a_licence("4NUV7KB58", "University of Example", by=caseworker))
        self.killed, self.faults, self.files = Counter(), [], 0
        self.statements, self.seconds, self.upload = {}, {}, None

    def outcome(self):
        kinds = ", ".join(f"{number} {where}" for where, number in sorted(self.killed.items()))
        done = Upload.objects.filter(stage=Stage.IMPORTED).count()
        figure = f"{self.killed.total()} kills ({kinds}), {done} of {self.files} files imported"
        return Outcome(f"{figure}, {len(self.faults)} lost, doubled or stuck", self.faults)

    def measure(self):
        """Count the statements, and measure the seconds, in which a worker can be killed."""
        for phase in PHASES:
            self.ask(phase)
            begun = time.perf_counter()
            worker = Worker()
            assert worker.ends()
            self.statements[phase] = worker.statements.get()
            self.seconds[phase] = time.perf_counter() - begun
            self.judge("no worker was killed")

    def kill_one(self):
        """Send a file. Kill the worker that checks it, and then the worker that imports it. Others do the rest."""
        way = WAYS[self.files % len(WAYS)]
        for phase in PHASES:
            self.ask(phase)
            if way == "at any time":
                where = self.rng.uniform(0, self.seconds[phase])
                worker = Worker()
                time.sleep(where)
                worker.process.kill()
            else:
                where = self.rng.randint(1, len(self.statements[phase])), self.rng.choice(("before", "after"))
                worker = Worker(*where)
            self.killed[f"in an import {way}" if phase == "import" else f"in a check {way}"] += worker.dies()
            self.faults += [f"{phase}, {way}, {where}: {sentence}" for sentence in torn(self.upload)]
            self.judge(f"{phase}, {way}, {where}")

    def ask(self, phase):
        """Send a file and ask for its check; or ask for the import of the file that was checked last."""
        if phase == "check":
            self.files += 1
            self.upload = send(a_file(self.files), name="autumn.csv", by=self.user)
            self.upload.set_route(Route.STUDENT, by=self.user)
            self.upload.ask_for_check(answers={}, by=self.user)
        elif Upload.objects.get(pk=self.upload.pk).stage == Stage.CHECKED:
            chosen = {"which": "INCOMPLETE_TOO", "has_duplicates": False, "batch_name": f"Batch {self.upload.pk}"}
            Upload.objects.get(pk=self.upload.pk).ask_for_import(**chosen, by=self.user)

    def wrongs(self):
        return wrongs(self.upload)


def a_file(number):
    text = io.StringIO(newline="")
    rows = [(f"S{number}-{each}", "Okonkwo", "MA Law") for each in range(RECORDS)]
    csv.writer(text).writerows([("Applicant ID", "Family name", "Course curriculum title"), *rows])
    return io.BytesIO(text.getvalue().encode())


def created(upload):
    return CAS.objects.filter(batch__name=f"Batch {upload.pk}").count()


def torn(upload):
    """Yield what is half done at any moment, also right after a kill."""
    stage, number = Upload.objects.get(pk=upload.pk).stage, created(upload)
    if number != (RECORDS if stage == Stage.IMPORTED else 0):
        yield f"Torn: the file is {stage}, and {number} of its {RECORDS} CAS exist."


def wrongs(upload):
    """Yield what is lost, doubled or stuck after everything should have ended."""
    yield from torn(upload)
    now = Upload.objects.select_related("job").get(pk=upload.pk)
    is_import = now.job.kind == "import-file"
    if now.job.state != "DONE":
        yield f"Stuck: {now.job} is {now.job.state} at attempt {now.job.attempt}, {now.job.error}"
    if now.stage != (Stage.IMPORTED if is_import else Stage.CHECKED):
        yield f"Lost: the file is {now.stage}. {now.refusal}"
    rows = UploadRow.objects.filter(upload=upload)
    if rows.count() != RECORDS or (is_import and rows.exclude(result="DONE").exists()):
        yield f"Lost: {rows.count()} rows, with the results {list(rows.values_list('result', flat=True))}."
    lines = Event.objects.about("upload", upload.pk).filter(verb=now.job.kind.removesuffix("-file")).count()
    if lines != 1:
        yield f"Doubled or lost: {lines} lines of history."
    if left := Job.objects.open().count():
        yield f"Left: {left} open jobs."
