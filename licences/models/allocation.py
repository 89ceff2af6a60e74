"""Allocations: how many CAS a sponsor may assign on one route in one year (specification, section 5).

Pages read the counters. The ledger's entries say what happened, line by line. The two always agree, which
`manage.py check_ledger` proves. A change is one entry and one conditional UPDATE of the counters. The UPDATE comes last
in its transaction, because all users of a sponsor compete for that row.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, ClassVar, Self

from dateutil.relativedelta import relativedelta
from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Q, Subquery

from licences import refusals
from licences.lifecycle import LicenceStatus
from licences.models.allocation_entry import EFFECTS, AllocationEntry
from licences.models.event import Changes, Event, changes
from licences.models.licence import Licence
from licences.permissions import Action, require
from licences.roles import Role
from licences.routes import Route
from licences.scoping import LicenceScopedQuerySet, Person, Reach
from sms.core import clock, triggers
from sms.core.constraints import known
from sms.core.govuk import formats
from sms.core.prepared import LATER, reading_records
from sms.core.refused import Refused

if TYPE_CHECKING:
    from licences.models.user import User


MOST_PLACES = 1_000_000  # that can be granted or requested at once
RENEWAL_OPENS = relativedelta(months=3)  # before the last day


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

    def of_today(self, user: Person) -> list[Allocation]:
        """Return the allocations `in_force` that the user may see, each `with_next`."""
        return _reading_in_force(Reach.of(user), clock.today())()

    def current(self, licence_id: int, route: str) -> Allocation | None:
        """Return the allocation of this route whose year includes today; None if there is none."""
        return next(iter(_reading_current(route, clock.today())(licence_id)), None)

    def latest_of(self, licence_id: int, route: str) -> Allocation | None:
        """Return the allocation of this route that ends last; None if there is none."""
        return self.filter(licence_id=licence_id, route=route).order_by("-starts_on").first()

    def to_renew(self) -> Self:
        """Return the latest allocations of licences that renew automatically, if their year has ended."""
        later = self.model._base_manager.filter(
            licence=OuterRef("licence"), route=OuterRef("route"), starts_on__gt=OuterRef("starts_on")
        )
        return self.filter(
            ~Exists(later),
            licence__is_renewed_automatically=True,
            licence__status=LicenceStatus.ACTIVE,
            expires_on__lt=clock.today(),
            granted__gt=0,
        )

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
        return self._start("grant", licence, route, starts_on, number, by=by)

    @transaction.atomic
    def renew(self, allocation: Allocation, *, by: User) -> Allocation | None:
        """Start the next year of a licence that renews automatically, with the last total. Return its allocation.

        Return None if there is nothing to renew any longer: the year has not ended, the next has started, or the
        licence has ended, lost the route or no longer renews automatically. Only the system renews automatically.
        """
        if by.role != Role.SYSTEM:
            raise refusals.NOT_ALLOWED(who="the system", what="renew allocations automatically")
        Licence.objects.select_for_update(no_key=True).get(pk=allocation.licence_id)
        last = self.to_renew().filter(pk=allocation.pk).select_related("licence").first()  # with the licence locked
        if last is None or not last.next_number or last.licence.why_not_assign(last.route):
            return None
        return self._start("renew", last.licence, last.route, last.next_starts_on, last.next_number, by=by)

    def _start(self, verb: str, licence: Licence, route: str, starts_on: date, number: int, *, by: User) -> Allocation:
        allocation = self.create(
            licence=licence,
            route=route,
            starts_on=starts_on,
            expires_on=starts_on + relativedelta(years=1, days=-1),
        )
        data = changes({}, {"route": route, "starts_on": starts_on, "granted": number})
        Event.objects.record(verb, allocation, by=by, data=data)
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
        return clock.today() >= self.renewal_opens_on

    @property
    def unused(self) -> int:
        return self.granted - self.used - self.held

    @property
    def event_label(self) -> str:
        return str(self)

    @property
    def event_licence_id(self) -> int:
        return self.licence_id

    @property
    def renewal_opens_on(self) -> date:
        """Return the day from which the sponsor can request the next year's allocation."""
        return self.expires_on - RENEWAL_OPENS

    @property
    def next_starts_on(self) -> date:
        """Return the first day of the next year: the day after the last; today, if that year would be over too."""
        following = self.expires_on + relativedelta(days=1)
        return following if following + relativedelta(years=1) > clock.today() else clock.today()

    @property
    def next_number(self) -> int:
        """Return the places to propose for the next year: the last total, and 10% less while the rating is red."""
        return self.granted * 9 // 10 if self.licence.is_red else self.granted

    @transaction.atomic
    def change_granted(self, granted: int, *, by: User, reason: str) -> None:
        """Set the number of places granted, and keep the reason in the history.

        Raises `Refused` if it is less than the places used and held.
        """
        require(by, Action.ALLOCATION_GRANT)
        self._lock()
        self._set_granted(granted, by=by, reason=reason)

    @transaction.atomic
    def increase(self, number: int, *, by: User, reason: str) -> None:
        """Grant `number` places more, and keep the reason in the history."""
        require(by, Action.ALLOCATION_GRANT)
        self._lock()
        self._set_granted(self.granted + number, by=by, reason=reason)

    def _lock(self) -> None:
        self.refresh_from_db(from_queryset=Allocation.objects.select_for_update(no_key=True))

    def _set_granted(self, granted: int, *, by: User, reason: str) -> None:
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


@lru_cache(maxsize=500)
def _reading_in_force(reach: Reach, day: date) -> Callable[..., list[Allocation]]:
    """Return what reads the allocations of a user. Its statement is written once a day: `Students` always needs it."""
    return reading_records(Allocation.objects.for_user(reach).in_force().with_next())


@lru_cache(maxsize=len(Route))
def _reading_current(route: str, day: date) -> Callable[..., list[Allocation]]:
    """Return what reads the current allocation of a sponsor: every page about assigning needs it."""
    rows = Allocation.objects.in_force().filter(licence_id=LATER, route=route)
    return reading_records(rows.order_by("-starts_on")[:1])
