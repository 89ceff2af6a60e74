"""The marks of reports that may be wrong. Users see them before a report is made, and caseworkers afterwards."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from cas.models import CAS
from sms.core import clock
from sms.core.refused import Refusal, Refused
from sponsorship_duties import refusals
from sponsorship_duties.deadlines import is_late
from sponsorship_duties.models.reporting import Report


@dataclass(frozen=True)
class Mark:
    """A mark. `name` is its column of `Activity`, `words` are those that caseworkers see, and `refusal` explains it."""

    name: str
    words: str
    refusal: Refusal

    @property
    def why(self) -> str:
        return self.refusal.sentence

    @property
    def warning(self) -> Refused:
        """Return the mark as a warning about a record of a file."""
        return self.refusal().of(self.words)


LATE = Mark("is_late", "Reported late", refusals.REPORTED_LATE)
BEFORE_ASSIGNMENT = Mark("is_before_assignment", "Dated before the CAS was assigned", refusals.DATED_BEFORE_ASSIGNMENT)
BEFORE_START = Mark("is_before_start", "Failed to enrol before the course starts", refusals.NO_SHOW_BEFORE_START)
OUTSIDE_COURSE = Mark("is_outside_course", "Completed the course before it starts", refusals.COMPLETED_BEFORE_START)
ENDED_ALREADY = Mark("is_ended_already", "Sponsorship ended by an earlier report", refusals.ENDED_ALREADY)

MARKS = (LATE, BEFORE_ASSIGNMENT, BEFORE_START, OUTSIDE_COURSE, ENDED_ALREADY)

Marks = Mapping[CAS, Collection[Mark]]


class Unseen(Refused):
    """The reports would get marks that the user has not seen. `marked` has the CAS of each mark, also of seen ones."""

    has_page = True

    def __init__(self, marks: Marks) -> None:
        super().__init__(refusals.MARKS_UNSEEN)
        each = {mark: [cas for cas, found in marks.items() if mark in found] for mark in MARKS}
        self.marked = {mark: cas_list for mark, cas_list in each.items() if cas_list}


def marks_of_each(reports: Mapping[CAS, Report]) -> dict[CAS, list[Mark]]:
    """Return the marks that each report would get if it were made today. It asks once for all."""
    today, ended = clock.today(), _ended_already(reports)
    return {cas: list(_marks(cas, report, today, cas.pk in ended)) for cas, report in reports.items()}


def raise_unseen(marks: Marks, seen: Collection[str]) -> None:
    """Raise `Unseen` if a mark is not among those `seen`, by name."""
    if any(mark.name not in seen for found in marks.values() for mark in found):
        raise Unseen(marks)


def _marks(cas: CAS, report: Report, today: date, has_ended: bool) -> Iterator[Mark]:
    kind, day, start = report.activity_type, report.happened_on, cas.course_start_date
    if day and kind.has_deadline and is_late(day, today):
        yield LATE
    if day and not kind.is_withdrawal and cas.assigned_on and day < cas.assigned_on:
        yield BEFORE_ASSIGNMENT
    if day and start and report.reason and report.reason.is_no_show and min(day, today) < start:
        yield BEFORE_START
    if report.completed_on and start and report.completed_on < start:
        yield OUTSIDE_COURSE
    if has_ended and kind.is_end_of_sponsorship:
        yield ENDED_ALREADY


def _ended_already(reports: Mapping[CAS, Report]) -> set[int]:
    """Return the ids of the CAS that have a standing report which ends sponsorship."""
    ending = [cas.pk for cas, report in reports.items() if report.activity_type.is_end_of_sponsorship]
    if not ending:
        return set()
    rows = CAS.objects.filter(
        pk__any_of=ending, activities__type__is_end_of_sponsorship=True, activities__withdrawal=None
    )
    return set(rows.values_list("pk", flat=True))
