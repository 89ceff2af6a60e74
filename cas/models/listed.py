"""Rows of a list of CAS, which hold the columns that lists have and no more."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.db.models import QuerySet

from cas.columns import of_lists


class ListedCAS(NamedTuple):
    """What lists show of a CAS: a whole one has so many columns that 25 take twice as long.

    `shown` is what people read in each column, by its name.
    """

    pk: int
    status: str
    student_name: str
    shown: dict[str, str]


def read(rows: QuerySet[Any]) -> list[ListedCAS]:
    """Return the rows with what lists show of them, in one statement."""
    columns, paths = [], ["pk"]
    for column in dict.fromkeys([*of_lists(), *of_lists(all_sponsors=True)]):
        columns.append((column, slice(len(paths), len(paths) + len(column.reads))))
        paths.extend(column.reads)
    found = []
    for row in rows.values_list(*paths):
        shown = {column.name: column.show(column.made_of(row[part])) for column, part in columns}
        found.append(ListedCAS(row[0], shown["status"], shown["name"], shown))
    return found
