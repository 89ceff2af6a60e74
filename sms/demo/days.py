"""Days before and after today, so that the demo data is plausible in any year."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from dateutil.relativedelta import MO, relativedelta

from sms.core import clock
from sms.core.clock import LONDON

INTAKES = (1, 9)  # courses start in the middle of January and of September
NOTICE = timedelta(days=45)  # from the creation of a CAS to the start of its course

_DAY = timedelta(days=1)
_SATURDAY = 5


def ago(workdays: int) -> date:
    """Return the day this many working days before today."""
    return _stepped(-_DAY, workdays)


def later(workdays: int, at: str) -> datetime:
    """Return the day this many working days after today, at about the time `at`."""
    return about(_stepped(_DAY, workdays), at)


def about(day: date, at: str) -> datetime:
    """Return the day with a time up to 24 minutes after `at`, so that not everything happens at the same minute."""
    return exactly(day, at) + timedelta(minutes=day.toordinal() * 7 % 25)


def exactly(day: date, at: str) -> datetime:
    return datetime.combine(day, time.fromisoformat(at), LONDON)


def minutes_later(minutes: int) -> datetime:
    return clock.now() + timedelta(minutes=minutes)


def next_intake() -> date:
    """Return the Monday on which the next courses start that a student can still join."""
    earliest = clock.today() + NOTICE
    starts = (
        date(year, month, 10) + relativedelta(weekday=MO)
        for year in (earliest.year, earliest.year + 1)
        for month in INTAKES
    )
    return next(start for start in starts if start >= earliest)


def _stepped(step: timedelta, workdays: int) -> date:
    day = clock.today()
    for _ in range(workdays):
        day += step
        while day.weekday() >= _SATURDAY:
            day += step
    return day
