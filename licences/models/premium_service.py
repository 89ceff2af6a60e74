"""The premium customer service of a sponsor: its years, and their fees, which are paid outside the portal."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, ClassVar

from dateutil.relativedelta import relativedelta
from django.db import models, transaction
from django.db.models import F, Q

from licences import refusals
from licences.models.event import Event, as_new
from licences.models.licence import Licence
from licences.permissions import Action, require
from licences.scoping import LicenceScopedQuerySet
from sms.core import clock, triggers
from sms.core.govuk import formats

if TYPE_CHECKING:
    from licences.models.user import User


class PremiumServiceQuerySet(LicenceScopedQuerySet["PremiumService"]):
    owner_path = ""

    def unpaid(self, licence: Licence) -> PremiumService | None:
        """Return the earliest year whose fee is not recorded as paid."""
        return self.filter(licence=licence, paid_on=None).order_by("from_on").first()

    def next_first_day(self, licence: Licence) -> date:
        """Return the first day of the next year: today, or the day after the last year ends."""
        last = self.filter(licence=licence).order_by("-until_on").values_list("until_on", flat=True).first()
        return max(clock.today(), last + relativedelta(days=1)) if last else clock.today()

    @transaction.atomic
    def add(self, licence: Licence, *, by: User, from_on: date | None = None, fee_pence: int) -> PremiumService:
        """Give the licence the service for a year, from a day or as soon as the last year ends. Raises `Refused`."""
        require(by, Action.LICENCES_KEEP)
        licence.lock_in_force()
        from_on = from_on or self.next_first_day(licence)
        values = {"from_on": from_on, "until_on": from_on + relativedelta(years=1, days=-1), "fee_pence": fee_pence}
        others = self.filter(licence=licence, from_on__lte=values["until_on"], until_on__gte=from_on)
        if there := others.first():
            raise refusals.PREMIUM_OVERLAPS.about(
                "from_on", first_day=formats.day(there.from_on), last_day=formats.day(there.until_on)
            )
        service = self.create(licence=licence, **values)
        Event.objects.record("add_premium_service", licence, by=by, data=as_new(values))
        return service


class PremiumService(models.Model):
    licence = models.ForeignKey("licences.Licence", models.PROTECT, related_name="premium_services")
    from_on = models.DateField("from")
    until_on = models.DateField("until")
    fee_pence = models.PositiveIntegerField("fee")
    paid_on = models.DateField("paid on", null=True, editable=False)

    objects = PremiumServiceQuerySet.as_manager()

    guards: ClassVar = (
        triggers.frozen(
            "origin",
            ["id", "licence_id", "from_on", "until_on", "fee_pence"],
            "The origin of a premium service never changes",
        ),
        triggers.frozen("paid", ["paid_on"], "A recorded payment never changes", when="OLD.paid_on IS NOT NULL"),
        triggers.never_deleted("Premium services"),
    )

    class Meta:
        verbose_name = "premium customer service"
        ordering: ClassVar = ["-from_on"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["licence", "from_on"], name="premium_service_once_from_a_day"),
            models.CheckConstraint(condition=Q(until_on__gte=F("from_on")), name="premium_service_in_order"),
        ]

    def __str__(self) -> str:
        return f"{formats.day(self.from_on)} to {formats.day(self.until_on)}"

    @transaction.atomic
    def record_payment(self, paid_on: date, *, by: User) -> None:
        """Record that the fee was paid on a day. Raises `Refused` if it is recorded already, or for a future day."""
        require(by, Action.LICENCES_KEEP)
        self.licence.lock_in_force()
        self.refresh_from_db(fields=["paid_on"])
        if self.paid_on:
            raise refusals.FEE_PAID_ALREADY()
        if paid_on > clock.today():
            raise refusals.PAID_IN_THE_FUTURE.about("paid_on")
        self.paid_on = paid_on
        self.save(update_fields=["paid_on"])
        data = {"from_on": [None, str(self.from_on)], "paid_on": [None, str(paid_on)]}
        Event.objects.record("pay_premium_service", self.licence, by=by, data=data)
