"""Keys: what was typed, as it is compared and searched for (specification, sections 3 and 8).

Stored keys are made by these functions: a migration must fill the keys again when one of them changes.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Any

from anyascii import anyascii
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.functions import Length, Replace, Substr
from django.db.models.lookups import Exact, GreaterThanOrEqual

from sms.core.characters import ACCENTS, LAST, SIGNS, in_ascii, seen

SIZE = 200  # characters of a key: what is longer is cut off, in the search as well
PASSPORT_SIZE = 50  # as many as a passport number has

_NOT_BETWEEN_FIGURES = re.compile("(?<![0-9]) | (?![0-9])")
_SECOND_VOWEL = re.compile("(?<=[aou])e+")


def text_key(text: str) -> str:
    """Return text without regard to case, accents, spaces, and signs such as hyphens: `O’Brien-Đặng` is `obriendang`.

    Figures stay apart, so that 1-1 is not 11. A text of signs alone is its own key.
    """
    key = _NOT_BETWEEN_FIGURES.sub("", " ".join(_folded(text).split()))
    return (key or "".join(in_ascii(sign).strip() or seen(sign).strip() for sign in text))[:SIZE]


def name_key(name: str) -> str:
    """Return the key of a person's name: as `text_key`, with ae, oe and ue as the a, o and u that they stand for.

    Müller, Mueller and Muller have one key, and so have a few names that differ, such as Michael and Michal.
    """
    return _SECOND_VOWEL.sub("", text_key(name))


def passport_key(number: str) -> str:
    """Return the key of an identifier: its letters and figures, without regard to case, accents, width and punctuation.

    A Cyrillic or Greek letter that looks like a Latin one stays apart: the specification lists what makes two numbers
    the same, since CAS of the same individual become OBSOLETE for good. The form warns of such a letter instead.
    """
    return "".join(sign for sign in _folded(number) if unicodedata.category(sign)[0] in "LMN")[:PASSPORT_SIZE]


def _folded(text: str) -> str:
    return unicodedata.normalize("NFC", "".join(map(_letters, text)))


@lru_cache(maxsize=4096)
def _letters(character: str) -> str:
    """Return what a key keeps of a character: base letters and figures, a space for a sign."""
    plain = in_ascii(character)
    if SIGNS.issuperset(plain):
        return " " if plain else ""
    if (folded := unicodedata.normalize("NFKD", plain.casefold())) != character:
        return "".join(map(_letters, folded))
    if ACCENTS.match(character):
        return ""
    if not character.isascii() and unicodedata.name(character, "").startswith("LATIN"):
        return "".join(letter for letter in anyascii(character).lower() if letter.isalpha())
    return character


class KeyField(models.CharField):  # type: ignore[type-arg]
    """A column of keys, which the database compares letter by letter, so that an index finds those that begin alike."""

    def db_parameters(self, connection: BaseDatabaseWrapper) -> Any:
        collation = "C" if connection.vendor == "postgresql" else "BINARY"
        return {**super().db_parameters(connection), "collation": collation}


def beginning_with(column: str, key: str) -> models.Q:
    """Return the condition that the key in `column` begins with `key`: a range of the index, on both databases."""
    return models.Q(**{f"{column}__gte": key, f"{column}__lt": key + LAST})


LEAST_IDENTIFYING = 4  # letters and figures
PLACEHOLDERS = frozenset(
    {"applied", "awaited", "awaiting", "none", "notavailable", "notknown", "nopassport", "passport", "pending"}
    | {"tobeconfirmed", "unknown"}
)
"""Keys of words that are typed where a passport number is not known yet. Shorter words are too short in any case."""


def matches_nothing(number: str) -> bool:
    """Return whether a passport or travel document number is too poor to identify a person, such as TBC or 0000."""
    key = passport_key(number)
    return len(key) < LEAST_IDENTIFYING or len(set(key)) == 1 or key in PLACEHOLDERS


def identifying(column: str) -> models.Q:
    """Return the condition that the key in `column` identifies a person: the opposite of `matches_nothing`."""
    others = Replace(models.F(column), Substr(column, 1, 1), models.Value(""))  # type: ignore[arg-type] # any text
    return (
        models.Q(GreaterThanOrEqual(Length(column), LEAST_IDENTIFYING))
        & ~models.Q(Exact(others, models.Value("")))
        & ~models.Q(**{f"{column}__in": sorted(PLACEHOLDERS)})
    )
