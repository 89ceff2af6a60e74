"""The tables of all fields of a CAS, for `docs/fields.md`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cas.details.characters import CHARACTERS
from cas.details.codes import LEVELS
from cas.details.field import CASField
from cas.details.fields import BY_NAME, FIELDS, SECTIONS, UPDATABLE_FEES, by_section, need_of
from cas.details.needs import Optional_

HEADINGS = ("Label", "Name", "Type", "Size", "Route", "Mandatory", "Characters", "Element", "About", "Notes")
LEVEL_HEADINGS = ("Code", "Name", "RQF level", "Research", "Offered for the route")


def as_markdown() -> str:
    """Return the page: a table for each section, in the order of the form, then the levels and the characters."""
    summary = (
        f"{len(FIELDS)} fields in {len(SECTIONS)} sections. “Mandatory” says when a CAS is not complete "
        "without the field. Size is in characters. “Characters” names those that a bulk file can carry, which the last "
        "table lists. “Element” is the place of the field in the CAS block of a bulk file: `x:` marks an element that "
        "the Home Office's schema v2.1 lacks. “About” says into which new CAS the portal may copy the answer: what is "
        "about the course is held by a course template and carried over to the next CAS of the course, what is about "
        "the student only into a copy for the same student, and what is about one CAS never."
    )
    parts = ["# The fields of a CAS", summary]
    for section, fields in by_section(FIELDS):
        parts += [f"## {section.name}", _table(HEADINGS, map(_row, fields))]
    parts += ["## Academic levels", _table(LEVEL_HEADINGS, _levels())]
    parts += ["## Characters", _table(("Name", "Characters"), _characters())]
    return "\n\n".join(parts) + "\n"


def _table(headings: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [headings, ("---",) * len(headings), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _row(field: CASField) -> tuple[str, ...]:
    return (
        field.label,
        f"`{field.name}`",
        field.kind,
        str(field.size or ""),
        field.applies.label if field.applies else "both",
        "optional" if isinstance(field.needed, Optional_) else need_of(field, field.needed).in_words(BY_NAME),
        field.characters,
        f"`{field.element}`",
        field.about.value,
        _notes(field),
    )


def _notes(field: CASField) -> str:
    updated = "Can be updated while ASSIGNED" if field.name in UPDATABLE_FEES else ""
    notes = dict.fromkeys([field.limits, field.hint, updated])  # a limit can be the hint as well
    return ". ".join(filter(None, notes))


def _levels() -> Iterator[tuple[str, ...]]:
    for level in LEVELS:
        offered = level.only.label if level.only else "both"
        equal = "CEFR" if level.is_cefr else "below 3" if level.rqf < 3 else str(level.rqf)
        is_research = "yes" if level.is_research else ""
        yield f"`{level.code}`", level.name, equal, is_research, "not offered" if level.until else offered


def _characters() -> Iterator[tuple[str, ...]]:
    for name, carried in CHARACTERS.items():
        codes = sorted(map(ord, carried))
        starts = [code for code in codes if code - 1 not in codes]
        ends = [code for code in codes if code + 1 not in codes]
        ranges = (f"U+{a:04X}" if a == b else f"U+{a:04X} to {b:04X}" for a, b in zip(starts, ends, strict=True))
        yield name, ", ".join(ranges)
