"""Duplicates: CAS that look like the same individual's. They warn, and never forbid (specification, section 3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.db.models.expressions import OrderBy

from cas.lifecycle import UNASSIGNED, CASStatus
from cas.models import CAS
from cas.models.queryset import CASQuerySet
from licences.models import User

AT_WORK = frozenset({*UNASSIGNED, CASStatus.ASSIGNED})
MOST = 5  # CAS that are named


class Duplicates(NamedTuple):
    """Other CAS of the sponsor: `seen`, which the user may see, and whether there are others that they may not."""

    seen: list[CAS]
    has_others: bool

    def __bool__(self) -> bool:
        return bool(self.seen) or self.has_others


class Alike(NamedTuple):
    """The first of several CAS that have duplicates, and the number of all that have.

    Each has `other_pk`, `other_family_name`, `other_given_names` and `other_number` of the newest other CAS that the
    user may see. They are None where the user may see none of them.
    """

    named: list[CAS]
    number: int

    @property
    def left(self) -> int:
        """Return how many are not named."""
        return self.number - len(self.named)


def duplicates(cas: CAS, user: User) -> Duplicates:
    """Return the unassigned and ASSIGNED CAS of the same sponsor that look like the same individual's as `cas`.

    They have the same nationality and date of birth, and either the same passport or travel document number or the
    same names. A CAS in which these are not filled yet has no duplicates.
    """
    if not (cas.nationality and cas.date_of_birth):
        return Duplicates([], has_others=False)
    of = {name: getattr(cas, name) for name in COMPARED}
    mine = CAS.objects.for_user(user)
    seen = list(_same(mine, of).select_related("owner").order_by("-pk")[:MOST])
    return Duplicates(seen, has_others=_same(CAS.objects.all(), of).exclude(pk__in=mine.values("pk")).exists())


def alike(rows: CASQuerySet, user: User) -> Alike:
    """Return which of `rows` have duplicates, the oldest first. A thousand rows take as many statements as one."""
    of = {name: OuterRef(name) for name in COMPARED}
    found = rows.filter(Exists(_same(CAS.objects.all(), of)))
    newest = _same(CAS.objects.for_user(user), of).order_by("-pk")
    names = ("pk", "family_name", "given_names", "number")
    named = found.annotate(**{f"other_{name}": Subquery(newest.values(name)[:1]) for name in names})
    return Alike(list(named.order_by(FIRST_OF_FEW)[:MOST]), found.count())


# Sorted by the plain id, the database would read the index of all ids, past all other CAS, to the first of `rows`.
FIRST_OF_FEW = OrderBy(-F("pk"), descending=True)


COMPARED = ("pk", "licence_id", "family_key", "given_key", "passport_key", "nationality", "date_of_birth")


def _same(among: CASQuerySet, of: Mapping[str, Any]) -> CASQuerySet:
    """Return the other CAS that look like the same individual's as a CAS with these values; none if some are empty."""
    same_names = Q(family_key=of["family_key"], given_key=of["given_key"])
    same_passport = Q(passport_key=of["passport_key"]) & ~Q(passport_key="")
    same = among.filter(
        same_names | same_passport,
        licence=of["licence_id"],
        nationality=of["nationality"],
        date_of_birth=of["date_of_birth"],
        status__in=AT_WORK,
    )
    return same.exclude(nationality="").exclude(pk=of["pk"])
