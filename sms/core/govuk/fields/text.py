"""Fields for words: one line, several lines, and passwords."""

from __future__ import annotations

import re
import unicodedata
from typing import Any, ClassVar

from django import forms

from sms.core.govuk.fields.base import GovukField

# Control characters, half surrogates and the code points that are no characters: no database, PDF or XML file
# takes all of them, and nobody types them on purpose. Line breaks and tabs are dealt with before.
UNUSABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef"
    + "".join(chr(plane | last) for plane in range(0, 0x110000, 0x10000) for last in (0xFFFE, 0xFFFF))
    + "]"
)

# The widest class of GOV.UK's inputs that is not wider than the text may be long.
WIDTHS = ((2, "2"), (3, "3"), (4, "4"), (5, "5"), (10, "10"), (20, "20"), (50, "30"))


class TextField(GovukField, forms.CharField):
    """One line of text, without the space around it. Empty is "".

    `autocomplete` is the browser's own: off, unless the field is about the person who types.
    `width` is GOV.UK's: 2, 3, 4, 5, 10, 20 or 30 characters; worked out from `max_length` if not given.
    """

    template = "govuk/fields/text.html"
    sentences: ClassVar = {
        "too_long": "{subject} must be {limit} characters or fewer. It is {length} now",
        "unusable": "{subject} contains a character that cannot be kept ({name}). Delete it",
    }

    def __init__(
        self,
        label: str,
        *,
        max_length: int | None = None,
        width: str = "",
        autocomplete: str = "off",
        spellcheck: bool = False,
        inputmode: str = "",
        **options: Any,
    ) -> None:
        super().__init__(label, **options)
        self.max_length = max_length
        self.width = width or next((w for limit, w in WIDTHS if max_length and max_length <= limit), "")
        self.autocomplete = autocomplete
        self.spellcheck = spellcheck
        self.inputmode = inputmode
        # Checked here, with sentences of our own, instead of by validators with Django's.
        self.validators = []

    def to_python(self, value: Any) -> str:
        text = self.tidied(str(value)) if value not in self.empty_values else ""
        if found := UNUSABLE.search(text):
            raise self.wrong("unusable", name=character_name(found[0]))
        if self.max_length and len(text) > self.max_length:
            raise self.wrong("too_long", limit=f"{self.max_length:,}", length=f"{len(text):,}")
        return text

    def tidied(self, text: str) -> str:
        """`text` as it is kept: tabs and line breaks, which come with pasting from a table, are spaces."""
        return re.sub(r"[\t\r\n]+", " ", text).strip()


class LongTextField(TextField):
    """Several lines of text with a count of the characters that are left. A line break is one character."""

    template = "govuk/fields/long_text.html"

    def __init__(self, label: str, *, max_length: int, rows: int = 5, spellcheck: bool = True, **options: Any) -> None:
        super().__init__(label, max_length=max_length, spellcheck=spellcheck, **options)
        self.rows = rows

    def tidied(self, text: str) -> str:
        return with_plain_breaks(text).strip()

    def prepare_value(self, value: Any) -> Any:
        return with_plain_breaks(value) if isinstance(value, str) else value


class PasswordField(GovukField, forms.CharField):
    """A password, kept as typed and never sent back to the browser."""

    template = "govuk/fields/password.html"
    widget = forms.PasswordInput

    def __init__(self, label: str, *, autocomplete: str = "current-password", **options: Any) -> None:
        super().__init__(label, strip=False, **options)
        self.autocomplete = autocomplete
        self.validators = []


def character_name(character: str) -> str:
    """What to call a character that cannot be seen: "U+0007"."""
    return unicodedata.name(character, f"U+{ord(character):04X}")


def with_plain_breaks(text: str) -> str:
    """`text` with a single character for each line break; browsers send two."""
    return text.replace("\r\n", "\n").replace("\r", "\n")
