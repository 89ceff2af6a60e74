"""Licences: a sponsor's permission to sponsor, and the routes that it covers (specification, section 9)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING, ClassVar

from django.core.validators import RegexValidator
from django.db import connection, models, transaction
from django.db.models import Q

from licences import numbers, refusals
from licences.hooks import licence_ends, what_would_end
from licences.lifecycle import ENDED, LICENCE_LIFECYCLE, LicenceStatus
from licences.models.event import Changes, Event, changes
from licences.permissions import require_move
from licences.routes import Route
from licences.scoping import LicenceScopedQuerySet
from licences.sponsor_status import SponsorStatus
from sms.core import clock, triggers
from sms.core.constraints import known
from sms.core.govuk import formats
from sms.core.long_statements import allow_long_statements
from sms.core.moves import move_one
from sms.core.refused import Refused

if TYPE_CHECKING:
    from licences.models.user import User


class LicenceQuerySet(LicenceScopedQuerySet["Licence"]):
    licence_path = "pk"
    owner_path = "users"

    @transaction.atomic
    def grant(
        self,
        *,
        by: User,
        number: str,
        name: str,
        routes: Sequence[str],
        starts_on: date,
        expires_on: date | None,
        sponsor_status: str = SponsorStatus.STUDENT,
    ) -> Licence:
        """Create an ACTIVE licence for the sponsor `name`, with its routes. Raises `Refused` for a wrong last day."""
        require_move(by, LICENCE_LIFECYCLE["grant"])
        if refused := why_not_last(expires_on, starts_on):
            raise refused
        given = {
            "number": number,
            "name": name,
            "status": LicenceStatus.ACTIVE,
            "sponsor_status": sponsor_status,
            "starts_on": starts_on,
            "expires_on": expires_on,
        }
        licence = self.create(**given)
        Event.objects.record("grant", licence, by=by, data=changes({}, given))
        licence.add_routes(routes, by=by)
        return licence

    def lock(self, pk: int) -> Licence:
        """Read and lock a licence until the transaction ends. Others can still assign, but cannot end the licence."""
        [licence] = self.lock_all([pk])
        return licence

    def lock_all(self, ids: Collection[int]) -> list[Licence]:
        """Do as `lock` with several licences, in the order of their ids."""
        # Transactions that assign share the lock. Revoking waits for them, and so sees the CAS that they assigned.
        suffix = " FOR SHARE" if connection.vendor == "postgresql" else ""
        marks = ", ".join(["%s"] * len(ids)) or "NULL"
        return list(self.raw(f"SELECT * FROM licences_licence WHERE id IN ({marks}) ORDER BY id{suffix}", list(ids)))


class Licence(models.Model):  # type: ignore[django-manager-missing]  # `users` is defined by another model
    number = models.CharField(
        "licence number",
        max_length=9,
        unique=True,
        validators=[
            RegexValidator(
                rf"^{numbers.PATTERN}\Z", "Enter 8 letters or digits, and then a digit or X, like 4NUV7KB58."
            )
        ],
    )
    name = models.CharField("sponsor", max_length=250)
    status = models.CharField(
        max_length=20, choices=LicenceStatus.choices, default=LicenceStatus.ACTIVE, editable=False
    )
    sponsor_status = models.CharField(
        "status of the sponsor",
        max_length=20,
        choices=SponsorStatus.choices,
        default=SponsorStatus.STUDENT,
        editable=False,
    )
    starts_on = models.DateField("first day")
    expires_on = models.DateField("last day", null=True, blank=True)

    objects = LicenceQuerySet.as_manager()

    event_kind = "licence"
    guards: ClassVar = triggers.follows(LICENCE_LIFECYCLE)

    class Meta:
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            known("status", LicenceStatus.values, table="licence"),
            known("sponsor_status", SponsorStatus.values, table="licence"),
            models.CheckConstraint(
                condition=Q(expires_on__isnull=True) | Q(expires_on__gte=models.F("starts_on")),
                name="licence_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.number})"

    @property
    def event_label(self) -> str:
        return str(self)

    @property
    def event_licence_id(self) -> int:
        return self.pk

    def open_routes(self) -> list[Route]:
        """Return the routes that this licence covers, without surrendered ones. The Student route comes first."""
        held = set(self.routes.filter(surrendered_on=None).values_list("route", flat=True))
        return [route for route in Route if route in held]

    def routes_to_save_on(self) -> list[Route]:
        """Return the routes on which CAS can be created and changed. Raises `Refused` when there are none."""
        routes = self.open_routes()
        if not routes:
            raise refusals.NO_ROUTE()
        if self.status in ENDED:
            raise refusals.ENDED_SO_NO_SAVING(status=self.status)
        return routes

    def has_ended(self, route: str) -> bool:
        """Return whether the licence has ended, or does not cover this route or no longer covers it."""
        return self.status in ENDED or route not in self.open_routes()

    def why_not_assign(self, route: str) -> Refused | None:
        """Return why no CAS can be assigned on `route` at present; None if CAS can be assigned."""
        if self.status == LicenceStatus.SUSPENDED:
            return refusals.SUSPENDED()
        if self.status in ENDED:
            return refusals.ENDED_SO_NO_ASSIGNING(status=self.status)
        if self.expires_on and self.expires_on < clock.today():
            return refusals.PAST_LAST_DAY_SO_NO_ASSIGNING(day=formats.day(self.expires_on))
        if route not in self.open_routes():
            return refusals.ROUTE_NOT_COVERED_SO_NO_ASSIGNING(route=Route(route).label)
        return None

    def why_not_save(self, route: str) -> Refused | None:
        """Return why no CAS can be created or changed on `route`; None if CAS can be created and changed."""
        if self.status in ENDED:
            return refusals.ENDED_SO_NO_SAVING(status=self.status)
        if route not in self.open_routes():
            return refusals.ROUTE_NOT_COVERED_SO_NO_SAVING(route=Route(route).label)
        return None

    @transaction.atomic
    def add_routes(self, routes: Iterable[str], *, by: User) -> None:
        """Add routes to the licence."""
        require_move(by, LICENCE_LIFECYCLE["grant"])
        for route in routes:
            LicensedRoute.objects.create(licence=self, route=route)
            Event.objects.record("add_route", self, by=by, data={"route": [None, str(route)]})

    @transaction.atomic
    def amend(self, *, by: User, **values: object) -> None:
        """Change the sponsor's name, the first or the last day. Raises `Refused` for a wrong last day."""
        require_move(by, LICENCE_LIFECYCLE["grant"])
        before = {name: getattr(Licence.objects.get(pk=self.pk), name) for name in values}
        for name, value in values.items():
            setattr(self, name, value)
        if "expires_on" in values and (refused := why_not_last(self.expires_on, self.starts_on)):
            raise refused
        self.save(update_fields=list(values))
        if changed := changes(before, values):
            Event.objects.record("amend", self, by=by, data=changed)

    @transaction.atomic
    def set_sponsor_status(self, sponsor_status: str, *, by: User) -> None:
        """Change the status of the sponsor. Raises `Refused` once the licence has ended."""
        require_move(by, LICENCE_LIFECYCLE["grant"])
        self._lock()
        if self.status in ENDED:
            raise refusals.ENDED_SO_NO_SPONSOR_STATUS(status=self.status)
        before, self.sponsor_status = self.sponsor_status, sponsor_status
        self.save(update_fields=["sponsor_status"])
        if changed := changes({"sponsor_status": before}, {"sponsor_status": sponsor_status}):
            Event.objects.record("set_sponsor_status", self, by=by, data=changed)

    def suspend(self, *, by: User, reason: str) -> None:
        self._move("suspend", by=by, reason=reason)

    def reinstate(self, *, by: User, reason: str) -> None:
        self._move("reinstate", by=by, reason=reason)

    def revoke(self, *, by: User, reason: str) -> None:
        self._end("revoke", by=by, reason=reason)

    def surrender(self, *, by: User, reason: str) -> None:
        self._end("surrender", by=by, reason=reason)

    @transaction.atomic
    def expire(self, *, by: User) -> None:
        """End the licence the day after its last day. Raises `Refused` before that day."""
        self._lock()  # a caseworker may have prolonged it since it was read
        if not self.expires_on or clock.today() <= self.expires_on:
            raise refusals.NOT_EXPIRED_YET()
        self._end("expire", by=by, reason="")

    @transaction.atomic
    def surrender_route(self, route: str, *, by: User, reason: str) -> None:
        """End one route of this licence: its live CAS are cancelled in the same step."""
        require_move(by, LICENCE_LIFECYCLE["surrender"])
        self._lock()
        rows = self.routes.filter(route=route, surrendered_on=None)
        if rows.update(surrendered_on=clock.today()) != 1:
            raise refusals.ROUTE_NOT_COVERED(route=Route(route).label)
        data: Changes = {"route": [str(route), None], "reason": [None, reason]}
        Event.objects.record("surrender_route", self, by=by, data=data)
        allow_long_statements()
        licence_ends(self, [route])

    def what_would_end(self, routes: Iterable[str]) -> list[str]:
        """Return sentences that say what would end at once with these routes, one for each kind of record."""
        return what_would_end(self, routes)

    @transaction.atomic
    def _end(self, name: str, *, by: User, reason: str) -> None:
        self._move(name, by=by, reason=reason)
        allow_long_statements()
        licence_ends(self, self.open_routes())

    @transaction.atomic
    def _move(self, name: str, *, by: User, reason: str) -> None:
        require_move(by, LICENCE_LIFECYCLE[name])
        before = move_one(self, LICENCE_LIFECYCLE, name)
        data: Changes = {"status": [before, self.status], **({"reason": [None, reason]} if reason else {})}
        Event.objects.record(name, self, by=by, data=data)

    def _lock(self) -> None:
        # With no_key, others can still insert rows that refer to the licence. A user who changes a CAS holds that CAS
        # and inserts a line of history; cancelling waits for the CAS. A stronger lock would deadlock the two.
        self.refresh_from_db(from_queryset=Licence.objects.select_for_update(no_key=True))


class LicensedRoute(models.Model):
    licence = models.ForeignKey(Licence, models.PROTECT, related_name="routes")
    route = models.CharField(max_length=20, choices=Route.choices)
    surrendered_on = models.DateField(null=True, blank=True, editable=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["licence", "route"], name="licensed_route_once"),
            known("route", Route.values, table="licensed_route"),
        ]

    def __str__(self) -> str:
        return self.get_route_display()


def why_not_last(expires_on: date | None, starts_on: date) -> Refused | None:
    """Return why `expires_on` cannot be set as the last day of a licence; None if it can."""
    if expires_on is None:
        return None
    if expires_on < starts_on:
        return refusals.LAST_DAY_BEFORE_FIRST()
    if expires_on < clock.today():
        return refusals.LAST_DAY_IN_THE_PAST()
    return None
