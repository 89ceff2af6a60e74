"""Licences: a sponsor's permission to sponsor, and the routes that it covers (specification, section 9)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING, ClassVar

from django.core.validators import RegexValidator
from django.db import connection, models, transaction
from django.db.models import Q

from licences import numbers, refusals
from licences.compliance_rating import ComplianceRating
from licences.hooks import licence_ends, what_would_end
from licences.lifecycle import ENDED, LICENCE_LIFECYCLE, LicenceStatus
from licences.models import licence_messages
from licences.models.dated_value import DatedValue, ValueKind
from licences.models.event import Changes, Event, changes
from licences.permissions import Action, require, require_move
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

ADDRESS_SIZE, TELEPHONE_SIZE, WEBSITE_SIZE = 500, 40, 200  # characters

# The field of the licence that has a copy of the current value of each kind.
COPIES = {ValueKind.SPONSOR_STATUS: "sponsor_status", ValueKind.RATING: "compliance_rating"}


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
        licence = self.create(**given, status_since=clock.today())
        DatedValue.objects.begin(licence, ValueKind.SPONSOR_STATUS, starts_on, value=sponsor_status)
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
    status_since = models.DateField("status since", default=clock.today, editable=False)
    sponsor_status = models.CharField(
        "status of the sponsor",
        max_length=20,
        choices=SponsorStatus.choices,
        default=SponsorStatus.STUDENT,
        editable=False,
    )
    compliance_rating = models.CharField(max_length=20, choices=ComplianceRating.choices, blank=True, editable=False)
    starts_on = models.DateField("first day")
    expires_on = models.DateField("last day", null=True, blank=True)
    address = models.TextField("trading address", max_length=ADDRESS_SIZE, blank=True)
    telephone = models.CharField(max_length=TELEPHONE_SIZE, blank=True)
    website = models.CharField(max_length=WEBSITE_SIZE, blank=True)
    is_renewed_automatically = models.BooleanField("allocations renew automatically", default=False, editable=False)

    is_second_factor_required = models.BooleanField("second factor for all users", default=False, editable=False)

    objects = LicenceQuerySet.as_manager()

    event_kind = "licence"
    guards: ClassVar = triggers.follows(LICENCE_LIFECYCLE)

    class Meta:
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            known("status", LicenceStatus.values, table="licence"),
            known("sponsor_status", SponsorStatus.values, table="licence"),
            known("compliance_rating", ["", *ComplianceRating.values], table="licence"),
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

    @property
    def is_amber(self) -> bool:
        """Return whether the compliance rating is amber, which freezes requests for an increase."""
        return self.compliance_rating == ComplianceRating.AMBER

    @property
    def is_red(self) -> bool:
        """Return whether the compliance rating is red, which takes 10% off the next allocation."""
        return self.compliance_rating == ComplianceRating.RED

    def open_routes(self) -> list[Route]:
        """Return the routes that this licence covers, without surrendered ones. The Student route comes first.

        A page that asks several times prefetches the `routes`.
        """
        held = {each.route for each in self.routes.all() if each.surrendered_on is None}
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
        if refused := self.why_not_assign_at_all():
            return refused
        if route not in self.open_routes():
            return refusals.ROUTE_NOT_COVERED_SO_NO_ASSIGNING(route=Route(route).label)
        return None

    def why_not_assign_at_all(self) -> Refused | None:
        """Return why no CAS can be assigned at present on any route, without a look at the routes."""
        if self.status == LicenceStatus.SUSPENDED:
            return refusals.SUSPENDED()
        if self.status in ENDED:
            return refusals.ENDED_SO_NO_ASSIGNING(status=self.status)
        if self.expires_on and self.expires_on < clock.today():
            return refusals.PAST_LAST_DAY_SO_NO_ASSIGNING(day=formats.day(self.expires_on))
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
        """Change the details of the organisation, the first or the last day. Raises `Refused` for a wrong last day."""
        require_move(by, LICENCE_LIFECYCLE["grant"])
        before = {name: getattr(Licence.objects.get(pk=self.pk), name) for name in values}
        for name, value in values.items():
            setattr(self, name, value)
        if "expires_on" in values and (refused := why_not_last(self.expires_on, self.starts_on)):
            raise refused
        self.save(update_fields=list(values))
        if changed := changes(before, values):
            Event.objects.record("amend", self, by=by, data=changed)

    def set_sponsor_status(self, sponsor_status: str, *, by: User, from_on: date | None = None) -> None:
        """Change the status of the sponsor from a day, or today. Raises `Refused` once the licence has ended."""
        self._set_dated(ValueKind.SPONSOR_STATUS, sponsor_status, by=by, from_on=from_on)

    def set_rating(self, rating: str, *, by: User, reason: str, from_on: date | None = None) -> None:
        """Change the compliance rating from a day, or today. Raises `Refused` once the licence has ended."""
        self._set_dated(ValueKind.RATING, rating, by=by, from_on=from_on, reason=reason)

    @transaction.atomic
    def _set_dated(self, kind: ValueKind, value: str, *, by: User, from_on: date | None, reason: str = "") -> None:
        require(by, Action.LICENCES_KEEP)
        self.lock_in_force()
        field = COPIES[kind]
        if (before := getattr(self, field)) == value:
            return
        row = DatedValue.objects.begin(self, kind, from_on, value=value)
        setattr(self, field, value)
        self.save(update_fields=[field])
        data = changes({field: before}, {field: value, "from_on": row.from_on, "reason": reason})
        Event.objects.record(f"set_{field}", self, by=by, data=data)

    @transaction.atomic
    def set_automatic_renewal(self, is_renewed_automatically: bool, *, by: User) -> None:
        """Set whether each new year of an allocation starts by itself. Raises `Refused` once the licence has ended."""
        require(by, Action.ALLOCATION_GRANT)
        self._lock()
        if self.status in ENDED:
            raise refusals.ENDED_SO_NO_RENEWAL(status=self.status)
        before, self.is_renewed_automatically = self.is_renewed_automatically, is_renewed_automatically
        self.save(update_fields=["is_renewed_automatically"])
        if before != is_renewed_automatically:
            data: Changes = {"is_renewed_automatically": [before, is_renewed_automatically]}
            Event.objects.record("set_automatic_renewal", self, by=by, data=data)

    @transaction.atomic
    def require_second_factor(self, is_second_factor_required: bool, *, by: User) -> None:
        """Set whether all users of the sponsor need a second factor, as a Level 1 user of the sponsor."""
        require(by, Action.USERS_MANAGE)
        self._lock()
        before, self.is_second_factor_required = self.is_second_factor_required, is_second_factor_required
        self.save(update_fields=["is_second_factor_required"])
        if before != is_second_factor_required:
            data: Changes = {"is_second_factor_required": [before, is_second_factor_required]}
            Event.objects.record("require_second_factor", self, by=by, data=data)

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
        licence_messages.route_surrendered(self, route, by=by)
        allow_long_statements()
        licence_ends(self, [route])

    def what_would_end(self, routes: Collection[str]) -> list[str]:
        """Return sentences that say what would end at once with these routes, one for each kind of record."""
        return [sentence for (sentence,) in what_would_end([(self, routes)]) if sentence]

    @transaction.atomic
    def _end(self, name: str, *, by: User, reason: str) -> None:
        self._move(name, by=by, reason=reason)
        allow_long_statements()
        # CAS of a route that was surrendered before can be live again: an application may be recorded late.
        licence_ends(self, Route.values)

    @transaction.atomic
    def _move(self, name: str, *, by: User, reason: str) -> None:
        require_move(by, LICENCE_LIFECYCLE[name])
        before = move_one(self, LICENCE_LIFECYCLE, name, status_since=clock.today())
        data: Changes = {"status": [before, self.status], **({"reason": [None, reason]} if reason else {})}
        Event.objects.record(name, self, by=by, data=data)
        licence_messages.moved(self, name, by=by)

    def lock_in_force(self) -> None:
        """Lock this licence until the transaction ends, and read it again. Raises `Refused` once it has ended."""
        self._lock()
        if self.status in ENDED:
            raise refusals.ENDED_SO_NO_CHANGES(status=self.status)

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
