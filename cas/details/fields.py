"""The fields of a CAS: their list, the missing and the wrong values, and how to show them.

Where a function takes `values`, it accepts a CAS or a mapping of values by field name. `checked` and `errors` take
values from a form, a file or the database. The other functions take values that `checked` has returned.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from itertools import groupby
from typing import Any, cast

from cas.details import checks
from cas.details import warnings as details_warnings
from cas.details.declarations import CASDetails
from cas.details.needs import OPTIONAL, ToSave, Values, is_empty
from cas.details.sections import Section
from cas.details.types import CASField, CASIdentifier
from cas.rules import Rules
from sms.core import clock
from sms.core.values import Invalid

FIELDS: tuple[CASField, ...] = tuple(cast("Iterable[CASField]", CASDetails._meta.fields))
"""All fields, in form order."""

BY_NAME: Mapping[str, CASField] = {field.name: field for field in FIELDS}

SECTIONS: tuple[Section, ...] = tuple(dict.fromkeys(field.section for field in FIELDS))

TO_SAVE = tuple(field.name for field in FIELDS if isinstance(field.needed, ToSave))
"""The fields that a CAS must have to be saved (manual 4, guide 1, step 4)."""

FEES_PAID = tuple(field.name for field in FIELDS if field.changes_while_assigned)
"""The fields that can be updated on an ASSIGNED CAS (manual 5, update fees)."""

FROZEN = tuple(field.name for field in FIELDS if not field.changes_while_assigned)
"""The fields that never change after a CAS is assigned."""


@cache
def fields_for(route: str) -> tuple[CASField, ...]:
    """Return the fields that a CAS of this route can have, in form order."""
    known = {"route": route}
    return tuple(field for field in FIELDS if field.asked.given(known) != OPTIONAL)


def by_section(fields: Iterable[CASField]) -> list[tuple[Section, list[CASField]]]:
    """Return the fields grouped by section, in the order given. Sections without a field are left out."""
    return [(section, list(group)) for section, group in groupby(fields, key=lambda field: field.section)]


def values_of(values: CASDetails | Values) -> dict[str, Any]:
    """Return the value of each field by name. A missing value is the field's `empty`."""
    if isinstance(values, CASDetails):
        return {field.name: getattr(values, field.name) for field in FIELDS}
    return {field.name: values.get(field.name, field.empty) for field in FIELDS}


def missing(values: CASDetails | Values, route: str | None = None) -> list[CASField]:
    """Return the needed fields that are empty, in form order.

    `route` is used if the values have no route. Without any route, only the fields that every route needs are returned.
    """
    given = values_of(values)
    given["route"] = given["route"] or route or ""
    return [field for field in FIELDS if is_empty(given[field.name]) and field.needed.holds(given)]


def is_complete(values: CASDetails | Values, route: str | None = None) -> bool:
    """Return whether every needed field is filled, and every field is valid by today's rules."""
    return not missing(values, route) and not errors(values)


def checked(values: CASDetails | Values, today: date | None = None) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the values to store by field name, and an error sentence for each wrong field.

    A value that its own field refuses is returned unchanged. `today` defaults to the London date.
    """
    found, wrong = values_of(values), {}
    for field in FIELDS:
        try:
            found[field.name] = field.checked(found[field.name])
        except Invalid as invalid:
            wrong[field.name] = str(invalid)
    right = {name: value for name, value in found.items() if name not in wrong}
    wrong |= checks.across(right, today or clock.today())
    return found, {field.name: wrong[field.name] for field in FIELDS if field.name in wrong}


def errors(values: CASDetails | Values, today: date | None = None) -> dict[str, str]:
    """Return an error sentence for each field that is wrong by today's rules. An empty field is never wrong."""
    return checked(values, today)[1]


def warnings(
    values: CASDetails | Values, rules: Rules, *, sponsor_status: str = "", is_assigned: bool = False
) -> list[tuple[CASField, str]]:
    """Return a warning for each field whose value is allowed but may be a mistake, by the rules of a day.

    The usual share of a work placement depends on the status of the sponsor. The start of the course gives no warning
    after the CAS is assigned, because it can no longer be changed.
    """
    given = values_of(values)
    facts = {"sponsor_status": sponsor_status, "is_assigned": is_assigned}
    about = details_warnings.warnings({**given, **facts}, rules)
    found = [(BY_NAME[name], sentence) for name, sentence in about]
    for field in FIELDS:
        if isinstance(field, CASIdentifier) and (sentence := field.warning(given[field.name] or "")):
            found.append((field, sentence))
    for field in unasked(given):
        when = field.asked.in_words(BY_NAME)
        found.append((field, f"“{field.subject}” has an answer, but applies only {when}"))
    return found


def unasked(values: CASDetails | Values) -> list[CASField]:
    """Return the filled fields that the form would not show, such as the result of a test that is not required."""
    given = values_of(values)
    return [field for field in FIELDS if not is_empty(given[field.name]) and not field.asked.holds(given)]


def displayed(values: CASDetails | Values) -> list[tuple[Section, list[tuple[str, str]]]]:
    """Return the label and the text of each filled field by section, for print and summary lists."""
    given = values_of(values)
    filled = [field for field in FIELDS if not is_empty(given[field.name])]
    return [
        (section, [(field.label, field.display(given[field.name])) for field in fields])
        for section, fields in by_section(filled)
    ]


def needed_because(field: CASField) -> str:
    """Return why a conditional field is needed, such as "“Does the student board?” is Yes"; "" for other fields."""
    words = field.needed.in_words(BY_NAME)
    return words.removeprefix("when ") if words.startswith("when ") else ""
