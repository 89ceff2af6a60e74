"""Rows of a list of CAS, with the columns of `cas.columns.LISTED` and no more."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from cas import columns

COLUMNS = columns.columns(dict.fromkeys(columns.LISTED + columns.LISTED_OF_ALL_SPONSORS))
READ = ("pk", *(path for column in COLUMNS for path in column.reads))


class ListedCAS(NamedTuple):
    """What a list shows of a CAS: a whole one has so many columns that 25 take twice as long."""

    pk: int
    status: str
    student_name: str
    values: dict[str, Any]


def listed(row: Iterable[Any]) -> ListedCAS:
    """Return the row of a list for what the database's columns of `READ` hold."""
    pk, *read = row
    held = iter(read)
    values = {column.name: column.combine(*(next(held) for _ in column.reads)) for column in COLUMNS}
    return ListedCAS(pk, values["status"], values["name"], values)
