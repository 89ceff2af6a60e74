"""Fields for text: one line, several lines, and passwords."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms

from sms.core import values
from sms.core.characters import with_plain_breaks
from sms.core.govuk.fields.base import GovukField, ReadField

# The widths of GOV.UK's inputs, each with the longest text for which it is used.
WIDTHS = ((2, "2"), (3, "3"), (4, "4"), (5, "5"), (10, "10"), (20, "20"), (50, "30"))


class TextField(ReadField, forms.CharField):
    """A line of text, without spaces around it. The value is "" if it is empty.

    `autocomplete` is the HTML attribute: it is off, unless the field is about the user. `width` is one of GOV.UK's: 2,
    3, 4, 5, 10, 20 or 30 characters. It is derived from `max_length` if not given. The browser offers the `suggestions`
    while the user types, but any text is accepted.
    """

    template = "govuk/fields/text.html"
    nothing = ""
    is_long: ClassVar[bool] = False

    def __init__(
        self,
        label: str,
        *,
        max_length: int | None = None,
        width: str = "",
        autocomplete: str = "off",
        spellcheck: bool = False,
        inputmode: str = "",
        suggestions: tuple[str, ...] = (),
        **options: Any,
    ) -> None:
        super().__init__(label, **options)
        self.suggestions = suggestions
        self.max_length = max_length
        self.width = width or next((w for limit, w in WIDTHS if max_length and max_length <= limit), "")
        self.autocomplete = autocomplete
        self.spellcheck = spellcheck
        self.inputmode = inputmode
        # `read` checks the text with our own sentences, instead of validators with Django's.
        self.validators = []

    def read(self, value: Any) -> str:
        return values.text(value, self.subject, size=self.max_length, is_long=self.is_long)


class IdentifierField(TextField):
    """A number, a code or a user ID on one line."""

    def read(self, value: Any) -> str:
        return values.identifier(value, self.subject, size=self.max_length)


class LongTextField(TextField):
    """Several lines of text, with a count of the characters left. A line break counts as one character.

    `threshold` is the percentage of the limit from which the count is shown.
    """

    template = "govuk/fields/long_text.html"
    threshold = 0
    is_long = True

    def __init__(self, label: str, *, max_length: int, rows: int = 5, spellcheck: bool = True, **options: Any) -> None:
        super().__init__(label, max_length=max_length, spellcheck=spellcheck, **options)
        self.rows = rows

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
