"""The figures of an assessment on a day: each rate, by month, and the band that decides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.db.models import Count as CountOf

from cas.declared_rules import BANDS
from cas.models import Rule
from cas.models.queryset import CASQuerySet
from cas.rules import Rules
from sms.core import clock
from sponsorship_duties.compliance.metrics import FAILED, LEFT_OUT, METRICS, Metric
from sponsorship_duties.compliance.rates import SMALL, Band, Count, Period, Rate, has_colours, total


@dataclass(frozen=True)
class Result:
    """The rates under the bands that start on `start_on`, by the name of their metric."""

    start_on: date
    rates: Mapping[str, Rate]

    @property
    def band(self) -> Band | None:
        """Return the band of the sponsor: that of the worst rate. None if no rate has any CAS."""
        return Band.worst(rate.band for rate in self.rates.values())

    @property
    def missed(self) -> list[Metric]:
        """Return the metrics whose pass line is missed. Two at once have consequences of their own."""
        return [METRICS[name] for name, rate in self.rates.items() if rate.band and rate.band.is_missed]


@dataclass(frozen=True)
class Assessment:
    """The figures of a sponsor on `day`: how many CAS were assigned in the period, and each metric by month."""

    day: date
    assigned: int
    months: Mapping[str, Mapping[date, Count]]
    rules: Rules
    next_rules: Rules | None

    @property
    def period(self) -> Period:
        return Period.before(self.day)

    @property
    def is_discretionary(self) -> bool:
        """Return whether the sponsor has so few CAS that caseworkers assess it at discretion."""
        return self.assigned < SMALL

    @cached_property
    def counts(self) -> dict[str, Count]:
        return {name: total(months.values()) for name, months in self.months.items()}

    @property
    def now(self) -> Result:
        return self.under(self.rules)

    @property
    def then(self) -> Result | None:
        """Return the same figures under the next bands; None if no other bands are set."""
        return self.under(self.next_rules) if self.next_rules else None

    def under(self, rules: Rules) -> Result:
        """Return the rates under the bands of a day."""
        lines = {name: metric.lines(rules) for name, metric in METRICS.items()}
        are_coloured = has_colours(lines.values())
        return Result(
            rules.day,
            {
                name: Rate(self.counts[name], lines[name], metric.is_of_failures, are_coloured)
                for name, metric in METRICS.items()
            },
        )


def assess(mine: CASQuerySet) -> Assessment:
    """Return the figures of today about the CAS `mine` of one sponsor. The number of statements is always the same."""
    day = clock.today()
    period = Period.before(day)
    return Assessment(
        day,
        mine.filter(assigned_on__range=period).count(),
        {name: _by_month(metric, mine, period, day) for name, metric in METRICS.items()},
        *Rule.objects.now_and_next(BANDS),
    )


def _by_month(metric: Metric, mine: CASQuerySet, period: Period, day: date) -> dict[date, Count]:
    """Return the counts of each month. The database counts by day, because both databases are quick at that."""
    found = dict.fromkeys(period.months(), Count())
    rows = metric.of(mine, period, day).order_by().values_list(metric.day, "part").annotate(number=CountOf("*"))
    for on, part, number in rows:
        month = on.replace(day=1)
        found[month] = found[month].plus(count_of(part, number))
    return found


def count_of(part: str, number: int) -> Count:
    """Return so many CAS of this part as a count."""
    return Count(number if part != LEFT_OUT else 0, number if part == FAILED else 0, number if part == LEFT_OUT else 0)
