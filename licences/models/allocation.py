"""Allocations: how many CAS a sponsor may assign on one route in one year (specification, section 5).

Pages read the counters. The ledger's entries say what happened, line by line. The two always agree, which
`manage.py check_ledger` proves. A change is one entry and one conditional UPDATE of the counters. The UPDATE comes last
in its transaction, because all users of a sponsor compete for that row.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, ClassVar, NamedTuple, Self

from dateutil.relativedelta import relativedelta
from django.db import models, transaction
from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import Now

from licences import refusals
from licences.models.event import Changes, Event, changes
from licences.models.licence import Licence
from licences.permissions import Action, require
from licences.routes import Route
from licences.scoping import LicenceScopedQuerySet
from sms.core import clock, triggers
from sms.core.append_only import AppendOnlyModel, AppendOnlyQuerySet
from sms.core.constraints import known
from sms.core.govuk import formats
from sms.core.refused import Refused

if TYPE_CHECKING:
    from licences.models.user import User


RENEWAL_OPENS = relativedelta(months=3)  # before the last day


class Effect(NamedTuple):
    """The numbers that each place of an entry adds to the counters of the allocation."""

    granted: int = 0
    used: int = 0
    held: int = 0


EFFECTS: dict[str, Effect] = {
    "grant": Effect(granted=1),
    "reduce": Effect(granted=-1),
    "hold": Effect(held=1),
    "release": Effect(held=-1),
    "use": Effect(used=1, held=-1),  # held places
    "take": Effect(used=1),  # unused places, for a payment that arrived after its hold was released
}

ENTRY_LABELS = {
    "grant": "Granted",
    "reduce": "Reduced",
    "hold": "Held for a payment",
    "release": "Released",
    "use": "Used",
    "take": "Used after a late payment",
}


class AllocationQuerySet(LicenceScopedQuerySet["Allocation"]):
    owner_path = "licence__users"

    def in_force(self) -> Self:
        """Return the allocations whose year includes today. The Student route comes first."""
        today = clock.today()
        return self.filter(starts_on__lte=today, expires_on__gte=today).order_by("-route")

    def with_next(self) -> Self:
        """Add to each the first day of the next year of its route, as `next_on`; None if it is not granted yet."""
        later = Allocation.objects.filter(
            licence=OuterRef("licence"), route=OuterRef("route"), starts_on__gt=OuterRef("starts_on")
        )
        return self.annotate(next_on=Subquery(later.order_by("starts_on").values("starts_on")[:1]))

    def current(self, licence_id: int, route: str) -> Allocation | None:
        """Return the allocation of this route whose year includes today; None if there is none."""
        return self.in_force().filter(licence_id=licence_id, route=route).order_by("-starts_on").first()

    def why_not_grant(self, licence: Licence, route: str, starts_on: date) -> Refused | None:
        """Return why no allocation of this route can start on that day; None if one can. Years must not overlap."""
        if route not in licence.open_routes():
            return refusals.ALLOCATION_FOR_UNCOVERED_ROUTE()
        ends_before = starts_on + relativedelta(years=1)
        years = self.filter(licence=licence, route=route, starts_on__lt=ends_before, expires_on__gte=starts_on)
        if there := years.first():
            first_day, last_day = formats.day(there.starts_on), formats.day(there.expires_on)
            return refusals.ALLOCATION_OVERLAPS(first_day=first_day, last_day=last_day)
        return None

    @transaction.atomic
    def grant(self, *, by: User, licence: Licence, route: str, starts_on: date, number: int) -> Allocation:
        """Create an allocation of `number` places, for one year from `starts_on`.

        Raises `Refused` for a route that the licence does not cover, and for a year that overlaps another.
        """
        require(by, Action.ALLOCATION_GRANT)
        Licence.objects.select_for_update(no_key=True).get(pk=licence.pk)  # so of two grants at once, one waits
        if refused := self.why_not_grant(licence, route, starts_on):
            raise refused
        allocation = self.create(
            licence=licence,
            route=route,
            starts_on=starts_on,
            expires_on=starts_on + relativedelta(years=1, days=-1),
        )
        data = changes({}, {"route": route, "starts_on": starts_on, "granted": number})
        Event.objects.record("grant", allocation, by=by, data=data)
        allocation.enter("grant", number, by=by)
        return allocation

    @transaction.atomic
    def enter(self, allocation: Allocation, kind: str, number: int, *, by: User, order: str = "") -> None:
        """Write an entry of `number` places into the ledger, and change the counters by it.

        `order` is the reference of the order that the places are for. Raises `Refused`, and writes nothing, if fewer
        than `number` places are unused and the entry needs unused places.
        """
        AllocationEntry.objects.create(
            allocation=allocation, kind=kind, number=number, order=order, by=by, at=clock.now()
        )
        effect = EFFECTS[kind]
        after = {name: F(name) + number * each for name, each in effect._asdict().items() if each}
        rows = self.filter(pk=allocation.pk)
        needed = number * (effect.used + effect.held - effect.granted)
        if needed > 0:
            rows = rows.filter(granted__gte=F("used") + F("held") + needed)
        if rows.update(**after) != 1:
            raise allocation.too_few(number)


class Allocation(models.Model):
    licence = models.ForeignKey(Licence, models.PROTECT, related_name="allocations")
    route = models.CharField(max_length=20, choices=Route.choices)
    starts_on = models.DateField("first day")
    expires_on = models.DateField("last day")
    granted = models.PositiveIntegerField(default=0, editable=False)
    used = models.PositiveIntegerField(default=0, editable=False)
    held = models.PositiveIntegerField(default=0, editable=False)

    objects = AllocationQuerySet.as_manager()

    next_on: date | None  # of the allocations that were read `with_next`

    event_kind = "allocation"
    guards: ClassVar = (triggers.never_deleted("Allocations"),)

    class Meta:
        ordering: ClassVar = ["route", "-starts_on"]
        constraints: ClassVar = [
            known("route", Route.values, table="allocation"),
            models.UniqueConstraint(fields=["licence", "route", "starts_on"], name="allocation_once_a_year"),
            models.CheckConstraint(
                condition=Q(granted__gte=F("used") + F("held")), name="allocation_unused_never_below_zero"
            ),
            models.CheckConstraint(condition=Q(expires_on__gt=F("starts_on")), name="allocation_ends_after_it_starts"),
        ]

    def __str__(self) -> str:
        return f"{self.get_route_display()} route {self.year}"

    @property
    def year(self) -> str:
        """Return the year as sponsors write it: 2026/27."""
        return f"{self.starts_on.year}/{self.expires_on.year % 100:02}"

    @property
    def is_about_to_expire(self) -> bool:
        """Return whether its renewal can be requested: it expires within three months."""
        return self.expires_on <= clock.today() + RENEWAL_OPENS

    @property
    def unused(self) -> int:
        return self.granted - self.used - self.held

    @property
    def event_label(self) -> str:
        return str(self)

    @property
    def event_licence_id(self) -> int:
        return self.licence_id

    @transaction.atomic
    def change_granted(self, granted: int, *, by: User, reason: str) -> None:
        """Set the number of places granted, and keep the reason in the history.

        Raises `Refused` if it is less than the places used and held.
        """
        require(by, Action.ALLOCATION_GRANT)
        self.refresh_from_db(from_queryset=Allocation.objects.select_for_update(no_key=True))
        if granted == self.granted:
            return
        if granted < (taken := self.used + self.held):
            raise refusals.FEWER_THAN_TAKEN(taken=f"{taken:,}", used=f"{self.used:,}", held=f"{self.held:,}")
        data: Changes = {"granted": [self.granted, granted], "reason": [None, reason]}
        Event.objects.record("change_granted", self, by=by, data=data)
        self.enter("grant" if granted > self.granted else "reduce", abs(granted - self.granted), by=by)

    @transaction.atomic
    def enter(self, kind: str, number: int, *, by: User, order: str = "") -> None:
        """Do as `AllocationQuerySet.enter`, and read the counters of this instance again."""
        Allocation.objects.enter(self, kind, number, by=by, order=order)
        self.refresh_from_db()

    def too_few(self, number: int) -> Refused:
        """Return the refusal of `number` places, with the current figures."""
        self.refresh_from_db()
        return refusals.TOO_FEW_PLACES(
            allocation=self,
            unused=f"{self.unused:,}",
            granted=f"{self.granted:,}",
            used=f"{self.used:,}",
            held=f"{self.held:,}",
            number=f"{number:,}",
        )


class AllocationEntryQuerySet(  # type: ignore[override]
    AppendOnlyQuerySet["AllocationEntry"], LicenceScopedQuerySet["AllocationEntry"]
):
    licence_path = "allocation__licence"
    owner_path = "allocation__licence__users"


class AllocationEntry(AppendOnlyModel):
    """A line of the ledger: `number` places, and what happened to them (a key of `EFFECTS`)."""

    allocation = models.ForeignKey(Allocation, models.PROTECT, related_name="entries")
    kind = models.CharField(max_length=20, choices=list(ENTRY_LABELS.items()))
    number = models.PositiveIntegerField()
    order = models.CharField("order's reference", max_length=40, blank=True)
    by = models.ForeignKey("licences.User", models.PROTECT, related_name="+")
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = AllocationEntryQuerySet.as_manager()

    guards: ClassVar = triggers.append_only("Entries of the ledger")

    class Meta:
        ordering: ClassVar = ["id"]
        verbose_name_plural = "allocation entries"
        constraints: ClassVar = [
            known("kind", EFFECTS, table="allocation_entry"),
            models.CheckConstraint(condition=Q(number__gt=0), name="allocation_entry_moves_something"),
            models.CheckConstraint(
                condition=Q(kind__in=["grant", "reduce"], order="") | (~Q(kind__in=["grant", "reduce"]) & ~Q(order="")),
                name="allocation_entry_has_its_order",
            ),
            models.UniqueConstraint(
                fields=["order", "kind"], condition=~Q(order=""), name="allocation_entry_once_for_an_order"
            ),
            models.UniqueConstraint(
                fields=["order"],
                condition=Q(kind__in=["use", "take"]),
                name="allocation_charged_once_for_an_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.number:,}"
