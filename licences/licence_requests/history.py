"""Words of the history for requests (specification, section 12)."""

from __future__ import annotations

from collections.abc import Collection

from licences.licence_requests.table import kind_named, kind_of, labels
from licences.lifecycle import REQUEST_LIFECYCLE
from licences.models import LicenceRequest
from licences.routes import Route
from licences.words import Words


def names_of_requests(ids: Collection[int]) -> dict[int, str]:
    """Return what each request asks, by its key."""
    return {each.pk: kind_of(each).title(each.route) for each in LicenceRequest.objects.filter(pk__in=ids)}


WORDS = Words(
    kinds={LicenceRequest.event_kind: "Request"},
    titles=REQUEST_LIFECYCLE.titles(LicenceRequest.event_kind),
    labels={
        **labels(),
        "reasons": "Reasons",
        "request": "Request",
        "route": "Route",
        "status": "Status",
        "starts_on": "First day of the year",
        "decision": "Decision",
    },
    shown={
        "request": lambda value: kind_named(value).label,
        "route": lambda value: str(Route(value).label),
    },
    names={LicenceRequest.event_kind: names_of_requests},
)


def words() -> Words:
    return WORDS
