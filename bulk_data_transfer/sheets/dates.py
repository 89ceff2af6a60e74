"""Dates as people in the UK type them, and as Excel counts them, in the form that the fields of a CAS accept."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal

from bulk_data_transfer.sheets.sheet import Cell
from sms.core import values
from sms.core.characters import plain

_MIDNIGHT = re.compile(r"[T ]00:00(:00(\.0+)?)?$")
_BETWEEN = r"\s*[/.\- ]\s*"
_MONTH = r"([0-9]{1,2}|[A-Za-z]{3,9})\.?"
_DAY_FIRST = re.compile(rf"([0-9]{{1,2}})(?:st|nd|rd|th)?{_BETWEEN}{_MONTH}(?:{_BETWEEN}|, *)([0-9]{{1,4}})")
_YEAR_FIRST = re.compile(r"([0-9]{4})[/.]([0-9]{1,2})(?:[/.]([0-9]{1,2}))?")
_MONTH_AND_YEAR = re.compile(rf"{_MONTH}{_BETWEEN}([0-9]{{2}}|[0-9]{{4}})")

_COUNTED = range(10_000, 73_051)  # from 1927 to 2099, so that no year and no date of 6 figures is taken for a serial


def read(cell: Cell, day_zero: date) -> str | list[str]:
    """Return a date as 2027-03-27, 2027-03 or 2027. A day is always before its month, unless the year comes first.

    Return the day, the month and the year of a date that does not exist, so that the check of the field names the part
    that is wrong. Return any other text unchanged.
    """
    if isinstance(cell, date):
        return cell.isoformat()
    text = _MIDNIGHT.sub("", plain(f"{cell:f}" if isinstance(cell, Decimal) else str(cell)))
    if text.isdecimal() and len(text) <= 5 and int(text) in _COUNTED:
        return (day_zero + timedelta(days=int(text))).isoformat()
    return _iso(parts) if (parts := _parts(text)) else text


def _parts(text: str) -> list[str]:
    """Return the day, the month and the year, "" for a part that is not there; no part of other text."""
    if found := _DAY_FIRST.fullmatch(text):
        return list(found.groups())
    if found := _YEAR_FIRST.fullmatch(text):
        return list(found.groups("")[::-1])
    if found := _MONTH_AND_YEAR.fullmatch(text):
        return ["", *found.groups()]
    return []


def _iso(parts: list[str]) -> str | list[str]:
    try:
        year, *others = values.year_month_day(parts, "")
    except values.Invalid:
        return parts
    return "-".join([f"{year:04}", *(f"{part:02}" for part in others if part)])
