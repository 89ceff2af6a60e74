"""Write the file of an export, at once or as a job (specification, section 11)."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from operator import itemgetter
from typing import IO, Any

from django.db import transaction

from bulk_data_transfer import result_files
from bulk_data_transfer.datasets import DATASETS, Dataset
from bulk_data_transfer.models import Export
from bulk_data_transfer.sheets.headings import heading_of
from bulk_data_transfer.writing import xml_files
from bulk_data_transfer.writing.formats import FORMATS, Format
from cas.columns import Column
from cas.models import CAS
from licences.jobs import verbs
from licences.jobs.kinds import Kind
from licences.jobs.runs import Run
from licences.models import User
from licences.routes import Route
from sms.core.clock import LONDON

JOB_KIND = "export"
AT_ONCE = 1_000  # records of an export that the page writes while the user waits
MOST_OF_SHORT = 10_000  # records of an export that may overtake longer ones in the queue
AT_A_TIME = 2_000  # records that are read in one statement

A_LEASE = timedelta(minutes=20)  # longer than the largest export

Report = Callable[[int], None]


def job_kind() -> Kind:
    """Return the kind of job that exports are."""
    return Kind(JOB_KIND, "export", "exports", run_export, lease=A_LEASE)


def offered(export: Export) -> list[Format]:
    """Return the formats for the records of an export. XML is for CAS, and an upload file for those of its route."""
    formats = [each for each in FORMATS.values() if not each.columns or export.dataset == "cas"]
    if not any(each.route for each in formats):
        return formats
    chosen = DATASETS["cas"].rows(export.by).filter(pk__any_of=export.ids)
    routes = set(chosen.order_by().values_list("route", flat=True).distinct())
    return [each for each in formats if each.route is None or each.route in routes]


def ask(export: Export, *, file_format: str, columns: Sequence[str], has_codes: bool, by: User) -> None:
    """Choose the format and the columns. Write the file at once if it is small, or start a job.

    An upload file has only the CAS of its route.

    Raises `Refused` if they were chosen already, or if the user has too many open exports.
    """
    with transaction.atomic():
        kind = FORMATS[file_format]
        if kind.route:
            export.narrow(_of_route(export, kind.route))
        chosen = [] if kind.columns else columns
        export.choose(file_format=file_format, columns=chosen, has_codes=has_codes, by=by)
        if export.count > AT_ONCE:
            is_short = export.count <= MOST_OF_SHORT
            export.job = verbs.ask(JOB_KIND, {"export": export.pk}, total=export.count, is_short=is_short, by=by)
            export.save(update_fields=["job"])
            return
    with tempfile.TemporaryFile() as file:
        export.finish(file, **write(export, file))


def _of_route(export: Export, route: Route) -> list[int]:
    """Return the ids of the CAS of a route, in their order."""
    found = set(CAS.objects.filter(pk__any_of=export.ids, route=route).values_list("pk", flat=True))
    return [pk for pk in export.ids if pk in found]


def run_export(run: Run) -> None:
    """Write the file of an export. It is one piece: an XLSX file cannot be written in parts."""
    export = Export.objects.select_related("by").get(pk=run.job.arguments["export"])
    with tempfile.TemporaryFile() as file:
        done = write(export, file, report=run.report)
        with run.saving(progress=export.count, is_last=True):
            export.finish(file, **done)


def write(export: Export, file: IO[bytes], report: Report = lambda done: None) -> dict[str, Any]:
    """Write the records that the user may still see. Return what `Export.finish` takes.

    `report` is called with the number of records done so far.
    """
    dataset, kind = DATASETS[export.dataset], FORMATS[export.format]
    name = f"{dataset.name}-{export.made_at.astimezone(LONDON):%Y-%m-%d}-{export.pk}.{kind.extension}"
    written, left_out = _written(export, dataset, kind, file, report)
    return {"name": name, "is_packed": kind.is_packed, "written": written, "left_out": left_out}


def _written(
    export: Export, dataset: Dataset, kind: Format, file: IO[bytes], report: Report
) -> tuple[int, list[dict[str, Any]]]:
    """Write the records, and return how many the file has, and what it leaves out or spells in another way."""
    if dataset.name == result_files.DATASET:
        return result_files.write(export, file, report=report), []
    columns = kind.columns or dataset.chosen(export.columns)
    rows = Counted(read(dataset, columns, export.ids, by=export.by, report=report))
    if kind.route:
        number = export.by.sponsor.number
        return xml_files.write_upload(
            file, rows, route=kind.route, file_id=export.upload_file_id, licence_number=number
        )
    assert kind.write is not None, "only a format with a route has none"
    kind.write(file, columns, [heading_of(column) for column in columns], rows, export.has_codes)
    return rows.count, []


class Counted:
    """Rows that are counted while they are read."""

    def __init__(self, rows: Iterator[Sequence[Any]]) -> None:
        self.rows, self.count = rows, 0

    def __iter__(self) -> Iterator[Sequence[Any]]:
        for row in self.rows:
            self.count += 1
            yield row


def read(
    dataset: Dataset, columns: Sequence[Column], ids: Sequence[int], *, by: User, report: Report
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
