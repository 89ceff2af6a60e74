"""Fields for choosing: from a list, from radios, yes or no, and ticks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, ClassVar, cast

from django import forms
from markupsafe import Markup, escape

from sms.core import values
from sms.core.govuk.fields.base import GovukBoundField, GovukField, ReadField


class ChoosingField(ReadField, forms.ChoiceField):
    """What the fields below have in common. `hints` has an explanation for some of the values."""

    # Reads one value, as Django's Select does, without a copy of the choices for each form.
    widget: type[forms.Widget] = forms.TextInput

    nothing: ClassVar[object] = ""

    def __init__(self, label: str, *, hints: Mapping[str, str] | None = None, **options: Any) -> None:
        super().__init__(label, **options)
        self.hints = dict(hints or {})

    def read(self, value: Any) -> Any:
        return values.choice(value, self.subject, codes=self.codes())

    def codes(self) -> set[str]:
        """Return the values of `choices`, as a browser sends them."""
        return {str(value) for value, _ in cast("Iterable[tuple[object, str]]", self.choices)}

    def validate(self, value: Any) -> None:
        forms.Field.validate(self, value)  # whether it is required; the rest has been read

    def options(self, bound: GovukBoundField) -> list[dict[str, Any]]:
        """The choices as the macros of radios and checkboxes take them."""
        held = bound.value()
        chosen = {str(value) for value in (held if isinstance(held, list | tuple) else [held])}
        return [
            {
                "value": str(value),
                "text": label,
                "checked": str(value) in chosen,
                "hint": {"text": self.hints[value]} if value in self.hints else None,
                "attributes": self.attributes,
            }
            for value, label in cast("Iterable[tuple[object, str]]", self.choices)
        ]


class SelectField(ChoosingField):
    """One of `choices` (pairs of value and label) from a list. Empty is "".

    `blank` is the label of the line for no choice.
    """

    template = "govuk/fields/select.html"

    def __init__(self, label: str, *, blank: str = "", **options: Any) -> None:
        super().__init__(label, **options)
        self.blank = blank

    def options_html(self, bound: GovukBoundField) -> Markup:
        """The lines of the list, the one that is chosen marked. Those of 250 countries are written once."""
        choices = cast("Iterable[tuple[object, str]]", self.choices)
        lines = _lines(tuple((str(value), str(label)) for value, label in choices))
        value = f'<option value="{escape(bound.text)}"'
        return Markup(lines.replace(f"{value}>", f"{value} selected>", 1) if bound.text else lines)

    def is_unknown(self, bound: GovukBoundField) -> bool:
        """Whether the input holds something that is not in the list, and is kept all the same."""
        return bool(bound.text) and not self.valid_value(bound.text)


@lru_cache(maxsize=64)
def _lines(choices: tuple[tuple[str, str], ...]) -> str:
    return "".join(f'<option value="{escape(value)}">{escape(label)}</option>\n' for value, label in choices)


class CountryField(SelectField):
    """A long list that is searched by typing. Without JavaScript it is a plain list.

    What was typed and is not in the list comes back with an error, as typed.
    """

    def __init__(self, label: str, **options: Any) -> None:
        super().__init__(label, **options)
        self.attributes["data-autocomplete"] = ""


class RadiosField(ChoosingField):
    """One of `choices`, all in sight. Empty is ""."""

    template = "govuk/fields/radios.html"
    is_inline: ClassVar[bool] = False


class YesNoField(RadiosField):
    """Yes (True), No (False) or no answer (None). The form carries "yes" and "no"."""

    is_inline = True
    nothing = None

    def __init__(self, label: str, **options: Any) -> None:
        super().__init__(label, choices=[("yes", "Yes"), ("no", "No")], **options)

    def read(self, value: Any) -> bool:
        return values.yes_no(value, self.subject)

    def prepare_value(self, value: Any) -> Any:
        return {True: "yes", False: "no"}.get(value, value)


class CheckboxField(GovukField, forms.BooleanField):
    """One box to tick: True or False. `required` makes the tick itself necessary."""

    template = "govuk/fields/checkbox.html"


class CheckboxesField(ChoosingField, forms.MultipleChoiceField):
    """Any of `choices`: a list of their values, in the order of the page."""

    template = "govuk/fields/checkboxes.html"
    widget = forms.CheckboxSelectMultiple

    def to_python(self, value: Any) -> list[str]:
        return super().to_python(value) or []

    def read(self, value: Any) -> list[str]:
        if not isinstance(value, list | tuple):
            raise values.Invalid(f"{self.subject}: choose from the list")
        return [values.choice(chosen, self.subject, codes=self.codes()) for chosen in value if chosen]
