"""Moments for tests that set the clock to a day.

`clock.now()` and a number of days do not reach the day that they seem to: late in the evening, and when the clocks of
London change in between, they end in the day after or before.
"""

from datetime import datetime, time, timedelta

from sms.core import clock


def noon_on(day):
    """Return noon in London of this day."""
    return datetime.combine(day, time(12), tzinfo=clock.LONDON)


def after_days(count):
    """Set the clock to noon of the day that is `count` days after today, or before it; stop it now if that is 0."""
    return clock.set_to(noon_on(clock.today() + timedelta(days=count)) if count else clock.now())
