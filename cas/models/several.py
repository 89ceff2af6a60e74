"""Split several CAS into those that an action is possible with, and the others with the reasons.

Confirmation pages use this. The verbs check again under a lock.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from cas import refusals
from cas.lifecycle import CASStatus
from cas.models.assigning import obstacles
from cas.models.cas import CAS
from cas.models.rule import Rule
from licences.models import Licence, User
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


def puttable(cas_list: list[CAS]) -> Parted:
    """Split these CAS by whether they can be put into a batch: if they can be changed, and are outside a batch."""
    paying = CAS.objects.being_paid_for(cas_list)

    def why_not(cas: CAS) -> Refused | None:
        if refused := cas.why_not("save", is_being_paid_for=cas.pk in paying):
            return refused
        return refusals.IN_A_BATCH_ALREADY(batch=cas.batch) if cas.batch else None

    return parted(cas_list, why_not)


@dataclass(frozen=True)
class Group:
    """CAS of one route and, unless `owner` is None, of one owner: a batch can have all of them."""

    route: Route
    owner: User | None
    number: int

    @property
    def key(self) -> str:
        return f"{self.route}-{self.owner.pk}" if self.owner else str(self.route)

    @property
    def label(self) -> str:
        owned = f", owned by {self.owner}" if self.owner else ""
        return f"{self.number:,} CAS, {self.route.label} route{owned}"


def groups(cas_list: list[CAS], *, with_owners: bool) -> list[Group]:
    """Return the groups of these CAS, in the order of the list."""
    counts = Counter((Route(cas.route), cas.owner if with_owners else None) for cas in cas_list)
    return [Group(route, owner, number) for (route, owner), number in counts.items()]


def of_group(each: Parted, group: Group) -> Parted:
    """Return the same CAS, of which only those of `group` go. The others are left, with the reason."""

    def why_not(cas: CAS) -> Refused | None:
        if cas.route != group.route:
            return refusals.ROUTE_DIFFERS(route=Route(cas.route).label)
        return refusals.OWNER_DIFFERS(owner=cas.owner) if group.owner and cas.owner != group.owner else None

    together = parted(each.going, why_not)
    return Parted(together.going, each.left | together.left)


def assignable(cas_list: list[CAS], licence: Licence) -> Parted:
    """Split these CAS by whether they can be assigned, each with others of its group in one batch."""
    paying = CAS.objects.being_paid_for(cas_list)
    limits = Rule.objects.limits_for(licence)
    of_route = {route: licence.why_not_assign(route) for route in {cas.route for cas in cas_list}}

    def why_not(cas: CAS) -> Refused | None:
        if cas.status == CASStatus.WORK_IN_PROGRESS:
            return refusals.NOT_COMPLETE()
        if obstacle := next(obstacles(cas, None, limits), None):
            return obstacle.refused
        return refusals.PAYMENT_OPEN() if cas.pk in paying else of_route[cas.route]

    return parted(cas_list, why_not)
