"""The tables of all fields of a CAS, for `docs/fields.md`."""

from __future__ import annotations

from cas.details.fields import BY_NAME, FEES_PAID, FIELDS, SECTIONS, by_section
from cas.details.needs import Optional_
from cas.details.types import CASField

HEADINGS = ("Label", "Name", "Type", "Size", "Mandatory", "XML tag", "Notes")


def as_markdown() -> str:
    """Return the page, with a table for each section, in the order of the form."""
    summary = (
        f"{len(FIELDS)} fields in {len(SECTIONS)} sections. “Mandatory” says when a CAS is not complete "
        "without the field. Size is in characters."
    )
    parts = ["# The fields of a CAS", summary]
    for section, fields in by_section(FIELDS):
        parts += [f"## {section.name}", _table(fields)]
    return "\n\n".join(parts) + "\n"


def _table(fields: list[CASField]) -> str:
    rows = [HEADINGS, ("---",) * len(HEADINGS), *map(_row, fields)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _row(field: CASField) -> tuple[str, ...]:
    return (
        field.label,
        f"`{field.name}`",
        field.kind,
        str(field.size or ""),
        "optional" if isinstance(field.needed, Optional_) else field.needed.in_words(BY_NAME),
        f"`{field.tag}`",
        _notes(field),
    )


def _notes(field: CASField) -> str:
    updated = "Can be updated while ASSIGNED" if field.name in FEES_PAID else ""
    return ". ".join(filter(None, [field.limits, field.hint, updated]))
