"""Fields for whole numbers and for amounts of money."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any, ClassVar

from django import forms

from sms.core.govuk.fields.base import GovukField, ascii_digits


class NumberField(GovukField):
    """A whole number from `minimum` to `maximum`, both included. Empty is None.

    `suffix` stands behind the input, such as "%".
    """

    template = "govuk/fields/number.html"
    sentences: ClassVar = {"range": "{subject} must be a whole number from {minimum:,} to {maximum:,}"}

    def __init__(self, label: str, *, minimum: int, maximum: int, suffix: str = "", **options: Any) -> None:
        super().__init__(label, **options)
        self.minimum, self.maximum, self.suffix = minimum, maximum, suffix

    def to_python(self, value: Any) -> int | None:
        if value in self.empty_values or not (text := ascii_digits(str(value)).strip()):
            return None
        # As many digits as could ever be right: int() is not asked to read a million of them.
        if re.fullmatch(r"-?[0-9]{1,18}", text) and self.minimum <= int(text) <= self.maximum:
            return int(text)
        raise self.wrong("range", minimum=self.minimum, maximum=self.maximum)


class MoneyField(GovukField):
    """An amount in pounds, as 1234 or 1234.99, from zero to `maximum` (pounds). A Decimal; empty is None."""

    template = "govuk/fields/money.html"
    widget = forms.TextInput
    sentences: ClassVar = {
        "comma": "{subject} must be written without commas or spaces, as 1234 or 1234.99",
        "sign": "{subject} must be written without the pound sign, as 1234 or 1234.99",
        "negative": "{subject} must be 0 or more",
        "pence": "{subject} must have two figures after the point, as 1234.99, or no point",
        "format": "{subject} must be an amount in pounds, as 1234 or 1234.99",
        "too_much": "{subject} must be {maximum:,.2f} or less",
    }

    def __init__(self, label: str, *, maximum: Decimal = Decimal("99999999.99"), **options: Any) -> None:
        super().__init__(label, **options)
        self.maximum = maximum

    def to_python(self, value: Any) -> Decimal | None:
        if value in self.empty_values or not (text := ascii_digits(str(value)).strip()):
            return None
        if not re.fullmatch(r"[0-9]+(\.[0-9]{2})?", text):
            raise self.wrong(self.fault_of(text))
        if len(text) > 30 or Decimal(text) > self.maximum:
            raise self.wrong("too_much", maximum=self.maximum)
        return Decimal(text)

    def fault_of(self, text: str) -> str:
        """Which sentence explains best what is not right about `text`."""
        if re.fullmatch(r"£\s*[0-9][0-9, ]*(\.[0-9]*)?", text):
            return "sign"
        if re.fullmatch(r"[0-9]+([, ][0-9]+)+(\.[0-9]*)?", text):
            return "comma"
        if re.fullmatch(r"[-\u2212]\s*£?[0-9]+(\.[0-9]*)?", text):
            return "negative"
        if re.fullmatch(r"[0-9]*\.[0-9]*", text):
            return "pence"
        return "format"

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, Decimal):
            return f"{value:.0f}" if value == value.to_integral_value() else f"{value:.2f}"
        return value
