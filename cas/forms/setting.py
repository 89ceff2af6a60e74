"""The forms that set one field of several CAS of a batch: the choice of the field, and then its value."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any, cast

from cas.details import fields
from cas.details.field import CASField
from licences.routes import Route
from sms.core.govuk.fields import HiddenField, SelectField
from sms.core.govuk.forms import GovukForm


class FieldForm(GovukForm):
    """The choice of the field to set."""

    field = SelectField(
        "Which field do you want to set?",
        choices=[],
        blank="Select a field",
        required="Choose the field to set",
        help_text="You cannot set the fields that are different for each student, such as the family name.",
        attributes={"data-autocomplete": ""},
        label_size="m",
    )

    def __init__(self, *args: Any, route: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        settable = fields.settable_together(route)
        cast(SelectField, self.fields["field"]).choices = [(field.name, field.subject) for field in settable]

    @property
    def chosen(self) -> CASField:
        return fields.BY_NAME[self.cleaned_data["field"]]


class ValueForm(GovukForm):
    """The value of the field, with the field's own input. The value can be empty."""

    field = HiddenField("Field")
    typed = HiddenField("Typed")


@lru_cache(maxsize=256)
def value_form(route: str, name: str) -> type[ValueForm]:
    """Return the class of the form for the value of the field `name` on this route."""
    own = fields.BY_NAME[name].formfield(route=route, label_size="m")
    return type("ValueForm", (ValueForm,), {name: own})


SELECTED = "cas"
"""The parameter with the ids of the selected CAS. The draft of the form keeps them too."""


@cache
def parameters() -> frozenset[str]:
    """Return the names of all parameters that a browser can send with these forms, for every route."""
    values = [value_form(route, field.name) for route in Route for field in fields.settable_together(route)]
    return frozenset(name for form in values for name in form.parameters()) | {SELECTED}
