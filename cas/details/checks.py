"""Rules for the values of a CAS: for single values that `sms.core.values` does not cover, and between several values.

The form, the model and a bulk loader all call these functions, so that each rule is written once. Functions for a
single value follow the conventions of `sms.core.values`. `cas.details.needs` decides whether a field may be empty.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date as Date

from cas.details import country_names
from sms.core import values as reading
from sms.core.characters import bare, plain
from sms.core.partial_dates import PartialDate
from sms.core.values import Invalid

OLDEST = 120  # years
LONGEST_NAME = 100  # characters of a country's name

_POSTCODE = re.compile(
    r"(GIR|[A-PR-UWYZ]([0-9]{1,2}|[A-HK-Y][0-9]([0-9]|[ABEHMNPRVWXY])?|[0-9][A-HJKPS-UW]))([0-9][ABD-HJLNP-UW-Z]{2})"
)

_UCAS_ID = re.compile(r"1[A-Z0-9]{9}")
_LICENCE_NUMBER = re.compile(r"[A-Z0-9]{8}[0-9X]")


class SeveralCountries(Invalid):
    """The name of several countries. The sentence lists them."""


def country(value: object, label: str, *, codes: Mapping[str, str]) -> str:
    """Return one of `codes` (ISO 3166-1 alpha-3 and a few more), given in any case or by one of its names.

    Raises `SeveralCountries` for a name of several of them, and `Invalid` for any other value.
    """
    if isinstance(value, str) and len(value) <= LONGEST_NAME:
        if (code := plain(value).upper()) in codes:
            return code
        if len(meant := country_names.named(value, codes)) == 1:
            return meant[0]
        if meant:
            *names, last = (codes[code] for code in meant)
            name = "".join(filter(str.isprintable, plain(value)))
            raise SeveralCountries(f"{label}: “{name}” can be {', '.join(names)} or {last}. Choose one of them")
    return reading.choice(value, label, codes=codes)


def uk_postcode(value: object, label: str) -> str:
    """Return a UK postcode in capitals and with its space. Raises `Invalid`."""
    code = bare(reading.identifier(value, label, size=100)).upper()
    if not _POSTCODE.fullmatch(code):
        raise Invalid(f"{label} must be a UK postcode, such as LS2 9JT")
    return f"{code[:-3]} {code[-3:]}"


def ucas_id(value: object, label: str) -> str:
    """Return a UCAS or UKPASS ID in capitals: 1, then 9 letters or digits. Raises `Invalid`."""
    code = bare(reading.identifier(value, label, size=100)).upper()
    if not _UCAS_ID.fullmatch(code):
        raise Invalid(f"{label} must be 1, then 9 letters or digits")
    return code


def licence_number(value: object, label: str) -> str:
    """Return a licence number in capitals. Only its shape is checked. Raises `Invalid`."""
    code = bare(reading.identifier(value, label, size=100)).upper()
    if not _LICENCE_NUMBER.fullmatch(code):
        raise Invalid(f"{label} must be 8 letters or digits, and then a digit or X")
    return code


def across(values: Mapping[str, object], today: Date) -> dict[str, str]:
    """Return the errors between checked values, and of dates compared with `today` (London), by field name."""
    wrong = {}
    start = values.get("course_start_date")
    end = values.get("course_end_date")
    latest = values.get("latest_acceptance_date")
    if isinstance(start, Date):
        if isinstance(end, Date) and end <= start:
            wrong["course_end_date"] = "Expected course end date must be after the course start date"
        if isinstance(latest, Date) and latest < start:
            wrong["latest_acceptance_date"] = (
                "Latest date for acceptance on course must not be before the course start date"
            )
    born = values.get("date_of_birth")
    if isinstance(born, PartialDate):  # wrong only if it is, on any day that it can be
        last = born.latest
        if born.earliest >= today:
            wrong["date_of_birth"] = "Date of birth must be in the past"
        elif (last.year + OLDEST, last.month, last.day) < (today.year, today.month, today.day):
            wrong["date_of_birth"] = f"Date of birth must not be more than {OLDEST} years ago"
    return wrong
