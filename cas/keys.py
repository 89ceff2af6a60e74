"""Keys: what was typed, as it is compared and searched for (specification, sections 3 and 8)."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from sms.core.values import APOSTROPHES, BETWEEN_WORDS

SIZE = 200  # characters of a key: what is longer is cut off, in the search as well
PASSPORT_SIZE = 50  # as many as a passport number has

ACCENTS = re.compile("[\u0300-\u036f]")  # those of Latin, Greek and Cyrillic: in other scripts, marks are letters

# Letters that Unicode does not take apart, as people type them who do not have them.
PLAIN = str.maketrans(
    {
        "\u0131": "i",  # the dotless i
        "æ": "ae",
        "ð": "d",
        "ø": "o",
        "þ": "th",
        "đ": "d",
        "ħ": "h",
        "ł": "l",
        "œ": "oe",
        "ŧ": "t",
    }
)


def name_key(text: str) -> str:
    """A name without regard to case, accents, apostrophes, hyphens and spaces: `O’Brien-Đặng` is `obrien dang`."""
    letters = ACCENTS.sub("", unicodedata.normalize("NFKD", text.casefold())).translate(PLAIN)
    words = BETWEEN_WORDS.sub(" ", APOSTROPHES.sub("", letters)).strip()
    return unicodedata.normalize("NFC", words)[:SIZE]


def passport_key(number: str) -> str:
    """A passport number without regard to case, spaces and punctuation."""
    key = "".join(character for character in number.casefold() if character.isalnum())
    return key[:PASSPORT_SIZE]  # a few letters become two, such as ß


class KeyField(models.CharField):  # type: ignore[type-arg]
    """A column of keys, which the database compares letter by letter, so that an index finds those that begin alike."""

    def db_parameters(self, connection: BaseDatabaseWrapper) -> Any:
        collation = "C" if connection.vendor == "postgresql" else "BINARY"
        return {**super().db_parameters(connection), "collation": collation}


def beginning_with(column: str, key: str) -> models.Q:
    """The rows whose key in `column` begins with `key`: a range of the index, on both databases."""
    return models.Q(**{f"{column}__gte": key, f"{column}__lt": key + "\U0010ffff"})
