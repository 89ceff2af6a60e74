"""Check and import an upload, each as a job (specification, section 11).

A check writes its rows in short transactions, and changes nothing else. An import is one transaction: a worker that is
killed while it imports has imported nothing.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import islice
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from bulk_data_transfer import reading, refusals
from bulk_data_transfer.models import Outcome, Upload, UploadRow
from bulk_data_transfer.models.upload import CHECK_KIND, IMPORT_KIND
from bulk_data_transfer.operations.table import WORK
from bulk_data_transfer.records import PASTED
from cas.models import CAS
from licences.jobs.kinds import Kind
from licences.jobs.runs import Run
from licences.models import Licence, User
from sms.core.inserting import insert
from sms.core.refused import Refused

AT_A_TIME = 500  # records that a check saves in one transaction
IMPORTS = 17  # the first of the two numbers of PostgreSQL's advisory locks, which name what is locked
THE_HOME_OFFICE = 0  # instead of the id of a licence
A_LEASE = timedelta(minutes=20)  # far longer than 10,000 records take: about 10 seconds on a busy machine


def check_kind() -> Kind:
    """Return the kind of job that checks are."""
    return Kind(CHECK_KIND, "check of a file", "checks of files", run_check, lease=A_LEASE)


def import_kind() -> Kind:
    """Return the kind of job that imports are."""
    return Kind(IMPORT_KIND, "import of a file", "imports of files", run_import, lease=A_LEASE)


def run_check(run: Run) -> None:
    """Check every record of a file, by the code that the import uses, and keep what was found."""
    upload = Upload.objects.select_related("licence", "by", "stored").get(pk=run.job.arguments["upload"])
    with run.step(0):
        UploadRow.objects.filter(upload=upload).delete()
    found = Found()
    try:
        for rows in _checked(upload, by=run.job.by):
            found.add(rows)
            with run.step(found.records):
                insert(UploadRow, [vars(row) for row in rows])
    except Refused as refused:  # a fault of the file, at its end perhaps
        with run.saving(progress=run.job.total, is_last=True):
            UploadRow.objects.filter(upload=upload).delete()
            upload.refuse(str(refused))
        return
    with run.saving(progress=found.records, is_last=True):
        upload.finish_check(found.summary())


def _checked(upload: Upload, *, by: User) -> Iterator[list[UploadRow]]:
    """Yield what becomes of the records of a file, some hundred at a time."""
    assert upload.stored is not None, "a job is open, so the file is kept"
    check = WORK[upload.operation].check(upload, by)
    with tempfile.TemporaryFile() as file:
        upload.stored.copy_to(file)
        wanted, is_pasted = upload.does.columns, upload.format == PASTED
        records = reading.records(file, wanted=wanted, most=settings.FILES_MOST_RECORDS, is_pasted=is_pasted)
        while some := list(islice(records, AT_A_TIME)):
            yield check(some)


class Found:
    """The totals of a check: the records by outcome, those that are there again, and the remarks by kind and field."""

    def __init__(self) -> None:
        self.records = 0
        self.totals: Counter[str] = Counter()
        self.again: Counter[str] = Counter()
        self.remarks: Counter[tuple[str, str, str]] = Counter()

    def add(self, rows: Sequence[UploadRow]) -> None:
        for row in rows:
            self.records += 1
            self.totals[row.outcome] += 1
            self.totals["DUPLICATE"] += row.exists_already
            self.totals["TWICE"] += row.is_twice
            self.again[row.outcome] += row.is_duplicate
            for kind, remarks in (("fault", row.faults), ("warning", row.warnings)):
                for key in {(kind, remark["field"], remark["code"]) for remark in remarks}:
                    self.remarks[key] += 1

    def summary(self) -> dict[str, Any]:
        """Return the totals as an upload keeps them: the most frequent remarks first.

        `again` says how many records of each outcome exist already, or are twice in the file.
        """
        by_field = [[*key, count] for key, count in self.remarks.most_common()]
        totals = {name.lower(): self.totals[name] for name in (*Outcome.values, "DUPLICATE", "TWICE")}
        again = {name.lower(): number for name, number in self.again.items() if number}
        return {"records": self.records, "totals": totals, "again": again, "by_field": by_field}


def run_import(run: Run) -> None:
    """Import the records that were chosen, all in one transaction; or nothing, and say why."""
    upload = Upload.objects.select_related("licence", "by").get(pk=run.job.arguments["upload"])
    try:
        with transaction.atomic():
            results = load(upload, by=run.job.by)
            with run.saving(progress=run.job.total, is_last=True):
                upload.finish_import(results, by=run.job.by)
    except Refused as refused:
        with run.saving(progress=0, is_last=True):
            Upload.objects.filter(pk=upload.pk).update(refusal=str(refused))


def load(upload: Upload, *, by: User) -> dict[str, int]:
    """Do what the file says, within the caller's transaction. Raises `Refused`.

    Until the transaction ends, no licence of its CAS can end, and another import of the same sponsor waits: it then
    sees the CAS of this one, and so creates none of them again. Imports of caseworkers also wait for each other.
    """
    one_at_a_time(upload.licence_id or THE_HOME_OFFICE)
    licences = {licence.pk: licence for licence in Licence.objects.lock_all(_licences_of(upload))}
    by = User.objects.get(pk=by.pk)  # as the user is now
    if by.licence_id:
        by.licence = licences[by.licence_id]
    if not by.is_active:
        raise refusals.USER_DEACTIVATED()
    if not Upload.objects.for_user(by).filter(pk=upload.pk).exists():
        raise refusals.USER_NO_LONGER_SEES()
    upload.refuse_spent_file_id()
    return WORK[upload.operation].load(upload, by)


def _licences_of(upload: Upload) -> list[int]:
    """Return the id of the sponsor's licence; of each licence that a caseworker's file is about."""
    if upload.licence_id:
        return [upload.licence_id]
    rows = UploadRow.objects.filter(upload=upload, cas_pk__isnull=False).values_list("cas_pk", flat=True)
    about = CAS.objects.filter(pk__any_of=list(rows)).order_by()
    return list(about.values_list("licence", flat=True).distinct())


def one_at_a_time(licence_id: int) -> None:
    """Let imports of a sponsor wait for each other. On SQLite, all transactions that write do so anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [IMPORTS, licence_id])
