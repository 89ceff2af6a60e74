"""Insert many rows in the quickest way of the engine: COPY on PostgreSQL, and one prepared statement on SQLite.

Rows are values by the name of their column's attribute, such as `licence_id`. As in `bulk_create`, no signal is sent,
and the database still checks all constraints and triggers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.db import connections, models, transaction

Row = Mapping[str, Any]

# Values of these types are the same in both databases, and need no preparation.
_PLAIN: tuple[tuple[Any, type], ...] = (
    (models.CharField | models.TextField, str),
    (models.BooleanField, bool),
    (models.IntegerField | models.ForeignKey, int),
)


def insert(model: type[models.Model], rows: Sequence[Row]) -> list[int]:
    """Insert these rows, and return their ids. A value that a row does not have is the default of its column."""
    if not rows:
        return []
    connection = connections[model._base_manager.db]
    columns = [field for field in model._meta.concrete_fields if field.db_default is models.NOT_PROVIDED]
    into = f'"{model._meta.db_table}" ({", ".join(str(field.column) for field in columns)})'
    with transaction.atomic(savepoint=False), connection.cursor() as cursor, connection.wrap_database_errors:
        ids = _new_ids(connection, model, len(rows))
        prepared: Any = _prepared(connection, columns, ids, rows)
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {into} FROM STDIN") as copy:
                for row in prepared:
                    copy.write_row(row)
        else:
            places = ", ".join(["%s"] * len(columns))
            cursor.executemany(f"INSERT INTO {into} VALUES ({places})", prepared)
    return ids


def _prepared(connection: Any, columns: Sequence[Any], ids: Iterable[int], rows: Iterable[Row]) -> Iterator[list[Any]]:
    """Yield the values of each row as the database takes them, with its new id."""
    others = [field for field in columns if not field.primary_key]
    given = [(field.attname, field.get_default(), _plain(field), field.get_db_prep_save) for field in others]
    for pk, row in zip(ids, rows, strict=True):
        values: list[Any] = [pk]
        for name, default, plain, prepare in given:
            value = row.get(name, default)
            values.append(value if value is None or type(value) is plain else prepare(value, connection))
        yield values


def _plain(field: models.Field[Any, Any]) -> type | None:
    return next((kind for fields, kind in _PLAIN if isinstance(field, fields)), None)


def _new_ids(connection: Any, model: type[models.Model], count: int) -> list[int]:
    """Return unused ids. On SQLite no other process can take them, because the transaction is the only writer."""
    table, pk = model._meta.db_table, model._meta.pk
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            sequence = "nextval(pg_get_serial_sequence(%s, %s))"
            cursor.execute(f"SELECT {sequence} FROM generate_series(1, %s)", [f'"{table}"', pk.column, count])
            return [each for (each,) in cursor.fetchall()]
        cursor.execute("SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = %s", [table])
        [last] = cursor.fetchone()
        return list(range(last + 1, last + count + 1))
