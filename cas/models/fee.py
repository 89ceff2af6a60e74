"""What a CAS costs, from which day (specification, section 4)."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import Q

from sms.core import clock


class FeeQuerySet(models.QuerySet["Fee"]):
    def on(self, day: date | None = None) -> int:
        """The fee of one CAS in pence, on `day` or today. Raises `Fee.DoesNotExist` before the first."""
        return self.filter(from_on__lte=day or clock.today()).latest("from_on").pence


class Fee(models.Model):
    from_on = models.DateField("from", unique=True)
    pence = models.PositiveIntegerField("fee of one CAS, in pence")

    objects = FeeQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-from_on"]
        constraints: ClassVar = [models.CheckConstraint(condition=Q(pence__gt=0), name="fee_is_something")]

    def __str__(self) -> str:
        return f"£{self.pence / 100:,.2f} from {self.from_on:%-d %B %Y}"
