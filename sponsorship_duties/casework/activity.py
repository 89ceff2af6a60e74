"""Reports of all sponsors, which caseworkers read and mark as read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from cas.casework.finding import OfStudentField, of_student
from cas.models import CAS
from licences.casework.decisions import Decision
from licences.casework.pages import RecordAdmin, link_to
from licences.casework.parts import Table
from licences.models import User
from sms.core.govuk import formats
from sponsorship_duties.models import Activity
from sponsorship_duties.models.marks import MARKS


class MarkRead(Decision[Activity]):
    name, label, done = "read", "Mark as read", "Marked as read"

    def is_open(self) -> bool:
        return self.subject.read_at is None

    def decide(self, *, by: User, **values: Any) -> Activity:
        Activity.objects.filter(pk=self.subject.pk).mark_read(by=by)
        return self.subject


class MarkAllRead(Decision[Activity]):
    name, label, done = "read-all", "Mark this and all earlier reports of this sponsor as read", "Marked as read"

    def is_open(self) -> bool:
        return self._unread().exists()

    def consequences(self) -> list[str]:
        count = self._unread().count()
        reports = "report" if count == 1 else "reports"
        return [f"{count:,} {reports} from {self.subject.licence.name} will be marked as read."]

    def decide(self, *, by: User, **values: Any) -> Activity:
        self._unread().mark_read(by=by)
        return self.subject

    def _unread(self) -> Any:
        subject = self.subject
        return Activity.objects.filter(licence_id=subject.licence_id, pk__lte=subject.pk).unread()


class ReadFilter(admin.SimpleListFilter):
    title = "read by a caseworker"
    parameter_name = "read"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("no", "Not yet"), ("yes", "Yes")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Activity]) -> QuerySet[Activity]:
        if self.value() not in {"no", "yes"}:
            return queryset
        return queryset.filter(read_at__isnull=self.value() == "no")


@admin.register(Activity)
class ActivityAdmin(RecordAdmin[Activity]):
    columns = ("Activity type", "Reason", "Date", "CAS", "Sponsor", "Reported", "By", "Marked", "Read")
    decisions = (MarkRead, MarkAllRead)
    name = "Reports"
    intro = "Reports by sponsors about their students. You cannot change or delete reports."

    list_filter = (ReadFilter, ("type", admin.RelatedOnlyFieldListFilter), *(mark.name for mark in MARKS))
    list_select_related = ("licence", "cas", "by", "withdrawal")
    ordering = ("-id",)
    sought = OfStudentField()

    def search(self, records: QuerySet[Activity], text: str) -> QuerySet[Activity]:
        return of_student(records, text, lambda ids: Q(cas__id__any_of=ids))

    def cells(self, activity: Activity) -> Sequence[object]:
        return (
            link_to(activity, activity.type_name),
            activity.reason_name or "–",
            formats.day(activity.happened_on) or "–",
            link_to(activity.cas, activity.cas.student_name),
            activity.licence.name,
            formats.moment(activity.at),
            activity.by,
            ", ".join([*activity.marks, *(["Withdrawn"] if activity.is_withdrawn else [])]) or "–",
            "Yes" if activity.read_at else "Not yet",
        )

    def facts(self, activity: Activity) -> Sequence[tuple[str, object]]:
        withdrawal = activity.withdrawal if activity.is_withdrawn else None
        return (
            ("CAS", link_to(activity.cas, f"{activity.cas.student_name}, {activity.cas.number}")),
            ("Sponsor", link_to(activity.licence)),
            ("Activity type", activity.type_name),
            ("Reason", activity.reason_name),
            (activity.date_label or "Date", formats.day(activity.happened_on)),
            ("Details", activity.details),
            ("Reported", f"{formats.moment(activity.at)}, by {activity.by}"),
            ("Marked", ", ".join(activity.marks)),
            ("Withdraws", link_to(activity.withdraws) if activity.withdraws else ""),
            ("Withdrawn", link_to(withdrawal, formats.moment(withdrawal.at)) if withdrawal else ""),
            ("Read", f"{formats.moment(activity.read_at)}, by {activity.read_by}" if activity.read_at else ""),
        )


def reports_of(cas: CAS) -> Table:
    """Return the reports about a CAS, for its page in the admin."""
    rows = [
        (
            link_to(each, each.type_name),
            each.reason_name or "–",
            formats.day(each.happened_on) or "–",
            formats.moment(each.at),
            "Withdrawn" if each.is_withdrawn else "",
        )
        for each in Activity.objects.filter(cas=cas).history()
    ]
    return Table(
        "Reports", ("Activity type", "Reason", "Date", "Reported", ""), rows, empty="Nothing has been reported."
    )
