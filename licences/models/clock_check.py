"""Keep the times that `licences.clock_guard` compares the clock with, in one row for the whole portal."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import Q


class ClockCheckQuerySet(models.QuerySet["ClockCheck"]):
    def remember(self, **moments: datetime) -> None:
        """Write `last_run_at` or `confirmed_at` into the one row."""
        self.update_or_create(pk=1, defaults=moments)


class ClockCheck(models.Model):
    """When the jobs last ran without having to wait, and when the clock was last confirmed, in real time."""

    last_run_at = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(null=True)

    objects = ClockCheckQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=Q(pk=1), name="clock_check_is_one_row")]

    def __str__(self) -> str:
        return f"last run {self.last_run_at}, confirmed {self.confirmed_at}"
