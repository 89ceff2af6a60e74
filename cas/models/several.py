"""Split several CAS into those that an action is possible with, and the others with the reasons.

Confirmation pages use this. The verbs check again under a lock.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from cas import refusals
from cas.lifecycle import CASStatus
from cas.models.assigning import obstacles
from cas.models.cas import CAS
from cas.models.rule import Rule
from licences.models import Licence
from licences.routes import Route
from sms.core.refused import Refused


@dataclass(frozen=True)
class Parted:
    """CAS split in two: `going` are those that an action is possible with, and `left` the others, by the reason."""

    going: list[CAS]
    left: dict[str, list[CAS]]


def parted(cas_list: Iterable[CAS], why_not: Callable[[CAS], Refused | None]) -> Parted:
    """Split these CAS by `why_not`, which returns None if the action is possible with a CAS."""
    both = Parted([], {})
    for cas in cas_list:
        refused = why_not(cas)
        (both.left.setdefault(str(refused), []) if refused else both.going).append(cas)
    return both


def deletable(cas_list: list[CAS]) -> Parted:
    """Split these CAS by whether they can be deleted."""
    paying = CAS.objects.being_paid_for(cas_list)
    return parted(cas_list, lambda cas: cas.why_not("delete", is_being_paid_for=cas.pk in paying))


def assignable_together(cas_list: list[CAS], licence: Licence) -> Parted:
    """Split these CAS by whether they can be assigned as one batch.

    The batch has the route and the owner of the first CAS that can be assigned.
    """
    paying = CAS.objects.being_paid_for(cas_list)
    limits = Rule.objects.limits_for(licence)
    of_route = {route: licence.why_not_assign(route) for route in {cas.route for cas in cas_list}}

    def why_not(cas: CAS) -> Refused | None:
        if cas.status == CASStatus.WORK_IN_PROGRESS:
            return refusals.NOT_COMPLETE()
        if obstacle := next(obstacles(cas, None, limits), None):
            return obstacle.refused
        return refusals.PAYMENT_OPEN() if cas.pk in paying else of_route[cas.route]

    def why_not_with_the_first(cas: CAS) -> Refused | None:
        first = each.going[0]
        if cas.route != first.route:
            return refusals.ROUTE_DIFFERS(route=Route(cas.route).label)
        return refusals.OWNER_DIFFERS(owner=cas.owner) if cas.owner_id != first.owner_id else None

    each = parted(cas_list, why_not)
    together = parted(each.going, why_not_with_the_first)
    return Parted(together.going, each.left | together.left)
