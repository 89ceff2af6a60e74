"""The field of a CAS for a date that the passport may show only in part."""

from __future__ import annotations

from typing import Any, Literal

from cas.details.field import CASField
from cas.details.sections import Section
from cas.keys import KeyField
from sms.core.govuk import formats
from sms.core.govuk.fields import PartialDateField
from sms.core.partial_dates import PartialDate, partial_date


class CASPartialDate(CASField[str, PartialDate | Literal[""]], KeyField):
    """A date whose day, or day and month, may be unknown."""

    kind = "partial date"
    form_class = PartialDateField
    empty = ""
    limits = "1990-05-12, 1990-05 or 1990"

    def __init__(self, section: Section, label: str, **options: Any) -> None:
        super().__init__(section, label, max_length=10, default="", **options)

    def from_db_value(self, value: str, expression: object, connection: object) -> PartialDate | Literal[""]:
        return PartialDate(value) if value else ""

    def to_python(self, value: Any) -> PartialDate | Literal[""]:
        return self.clean(value, None)

    def get_prep_value(self, value: Any) -> str | None:
        return None if value is None else str(value)  # also called for the bounds of a search

    def check_filled(self, value: Any, subject: str) -> PartialDate:
        return partial_date(value, subject)

    def display_filled(self, value: Any) -> str:
        return formats.partial_day(value)

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        name, _, args, column = super().deconstruct()
        return name, f"{KeyField.__module__}.{KeyField.__name__}", args, column
