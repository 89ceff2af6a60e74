"""Decide which reports can be made about a CAS, and find the report to withdraw (manual 5, withdrawing, step 6)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from cas.duties import REPORT
from cas.models import CAS
from sms.core.govuk import formats
from sms.core.refused import Refused
from sponsorship_duties import refusals
from sponsorship_duties.models.activity import Activity
from sponsorship_duties.models.activity_type import ActivityType
from sponsorship_duties.models.graduating import why_not_notify


def why_not_report(cas: CAS, activity_type: ActivityType) -> Refused | None:
    """Return why no report of this type can be made about `cas` now; None if one can."""
    if refused := REPORT.why_not(cas):
        return refused
    if not activity_type.is_in_use:
        return refusals.TYPE_NOT_IN_USE(type=activity_type)
    if activity_type.is_graduation:
        return why_not_notify(cas)
    if not activity_type.reasons.in_use().exists():
        return refusals.TYPE_WITHOUT_REASONS(type=activity_type)
    if activity_type.is_withdrawal and not Activity.objects.filter(cas=cas).standing().exists():
        return refusals.NOTHING_TO_WITHDRAW()
    return None


def why_not_withdraw(cas: CAS, activity: Activity) -> Refused | None:
    """Return why this report about `cas` cannot be withdrawn now; None if it can."""
    if refused := REPORT.why_not(cas):
        return refused
    if activity.type.is_withdrawal:
        return refusals.WITHDRAWAL_OF_A_WITHDRAWAL()
    return refusals.WITHDRAWN_ALREADY() if activity.is_withdrawn else None


def offered_for(cas: CAS) -> list[ActivityType]:
    """Return the types to offer for a report about `cas`. A graduate notification is offered only if it can be made."""
    offered = list(ActivityType.objects.offered())
    return [each for each in offered if not each.is_graduation or why_not_report(cas, each) is None]


def dated(day: date, reports: Iterable[Activity]) -> list[Activity]:
    """Return the reports that can be withdrawn by this date, which is that of the event or that of the report."""
    return [each for each in reports if each.is_standing and day in each.days]


def meant(day: date, reports: Iterable[Activity], which: str = "") -> Activity:
    """Return the report with the date `day`. If there are several, return the one with the id `which`.

    Raises `Refused` about the date if there is no such report, or about `which` if there are several.
    """
    reports = list(reports)
    possible = dated(day, reports)
    if len(possible) == 1:
        return possible[0]
    if chosen := [each for each in possible if str(each.pk) == which]:
        return chosen[0]
    raise refusals.SEVERAL_REPORTS_OF_THIS_DATE.about("which") if possible else _none_of(day, reports)


def _none_of(day: date, reports: list[Activity]) -> Refused:
    """Return the refusal that says why no report can be withdrawn by this date, and which dates can be used."""
    if any(each.is_withdrawn and day in each.days for each in reports):
        return refusals.REPORT_OF_THIS_DATE_WITHDRAWN.about("happened_on", day=formats.day(day))
    days = sorted({day for each in reports if each.is_standing for day in each.days})
    if not days:
        return refusals.NO_REPORT_LEFT.about("happened_on")
    others = ", ".join(map(formats.day, days))
    return refusals.NO_REPORT_OF_THIS_DATE.about("happened_on", day=formats.day(day), days=others)
