"""Request changes to licence details: surrender a route, or the licence (specification, sections 3 and 9)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from licences.licence_requests.kind import CHANGES, Kind
from licences.models import Licence, LicenceRequest, User
from licences.permissions import Action
from licences.routes import Route

FINAL = "This cannot be undone."


class Surrender(Kind):
    """A request to end routes. The sponsor and the caseworker see how many CAS that would cancel now."""

    group = CHANGES
    action = Action.REQUESTS_MAKE
    is_final = True

    def notes(self, licence: Licence, route: str) -> list[str]:
        return self._what_would_end(licence, _ending(route))

    def consequences(self, request: LicenceRequest) -> list[str]:
        return self._what_would_end(request.licence, self.ends(request))

    def ends(self, request: LicenceRequest) -> Sequence[str]:
        return _ending(request.route)

    def _what_would_end(self, licence: Licence, routes: Sequence[str]) -> list[str]:
        return [*licence.what_would_end(routes), *self.afterwards, FINAL]

    afterwards: tuple[str, ...] = ()


def _ending(route: str) -> Sequence[str]:
    """Return the route to surrender, or all routes if it is the licence."""
    return [route] if route else Route.values


class SurrenderRoute(Surrender):
    name = "surrender-route"
    label = button = "Surrender a route"
    has_route = True
    afterwards = ("CAS of the route that are not assigned can then only be deleted.",)

    def carry_out(self, request: LicenceRequest, *, by: User, **decided: Any) -> dict[str, Any]:
        request.licence.surrender_route(request.route, by=by, reason=request.reasons)
        return {}


class SurrenderLicence(Surrender):
    name = "surrender-licence"
    label = button = "Surrender the licence"
    afterwards = ("Users of the sponsor can then still sign in, read and print.",)

    def carry_out(self, request: LicenceRequest, *, by: User, **decided: Any) -> dict[str, Any]:
        request.licence.surrender(by=by, reason=request.reasons)
        return {}
