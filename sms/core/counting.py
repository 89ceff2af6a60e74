"""Counting that stops where nobody wants to know more: of a million rows it takes no longer than of a thousand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import QuerySet

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
    found = dict(zip(counted, _counts(counted), strict=True))
    return {name: Tally(min(found[name], most), is_more=found[name] > most) for name, (_, most) in counted.items()}


def _counts(counted: Mapping[str, tuple[QuerySet[Any], int]]) -> list[int]:
    """By hand, because the ORM selects from tables only, and here is none outside of the subqueries."""
    columns, params, using = [], [], "default"
    for rows, most in counted.values():
        using = rows.db
        try:
            sql, values = rows.order_by().values("pk")[: most + 1].query.get_compiler(using).as_sql()
        except EmptyResultSet:
            sql, values = "SELECT 1 WHERE 1 = 0", ()
        columns.append(f"(SELECT COUNT(*) FROM ({sql}) AS counted)")
        params += values
    with connections[using].cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(columns)}", params)
        return list(cursor.fetchone())
