"""Statements that are written once and run often, for pages that every user opens all the time."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import Model, QuerySet
from django.db.models.expressions import RawSQL

ModelT = TypeVar("ModelT", bound=Model)


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

    is_filtered = any(each is _Later for each in params)

    def read(*later: object) -> list[tuple[Any, ...]]:
        if len(later) != is_filtered:
            raise TypeError("Give the value of LATER, if the rows are filtered by it, and nothing else.")
        of_thread = rows.query.get_compiler(using)  # each thread has its own connection
        with connections[using].cursor() as cursor:
            given: list[Any] = [later[0] if each is _Later else each for each in params]
            cursor.execute(sql, given)
            found = cursor.fetchall()
        return list(map(tuple, of_thread.apply_converters(found, of_thread.get_converters(columns))))

    return read


def reading_records(rows: QuerySet[ModelT], *related: str, only: Collection[str] = ()) -> Callable[..., list[ModelT]]:
    """Return a function that reads `rows` as records, with their annotations, as `reading` does.

    Each also has the records of the foreign keys `related`, as with `select_related`. If columns are given as `only`,
    the others are deferred.
    """
    model, added = rows.model, list(rows.query.annotation_select)
    own = [name for name in _columns(model) if not only or name in only]
    names, start, end = frozenset(own), len(own), len(own) + len(added)
    paths, others = [*own, *added], []
    for name in related:
        other: Any = model._meta.get_field(name).related_model
        columns = _columns(other)
        others.append((name, other, columns, slice(len(paths), len(paths) + len(columns))))
        paths.extend(f"{name}__{column}" for column in columns)
    read = reading(rows.values_list(*paths))

    def records(*later: object) -> list[ModelT]:
        found = []
        for row in read(*later):
            record = model.from_db(rows.db, names, row[:start])
            vars(record).update(zip(added, row[start:end], strict=True))
            for name, other, columns, part in others:
                if getattr(record, f"{name}_id") is not None:
                    setattr(record, name, other.from_db(rows.db, columns, row[part]))
            found.append(record)
        return found

    return records


def _columns(model: type[Model]) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields]
