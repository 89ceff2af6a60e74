"""How long an assigned CAS is valid (specification, section 4)."""

from __future__ import annotations

from datetime import date

from dateutil.relativedelta import relativedelta

VALID_MONTHS = 6


def expiry_date(assigned_on: date) -> date:
    """Six calendar months later, or that month's last day: 31 August gives 28 or 29 February."""
    return assigned_on + relativedelta(months=VALID_MONTHS)


def about_assigned(expires_on: date) -> tuple[date, date]:
    """Two days between which a CAS was assigned that expires on this day.

    28 February is the expiry date of four days of August: a week is more than enough on both sides.
    """
    about = expires_on - relativedelta(months=VALID_MONTHS)
    return about - relativedelta(weeks=1), about + relativedelta(weeks=1)
