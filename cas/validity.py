"""How long an assigned CAS is valid (specification, section 4)."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from dateutil.relativedelta import relativedelta

VALID_MONTHS = 6


@lru_cache(maxsize=64)
def expiry_date(assigned_on: date) -> date:
    """Return the day six calendar months later, or the last day of that month: 31 August gives 28 or 29 February."""
    return assigned_on + relativedelta(months=VALID_MONTHS)


def about_assigned(expires_on: date) -> tuple[date, date]:
    """Return two days between which a CAS that expires on this day was assigned.

    CAS assigned on four days of August all expire on 28 February, so a week on each side is more than enough.
    """
    about = expires_on - relativedelta(months=VALID_MONTHS)
    return about - relativedelta(weeks=1), about + relativedelta(weeks=1)
