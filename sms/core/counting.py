"""Count rows up to a limit, so that counting a million rows takes no longer than counting 1,000."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from sms.core.govuk import formats


@dataclass(frozen=True)
class Tally:
    """A number of rows; or the limit, if there `is_more`. As text: 1,234, or 1,000+.

    `first` is the smallest id of the counted rows, where the count asks for it: a page names that record.
    """

    number: int
    is_more: bool = False
    first: int | None = None

    def __str__(self) -> str:
        return f"{formats.number(self.number)}{'+' if self.is_more else ''}"


def tallies(counted: Mapping[str, tuple[QuerySet[Any], int]]) -> dict[str, Tally]:
    """Return the tally of each queryset, counted up to the number paired with it, in one statement."""
    return prepared(counted)()


def prepared(
    counted: Mapping[str, tuple[QuerySet[Any], int]], *, has_first: bool = False
) -> Callable[[], dict[str, Tally]]:
    """Return a function that does as `tallies`, for counting the same rows again later.

    Django needs milliseconds to write a statement with several subqueries. It is written here, once. With `has_first`,
    each tally also has its `first`.
    """
    selects = [_count(name, rows, most, has_first=has_first) for name, (rows, most) in counted.items()]
    using = next((rows.db for rows, _ in counted.values()), "default")
    return partial(_found, selects, {name: most for name, (_, most) in counted.items()}, using)


def tallies_by(column: str, rows: QuerySet[Any], at_most: Mapping[str, int]) -> dict[str, Tally]:
    """Return the tally of `rows` for each value of the text `column`, and under "" for all rows, in one statement.

    `at_most` maps each value to the number up to which it is counted. This is quicker than `tallies`, because the
    database plans one query for all values that have the same limit.
    """
    return prepared_by(column, rows, at_most)()


def prepared_by(column: str, rows: QuerySet[Any], at_most: Mapping[str, int]) -> Callable[[], dict[str, Tally]]:
    """Return a function that does as `tallies_by`, for counting the same rows again later."""
    alike = defaultdict(list)  # values with the same limit
    for value, most in at_most.items():
        if value:
            alike[most].append(value)
    selects = [_count("", rows, at_most[""])] if "" in at_most else []
    selects += [_count_each(values, column, rows, most) for most, values in alike.items()]
    return partial(_found, selects, at_most, rows.db)


Select = tuple[str, Sequence[Any]]
"""SQL, and its parameters."""


def _count(name: str, rows: QuerySet[Any], most: int, *, has_first: bool = False) -> Select:
    sql, params = _capped(rows, most)
    if has_first:
        return f"SELECT %s, COUNT(*), MIN(counted.pk) FROM ({sql}) AS counted", [name, *params]
    return f"SELECT %s, (SELECT COUNT(*) FROM ({sql}) AS counted)", [name, *params]


def _count_each(values: Sequence[str], column: str, rows: QuerySet[Any], most: int) -> Select:
    # PostgreSQL and SQLite both call the one column of VALUES `column1`.
    sql, params = _capped(rows.filter(**{column: RawSQL("wanted.column1", ())}), most)
    wanted = ", ".join(["(%s)"] * len(values))
    return (
        f"SELECT wanted.column1, (SELECT COUNT(*) FROM ({sql}) AS counted) FROM (VALUES {wanted}) AS wanted",
        [*params, *values],
    )


def _capped(rows: QuerySet[Any], most: int) -> Select:
    """Return the SQL that selects the rows to count, and its parameters."""
    try:
        sql, params = rows.order_by().values("pk")[: most + 1].query.get_compiler(rows.db).as_sql()
    except EmptyResultSet:
        return "SELECT 1 AS pk WHERE 1 = 0", ()
    return sql, params


def _found(selects: Sequence[Select], at_most: Mapping[str, int], using: str) -> dict[str, Tally]:
    """Run the queries as one. This is plain SQL, because the ORM can select neither from VALUES nor from no table."""
    if not selects:
        return {}
    with connections[using].cursor() as cursor:
        cursor.execute(
            " UNION ALL ".join(sql for sql, _ in selects), [each for _, params in selects for each in params]
        )
        counts = {name: found for name, *found in cursor.fetchall()}
    return {name: _tally(most, *counts[name]) for name, most in at_most.items()}


def _tally(most: int, number: int, first: int | None = None) -> Tally:
    return Tally(min(number, most), is_more=number > most, first=first)
