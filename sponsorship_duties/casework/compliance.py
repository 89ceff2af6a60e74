"""The compliance figures of a sponsor, on the page of its licence."""

from __future__ import annotations

from collections.abc import Iterator

from cas.models import CAS
from licences.casework.pages import Table
from licences.models import Licence
from sms.core.govuk import formats
from sponsorship_duties.compliance.assessment import Assessment, Result, assess
from sponsorship_duties.compliance.metrics import METRICS, Metric
from sponsorship_duties.compliance.pictures import month_of
from sponsorship_duties.compliance.rates import SMALL, Rate, shown

COLUMNS = (
    "Rate",
    "Figure",
    "Counted",
    "Failed",
    "Left out",
    "Band",
    "Failures until amber",
    "Until the pass line is missed",
)


def compliance_of(licence: Licence) -> Iterator[Table]:
    """Yield the rates of today, the same under the next bands, and the counts of each month."""
    found = assess(CAS.objects.filter(licence=licence))
    yield _table("Compliance today", found.now, found)
    if found.then:
        yield _table(f"Compliance under the bands from {formats.day(found.then.start_on)}", found.then, found)
    rows = [
        (month_of(first), *(cell for name in METRICS for cell in found.months[name][first][:2]))
        for first in found.period.months()
    ]
    parts = (
        f"{metric.heading}: {metric.labels[part].lower()}"
        for metric in METRICS.values()
        for part in ("counted", "failed")
    )
    yield Table("Compliance by month", ("Month", *parts), rows)


def _table(title: str, result: Result, found: Assessment) -> Table:
    rows = [_row(METRICS[name], rate) for name, rate in result.rates.items()]
    band = result.band.label if result.band else "No figure"
    guide = f", a guide only because {found.assigned} CAS are fewer than {SMALL}" if found.is_discretionary else ""
    missed = f"; {len(result.missed)} rates missed at once" if len(result.missed) > 1 else ""
    return Table(f"{title}: {band}{missed}{guide}", COLUMNS, rows)


def _row(metric: Metric, rate: Rate) -> tuple[object, ...]:
    band = rate.band.label if rate.band else "–"
    return metric.heading, shown(rate.value), *rate.count, band, _until(rate.until_amber), _until(rate.until_red)


def _until(number: int | None) -> str:
    return "–" if number is None else formats.number(number) if number else "Already"
