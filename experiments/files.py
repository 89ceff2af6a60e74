"""No file causes a program error, or is imported in part, and each refusal is a sentence of ours.

Each of 200 files of each kind (v2.1, our own, CSV and XLSX that create CAS, and CSV that changes them) is a good file
with a few strange changes: to its values, to its structure or to its bytes. 200 more are sheets with a wrong word in
each column. A user sends each file, checks it, imports what can be imported, and downloads the results, through the
pages. A program error is an answer of 500, a job that failed,
or an exception in the log.
"""

import csv
import io
import random
import re
from collections import Counter

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from lxml import etree
from openpyxl import load_workbook

from bulk_data_transfer import refusals, result_files, results
from bulk_data_transfer.models import Stage, Upload, UploadRow
from cas import refusals as of_cas
from cas.models import CAS
from experiments import Outcome, mutations
from licences import refusals as of_licences
from licences.roles import Role
from licences.routes import Route
from sms.core.refused import Refusal
from sponsorship_duties import refusals as of_duties
from sponsorship_duties.models.marks import MARKS
from tests import log_watch
from tests.factories import a_cas, a_licence, a_user, an_allocation, assigned
from tests.jobs import work_all
from tests.pages import Page

ADDRESS = "/students/bulk-data-transfer/"
LIVE = 30  # CAS that a file can change
MOST_FAULTS = 20  # then the experiment stops


def _pattern(sentence):
    """Return a pattern that the sentence matches, with any parts filled in."""
    return re.compile(re.sub(r"\\\{.*?\\\}", ".*", re.escape(sentence)), re.DOTALL)


SENTENCES = {
    each.code: _pattern(each.sentence)
    for module in (refusals, of_cas, of_licences, of_duties)
    for each in vars(module).values()
    if isinstance(each, Refusal)
} | {mark.refusal.code: _pattern(str(mark.warning)) for mark in MARKS}

READ = {
    "xml": etree.parse,
    "csv": lambda file: list(csv.reader(io.StringIO(file.read().decode("utf-8-sig"), newline=""), strict=True)),
    "xlsx": lambda file: list(load_workbook(file, read_only=True).active.iter_rows()),
}


def run(seed, files=200):
    experiment = Experiment(random.Random(seed))
    for number in range(files):
        for name, make in mutations.FORMATS.items():
            if len(experiment.faults) < MOST_FAULTS:
                experiment.send(name, make(experiment.rng, number), f"{name} {number}")
    return experiment.outcome()


