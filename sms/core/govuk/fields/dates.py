"""A date in three boxes."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError

from sms.core.govuk.fields.base import GovukBoundField, GovukField, ascii_digits
from sms.core.govuk.formats import MONTHS

PARTS = ("day", "month", "year")
EARLIEST, LATEST = 1900, 2200


class DateWidget(forms.MultiWidget):
    """Reads `<name>_day`, `<name>_month` and `<name>_year`, and keeps what was typed in each."""

    def __init__(self) -> None:
        super().__init__({part: forms.TextInput() for part in PARTS})

    def decompress(self, value: date | None) -> list[str]:
        return parts_of(value)


class DateField(GovukField):
    """A day, a month (its number or its name) and a year with four figures. A date; empty is None.

    An error names the part that is wrong, marks its box, and the link in the summary leads there.
    """

    template = "govuk/fields/date.html"
    widget = DateWidget
    sentences: ClassVar = {
        "missing": "{subject} must include a {missing}",
        "day": "{subject} must have a day from 1 to 31",
        "month": "{subject} must have a month from 1 to 12, or its name",
        "year": "{subject} must have a year with four figures, such as 2026",
        "years": f"{{subject}} must have a year from {EARLIEST} to {LATEST}",
        "day_of_month": "{subject} must be a real date: {month} {year} has {days} days",
    }

    def to_python(self, value: Any) -> date | None:
        if value is None or isinstance(value, date):
            return value
        typed = [ascii_digits(str(part or "")).strip() for part in value]
        if not any(typed):
            return None
        if missing := [part for part, text in zip(PARTS, typed, strict=True) if not text]:
            raise self.wrong("missing", missing=" and ".join(missing), boxes=missing)
        day, month, year = numbered(typed)
        for part, number, highest in (("day", day, 31), ("month", month, 12), ("year", year, 9999)):
            if not 1 <= number <= highest or (part == "year" and len(typed[2]) != 4):
                raise self.wrong(part, boxes=[part])
        if not EARLIEST <= year <= LATEST:
            raise self.wrong("years", boxes=["year"])
        if day > (days := monthrange(year, month)[1]):
            raise self.wrong("day_of_month", month=MONTHS[month - 1], year=year, days=days, boxes=["day"])
        return date(year, month, day)

    def has_changed(self, initial: date | None, data: Any) -> bool:
        try:
            return self.to_python(data) != initial
        except ValidationError:
            return True

    def boxes(self, bound: GovukBoundField) -> list[dict[str, Any]]:
        """The three inputs as the date-input macro takes them."""
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
                # A month may be a name: no keypad of figures for it.
                "inputmode": "text" if part == "month" else "numeric",
                "autocomplete": "off",
            }
            for part, text in zip(PARTS, typed, strict=True)
        ]

    def error_id(self, bound: GovukBoundField) -> str:
        return f"{bound.auto_id}_{(self.wrong_boxes(bound) or PARTS)[0]}"

    def wrong_boxes(self, bound: GovukBoundField) -> Sequence[str]:
        """The parts that the first error is about; all three, if it is about the date as a whole."""
        if not bound.errors:
            return ()
        params = bound.errors.as_data()[0].params or {}
        return params.get("boxes", PARTS)


def parts_of(value: date | None) -> list[str]:
    return [str(value.day), str(value.month), str(value.year)] if value else ["", "", ""]


def numbered(typed: list[str]) -> tuple[int, int, int]:
    """Day, month and year as numbers; -1 for what is none. A month may be its name or its first letters."""
    day, month, year = (int(text) if text.isdecimal() and len(text) <= 4 else -1 for text in typed)
    name = typed[1].casefold().rstrip(".")
    if len(name) >= 3:
        named = [i for i, full in enumerate(MONTHS, start=1) if full.casefold().startswith(name)]
        named = [9] if name == "sept" else named
        month = named[0] if len(named) == 1 else month
    return day, month, year
