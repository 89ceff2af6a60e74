"""Merge the changes of two users who edited the same CAS at once (specification, section 8)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cas.details import fields
from cas.details.field import CASField
from cas.history import show_detail
from licences.models import Event
from sms.core.values import Invalid


@dataclass(frozen=True)
class Difference:
    """A field that another user changed. `mine` is the text that this user typed, if they changed it too."""

    field: CASField
    before: str
    theirs: str
    mine: str
    is_conflict: bool


def merge(
    mine: Mapping[str, Any], theirs: Mapping[str, Any], events: list[Event]
) -> tuple[dict[str, Any], list[Difference]]:
    """Return the values for the form to show, and the fields that other users changed.

    `events` are the saves of the other users, oldest first. A field that only they changed gets their value. A field
    that both changed keeps the value that this user typed. It is a conflict for the user to check before saving again.
    """
    base = _before(events)
    shown = dict(mine)
    differences = []
    for field in fields.FIELDS:
        if field.name not in base:
            continue
        mine_now, theirs_now = mine.get(field.name, field.empty), theirs[field.name]
        is_conflict = mine_now not in {_value(field, base[field.name]), theirs_now}
        if not is_conflict:
            shown[field.name] = theirs_now
        differences.append(
            Difference(
                field,
                before=show_detail(field.name, base[field.name]),
                theirs=field.display(theirs_now),
                mine=field.display(mine_now) if is_conflict else "",
                is_conflict=is_conflict,
            )
        )
    return shown, differences


def _before(events: list[Event]) -> dict[str, Any]:
    """Return the value that each changed field had before the first of `events`, as the history keeps it."""
    base: dict[str, Any] = {}
    for event in events:
        for name, (before, _) in event.data.items():
            if name in fields.BY_NAME:
                base.setdefault(name, before)
    return base


def _value(field: CASField, kept: Any) -> Any:
    """Return the field's value from the JSON in the history; the JSON itself, if today's rules do not allow it."""
    try:
        return field.checked(kept)
    except Invalid:
        return kept
