"""The CAS behind a number of `Compliance`. Its address has no values of a CAS, only the id of one like them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from urllib.parse import urlencode

from dateutil.relativedelta import relativedelta
from django.db.models import Q

from cas.models import CAS
from cas.models.queryset import CASQuerySet
from licences.models import User
from sms.core import clock
from sms.core.govuk import formats
from sms.core.ids import id_in
from sms.core.values import EARLIEST, LATEST
from sponsorship_duties.compliance.breakdown import DIMENSIONS
from sponsorship_duties.compliance.metrics import COUNTED, METRICS, PARTS, Metric
from sponsorship_duties.compliance.pictures import month_of
from sponsorship_duties.compliance.rates import Period

ASSIGNED = "assigned"  # the list of all CAS that were assigned in the period
MONTH = re.compile(r"(\d{4})-(\d\d)", re.ASCII)


@dataclass(frozen=True)
class Listed:
    """CAS of a rate. `terms` say which, as labels and values. `query` is what its address has in addition."""

    name: str
    part: str
    heading: str
    rows: CASQuerySet
    terms: Sequence[tuple[str, str]]
    asked: Mapping[str, str] = field(default_factory=dict)

    @property
    def query(self) -> str:
        return f"?{urlencode(self.asked)}" if self.asked else ""

    @property
    def title(self) -> str:
        """Return the heading and the terms in one line, for the name of an export."""
        return ", ".join([self.heading, *(value for _, value in self.terms)])


def listed(name: str, part: str, asked: Mapping[str, str], user: User) -> Listed | None:
    """Return the CAS of this part of a rate that `user` may see; None if there is no such list.

    `asked` may narrow them to a `month`, such as 2026-11; or to the same group as a CAS, `by` the name of a dimension
    and `like` the id of the CAS.
    """
    mine, day = CAS.objects.for_user(user), clock.today()
    period = Period.before(day)
    terms = [("Period", f"{formats.day(period.first)} to {formats.day(period.last)}")]
    if (name, part) == (ASSIGNED, COUNTED):
        return Listed(name, part, "CAS assigned", mine.filter(assigned_on__range=period), terms)
    metric = METRICS.get(name)
    if metric is None or part not in PARTS:
        return None
    rows = metric.of(mine, period, day).filter(Q(part__in=PARTS[part]))
    whole = Listed(name, part, metric.labels[part], rows, [("Rate", metric.heading), *terms])
    if "month" in asked:
        return _of_month(whole, metric, asked["month"])
    return _alike(whole, mine, asked["by"], asked.get("like", "")) if "by" in asked else whole


def _of_month(whole: Listed, metric: Metric, month: str) -> Listed | None:
    found = MONTH.fullmatch(month)
    year, number = map(int, found.groups()) if found else (0, 0)
    if not (EARLIEST <= year <= LATEST and 1 <= number <= 12):
        return None
    first = date(year, number, 1)
    rows = whole.rows.filter(**{f"{metric.day}__range": (first, first + relativedelta(months=1, days=-1))})
    terms = [*whole.terms, (metric.by_month.capitalize(), month_of(first))]
    return replace(whole, rows=rows, terms=terms, asked={"month": month})


def _alike(whole: Listed, mine: CASQuerySet, by: str, like: str) -> Listed | None:
    dimension, example = DIMENSIONS.get(by), mine.filter(pk=id_in(like)).first()
    if dimension is None or example is None:
        return None
    [name] = dimension.names([example.pk]).values()
    terms = [*whole.terms, (dimension.label, name)]
    rows = dimension.like(whole.rows, example)
    return replace(whole, rows=rows, terms=terms, asked={"by": by, "like": like})
