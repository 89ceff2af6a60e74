"""The template for records of one route: an Excel workbook that is made from the declarations of the fields.

The first sheet has only the headings. `Notes` says of each column when it is needed and how to fill it in, and `Codes`
has the lists. The same route and day always give the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from io import BytesIO
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from bulk_data_transfer.sheets.headings import heading_of
from bulk_data_transfer.sheets.reading import MOST_RECORDS
from bulk_data_transfer.sheets.sheet import letters
from bulk_data_transfer.sheets.xlsx_files import DATA_SHEET
from cas.columns import BY_NAME, Column
from cas.details import fields
from cas.details.field import CASField
from cas.details.needs import Always, Optional_
from cas.details.types import CASChoice, CASCode, CASCountry
from licences.routes import Route

NOTES, CODES = "Notes", "Codes"

MADE_AT = datetime(2026, 1, 1)  # noqa: DTZ001 -- a fixed time, so that the bytes never differ
_NOTES_HEADINGS = ("Column", "Needed", "How to fill it in", "At most", "Hint")
_NOTES_WIDTHS = (50, 60, 60, 18, 70)
_NARROWEST, WIDEST = 14, 45  # characters

HOW: Mapping[str, str] = {
    "text": "Text",
    "long text": "Text. It can have several lines",
    "choice": "Choose from the list, or write a label or a code of the sheet Codes",
    "country": "The name of a country or nationality, or its code of the sheet Codes",
    "date": "A date, as 27/03/2027",
    "partial date": "A date, as 27/03/1990. Write 03/1990 or 1990 if the passport shows no more",
    "money": "Pounds, as 1234 or 1234.99",
    "number": "A number",
    "yes/no": "Yes or No",
}
FORMATS: Mapping[str, str] = {"date": "dd/mm/yyyy", "money": "0.00", "number": "General"}
AS_TEXT = "@"  # keeps zeros in front, and keeps Excel from changing a month and year to a date


def template(route: str, day: date) -> bytes:
    """Return the workbook for a route, with the codes that are offered on a day."""
    file = BytesIO()
    workbook = Workbook(file, {"in_memory": True})
    workbook.set_properties({"title": f"CAS: {Route(route).label}", "created": MADE_AT})
    data, notes, codes = map(workbook.add_worksheet, (DATA_SHEET, NOTES, CODES))
    columns = fields.fields_for(route)
    lists = {field.name: _options(field, route, day) for field in columns if isinstance(field, CASChoice)}
    places = _write_codes(workbook, codes, lists)
    _write_headings(workbook, data, columns, places)
    write_notes(workbook, notes, map(_notes, columns))
    workbook.close()
    return file.getvalue()


def _options(field: CASChoice, route: str, day: date) -> dict[str, str]:
    """Return the labels of a choice by code."""
    if isinstance(field, CASCountry):
        return {code: name for code, name in field.codes.items() if code != name}
    if isinstance(field, CASCode):
        own = "" if field.for_any_route else route
        return {code.code: code.name for code in field.codes if code.is_offered(day, own)}
    return dict(field.labels)


def _write_codes(workbook: Workbook, sheet: Worksheet, lists: Mapping[str, dict[str, str]]) -> dict[str, str]:
    """Write two columns for each list, and return by field name the cells that have its labels."""
    bold = workbook.add_format({"bold": True})
    written: dict[tuple[str, ...], str] = {}  # several fields have the same list
    for name, labels in lists.items():
        if tuple(labels) not in written:
            column = 2 * len(written)
            written[tuple(labels)] = f"={CODES}!${letters(column)}$2:${letters(column)}${len(labels) + 1}"
            sheet.write_row(0, column, [heading_of(BY_NAME[name]), "Code"], bold)
            sheet.write_column(1, column, labels.values())
            sheet.write_column(1, column + 1, labels)
            sheet.set_column(column, column, WIDEST)
            sheet.set_column(column + 1, column + 1, _NARROWEST)
    sheet.freeze_panes(1, 0)
    return {name: written[tuple(labels)] for name, labels in lists.items()}


def _write_headings(
    workbook: Workbook, sheet: Worksheet, columns: Iterable[CASField], places: Mapping[str, str]
) -> None:
    always = workbook.add_format({"bold": True, "text_wrap": True, "valign": "top", "bg_color": "#cfe3f3"})
    other = workbook.add_format({"bold": True, "text_wrap": True, "valign": "top"})
    formats = {kind: workbook.add_format({"num_format": kind}) for kind in (*FORMATS.values(), AS_TEXT)}
    for index, field in enumerate(columns):
        heading = heading_of(BY_NAME[field.name])
        sheet.set_column(index, index, width_of(BY_NAME[field.name]), formats[FORMATS.get(field.kind, AS_TEXT)])
        sheet.write_string(0, index, heading, always if _is_always_needed(field) else other)
        source: Any = ["Yes", "No"] if field.kind == "yes/no" else places.get(field.name)
        if source:
            sheet.data_validation(1, index, MOST_RECORDS, index, validation(source))
    sheet.set_row(0, 45)
    sheet.freeze_panes(1, 0)


def validation(source: Any) -> dict[str, Any]:
    """Return a list to choose from. It only warns, because a code and another name of a country are right too."""
    return {
        "validate": "list",
        "source": source,
        "error_type": "warning",
        "error_title": "Not in the list",
        "error_message": "Choose from the list, or write a code of the sheet Codes.",
    }


def width_of(column: Column) -> int:
    """Return the width of a column, by its heading."""
    return min(max(len(heading_of(column)) + 2, _NARROWEST), WIDEST)


def write_notes(workbook: Workbook, sheet: Worksheet, rows: Iterable[tuple[str, ...]]) -> None:
    """Write the sheet that says of each column how to fill it in."""
    bold = workbook.add_format({"bold": True})
    wrapped = workbook.add_format({"text_wrap": True, "valign": "top"})
    sheet.write_row(0, 0, _NOTES_HEADINGS, bold)
    for row, texts in enumerate(rows, start=1):
        for column, text in enumerate(texts):
            sheet.write_string(row, column, text, wrapped)
    for column, width in enumerate(_NOTES_WIDTHS):
        sheet.set_column(column, column, width)
    sheet.freeze_panes(1, 0)


def _notes(field: CASField) -> tuple[str, ...]:
    is_list = isinstance(field, CASChoice)
    how = HOW[field.kind]
    if field.limits and not is_list and field.kind in {"text", "number"}:
        how = f"{how}: {field.limits}"
    return (
        heading_of(BY_NAME[field.name]),
        _need(field),
        how,
        f"{field.size:,} characters" if field.size else "",
        field.hint,
    )


def _need(field: CASField) -> str:
    """Return the word Mandatory, perhaps with a condition, or the word Optional."""
    need = fields.need_of(field, field.needed)
    if isinstance(need, Optional_):
        return "Optional"
    words = need.in_words(fields.BY_NAME)
    return "Mandatory" if words == "always" else f"Mandatory {words}"


def _is_always_needed(field: CASField) -> bool:
    return isinstance(fields.need_of(field, field.needed), Always)
