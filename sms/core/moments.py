"""Correct times in the database that a clock wrote while it ran ahead."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from sms.core import clock


def bring_back(rows: QuerySet[Any], *names: str) -> None:
    """Set each of these columns to the current time in rows where it is later.

    Otherwise rows that are deleted after some time would be kept for longer, by as much as the clock was ahead. Only
    jobs that wait while the clock is in doubt may call this: a clock that is behind would change correct times.
    """
    now = clock.now()
    for name in names:
        rows.filter(**{f"{name}__gt": now}).update(**{name: now})
