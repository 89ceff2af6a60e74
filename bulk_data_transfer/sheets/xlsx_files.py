"""Excel workbooks, read row by row with openpyxl. `archives` checks them first.

A cell with a formula has the value that Excel stored for it. Values are read as Excel shows them where this matters:
0.4 as 40%, a number with zeros in front of it, and a date that shows only its month and year.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import Decimal
from itertools import islice
from typing import Any, BinaryIO

from openpyxl.reader.excel import ExcelReader
from openpyxl.workbook import Workbook
from openpyxl.xml.constants import SHARED_STRINGS

from bulk_data_transfer import refusals
from bulk_data_transfer.sheets import archives, shared_texts
from bulk_data_transfer.sheets.sheet import MOST_COLUMNS, Cell, Row, Sheet, first_filled, is_empty

DATA_SHEET = "CAS"
"""The name of the sheet with the records in our template."""

_MOST_ROWS = 200_000  # of a sheet, with its empty rows
_MOST_ROWS_ABOVE = 1_000  # the headings
_ESCAPED_CONTROL = re.compile("_x00([01][0-9A-Fa-f])_")
_LITERAL = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')  # parts of a number format that are shown, or that are no figures
_ZEROS = re.compile("00+")


def opened(file: BinaryIO, *, most_unpacked: int = archives.MOST_UNPACKED) -> Sheet:
    """Return the first visible sheet, or that of our template. Raises `Refused`. It never closes the file."""
    archives.check(file, most_unpacked=most_unpacked)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about parts of the workbook that we do not read
            workbook = _read(file)
    except Exception as error:  # openpyxl raises almost any kind for a damaged file
        raise refusals.WORKBOOK_DAMAGED() from error
    sheet = _sheet_of(workbook)
    headings = first_filled(islice(_rows(sheet, first=1, width=MOST_COLUMNS + 1), _MOST_ROWS_ABOVE))
    rows = _rows(sheet, first=headings.number + 1, width=len(headings.cells))
    filled = (row for row in rows if not is_empty(row.cells))
    return Sheet("xlsx", headings, filled, workbook.epoch.date())


class _Reader(ExcelReader):
    """openpyxl's reader of a workbook, with our own reading of its texts."""

    def read_strings(self) -> None:
        if part := self.package.find(SHARED_STRINGS):  # type: ignore[no-untyped-call]
            with self.archive.open(part.PartName.removeprefix("/")) as texts:
                self.shared_strings = shared_texts.read(texts)


def _read(file: BinaryIO) -> Workbook:
    reader = _Reader(file, read_only=True, data_only=True, keep_links=False)
    reader.read()
    return reader.wb


def _sheet_of(workbook: Workbook) -> Any:
    visible = [sheet for sheet in workbook.worksheets if sheet.sheet_state == "visible"]
    if not visible:
        raise refusals.NO_VISIBLE_SHEET()
    sheet: Any = next((sheet for sheet in visible if sheet.title == DATA_SHEET), visible[0])
    sheet.reset_dimensions()  # those that the file states may be wrong
    return sheet


def _rows(sheet: Any, *, first: int, width: int) -> Iterator[Row]:
    """Yield the rows from the `first` on, with empty ones. Raises `Refused`."""
    rows = sheet.iter_rows(min_row=first, max_col=width)
    number = first
    while (cells := _next(rows)) is not None:
        if number > _MOST_ROWS:
            raise refusals.WORKBOOK_TOO_LARGE()
        yield Row(number, cells)
        number += 1


def _next(rows: Iterator[Any]) -> list[Cell] | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            row = next(rows, None)
        return None if row is None else [_value(cell) for cell in row]
    except Exception as error:
        raise refusals.WORKBOOK_DAMAGED() from error


def _value(cell: Any) -> Cell:
    value = cell.value
    if isinstance(value, str):
        return _ESCAPED_CONTROL.sub(lambda found: chr(int(found[1], 16)), value) if "_x00" in value else value
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return _number(value, cell.number_format)
    if isinstance(value, datetime):
        return _day(value, cell.number_format)
    return value if isinstance(value, date) else str(value)


def _number(value: float, number_format: str) -> Cell:
    """Return a number with the 15 figures that Excel keeps. It is text if its format shows percent or zeros."""
    exact = Decimal(value) if isinstance(value, int) else Decimal(f"{value:.15g}")
    if number_format == "General":
        return exact
    shown = _LITERAL.sub("", number_format)
    if "%" in shown:
        return f"{(exact * 100).normalize():f}%"
    if _ZEROS.fullmatch(shown) and exact == exact.to_integral_value():
        return f"{int(exact):0{len(shown)}}"
    return exact


def _day(value: datetime, number_format: str) -> Cell:
    """Return a date. It is text if it has a time of day, or if its format shows no day."""
    if value.time() != time():
        return value.isoformat(" ")
    shown = _LITERAL.sub("", number_format).lower()
    if "d" in shown or "y" not in shown:
        return value.date()
    return f"{value:%Y-%m}" if "m" in shown else f"{value:%Y}"
