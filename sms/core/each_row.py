"""An UPDATE in which each row gets values of its own.

The SQL is written by hand: the ORM can only give every row the same value, or spell out each row in a CASE.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, cast

from django.db import connections, models

Values = Mapping[str, Any]


def update_each(
    model: type[models.Model],
    each: Mapping[int, Values],
    *,
    key: str = "id",
    where: Values | None = None,
    same: Values | None = None,
    counted: str = "",
) -> int:
    """Give each row the values of its own in `each`, and all of them those in `same`. Return how many rows changed.

    Values are by name of a field. `each` has them by the row's value of the column `key`; all rows of `each` have the
    same fields. Only rows with the values of `where` change. The column `counted` grows by one.
    """
    if not each:
        return 0
    database = connections[model.objects.db]  # type: ignore[attr-defined]
    own = [_field(model, name) for name in next(iter(each.values()))]
    given = [
        {"key": pk, **{field.column: _plain(field.get_db_prep_save(values[field.name], database)) for field in own}}
        for pk, values in each.items()
    ]
    table, fixed, wanted = model._meta.db_table, _prepared(model, same or {}), _prepared(model, where or {})
    assignments = [f"{field.column} = given.{field.column}" for field in own]
    assignments += [f"{column} = %s" for column in fixed]
    assignments += [f"{counted} = {counted} + 1"] if counted else []
    conditions = [f"{table}.{key} = given.key", *(f"{table}.{column} = %s" for column in wanted)]
    with database.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} SET {', '.join(assignments)} FROM {_rows(own, database)} WHERE {' AND '.join(conditions)}",
            [*fixed.values(), json.dumps(given), *wanted.values()],
        )
        return cursor.rowcount


def _rows(own: list[models.Field[Any, Any]], database: Any) -> str:
    """Return the SQL that reads the rows from JSON, one parameter.

    The LIMIT without an end makes SQLite keep the rows. Otherwise it reads all of them for each row of the table.
    """
    if database.vendor == "postgresql":
        types = ", ".join(f"{field.column} {field.db_type(database)}" for field in own)
        return f"jsonb_to_recordset(%s::jsonb) AS given(key bigint, {types})"
    columns = ", ".join(f"json_extract(value, '$.{name}') AS {name}" for name in ["key", *(f.column for f in own)])
    return f"(SELECT {columns} FROM json_each(%s) LIMIT -1) AS given"


def _prepared(model: type[models.Model], values: Values) -> dict[str | None, Any]:
    fields = {_field(model, name): value for name, value in values.items()}
    database = connections[model.objects.db]  # type: ignore[attr-defined]
    return {field.column: field.get_db_prep_save(value, database) for field, value in fields.items()}


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, int | str) else str(value)


def _field(model: type[models.Model], name: str) -> models.Field[Any, Any]:
    return cast("models.Field[Any, Any]", model._meta.get_field(name))
