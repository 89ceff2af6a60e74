"""Correct moments in the database that a clock wrote while it ran ahead."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from sms.core import clock


def bring_back(rows: QuerySet[Any], *names: str) -> None:
    """Set each of these columns to the present wherever it holds a moment to come.

    Otherwise what is deleted after a time would be kept for longer, by as much as the clock was ahead. For jobs that
    wait while the clock is doubted: one that is behind would make everything look older than it is.
    """
    now = clock.now()
    for name in names:
        rows.filter(**{f"{name}__gt": now}).update(**{name: now})
