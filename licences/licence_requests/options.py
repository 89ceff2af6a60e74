"""Options: what a sponsor can ask now and what it has asked already, for the page of a group of requests."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from licences import hooks
from licences.licence_requests.kind import Facts, Group, Kind
from licences.licence_requests.table import kind_of, kinds_in
from licences.models import Licence, LicenceRequest, User
from licences.routes import Route
from sms.core.refused import Refused


class Asked(NamedTuple):
    """A request and its kind, for a page."""

    request: LicenceRequest
    kind: Kind

    @property
    def title(self) -> str:
        return self.kind.title(self.request.route)

    @property
    def facts(self) -> Facts:
        return self.kind.asked(self.request)

    @property
    def waiting(self) -> str:
        """Return for how many days the request has waited for a decision; a dash if it does not wait."""
        days = self.request.days_waiting
        if not self.request.is_waiting:
            return "–"
        return f"{days:,} days" if days > 1 else "1 day" if days else "Since today"

    @property
    def consequences(self) -> list[str]:
        return self.kind.consequences(self.request)


class Option(NamedTuple):
    """Something that the sponsor can ask for, perhaps about one route. `refused` says why it cannot be asked now.

    `saved` and `waiting` are the requests for it that are open.
    """

    kind: Kind
    route: str
    title: str
    facts: Facts
    refused: Refused | None
    saved: list[Asked]
    waiting: list[Asked]

    @property
    def is_offered(self) -> bool:
        """Return whether a new request can be made: there is no open one about the same topic."""
        topic = self.kind.topic(self.route, {})
        is_taken = any(each.request.topic == topic != "" for each in (*self.saved, *self.waiting))
        return self.refused is None and not is_taken


def asked(request: LicenceRequest) -> Asked:
    return Asked(request, kind_of(request))


def what_would_end(requests: Iterable[LicenceRequest]) -> dict[int, str]:
    """Return what granting would end now, by the ids of the waiting requests that would end anything."""
    ending = [(each, kind_of(each).ends(each)) for each in requests if each.is_waiting]
    ending = [(each, routes) for each, routes in ending if routes]
    found = hooks.what_would_end([(each.licence, routes) for each, routes in ending])
    sentences = zip(*found, strict=True)
    return {each.pk: " ".join(filter(None, said)) for (each, _), said in zip(ending, sentences, strict=True)}


def options(group: Group, user: User) -> list[Option]:
    """Return the options of a group for the sponsor of `user`, one for each route for kinds about a route."""
    licence, kinds = user.sponsor, kinds_in(group)
    names = [kind.name for kind in kinds]
    rows = LicenceRequest.objects.for_user(user).open().filter(kind__in=names).order_by("pk")
    requests = list(rows.select_related("submitted_by"))
    for request in requests:
        request.licence = licence
    return [
        _option(kind, route, licence, requests, is_alone=len(kinds) == 1)
        for kind in kinds
        if user.may(kind.action)
        for route in (_routes(kind, licence, requests) if kind.has_route else [""])
    ]


def frozen(group: Group, licence: Licence) -> Refused | None:
    """Return why the requests of this group can at present not be submitted; None if they can."""
    return next((refused for kind in kinds_in(group) if (refused := kind.why_frozen(licence))), None)


def _routes(kind: Kind, licence: Licence, requests: list[LicenceRequest]) -> list[str]:
    """Return the routes of the licence, and surrendered routes about which a request is open."""
    asked_about = {request.route for request in requests if request.kind == kind.name}
    return [route for route in Route if route in {*licence.open_routes(), *asked_about}]


def _option(kind: Kind, route: str, licence: Licence, requests: list[LicenceRequest], *, is_alone: bool) -> Option:
    own = [asked(each) for each in requests if each.kind == kind.name and each.route == route]
    return Option(
        kind=kind,
        route=route,
        title=f"{Route(route).label} route" if route and is_alone else kind.title(route),
        facts=kind.now(licence, route),
        refused=kind.why_not_ask(licence, route),
        saved=[each for each in own if each.request.is_saved],
        waiting=[each for each in own if each.request.is_waiting],
    )
