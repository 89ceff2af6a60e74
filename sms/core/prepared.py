"""Statements that are written once and run often, for pages that every user opens all the time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL


class _Later:
    """Stands among the parameters of a statement for a value that is not known when it is written."""


LATER = RawSQL("%s", (_Later,))
"""A value to filter by, which is given each time that the statement runs."""


def reading(rows: QuerySet[Any, tuple[Any, ...]]) -> Callable[..., list[tuple[Any, ...]]]:
    """Return a function that reads `rows`, which `values_list` selects. It reads them each time that it is called.

    Its argument is the value of `LATER`, if they are filtered by it. Django needs milliseconds to write a statement
    with several subqueries. It is written here, once.
    """
    using = rows.db
    compiler = rows.query.get_compiler(using)
    try:
        sql, params = compiler.as_sql()
    except EmptyResultSet:
        return lambda *_: []
    columns = [column for column, _, _ in compiler.select]

    def read(later: object = None) -> list[tuple[Any, ...]]:
        of_thread = rows.query.get_compiler(using)  # each thread has its own connection
        with connections[using].cursor() as cursor:
            given: list[Any] = [later if each is _Later else each for each in params]
            cursor.execute(sql, given)
            found = cursor.fetchall()
        return list(map(tuple, of_thread.apply_converters(found, of_thread.get_converters(columns))))

    return read
