"""The picture of a rate: the share that failed, in each month and from the start of the period."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from itertools import accumulate

from sms.core.govuk import formats
from sms.core.pictures import Limit, Picture, Series
from sponsorship_duties.compliance.metrics import FAILED, Metric
from sponsorship_duties.compliance.rates import Count, Rate, shown


def month_of(first: date) -> str:
    """Return a month as text, such as "Nov 2026"."""
    _, month, year = formats.day(first).split()
    return f"{month[:3]} {year}"


def picture(metric: Metric, rate: Rate, months: Mapping[date, Count]) -> Picture:
    """Return the picture of a rate by month, with its lines."""
    failed = metric.labels[FAILED]
    so_far = accumulate(months.values(), Count.plus)
    return Picture(
        f"{metric.name}-by-month",
        f"{failed}, by {metric.by_month}",
        "Month",
        [month_of(first) for first in months],
        (
            Series(f"{failed} in the month", [count.share for count in months.values()], is_bars=True),
            Series(f"{failed} since the start of the period", [count.share for count in so_far]),
        ),
        _limits(rate),
        show=shown,
        short=lambda month: month[:3],
    )


def _limits(rate: Rate) -> list[Limit]:
    """Return the lines of a rate as shares that failed."""
    green = "Green line" if rate.lines.green is not None else ""
    named = (("Pass line", rate.lines.passing), (green, rate.lines.green))
    return [_limit(name, line, is_of_failures=rate.is_of_failures) for name, line in named if name and line is not None]


def _limit(name: str, line: Fraction, *, is_of_failures: bool) -> Limit:
    share = line if is_of_failures else 100 - line
    return Limit(f"{name}: {'under' if is_of_failures else 'at most'} {shown(share)}", share)
