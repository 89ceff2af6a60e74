"""Deadlines for reports, in working days of England and Wales (specification, section 8)."""

from __future__ import annotations

from datetime import date, timedelta

from holidays import country_holidays

TIME_TO_REPORT = 10  # working days
A_DAY = timedelta(days=1)

_bank_holidays = country_holidays("GB", subdiv="ENG")  # Wales has the same


def is_working_day(day: date) -> bool:
    return day.weekday() < 5 and day not in _bank_holidays


def due_on(day: date) -> date:
    """Return the last day to report an event of `day` in time: the tenth working day after it."""
    left = TIME_TO_REPORT
    while left:
        day += A_DAY
        left -= is_working_day(day)
    return day


def is_late(day: date, reported_on: date) -> bool:
    """Return whether an event of `day` was due to be reported before `reported_on`."""
    # The first test avoids counting the working days of many years.
    return reported_on > day + 5 * TIME_TO_REPORT * A_DAY or (reported_on > day and reported_on > due_on(day))
