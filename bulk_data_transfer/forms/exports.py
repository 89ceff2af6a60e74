"""The forms of exports."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from django.core.exceptions import ValidationError

from bulk_data_transfer.datasets import Dataset
from bulk_data_transfer.models import ColumnChoice
from bulk_data_transfer.models.column_choice import NAME_SIZE
from bulk_data_transfer.spans import SPANS
from bulk_data_transfer.writing.formats import FORMATS, Format
from sms.core.govuk.fields import CheckboxesField, CheckboxField, DateField, GovukBoundField, RadiosField, TextField
from sms.core.govuk.forms import GovukForm

USUAL, ALL, OWN = "usual", "all", "own"


class SpanForm(GovukForm):
    """The choice of what to export, and between which days."""

    span = RadiosField(
        "What do you want to export?",
        choices=[(span.name, span.label) for span in SPANS.values()],
        hints={span.name: span.hint for span in SPANS.values() if span.hint},
        required="Select what you want to export",
        label_size="m",
    )
    first = DateField("First day")
    last = DateField("Last day")

    def clean(self) -> dict[str, Any]:
        """Refuse days where they mean nothing, and a last day before the first."""
        span = SPANS.get(self.cleaned_data.get("span", ""))
        first, last = self.cleaned_data.get("first"), self.cleaned_data.get("last")
        if span and not span.days:
            for name in ("first", "last"):
                if self.cleaned_data.get(name):
                    self.add_error(name, f"Leave this day empty: “{span.label}” has no days to choose")
        if first and last and last < first:
            self.add_error("last", "Last day: must not be before the first day")
        return self.cleaned_data


class ExportForm(GovukForm):
    """The format and the columns of an export. Columns can be chosen one by one, and the choice saved."""

    format = RadiosField(
        "Format",
        choices=[],
        hints={each.name: each.hint for each in FORMATS.values()},
        required="Select a format",
        label_size="m",
    )
    which = RadiosField(
        "Columns",
        choices=[],
        required="Select the columns",
        help_text="XML has all details, so this does not change it",
        label_size="m",
    )
    has_codes = CheckboxField(
        "Write codes instead of names, such as IND for India",
        help_text="For another system. JSON lines and XML always have codes",
    )
    save_as = TextField(
        "Save these columns as (optional)",
        max_length=NAME_SIZE,
        help_text="A name, under which all users of your sponsor can choose them again",
    )

    def __init__(
        self,
        *args: Any,
        dataset: Dataset,
        formats: Iterable[Format],
        saved: Iterable[ColumnChoice],
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        cast(RadiosField, self.fields["format"]).choices = [(each.name, each.label) for each in formats]
        self.dataset = dataset
        self.saved = {str(choice.pk): choice for choice in saved}
        cast(RadiosField, self.fields["which"]).choices = [
            (USUAL, f"The usual {len(dataset.usual)} columns"),
            *((pk, choice.name) for pk, choice in self.saved.items()),
            (ALL, f"All {len(dataset.columns)} columns"),
            (OWN, "The columns that you select below"),
        ]
        for number, (heading, columns) in enumerate(dataset.groups):
            choices = [(column.name, column.label) for column in columns]
            field = self.fields[f"columns_{number}"] = CheckboxesField(heading, choices=choices)
            field.is_small = True

    def groups(self) -> list[GovukBoundField]:
        """Return the checkboxes of each group of columns."""
        return [self[name] for name in self.fields if name.startswith("columns_")]

    def clean(self) -> dict[str, Any]:
        if self.cleaned_data.get("which") == OWN and not self._has_all_details() and not self._selected():
            self.add_error("which", "Select at least one column below")
        return self.cleaned_data

    def clean_save_as(self) -> str:
        name: str = self.cleaned_data["save_as"]
        if name and self.cleaned_data.get("which") not in {OWN, None, ""}:
            raise ValidationError("Select “The columns that you select below” to save them under a name")
        return name

    def columns(self) -> list[str]:
        """Return the names of the columns of a valid form, in the order of files."""
        which = self.cleaned_data["which"]
        if which == OWN:
            return self._selected()
        if which in self.saved:
            return [column.name for column in self.dataset.chosen(self.saved[which].columns)]
        return [column.name for column in self.dataset.columns if which == ALL or column.name in self.dataset.usual]

    def _has_all_details(self) -> bool:
        """Return whether the format has columns of its own."""
        return bool(FORMATS[self.cleaned_data["format"]].columns) if "format" in self.cleaned_data else False

    def _selected(self) -> list[str]:
        return [
            name for field in self.fields if field.startswith("columns_") for name in self.cleaned_data.get(field) or ()
        ]
