"""Fields with choices: lists, radios, yes or no, and checkboxes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any, ClassVar, cast

from django import forms
from django.core.exceptions import ValidationError
from markupsafe import Markup, escape

from sms.core import values
from sms.core.govuk.fields.base import GovukBoundField, GovukField, ReadField


class ChoosingField(ReadField, forms.ChoiceField):
    """The base of the fields below. `hints` explains some of the values.

    `kept` are values that are no longer offered, with their labels. A field that already has such a value still shows
    it, so that saving the form does not lose it. `reveals` are the names of fields that are shown below a value, while
    it is chosen.
    """

    # Reads one value, as Django's Select does, but does not copy the choices for each form.
    widget: type[forms.Widget] = forms.TextInput

    nothing: ClassVar[object] = ""

    def __init__(
        self,
        label: str,
        *,
        hints: Mapping[str, str] | None = None,
        kept: Mapping[str, str] = MappingProxyType({}),
        reveals: Mapping[str, str] = MappingProxyType({}),
        **options: Any,
    ) -> None:
        super().__init__(label, **options)
        self.hints = dict(hints or {})
        self.kept, self.reveals = kept, reveals

    def read(self, value: Any) -> Any:
        return values.choice(value, self.subject, codes=self.codes())

    def codes(self) -> set[str]:
        """Return the values of `choices`, as a browser sends them."""
        return {str(value) for value, _ in cast("Iterable[tuple[object, str]]", self.choices)}

    def validate(self, value: Any) -> None:
        forms.Field.validate(self, value)  # checks only `required`: `read` has checked the rest

    def offered(self, bound: GovukBoundField) -> list[tuple[str, str]]:
        """Return the choices, and the value of the field if it is one that is kept."""
        offered = [(str(value), label) for value, label in cast("Iterable[tuple[object, str]]", self.choices)]
        is_kept = bound.text in self.kept and bound.text not in dict(offered)
        return [*offered, (bound.text, self.kept[bound.text])] if is_kept else offered

    def options(self, bound: GovukBoundField) -> list[dict[str, Any]]:
        """Return the choices as the macros of radios and checkboxes take them."""
        held = bound.value()
        chosen = {str(value) for value in (held if isinstance(held, list | tuple) else [held])}
        offered = self.offered(bound)
        values = [value for value, _ in offered]
        focused = next((value for value in values if value in chosen), next(iter(values), ""))
        return [
            {
                "value": value,
                "text": label,
                "checked": value in chosen,
                "hint": {"text": self.hints[value]} if value in self.hints else None,
                "attributes": self.attributes | bound.autofocus if value == focused else self.attributes,
                "conditional": {"html": bound.form[self.reveals[value]]} if value in self.reveals else None,
            }
            for value, label in offered
        ]


class SelectField(ChoosingField):
    """A list of `choices` (pairs of value and label) to choose one from. Its value is "" if none is chosen.

    `blank` is the label of the line for no choice. Without it, the line says what the list chooses.
    """

    template = "govuk/fields/select.html"

    def __init__(self, label: str, *, blank: str = "", **options: Any) -> None:
        super().__init__(label, **options)
        self.blank = blank or select_a(label)

    def options_html(self, bound: GovukBoundField) -> Markup:
        """Return the lines of the list, with the chosen line selected. A long list is written only once.

        A text that is not in the list has a line of its own, so that it is kept.
        """
        lines = _lines(self.blank, tuple((value, str(label)) for value, label in self.offered(bound)))
        held = escape(bound.text)
        if held and self.is_unknown(bound):
            lines += f'<option value="{held}" selected data-typed>{held}</option>'
        elif held:
            lines = lines.replace(f'<option value="{held}">', f'<option value="{held}" selected>', 1)
        return Markup(lines)

    def is_unknown(self, bound: GovukBoundField) -> bool:
        """Return whether the input has a text that is not in the list."""
        return bound.text not in self.kept and not self.valid_value(bound.text)


def select_a(label: str) -> str:
    """Return "Select a nationality" for the label "Nationality"."""
    what = label if label[:2].isupper() else f"{label[0].lower()}{label[1:]}"
    return f"Select {'an' if what[0] in 'aeioAEIO' else 'a'} {what}"


@lru_cache(maxsize=64)
def _lines(blank: str, choices: tuple[tuple[str, str], ...]) -> str:
    lines = [("", blank), *choices]
    return "".join(f'<option value="{escape(value)}">{escape(label)}</option>\n' for value, label in lines)


class CountryField(SelectField):
    """A long list that users search by typing. Without JavaScript it is a plain list.

    A text that is not in the list is shown again as typed, with an error. A name that `check` understands is shown as
    the choice that it means.
    """

    def __init__(self, label: str, **options: Any) -> None:
        super().__init__(label, **options)
        self.attributes["data-autocomplete"] = "countries"

    def prepare_value(self, value: Any) -> Any:
        try:
            return self.to_python(value)
        except ValidationError:
            return value


class RadiosField(ChoosingField):
    """Radios to choose one of `choices`. The value is "" if none is chosen. They can be small, for a long form."""

    template = "govuk/fields/radios.html"
    is_inline: ClassVar[bool] = False
    is_small = False


class YesNoField(RadiosField):
    """Radios for Yes (True) and No (False); None if there is no answer. The form sends "yes" and "no"."""

    is_inline = True
    nothing = None

    def __init__(self, label: str, **options: Any) -> None:
        super().__init__(label, choices=[("yes", "Yes"), ("no", "No")], **options)

    def read(self, value: Any) -> bool:
        return values.yes_no(value, self.subject)

    def prepare_value(self, value: Any) -> Any:
        return {True: "yes", False: "no"}.get(value, value)


class CheckboxField(GovukField, forms.BooleanField):
    """A single checkbox: True or False. If `required`, it must be selected."""

    template = "govuk/fields/checkbox.html"


class CheckboxesField(ChoosingField, forms.MultipleChoiceField):
    """Checkboxes to choose any of `choices`. The value is a list of their values, in the order of the page.

    They can be small, for a long list.
    """

    template = "govuk/fields/checkboxes.html"
    is_small = False
    widget = forms.CheckboxSelectMultiple

    def to_python(self, value: Any) -> list[str]:
        return super().to_python(value) or []

    def read(self, value: Any) -> list[str]:
        if not isinstance(value, list | tuple):
            raise values.Invalid(f"{self.subject}: choose from the list")
        return [values.choice(chosen, self.subject, codes=self.codes()) for chosen in value if chosen]
