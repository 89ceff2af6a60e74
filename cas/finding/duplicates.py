"""Duplicates: CAS that look like the same individual's. They warn, and never forbid (specification, section 3)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Window
from django.db.models.expressions import OrderBy
from django.db.models.functions import JSONObject

from cas.births import agrees, born_on
from cas.columns import full_name
from cas.keys import identifying, matches_nothing
from cas.lifecycle import UNASSIGNED, CASStatus
from cas.models import CAS, Batch
from cas.models.queryset import CASQuerySet
from licences.models import User
from licences.roles import Role
from licences.scoping import Person, Reach
from sms.core.govuk.formats import Name
from sms.core.partial_dates import PartialDate
from sms.core.prepared import LATER, reading

AT_WORK = frozenset({*UNASSIGNED, CASStatus.ASSIGNED})
SETTLED = frozenset(CASStatus) - AT_WORK
MOST = 5  # CAS that are named


class Duplicates(NamedTuple):
    """Other CAS of the sponsor: `seen`, which the user may see, and whether there are others that they may not."""

    seen: list[CAS]
    has_others: bool

    def __bool__(self) -> bool:
        return bool(self.seen) or self.has_others


class Twin(NamedTuple):
    """A CAS that has duplicates, with the newest of them that the user may see: None if they may see none of them."""

    pk: int
    student_name: Name
    other_pk: int | None
    other_family_name: str | None
    other_given_names: str | None
    other_number: str | None


class Alike(NamedTuple):
    """The first of several CAS that have duplicates, and the number of all that have."""

    named: list[Twin]
    number: int

    @property
    def left(self) -> int:
        """Return how many are not named."""
        return self.number - len(self.named)


def duplicates(cas: CAS, user: User) -> Duplicates:
    """Return the unassigned and ASSIGNED CAS of the same sponsor that look like the same individual's as `cas`.

    They have the same nationality and dates of birth that agree in what both have, and either the same passport or
    travel document number or the same names. A CAS in which these are not filled yet has no duplicates.
    """
    if not (cas.nationality and cas.date_of_birth):
        return Duplicates([], has_others=False)
    of = {name: getattr(cas, name) for name in COMPARED}
    ways = [_names] if matches_nothing(cas.passport_number) else [_names, _passport]
    mine = CAS.objects.for_user(user)
    seen = list(_same(mine, of, *ways).select_related("owner").only(*SHOWN).order_by("-pk")[:MOST])
    if user.role != Role.LEVEL_2:  # sees all CAS of the sponsor
        return Duplicates(seen, has_others=False)
    others = _same(CAS.objects.all(), of, *ways).exclude(pk__in=mine.values("pk"))
    return Duplicates(seen, has_others=others.exists())


def alike(rows: CASQuerySet, user: User) -> Alike:
    """Return which of `rows` have duplicates, the oldest first, in one statement."""
    return _named(reading(_twins(rows, user))())


def alike_in(batch: Batch, user: User) -> Alike:
    """Return which CAS of `batch` that the user may see have duplicates. The statement is kept for each user."""
    return _named(_reading_batch(Reach.of(user))(batch.pk))


@lru_cache(maxsize=500)
def _reading_batch(reach: Reach) -> Callable[..., list[tuple[Any, ...]]]:
    return reading(_twins(CAS.objects.for_user(reach).filter(batch=LATER), reach))


def _named(rows: list[tuple[Any, ...]]) -> Alike:
    named = []
    for pk, family_name, given_names, other, _ in rows:
        named.append(Twin(pk, full_name(family_name, given_names), *map((other or {}).get, OTHER)))
    return Alike(named, rows[0][-1] if rows else 0)


def _twins(rows: CASQuerySet, user: Person) -> QuerySet[CAS, tuple[Any, ...]]:
    """Return the first of `rows` that have duplicates, each with the newest of them and with the number of all."""
    of = {name: OuterRef(name) for name in COMPARED}
    # Two questions: of one that says "or", PostgreSQL would make a join of the sponsor's CAS by nationality alone.
    by_names, by_passport = (_same(CAS.objects.all(), of, way) for way in (_names, _identifying_passport))
    found = rows.filter(Exists(by_names) | Exists(by_passport)).order_by(FIRST_OF_FEW)
    others = _same(CAS.objects.for_user(user), of, _names, _identifying_passport).order_by("-pk")
    newest = others.values(shown=JSONObject(**{name: name for name in OTHER}))
    shown = Subquery(newest[:1]), Window(Count("pk"))
    return found.values_list("pk", "family_name", "given_names", *shown)[:MOST]


OTHER = ("pk", "family_name", "given_names", "number")


# Sorted by the plain id, the database would read the index of all ids, past all other CAS, to the first of `rows`.
FIRST_OF_FEW = OrderBy(-F("pk"), descending=True)


SHOWN = ("family_name", "given_names", "number", "status", "course_title", "owner__name")
COMPARED = ("pk", "licence_id", "family_key", "given_key", "passport_key", "nationality", "date_of_birth")


def _names(of: Mapping[str, Any]) -> Q:
    return Q(family_key=of["family_key"], given_key=of["given_key"])


def _passport(of: Mapping[str, Any]) -> Q:
    return Q(passport_key=of["passport_key"])


def _identifying_passport(of: Mapping[str, Any]) -> Q:
    """Return the same for a number that the database knows, and Python does not."""
    return _passport(of) & identifying("passport_key")


def _same(among: CASQuerySet, of: Mapping[str, Any], *ways: Callable[[Mapping[str, Any]], Q]) -> CASQuerySet:
    """Return the other CAS that look like the same individual's as a CAS with these values; none if some are empty.

    An index finds the few CAS that are alike in one of these `ways`, whose dates of birth are then compared.
    """
    people = Q(licence=of["licence_id"], nationality=of["nationality"])
    alike_in_one = Q(*(people & way(of) for way in ways), _connector=Q.OR)
    born = of["date_of_birth"]
    agreeing = born_on("date_of_birth", born) if isinstance(born, PartialDate) else agrees("date_of_birth", born)
    same = among.filter(alike_in_one, agreeing)
    # No index has what is excluded. With `status__in`, PostgreSQL reads all CAS at work of the sponsor for each CAS.
    return same.exclude(status__in=SETTLED).exclude(nationality="").exclude(pk=of["pk"])
