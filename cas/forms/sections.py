"""The sections of the form of a CAS: their rows, how many mandatory fields are left, and which sections are folded."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from cas.details import fields, text_warnings
from cas.details.field import CASField
from cas.details.needs import is_empty
from cas.details.rows import by_row
from cas.details.sections import Section
from sms.core.govuk.fields import GovukBoundField
from sms.core.govuk.forms import GovukForm


@dataclass(frozen=True)
class Part:
    """A section of a form. `count` is the number of its fields that are left to fill in or to correct.

    `wrong` names the fields whose value is invalid, and `unasked` those that the script hides at first. `holds` says in
    a line what an optional section holds. Such a section is folded, unless it `is_open` because a value in it needs
    attention: a link can lead to it.
    """

    section: Section
    rows: list[list[GovukBoundField]]
    count: int
    wrong: Collection[str]
    unasked: Collection[str]
    is_optional: bool
    holds: str
    is_open: bool

    @property
    def none(self) -> str:
        """Return the words for a section without a field left."""
        return "optional" if self.is_optional else "✓ complete"

    @property
    def first(self) -> str:
        """Return the id of the first input of the section."""
        bound = self.rows[0][0]
        return bound.field.error_id(bound)


def parts(form: GovukForm, own: list[CASField], values: Mapping[str, Any]) -> list[Part]:
    """Return the sections of `form` with these fields and values."""
    wrong = form.wrong if form.is_bound else fields.errors(values).keys() if form.initial else ()
    return [_part(form, section, its_fields, values, wrong) for section, its_fields in fields.by_section(own)]


def _part(
    form: GovukForm, section: Section, own: list[CASField], values: Mapping[str, Any], wrong: Collection[str]
) -> Part:
    is_optional = not any(field.needed.holds({"route": values["route"]}) for field in own)
    left = [field for field in own if field.name in wrong or _is_missing(field, values)]
    filled = [field for field in own if is_optional and not is_empty(values.get(field.name))]
    return Part(
        section=section,
        rows=[[form[field.name] for field in row] for row in by_row(own)],
        count=len(left),
        wrong=wrong,
        unasked={field.name for field in own if _is_unasked(field, values)},
        is_optional=is_optional,
        holds=", ".join(field.display(values[field.name]) for field in filled if field not in left),
        is_open=bool(left) or any(_is_doubtful(field, values[field.name]) for field in filled),
    )


def _is_missing(field: CASField, values: Mapping[str, Any]) -> bool:
    return field.needed.holds(values) and not field.is_answer(values.get(field.name))


def _is_unasked(field: CASField, values: Mapping[str, Any]) -> bool:
    """Return whether static/sms.js hides the field: as its function `showOrHide` decides."""
    is_kept = not (field.is_cleared or is_empty(values.get(field.name)))
    return not (is_kept or field.asked.holds(values))


def _is_doubtful(field: CASField, value: Any) -> bool:
    return bool(field.characters and text_warnings.warning(field, value))
