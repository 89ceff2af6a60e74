"""The forms that ask, before a check, what a file about existing CAS does not say: the same for every record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, cast

from bulk_data_transfer import refusals
from bulk_data_transfer.models import Upload
from bulk_data_transfer.operation import CLOSING, DECIDE, DECISION, MISSING
from cas.columns import label_of
from cas.lifecycle import Closing, Outcome
from cas.models.assigned_together import REASON_SIZE
from sms.core.govuk.fields import DateField, GovukBoundField, LongTextField, SelectField
from sms.core.govuk.forms import GovukForm
from sponsorship_duties.models import ActivityReason
from sponsorship_duties.models.reporting import DETAILS_SIZE


class ChangesForm(GovukForm):
    """The answers for every record of a file. A field is asked only if the file has none of its `columns`."""

    columns: ClassVar[Mapping[str, tuple[str, ...]]] = {}

    def __init__(self, *args: Any, upload: Upload, **options: Any) -> None:
        super().__init__(*args, **options)
        for name, columns in self.columns.items():
            if set(columns) & set(upload.columns):
                del self.fields[name]

    def asked(self) -> list[GovukBoundField]:
        """Return the fields in the order of the page."""
        return [self[name] for name in self.fields]

    def answers(self) -> dict[str, Any]:
        """Return the answers of a valid form, in a form that JSON can hold."""
        return {name: self.cleaned_data[name] for name in self.fields}


class ReportChangesForm(ChangesForm):
    """The report that is the same for every CAS."""

    reason = SelectField(
        "Activity type and reason", choices=[], required="Select the activity type and the reason", label_size="s"
    )
    happened_on = DateField("Date", required="Enter the date", label_size="s")
    details = LongTextField("Please give details", required="Give details", max_length=DETAILS_SIZE, label_size="s")
    columns: ClassVar = {
        "reason": ("activity_type",),
        "happened_on": ("happened_on", "enrolment_on"),
        "details": ("details", "notes"),
    }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if "reason" in self.fields:
            cast(SelectField, self.fields["reason"]).choices = _reasons()

    def answers(self) -> dict[str, Any]:
        given = super().answers()
        if "reason" in given:
            given["reason"] = int(given["reason"])
        if "happened_on" in given:
            given["happened_on"] = given["happened_on"].isoformat()
        return given


def _reasons() -> Iterable[tuple[str, str]]:
    """Return the reasons that can be the same for several CAS, each with its activity type."""
    rows = ActivityReason.objects.in_use().select_related("type").filter(type__is_in_use=True)
    rows = rows.filter(type__is_withdrawal=False, has_completion_date=False)
    return [(str(each.pk), f"{each.type}: {each}") for each in rows]


class WithdrawChangesForm(ChangesForm):
    """The reason for which all CAS are withdrawn."""

    withdrawal_reason = LongTextField(
        label_of("withdrawal_reason"),
        required="Enter the reason for withdrawing these CAS",
        max_length=REASON_SIZE,
        label_size="s",
    )
    columns: ClassVar = {"withdrawal_reason": ("withdrawal_reason",)}


class DecideChangesForm(ChangesForm):
    """The application that is the same for every CAS, and its decision or its closing."""

    applied_on = DateField(
        label_of("applied_on"), help_text="Leave it empty if the applications have been recorded", label_size="s"
    )
    decided_on = DateField(label_of("decided_on"), help_text="The date of the decision", label_size="s")
    outcome = SelectField(label_of("outcome"), choices=Outcome.choices, label_size="s")
    application_closed_on = DateField(label_of("application_closed_on"), label_size="s")
    application_closed_as = SelectField(
        label_of("application_closed_as"),
        choices=Closing.choices,
        blank="Select how it was closed",
        help_text="Only if the applications ended without a decision",
        label_size="s",
    )
    field_order = ("applied_on", *DECISION, *reversed(CLOSING))
    columns: ClassVar = dict.fromkeys(DECIDE.signs, DECIDE.signs)

    def clean(self) -> dict[str, Any]:
        """Ask for something to record, and for both parts of a decision or a closing."""
        given = self.cleaned_data
        if not self.fields or self.errors:
            return given
        if not any(given.values()):
            self.add_error("applied_on", str(refusals.NOTHING_TO_RECORD()))
        for pair in (DECISION, CLOSING):
            empty = [name for name in pair if not given.get(name)]
            if len(empty) == 1:
                self.add_error(empty[0], MISSING[empty[0]])
        if given.get("decided_on") and given.get("application_closed_on"):
            self.add_error("application_closed_on", str(refusals.DECIDED_OR_CLOSED()))
        return given

    def answers(self) -> dict[str, Any]:
        given = super().answers()
        return {name: value.isoformat() if name.endswith("_on") else value for name, value in given.items() if value}
