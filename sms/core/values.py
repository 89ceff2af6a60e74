"""Reading values: text, dates, money, numbers, choices and answers, from a form, a file or the database.

Each function returns the value to store, or raises `Invalid` with a sentence that is fit to show beside the field, in
which `label` names the field. Each accepts what it returns, so that a stored value can be checked again. Blank values
are the caller's business: see `is_blank`.

The table of characters comes first. No other module has a list of its own.
"""

from __future__ import annotations

import re
import unicodedata
from calendar import month_name, monthrange
from collections.abc import Collection, Sequence
from datetime import date as Date
from datetime import datetime
from decimal import Decimal

MONTHS = tuple(month_name)[1:]
EARLIEST, LATEST = 1900, 2200  # years of a date
MOST_MONEY = Decimal("99999999.99")  # pounds

# Characters, each group as the inside of a regular expression's brackets.

_NOT_CHARACTERS = "\ufdd0-\ufdef" + "".join(
    chr(plane | last) for plane in range(0, 0x110000, 0x10000) for last in (0xFFFE, 0xFFFF)
)
_SURROGATES = "\ud800-\udfff"
_HYPHENS = "\\-\u2010-\u2015"
_SOFT_HYPHEN = "\u00ad"

BREAKS = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
"""Line breaks other than the plain one: Word and macOS write some of them."""

SPACES = re.compile("[\u00a0\u115f\u1160\u1680\u2000-\u200a\u202f\u205f\u2800\u3000\u3164\uffa0]")
"""Spaces other than the plain one, and letters that look like one."""

INVISIBLE = re.compile(f"[{_SOFT_HYPHEN}\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]")
"""Format characters, such as a zero-width space that came with a copied name. The two joiners (U+200C, U+200D) are not
among them: Persian and several Indian scripts are written with them."""

UNUSABLE = re.compile(f"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f{_SURROGATES}{_NOT_CHARACTERS}]")
"""Controls, halves of surrogate pairs and code points that are no characters. No database, PDF or XML file takes all of
them. Tabs and line breaks are not among them."""

UNSTORABLE = re.compile(f"[\x00{_SURROGATES}]")
"""Characters that PostgreSQL does not take, not even in JSON."""

APOSTROPHES = re.compile("['`\u00b4\u02b9\u02bc\u2018\u2019]")
BETWEEN_WORDS = re.compile(rf"[\s{_SOFT_HYPHEN}{_HYPHENS}.,]+")
"""Spaces, hyphens and dashes, full stops and commas."""

_ENDS = " \t\n\u200c\u200d"
_PARTS = ("day", "month", "year")
_ISO_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_MONEY = re.compile(r"[0-9]+(\.[0-9]{2})?")
_MONEY_FAULTS = (
    (re.compile(r"£\s*[0-9][0-9, ]*(\.[0-9]*)?"), "must be written without the pound sign, as 1234 or 1234.99"),
    (re.compile(r"[0-9]+([, ][0-9]+)+(\.[0-9]*)?"), "must be written without commas or spaces, as 1234 or 1234.99"),
    (re.compile(r"[-\u2212]\s*£?[0-9]+(\.[0-9]*)?"), "must be 0 or more"),
    (re.compile(r"[0-9]*\.[0-9]*"), "must have two figures after the point, as 1234.99, or no point"),
    (re.compile(r"(?s).*"), "must be an amount in pounds, as 1234 or 1234.99"),
)
# As many digits as could ever be right: `int` and `Decimal` are not asked to read a million of them.
_WHOLE_NUMBER = re.compile(r"-?[0-9]{1,18}")
_MOST_DIGITS = 30
_YES_OR_NO = {"yes": True, "no": False, "true": True, "false": False}


class Invalid(ValueError):
    """A value that cannot be stored. `str(invalid)` is the sentence to show beside the field.

    `parts` are those of a date that are wrong; empty when the value is wrong as a whole.
    """

    def __init__(self, sentence: str, *, parts: Sequence[str] = ()) -> None:
        super().__init__(sentence)
        self.parts = parts


def is_blank(value: object) -> bool:
    """Return whether nothing was entered: None, only spaces, or a list of nothing else."""
    if isinstance(value, list | tuple):
        return all(map(is_blank, value))
    return value is None or (isinstance(value, str) and not value.strip())


def text(value: object, label: str, *, size: int | None = None, is_long: bool = False) -> str:
    """Return text of at most `size` characters, in Unicode's composed form.

    Unless it `is_long`, it is one line: tabs and line breaks, which come with pasting from a table, become spaces.
    """
    if not isinstance(value, str):
        raise Invalid(f"{label} must be text")
    if not (value.isascii() and value.isprintable()):
        value = _tidied(value, label, is_long=is_long)
    value = value.strip(_ENDS)
    if size and len(value) > size:
        raise Invalid(f"{label} must be {size:,} characters or fewer. It is {len(value):,} now")
    return value


