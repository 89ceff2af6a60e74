"""Search for and compare dates of birth with unknown parts (specification, sections 3 and 8).

Two dates agree if they are equal in the parts that both have. Agreement is not transitive, so no query groups by it.
"""

from __future__ import annotations

from django.db.models import F, OuterRef, Q, Value
from django.db.models.functions import Length, Substr
from django.db.models.lookups import Exact

from cas.keys import beginning_with
from sms.core.partial_dates import PartialDate


def born_on(column: str, sought: PartialDate) -> Q:
    """Return the rows whose date in `column` agrees with `sought`, by an index on both databases."""
    if sought.month is None:
        return beginning_with(column, sought)
    last = 0 if sought.is_full else sought.latest.day
    days = [f"{sought}-{day:02}" for day in range(1, last + 1)]
    return Q(**{f"{column}__in": [sought[:4], sought[:7], *(days or [sought])]})


def agrees(column: str, other: OuterRef | str) -> Q:
    """Return the rows whose date in `column` agrees with another row's, or with a date. An empty date agrees with none.

    No index can answer this, so use it only for a few rows.
    """
    mine, theirs = F(column), Value(str(other)) if isinstance(other, str) else other
    same = Exact(Substr(mine, 1, Length(theirs)), Substr(theirs, 1, Length(mine)))
    return Q(same) & ~Q(Exact(mine, Value(""))) & ~Q(Exact(theirs, Value("")))
