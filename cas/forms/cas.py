"""Forms about CAS."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Any, cast

from cas.columns import label_of
from cas.details import fields
from cas.details.field import CASField
from cas.details.rows import COLUMNS, WIDTHS
from cas.forms.sections import Part, parts
from cas.models import CAS
from cas.models.values import checked
from cas.rules import Limits
from licences.routes import Route
from sms.core.govuk.fields import HiddenField, RadiosField
from sms.core.govuk.forms import GovukForm
from sms.core.govuk.kept import KeptForm
from sms.core.govuk.versioned import VersionedForm
from sms.core.ids import id_in


class RouteForm(GovukForm):
    """The route of the new CAS (manual 4, guide 1, step 2)."""

    route = RadiosField(label_of("route"), choices=[], required="Select the route", label_size="m")

    def __init__(self, *args: Any, routes: list[Route], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(RadiosField, self.fields["route"]).choices = [(route.value, route.label) for route in routes]


class KindForm(GovukForm):
    """The choice of what to do (manual 4, guides 1 to 3, step 3)."""

    NEW, BATCH, FIND = "new", "batch", "find"

    kind = RadiosField(
        "What do you want to do?",
        choices=[
            (NEW, "Create new single CAS"),
            (BATCH, "Create new batch of CAS"),
            (FIND, "Find an existing single CAS"),
        ],
        required="Select what you want to do",
        label_size="m",
    )


class DetailsForm(KeptForm, VersionedForm):
    """A form with the fields `own` of a CAS of this route, in their sections, for these limits of the day."""

    route: str
    limits: Limits | None
    own: tuple[CASField, ...]

    def clean(self) -> dict[str, Any]:
        """Check the values against each other, after each field has been checked alone."""
        _, errors = checked({**self.details(), "route": self.route})
        for name in errors.keys() & self.fields.keys() - self.errors.keys():
            self.add_error(name, errors[name])
        return self.cleaned_data

    def details(self) -> dict[str, Any]:
        """Return the valid values, by field name."""
        return {name: value for name, value in self.cleaned_data.items() if name in fields.BY_NAME}

    def sections(self) -> list[Part]:
        """Return the sections with their fields, and how many fields of each are left."""
        return parts(self, list(self.own), fields.with_limits(self.present(), self.limits))

    def present(self) -> dict[str, Any]:
        """Return the values now on the screen. A valid field gives its value, and an invalid one the text typed."""
        if not self.is_bound:
            return {**self.initial, "route": self.route}
        _ = self.errors  # reading this cleans the form
        typed = {name: self[name].value() for name in self.fields if name in fields.BY_NAME}
        return {**typed, **self.details(), "route": self.route}


class CASForm(DetailsForm):
    """All fields of a CAS on one screen. Only the fields needed to save are required.

    `agent` is the id of the agent that was chosen from the register. The list of agents sends it.
    """

    agent = HiddenField(label_of("agent"), required=False)

    def chosen_agent(self) -> int:
        """Return the id of the agent that is chosen in the list; 0 if none is."""
        return id_in(self["agent"].text)

    def values(self) -> dict[str, Any]:
        """Return the values to save: the details, and the agent if the page had a list of agents."""
        chosen = {"agent": self.chosen_agent() or None} if "agent" in self.data else {}
        return {**self.details(), **chosen}


def own_fields(route: str) -> list[CASField]:
    """Return the fields of the form: all except the route, which was chosen on an earlier screen."""
    return [field for field in fields.fields_for(route) if field.name != "route"]


@lru_cache(maxsize=32)
def form_class(route: str, limits: Limits | None = None) -> type[CASForm]:
    """Return the class of the form for this route and these limits of the day."""
    own = tuple(own_fields(route))
    members: dict[str, Any] = {field.name: form_field(field, route, limits) for field in own}
    return type("CASForm", (CASForm,), {**members, "route": route, "limits": limits, "own": own})


def cas_form(
    route: str,
    limits: Limits | None = None,
    *,
    data: Mapping[str, Any] | None = None,
    cas: CAS | None = None,
    starts_with: Mapping[str, Any] = MappingProxyType({}),
) -> CASForm:
    """Return the form for a new CAS of this route, or for `cas`, with the `data` that was sent, if any.

    `limits` are those of the day for the sponsor. The form for a new CAS `starts_with` values by field name.
    """
    initial = {**fields.values_of(cas), "version": cas.version, "agent": cas.agent_id} if cas else dict(starts_with)
    return form_class(route, limits)(data, initial=initial)


@cache
def parameters() -> frozenset[str]:
    """Return the names of all parameters that a browser can send with the form, for every route."""
    return frozenset(name for route in Route for name in form_class(route).parameters())


@cache
def input_id(route: str, name: str) -> str:
    """Return the id of the element that a link to this field must point to, on the form for this route."""
    bound = form_class(route)()[name]
    return bound.field.error_id(bound)


def form_field(field: CASField, route: str, limits: Limits | None) -> Any:
    """Return the form's field, whose attributes give the script the conditions under which it is shown and needed."""
    required = f"Enter the {field.label.lower()}" if field.name in fields.TO_SAVE else False
    known = fields.with_limits({"route": route}, limits)
    attributes = {
        "data-asked": json.dumps(field.asked.given(known).as_json()),
        "data-needed": json.dumps(field.needed.given(known).as_json()),
        "data-columns": str(WIDTHS.get(field.name, COLUMNS)),
    }
    if field.answer:
        attributes["data-answer"] = field.answer
    if field.is_cleared:
        attributes["data-cleared"] = ""
    made = field.formfield(route=route, required=required, group_attributes=attributes)
    if isinstance(made, RadiosField):
        made.is_small = True
    return made
