"""One sponsor's permission to sponsor, and the routes that it covers (specification, section 9)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING, ClassVar

from django.core.validators import RegexValidator
from django.db import connection, models, transaction
from django.db.models import Q

from licences import refusals
from licences.hooks import licence_ends, what_would_end
from licences.lifecycle import ENDED, LICENCE_LIFECYCLE, LicenceStatus
from licences.models.event import Changes, Event, changes
from licences.permissions import require_move
from licences.routes import Route
from licences.scoping import LicenceScopedQuerySet
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
    ) -> Licence:
        """A new licence for the sponsor `name`, ACTIVE, with its routes. Raises `Refused` for a wrong last day."""
        require_move(by, LICENCE_LIFECYCLE["grant"])
        if refused := why_not_last(expires_on, starts_on):
            raise refused
        licence = self.create(
            number=number, name=name, starts_on=starts_on, expires_on=expires_on, status=LicenceStatus.ACTIVE
        )
        after = {"number": number, "name": name, "status": licence.status, "starts_on": starts_on}
        Event.objects.record("grant", licence, by=by, data=changes({}, {**after, "expires_on": expires_on}))
        licence.add_routes(routes, by=by)
        return licence

    def lock(self, pk: int) -> Licence:
        """A licence as it is now, kept so until the transaction ends: others may assign, none may end it."""
        # Assigning shares the lock; revoking waits for it, and so sees what was assigned meanwhile.
        suffix = " FOR SHARE" if connection.vendor == "postgresql" else ""
        return self.raw(f"SELECT * FROM licences_licence WHERE id = %s{suffix}", [pk])[0]


class Licence(models.Model):  # type: ignore[django-manager-missing]  # its users come later
    number = models.CharField(
        "licence number",
        max_length=9,
        unique=True,
        validators=[RegexValidator(r"^[A-Z0-9]{9}\Z", "Enter 9 capital letters and digits, like 4NUV7KB58.")],
    )
    name = models.CharField("sponsor", max_length=250)
    status = models.CharField(
        max_length=20, choices=LicenceStatus.choices, default=LicenceStatus.ACTIVE, editable=False
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
        """The routes that this licence covers and that were not surrendered, in their usual order."""
        held = set(self.routes.filter(surrendered_on=None).values_list("route", flat=True))
        return [route for route in Route if route in held]

    def routes_to_save_on(self) -> list[Route]:
        """Return the routes on which CAS can be created and changed. Raises `Refused` when there are none."""
        routes = self.open_routes()
        if not routes:
            raise refusals.NO_ROUTE()
        if refused := self.why_not_save(routes[0]):
            raise refused
        return routes

    def has_ended(self, route: str) -> bool:
        """Whether it, or this route of it, was revoked or surrendered or has expired."""
        return self.status in ENDED or route not in self.open_routes()

    def why_not_assign(self, route: str) -> Refused | None:
        """Return why nothing can be assigned on `route` at present; None when it can."""
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
        """Return why no CAS can be created or changed on `route`; None when it can."""
        if self.status in ENDED:
            return refusals.ENDED_SO_NO_SAVING(status=self.status)
        if route not in self.open_routes():
            return refusals.ROUTE_NOT_COVERED_SO_NO_SAVING(route=Route(route).label)
        return None

    @transaction.atomic
    def add_routes(self, routes: Iterable[str], *, by: User) -> None:
        """Cover further routes."""
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
        """Raises `Refused` before the day after the licence's last day."""
        self._lock()  # it may have been prolonged since it was read
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
        """What ends at once with this licence, or with these of its routes: a sentence for each kind of thing."""
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
        # Not against new rows that point here: who changes a CAS writes a line of history while holding the CAS,
        # and cancelling waits for just that CAS.
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
    """Return why `expires_on` cannot be set as the last day of a licence; None when it can."""
    if expires_on is None:
        return None
    if expires_on < starts_on:
        return refusals.LAST_DAY_BEFORE_FIRST()
    if expires_on < clock.today():
        return refusals.LAST_DAY_IN_THE_PAST()
    return None
