"""How the history words the kinds of record of one app: data that each app declares in its `history.py`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sms.core.govuk import formats

EMPTY = (None, "")


@dataclass(frozen=True)
class Words:
    """What one app says of the history.

    `kinds` names its kinds of record. `titles` says what happened, by kind and verb. `labels` names the fields that are
    shown, of every kind in `titles`; a field without a label is not shown. `shown` gives some of these fields a way to
    write their values, which JSON keeps as text. `references` says which fields hold lists of ids, and of which kind.
    `names` looks up what records of a kind are called now, for kinds whose events name nobody.
    """

    kinds: Mapping[str, str] = field(default_factory=dict)
    titles: Mapping[tuple[str, str], str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    shown: Mapping[str, Callable[[Any], str]] = field(default_factory=dict)
    references: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, Callable[[Collection[int]], Mapping[int, str]]] = field(default_factory=dict)


def plainly(name: str, value: Any) -> str:
    """Return a value of the history as people read it, where no field has a way of its own."""
    if value in EMPTY:
        return ""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if name.endswith("_on"):
        return formats.day(datetime.fromisoformat(value).date())
    return formats.pounds(value) if name.endswith("pence") else str(value)
