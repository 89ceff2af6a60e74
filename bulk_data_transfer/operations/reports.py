"""Reporting activity from a file, and notifying graduates.

In XML, a record with an expected enrolment date and no activity type is a no-show: the student failed to enrol. This
follows the Home Office's files. In a sheet it would be too easy to say by mistake, so the activity type must be given.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from bulk_data_transfer.columns import label_of
from bulk_data_transfer.models import Upload
from bulk_data_transfer.operations.changes import Answers, Change, Reader, Values, Warnings
from bulk_data_transfer.records import LONGEST_SHOWN, OURS, Record, Remark
from cas import refusals as of_cas
from cas.duties import REPORT
from cas.keys import text_key
from cas.lifecycle import Outcome
from cas.models import CAS
from licences.models import User
from sms.core import values as reading
from sms.core.values import Invalid
from sponsorship_duties.activity_types import FAILED_TO_ENROL, STOP_SPONSORING
from sponsorship_duties.models import Activity, ActivityReason, ActivityType
from sponsorship_duties.models.marks import marks_of_each
from sponsorship_duties.models.reporting import Report, why_not_report_each

NO_SHOW_DETAILS = "The student did not enrol."


class Types:
    """The activity types and the reasons, read once for a file. The rule of reports says which are still in use."""

    def __init__(self) -> None:
        self.types = {each.pk: each for each in ActivityType.objects.all()}
        self.reasons = {each.pk: each for each in ActivityReason.objects.select_related("type")}

    def named(self, activity_type: str, reason: str) -> tuple[ActivityType | None, ActivityReason | None]:
        """Return the type and the reason with these names, in any spelling of case and space."""
        kind = next((each for each in self.types.values() if text_key(each.name) == text_key(activity_type)), None)
        of_kind = (each for each in self.reasons.values() if kind and each.type_id == kind.pk)
        return kind, next((each for each in of_kind if text_key(each.name) == text_key(reason)), None)

    def report(self, values: Values) -> Report:
        """Return the report that these values say."""
        days = {name: date.fromisoformat(values[name]) if values.get(name) else None for name in _DATES}
        reason = self.reasons.get(values.get("reason", 0))
        return Report(self.types[values["activity_type"]], reason, details=values.get("details", ""), **days)


_DATES = ("happened_on", "completed_on")


def _reader(upload: Upload) -> Reader:
    types, same = Types(), upload.answers
    read_parts = _with_no_show if upload.format == OURS else _dated

    def read(record: Record, cas: CAS) -> tuple[Values, list[Remark], list[Remark]]:
        given, errors = read_parts(record.given), {}
        values: Values = {"details": str(given.get("details") or given.get("notes") or same.get("details", ""))}
        for name in _DATES:
            try:
                values[name] = _day(given.get(name), name) or same.get(name)
            except Invalid as invalid:
                errors[name] = str(invalid)
        if "activity_type" in given or "reason" in given:
            kind, reason = types.named(given.get("activity_type", ""), given.get("reason", ""))
            errors |= _unknown(given, kind, reason)
        else:
            reason = types.reasons.get(same.get("reason", 0))
            kind = reason.type if reason else None
        if kind:
            values |= {"activity_type": kind.pk, "reason": reason and reason.pk}
        elif "activity_type" not in errors:
            errors["activity_type"] = "Enter an activity type"
        return values, [_fault(name, sentence, record) for name, sentence in errors.items()], []

    return read


def _dated(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parts of a report. An expected enrolment date is its date, if it has no other."""
    return {"happened_on": given.get("enrolment_on"), **given}


def _with_no_show(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parts of a report. An expected enrolment date without an activity type says all but the details."""
    if "enrolment_on" not in given or "activity_type" in given:
        return _dated(given)
    said = {"activity_type": STOP_SPONSORING, "reason": FAILED_TO_ENROL, "happened_on": given["enrolment_on"]}
    return {**said, "details": given.get("notes") or NO_SHOW_DETAILS, **given}


def _unknown(given: Mapping[str, Any], kind: ActivityType | None, reason: ActivityReason | None) -> dict[str, str]:
    """Return a sentence for an activity type, or for a reason, of a name that there is not."""
    if kind is None and given.get("activity_type"):
        return {"activity_type": f"“{_short(given['activity_type'])}” is not an activity type"}
    if kind and reason is None and given.get("reason"):
        return {"reason": f"“{_short(given['reason'])}” is not a reason of the activity type “{kind}”"}
    return {}


def _short(text: Any) -> str:
    return str(text).strip()[:LONGEST_SHOWN]


def _day(given: Any, name: str) -> str:
    return reading.date(given, label_of(name)).isoformat() if given else ""


def _fault(name: str, sentence: str, record: Record) -> Remark:
    is_of_enrolment = name == "happened_on" and name not in record.given and "enrolment_on" in record.given
    found = "enrolment_on" if is_of_enrolment else name
    place = record.places.get(found, record.place)
    return Remark.of(of_cas.FIELD_INVALID(error=sentence), place=place, field=name, value=record.given.get(found, ""))


def _graduate_reader(upload: Upload) -> Reader:
    graduation = ActivityType.objects.graduation()
    return lambda record, cas: ({"activity_type": graduation.pk}, [], [])


def _why_not(values: Mapping[CAS, Values]) -> Answers:
    types = Types()
    return why_not_report_each({cas: types.report(each) for cas, each in values.items()})


def _make(values: Mapping[int, Values], by: User) -> None:
    types = Types()
    Activity.objects.report_each({pk: types.report(each) for pk, each in values.items()}, by=by)


def _warn(values: Mapping[CAS, Values]) -> Warnings:
    """Return the marks that the reports would get."""
    types = Types()
    marks = marks_of_each({cas: types.report(each) for cas, each in values.items()})
    return {cas: [mark.warning for mark in found] for cas, found in marks.items()}


change = Change(lambda cas: cas.status in REPORT.statuses, _reader, _why_not, _make, warn=_warn)
graduation = Change(lambda cas: cas.outcome == Outcome.GRANTED, _graduate_reader, _why_not, _make)
