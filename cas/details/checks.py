"""What may stand in a field of a CAS: plain functions from a value to the value that is stored.

The form, the model and a bulk loader call these alike, so that a rule is written once and costs next to
nothing. A function raises `Invalid` with a sentence that is fit to show beside the field; `label` is what the
sentence calls it. Each accepts what it returns, so that a stored value can be checked again by today's rules.
Whether a field may be empty is no matter of these functions: see `cas.details.needs`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping
from datetime import date as Date
from datetime import datetime
from decimal import Decimal

from cas.details.choices import AcademicLevel, LevelComparison
from sms.core.govuk.fields.dates import EARLIEST, LATEST

MOST_MONEY = Decimal("99999999.99")  # pounds
OLDEST = 120  # years
REMOTE_WITHOUT_PERMISSION = 20  # per cent of the course
LONGEST_COURSE = 10  # years, beyond which a slip of the finger is likelier

_NEWLINES = re.compile(r"\r\n|[\r\v\f\x85\u2028\u2029]")
# Format characters that nobody sees, such as a zero-width space that came with a copied name. The two joiners
# (U+200C, U+200D) stay: Persian and several Indian scripts are written with them.
_UNSEEN = re.compile("[\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]")
_BLANKS = re.compile("[\t\u00a0\u115f\u1160\u1680\u2000-\u200a\u202f\u205f\u2800\u3000\u3164\uffa0]")
_ENDS = " \n\u200c\u200d"
# Controls, halves of surrogate pairs, and two that are no characters: XML or the database takes none of them.
_FORBIDDEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_MONEY = re.compile(r"-?[0-9]{1,20}(\.[0-9]{2})?")
_WHOLE_NUMBER = re.compile(r"[0-9]{1,9}")
_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_POSTCODE = re.compile(
    r"(GIR|[A-PR-UWYZ]([0-9]{1,2}|[A-HK-Y][0-9]([0-9]|[ABEHMNPRVWXY])?|[0-9][A-HJKPS-UW]))([0-9][ABD-HJLNP-UW-Z]{2})"
)
_RANKS = {level.value: rank for rank, level in enumerate(AcademicLevel) if level.name.startswith("RQF")}
_YES_OR_NO = {"yes": True, "no": False, "true": True, "false": False}


class Invalid(ValueError):
    """A value that cannot be stored. `str(invalid)` is the sentence to show beside the field."""


def text(value: object, label: str, *, size: int, is_long: bool = False) -> str:
    """Text of at most `size` characters, in Unicode's composed form; on one line unless `is_long`."""
    if not isinstance(value, str):
        raise Invalid(f"{label} must be text")
    if not (value.isascii() and value.isprintable()):
        value = _tidy(value, label, is_long)
    value = value.strip(_ENDS)
    if len(value) > size:
        raise Invalid(f"{label} must be {size:,} characters or fewer. This has {len(value):,}")
    return value


def _tidy(value: str, label: str, is_long: bool) -> str:
    value = _BLANKS.sub(" ", _UNSEEN.sub("", _NEWLINES.sub("\n", value))).strip(_ENDS)
    if _FORBIDDEN.search(value):
        raise Invalid(f"{label} contains a character that cannot be printed. Type it instead of pasting it")
    if "\n" in value and not is_long:
        raise Invalid(f"{label} must be on one line")
    return unicodedata.normalize("NFC", value)


def date(value: object, label: str) -> Date:
    """A date from 1900 to 2200, written 2027-03-27."""
    if isinstance(value, str) and _ISO_DATE.fullmatch(value.strip()):
        try:
            value = Date.fromisoformat(value.strip())
        except ValueError:
            raise Invalid(f"{label} must be a real date") from None
    if not isinstance(value, Date) or isinstance(value, datetime):
        raise Invalid(f"{label} must be a date, written as 2027-03-27")
    if not EARLIEST <= value.year <= LATEST:
        raise Invalid(f"{label} must have a year from {EARLIEST} to {LATEST}")
    return value


