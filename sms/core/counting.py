"""Counting that stops where nobody wants to know more: of a million rows it takes no longer than of a thousand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import QuerySet, Value

from sms.core.govuk import formats


@dataclass(frozen=True)
class Tally:
    """How many rows there are; or, when there `is_more`, at least how many. As text: 1,234, or 1,000+."""

    number: int
    is_more: bool = False

    def __str__(self) -> str:
        return f"{formats.number(self.number)}{'+' if self.is_more else ''}"


def tallies(counted: Mapping[str, tuple[QuerySet[Any], int]]) -> dict[str, Tally]:
    """How many rows each of several querysets has, none counted beyond the number beside it; one statement for all."""
    written = [_capped(rows, most) for rows, most in counted.values()]
    using = next((rows.db for rows, _ in counted.values()), "default")
    return _found(written, {name: most for name, (_, most) in counted.items()}, using)


def tallies_by(column: str, rows: QuerySet[Any], at_most: Mapping[str, int]) -> dict[str, Tally]:
    """How many of `rows` have each value in `column`, and by "", how many there are in all; one statement.

    `at_most` are the values, and beyond which number each is not counted. As `tallies` of as many querysets, and
    quicker: what differs by its value only is written once.
    """
    shapes: dict[tuple[bool, int], Written] = {}
    written = []
    for value, most in at_most.items():
        shape = bool(value), most
        if shape not in shapes:
            shapes[shape] = _capped(rows.filter(**{column: Value(_EACH)}) if value else rows, most)
        sql, params = shapes[shape]
        written.append((sql, [value if param is _EACH else param for param in params]))
    return _found(written, at_most, rows.db)


Written = tuple[str, Sequence[Any]]  # SQL and its parameters
_EACH = object()  # the parameter that stands for each value in turn


def _capped(rows: QuerySet[Any], most: int) -> Written:
    """The SQL that selects the rows to be counted."""
    try:
        sql, params = rows.order_by().values("pk")[: most + 1].query.get_compiler(rows.db).as_sql()
    except EmptyResultSet:
        return "SELECT 1 WHERE 1 = 0", ()
    return sql, params


def _found(written: Sequence[Written], at_most: Mapping[str, int], using: str) -> dict[str, Tally]:
    """By hand, because the ORM selects from tables only, and here is none outside of the subqueries."""
    columns = ", ".join(f"(SELECT COUNT(*) FROM ({sql}) AS counted)" for sql, _ in written)
    with connections[using].cursor() as cursor:
        cursor.execute(f"SELECT {columns}", [param for _, params in written for param in params])
        counts = dict(zip(at_most, cursor.fetchone(), strict=True))
    return {name: Tally(min(counts[name], most), is_more=counts[name] > most) for name, most in at_most.items()}
