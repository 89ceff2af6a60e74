"""Keys: short forms of typed text, by which the portal compares it and finds it (specification, sections 3 and 8).

These functions make the keys that are stored. If one of them changes, a migration must fill the keys again.
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

SIZE = 200  # characters of a key. A longer key is cut off, in the search as well
PASSPORT_SIZE = 50  # characters: the greatest length of an Applicant ID. A passport number is shorter

_NOT_BETWEEN_FIGURES = re.compile("(?<![0-9]) | (?![0-9])")
_SECOND_VOWEL = re.compile("(?<=[aou])e+")


def text_key(text: str) -> str:
    """Return a key that ignores case, accents, spaces, and signs such as hyphens: `obriendang` for `O’Brien-Đặng`.

    A space or sign between two figures becomes a space, so that 1-1 is not 11. A text that has only signs keeps them.
    """
    key = _NOT_BETWEEN_FIGURES.sub("", " ".join(_folded(text).split()))
    return (key or "".join(in_ascii(sign).strip() or seen(sign).strip() for sign in text))[:SIZE]


def name_key(name: str) -> str:
    """Return the key of a person's name: its `text_key`, with ae, oe and ue shortened to a, o and u.

    Müller, Mueller and Muller have the same key. So do a few different names, such as Michael and Michal.
    """
    return _SECOND_VOWEL.sub("", text_key(name))


def passport_key(number: str) -> str:
    """Return the key of an identifier: its letters and figures. It ignores case, accents, width and punctuation.

    A Cyrillic or Greek letter does not become the Latin letter that it looks like. The specification lists the only
    differences that do not count, because CAS of the same individual become OBSOLETE permanently. The form warns the
    user of such a letter instead.
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
    """A column of keys. The database compares them letter by letter, so that an index finds keys by their beginning."""

    def db_parameters(self, connection: BaseDatabaseWrapper) -> Any:
        collation = "C" if connection.vendor == "postgresql" else "BINARY"
        return {**super().db_parameters(connection), "collation": collation}


def beginning_with(column: str, key: str) -> models.Q:
    """Return the condition that the key in `column` begins with `key`: a range of the index, on both databases."""
    return models.Q(**{f"{column}__gte": key, f"{column}__lt": key + LAST})


LEAST_IDENTIFYING = 4  # letters and figures
PLACEHOLDERS = frozenset(
    {
        "applied",
        "awaited",
        "awaiting",
        "none",
        "notavailable",
        "notknown",
        "nopassport",
        "passport",
        "pending",
        "tobeconfirmed",
        "unknown",
    }
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
