"""Reading values: text, dates, money, numbers, choices and answers, from a form, a file or the database.

Each function returns the value to store, or raises `Invalid` with a sentence that is fit to show beside the field, in
which `label` names the field. Each accepts what it returns, so that a stored value can be checked again. The caller
decides about blank values: see `is_blank`.

`sms.core.characters` has the table of characters.
"""

from __future__ import annotations

import re
import string
import unicodedata
from calendar import month_name, monthrange
from collections.abc import Collection, Sequence
from contextlib import suppress
from datetime import date as Date
from datetime import datetime
from decimal import Decimal

from sms.core.characters import UNUSABLE, plain, seen, visible, without_unseen

MONTHS = tuple(month_name)[1:]
EARLIEST, LATEST = 1900, 2200  # years of a date
MOST_MONEY = Decimal("999999999.99")  # pounds

_PARTS = ("day", "month", "year")
_ISO_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")
_WHOLE_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_POUNDS = r"(?:£\s*)?([0-9]+|[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,3}(?: [0-9]{3})+)"
_MONEY = re.compile(rf"{_POUNDS}(\.[0-9]{{2}})?")
_MONEY_FAULTS = (
    (re.compile(rf"({_POUNDS}|£?)\.[0-9]*"), "must have 2 figures after the point, as 1234.99, or no point"),
    (
        re.compile(r"(?:£\s*)?[0-9]+([,. ][0-9]+)+\.?"),
        "must have commas or spaces only between thousands, as 1,234 or 1 234, and pence after a point, as 1234.99",
    ),
    (re.compile(r"-\s*£?[0-9]+(\.[0-9]*)?"), "must be 0 or more"),
    (re.compile(r"(?s).*"), "must be an amount in pounds, as 1234 or 1234.99"),
)
# As many digits as could ever be right: `int` and `Decimal` are not asked to read a million of them.
_ONE_DECIMAL = re.compile(r"[0-9]{1,18}(\.[0-9]{1,18})?")
_WHOLE_NUMBER = re.compile(r"-?([0-9]{1,18}|[0-9]{1,3}(,[0-9]{3}){1,5})")
_MOST_DIGITS = 30
_FREQUENT = frozenset(string.ascii_letters + string.digits)  # most texts begin with one of these, which can be seen
_YES_OR_NO = {"yes": True, "no": False, "true": True, "false": False}


class Invalid(ValueError):
    """A value that cannot be stored. `str(invalid)` is the sentence to show beside the field.

    `parts` are those of a date that are wrong; empty when the value is wrong as a whole.
    """

    def __init__(self, sentence: str, *, parts: Sequence[str] = ()) -> None:
        super().__init__(sentence)
        self.parts = parts


def is_blank(value: object) -> bool:
    """Return whether nothing was entered: None, a text in which nothing can be seen, or a list of nothing else."""
    if value is None or value == "":
        return True
    if not isinstance(value, str):
        return isinstance(value, list | tuple) and all(map(is_blank, value))
    if value[0] in _FREQUENT:
        return False
    return not any(seen(each).strip() and unicodedata.category(each) != "Cc" for each in value)


def trimmed(value: str) -> str:
    """Return text without the space around it; "" when nothing in it can be seen."""
    return "" if is_blank(value) else value.strip()


def text(value: object, label: str, *, size: int | None = None, is_long: bool = False) -> str:
    """Return text of at most `size` characters, in Unicode's composed form.

    Unless it `is_long`, it is one line: tabs and line breaks, which come with pasting from a table, become spaces.
    """
    if not isinstance(value, str):
        raise Invalid(f"{label} must be text")
    if not (value.isascii() and value.isprintable()):
        value = _cleaned(value, label, is_long=is_long)
    value = value.strip(" \t\n")
    if size and len(value) > size:
        raise Invalid(f"{label} must be {size:,} characters or fewer. It is {len(value):,} now")
    return value


def _cleaned(value: str, label: str, *, is_long: bool) -> str:
    value = visible(value)
    if not is_long:
        value = re.sub(r"[\t\n]+", " ", value)
    if found := UNUSABLE.search(value):
        name = f"U+{ord(found[0]):04X}"
        raise Invalid(f"{label} contains a character that cannot be kept ({name}). Delete it")
    return unicodedata.normalize("NFC", value)


def identifier(value: object, label: str, *, size: int | None = None) -> str:
    """Return one line of text, as typed but without invisible characters: a number, a code or a user ID."""
    return text(without_unseen(value) if isinstance(value, str) else value, label, size=size)


def date(value: object, label: str) -> Date:
    """Return a date from 1900 to 2200, given as such, as 2027-03-27, or as day, month and year.

    A month may be its name or the first letters of it.
    """
    if isinstance(value, str) and _WHOLE_DATE.fullmatch(value):
        with suppress(ValueError):  # for a day that does not exist, the parts say which of them is wrong
            return _in_these_centuries(Date.fromisoformat(value), label)
    if typed := date_parts(value):
        if missing := [part for part, figures in zip(_PARTS, typed, strict=True) if not figures]:
            raise Invalid(f"{label} must include a {' and '.join(missing)}", parts=missing)
        return Date(*year_month_day(typed, label))
    if not isinstance(value, Date) or isinstance(value, datetime):
        raise Invalid(f"{label} must be a date, written as 2027-03-27")
    return _in_these_centuries(value, label)


