"""Fields for whole numbers and for amounts of money."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar

from django import forms

from sms.core import values
from sms.core.govuk import formats
from sms.core.govuk.fields.base import ReadField


class NumberField(ReadField):
    """A whole number from `minimum` to `maximum`, inclusive. The value is None if it is empty.

    `suffix` is shown after the input, such as "%".
    """

    template = "govuk/fields/number.html"
    inputmode: ClassVar[str] = "numeric"

    def __init__(self, label: str, *, minimum: int, maximum: int, suffix: str = "", **options: Any) -> None:
        super().__init__(label, **options)
        self.minimum, self.maximum, self.suffix = minimum, maximum, suffix

    def read(self, value: Any) -> int | Decimal:
        return values.number(value, self.subject, least=self.minimum, most=self.maximum)


class DecimalField(NumberField):
    """A number from 0 to `maximum` with 1 decimal at most. The value is a Decimal, or None if it is empty."""

    inputmode = "decimal"

    def __init__(self, label: str, *, maximum: int, **options: Any) -> None:
        super().__init__(label, minimum=0, maximum=maximum, **options)

    def read(self, value: Any) -> Decimal:
        return values.decimal(value, self.subject, most=self.maximum)

    def prepare_value(self, value: Any) -> Any:
        return formats.decimal(value) if isinstance(value, Decimal) else value


class MoneyField(ReadField):
    """An amount in pounds, such as 1234 or 1234.99, from 0 to `maximum`. A Decimal, or None if it is empty."""

    template = "govuk/fields/money.html"
    widget = forms.TextInput

    def __init__(self, label: str, *, maximum: Decimal = values.MOST_MONEY, **options: Any) -> None:
        super().__init__(label, **options)
        self.maximum = maximum

    def read(self, value: Any) -> Decimal:
        return values.money(value, self.subject, most=self.maximum)

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, Decimal):
            return f"{value:.0f}" if value == value.to_integral_value() else f"{value:.2f}"
        return value
