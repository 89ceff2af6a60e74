"""Ten working days of England and Wales (specification, section 8)."""

from datetime import date

import pytest

from sponsorship_duties.deadlines import due_on, is_late, is_working_day


@pytest.mark.parametrize(
    ("day", "due"),
    [
        (date(2026, 11, 2), date(2026, 11, 16)),  # Monday to Monday
        (date(2026, 11, 7), date(2026, 11, 20)),  # from a Saturday, counting starts on Monday
        (date(2026, 12, 18), date(2027, 1, 6)),  # Christmas Day, Boxing Day on the Monday, New Year's Day
        (date(2026, 3, 27), date(2026, 4, 14)),  # Good Friday, Easter Monday, and the clocks
        (date(2028, 2, 18), date(2028, 3, 3)),  # over a leap day
        (date(2022, 5, 30), date(2022, 6, 15)),  # two days for the Platinum Jubilee
    ],
)
def test_bank_holidays_and_weekends_do_not_count(day, due):
    assert due_on(day) == due
    assert not is_late(day, due)
    assert is_late(day, date.fromordinal(due.toordinal() + 1))


def test_an_event_in_the_future_is_not_late():
    assert not is_late(date(2026, 11, 23), date(2026, 11, 22))


def test_an_event_of_a_century_ago_is_late():
    assert is_late(date(1900, 1, 1), date(2026, 11, 22))


def test_bank_holidays_are_those_of_england_not_of_scotland():
    assert is_working_day(date(2026, 1, 2))
    assert is_working_day(date(2026, 11, 30))
    assert not is_working_day(date(2026, 8, 31))
