"""The fields of a CAS: their list, the missing and the wrong values, and how to show them.

Where a function takes `values`, it accepts a CAS or a mapping of values by field name. `checked` and `errors` take
values from a form, a file or the database. The other functions take values that `checked` has returned.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from itertools import chain, groupby
from operator import attrgetter
from typing import Any, cast

from cas.details import checks, text_warnings
from cas.details import warnings as value_warnings
from cas.details.declarations import CASDetails
from cas.details.field import CASField
from cas.details.needs import ALWAYS, OPTIONAL, Need, ToSave, Values, is_empty
from cas.details.sections import AGENT, CATEGORY, STUDENT, About, Section
from cas.details.text_warnings import FieldWarning
from cas.rules import Limits, Rules
from sms.core import clock
from sms.core.values import Invalid

FIELDS: tuple[CASField, ...] = tuple(cast("Iterable[CASField]", CASDetails._meta.fields))
"""All fields, in form order."""

BY_NAME: Mapping[str, CASField] = {field.name: field for field in FIELDS}
_each = attrgetter(*BY_NAME)

SECTIONS: tuple[Section, ...] = tuple(dict.fromkeys(field.section for field in FIELDS))

TO_SAVE = tuple(field.name for field in FIELDS if isinstance(field.needed, ToSave))
"""The fields that a CAS must have to be saved (manual 4, guide 1, step 4)."""

UPDATABLE_FEES = tuple(field.name for field in FIELDS if field.changes_while_assigned)
"""The fields that can be updated on an ASSIGNED CAS (manual 5, update fees)."""

FROZEN = tuple(field.name for field in FIELDS if not field.changes_while_assigned)
"""The fields that never change after a CAS is assigned."""

OF_COURSE = tuple(field.name for field in FIELDS if field.about is About.COURSE)
"""The fields that a course template holds, and that the next CAS of the same course starts with."""

TEXTS = tuple(field for field in FIELDS if field.characters)

EMPTY: Mapping[str, Any] = {field.name: field.empty for field in FIELDS}
"""A CAS without any details."""

CLEARED = tuple(field for field in FIELDS if field.is_cleared)
"""The fields that are emptied when a CAS is saved on which they do not apply."""

NEVER_SET_TOGETHER = frozenset(
    {
        *(field.name for field in FIELDS if field.section in {CATEGORY, STUDENT, AGENT}),
        "evidence_for_offer",
        "progression_justification",
        "selt_speaking",
        "selt_listening",
        "selt_reading",
        "selt_writing",
        "selt_reference",
        "living_details",
    }
)
"""The fields that a user never sets for several CAS of a batch at once, because their values differ for each student.

This is not `About`, which says what the portal may copy by itself. A user who sets a field confirms it for each of the
CAS, so statements such as the amounts paid can be set. An agent is chosen from the register on each form, so that the
CAS names its entry.
"""


@cache
def fields_for(route: str) -> tuple[CASField, ...]:
    """Return the fields that a CAS of this route can have, in form order."""
    known = {"route": route}
    return tuple(field for field in FIELDS if field.asked.given(known) != OPTIONAL)


@cache
def _needed(route: Any) -> tuple[tuple[Need, list[CASField]], ...]:
    """Return each condition that can hold on this route, with the fields that a CAS needs if it holds."""
    found: dict[Need, list[CASField]] = defaultdict(list)
    for field in FIELDS:
        found[field.needed.given({"route": route})].append(field)
    return tuple((need, fields) for need, fields in found.items() if need != OPTIONAL)


@cache
def _sometimes_asked(route: Any) -> tuple[tuple[CASField, Need], ...]:
    """Return the fields that the form of this route does not always ask, with what is left of their conditions."""
    needs = ((field, field.asked.given({"route": route})) for field in FIELDS)
    return tuple((field, need) for field, need in needs if need != ALWAYS)


@cache
def settable_together(route: str) -> tuple[CASField, ...]:
    """Return the fields that can be set to one value for several CAS of this route at once, in form order."""
    return tuple(field for field in fields_for(route) if field.name not in NEVER_SET_TOGETHER)


def by_section(fields: Iterable[CASField]) -> list[tuple[Section, list[CASField]]]:
    """Return the fields grouped by section, in the order given. Sections without a field are left out."""
    return [(section, list(group)) for section, group in groupby(fields, key=lambda field: field.section)]


def values_of(values: CASDetails | Values) -> dict[str, Any]:
    """Return the value of each field by name. A missing value is the field's `empty`."""
    if isinstance(values, CASDetails):
        return dict(zip(BY_NAME, _each(values), strict=True))
    return {**EMPTY, **{name: values[name] for name in values.keys() & EMPTY.keys()}}


