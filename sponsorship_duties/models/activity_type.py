"""Activity types and their reasons: reference data that caseworkers change (specification, section 8)."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from django.db import IntegrityError, models, transaction
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Lower

from licences.models import Event, User
from licences.models.event import changes
from licences.permissions import Action, require
from sms.core import triggers
from sms.core.constraints import known
from sponsorship_duties import refusals
from sponsorship_duties.activity_types import CountsAs

NAME_SIZE = 100  # characters


class ReferenceQuerySet(models.QuerySet[Any]):
    def in_use(self) -> Self:
        return self.filter(is_in_use=True)

    def add(self, *, by: User, **values: Any) -> Any:
        """Add a record at the end of the list. Raises `Refused` for a name that is taken."""
        last = self.model.objects.aggregate(last=models.Max("position"))["last"] or 0
        return self.model(position=last + 1)._write("add", values, by=by)


class Reference(models.Model):
    """A name with properties that caseworkers can change. Existing reports keep the earlier name."""

    name = models.CharField(max_length=NAME_SIZE)
    is_in_use = models.BooleanField("in use", default=True)
    position = models.PositiveIntegerField()

    objects = ReferenceQuerySet.as_manager()

    event_licence_id = None
    kept: ClassVar[tuple[str, ...]] = ("name", "is_in_use")  # the fields that caseworkers change

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @property
    def event_label(self) -> str:
        return self.name

    def amend(self, *, by: User, **values: Any) -> None:
        """Change the record, for future reports. Raises `Refused` for a name that is taken."""
        self._write("amend", values, by=by)

    @transaction.atomic
    def _write(self, verb: str, values: dict[str, Any], *, by: User) -> Self:
        require(by, Action.ACTIVITY_TYPES_KEEP)
        if self.pk:
            self.refresh_from_db(from_queryset=type(self).objects.select_for_update())
        before = {name: getattr(self, name) for name in values} if self.pk else {}
        for name, value in values.items():
            setattr(self, name, value)
        try:
            with transaction.atomic():
                self.save()
        except IntegrityError:
            raise refusals.NAME_TAKEN(name=self.name) from None
        if changed := changes(
            before, {name: str(v) if isinstance(v, models.Model) else v for name, v in values.items()}
        ):
            Event.objects.record(verb, self, by=by, data=changed)
        return self


class ActivityTypeQuerySet(ReferenceQuerySet):
    def offered(self) -> Self:
        """Return the types that sponsors can report: those in use that have a reason in use, or need none."""
        reasons = ActivityReason.objects.in_use().filter(type=OuterRef("pk"))
        return self.in_use().filter(Exists(reasons) | Q(is_graduation=True))

    def for_several(self) -> Self:
        """Return the types that sponsors can report for several students at once."""
        return self.offered().filter(is_for_several=True)

    def graduation(self) -> ActivityType:
        """Return the type of graduate notifications."""
        found: ActivityType = self.get(is_graduation=True)
        return found


class ActivityType(Reference):
    """A kind of report. `date_label` is the label of its date.

    If the type `has_deadline`, a report is late after ten working days from that date. If it `is_delay`, the student is
    expected on that date. If it `is_end_of_sponsorship`, no further report is expected. `is_for_several` offers it for
    several students at once. Only one type `is_withdrawal`: its reports withdraw other reports. Only one type
    `is_graduation`: its reports have no date, reason or details.
    """

    date_label = models.CharField("label of the date", max_length=NAME_SIZE)
    has_deadline = models.BooleanField("late after 10 working days", default=True)
    is_delay = models.BooleanField("the student is expected on that date", default=False)
    is_end_of_sponsorship = models.BooleanField("ends sponsorship", default=False)
    is_for_several = models.BooleanField("for several students at once", default=False)
    is_withdrawal = models.BooleanField(default=False, editable=False)
    is_graduation = models.BooleanField(default=False, editable=False)

    objects: ClassVar[Any] = ActivityTypeQuerySet.as_manager()

    event_kind = "activity_type"
    kept = ("name", "date_label", "has_deadline", "is_delay", "is_end_of_sponsorship", "is_for_several", "is_in_use")
    guards: ClassVar = (
        triggers.never_deleted("Activity types"),
        triggers.frozen(
            "kind",
            ["id", "is_withdrawal", "is_graduation"],
            "Which types withdraw reports and notify graduates is never changed",
        ),
    )

    class Meta:
        ordering: ClassVar = ["position", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(Lower("name"), name="activity_type_name_once"),
            models.UniqueConstraint(
                fields=["is_withdrawal"], condition=Q(is_withdrawal=True), name="activity_type_one_withdraws"
            ),
            models.CheckConstraint(
                condition=~Q(is_withdrawal=True, is_in_use=False), name="activity_type_withdrawal_is_in_use"
            ),
            models.UniqueConstraint(
                fields=["is_graduation"], condition=Q(is_graduation=True), name="activity_type_one_graduates"
            ),
            models.CheckConstraint(
                condition=~Q(is_graduation=True, is_in_use=False), name="activity_type_graduation_is_in_use"
            ),
            models.CheckConstraint(
                condition=~Q(name="")
                & (Q(is_graduation=False) & ~Q(date_label="") | Q(is_graduation=True, date_label="")),
                name="activity_type_has_its_words",
            ),
        ]

    @property
    def is_fixed(self) -> bool:
        """Return whether the program depends on this type, so that caseworkers cannot change it."""
        return self.is_withdrawal or self.is_graduation


class ActivityReason(Reference):
    """A reason for a report of its type. If it `has_completion_date`, it also asks for that earlier date.

    With a reason that `is_no_show`, a report before the course starts gets a mark.

    The compliance figures read what it `counts_as`, and never its name. A change counts for existing reports, too.
    """

    type = models.ForeignKey(ActivityType, models.PROTECT, related_name="reasons")
    has_completion_date = models.BooleanField("asks for the earlier course completion date", default=False)
    is_no_show = models.BooleanField("student did not enrol", default=False)
    counts_as = models.CharField(max_length=15, choices=CountsAs.choices, default=CountsAs.NOTHING)

    event_kind = "activity_reason"
    kept = ("name", "has_completion_date", "is_no_show", "counts_as", "is_in_use")
    guards: ClassVar = (
        triggers.never_deleted("Reasons"),
        triggers.frozen("type", ["id", "type_id"], "A reason stays with its activity type"),
    )

    class Meta:
        ordering: ClassVar = ["type__position", "position", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint("type", Lower("name"), name="activity_reason_name_once_for_a_type"),
            models.CheckConstraint(condition=~Q(name=""), name="activity_reason_has_a_name"),
            known("counts_as", CountsAs.values, table="activity_reason"),
        ]
