"""Rows of a list of CAS, which hold the columns that lists have and no more."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.db.models import QuerySet

from cas.columns import of_lists


class ListedCAS(NamedTuple):
    """What lists show of a CAS: a whole one has so many columns that 25 take twice as long."""

    pk: int
    status: str
    student_name: str
    values: dict[str, Any]


def read(rows: QuerySet[Any]) -> list[ListedCAS]:
    """Return the rows with what lists show of them, in one statement."""
    shown = list(dict.fromkeys([*of_lists(), *of_lists(all_sponsors=True)]))
    found = []
    for pk, *held in rows.values_list("pk", *(path for column in shown for path in column.reads)):
        each = iter(held)
        values = {column.name: column.combine(*(next(each) for _ in column.reads)) for column in shown}
        found.append(ListedCAS(pk, values["status"], values["name"], values))
    return found