def _tidied(value: str, label: str, *, is_long: bool) -> str:
    value = SPACES.sub(" ", INVISIBLE.sub("", with_plain_breaks(value.strip())))
    if not is_long:
        value = re.sub(r"[\t\n]+", " ", value)
    if found := UNUSABLE.search(value):
        name = f"U+{ord(found[0]):04X}"
        raise Invalid(f"{label} contains a character that cannot be kept ({name}). Delete it")
    return unicodedata.normalize("NFC", value)


def with_plain_breaks(value: str) -> str:
    """Return text with a single character for each line break; browsers send two."""
    return BREAKS.sub("\n", value)


def date(value: object, label: str) -> Date:
    """Return a date from 1900 to 2200, given as such, as 2027-03-27, or as day, month and year.

    A month may be its name or the first letters of it.
    """
    if isinstance(value, str) and (written := _ISO_DATE.fullmatch(_in_plain_digits(value))):
        value = written.groups()[::-1]
    if isinstance(value, list | tuple) and len(value) == len(_PARTS):
        return _date_of_parts([_in_plain_digits(str(part or "")) for part in value], label)
    if not isinstance(value, Date) or isinstance(value, datetime):
        raise Invalid(f"{label} must be a date, written as 2027-03-27")
    return _in_these_centuries(value, label)


def _date_of_parts(typed: list[str], label: str) -> Date:
    if missing := [part for part, figures in zip(_PARTS, typed, strict=True) if not figures]:
        raise Invalid(f"{label} must include a {' and '.join(missing)}", parts=missing)
    day, month, year = (int(part) if part.isdecimal() and len(part) <= 4 else 0 for part in typed)
    month = _month_named(typed[1]) or month
    if not 1 <= day <= 31:
        raise Invalid(f"{label} must have a day from 1 to 31", parts=["day"])
    if not 1 <= month <= 12:
        raise Invalid(f"{label} must have a month from 1 to 12, or its name", parts=["month"])
    if len(typed[2]) != 4 or not typed[2].isdecimal():
        raise Invalid(f"{label} must have a year with four figures, such as 2026", parts=["year"])
    first = _in_these_centuries(Date(max(year, 1), month, 1), label)
    if day > (days := monthrange(year, month)[1]):
        raise Invalid(f"{label} must be a real date: {MONTHS[month - 1]} {year} has {days} days", parts=["day"])
    return first.replace(day=day)


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
    """Return pounds from 0 to `most`, written `1234` or `1234.99` (manual 5, update fees)."""
    if isinstance(value, str):
        value = _amount(_in_plain_digits(value), label)
    if not isinstance(value, int | Decimal) or isinstance(value, bool) or not Decimal(value).is_finite():
        raise Invalid(f"{label} {_MONEY_FAULTS[-1][1]}")
    if value < 0:
        raise Invalid(f"{label} must be 0 or more")
    if value > most:
        raise Invalid(f"{label} must be {most:,.2f} or less")
    if value != (pounds := round(Decimal(value), 2)):
        raise Invalid(f"{label} must have two figures after the point, as 1234.99, or no point")
    return abs(pounds)  # no negative zero


def _amount(written: str, label: str) -> Decimal:
    if not _MONEY.fullmatch(written):
        raise Invalid(f"{label} {next(fault for pattern, fault in _MONEY_FAULTS if pattern.fullmatch(written))}")
    return Decimal(written) if len(written) <= _MOST_DIGITS else Decimal("1e30")


def number(value: object, label: str, *, least: int, most: int) -> int:
    """Return a whole number from `least` to `most`."""
    if isinstance(value, str) and _WHOLE_NUMBER.fullmatch(written := _in_plain_digits(value)):
        value = int(written)
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise Invalid(f"{label} must be a whole number from {least:,} to {most:,}")
    return value


def choice(value: object, label: str, *, codes: Collection[str]) -> str:
    """Return one of `codes`, exactly as it is written there."""
    if isinstance(value, str) and (code := value.strip()) in codes:
        return code
    if isinstance(value, str) and value.isprintable() and len(value) <= 50:
        raise Invalid(f"{label}: “{value}” is not in the list. Choose from the list")
    raise Invalid(f"{label}: choose from the list")


def yes_no(value: object, label: str) -> bool:
    """Return True for yes or true, False for no or false."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and (answer := _YES_OR_NO.get(value.strip().lower())) is not None:
        return answer
    raise Invalid(f"Select Yes or No for “{label}”")


def _in_plain_digits(typed: str) -> str:
    """Return text with the digits of other scripts (Arabic, Devanagari, full width) as 0 to 9, without space around."""
    return "".join(str(unicodedata.decimal(sign)) if sign.isdecimal() else sign for sign in typed).strip()
