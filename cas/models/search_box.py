"""The search box of every page: the kinds of answer that a text can find (specification, section 8)."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Q

from cas import numbers
from cas.columns import label_of
from cas.keys import beginning_with, name_key, passport_key
from sms.core.characters import plain

MOST_SPACES = 7
"""The spaces of a text at which a family name is tried to begin or to end. More would make the statement long."""


def is_a_number(typed: str) -> bool:
    """Return whether the text begins as CAS numbers do: nothing else does."""
    return passport_key(typed).upper().startswith(tuple(numbers.PREFIXES.values()))


def kinds_of(text: str) -> dict[str, Q]:
    """Return the conditions for the CAS that the text can mean, each by the label of what it finds them by.

    The most exact come first.
    """
    if is_a_number(text):
        return {label_of("number"): Q(number=text)}
    kinds = {}
    if identifier := passport_key(text):
        kinds[label_of("passport_number")] = Q(passport_key=identifier)
        kinds[label_of("applicant_id")] = Q(applicant_key=identifier)
    kinds[label_of("family_name")] = beginning_with("family_key", name_key(text))
    kinds[label_of("given_names")] = beginning_with("given_key", name_key(text))
    if both := Q(*_of_both_names(text), _connector=Q.OR):
        kinds[label_of("name")] = both
    return kinds


def found_in_the_box(text: str) -> Q:
    """Return the condition for the CAS of all these kinds."""
    return Q(*kinds_of(text).values(), _connector=Q.OR)


def _of_both_names(text: str) -> Iterator[Q]:
    """Yield the conditions for a family name and given names, each whole or its beginning.

    With a comma, the family name comes first, as lists show names. Otherwise it can be first or last.
    """
    for family, given in _pairs(plain(text)):
        keys = name_key(family), name_key(given)
        if all(keys):  # one index has both
            yield beginning_with("family_key", keys[0]) & beginning_with("given_key", keys[1])


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    family, comma, given = text.partition(",")
    if comma:
        yield family, given
        return
    words = text.split()
    for number in range(1, len(words))[:MOST_SPACES]:
        first, last = " ".join(words[:number]), " ".join(words[number:])
        yield first, last
        yield last, first
