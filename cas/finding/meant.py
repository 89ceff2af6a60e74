"""Find the assigned CAS that a CAS number or an Applicant ID means, for a list of them at once."""

from __future__ import annotations

from collections.abc import Callable, Collection

from cas import numbers
from cas.keys import passport_key
from cas.models import CAS
from licences.models import User


def index(
    texts: Collection[str], user: User, columns: Collection[str] = (), *, by_applicant: bool = True
) -> Callable[[str], list[CAS]]:
    """Return a function that finds the CAS of each of these texts, among those that the user may see.

    It returns the CAS with this number; or else, if asked `by_applicant`, those with this Applicant ID, oldest first.
    The database is asked now, by 2 statements. With `columns`, only those are read.
    """
    mine = CAS.objects.for_user(user).filter(number__isnull=False).select_related("licence").order_by("pk")
    if columns:
        mine = mine.select_related(None).only(*columns)
    numbered = {number for text in texts if (number := number_in(text))}
    keys = {key for text in texts if (key := passport_key(text))}
    by_number = {cas.number: cas for cas in mine.filter(number__any_of=sorted(numbered))}
    with_applicant: dict[str, list[CAS]] = {}
    for cas in mine.filter(applicant_key__any_of=sorted(keys)) if by_applicant else ():
        with_applicant.setdefault(cas.applicant_key, []).append(cas)

    def find(text: str) -> list[CAS]:
        found = by_number.get(number_in(text))
        return [found] if found else with_applicant.get(passport_key(text), [])

    return find


def number_in(text: str) -> str:
    """Return the CAS number in the text; "" if it is not one."""
    try:
        return numbers.read(text)
    except numbers.NotANumber:
        return ""
