"""Refuse passwords that are short, known or easy to guess (specification, section 9). There is no rule about signs."""

from __future__ import annotations

import re
import string
import unicodedata
from typing import Any, ClassVar

from django.contrib.auth.password_validation import (
    CommonPasswordValidator,
    MinimumLengthValidator,
    UserAttributeSimilarityValidator,
)
from django.core.exceptions import ValidationError

SHORTEST, LONGEST = 12, 128  # characters of a password
SHORTEST_WORD = 3  # characters: many passwords contain shorter words by chance
SHORTEST_REST = 8  # characters that a password must have in addition to the user's own words


class LengthValidator(MinimumLengthValidator):
    """Refuse a password of fewer than 12 characters, or of more than 128."""

    def __init__(self) -> None:
        super().__init__(SHORTEST)

    def validate(self, password: str, user: Any = None) -> None:
        super().validate(password, user)
        if len(password) > LONGEST:
            raise ValidationError(f"Password must have {LONGEST} characters or fewer", code="password_too_long")

    def get_error_message(self) -> str:
        return f"Password must have {SHORTEST} characters or more"


class KnownPasswordValidator(CommonPasswordValidator):
    """Refuse a password of Django's list of 20,000 known ones, also with digits or signs around it, or repeated.

    A password of one or two characters in any order is refused in the same way.
    """

    def validate(self, password: str, user: Any = None) -> None:
        word = _plain(password).strip(string.digits)
        cores = {password.lower().strip(), word, _unrepeated(word)}
        is_known = any(core in self.passwords for core in cores if len(core) >= SHORTEST_WORD)
        if is_known or len(set(password)) < SHORTEST_WORD:
            raise ValidationError(self.get_error_message(), code="password_too_common")

    def get_error_message(self) -> str:
        return "This password is on a list of passwords that many people use: choose another"


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


def _unrepeated(text: str) -> str:
    """Return the part of which `text` consists: "abc" for "abcabcabc". A text that repeats nothing is its own part."""
    return text[: (text + text).find(text, 1)]
