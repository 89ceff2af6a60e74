"""The fee for a CAS, and the day from which it applies (specification, section 4)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, ClassVar

from django.db import models, transaction
from django.db.models import Q

from cas import refusals
from licences.models import Event
from licences.models.event import changes
from licences.permissions import Action, require
from sms.core import clock
from sms.core.govuk import formats

if TYPE_CHECKING:
    from licences.models import User


class FeeQuerySet(models.QuerySet["Fee"]):
    def on(self, day: date | None = None) -> int:
        """Return the fee of one CAS in pence, on `day` or today. Raises `Fee.DoesNotExist` before the first fee."""
        return self.filter(from_on__lte=day or clock.today()).latest("from_on").pence

    @transaction.atomic
    def add(self, *, by: User, from_on: date, pence: int) -> Fee:
        """Add a fee of `pence` for each CAS from the day `from_on`. Orders that are already open keep their fee.

        Raises `Refused` if the day is in the past, or if it already has a fee.
        """
        require(by, Action.FEES_SET)
        if from_on < clock.today():
            raise refusals.FEE_IN_THE_PAST()
        fee, is_new = self.get_or_create(from_on=from_on, defaults={"pence": pence})
        if not is_new:
            raise refusals.FEE_THERE_ALREADY(day=formats.day(from_on), fee=formats.pounds(fee.pence))
        Event.objects.record("add", fee, by=by, data=changes({}, {"from_on": from_on, "pence": pence}))
        return fee


class Fee(models.Model):
    from_on = models.DateField("from", unique=True)
    pence = models.PositiveIntegerField("fee of one CAS, in pence")

    objects = FeeQuerySet.as_manager()

    event_kind = "fee"
    event_licence_id = None

    class Meta:
        ordering: ClassVar = ["-from_on"]
        constraints: ClassVar = [models.CheckConstraint(condition=Q(pence__gt=0), name="fee_is_something")]

    def __str__(self) -> str:
        return f"{formats.pounds(self.pence)} from {formats.day(self.from_on)}"

    @property
    def event_label(self) -> str:
        return str(self)
