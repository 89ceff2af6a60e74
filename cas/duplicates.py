"""CAS that look like the same individual's: a warning, which never forbids anything (specification, section 3)."""

from __future__ import annotations

from typing import NamedTuple

from django.db.models import Q

from cas.lifecycle import UNASSIGNED, CASStatus
from cas.models import CAS
from licences.models import User

AT_WORK = frozenset({*UNASSIGNED, CASStatus.ASSIGNED})
MOST = 5  # of those that are named


class Duplicates(NamedTuple):
    """Other CAS of the sponsor: those that the user may see, and whether there are any that they may not."""

    seen: list[CAS]
    has_others: bool

    def __bool__(self) -> bool:
        return bool(self.seen) or self.has_others


def duplicates(cas: CAS, user: User) -> Duplicates:
    """The unassigned and ASSIGNED CAS of the same sponsor that look like those of the individual of `cas`.

    They have the same passport or travel document number, or else the same names; and the same nationality and date
    of birth. Of a CAS in which those are not filled yet, nothing can be said.
    """
    if not (cas.nationality and cas.date_of_birth):
        return Duplicates([], has_others=False)
    same_names = Q(family_key=cas.family_key, given_key=cas.given_key)
    same_passport = Q(passport_key=cas.passport_key) & ~Q(passport_key="")
    same = CAS.objects.filter(
        same_names | same_passport,
        licence=cas.licence_id,
        nationality=cas.nationality,
        date_of_birth=cas.date_of_birth,
        status__in=AT_WORK,
    ).exclude(pk=cas.pk)
    visible = same.filter(pk__in=CAS.objects.for_user(user).values("pk"))
    seen = list(visible.select_related("owner").order_by("-pk")[:MOST])
    return Duplicates(seen, has_others=same.exclude(pk__in=CAS.objects.for_user(user).values("pk")).exists())
