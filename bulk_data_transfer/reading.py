"""Reading a file of any format: what it is taken for, and its records. Its content decides, and not its name."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from bulk_data_transfer import pasted, refusals
from bulk_data_transfer.operation import Operation
from bulk_data_transfer.records import CSV, GRADUATES, OURS, PASTED, V2_1, XLSX, Record, Remark
from bulk_data_transfer.sheets import opening as sheet_opening
from bulk_data_transfer.sheets import reading as sheet_reading
from bulk_data_transfer.sheets.headings import known
from bulk_data_transfer.xml import layout, opening, reading
from bulk_data_transfer.xml.names import Kind
from cas.details import fields

LABELS = {
    V2_1: "XML of the Home Office’s schema v2.1",
    OURS: "XML of our own format",
    GRADUATES: "XML with graduate notifications",
    CSV: "CSV",
    XLSX: "Excel (XLSX)",
    PASTED: "Pasted list",
}

SHEETS = {CSV, XLSX}

_KINDS = {Kind.V2_1: V2_1, Kind.OURS: OURS, Kind.OUR_CHANGES: OURS, Kind.GRADUATES: GRADUATES}


@dataclass(frozen=True)
class TakenFor:
    """A file by its beginning: its format, and what its header says; "" for what it does not say.

    `columns` are the names of the columns that its records can have.
    """

    format: str
    operation: str
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


def taken_for(file: BinaryIO, choose: Callable[[Collection[str]], Operation]) -> TakenFor:
    """Return what a file is taken for. Raises `Refused` for a fault of the file.

    XML says itself which operation it is for. `choose` chooses the operation of a sheet by the names of its columns.
    """
    if not is_xml(file):
        operation = choose(known(sheet_opening.opened(file).headings))
        found = sheet_opening.taken_for(file, operation.columns)
        return TakenFor(found.kind, operation.name, columns=tuple(found.names), warnings=tuple(found.warnings))
    file.seek(0)
    opened = opening.opening(file)
    columns = tuple(leaf.key for leaf in layout.leaves(layout.v2_1(opened.root.route))) if opened.root.route else ()
    return TakenFor(
        _KINDS[opened.kind],
        opened.root.operation,
        opened.route,
        opened.file_id,
        opened.licence_number,
        columns or opened.root.columns,
        opened.warnings,
    )


def records(
    file: BinaryIO, *, most: int, wanted: Collection[str] = fields.BY_NAME.keys(), is_pasted: bool = False
) -> Iterator[Record]:
    """Yield the records of a file, one at a time. Raises `Refused` for a fault of the file, wherever it is found."""
    if is_pasted:
        yield from pasted.records(file)
        return
    if not is_xml(file):
        yield from sheet_reading.records(sheet_opening.opened(file), wanted, most=most)
        return
    file.seek(0)
    opened = opening.opening(file)
    file.seek(0)
    for record in reading.records(file, opened):
        if record.number > most:
            raise refusals.TOO_MANY_RECORDS(most=f"{most:,}")
        yield record
