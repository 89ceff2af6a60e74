"""CAS with reports for tests of compliance, made quickly, and a plain model of the definitions (specification, 9)."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from itertools import count

from django.db import connection

from cas import numbers
from cas.models import CAS
from cas.models.values import keys_of
from cas.validity import expiry_date
from licences.routes import Route
from sms.core import clock, triggers
from sponsorship_duties.models import Activity, ActivityReason, ActivityType
from tests.factories import COMPLETE

serial = count(1)


@dataclass(frozen=True)
class Report:
    """A standing report, unless it `is_withdrawn`. `counts_as` is "GRADUATED" for a graduate notification."""

    counts_as: str
    on: date | None = None
    is_withdrawn: bool = False


@dataclass(frozen=True)
class Case:
    """A CAS that was ever assigned, and the reports about it."""

    outcome: str = "GRANTED"  # "" if it is not USED
    decided_on: date | None = None
    reviewed_on: date | None = None
    starts_on: date = date(2000, 1, 1)
    ends_on: date = date(2000, 6, 1)
    assigned_on: date = date(2000, 1, 1)
    reports: tuple[Report, ...] = ()
    more: dict = field(default_factory=dict)


def make(cases, by):
    """Make a CAS for each case, and return them. The rows are those that the verbs would have written."""
    reasons = {reason.counts_as: reason for reason in ActivityReason.objects.filter(type__is_withdrawal=False)}
    graduation = ActivityType.objects.graduation()
    withdrawal = ActivityReason.objects.select_related("type").get(type__is_withdrawal=True)
    connection.check_constraints()  # PostgreSQL cannot drop triggers of a table with pending checks
    triggers.drop(connection)  # the rollback of the test brings them back
    made = CAS.objects.bulk_create(_cas(case, by) for case in cases)
    for cas, case in zip(made, cases, strict=True):
        for report in case.reports:
            is_graduation = report.counts_as == "GRADUATED"
            reason = None if is_graduation else reasons[report.counts_as]
            kind = graduation if is_graduation else reason.type
            standing = Activity.objects.create(
                **_report(cas, by, kind, reason, report.on or clock.today()),
                is_standing_graduation=is_graduation and not report.is_withdrawn,
            )
            if report.is_withdrawn:
                Activity.objects.create(
                    **_report(cas, by, withdrawal.type, withdrawal, clock.today()), withdraws=standing
                )
    return made


def _cas(case, by):
    number = next(serial)
    is_used = bool(case.outcome)
    decided_on = (case.decided_on or case.assigned_on) if is_used else None
    details = {**COMPLETE, "passport_number": f"C{number}", "route": Route.STUDENT, **case.more}
    details |= {"course_start_date": case.starts_on, "course_end_date": case.ends_on}
    agent = details.pop("agent", None)
    [drawn] = numbers.draw_many(1, Route.STUDENT, taken=lambda drawn: ())
    now = clock.now()
    return CAS(
        **details,
        **keys_of(details),
        agent=agent,
        licence=by.licence,
        owner=by,
        created_by=by,
        assigned_by=by,
        created_at=now,
        changed_at=now,
        assigned_at=now,
        status="USED" if is_used else "ASSIGNED",
        number=drawn,
        assigned_on=case.assigned_on,
        expires_on=expiry_date(case.assigned_on),
        applied_on=case.assigned_on if is_used else None,
        decided_on=decided_on,
        outcome=case.outcome,
        reviewed_on=case.reviewed_on,
    )


def _report(cas, by, kind, reason, on):
    return {
        "licence": cas.licence,
        "cas": cas,
        "type": kind,
        "type_name": kind.name,
        "reason": reason,
        "reason_name": reason.name if reason else "",
        "date_label": kind.date_label,
        "happened_on": on if reason else None,
        "details": "As agreed" if reason else "",
        "is_late": False,
        "is_before_assignment": False,
        "by": by,
        "at": clock.now(),
        "reported_on": clock.today(),
    }


# The definitions of the specification, about one CAS at a time


def standing(case, counts_as):
    return [report for report in case.reports if report.counts_as == counts_as and not report.is_withdrawn]


def is_delayed(case, today):
    return any(report.on >= today for report in standing(case, "LEFT_OUT"))


def is_completed(case):
    return bool(standing(case, "GRADUATED") or standing(case, "COMPLETED")) or not standing(case, "NOT_COMPLETED")


def parts(cases, today):
    """Return the part of each case in each rate: "passed", "failed", "left-out", or None if it is not about it."""
    last = today - timedelta(days=1)
    first = date(last.year - 1, last.month, 28 if (last.month, last.day) == (2, 29) else last.day) + timedelta(days=1)
    found = {"refusal": [], "enrolment": [], "completion": []}
    for case in cases:
        decided_on = case.decided_on or case.assigned_on
        part = None
        if case.outcome and first <= decided_on <= last:
            part = "left-out" if case.reviewed_on else "failed" if case.outcome == "REFUSED" else "passed"
        found["refusal"].append(part)
        part = None
        if case.outcome == "GRANTED" and first <= case.starts_on <= last:
            part = "failed" if standing(case, "NOT_ENROLLED") else "passed"
            part = "left-out" if is_delayed(case, today) else part
        found["enrolment"].append(part)
        part = None
        if case.outcome == "GRANTED" and first <= case.ends_on <= last:
            part = "passed" if is_completed(case) else "failed"
            if is_delayed(case, today) or standing(case, "NOT_ENROLLED"):
                part = "left-out"
        found["completion"].append(part)
    return found


def rate(name, found):
    """Return a rate in per cent, from the parts of its cases; None without any."""
    counted = [part for part in found if part in {"passed", "failed"}]
    wanted = "failed" if name == "refusal" else "passed"
    return Fraction(100 * counted.count(wanted), len(counted)) if counted else None
