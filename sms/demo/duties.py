"""Steps that a sponsor takes after a CAS was ASSIGNED. Each uses the verb that its screen uses."""

from __future__ import annotations

from datetime import date, timedelta

from cas.models import CAS
from sms.core import clock
from sms.demo import days
from sms.demo.playback import Story
from sms.demo.stories import user
from sponsorship_duties.models import Activity, ActivityReason, ActivityType, NothingToReport
from sponsorship_duties.students_to_check import CHECKS


def reported(
    making: Story[CAS], by: str, on: date, activity_type: str, reason: str, details: str, *, in_days: int = 0
) -> Story[CAS]:
    """Report activity on the day `on`. The activity is dated `in_days` after that day, or before it if negative."""
    cas = yield from making
    yield days.about(on, "11:40")
    Activity.objects.report(
        [cas.pk],
        by=user(by),
        activity_type=ActivityType.objects.get(name=activity_type),
        reason=ActivityReason.objects.get(type__name=activity_type, name=reason),
        happened_on=clock.today() + timedelta(days=in_days),
        details=details,
    )
    return cas


def graduated(making: Story[CAS], by: str, on: date) -> Story[CAS]:
    """Make a graduate notification."""
    cas = yield from making
    yield days.about(on, "16:45")
    Activity.objects.notify_graduates([cas.pk], by=user(by))
    return cas


def taken_back(making: Story[CAS], by: str, on: date, details: str) -> Story[CAS]:
    """Withdraw the last report."""
    cas = yield from making
    yield days.about(on, "15:20")
    report = Activity.objects.filter(cas=cas).standing().latest("pk")
    reason = ActivityReason.objects.get(type__is_withdrawal=True)
    report.withdraw(by=user(by), on=report.happened_on or report.reported_on, details=details, reason=reason)
    return cas


def noted(making: Story[CAS], by: str, on: date, note: str) -> Story[CAS]:
    cas = yield from making
    yield days.about(on, "10:10")
    cas.write_note(note, by=user(by), version=cas.version)
    cas.refresh_from_db()
    return cas


def fees_updated(making: Story[CAS], by: str, on: date, paid: str) -> Story[CAS]:
    cas = yield from making
    yield days.about(on, "14:25")
    cas.update_fees({"course_fees_paid": paid}, by=user(by), version=cas.version)
    cas.refresh_from_db()
    return cas


def nothing_to_report(making: Story[CAS], by: str, on: date, check: str) -> Story[CAS]:
    """Take the CAS off the list `check` of *Students to check*."""
    cas = yield from making
    yield days.about(on, "09:50")
    NothingToReport.objects.say([cas.pk], check=check, heading=CHECKS[check].heading, by=user(by))
    return cas
