"""Giving CAS their numbers, thousands in one statement."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import TYPE_CHECKING, Any, cast

from django.db import IntegrityError, connections, transaction
from django.db.models import Field

from cas import numbers

if TYPE_CHECKING:
    from cas.models.cas import CAS


def number_each(model: type[CAS], pks: list[int], route: str, *, before: str, written: dict[str, Any]) -> int:
    """Give each of these CAS a number of its route, and the columns `written`. Return how many were in status `before`.

    Another assignment can take a number between the draw and the UPDATE. The unique constraint then refuses the
    UPDATE, and all numbers are drawn again.
    """

    def taken(drawn: Collection[str]) -> set[str]:
        return set(model.objects.filter(number__any_of=list(drawn)).values_list("number", flat=True))

    for _ in range(numbers.MOST_DRAWS):
        drawn = numbers.draw_many(len(pks), route, taken=taken)
        try:
            with transaction.atomic():
                return _update(model, pks, drawn, before, written)
        except IntegrityError:
            if not taken(drawn):
                raise
    raise RuntimeError("Other assignments took the numbers that were drawn, again and again")


def _update(model: type[CAS], pks: list[int], drawn: list[str], before: str, written: dict[str, Any]) -> int:
    """Run one UPDATE in which each row gets a number of its own. Return how many rows it changed.

    The SQL is written by hand: the ORM can only give every row the same value, or spell out each row in a CASE.
    """
    connection = connections[model.objects.db]
    fields = {cast("Field[Any, Any]", model._meta.get_field(name)): value for name, value in written.items()}
    assignments = ", ".join(f"{field.column} = %s" for field in fields)
    values = [field.get_db_prep_save(value, connection) for field, value in fields.items()]
    if connection.vendor == "postgresql":
        given = "unnest(%s::bigint[], %s::text[]) AS given(id, number)"
        given_params: list[Any] = [pks, drawn]
    else:
        given = "(SELECT CAST(key AS INTEGER) AS id, value AS number FROM json_each(%s)) AS given"
        given_params = [json.dumps(dict(zip(pks, drawn, strict=True)))]
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {model._meta.db_table} SET version = version + 1, number = given.number, {assignments} "
            f"FROM {given} WHERE {model._meta.db_table}.id = given.id AND {model._meta.db_table}.status = %s",
            [*values, *given_params, before],
        )
        return cursor.rowcount
