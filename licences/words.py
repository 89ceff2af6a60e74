"""Words for the history. Each app declares its own in its `history.py`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sms.core.govuk import formats

EMPTY = (None, "")


@dataclass(frozen=True)
class Words:
    """The words of one app for the history.

    `kinds` names its kinds of record. `titles` says what happened, by kind and verb. `labels` names the fields of these
    kinds; a field without a label is not shown. `shown` has functions that format the values of some fields, which JSON
    keeps as text. `references` says which fields are lists of ids, and of which kind of record. `names` looks up the
    current names of records, for kinds whose events contain no names.
    """

    kinds: Mapping[str, str] = field(default_factory=dict)
    titles: Mapping[tuple[str, str], str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    shown: Mapping[str, Callable[[Any], str]] = field(default_factory=dict)
    references: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, Callable[[Collection[int]], Mapping[int, str]]] = field(default_factory=dict)


def plainly(name: str, value: Any) -> str:
    """Return a value of the history as text, for a field without a function in `shown`."""
    if value in EMPTY:
        return ""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if name.endswith("_on"):
        return formats.day(datetime.fromisoformat(value).date())
    return str(value)
