"""Ids of records as a browser sends them: what is no id becomes one that no record has."""

from __future__ import annotations

from collections.abc import Iterable

from sms.core.limits import MOST_SELECTED

HIGHEST = 2**63 - 1  # what a database can count to


def id_in(text: str) -> int:
    """Return the id in `text`; 0 where there is none."""
    is_id = text.isdecimal() and text.isascii() and len(text) < 20
    return min(int(text), HIGHEST) if is_id else 0


def ids_in(texts: Iterable[str]) -> list[int]:
    """Return the ids that selected checkboxes send, one in each text, or a confirmation sends, all in one text."""
    return [pk for text in " ".join(texts).split()[:MOST_SELECTED] if (pk := id_in(text))]
