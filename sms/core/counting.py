"""Counting that stops where nobody wants to know more: of a million rows it takes no longer than of a thousand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

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
    parts = [Part.of_all(name, rows, most) for name, (rows, most) in counted.items()]
    using = next((rows.db for rows, _ in counted.values()), "default")
    return _found(parts, {name: most for name, (_, most) in counted.items()}, using)


def tallies_by(column: str, rows: QuerySet[Any], at_most: Mapping[str, int]) -> dict[str, Tally]:
    """How many of `rows` have each value in `column`, and by "", how many there are in all; one statement.

    `at_most` are the values, and beyond which number each is not counted. As `tallies` of as many querysets, and
    quicker: what differs by its value only is written, and planned by the database, once.
    """
    values = defaultdict(list)
    for value, most in at_most.items():
        values[most].append(value)
    parts = [Part.of_all("", rows, at_most[""])] if "" in at_most else []
    parts += [Part.of_each([*filter(None, each)], column, rows, most) for most, each in values.items() if any(each)]
    return _found(parts, at_most, rows.db)


class Part(NamedTuple):
    """A SELECT of names, and of how many rows each counts; with its parameters."""

    sql: str
    params: Sequence[Any]

    @classmethod
    def of_all(cls, name: str, rows: QuerySet[Any], most: int) -> Part:
        sql, params = _capped(rows, most)
        return cls(f"SELECT %s, ({COUNT.format(sql)})", [name, *params])

    @classmethod
    def of_each(cls, values: Sequence[str], column: str, rows: QuerySet[Any], most: int) -> Part:
        sql, params = _capped(rows.filter(**{column: RawSQL("each.column1", ())}), most)
        listed = ", ".join(["(%s)"] * len(values))
        return cls(f"SELECT each.column1, ({COUNT.format(sql)}) FROM (VALUES {listed}) AS each", [*params, *values])


COUNT = "SELECT COUNT(*) FROM ({}) AS counted"


def _capped(rows: QuerySet[Any], most: int) -> tuple[str, Sequence[Any]]:
    """The SQL that selects the rows to be counted, with its parameters."""
    try:
        sql, params = rows.order_by().values("pk")[: most + 1].query.get_compiler(rows.db).as_sql()
    except EmptyResultSet:
        return "SELECT 1 WHERE 1 = 0", ()
    return sql, params


def _found(parts: Sequence[Part], at_most: Mapping[str, int], using: str) -> dict[str, Tally]:
    """By hand, because the ORM selects from tables only, and here is none outside of the subqueries."""
    if not parts:
        return {}
    with connections[using].cursor() as cursor:
        cursor.execute(" UNION ALL ".join(part.sql for part in parts), [each for part in parts for each in part.params])
        counts = dict(cursor.fetchall())
    return {name: Tally(min(counts[name], most), is_more=counts[name] > most) for name, most in at_most.items()}