def date_parts(value: object) -> list[str]:
    """Return the texts of the day, the month and the year, "" for a part that is empty.

    `value` has three parts, or is written as 2027-03-27, 2027-03 or 2027. Return no part of any other value.
    """
    if isinstance(value, str) and (written := _ISO_DATE.fullmatch(plain(value))):
        value = written.groups("")[::-1]
    if isinstance(value, list | tuple) and len(value) == len(_PARTS):
        return [plain(str(part or "")) for part in value]
    return []


def year_month_day(typed: list[str], label: str) -> tuple[int, int, int]:
    """Return the numbers of a date that exists, from 1900 to 2200; 0 for a day or month whose text is empty.

    `typed` is as `date_parts` returns it.
    """
    day, month, year = (int(part) if part.isdecimal() and len(part) <= 4 else 0 for part in typed)
    month = month or _month_named(typed[1])
    if typed[0] and not 1 <= day <= 31:
        raise Invalid(f"{label} must have a day from 1 to 31", parts=["day"])
    if typed[1] and not 1 <= month <= 12:
        raise Invalid(f"{label} must have a month from 1 to 12, or its name", parts=["month"])
    if len(typed[2]) != 4 or not typed[2].isdecimal():
        raise Invalid(f"{label} must have a year with 4 figures", parts=["year"])
    first = _in_these_centuries(Date(max(year, 1), month or 1, 1), label)
    if day > (days := monthrange(year, first.month)[1]):
        raise Invalid(f"{label} must be a real date: {MONTHS[month - 1]} {year} has {days} days", parts=["day"])
    return year, month, day


def _month_named(typed: str) -> int:
    name = typed.casefold().rstrip(".")
    if name == "sept":
        return 9
    named = [number for number, full in enumerate(MONTHS, start=1) if full.casefold().startswith(name)]
    return named[0] if len(name) >= 3 and len(named) == 1 else 0


def _in_these_centuries(value: Date, label: str) -> Date:
    if not EARLIEST <= value.year <= LATEST:
        raise Invalid(f"{label} must have a year from {EARLIEST} to {LATEST}", parts=["year"])
    return value


def money(value: object, label: str, *, most: Decimal = MOST_MONEY) -> Decimal:
    """Return pounds from 0 to `most`, written `1234` or `1234.99` (manual 5, update fees).

    A pound sign and commas or spaces between thousands are understood: `£1,234.99`. An amount that could be misread is
    refused, such as `1.234,50`.
    """
    if isinstance(value, str):
        value = _amount(plain(value), label)
    if not isinstance(value, int | Decimal) or isinstance(value, bool) or not Decimal(value).is_finite():
        raise Invalid(f"{label} {_MONEY_FAULTS[-1][1]}")
    if value < 0:
        raise Invalid(f"{label} must be 0 or more")
    if value > most:
        raise Invalid(f"{label} must be {most:,.2f} or less")
    if value != (pounds := round(Decimal(value), 2)):
        raise Invalid(f"{label} must have 2 figures after the point, as 1234.99, or no point")
    return abs(pounds)  # no negative zero


def _amount(written: str, label: str) -> Decimal:
    if not (amount := _MONEY.fullmatch(written)):
        raise Invalid(f"{label} {next(fault for pattern, fault in _MONEY_FAULTS if pattern.fullmatch(written))}")
    figures = re.sub("[, ]", "", amount[1]) + (amount[2] or "")
    return Decimal(figures) if len(figures) <= _MOST_DIGITS else Decimal("1e30")


def number(value: object, label: str, *, least: int, most: int) -> int:
    """Return a whole number from `least` to `most`. Commas may separate its thousands."""
    if isinstance(value, str) and _WHOLE_NUMBER.fullmatch(written := plain(value)):
        value = int(written.replace(",", ""))
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise Invalid(f"{label} must be a whole number from {least:,} to {most:,}")
    return value


def decimal(value: object, label: str, *, most: int) -> Decimal:
    """Return a number from 0 to `most` with 1 decimal at most, such as hours."""
    if isinstance(value, str) and _ONE_DECIMAL.fullmatch(written := plain(value)):
        value = Decimal(written)
    fault = f"{label} must be a number from 0 to {most:,}, with 1 decimal at most"
    if not isinstance(value, int | Decimal) or isinstance(value, bool) or not Decimal(value).is_finite():
        raise Invalid(fault)
    if not 0 <= value <= most or value != (rounded := round(Decimal(value), 1)):
        raise Invalid(fault)
    return abs(rounded)  # no negative zero


def choice(value: object, label: str, *, codes: Collection[str]) -> str:
    """Return one of `codes`, exactly as it is written there."""
    if isinstance(value, str) and (code := plain(value)) in codes:
        return code
    if isinstance(value, str) and code.isprintable() and len(value) <= 50:
        raise Invalid(f"{label}: “{code}” is not in the list. Choose from the list")
    raise Invalid(f"{label}: choose from the list")


def yes_no(value: object, label: str) -> bool:
    """Return True for yes or true, False for no or false."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and (answer := _YES_OR_NO.get(plain(value).lower())) is not None:
        return answer
    raise Invalid(f"Select Yes or No for “{label}”")
