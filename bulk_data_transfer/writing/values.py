"""The common parts of the formats: how values are written for people and for programs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import cache, lru_cache
from typing import Any

from cas.columns import Column
from sms.core.clock import LONDON

MADE_AT = datetime(2000, 1, 1)  # noqa: DTZ001 the same for every workbook, so that equal exports are equal files
CODED = frozenset({"choice", "country"})  # kinds whose stored values are codes

Write = Callable[[Any], Any]


def writers(columns: Sequence[Column], by_kind: dict[str, Write], *, as_codes: bool) -> list[tuple[int, Write]]:
    """Return the place and the function of each column whose values are not written unchanged.

    `by_kind` has the functions of a format by kind of column. Codes become names unless `as_codes`.
    """
    found: list[tuple[int, Write]] = []
    for place, column in enumerate(columns):
        if column.kind in CODED and not as_codes:
            found.append((place, lru_cache(maxsize=1000)(column.show)))
        elif column.kind in by_kind:
            found.append((place, by_kind[column.kind]))
    return found


@cache
def uk_date(value: date) -> str:
    """Return a date as 27/03/2027, which Excel reads as a date in the United Kingdom."""
    return f"{value:%d/%m/%Y}"


def uk_moment(value: datetime) -> str:
    """Return a London time as 27/03/2027 14:05."""
    return f"{value.astimezone(LONDON):%d/%m/%Y %H:%M}"
