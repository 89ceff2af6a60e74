"""Write the file of an export, at once or as a job (specification, section 11)."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from operator import itemgetter
from typing import IO, Any

from django.db import transaction

from bulk_data_transfer.datasets import DATASETS, Dataset
from bulk_data_transfer.models import Export
from bulk_data_transfer.sheets.headings import heading_of
from bulk_data_transfer.writing.formats import FORMATS
from cas.columns import Column
from licences.jobs import verbs
from licences.jobs.kinds import Kind
from licences.jobs.runs import Run
from licences.models import User
from sms.core.clock import LONDON

JOB_KIND = "export"
AT_ONCE = 1_000  # records of an export that the page writes while the user waits
MOST_OF_SHORT = 10_000  # records of an export that may overtake longer ones in the queue
AT_A_TIME = 2_000  # records that are read in one statement

A_LEASE = timedelta(minutes=20)  # 250,000 records with all columns take about 3 minutes


def job_kind() -> Kind:
    """Return the kind of job that exports are."""
    return Kind(JOB_KIND, "export", "exports", run_export, lease=A_LEASE)


def ask(export: Export, *, file_format: str, columns: Sequence[str], has_codes: bool, by: User) -> None:
    """Choose the format and the columns. Write the file at once if it is small, or start a job.

    Raises `Refused` if they were chosen already, or if the user has too many open exports.
    """
    with transaction.atomic():
        export.choose(file_format=file_format, columns=columns, has_codes=has_codes, by=by)
        if export.count > AT_ONCE:
            is_short = export.count <= MOST_OF_SHORT
            export.job = verbs.ask(JOB_KIND, {"export": export.pk}, total=export.count, is_short=is_short, by=by)
            export.save(update_fields=["job"])
            return
    with tempfile.TemporaryFile() as file:
        export.finish(file, **write(export, file))


def run_export(run: Run) -> None:
    """Write the file of an export. It is one piece: an XLSX file cannot be written in parts."""
    export = Export.objects.select_related("by").get(pk=run.job.arguments["export"])
    with tempfile.TemporaryFile() as file:
        done = write(export, file, report=run.report)
        with run.saving(progress=export.count, is_last=True):
            export.finish(file, **done)


def write(export: Export, file: IO[bytes], report: Callable[[int], None] = lambda done: None) -> dict[str, Any]:
    """Write the records that the user may still see. Return what `Export.finish` takes.

    `report` is called with the number of records done so far.
    """
    dataset, kind = DATASETS[export.dataset], FORMATS[export.format]
    columns = dataset.chosen(export.columns)
    rows = Counted(read(dataset, columns, export.ids, by=export.by, report=report))
    kind.write(file, columns, [heading_of(column) for column in columns], rows, export.has_codes)
    name = f"{dataset.name}-{export.made_at.astimezone(LONDON):%Y-%m-%d}-{export.pk}.{kind.name}"
    return {"name": name, "is_packed": kind.is_packed, "written": rows.count, "left_out": []}


class Counted:
    """Rows that are counted while they are read."""

    def __init__(self, rows: Iterator[Sequence[Any]]) -> None:
        self.rows, self.count = rows, 0

    def __iter__(self) -> Iterator[Sequence[Any]]:
        for row in self.rows:
            self.count += 1
            yield row


def read(
    dataset: Dataset, columns: Sequence[Column], ids: Sequence[int], *, by: User, report: Callable[[int], None]
) -> Iterator[Sequence[Any]]:
    """Yield the values of the columns of each record, in the order of `ids`, without records that are not `by`'s."""
    paths = ["pk", *dict.fromkeys(path for column in columns for path in column.reads)]
    places = [[paths.index(path) for path in column.reads] for column in columns]
    first_of_each = itemgetter(*(read[0] for read in places), 0)  # and the id, so that it returns a tuple in any case
    made = [(place, columns[place], read) for place, read in enumerate(places) if columns[place].combine]
    for first in range(0, len(ids), AT_A_TIME):
        wanted = ids[first : first + AT_A_TIME]
        rows = dataset.rows(by).filter(pk__any_of=wanted).order_by().values_list(*paths)
        found = {row[0]: row for row in rows}
        for row in filter(None, map(found.get, wanted)):
            *values, _ = first_of_each(row)
            for place, column, read in made:
                values[place] = column.made_of([row[each] for each in read])
            yield values
        report(min(first + AT_A_TIME, len(ids)))