class Experiment:
    def __init__(self, rng):
        self.rng, self.faults, self.counted, self.where = rng, [], Counter(), ""
        caseworker = a_user("caseworker", Role.CASEWORKER)
        licence = a_licence(mutations.LICENCE, "University of Example", by=caseworker)
        self.client = Client(raise_request_exception=False)
        level1 = a_user("level1", Role.LEVEL_1, licence)
        self.client.force_login(level1)
        an_allocation(licence, LIVE, by=caseworker)
        for number in range(LIVE):
            assigned(a_cas(level1, passport_number=f"P{number}"))

    def outcome(self):
        counted = self.counted
        figure = f"{counted['sent']} files, {counted['refused']} refused, {counted['imported']} imported with "
        figure += f"{counted['created']:,} CAS, {counted['rejected']:,} records rejected"
        return Outcome(f"{figure}, {len(self.faults)} errors or imported in part", self.faults)

    def fault(self, sentence):
        self.faults.append(f"{self.where}: {sentence}")

    def send(self, name, content, where):
        """Send a file, and take it as far as it goes."""
        self.where = where
        self.counted["sent"] += 1
        answer = self.ask("POST", ADDRESS, {"file": SimpleUploadedFile(f"a.{name}", content)})
        if answer.status_code == 302:
            self.check(answer.url)
        elif answer.status_code == 422:
            self.counted["refused"] += 1
            for sentence, _ in Page(answer).summary:
                self.expect_ours(sentence)
        else:
            self.fault(f"answered {answer.status_code}")
        self.read_log()

    def check(self, address):
        page = self.ask("GET", address).content.decode()
        if 'name="route"' in page:
            self.ask("POST", f"{address}check/", {"route": Route.STUDENT})
            page = self.ask("GET", address).content.decode()
        answer = self.ask("POST", f"{address}check/", dict.fromkeys(re.findall(r'name="(how_\w+)"', page), "open"))
        work_all()
        upload = self.look(address)
        if upload.stage == Stage.CHECKED:
            self.load(address, upload)
        elif upload.stage == Stage.REFUSED or answer.status_code == 422:  # it asks for what no column says
            self.counted["refused"] += 1
        else:
            self.fault(f"the file is {upload.stage}")

    def load(self, address, upload):
        can_be_imported = results.can_be_imported(upload)
        which = self.rng.choice(("GOOD", "INCOMPLETE_TOO")) if upload.does.makes_cas else "GOOD"
        chosen = {"which": which, "has_duplicates": "yes"}
        answer = self.ask("POST", f"{address}import/", {**chosen, "batch_name": f"Batch {upload.pk}"})
        if (answer.status_code == 302) is not can_be_imported:
            self.fault(f"the import was answered {answer.status_code}")
        work_all()
        upload, rows = self.look(address), UploadRow.objects.filter(upload=upload)
        made = CAS.objects.filter(batch__name__startswith=f"Batch {upload.pk}")
        made = sum(1 for each in made if each.batch.name in {f"Batch {upload.pk}", f"Batch {upload.pk} – to complete"})
        done = rows.filter(result="DONE").count()
        self.counted["created"] += made
        self.counted["rejected"] += rows.filter(outcome="REJECTED").count()
        if upload.stage == Stage.IMPORTED:
            self.counted["imported"] += 1
            said = sum(upload.results.get(name, 0) for name in ("ready", "incomplete", "done"))
            if done != said or (upload.does.makes_cas and made != done) or rows.filter(result=""):
                self.fault(f"{made} CAS, {done} records done, and {upload.results}")
        elif made or done or (can_be_imported and not upload.refusal):
            self.fault(f"the file is {upload.stage}, with {made} CAS and the refusal {upload.refusal!r}")

    def look(self, address):
        """Read the pages of an upload, and check what they say. Return it."""
        for page in ("", "state/", "records/all/", "records/rejected/", "records/duplicate/"):
            if self.ask("GET", address + page).status_code != 200:
                self.fault(f"{page or 'the page'} cannot be read")
        upload = Upload.objects.select_related("job").get(key=address.rstrip("/").rpartition("/")[2])
        if upload.job and upload.job.state != "DONE":
            self.fault(f"the job is {upload.job.state}: {upload.job.error}")
        if upload.refusal:
            self.expect_ours(upload.refusal)
        if upload.stage in {Stage.CHECKED, Stage.IMPORTED} and upload.summary["records"]:
            self.download(address, self.rng.choice(result_files.FORMATS))
        for row in UploadRow.objects.filter(upload=upload):
            for remark in (*row.faults, *row.warnings):
                self.expect_ours(remark["sentence"], remark["code"])
        return upload

    def download(self, address, file_format):
        """Download the results, and read them as a program does."""
        answer = self.ask("POST", f"{address}results/{file_format}/", {})
        file = self.client.get(answer.url)
        if "attachment" not in file.get("Content-Disposition", ""):
            return self.fault(f"the results as {file_format} were not downloaded: {file.status_code}")
        try:
            READ[file_format](io.BytesIO(b"".join(file.streaming_content)))
        except Exception as error:
            self.fault(f"the results as {file_format} cannot be read: {error}")

    def ask(self, method, address, sent=None):
        answer = self.client.generic(method, address) if sent is None else self.client.post(address, sent)
        if answer.status_code >= 500:
            self.fault(f"{method} {address} answered {answer.status_code}")
        return answer

    def expect_ours(self, sentence, code=""):
        known = [SENTENCES[code]] if code in SENTENCES else [] if code else SENTENCES.values()
        if not any(pattern.fullmatch(sentence) for pattern in known):
            self.fault(f"no sentence of ours: {code} {sentence!r}")

    def read_log(self):
        lines, log_watch.LINES[:] = list(log_watch.LINES), []
        for line in lines:
            if "exception" in line or line["level"] in {"error", "critical"}:
                self.fault(f"logged: {line['event']} {line.get('exception', '')}")
