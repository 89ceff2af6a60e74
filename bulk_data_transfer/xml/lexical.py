"""How the value of each kind of field is written in XML, and read again, in all forms that XML Schema allows."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from lxml import etree

from bulk_data_transfer.xml.names import CATEGORIES, ROUTES
from cas.details.choices import Attendance
from cas.details.field import CASField
from cas.details.partial_dates import CASPartialDate
from cas.details.types import CASCountry, CASDate, CASHours, CASMoney, CASNumber, CASYesNo
from sms.core.characters import UNUSABLE

SPACE = " \t\n\r"  # the space of XML
BOOLEANS = {"true": True, "1": True, "false": False, "0": False}
PARTIAL = {10: "FullDate", 7: "YearMonth", 4: "Year"}
"""The elements of a date of birth, by the length of its text."""

_LONGEST_NUMBER = 1000  # characters: leading and trailing zeros are allowed
_OFFSET = re.compile("(Z|[+-][0-9]{2}:[0-9]{2})$")
_OTHER_CODES = {"XKX": "XXK", "STATELESS": "XXA", '"STATELESS"': "XXA"}
_ATTENDANCE = {True: Attendance.FULL_TIME.value, False: Attendance.PART_TIME.value}
_IS_FULL_TIME = {Attendance.FULL_TIME.value: "true", Attendance.PART_TIME.value: "false"}

# Signs that XML has other words for, and controls, which no XML file can hold.
_MARKED = re.compile(rf"[&<>\r]|{UNUSABLE.pattern}")
_ESCAPED = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"}


def escaped(text: str) -> str:
    """Return text for an element. Characters that XML cannot hold are left out."""
    return _MARKED.sub(_escape, text) if _MARKED.search(text) else text


def _escape(found: re.Match[str]) -> str:
    return _ESCAPED.get(found[0], "")


def attribute(text: str) -> str:
    """Return text for an attribute between double quotes."""
    return escaped(text).replace('"', "&quot;")


def reader(field: CASField) -> Callable[[str], Any]:
    """Return the function that reads the value of this field from text, as `CASField.checked` takes it.

    It expects text that the schema accepts. That of a date of birth is the text of the element inside.
    """
    for kind, read in _READERS:
        if isinstance(field, kind):
            return read
    return {"route": _read_category, "attendance": _read_attendance}.get(field.name, str)


def text_of(element: etree._Element) -> str:
    """Return the text of an element without children."""
    return element.text or ""


def bare(text: str | None) -> str:
    """Return text without the space around it."""
    return (text or "").strip(SPACE)


def _read_yes_no(text: str) -> bool:
    return BOOLEANS[bare(text)]


def _read_attendance(text: str) -> str:
    return _ATTENDANCE[_read_yes_no(text)]


def _read_category(text: str) -> str:
    return CATEGORIES[bare(text)]


def read_date(text: str) -> str:
    """Return the day as it is written: an offset from UTC changes nothing about it."""
    return _OFFSET.sub("", bare(text))


def read_number(text: str) -> Decimal | int | str:
    """Return the number, or its text if that is too long to be a number of a CAS."""
    written = bare(text)
    if len(written) > _LONGEST_NUMBER:
        return written
    number = Decimal(written)
    return int(number) if number == int(number) else number


def _read_country(text: str) -> str:
    code = bare(text)
    return _OTHER_CODES.get(code, code)


_READERS: tuple[tuple[type[CASField], Callable[[str], Any]], ...] = (
    (CASPartialDate, bare),
    (CASMoney, read_number),
    (CASHours, read_number),
    (CASNumber, read_number),
    (CASYesNo, _read_yes_no),
    (CASDate, read_date),
    (CASCountry, _read_country),
)


def writer(field: CASField | None) -> Callable[[Any], str]:
    """Return the function that writes a filled value of this field, or of a fact, as the content of its element."""
    if isinstance(field, CASYesNo):
        return _write_yes_no
    if isinstance(field, CASMoney | CASHours | CASNumber):
        return str
    if isinstance(field, CASPartialDate):
        return _write_partial_date
    if field is None or isinstance(field, CASDate):
        return _write_plain
    return {"route": ROUTES.__getitem__, "attendance": _IS_FULL_TIME.__getitem__}.get(field.name, escaped)


def _write_yes_no(value: Any) -> str:
    return "true" if value else "false"


def _write_partial_date(value: Any) -> str:
    name = PARTIAL[len(value)]
    return f"<{name}>{value}</{name}>"


def _write_plain(value: Any) -> str:
    return escaped(value) if isinstance(value, str) else value.isoformat()