def money(value: object, label: str) -> Decimal:
    """Pounds from 0 to 99,999,999.99, written `1234` or `1234.99` (manual 5, update fees)."""
    if isinstance(value, str) and _MONEY.fullmatch(value.strip()):
        value = Decimal(value.strip())
    if not isinstance(value, int | Decimal) or isinstance(value, bool) or not Decimal(value).is_finite():
        raise Invalid(f"{label} must be an amount without commas or a pound sign, as 1234 or 1234.99")
    if value < 0:
        raise Invalid(f"{label} must be 0 or more")
    if value > MOST_MONEY:
        raise Invalid(f"{label} must be {MOST_MONEY:,} or less")
    if value != (pounds := round(Decimal(value), 2)):
        raise Invalid(f"{label} must have two figures after the point, as 1234.99")
    return abs(pounds)


def number(value: object, label: str, *, least: int, most: int) -> int:
    """A whole number from `least` to `most`."""
    if isinstance(value, str) and _WHOLE_NUMBER.fullmatch(value.strip()):
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise Invalid(f"{label} must be a whole number from {least} to {most}")
    return value


def choice(value: object, label: str, *, codes: Collection[str]) -> str:
    """One of `codes`, exactly as it is written there."""
    if not isinstance(value, str) or (code := value.strip()) not in codes:
        raise Invalid(f"{label}: {_shown(value)}choose from the list")
    return code


def _shown(value: object) -> str:
    is_short = isinstance(value, str) and value.isprintable() and len(value) <= 50
    return f"“{value}” is not in the list, " if is_short else ""


def country(value: object, label: str, *, codes: Collection[str]) -> str:
    """One of `codes` (ISO 3166-1 alpha-3 and a few more), in capitals."""
    if isinstance(value, str) and (code := value.strip().upper()) in codes:
        return code
    return choice(value, label, codes=codes)


def yes_no(value: object, label: str) -> bool:
    """True for yes or true, False for no or false."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and (answer := _YES_OR_NO.get(value.strip().lower())) is not None:
        return answer
    raise Invalid(f"Select Yes or No for “{label}”")


def uk_postcode(value: object, label: str) -> str:
    """A postcode of the United Kingdom, in capitals and with its space."""
    code = text(value, label, size=100).upper().replace(" ", "")
    if not _POSTCODE.fullmatch(code):
        raise Invalid(f"{label} must be a UK postcode, such as LS2 9JT")
    return f"{code[:-3]} {code[-3:]}"


def across(values: Mapping[str, object], today: Date) -> dict[str, str]:
    """What is wrong between checked values, or with a date by `today` (London): a sentence by field name."""
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
    if isinstance(born, Date):
        if born >= today:
            wrong["date_of_birth"] = "Date of birth must be in the past"
        elif (born.year + OLDEST, born.month, born.day) < (today.year, today.month, today.day):
            wrong["date_of_birth"] = f"Date of birth must not be more than {OLDEST} years ago"
    return wrong


def warnings(values: Mapping[str, object], today: Date) -> list[tuple[str, str]]:
    """What is allowed and yet deserves a second look: field name and sentence. `today` is the London date."""
    found = []
    start, end = values.get("course_start_date"), values.get("course_end_date")
    if isinstance(start, Date) and start < today:
        found.append(("course_start_date", "The course start date is in the past"))
    if isinstance(start, Date) and isinstance(end, Date) and end.year - start.year > LONGEST_COURSE:
        found.append(("course_end_date", f"The course lasts more than {LONGEST_COURSE} years"))
    share = values.get("remote_delivery_percent")
    if isinstance(share, int) and share > REMOTE_WITHOUT_PERMISSION:
        permission = f"More than {REMOTE_WITHOUT_PERMISSION}% of remote delivery needs the Home Office's permission"
        found.append(("remote_delivery_percent", permission))
    if _contradicts_levels(values):
        found.append(("level_comparison", "This does not match the two academic levels. Check which is higher"))
    return found


def _contradicts_levels(values: Mapping[str, object]) -> bool:
    """Whether the comparison of this course with the previous one goes against their two RQF levels."""
    this = _RANKS.get(str(values.get("academic_level")))
    previous = _RANKS.get(str(values.get("previous_academic_level")))
    if this is None or previous is None or values.get("has_previous_uk_study") is not True:
        return False
    if this == previous:  # one RQF level can hold two SCQF levels, the new one above the old
        return values.get("level_comparison") == LevelComparison.LOWER
    expected = LevelComparison.HIGHER if this > previous else LevelComparison.LOWER
    return values.get("level_comparison") not in {None, "", expected}
