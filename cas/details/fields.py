"""Reading the fields of a CAS: which there are, what is missing, what is wrong, and how they are shown.

Wherever `values` are taken, a CAS will do as well as a mapping of values by field name. `checked` and
`errors` take them as they come from a form, a file or the database; the others as `checked` gives them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from itertools import groupby
from typing import Any, cast

from cas.details import checks
from cas.details.declarations import CASDetails
from cas.details.needs import OPTIONAL, ToSave, Values, is_empty
from cas.details.sections import Section
from cas.details.types import CASField, CASIdentifier
from sms.core import clock
from sms.core.values import Invalid

FIELDS: tuple[CASField, ...] = tuple(cast("Iterable[CASField]", CASDetails._meta.fields))
"""All fields, in the order of the form."""

BY_NAME: Mapping[str, CASField] = {field.name: field for field in FIELDS}

SECTIONS: tuple[Section, ...] = tuple(dict.fromkeys(field.section for field in FIELDS))

TO_SAVE = tuple(field.name for field in FIELDS if isinstance(field.needed, ToSave))
"""The least that a CAS is saved with (manual 4, guide 1, step 4)."""

FEES_PAID = tuple(field.name for field in FIELDS if field.changes_while_assigned)
"""What is still updated on an ASSIGNED CAS (manual 5, update fees)."""

FROZEN = tuple(field.name for field in FIELDS if not field.changes_while_assigned)
"""What never changes again from ASSIGNED on."""


@cache
def fields_for(route: str) -> tuple[CASField, ...]:
    """The fields that a CAS of this route can have."""
    known = {"route": route}
    return tuple(field for field in FIELDS if field.asked.given(known) != OPTIONAL)


def by_section(fields: Iterable[CASField]) -> list[tuple[Section, list[CASField]]]:
    """The fields grouped, in their order. Sections without any of them are not there."""
    return [(section, list(group)) for section, group in groupby(fields, key=lambda field: field.section)]


def values_of(values: CASDetails | Values) -> dict[str, Any]:
    """Each field's value by its name, `empty` where there is none."""
    if isinstance(values, CASDetails):
        return {field.name: getattr(values, field.name) for field in FIELDS}
    return {field.name: values.get(field.name, field.empty) for field in FIELDS}


def missing(values: CASDetails | Values, route: str | None = None) -> list[CASField]:
    """The needed fields that are empty, in the order of the form.

    `route` counts where the values have none yet; without either, only what every route needs is missing.
    """
    given = values_of(values)
    given["route"] = given["route"] or route or ""
    return [field for field in FIELDS if is_empty(given[field.name]) and field.needed.holds(given)]


def is_complete(values: CASDetails | Values, route: str | None = None) -> bool:
    """Whether every mandatory and every triggered field is filled, and valid by today's rules."""
    return not missing(values, route) and not errors(values)


def checked(values: CASDetails | Values, today: date | None = None) -> tuple[dict[str, Any], dict[str, str]]:
    """Every field's value as it is to be stored, and a sentence for each that is wrong.

    A value that is wrong by itself stands in the first unchanged. `today` is the London date unless given.
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
    """What is wrong by today's rules: a sentence by field name. A field that is empty is never wrong."""
    return checked(values, today)[1]


def warnings(values: CASDetails | Values, today: date | None = None) -> list[tuple[CASField, str]]:
    """What is allowed and yet deserves a second look."""
    given = values_of(values)
    found = [(BY_NAME[name], sentence) for name, sentence in checks.warnings(given, today or clock.today())]
    for field in FIELDS:
        if isinstance(field, CASIdentifier) and (sentence := field.warning(given[field.name] or "")):
            found.append((field, sentence))
    for field in unasked(given):
        when = field.asked.in_words(BY_NAME)
        found.append((field, f"“{field.subject}” has an answer, but is only asked {when}"))
    return found


def unasked(values: CASDetails | Values) -> list[CASField]:
    """The filled fields that nothing asks for, such as the result of a test that is not required."""
    given = values_of(values)
    return [field for field in FIELDS if not is_empty(given[field.name]) and not field.asked.holds(given)]


def displayed(values: CASDetails | Values) -> list[tuple[Section, list[tuple[str, str]]]]:
    """The filled fields by section: label and text, as printed and as shown in summary lists."""
    given = values_of(values)
    filled = [field for field in FIELDS if not is_empty(given[field.name])]
    return [
        (section, [(field.label, field.display(given[field.name])) for field in fields])
        for section, fields in by_section(filled)
    ]


def needed_because(field: CASField) -> str:
    """Why a conditional field is needed: "“Does the student board?” is Yes". Empty for one that always is."""
    words = field.needed.in_words(BY_NAME)
    return words.removeprefix("when ") if words.startswith("when ") else ""
