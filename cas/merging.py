"""Two people changed the same CAS: what each did, and what the form shows now (specification, section 8)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cas import fields
from cas.fieldtypes import CASField
from licences.models import Event


@dataclass(frozen=True)
class Difference:
    """One field that somebody else changed. `mine` is what this user has typed, if they changed it as well."""

    field: CASField
    before: str
    theirs: str
    mine: str
    is_conflict: bool


def merge(
    mine: Mapping[str, Any], theirs: Mapping[str, Any], events: list[Event]
) -> tuple[dict[str, Any], list[Difference]]:
    """The values for the form to show, and what the others changed in `events`, their saves in order.

    What only they changed is taken over. What both changed stays as this user typed it, and is a conflict to look
    at before saving again.
    """
    base = _before(events)
    shown = dict(mine)
    differences = []
    for field in fields.FIELDS:
        if field.name not in base:
            continue
        mine_now, theirs_now = mine.get(field.name, field.empty), theirs[field.name]
        is_conflict = mine_now not in {base[field.name], theirs_now}
        if not is_conflict:
            shown[field.name] = theirs_now
        differences.append(
            Difference(
                field,
                before=field.display(base[field.name]),
                theirs=field.display(theirs_now),
                mine=field.display(mine_now) if is_conflict else "",
                is_conflict=is_conflict,
            )
        )
    return shown, differences


def _before(events: list[Event]) -> dict[str, Any]:
    """The value that each changed field had before the first of `events`."""
    base: dict[str, Any] = {}
    for event in events:
        for name, (before, _) in event.data.items():
            if name in fields.BY_NAME and name not in base:
                base[name] = fields.BY_NAME[name].checked(before)
    return base
