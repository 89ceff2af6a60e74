"""XLSX, written by XlsxWriter in constant memory. Text stays text, so that zeros at its beginning are kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import IO, Any

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from bulk_data_transfer.sheets.formula_guard import guarded, in_workbook
from bulk_data_transfer.writing.values import CODED, MADE_AT
from cas.columns import Column
from sms.core.clock import LONDON

_NUMBER_FORMATS = {"date": "dd/mm/yyyy", "moment": "dd/mm/yyyy hh:mm", "money": "#,##0.00"}
_WIDTHS = {"date": 12, "moment": 17, "money": 14, "number": 10, "yes/no": 10, "long text": 50}
_USUAL_WIDTH = 24

Cell = Callable[[int, int, Any], Any]


def write(
    file: IO[bytes], columns: Sequence[Column], headings: Sequence[str], rows: Iterable[Sequence[Any]], as_codes: bool
) -> None:
    """Write one sheet: a row of headings, which stays in sight, and a row for each of `rows`."""
    book = Workbook(file, {"constant_memory": True})
    book.set_properties({"created": MADE_AT})
    sheet = book.add_worksheet("Export")
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
    for place, (column, heading) in enumerate(zip(columns, headings, strict=True)):
        sheet.set_column(place, place, _WIDTHS.get(column.kind, _USUAL_WIDTH))
        sheet.write_string(0, place, heading, bold)
    sheet.freeze_panes(1, 0)
    cells = _cells(book, sheet, columns, as_codes=as_codes)
    for line, row in enumerate(rows, start=1):
        for place, value in enumerate(row):
            if value is not None and value != "":
                cells[place](line, place, value)
    book.close()


def _cells(book: Workbook, sheet: Worksheet, columns: Sequence[Column], *, as_codes: bool) -> list[Cell]:
    """Return the function that writes a value, for each column."""
    quoted = book.add_format({"quote_prefix": True})
    formats = {kind: book.add_format({"num_format": text}) for kind, text in _NUMBER_FORMATS.items()}
    return [_cell(sheet, column, quoted, formats, as_codes=as_codes) for column in columns]


def _cell(sheet: Worksheet, column: Column, quoted: Format, formats: dict[str, Format], *, as_codes: bool) -> Cell:
    own = formats.get(column.kind)

    def text(line: int, place: int, value: Any) -> None:
        # Excel would read this as a formula when a user edits the cell. The format prevents it.
        written = in_workbook(str(value))
        sheet.write_string(line, place, written, quoted if guarded(written) != written else None)

    def moment(line: int, place: int, value: Any) -> None:
        sheet.write_datetime(line, place, value.astimezone(LONDON).replace(tzinfo=None), own)

    def named(line: int, place: int, value: Any) -> None:
        sheet.write_string(line, place, column.show(value))

    if (column.kind in CODED and not as_codes) or column.kind == "yes/no":
        return named
    return {
        "date": lambda line, place, value: sheet.write_datetime(line, place, value, own),
        "moment": moment,
        "money": lambda line, place, value: sheet.write_number(line, place, value, own),
        "number": lambda line, place, value: sheet.write_number(line, place, value),
    }.get(column.kind, text)
