"""The rates of the Basic Compliance Assessment: which CAS each counts, and which of them failed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from django.db.models import Case, CharField, Exists, OuterRef, Q, Value, When

from cas.lifecycle import Outcome
from cas.models.queryset import CASQuerySet
from cas.rules import Lines, Rules
from sponsorship_duties.activity_types import CountsAs
from sponsorship_duties.compliance.rates import Period
from sponsorship_duties.models import Activity

COUNTED, PASSED, FAILED, LEFT_OUT = "counted", "passed", "failed", "left-out"

PARTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {COUNTED: (PASSED, FAILED), PASSED: (PASSED,), FAILED: (FAILED,), LEFT_OUT: (LEFT_OUT,)}
)
"""The parts of the CAS of a rate that can be listed, and how `Metric.of` marks their CAS."""


@dataclass(frozen=True)
class Metric:
    """A rate. The CAS whose date in the column `day` is in the period are those it is about.

    Of these, it counts all that are not `left_out`. The CAS that `failed` lower the rate, or raise it if it
    `is_of_failures`. `labels` name the parts of its CAS, `by_month` says by which date a month has them, and `more`
    how one failure and several are called. `lines` are those of a day's rules.
    """

    name: str
    heading: str
    about: str
    labels: Mapping[str, str]
    by_month: str
    more: tuple[str, str]
    lines: Callable[[Rules], Lines]
    day: str
    scope: Q
    left_out: Callable[[date], Q]
    failed: Callable[[], Q]
    is_of_failures: bool = False

    def of(self, mine: CASQuerySet, period: Period, today: date) -> CASQuerySet:
        """Return the CAS of `mine` that this rate is about in the period. Each has a `part`."""
        part = Case(
            When(self.left_out(today), then=Value(LEFT_OUT)),
            When(self.failed(), then=Value(FAILED)),
            default=Value(PASSED),
            output_field=CharField(),
        )
        return mine.filter(self.scope, **{f"{self.day}__range": period}).annotate(part=part)


def _reported(which: Q) -> Q:
    """Return the condition that a CAS has a standing report like this."""
    return Q(Exists(Activity.objects.standing().filter(which, cas=OuterRef("pk"))))


def _counting_as(counts_as: CountsAs) -> Q:
    return Q(reason__counts_as=counts_as)


def _delayed(today: date) -> Q:
    """Return the condition that a report leaves the CAS out until its date, which has not passed."""
    return _counting_as(CountsAs.LEFT_OUT) & Q(happened_on__gte=today)


def _not_completed() -> Q:
    completed = _counting_as(CountsAs.COMPLETED) | Q(is_standing_graduation=True)
    return _reported(_counting_as(CountsAs.NOT_COMPLETED)) & ~_reported(completed)


# Only USED CAS have an outcome. The condition on the number lets SQLite use a partial index.
_GRANTED = Q(outcome=Outcome.GRANTED, number__isnull=False)

METRICS: Mapping[str, Metric] = MappingProxyType(
    {
        metric.name: metric
        for metric in (
            Metric(
                "refusal",
                "Refusal rate",
                "Of the applications decided in the period, the share that was refused. A refusal is left out after a "
                "successful administrative review, until the application is decided again.",
                {
                    COUNTED: "Decided",
                    PASSED: "Granted",
                    FAILED: "Refused",
                    LEFT_OUT: "Left out after a successful administrative review",
                },
                "month of the decision",
                ("refusal", "refusals"),
                lambda rules: rules.refusal_bands,
                "decided_on",
                Q(),  # only USED CAS have such a date
                lambda today: Q(reviewed_on__isnull=False),
                lambda: Q(outcome=Outcome.REFUSED),
                is_of_failures=True,
            ),
            Metric(
                "enrolment",
                "Enrolment rate",
                "Of the CAS that were granted and whose course starts in the period, the share without a standing "
                "report that the student did not enrol. A delayed student is left out until the date reported has "
                "passed.",
                {
                    COUNTED: "Due to enrol",
                    PASSED: "Enrolled",
                    FAILED: "Not enrolled",
                    LEFT_OUT: "Left out because of a delay",
                },
                "month of the course start",
                ("student who did not enrol", "students who did not enrol"),
                lambda rules: rules.enrolment_bands,
                "course_start_date",
                _GRANTED,
                lambda today: _reported(_delayed(today)),
                lambda: _reported(_counting_as(CountsAs.NOT_ENROLLED)),
            ),
            Metric(
                "completion",
                "Completion rate",
                "Of the CAS that were granted and enrolled, and whose course was expected to end in the period, the "
                "share without a standing report that the student did not complete the course. A graduate notification "
                "or an early completion counts as completed.",
                {
                    COUNTED: "Due to complete",
                    PASSED: "Completed",
                    FAILED: "Not completed",
                    LEFT_OUT: "Left out because they are not enrolled",
                },
                "month of the course end",
                ("student who did not complete", "students who did not complete"),
                lambda rules: rules.completion_bands,
                "course_end_date",
                _GRANTED,
                lambda today: _reported(_counting_as(CountsAs.NOT_ENROLLED) | _delayed(today)),
                _not_completed,
            ),
        )
    }
)
