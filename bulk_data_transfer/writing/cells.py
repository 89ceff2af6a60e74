"""Writing cells as a sheet gave them: their text stays the same, and none can become a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import IO

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from bulk_data_transfer.sheets.cells import LONGEST, shown
from bulk_data_transfer.sheets.formula_guard import guarded, unguarded
from bulk_data_transfer.sheets.sheet import Cell
from bulk_data_transfer.writing.values import MADE_AT, uk_date

Rows = Iterable[Sequence[Cell]]


def write_csv(file: IO[bytes], rows: Rows) -> None:
    """Write a line for each row, in UTF-8 with a BOM, as exports do."""
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=False)
    csv.writer(text).writerows([_as_text(cell) for cell in row] for row in rows)
    text.flush()
    text.detach()


def write_xlsx(file: IO[bytes], rows: Rows, *, is_from_1904: bool = False) -> None:
    """Write one sheet, whose first row stays in sight. Its dates are counted from 1904 if those of its origin were."""
    book = Workbook(file, {"constant_memory": True, "date_1904": is_from_1904})
    book.set_properties({"created": MADE_AT})
    sheet = book.add_worksheet("Results")
    formats = {"heading": {"bold": True, "text_wrap": True}, "quoted": {"quote_prefix": True}}
    styles = {name: book.add_format(options) for name, options in formats.items()}
    styles["date"] = book.add_format({"num_format": "dd/mm/yyyy"})
    sheet.freeze_panes(1, 0)
    for line, row in enumerate(rows):
        for place, cell in enumerate(row):
            if cell is not None and cell != "":
                _write(sheet, line, place, cell, styles)
    book.close()


def _as_text(cell: Cell) -> str:
    if isinstance(cell, str):
        return guarded(unguarded(shown(cell)))
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, date):
        return uk_date(cell)
    return "" if cell is None else shown(cell)


def _write(sheet: Worksheet, line: int, place: int, cell: Cell, styles: dict[str, object]) -> None:
    style = styles["heading"] if line == 0 else None
    if isinstance(cell, bool):
        sheet.write_boolean(line, place, cell, style)
    elif isinstance(cell, Decimal):
        sheet.write_number(line, place, cell, style)
    elif isinstance(cell, date):
        sheet.write_datetime(line, place, cell, style or styles["date"])
    elif cell is not None:
        text = shown(cell)[:LONGEST]
        # Excel would read this as a formula when a user edits the cell. The format prevents it.
        sheet.write_string(line, place, text, styles["quoted"] if guarded(text) != text else style)
