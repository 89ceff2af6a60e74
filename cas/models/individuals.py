"""The other CAS of an individual, of every sponsor (specification, section 3).

They are the *same individual's* if the passport or travel document number, the nationality and the full date of birth
are the same. They are *perhaps the same* individual's if a date of birth is partial, or if the names are the same and
the number is another. The dates of birth then agree in what both have.
"""

from __future__ import annotations

from typing import Any, Protocol

from django.db.models import Q

from cas.births import agrees
from cas.keys import identifying, matches_nothing
from cas.lifecycle import CASStatus
from cas.models.queryset import CASQuerySet
from licences.models import Licence

MOST_NAMED = 50  # CAS that a page names. An individual has a few


class Individual(Protocol):
    """A `cas.models.CAS`, which this module may not import."""

    pk: Any
    passport_key: str
    family_key: str
    given_key: str
    nationality: str
    date_of_birth: Any


Identity = tuple[str, str, str]
COMPARED = ("passport_key", "nationality", "date_of_birth")


def identity(cas: Individual) -> Identity | None:
    """Return what all CAS of the same individual share; None if this CAS says too little about its individual."""
    if not (cas.date_of_birth and cas.date_of_birth.is_full) or matches_nothing(cas.passport_key):
        return None
    return cas.passport_key, cas.nationality, str(cas.date_of_birth)


def same_individual(cas: Individual) -> Q:
    """Return the condition for CAS of the same individual. With a partial date of birth, no CAS fits."""
    if not (cas.date_of_birth and cas.date_of_birth.is_full):
        return Q(pk__in=[])
    return _same_passport(cas) & Q(date_of_birth=cas.date_of_birth)


def perhaps_same_individual(cas: Individual) -> Q:
    """Return the condition for CAS of perhaps the same individual. It is for a few CAS: no index answers all of it."""
    alike = (_same_passport(cas) | _same_names(cas)) & agrees("date_of_birth", str(cas.date_of_birth))
    return alike & ~same_individual(cas)


def live_of_same_individual(rows: CASQuerySet, cas: Individual) -> CASQuerySet:
    """Return the other ASSIGNED CAS of the same individual among `rows`, by an index."""
    return _live(rows, cas).filter(same_individual(cas))


def live_of_perhaps_same_individual(rows: CASQuerySet, cas: Individual) -> CASQuerySet:
    """Return the other ASSIGNED CAS of perhaps the same individual among `rows`: at most 50, by indexes."""
    perhaps = perhaps_same_individual(cas)
    # Two questions, because each has its own index. The index of names begins with the licence.
    named = _live(rows, cas).filter(_same_names(cas), perhaps, licence__in=Licence.objects.values("pk"))
    numbered = _live(rows, cas).filter(_same_passport(cas), perhaps)
    ids = {pk for found in (named, numbered) for pk in found.values_list("pk", flat=True)[:MOST_NAMED]}
    return rows.filter(pk__any_of=sorted(ids)[:MOST_NAMED])


def _same_passport(cas: Individual) -> Q:
    return Q(passport_key=cas.passport_key, nationality=cas.nationality) & identifying("passport_key")


def _same_names(cas: Individual) -> Q:
    return Q(family_key=cas.family_key, given_key=cas.given_key, nationality=cas.nationality)


def _live(rows: CASQuerySet, cas: Individual) -> CASQuerySet:
    return rows.filter(status=CASStatus.ASSIGNED).exclude(pk=cas.pk)
