"""Reading a cell as the answer to a field: in the form that `CASField.checked` accepts, which then decides."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any, TypeAlias

from bulk_data_transfer import refusals
from bulk_data_transfer.sheets import dates
from bulk_data_transfer.sheets.formula_guard import unguarded
from bulk_data_transfer.sheets.sheet import Cell
from cas.columns import Column
from cas.details import fields
from cas.details.types import CASChoice, CASCountry
from cas.keys import text_key
from sms.core.characters import UNSTORABLE, plain

Reader: TypeAlias = Callable[[Cell], Any]

LONGEST = 32_767  # characters of a cell in Excel
EXCEL_ERRORS = frozenset({"#CALC!", "#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#SPILL!", "#VALUE!"})
SHORTENED = re.compile(r"[0-9](\.[0-9]+)?E\+[0-9]{2,}")  # 1.23457E+15
_EXACT_BELOW = 10**15  # Excel keeps 15 figures of a number
_YES_OR_NO = {
    **dict.fromkeys(("yes", "y", "true", "t", "1"), True),
    **dict.fromkeys(("no", "n", "false", "f", "0"), False),
}


def reader_of(column: Column, day_zero: date) -> Reader:
    """Return the function that reads the cells of a column. It raises `Refused` for a cell that cannot be read."""
    field = fields.BY_NAME.get(column.name)
    match column.kind:
        case "date" | "partial date":
            return partial(dates.read, day_zero=day_zero)
        case "yes/no":
            return _yes_no
        case "money":
            return money
        case "number":
            return _number
        case "long text":
            return _text
    if isinstance(field, CASChoice) and not isinstance(field, CASCountry):
        return partial(_choice, codes=_codes_by_key(field.labels))
    return _line


def refuse_unusable(cell: Cell) -> None:
    """Raise `Refused` for an error of a formula, for too long a text, and for characters that cannot be stored."""
    if not isinstance(cell, str):
        return
    if UNSTORABLE.search(cell):
        raise refusals.CHARACTER_NOT_KEPT()
    if len(cell) > LONGEST:
        raise refusals.CELL_TOO_LONG(most=f"{LONGEST:,}")
    if cell.startswith("#") and cell.strip() in EXCEL_ERRORS:
        raise refusals.FORMULA_ERROR(error=cell.strip())


def shown(cell: Cell) -> str:
    """Return a cell as text that can be stored and shown."""
    return UNSTORABLE.sub("\ufffd", f"{cell:f}" if isinstance(cell, Decimal) else str(cell))


def _text(cell: Cell) -> str:
    if isinstance(cell, str):
        return unguarded(cell)
    if isinstance(cell, date):
        raise refusals.DATE_INSTEAD_OF_TEXT()
    if isinstance(cell, Decimal):
        if abs(cell) >= _EXACT_BELOW:
            raise refusals.NUMBER_SHORTENED()
        return f"{cell:f}"
    return str(cell).upper()  # TRUE, as Excel shows it


def _line(cell: Cell) -> str:
    text = _text(cell)
    if SHORTENED.fullmatch(text):
        raise refusals.NUMBER_SHORTENED()
    return text


def _choice(cell: Cell, *, codes: Mapping[str, str]) -> str:
    """Return the code of a choice, which is given by its code or by its label."""
    text = _text(cell)
    return codes.get(text_key(text), text)


def _codes_by_key(labels: Mapping[str, str]) -> dict[str, str]:
    return {text_key(label): code for code, label in labels.items()} | {text_key(code): code for code in labels}


def _yes_no(cell: Cell) -> bool | str:
    if isinstance(cell, bool):
        return cell
    text = shown(cell)
    return _YES_OR_NO.get(plain(text).casefold(), text)


def money(cell: Cell) -> str:
    """Return an amount as text. A number has no figures for pence of 0, so 1234.5 is 1234.50."""
    if isinstance(cell, Decimal) and cell.is_finite() and abs(cell) < _EXACT_BELOW and cell == round(cell, 2):
        return f"{cell:f}" if cell == cell.to_integral_value() else f"{cell:.2f}"
    return shown(cell)


def _number(cell: Cell) -> str:
    return plain(shown(cell)).removesuffix("%").rstrip()
