"""Lists of stored values on the form of a CAS. Choosing one fills its fields, which can still be edited."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, MutableMapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import QuerySet

from cas.details.sections import STUDY, Section
from cas.forms.cas import form_class
from cas.models import StudyAddress
from licences.models import User
from sms.core.ids import id_in

PICK = "pick"
"""The name of the buttons that fill in a choice. Its value is the name of the list."""


@dataclass(frozen=True)
class Picker:
    """A list of stored values for some fields of the form.

    `name` is the parameter of the list. The list stands at the top of `section`, or of the form if that is None.
    `values_of` returns the values of a row by field name.
    """

    name: str
    label: str
    blank: str
    button: str
    section: Section | None
    rows: QuerySet[Any]
    values_of: Callable[[Any], Mapping[str, Any]]
    route: str

    @cached_property
    def choices(self) -> list[tuple[int, str, dict[str, str]]]:
        """Return the id and the name of each row, and the texts that it fills in, by parameter."""
        return [(row.pk, str(row), self.typed(row)) for row in self.rows]

    def typed(self, row: Any) -> dict[str, str]:
        """Return the texts of the inputs for the values of `row`, by parameter."""
        form = form_class(self.route)(initial=dict(self.values_of(row)))
        return dict(parameters_of(form, self.values_of(row)))

    def fill(self, typed: MutableMapping[str, str]) -> None:
        """Put the values of the row that is chosen in `typed` into it."""
        if row := self.rows.filter(pk=id_in(typed.get(self.name, ""))).first():
            typed.update(self.typed(row))


def parameters_of(form: Any, values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the parameters that a browser would send for these values on this form."""
    for name in values.keys() & form.fields.keys():
        bound = form[name]
        parts = getattr(bound.field.widget, "widgets_names", None)
        if parts:
            texts = [box["value"] for box in bound.field.boxes(bound)]
            yield from ((name + part, text) for part, text in zip(parts, texts, strict=True))
        else:
            yield name, bound.text


def pickers_for(user: User, route: str) -> list[Picker]:
    """Return the lists that `user` can choose from on the form of this route."""
    return [
        Picker(
            "address",
            "Pre-stored address",
            "Choose an address to fill in the fields below",
            "Use this address",
            STUDY,
            StudyAddress.objects.for_user(user),
            lambda address: address.lines,
            route,
        )
    ]
