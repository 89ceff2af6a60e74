"""A sheet as a file gave it: the row of its headings, and its other rows one by one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal, TypeAlias

from openpyxl.utils import get_column_letter

from bulk_data_transfer import refusals
from sms.core import values
from sms.core.refused import Refused

Cell: TypeAlias = str | Decimal | bool | date | None

MOST_COLUMNS = 1_000
DAY_ZERO = date(1899, 12, 30)
"""The day from which Excel counts dates, unless a workbook counts from 1904."""


@dataclass(frozen=True)
class Row:
    """A row, with its number as Excel shows it. `refused` says why it cannot be read, if it cannot."""

    number: int
    cells: Sequence[Cell]
    refused: Refused | None = None

    @property
    def place(self) -> str:
        return f"row {self.number}"


@dataclass(frozen=True)
class Sheet:
    """A sheet of a file that is open. `rows` can be read once, and have no empty row."""

    kind: Literal["csv", "xlsx"]
    headings: Row
    rows: Iterator[Row]
    day_zero: date = DAY_ZERO


def letters(index: int) -> str:
    """Return the letters of a column, which is counted from 0: "B" for 1."""
    return get_column_letter(index + 1)


def is_blank(cell: Cell) -> bool:
    if isinstance(cell, str):
        return not cell.strip() if cell.isascii() else values.is_blank(cell)
    return cell is None


def is_empty(cells: Sequence[Cell]) -> bool:
    return all(map(is_blank, cells))


def first_filled(rows: Iterator[Row]) -> Row:
    """Return the first row with anything in it, without the empty cells at its end. Raises `Refused`."""
    row = next((row for row in rows if not is_empty(row.cells)), None)
    if row is None:
        raise refusals.EMPTY_FILE()
    width = max(index for index, cell in enumerate(row.cells, start=1) if not is_blank(cell))
    if width > MOST_COLUMNS:
        raise refusals.TOO_MANY_COLUMNS(most=f"{MOST_COLUMNS:,}")
    return Row(row.number, row.cells[:width])
