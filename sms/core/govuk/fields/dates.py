"""Dates in three boxes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from sms.core import values
from sms.core.govuk.fields.base import GovukBoundField, ReadField
from sms.core.partial_dates import PartialDate, partial_date

PARTS = ("day", "month", "year")


class DateWidget(forms.MultiWidget):
    """A widget that reads `<name>_day`, `<name>_month` and `<name>_year`, and keeps the text typed in each."""

    def __init__(self) -> None:
        super().__init__({part: forms.TextInput() for part in PARTS})

    def decompress(self, value: date | PartialDate | None) -> list[str]:
        return parts_of(value)


class DateField(ReadField):
    """A date: a day, a month (number or name) and a year with 4 figures. The value is None if it is empty.

    An error names the part that is wrong and marks its box. The link in the summary leads to that box.
    """

    template = "govuk/fields/date.html"
    widget = DateWidget

    def read(self, value: Any) -> date:
        return values.date(value, self.subject)

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return self.to_python(data) != (initial or self.nothing)
        except ValidationError:
            return True

    def boxes(self, bound: GovukBoundField) -> list[dict[str, Any]]:
        """Return the three inputs as the date-input macro takes them."""
        value = bound.value()
        typed = value if isinstance(value, list) else parts_of(value)
        wrong = self.wrong_boxes(bound)
        return [
            {
                "id": f"{bound.auto_id}_{part}",
                "name": f"{bound.html_name}_{part}",
                "label": part.capitalize(),
                "value": text,
                "classes": f"govuk-input--width-{4 if part == 'year' else 2}"
                + (" govuk-input--error" if part in wrong else ""),
                # A month may be a name, so it needs letters too.
                "inputmode": "text" if part == "month" else "numeric",
                "autocomplete": "off",
                "attributes": bound.autofocus if part == PARTS[0] else {},
            }
            for part, text in zip(PARTS, typed, strict=True)
        ]

    def error_id(self, bound: GovukBoundField) -> str:
        return f"{bound.auto_id}_{(self.wrong_boxes(bound) or PARTS)[0]}"

    def wrong_boxes(self, bound: GovukBoundField) -> Sequence[str]:
        """Return the parts that the first error is about; all three if it is about the date as a whole."""
        if not bound.errors:
            return ()
        params = bound.errors.as_data()[0].params or {}
        return params.get("parts") or PARTS


class PartialDateField(DateField):
    """A date whose day, or day and month, may be left empty. A `PartialDate`; empty is "".

    The hint should say so.
    """

    nothing = ""

    def __init__(self, label: str, **options: Any) -> None:
        super().__init__(label, **options)
        self.group_attributes["data-partial"] = ""  # static/sms.js does not count the boxes that may be empty

    def read(self, value: Any) -> PartialDate:  # type: ignore[override]
        return partial_date(value, self.subject)


def parts_of(value: date | PartialDate | None) -> list[str]:
    return [str(part or "") for part in (value.day, value.month, value.year)] if value else ["", "", ""]
