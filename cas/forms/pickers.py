"""Lists of stored values on the form of a CAS. Choosing one fills its fields, which can still be edited."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, MutableMapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from django.db.models import QuerySet

from cas.columns import label_of
from cas.details.sections import AGENT, STUDY, Section
from cas.forms.cas import CASForm, form_class
from cas.models import CAS, Agent, Batch, CourseTemplate, StudyAddress
from cas.models.agent import LINES, USED
from licences.models import User
from sms.core.ids import id_in

PICK = "pick"
"""The name of the buttons that fill in a choice. Its value is the name of the list."""

LAST_AGENT = "last-agent"
"""The value of the button that fills in the agent of the last CAS."""


@dataclass(frozen=True)
class Picker:
    """A list of stored values for some fields of the form.

    `name` is the parameter of the list. The list stands at the top of `section`, or of the form if that is None.
    `values_of` returns the values of a row by field name. The row with the id `chosen` is selected. A list that can be
    long `is_searched` by typing. If it has a `texts_view`, the form's script asks the view of this name for the texts
    of the row that the user chooses, so that the page need not contain those of all rows.
    """

    name: str
    label: str
    blank: str
    button: str
    section: Section | None
    rows: QuerySet[Any]
    values_of: Callable[[Any], Mapping[str, Any]]
    route: str
    chosen: int = 0
    is_searched: bool = False
    texts_view: str = ""
    label_of: Callable[[Any], str] = str

    @cached_property
    def choices(self) -> list[tuple[int, str, dict[str, str]]]:
        """Return the id and the name of each row, and the texts that it fills in, if the page is to contain them."""
        return [(row.pk, self.label_of(row), {} if self.texts_view else self.typed(row)) for row in self.rows]

    def typed(self, row: Any) -> dict[str, str]:
        """Return the texts of the inputs for the values of `row`, by parameter."""
        return typed_as(self.values_of(row), self.route)

    def fill(self, typed: MutableMapping[str, str]) -> None:
        """Put the values of the row that is chosen in `typed` into it."""
        if row := self.rows.filter(pk=id_in(typed.get(self.name, ""))).first():
            typed.update(self.typed(row))


class LastAgent(NamedTuple):
    """The name of the agent of the last CAS, and the texts that fill it in, by parameter."""

    name: str
    typed: dict[str, str]


def typed_as(values: Mapping[str, Any], route: str) -> dict[str, str]:
    """Return the parameters that a browser would send for these values on the form of this route."""
    return dict(_parameters_of(values, form_class(route)))


def _parameters_of(values: Mapping[str, Any], form: type[CASForm]) -> Iterator[tuple[str, str]]:
    """Yield the parameters. Make a form only for dates, because a list has hundreds of rows, and a form is slow."""
    for name in values.keys() & form.base_fields.keys():
        field = form.base_fields[name]
        if parts := getattr(field.widget, "widgets_names", None):
            bound = form(initial={name: values[name]})[name]
            texts = [box["value"] for box in bound.field.boxes(bound)]  # type: ignore[attr-defined]
            yield from ((name + part, text) for part, text in zip(parts, texts, strict=True))
        else:
            text = field.prepare_value(values[name])
            yield name, "" if text is None else str(text)


def pickers_for(user: User, route: str, *, agent: int = 0) -> list[Picker]:
    """Return the lists that `user` can choose from on the form of this route.

    The list of agents also has the one with the id `agent`, which is chosen already, if it has been retired.
    """
    return [
        Picker(
            "template",
            "Course template, by Course ID or title",
            "",
            "Use this template",
            None,
            CourseTemplate.objects.for_user(user).offered(route).only("name", "course_id", "course_title"),
            lambda template: template.values,
            route,
            is_searched=True,
            texts_view="course_template_texts",
            label_of=lambda template: template.label,
        ),
        Picker(
            "address",
            "Pre-stored address",
            "Choose an address to fill in the fields below",
            "Use this address",
            STUDY,
            StudyAddress.objects.for_user(user),
            lambda address: address.lines,
            route,
        ),
        Picker(
            "agent",
            label_of("agent"),
            "Choose an agent to fill in the fields below",
            "Use this agent",
            AGENT,
            Agent.objects.for_user(user).offered(chosen=agent),
            lambda agent: agent.filled_in,
            route,
            agent,
        ),
    ]


def last_agent(user: User, route: str, batch: Batch | None = None) -> LastAgent | None:
    """Return the agent of the last CAS that `user` created, or of the last in `batch`.

    An agent of the register has its current details, and any other those of the CAS. Return None if no agent was used
    for that CAS, or if the agent has been retired since.
    """
    last = CAS.objects.last_of(user, batch)
    if last is None or not last.is_agent_used or (last.agent and last.agent.is_retired):
        return None
    values = last.agent.filled_in if last.agent else {name: getattr(last, name) for name in (USED, *LINES)}
    return LastAgent(values["agent_name"], {**typed_as(values, route), "agent": str(last.agent_id or "")})
