"""Partial dates: a passport may show the year only, or the month and year (specification, section 8)."""

from __future__ import annotations

import re
from calendar import monthrange
from contextlib import suppress
from datetime import date, datetime
from typing import Self

from sms.core import values
from sms.core.values import EARLIEST, LATEST, Invalid

_TEXT = re.compile(r"[0-9]{4}(-(?!00)[0-9]{2}(-(?!00)[0-9]{2})?)?")


class PartialDate(str):
    """A date whose day, or day and month, may be unknown: 1990-05-12, 1990-05 or 1990, from 1900 to 2200.

    It is a string, so the database, JSON and files hold it unchanged, and it is sorted as text: a year
    comes before its months, and a month before its days.

    Two dates that agree need not be equal. Agreement is not transitive: 1990 agrees with 1990-05 and with 1990-06,
    which do not agree with each other. So records cannot be grouped by it.
    """

    __slots__ = ()

    def __new__(cls, text: str) -> Self:
        """Raise `ValueError` unless `text` is such a date and exists."""
        if not _TEXT.fullmatch(text) or not EARLIEST <= int(text[:4]) <= LATEST:
            raise ValueError(f"{text!r} is no year, month or day")
        self = super().__new__(cls, text)
        _ = self.earliest  # refuses a month or day that does not exist
        return self

    @classmethod
    def of(cls, year: int, month: int = 0, day: int = 0) -> Self:
        """Return the date of these parts; 0 is a part that is unknown."""
        return cls("-".join([f"{year:04}", *(f"{part:02}" for part in (month, day) if part)]))

    @property
    def year(self) -> int:
        return int(self[:4])

    @property
    def month(self) -> int | None:
        return int(self[5:7] or 0) or None

    @property
    def day(self) -> int | None:
        return int(self[8:] or 0) or None

    @property
    def is_full(self) -> bool:
        return self.day is not None

    @property
    def earliest(self) -> date:
        """The first day that it can be."""
        return date(self.year, self.month or 1, self.day or 1)

    @property
    def latest(self) -> date:
        """The last day that it can be."""
        month = self.month or 12
        return date(self.year, month, self.day or monthrange(self.year, month)[1])

    def agrees_with(self, other: PartialDate) -> bool:
        """Return whether both can be the same day: they are equal in the parts that both have."""
        return self.startswith(other) or other.startswith(self)


def partial_date(value: object, label: str) -> PartialDate:
    """Return a date whose day, or day and month, may be missing.

    `value` is a date, a text such as 1990-05-12, 1990-05 or 1990, or day, month and year, where the day or the day and
    month may be empty. Raises `Invalid`, as the functions of `sms.core.values` do.
    """
    if isinstance(value, PartialDate):
        return value
    if isinstance(value, date) and not isinstance(value, datetime):
        return PartialDate(values.date(value, label).isoformat())
    if isinstance(value, str):
        with suppress(ValueError):  # for other forms, and to say which part of a date is wrong
            return PartialDate(value)
    if not (typed := values.date_parts(value)):
        raise Invalid(f"{label} must be a date, written as 1990-05-12, 1990-05 or 1990")
    day, month, year = typed
    if not year:
        missing = ["year"] if month or not day else ["month", "year"]
        raise Invalid(f"{label} must include a {' and '.join(missing)}", parts=missing)
    if day and not month:
        raise Invalid(f"{label} must include a month. If you do not know it, leave the day empty too", parts=["month"])
    return PartialDate.of(*values.year_month_day(typed, label))
