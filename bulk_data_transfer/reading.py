"""Reading a file of any format: what it is taken for, and its records. Its content decides, and not its name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from bulk_data_transfer import refusals
from bulk_data_transfer.records import Record, Remark
from bulk_data_transfer.sheets import opening as sheet_opening
from bulk_data_transfer.sheets import reading as sheet_reading
from bulk_data_transfer.xml import layout, opening, reading
from bulk_data_transfer.xml.names import Kind

V2_1, OURS, GRADUATES, CSV, XLSX = "v2.1", "ours", "graduates", "csv", "xlsx"

LABELS = {
    V2_1: "XML of the Home Office’s schema v2.1",
    OURS: "XML of our own format",
    GRADUATES: "XML with graduate notifications",
    CSV: "CSV",
    XLSX: "Excel (XLSX)",
}

_KINDS = {Kind.V2_1: V2_1, Kind.OURS: OURS, Kind.GRADUATES: GRADUATES}


@dataclass(frozen=True)
class TakenFor:
    """A file by its beginning: its format, and what its header says; "" for what it does not say.

    `columns` are the names of the fields that its records can have.
    """

    format: str
    route: str = ""
    file_id: str = ""
    licence_number: str = ""
    columns: tuple[str, ...] = ()
    warnings: tuple[Remark, ...] = ()


def is_xml(file: BinaryIO) -> bool:
    """Return whether a file begins as XML does."""
    file.seek(0)
    beginning = file.read(200).lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n")
    return beginning.startswith(b"<")


def taken_for(file: BinaryIO) -> TakenFor:
    """Return what a file is taken for. Raises `Refused` for a fault of the file."""
    if not is_xml(file):
        found = sheet_opening.taken_for(file)
        return TakenFor(found.kind, columns=tuple(found.names), warnings=tuple(found.warnings))
    file.seek(0)
    opened = opening.opening(file)
    columns = tuple(leaf.key for leaf in layout.leaves(layout.v2_1(opened.root.route))) if opened.root.route else ()
    return TakenFor(_KINDS[opened.kind], opened.route, opened.file_id, opened.licence_number, columns, opened.warnings)


def records(file: BinaryIO, *, most: int) -> Iterator[Record]:
    """Yield the records of a file, one at a time. Raises `Refused` for a fault of the file, wherever it is found."""
    if not is_xml(file):
        yield from sheet_reading.records(sheet_opening.opened(file), most=most)
        return
    file.seek(0)
    opened = opening.opening(file)
    file.seek(0)
    for record in reading.records(file, opened):
        if record.number > most:
            raise refusals.TOO_MANY_RECORDS(most=f"{most:,}")
        yield record
