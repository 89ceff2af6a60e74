"""The compliance figures of a sponsor, on the page of its licence."""

from __future__ import annotations

from collections.abc import Iterator

from cas.models import CAS
from licences.casework.parts import Figure, Table, number
from licences.models import Licence
from sms.core.govuk import formats
from sponsorship_duties.compliance.assessment import Assessment, Result, assess
from sponsorship_duties.compliance.metrics import FAILED, METRICS, Metric
from sponsorship_duties.compliance.pictures import month_of
from sponsorship_duties.compliance.rates import SMALL, Count, Rate, shown

COLUMNS = ("Rate", "Figure", "Failed", "Left out", "Band", "Until amber", "Until missed")


def compliance_of(licence: Licence) -> Iterator[Table]:
    """Yield the rates of today, the same under the next bands, and the failures of each month."""
    found = assess(CAS.objects.filter(licence=licence))
    yield _table("Compliance today", found.now, found)
    if found.then:
        yield _table(f"Compliance under the bands from {formats.day(found.then.start_on)}", found.then, found)
    failed = [metric.labels[FAILED] for metric in METRICS.values()]
    months = found.period.months()
    rows = [(month_of(first), *(_failed(found.months[name][first]) for name in METRICS)) for first in months]
    yield Table("Compliance by month", ("Month", *failed), rows)


def _table(title: str, result: Result, found: Assessment) -> Table:
    band = result.band.label if result.band else "No figure"
    missed = f"; {len(result.missed)} rates missed at once" if len(result.missed) > 1 else ""
    guide = f", a guide only because {found.assigned} CAS are fewer than {SMALL}" if found.is_discretionary else ""
    rows = [_row(METRICS[name], rate) for name, rate in result.rates.items()]
    return Table(f"{title}: {band}{missed}{guide}", COLUMNS, rows)


def _row(metric: Metric, rate: Rate) -> tuple[object, ...]:
    return (
        metric.heading,
        Figure(shown(rate.value)),
        _failed(rate.count),
        number(rate.count.left_out),
        rate.band.label if rate.band else "–",
        _until(rate.until_amber),
        _until(rate.until_red),
    )


def _failed(count: Count) -> Figure:
    return Figure(f"{count.failed:,} of {count.counted:,}")


def _until(more: int | None) -> Figure:
    """Return how many more failures it takes."""
    return Figure("–" if more is None else f"{more:,} more" if more else "Already")