def _given(values: CASDetails | Values) -> Mapping[str, Any]:
    """Return at least the values of the fields, by name. A mapping can have more."""
    return values_of(values) if isinstance(values, CASDetails) else {**EMPTY, **values}


def missing(values: CASDetails | Values, limits: Limits | None = None) -> list[CASField]:
    """Return the needed fields without an answer, in form order.

    Without `limits`, nothing is over a limit that changes by date.
    """
    given = {**_given(values), **(vars(limits) if limits else {})}
    needed = chain.from_iterable(fields for need, fields in _needed(given["route"]) if need.holds(given))
    found = [field for field in needed if not field.is_answer(given[field.name])]
    return sorted(found, key=attrgetter("creation_counter"))


def with_limits(values: Values, limits: Limits | None) -> Mapping[str, Any]:
    """Return the values with the limits, which conditions can name, by name."""
    return {**values, **(vars(limits) if limits else {})}


def checked(values: CASDetails | Values, today: date | None = None) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the values to store by field name, and an error sentence for each wrong field.

    A value that its own field refuses is returned unchanged. A field that `is_cleared` is returned empty where it does
    not apply. `today` defaults to the London date.
    """
    given = values_of(values) if isinstance(values, CASDetails) else values
    found, wrong = {**EMPTY}, {}
    for name, value in given.items():
        if value is None or value == "" or name not in BY_NAME:  # most fields are empty, and need no check
            continue
        try:
            found[name] = BY_NAME[name].checked(value)
        except Invalid as invalid:
            found[name], wrong[name] = value, str(invalid)
    right = _without(found, wrong)
    for field in CLEARED:
        if not field.asked.holds(right):
            found[field.name] = field.empty
            wrong.pop(field.name, None)
    wrong |= checks.across(_without(found, wrong), today or clock.today())
    return found, {name: wrong[name] for name in BY_NAME if name in wrong} if wrong else {}


def _without(found: dict[str, Any], wrong: Mapping[str, str]) -> dict[str, Any]:
    return {name: value for name, value in found.items() if name not in wrong} if wrong else found


def errors(values: CASDetails | Values, today: date | None = None) -> dict[str, str]:
    """Return an error sentence for each field that is wrong by today's rules. An empty field is never wrong."""
    return checked(values, today)[1]


def warnings(values: CASDetails | Values, rules: Rules, *, sponsor_status: str = "") -> list[FieldWarning]:
    """Return the warnings about values that are allowed but may be a mistake, by the rules of a day, in form order.

    The usual share of a work placement depends on the status of the sponsor.
    """
    given = {**_given(values), **vars(rules.limits(sponsor_status))}
    about_values = value_warnings.warnings(given, rules)
    found = [FieldWarning(BY_NAME[name], sentence) for name, sentence in about_values]
    filled = [field for field in TEXTS if given[field.name]]
    found += [warning for field in filled if (warning := text_warnings.warning(field, given[field.name]))]
    asked = _sometimes_asked(given["route"])
    unasked = [field for field, need in asked if given[field.name] and not need.holds(given)]
    found += [_not_asked(field, given["route"]) for field in unasked]
    return sorted(found, key=attrgetter("field.creation_counter"))


def _not_asked(field: CASField, route: str) -> FieldWarning:
    """Return the warning about an answer that does not apply. No and 0 give none, because a file holds them there."""
    when = (need_of(field, field.asked) if route == field.applies else field.asked).in_words(BY_NAME)
    return FieldWarning(field, f"“{field.subject}” has an answer, but applies only {when}")


def displayed(values: CASDetails | Values) -> list[tuple[Section, list[tuple[str, str]]]]:
    """Return the label and the text of each filled field by section, for print and summary lists."""
    given = values_of(values)
    filled = [field for field in FIELDS if not is_empty(given[field.name])]
    return [
        (section, [(field.label, field.display(given[field.name])) for field in fields])
        for section, fields in by_section(filled)
    ]


def need_of(field: CASField, need: Need) -> Need:
    """Return the rest of a condition of this field, on a CAS of the route that has the field."""
    return need.given({"route": field.applies}) if field.applies else need
