"""Activity types and their reasons: reference data that caseworkers change."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from django.contrib import admin

from licences.casework.decisions import Decision, DecisionForm
from licences.casework.pages import RecordAdmin, link_to
from licences.casework.parts import Table
from licences.models import User
from sms.core.govuk.fields import RadiosField, TextField, YesNoField
from sponsorship_duties.activity_types import CountsAs
from sponsorship_duties.models import ActivityReason, ActivityType
from sponsorship_duties.models.activity_type import NAME_SIZE, Reference

IN_USE = "If no, sponsors cannot report it"
KEPT = "Existing reports do not change."
COUNTED = "The compliance figures count existing reports by the new answer, too."


def _yes_or_no(question: str, hint: str = "") -> YesNoField:
    return YesNoField(question, required=f"{question} Select Yes or No", help_text=hint)


class TypeForm(DecisionForm):
    name = TextField("Activity type", required="Enter the activity type", max_length=NAME_SIZE)
    date_label = TextField(
        "Label of the date",
        required="Enter the label of the date",
        max_length=NAME_SIZE,
        help_text="For example, Date of the change",
    )
    has_deadline = _yes_or_no("Is a report late more than 10 working days after that date?")
    is_delay = _yes_or_no(
        "Is the student expected on that date?", "If yes, the student is on the lists to check again after that date"
    )
    is_end_of_sponsorship = _yes_or_no(
        "Does it end the sponsorship of the student?", "If yes, the student is no longer on the lists to check"
    )
    is_for_several = _yes_or_no("Can it be reported for several students at once?")


class AmendTypeForm(TypeForm):
    is_in_use = _yes_or_no("Is it in use?", IN_USE)


class NewReasonForm(DecisionForm):
    name = TextField("Reason", required="Enter the reason", max_length=NAME_SIZE)
    has_completion_date = _yes_or_no("Does it ask for the earlier course completion date?")
    is_no_show = _yes_or_no(
        "Does it say that the student did not enrol?",
        "If yes, a report before the course starts gets a mark, which the sponsor sees before saving it",
    )
    counts_as = RadiosField(
        "In the compliance figures, the student counts as",
        choices=CountsAs.choices,
        hints={
            CountsAs.NOT_ENROLLED: "Lowers the enrolment rate. The student is not part of the completion rate",
            CountsAs.NOT_COMPLETED: "Lowers the completion rate, unless another report counts as completed",
            CountsAs.LEFT_OUT: "As for a delay: in neither rate until the date of the report has passed",
        },
        required="Select what the student counts as",
    )


class AmendReasonForm(NewReasonForm):
    is_in_use = _yes_or_no("Is it in use?", IN_USE)


class AddType(Decision[ActivityType]):
    name, label, done = "add", "Add an activity type", "Activity type added. Now add its reasons"
    form_class = TypeForm

    def decide(self, *, by: User, **values: Any) -> ActivityType:
        made: ActivityType = ActivityType.objects.add(by=by, **values)
        return made


class AmendReference(Decision[Reference]):
    """Change an activity type or a reason, or whether it is in use."""

    name, label, done = "amend", "Amend", "Amended"
    is_amendment = True

    def initial(self) -> dict[str, Any]:
        return {name: getattr(self.subject, name) for name in self.subject.kept}

    def consequences(self) -> list[str]:
        return [KEPT]

    def decide(self, *, by: User, **values: Any) -> Reference:
        self.subject.amend(by=by, **values)
        return self.subject


class AmendType(AmendReference):
    form_class = AmendTypeForm

    def is_open(self) -> bool:
        assert isinstance(self.subject, ActivityType)
        return not self.subject.is_fixed


class AmendReason(AmendReference):
    form_class = AmendReasonForm

    def consequences(self) -> list[str]:
        return [*super().consequences(), COUNTED]


class AddReason(Decision[ActivityType]):
    name, label, done = "reason", "Add a reason", "Reason added"
    form_class = NewReasonForm

    def is_open(self) -> bool:
        return not self.subject.is_graduation

    def decide(self, *, by: User, **values: Any) -> ActivityType:
        ActivityReason.objects.add(by=by, type=self.subject, **values)
        return self.subject


def _yes(flag: bool) -> str:
    return "Yes" if flag else "No"


@admin.register(ActivityType)
class ActivityTypeAdmin(RecordAdmin[ActivityType]):
    columns = ("Activity type", "Label of the date", "Late after 10 working days", "For several at once", "In use")
    decisions = (AmendType, AddReason)
    added_by = AddType

    ordering: ClassVar = ["position"]

    def cells(self, each: ActivityType) -> Sequence[object]:
        flags = (each.has_deadline, each.is_for_several, each.is_in_use)
        return link_to(each), each.date_label or "–", *map(_yes, flags)

    def facts(self, each: ActivityType) -> Sequence[tuple[str, object]]:
        return (
            ("Label of the date", each.date_label),
            ("Late after 10 working days", _yes(each.has_deadline)),
            ("Student expected on that date", _yes(each.is_delay)),
            ("Ends sponsorship", _yes(each.is_end_of_sponsorship)),
            ("For several students at once", _yes(each.is_for_several)),
            ("In use", _yes(each.is_in_use)),
        )

    def tables(self, each: ActivityType) -> Iterable[Table]:
        rows = [
            (
                link_to(reason),
                _yes(reason.has_completion_date),
                reason.get_counts_as_display(),
                _yes(reason.is_in_use),
            )
            for reason in each.reasons.all()
        ]
        columns = ("Reason", "Asks for the earlier course completion date", "Counts as", "In use")
        empty = "None. It needs none." if each.is_graduation else "None yet, so sponsors cannot report this activity."
        yield Table("Reasons", columns, rows, empty=empty)


@admin.register(ActivityReason)
class ActivityReasonAdmin(RecordAdmin[ActivityReason]):
    columns = ("Reason", "Activity type", "Counts as", "In use")
    decisions = (AmendReason,)
    name = "Reasons"
    intro = "Add a reason on the page of its activity type."

    list_select_related = ("type",)
    ordering: ClassVar = ["type__position", "position"]

    def cells(self, each: ActivityReason) -> Sequence[object]:
        return link_to(each), each.type.name, each.get_counts_as_display(), _yes(each.is_in_use)

    def facts(self, each: ActivityReason) -> Sequence[tuple[str, object]]:
        return (
            ("Activity type", link_to(each.type)),
            ("Asks for the earlier course completion date", _yes(each.has_completion_date)),
            ("Student did not enrol", _yes(each.is_no_show)),
            ("Counts as", each.get_counts_as_display()),
            ("In use", _yes(each.is_in_use)),
        )
