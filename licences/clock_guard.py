"""Hold back what cannot be undone while the portal's clock may be wrong (docs/decisions, 15).

Jobs that expire, lapse or delete records by date wait while `clock_problem` reports a problem. On PostgreSQL it
compares the portal's clock with the server's. SQLite has no other clock, so it compares with the last run of the jobs.
In demo mode nothing is held back.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps

from django.conf import settings
from django.db import connection

from licences.models import ClockCheck
from sms.core import clock
from sms.core.govuk.formats import moment

logger = logging.getLogger(__name__)

FURTHEST_APART = timedelta(hours=1)  # the portal's clock and the PostgreSQL server's
LONGEST_PAUSE = timedelta(days=1)  # from one run of the jobs to the next, on SQLite
CONFIRMATION_LASTS = timedelta(days=1)

CONFIRM = "manage.py confirm_clock"


def clock_problem() -> str | None:
    """Return why work that depends on the date must wait, and what to do; None if the clock seems right."""
    if settings.DEMO:
        return None
    now, check = clock.real_now(), ClockCheck.objects.first()
    if check and _is_confirmed(check.confirmed_at, now):
        return None
    if connection.vendor == "postgresql":
        return _difference(now, _servers_now())
    return _pause(now, check.last_run_at if check else None)


def waits_for_clock(job: Callable[[], int]) -> Callable[[], int]:
    """Decorate a job so that it does nothing, and returns 0, while there is a `clock_problem`."""

    @wraps(job)
    def waiting() -> int:
        return 0 if clock_problem() else job()

    waiting.waits_for_clock = True  # type: ignore[attr-defined]
    return waiting


def record_run() -> int:
    """Record that the jobs ran now, and return 1. While they have to wait, log why and return 0.

    The time of the last run then stays unchanged, so that the next run finds the same problem.
    """
    if problem := clock_problem():
        logger.error("%s", problem)
        return 0
    ClockCheck.objects.all().remember(last_run_at=clock.real_now())
    return 1


def confirm_clock() -> datetime:
    """Record that an operator confirmed the portal's clock. Return until when the confirmation lasts."""
    now = clock.real_now()
    ClockCheck.objects.all().remember(confirmed_at=now)
    logger.warning("The clock was confirmed")
    return now + CONFIRMATION_LASTS


def _is_confirmed(confirmed_at: datetime | None, now: datetime) -> bool:
    # A confirmation no longer counts if the clock has jumped since, in either direction.
    return confirmed_at is not None and confirmed_at <= now < confirmed_at + CONFIRMATION_LASTS


def _difference(ours: datetime, servers: datetime) -> str | None:
    if abs(ours - servers) <= FURTHEST_APART:
        return None
    return (
        f"The portal's clock says {moment(ours)}, and the database server's says {moment(servers)}. Nothing expires, "
        f"lapses or is deleted until they agree, or until you confirm that the portal's clock is right: {CONFIRM}"
    )


def _pause(now: datetime, last_run_at: datetime | None) -> str | None:
    if last_run_at is None or abs(now - last_run_at) <= LONGEST_PAUSE:
        return None
    return (
        f"The portal's clock says {moment(now)}, but the jobs last ran on {moment(last_run_at)}. Either they were "
        "stopped, or the clock has jumped: an outage looks the same. Nothing expires, lapses or is deleted until you "
        f"correct the clock, or confirm that it is right: {CONFIRM}"
    )


def _servers_now() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]
