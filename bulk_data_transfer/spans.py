"""The exports without a list: everything of a kind, perhaps between two days (specification, section 11)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import QuerySet

from bulk_data_transfer import refusals
from bulk_data_transfer.datasets import DATASETS
from bulk_data_transfer.models import Export
from bulk_data_transfer.models.export import MOST, OVERLAP
from cas.lifecycle import EVER_ASSIGNED
from licences.models import User
from licences.roles import Role
from sms.core import clock
from sms.core.clock import LONDON
from sms.core.govuk import formats
from sponsorship_duties.students_to_check import CHECKS

Days = tuple[date | None, date | None]


@dataclass(frozen=True)
class Span:
    """Something to export. `days` is the date, or the time, by which it is limited; "" if it is not.

    `none` says that there is none. In it, {yours} are the words for a user who sees only their own.
    """

    name: str
    label: str
    dataset: str
    none: str
    hint: str = ""
    days: str = ""
    narrow: Callable[[QuerySet[Any]], QuerySet[Any]] = lambda rows: rows.order_by("pk")
    has_times: bool = False
    is_of_changes: bool = False


SPANS: Mapping[str, Span] = {
    span.name: span
    for span in (
        Span("all", "All CAS", "cas", "There is no CAS{yours} yet"),
        Span(
            "assigned",
            "CAS by the day on which they were assigned",
            "cas",
            "No CAS{yours} was assigned",
            hint="Without days, all that were assigned",
            days="assigned_on",
            narrow=lambda rows: rows.filter(status__in=EVER_ASSIGNED).order_by("assigned_on", "pk"),
        ),
        Span(
            "changed",
            "CAS that have changed",
            "cas",
            "No CAS{yours} has changed",
            hint="Without a first day, those that have changed since your last export of changes",
            days="changed_at",
            narrow=lambda rows: rows.order_by("changed_at", "pk"),
            has_times=True,
            is_of_changes=True,
        ),
        Span(
            "reports",
            "Reports by the day on which they were made",
            "reports",
            "No report on a CAS{yours} was made",
            hint="Without days, all reports",
            days="reported_on",
        ),
        Span(
            "orders",
            "Payments by the day on which they were opened",
            "orders",
            "No payment{yours} was opened",
            hint="Without days, all payments",
            days="opened_at",
            has_times=True,
        ),
        *(
            Span(
                f"check-{check.name}",
                f"Students to check: {check.heading[0].lower()}{check.heading[1:]}",
                f"check-{check.name}",
                f"No student{{yours}} is to be checked: {check.heading[0].lower()}{check.heading[1:]}",
                narrow=lambda rows: rows,
            )
            for check in CHECKS.values()
        ),
    )
}


def prepare(span: Span, days: Days, *, by: User) -> Export:
    """Choose the records of a span, between two days of which both count.

    Raises `Refused` if there are none, and as `Export.prepare` does.

    An export of changes without a first day begins where the user's last one ended.
    """
    now = clock.now()
    last = Export.objects.last_of_changes(by) if span.is_of_changes and not days[0] else None
    rows = span.narrow(DATASETS[span.dataset].rows(by)).filter(**_between(span, days))
    if last and last.changed_until:
        rows = rows.filter(changed_at__gte=last.changed_until - OVERLAP)
    ids = list(rows.values_list("pk", flat=True)[: MOST + 1])
    if not ids:
        yours = " of yours" if by.role == Role.LEVEL_2 else ""
        raise refusals.NONE_IN_THE_PERIOD(none=_with_days(span.none.format(yours=yours), days, last))
    until = now if span.is_of_changes and not days[1] else None
    return Export.objects.prepare(
        span.dataset, ids, name=_with_days(span.label, days, last), by=by, changed_until=until
    )


def _between(span: Span, days: Days) -> dict[str, Any]:
    first, last = days
    if not span.days:
        return {}
    limits: dict[str, Any] = {}
    if first:
        limits[f"{span.days}__gte"] = _midnight(first) if span.has_times else first
    if last and span.has_times:
        limits[f"{span.days}__lt"] = _midnight(last + timedelta(days=1))
    elif last:
        limits[f"{span.days}__lte"] = last
    return limits


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), LONDON)


def _with_days(words: str, days: Days, last: Export | None) -> str:
    """Return these words with the days between which an export is."""
    first, until = days
    parts = [words]
    if first:
        parts.append(f"from {formats.day(first)}")
    if last:
        parts.append(f"since {formats.moment(last.changed_until)}")
    if until:
        parts.append(f"{'to' if first or last else 'up to'} {formats.day(until)}")
    return " ".join(parts)
