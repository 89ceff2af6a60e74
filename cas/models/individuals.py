"""The other CAS of an individual, of every sponsor (specification, section 3).

They are the *same individual's* if the passport or travel document number, the nationality and the full date of birth
are the same. They are *perhaps the same* individual's if a date of birth is partial, or if the names are the same and
the number is another. The dates of birth then agree in what both have.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from cas.births import agrees
from cas.keys import identifying
from cas.lifecycle import CASStatus
from licences.models import Licence

if TYPE_CHECKING:
    from cas.models.cas import CAS
    from cas.models.queryset import CASQuerySet

MOST_NAMED = 50  # CAS that a page names. An individual has a few


def same_individual(cas: CAS) -> Q:
    """Return the condition for CAS of the same individual. With a partial date of birth, no CAS fits."""
    if not (cas.date_of_birth and cas.date_of_birth.is_full):
        return Q(pk__in=[])
    return _same_passport(cas) & Q(date_of_birth=cas.date_of_birth)


def perhaps_same_individual(cas: CAS) -> Q:
    """Return the condition for CAS of perhaps the same individual. It is for a few CAS: no index answers all of it."""
    alike = (_same_passport(cas) | _same_names(cas)) & agrees("date_of_birth", str(cas.date_of_birth))
    return alike & ~same_individual(cas)


def live_of_same_individual(cas: CAS) -> list[CAS]:
    """Return the other ASSIGNED CAS of the same individual, oldest first."""
    return _first(_live(cas).filter(same_individual(cas)))


def live_of_perhaps_same_individual(cas: CAS) -> list[CAS]:
    """Return the other ASSIGNED CAS of perhaps the same individual, oldest first."""
    perhaps = perhaps_same_individual(cas)
    # Two questions, as each has its own index. The index of names begins with the licence.
    named = _live(cas).filter(_same_names(cas), perhaps, licence__in=Licence.objects.values("pk"))
    numbered = _live(cas).filter(_same_passport(cas), perhaps)
    found = {each.pk: each for each in (*_first(named), *_first(numbered))}
    return [found[pk] for pk in sorted(found)][:MOST_NAMED]


def _same_passport(cas: CAS) -> Q:
    return Q(passport_key=cas.passport_key, nationality=cas.nationality) & identifying("passport_key")


def _same_names(cas: CAS) -> Q:
    return Q(family_key=cas.family_key, given_key=cas.given_key, nationality=cas.nationality)


def _live(cas: CAS) -> CASQuerySet:
    rows: CASQuerySet = type(cas).objects.filter(status=CASStatus.ASSIGNED).exclude(pk=cas.pk)
    return rows.select_related("licence")


def _first(rows: CASQuerySet) -> list[CAS]:
    return list(rows.order_by("pk")[:MOST_NAMED])
