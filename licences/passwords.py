"""Refuse passwords that are easy to guess by people who know the user or the sponsor (specification, section 9)."""

from __future__ import annotations

import re
import unicodedata
from typing import Any, ClassVar

from django.contrib.auth.password_validation import UserAttributeSimilarityValidator
from django.core.exceptions import ValidationError

SHORTEST_WORD = 3  # characters: many passwords contain shorter words by chance
SHORTEST_REST = 8  # characters that a password must have in addition to the user's own words


class OwnDetailsValidator(UserAttributeSimilarityValidator):
    """Refuse a password that resembles, or mostly consists of, the name, user ID, email address or sponsor's name."""

    ATTRIBUTES: ClassVar = ("name", "username", "email", "sponsor_name")

    def __init__(self) -> None:
        super().__init__(user_attributes=self.ATTRIBUTES)

    def validate(self, password: str, user: Any = None) -> None:
        """Raise `ValidationError` if the password resembles the user's details."""
        super().validate(password, user)
        rest = _plain(password)
        for word in sorted(_own_words(user), key=len, reverse=True):
            rest = rest.replace(word, "")
        if rest != _plain(password) and len(rest) < SHORTEST_REST:
            raise ValidationError(
                "The password is too similar to the name, User ID, email address or sponsor.",
                code="password_too_similar",
            )

    def get_help_text(self) -> str:
        return "The password must not resemble the name, User ID, email address or sponsor."


def _own_words(user: Any) -> set[str]:
    words = set()
    for attribute in OwnDetailsValidator.ATTRIBUTES:
        value = str(getattr(user, attribute, "") or "")
        words |= {_plain(part) for part in (value, *re.split(r"[\W_]+", value))}
    return {word for word in words if len(word) >= SHORTEST_WORD}


def _plain(text: str) -> str:
    """Return the letters and digits of `text`, without case and accents."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in decomposed if character.isalnum())
