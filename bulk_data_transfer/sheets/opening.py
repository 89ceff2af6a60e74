"""Opening a sheet: its content decides what it is, and not its name."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import BinaryIO

from bulk_data_transfer import refusals
from bulk_data_transfer.records import Remark
from bulk_data_transfer.sheets import archives, csv_files, xlsx_files
from bulk_data_transfer.sheets.headings import understood
from bulk_data_transfer.sheets.sheet import Sheet
from cas.details import fields


@dataclass(frozen=True)
class TakenFor:
    """A description of a file: its kind, "csv" or "xlsx", and its headings.

    `names` are the columns of a CAS that are read. `not_read` are the other headings, with a remark about each of them
    in `warnings`.
    """

    kind: str
    names: list[str]
    not_read: list[str]
    warnings: list[Remark]


def opened(file: BinaryIO, *, most_unpacked: int = archives.MOST_UNPACKED) -> Sheet:
    """Return the sheet of a CSV file or a workbook. Raises `Refused`.

    `file` must stay open while the rows are read. It can be opened again for another reading.
    """
    file.seek(0)
    head = file.read(8)
    if not head:
        raise refusals.EMPTY_FILE()
    if archives.is_archive(head):
        return xlsx_files.opened(file, most_unpacked=most_unpacked)
    archives.refuse_ole(file)
    return csv_files.opened(file)


def taken_for(file: BinaryIO, wanted: Collection[str] = fields.BY_NAME.keys()) -> TakenFor:
    """Return what the file is taken for, by a reader of the `wanted` columns. Raises `Refused`."""
    sheet = opened(file)
    found = understood(sheet.headings, wanted)
    return TakenFor(sheet.kind, [column.name for column in found.columns.values()], found.not_read, found.warnings)
