"""Read ids of records that a browser sends. A text that is not an id becomes 0, which no record has."""

from __future__ import annotations

from collections.abc import Iterable

from sms.core.limits import MOST_SELECTED

HIGHEST = 2**63 - 1  # the highest id of a database


def id_in(text: str) -> int:
    """Return the id in `text`; 0 if there is none."""
    is_id = text.isdecimal() and text.isascii() and len(text) < 20
    return min(int(text), HIGHEST) if is_id else 0


def ids_in(texts: Iterable[str]) -> list[int]:
    """Return the ids in `texts`: checkboxes send one id in each text, a confirmation sends all ids in one text."""
    return [pk for text in " ".join(texts).split()[:MOST_SELECTED] if (pk := id_in(text))]
