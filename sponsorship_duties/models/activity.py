"""Activities: reports of a sponsor to the Home Office about a student (specification, section 8; manual 5)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any, ClassVar, Self

from django.db import IntegrityError, models, transaction
from django.db.models import CharField, F, Q, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import JSONArray, JSONObject, Now

from cas.models import CAS
from cas.models.assigned_together import held, raise_first
from cas.models.queryset import LABEL
from licences.models import Event, User
from licences.permissions import Action, require
from licences.scoping import LicenceScopedQuerySet
from sms.core import clock, triggers
from sms.core.constraints import all_or_none
from sms.core.govuk import formats
from sms.core.refused import InvalidValues
from sponsorship_duties import refusals
from sponsorship_duties.models.activity_type import NAME_SIZE, ActivityReason, ActivityType
from sponsorship_duties.models.marks import MARKS, Mark, marks_of_each, raise_unseen
from sponsorship_duties.models.reporting import Report, hold, why_not_report_each, wrong

KEPT = (
    *("id", "licence_id", "cas_id", "type_id", "type_name", "reason_id", "reason_name", "date_label", "happened_on"),
    *("details", "withdraws_id", "by_id", "at", "reported_on", "recorded_at"),
)


class ActivityQuerySet(LicenceScopedQuerySet["Activity"]):
    owner_path = "cas__owner"

    def standing(self) -> Self:
        """Return the reports that are not withdrawn and do not withdraw another."""
        return self.filter(type__is_withdrawal=False, withdrawal=None)

    def unread(self) -> Self:
        """Return the reports that no caseworker has read, oldest first."""
        return self.filter(read_at=None).order_by("pk")

    def history(self) -> Self:
        """Return the reports newest first, each with the report that it withdraws and with its own withdrawal."""
        return self.select_related("type", "by", "withdraws", "withdrawal__by").order_by("-pk")

    def report(
        self,
        cas_list: Collection[int],
        *,
        by: User,
        activity_type: ActivityType,
        reason: ActivityReason | None,
        happened_on: date | None,
        details: str,
        completed_on: date | None = None,
        seen: Collection[str] | None = None,
    ) -> list[Activity]:
        """Make the same report about all CAS with these ids, or about none of them (manual 5, reporting, step 6).

        Raises `InvalidValues` for wrong values. Raises `Refused` if the user `by` may not see one of the CAS, if its
        status does not allow reports, or if the same report exists already, from a second click or a second tab.
        A graduate notification has no reason, date or details: see `notify_graduates`. `seen` is that of `report_each`.
        """
        report = Report(activity_type, reason, happened_on, details, completed_on)
        return self.report_each(dict.fromkeys(cas_list, report), by=by, seen=seen)

    @transaction.atomic
    def report_each(
        self, reports: Mapping[int, Report], *, by: User, seen: Collection[str] | None = None
    ) -> list[Activity]:
        """Make a report of its own about each CAS with the ids in `reports`, or about none. Raises as `report` does.

        Raises `Unseen` if a report would get a mark that is not among those `seen`, by name, unless that is None.
        """
        require(by, Action.CAS_REPORT)
        found = {cas: reports[cas.pk] for cas in held(CAS.objects, reports, by=by)}
        raise_first(why_not_report_each(found))
        marks = marks_of_each(found)
        if seen is not None:
            raise_unseen(marks, seen)
        made = self.bulk_create(
            _new(cas, by, report.activity_type, report.reason, report.happened_on, report.text, marks[cas])
            for cas, report in found.items()
        )
        _record("report", [each for each in made if not each.is_standing_graduation], by=by)
        _record("report", [each for each in made if each.is_standing_graduation], by=by)
        return made

    def notify_graduates(self, cas_list: Collection[int], *, by: User) -> list[Activity]:
        """Make a graduate notification about each CAS with these ids, or about none of them.

        Raises `Refused` if the user `by` may not see one of the CAS, or if one is not USED, was refused or has a
        notification that is not withdrawn. The number of statements does not grow with the CAS on PostgreSQL; on SQLite
        each thousand CAS take about 20.
        """
        graduation = ActivityType.objects.graduation()
        return self.report(cas_list, by=by, activity_type=graduation, reason=None, happened_on=None, details="")

    @transaction.atomic
    def mark_read(self, *, by: User) -> int:
        """Mark these reports as read by a caseworker. Return how many were unread until now."""
        require(by, Action.REPORTS_READ)
        unread = list(
            self.filter(read_at=None).order_by("pk").select_for_update(of=("self",)).values_list("pk", flat=True)
        )
        rows = self.model.objects.filter(pk__any_of=unread)
        Event.objects.record_each("read", rows, by=by, label=F("type_name"), data=JSONObject())
        return rows.update(read_at=clock.now(), read_by=by)


class Activity(models.Model):
    """A report. The type's `date_label` says what `happened_on` means; `reported_on` is the London date of the report.

    The names of the type and the reason are copied, so that they never change. A withdrawal `withdraws` another report,
    which is kept, and whose `withdrawal` it is.

    A graduate notification has no reason, date or details. It `is_standing_graduation` until it is withdrawn, so that
    the database can refuse a second of the same CAS.
    """

    licence = models.ForeignKey("licences.Licence", models.PROTECT, related_name="activities", db_index=False)
    cas = models.ForeignKey("cas.CAS", models.PROTECT, related_name="activities")
    type = models.ForeignKey(ActivityType, models.PROTECT, related_name="+")
    type_name = models.CharField("activity type", max_length=NAME_SIZE)
    reason = models.ForeignKey(ActivityReason, models.PROTECT, null=True, related_name="+", db_index=False)
    reason_name = models.CharField("reason", max_length=NAME_SIZE, blank=True)
    date_label = models.CharField(max_length=NAME_SIZE, blank=True)
    happened_on = models.DateField("date", null=True)
    details = models.TextField(blank=True)
    withdraws = models.OneToOneField("self", models.PROTECT, null=True, related_name="withdrawal")
    is_standing_graduation = models.BooleanField(default=False, db_default=False, editable=False)
    is_late = models.BooleanField("reported late")
    is_before_assignment = models.BooleanField("dated before the CAS was assigned")
    is_before_start = models.BooleanField("failed to enrol before the course starts", default=False)
    is_outside_course = models.BooleanField("completed the course before it starts", default=False)
    is_ended_already = models.BooleanField("sponsorship ended by an earlier report", default=False)
    by = models.ForeignKey("licences.User", models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
    reported_on = models.DateField("date reported")
    read_at = models.DateTimeField(null=True)
    read_by = models.ForeignKey("licences.User", models.PROTECT, null=True, related_name="+", db_index=False)
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = ActivityQuerySet.as_manager()

    event_kind = "activity"
    guards: ClassVar = (
        triggers.never_deleted("Reports"),
        triggers.frozen(
            "what_was_reported",
            [*KEPT, *(mark.name for mark in MARKS)],
            "Reports are never changed",
        ),
        triggers.Guard(
            "graduation",
            "UPDATE",
            "NEW.is_standing_graduation AND NOT OLD.is_standing_graduation",
            "A graduate notification that was withdrawn never stands again",
        ),
        triggers.frozen(
            "reading",
            ["read_at", "read_by_id"],
            "The first reader of a report is never changed",
            when="OLD.read_at IS NOT NULL",
        ),
    )

    class Meta:
        verbose_name, verbose_name_plural = "report", "reports"
        ordering: ClassVar = ["pk"]
        indexes: ClassVar = [
            models.Index(fields=["licence", "-id"], name="activity_of_licence"),
            models.Index(fields=["-id"], condition=Q(read_at=None), name="activity_unread"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(reason__isnull=False, happened_on__isnull=False, is_standing_graduation=False)
                & ~Q(details="")
                | Q(reason__isnull=True, happened_on__isnull=True, withdraws__isnull=True, details=""),
                name="activity_whole_or_graduation",
            ),
            models.UniqueConstraint(
                fields=["cas"], condition=Q(is_standing_graduation=True), name="activity_one_standing_graduation"
            ),
            all_or_none("read_at", "read_by", name="activity_reading_whole"),
        ]

    def __str__(self) -> str:
        return f"{self.type_name}, {formats.day(self.happened_on or self.reported_on)}"

    @property
    def event_label(self) -> str:
        return self.type_name

    @property
    def event_licence_id(self) -> int:
        return self.licence_id

    @property
    def days(self) -> set[date]:
        """Return the dates by which a withdrawal can find this report: that of the event, and that of the report."""
        return {self.happened_on or self.reported_on, self.reported_on}

    @property
    def found_on(self) -> date:
        """Return the date for a withdrawal of this report, which must not be in the future."""
        day = self.happened_on or self.reported_on
        return day if day <= clock.today() else self.reported_on

    @property
    def words(self) -> str:
        """Return the activity type, and the reason if it has one and says more."""
        return ": ".join(dict.fromkeys(filter(None, [self.type_name, self.reason_name])))

    @property
    def is_withdrawn(self) -> bool:
        return hasattr(self, "withdrawal")

    @property
    def is_standing(self) -> bool:
        """Return whether the report is not withdrawn and does not withdraw another."""
        return not self.is_withdrawn and self.withdraws_id is None

    @property
    def marks(self) -> list[str]:
        """Return the marks that the report was given when it was made."""
        return [mark.words for mark in MARKS if getattr(self, mark.name)]

    @transaction.atomic
    def withdraw(self, *, by: User, on: date, details: str, reason: ActivityReason | None) -> Activity:
        """Withdraw this report by a new report with the date `on` (manual 5, withdrawing, step 6). Return the latter.

        Raises `InvalidValues` for wrong values, and `Refused` if this report is withdrawn or is itself a withdrawal.
        """
        [cas] = hold([self.cas_id], by=by)
        withdrawal = ActivityType.objects.get(is_withdrawal=True)
        if errors := wrong(withdrawal, reason, on, details, None):
            raise InvalidValues(errors)
        if self.type.is_withdrawal:
            raise refusals.WITHDRAWAL_OF_A_WITHDRAWAL()
        if Activity.objects.filter(withdraws=self).exists():
            raise refusals.WITHDRAWN_ALREADY()
        made = _new(cas, by, withdrawal, reason, on, details)
        made.withdraws = self
        try:
            with transaction.atomic():
                made.save()
        except IntegrityError:  # another user has withdrawn it at the same time
            raise refusals.WITHDRAWN_ALREADY() from None
        Activity.objects.filter(pk=self.pk, is_standing_graduation=True).update(is_standing_graduation=False)
        _record("withdraw_report", [made], by=by, withdrawn=str(self))
        return made


def _new(
    cas: CAS,
    by: User,
    activity_type: ActivityType,
    reason: Any,
    happened_on: Any,
    details: str,
    marks: Collection[Mark] = (),
) -> Activity:
    return Activity(
        licence_id=cas.licence_id,
        cas=cas,
        type=activity_type,
        type_name=activity_type.name,
        reason=reason,
        reason_name=reason.name if reason else "",
        date_label=activity_type.date_label,
        happened_on=happened_on,
        details=details.strip(),
        is_standing_graduation=activity_type.is_graduation,
        **{mark.name: mark in marks for mark in MARKS},
        by=by,
        at=clock.now(),
        reported_on=clock.today(),
    )


def _record(verb: str, made: list[Activity], *, by: User, **more: str) -> None:
    """Add a line with all details of the report to the history of each CAS, in one statement."""
    if not made:
        return
    columns = ["id", "type_name"]
    if made[0].reason_id:  # a graduate notification has nothing else
        columns += ["reason_name", "happened_on", "details", "withdraws_id", "is_late"]
    data: dict[str, Combinable] = {f"activity_{name}": _new_value(F(f"activities__{name}")) for name in columns}
    data |= {name: _new_value(Value(text, output_field=CharField())) for name, text in more.items()}
    rows = CAS.objects.filter(activities__pk__any_of=[activity.pk for activity in made])
    Event.objects.record_each(verb, rows, by=by, label=LABEL, data=JSONObject(**data))


def _new_value(value: Combinable) -> JSONArray:
    return JSONArray(Value(None, output_field=CharField()), value)
