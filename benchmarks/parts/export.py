"""Exporting 100,000 CAS with all columns, as CSV, XLSX and XML (goal P7).

The floor has two parts. The bare query reads the same columns of the same CAS with a cursor of the database, as many at
a time as the portal. Then the same writer writes as many rows, which are always the same 100 and need no conversion.

The memory of the process must stay about the same: after an export of 10,000 CAS, one of 100,000 takes hardly more.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from itertools import cycle, islice
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

from django.db import connection
from lxml import etree
from xlsxwriter import Workbook

from benchmarks.races import Count, Goal, Race
from benchmarks.sites import people
from bulk_data_transfer import exporting
from bulk_data_transfer.datasets import DATASETS
from bulk_data_transfer.models import Export
from bulk_data_transfer.writing.values import CODED
from cas.columns import Column
from cas.models import CAS
from licences.models import User
from sms.core import clock

MANY, FEW = 100_000, 10_000
ALIKE = 100  # rows that the floor writes again and again
MOST_MORE = 4  # MiB

CAS_ROWS = DATASETS["cas"]
COLUMNS = CAS_ROWS.columns


def prepare() -> Iterator[Race | Count]:
    level1, _ = people()
    ids = list(CAS.objects.for_user(level1).order_by("-pk").values_list("pk", flat=True)[:MANY])
    for name, floor in FLOORS.items():
        label = name.upper()
        ours, raw = f"{label} by the portal", f"{label} by the writer and the bare query"
        few, many = (partial(written, partial(export, level1, some, name)) for some in (ids[:FEW], ids))
        few()
        yield Count(f"MiB that {MANY:,} CAS as {label} need in addition to {FEW:,}", growth(many), at_most=MOST_MORE)
        contestants = {ours: many, raw: partial(written, partial(floor, level1, ids))}
        yield Race(contestants, [Goal(ours, raw, at_most=1.3)], seconds=90)


def export(by: User, ids: Sequence[int], name: str, file: IO[bytes]) -> None:
    """Export these CAS as a job does, but do not keep the file."""
    columns = [column.name for column in COLUMNS]
    asked = Export(dataset=CAS_ROWS.name, format=name, columns=columns, ids=ids, by=by, made_at=clock.now())
    exporting.write(asked, file)


def query(by: User, ids: Sequence[int]) -> None:
    """Read the columns of these CAS with a cursor of the database."""
    paths = ["pk", *dict.fromkeys(path for column in COLUMNS for path in column.reads)]
    for first in range(0, len(ids), exporting.AT_A_TIME):
        wanted = ids[first : first + exporting.AT_A_TIME]
        rows = CAS_ROWS.rows(by).filter(pk__any_of=wanted).order_by().values_list(*paths)
        with connection.cursor() as cursor:
            cursor.execute(*rows.query.sql_with_params())
            cursor.fetchall()


def csv_floor(by: User, ids: Sequence[int], file: IO[bytes]) -> None:
    query(by, ids)
    with TemporaryFile() as ours:
        export(by, ids[:ALIKE], "csv", ours)
        ours.seek(0)
        headings, *rows = csv.reader(io.StringIO(ours.read().decode("utf-8-sig"), newline=""))
    text = io.TextIOWrapper(file, "utf-8-sig", newline="")
    writer = csv.writer(text)
    writer.writerow(headings)
    writer.writerows(islice(cycle(rows), len(ids)))
    text.detach()


def xlsx_floor(by: User, ids: Sequence[int], file: IO[bytes]) -> None:
    query(by, ids)
    book = Workbook(file, {"constant_memory": True})
    sheet = book.add_worksheet()
    as_date = book.add_format({"num_format": "dd/mm/yyyy"})
    for place, column in enumerate(COLUMNS):
        sheet.write_string(0, place, exporting.heading_of(column))
    rows = list(ready_rows(by, ids[:ALIKE]))
    for line, row in enumerate(islice(cycle(rows), len(ids)), start=1):
        for place, value in row:
            if type(value) is str:
                sheet.write_string(line, place, value)
            elif isinstance(value, date):
                sheet.write_datetime(line, place, value, as_date)
            else:
                sheet.write_number(line, place, value)
    book.close()


def ready_rows(by: User, ids: Sequence[int]) -> Iterator[list[tuple[int, Any]]]:
    """Yield the values of these CAS as XlsxWriter takes them, each with its place. Empty values are left out."""
    for row in exporting.read(CAS_ROWS, COLUMNS, ids, by=by, report=lambda done: None):
        filled = [place for place, value in enumerate(row) if value is not None and value != ""]
        yield [(place, _ready(COLUMNS[place], row[place])) for place in filled]


def _ready(column: Column, value: Any) -> Any:
    """Return the name of a code, a moment without a time zone, a date, a number, or text."""
    if column.kind in CODED or column.kind == "yes/no":
        return column.show(value)
    if isinstance(value, datetime):
        return value.astimezone(clock.LONDON).replace(tzinfo=None)
    return value if isinstance(value, date | int | Decimal) else str(value)


def xml_floor(by: User, ids: Sequence[int], file: IO[bytes]) -> None:
    """Write as many of the same 100 CAS with lxml, which has their elements ready, after the bare query."""
    few = io.BytesIO()
    export(by, ids[:ALIKE], "xml", few)
    records = [*etree.fromstring(few.getvalue())]
    query(by, ids)
    with etree.xmlfile(file, encoding="UTF-8") as writer, writer.element("BulkDataCAS"):
        for record in islice(cycle(records), len(ids)):
            writer.write(record)


FLOORS: dict[str, Callable[[User, Sequence[int], IO[bytes]], None]] = {
    "csv": csv_floor,
    "xlsx": xlsx_floor,
    "xml": xml_floor,
}


def written(write: Callable[[IO[bytes]], None]) -> None:
    """Let `write` write a file, which is deleted at once."""
    with TemporaryFile() as file:
        write(file)


def growth(act: Callable[[], object]) -> int:
    """Return how many MiB of memory this process takes at its peak in `act`, in addition to what it has before."""
    Path("/proc/self/clear_refs").write_text("5")  # the kernel measures the peak from here
    before = _memory("VmRSS")
    act()
    return max(0, _memory("VmHWM") - before)


def _memory(name: str) -> int:
    """Return a size of this process from the kernel's statistics, in MiB."""
    lines = Path("/proc/self/status").read_text().splitlines()
    [size] = [line.split()[1] for line in lines if line.startswith(f"{name}:")]
    return round(int(size) / 1024)
