"""Check reports and their CAS, for the verbs, the forms and the lists (specification, section 8)."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from dateutil.relativedelta import relativedelta

from cas.duties import REPORT
from cas.models import CAS
from cas.models.assigned_together import held, raise_first
from licences.models import User
from licences.permissions import require
from sms.core import clock
from sms.core.govuk import formats
from sms.core.refused import InvalidValues, Refused
from sms.core.values import is_blank
from sponsorship_duties import refusals
from sponsorship_duties.models.activity_type import ActivityReason, ActivityType
from sponsorship_duties.models.graduating import why_not_notify_each

DETAILS_SIZE = 5000  # characters
AHEAD = relativedelta(years=2)  # the furthest that the date of a report may be in the future


@dataclass(frozen=True)
class Report:
    """A report about a CAS, before it is made. A graduate notification has only its type."""

    activity_type: ActivityType
    reason: ActivityReason | None = None
    happened_on: date | None = None
    details: str = ""
    completed_on: date | None = None

    @property
    def parts(self) -> dict[str, Any]:
        return {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}

    @property
    def text(self) -> str:
        """Return the details as they are kept. They begin with the date of an earlier completion."""
        details = self.details.strip()
        if not self.completed_on:
            return details
        return f"Earlier course completion date: {formats.day(self.completed_on)}\n{details}"


def wrong(
    activity_type: ActivityType,
    reason: ActivityReason | None,
    happened_on: date | None,
    details: str,
    completed_on: date | None,
) -> dict[str, str]:
    """Return a sentence for each wrong part of a report, by the name of the part."""
    if activity_type.is_graduation:
        given = {"reason": reason, "happened_on": happened_on, "details": details, "completed_on": completed_on}
        return {name: "A graduate notification has only a CAS. Leave this empty" for name in given if given[name]}
    found = {}
    latest = clock.today() if activity_type.is_withdrawal else clock.today() + AHEAD
    if happened_on is None:
        found["happened_on"] = f"{activity_type.date_label}: enter the date"
    elif happened_on > latest:
        limit = "must not be in the future" if activity_type.is_withdrawal else "must not be more than 2 years ahead"
        found["happened_on"] = f"{activity_type.date_label} {limit}"
    if not activity_type.is_in_use:
        found["type"] = f"“{activity_type}” is no longer in use. Choose another activity type"
    if reason is None or reason.type_id != activity_type.pk or not reason.is_in_use:
        found["reason"] = "Select a reason of this activity type"
    elif reason.has_completion_date and completed_on is None:
        found["completed_on"] = "Enter the earlier course completion date"
    elif completed_on and not reason.has_completion_date:
        found["completed_on"] = f"The reason “{reason}” has no earlier course completion date. Leave it empty"
    if is_blank(details):
        found["details"] = "Give details"
    elif len(details) > DETAILS_SIZE:
        found["details"] = f"Please give details: must be {DETAILS_SIZE:,} characters or fewer"
    return found


def _wrong_completion(completed_on: date, cas: CAS) -> dict[str, str]:
    """Return a sentence about `completed_on` if the course was expected to end on or before that day."""
    if not cas.course_end_date or completed_on < cas.course_end_date:
        return {}
    end = formats.day(cas.course_end_date)
    sentence = f"Earlier course completion date must be before the course of {cas.student_name} was expected to end"
    return {"completed_on": f"{sentence}, {end}"}


def hold(ids: Collection[int], *, by: User) -> list[CAS]:
    """Lock and return these CAS, in the order of their ids. Raises `Refused` if one of them allows no report."""
    require(by, REPORT.action)
    found = held(CAS.objects, ids, by=by)
    raise_first(dict(REPORT.why_not_each(found)))
    return found


def why_not_report_each(reports: Mapping[CAS, Report]) -> dict[CAS, Refused | None]:
    """Return why each report cannot be made about its CAS now; None if it can. It asks once for all."""
    refused: dict[CAS, Refused | None] = dict(REPORT.why_not_each(reports))
    errors = {report: wrong(**report.parts) for report in set(reports.values())}
    for cas, report in reports.items():
        if refused[cas] is None:
            refused[cas] = _why_not(report, errors[report], cas)
    left = {cas: report for cas, report in reports.items() if refused[cas] is None}
    graduates = [cas for cas, report in left.items() if report.activity_type.is_graduation]
    again = _made_before({cas: report for cas, report in left.items() if not report.activity_type.is_graduation})
    return refused | (dict(why_not_notify_each(graduates)) if graduates else {}) | again


def _why_not(report: Report, errors: dict[str, str], cas: CAS) -> Refused | None:
    if report.activity_type.is_withdrawal:
        return refusals.ONE_WITHDRAWAL_AT_A_TIME()
    if report.completed_on and not errors:
        errors = _wrong_completion(report.completed_on, cas)
    return InvalidValues(errors) if errors else None


def _made_before(reports: Mapping[CAS, Report]) -> dict[CAS, Refused | None]:
    """Return the refusals of the reports that stand already with the same words: a second click, or a second tab."""
    if not reports:
        return {}
    columns = ("type_id", "reason_id", "happened_on", "details")
    same = CAS.objects.filter(
        pk__any_of=[cas.pk for cas in reports],
        activities__type__in={report.activity_type.pk for report in reports.values()},
        activities__type__is_withdrawal=False,
        activities__withdrawal=None,
    )
    standing = set(same.values_list("pk", *(f"activities__{name}" for name in columns)))
    return {
        cas: refusals.REPORTED_ALREADY()
        for cas, report in reports.items()
        if (cas.pk, report.activity_type.pk, report.reason and report.reason.pk, report.happened_on, report.text)
        in standing
    }
