"""The forms of the sponsorship duties."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, cast

from django import forms

from cas.columns import label_of
from cas.details import fields
from cas.models import CAS
from cas.models.assigned import NOTE_SIZE
from cas.models.assigned_together import REASON_SIZE
from sms.core.govuk import formats
from sms.core.govuk.fields import DateField, LongTextField, RadiosField, SelectField, TextField
from sms.core.govuk.forms import GovukForm
from sms.core.govuk.versioned import VersionedForm
from sms.core.limits import MOST_SELECTED
from sms.core.refused import Refused
from sponsorship_duties.chosen import entries_of
from sponsorship_duties.models import Activity, ActivityReason, ActivityType
from sponsorship_duties.models.choosing import dated, meant
from sponsorship_duties.models.reporting import DETAILS_SIZE, wrong

DETAILS = "Please give details"
MOST_PASTED = 200_000  # characters: 10,000 CAS numbers or Applicant IDs, with room for the longest


class ActivityTypeForm(GovukForm):
    """The choice of an activity type (manual 5, reporting, step 5)."""

    activity_type = SelectField("Activity type", choices=[], required="Select the activity type", label_size="m")

    def __init__(self, *args: Any, types: Iterable[ActivityType], **options: Any) -> None:
        super().__init__(*args, **options)
        cast(SelectField, self.fields["activity_type"]).choices = [(str(each.pk), each.name) for each in types]


class ReportForm(GovukForm):
    """The date, reason and details that the activity type asks for (manual 5, reporting, step 6)."""

    happened_on = DateField("Date", label_size="s")
    reason = SelectField("Reason", choices=[], required="Select the reason", label_size="s")
    completed_on = DateField(
        "Earlier course completion date",
        label_size="s",
        help_text="We add it to the beginning of the details",
    )
    details = LongTextField(DETAILS, required="Give details", max_length=DETAILS_SIZE, label_size="s", rows=7)

    def __init__(self, *args: Any, activity_type: ActivityType, **options: Any) -> None:
        super().__init__(*args, **options)
        self.activity_type = activity_type
        self.reasons = {str(reason.pk): reason for reason in activity_type.reasons.in_use()}
        label = activity_type.date_label
        self.fields["happened_on"].label = label
        self.fields["happened_on"].subject = label  # type: ignore[attr-defined]
        self._offer_reasons()

    def _offer_reasons(self) -> None:
        choices = [(pk, reason.name) for pk, reason in self.reasons.items()]
        cast(SelectField, self.fields["reason"]).choices = choices
        asking = [pk for pk, reason in self.reasons.items() if reason.has_completion_date]
        if not asking:
            del self.fields["completed_on"]
            return
        asked = {"is": ["reason", asking]}
        completed_on = cast(DateField, self.fields["completed_on"])
        completed_on.group_attributes["data-asked"] = json.dumps(asked)
        sent = any(self.data.get(f"completed_on_{part}") for part in ("day", "month", "year"))
        if not sent and self.data.get("reason", self.initial.get("reason")) not in asking:
            completed_on.group_attributes["data-unasked"] = ""
        completed_on.group_attributes["data-needed"] = json.dumps(asked)

    def clean(self) -> dict[str, Any]:
        report = self.report()
        self.add_errors({name: said for name, said in wrong(**report).items() if name not in self.errors})
        return self.cleaned_data

    def report(self) -> dict[str, Any]:
        """Return the values entered, as the verbs of `Activity` take them."""
        data = self.cleaned_data
        return {
            "activity_type": self.activity_type,
            "reason": self.chosen_reason,
            "happened_on": data.get("happened_on"),
            "details": data.get("details", ""),
            "completed_on": data.get("completed_on"),
        }

    @property
    def chosen_reason(self) -> ActivityReason | None:
        return self.reasons.get(self.cleaned_data.get("reason", ""))


class GraduateForm(GovukForm):
    """A graduate notification about one CAS. There is nothing to enter."""

    def __init__(self, *args: Any, activity_type: ActivityType, **options: Any) -> None:
        super().__init__(*args, **options)
        self.activity_type = activity_type

    def report(self) -> dict[str, Any]:
        return {"activity_type": self.activity_type, "reason": None, "happened_on": None, "details": ""}


class GraduatesForm(GovukForm):
    """Limits of the list of graduates: the course, and when it ended."""

    since = DateField(f"{label_of('course_end_date')}, from", label_size="s", help_text="If empty, 12 months ago")
    until = DateField(f"{label_of('course_end_date')}, to", label_size="s", help_text="If empty, 1 month from now")
    course_id = TextField(label_of("course_id"), max_length=200, width="20", label_size="s")


class PastedListField(LongTextField):
    """A list that users paste. Its number of characters matters only near the limit."""

    threshold = 75


class PasteGraduatesForm(GovukForm):
    """A pasted list of graduates."""

    graduates = PastedListField(
        "CAS numbers or Applicant IDs",
        required="Enter the CAS numbers or Applicant IDs",
        max_length=MOST_PASTED,
        rows=12,
        spellcheck=False,
        label_size="m",
        help_text=f"Up to {MOST_SELECTED:,}, one on each line or separated by commas. Each must be a USED CAS whose "
        "application was granted",
    )

    def clean_graduates(self) -> str:
        return _few_enough(self.cleaned_data["graduates"])


class PasteReportForm(GovukForm):
    """A pasted list of CAS to report on."""

    listed = PastedListField(
        "CAS numbers or Applicant IDs",
        required="Enter the CAS numbers or Applicant IDs",
        max_length=MOST_PASTED,
        rows=12,
        spellcheck=False,
        label_size="m",
        help_text=f"Up to {MOST_SELECTED:,}, one on each line or separated by commas. Each must be an ASSIGNED, "
        "USED or EXPIRED CAS",
    )

    def clean_listed(self) -> str:
        return _few_enough(self.cleaned_data["listed"])


def _few_enough(text: str) -> str:
    if (number := len(entries_of(text))) > MOST_SELECTED:
        raise forms.ValidationError(f"You entered {number:,}. Enter at most {MOST_SELECTED:,} at a time")
    return text


class WithdrawReportForm(ReportForm):
    """The earlier report to withdraw, and why (manual 5, withdrawing, step 6).

    The form asks for the date of that report. If several reports have that date, `which` asks for one of them.
    """

    which = RadiosField("Which report are you withdrawing?", choices=[], label_size="s")
    field_order = ("happened_on", "which", "details", "reason")

    def __init__(self, *args: Any, cas: CAS, **options: Any) -> None:
        super().__init__(*args, **options)
        self.reports = list(Activity.objects.filter(cas=cas).select_related("type", "withdrawal").order_by("pk"))
        self.earlier: Activity | None = None
        self.asks_which = False
        self._offer([each for each in self.reports if each.is_standing])

    def _offer(self, reports: list[Activity]) -> None:
        cast(RadiosField, self.fields["which"]).choices = [
            (str(each.pk), f"{each.words}, reported on {formats.moment(each.at)}") for each in reports
        ]

    def clean(self) -> dict[str, Any]:
        """Find the report to withdraw, or add an error."""
        data = super().clean()
        if day := data.get("happened_on"):
            possible = dated(day, self.reports)
            self.asks_which = len(possible) > 1
            self._offer(possible)
            try:
                self.earlier = meant(day, self.reports, which=data.get("which", ""))
            except Refused as refused:
                self.add_refusal(refused)
        return data


class WithdrawThisForm(ReportForm):
    """Why a report is withdrawn. The user chose the report, so that its date is known."""

    field_order = ("details", "reason")

    def __init__(self, *args: Any, earlier: Activity, **options: Any) -> None:
        super().__init__(*args, **options)
        self.earlier = earlier
        del self.fields["happened_on"]
        if len(self.reasons) == 1:
            del self.fields["reason"]

    def report(self) -> dict[str, Any]:
        return {**super().report(), "happened_on": self.earlier.found_on}

    @property
    def chosen_reason(self) -> ActivityReason | None:
        return super().chosen_reason if "reason" in self.fields else next(iter(self.reasons.values()))


class NoteForm(VersionedForm):
    """The current sponsor note, to change it (manual 5, sponsor notes, step 5)."""

    sponsor_note = LongTextField(
        label_of("sponsor_note"),
        max_length=NOTE_SIZE,
        rows=8,
        label_size="m",
        help_text="The text you save replaces the current note. The history keeps the earlier text",
    )


def _fee(name: str, required: str | bool = False) -> Any:
    return fields.BY_NAME[name].formfield(required=required)


class FeesForm(VersionedForm):
    """The fees of an assigned CAS (manual 5, fee updates, step 5). It has only the fields that the CAS asks for."""

    course_fees_first_year = _fee("course_fees_first_year", required="Enter the course fees for first year only")
    course_fees_paid = _fee("course_fees_paid")
    accommodation_fees_paid = _fee("accommodation_fees_paid")
    boarding_fees = _fee("boarding_fees")
    boarding_fees_paid = _fee("boarding_fees_paid")

    def __init__(self, *args: Any, cas: CAS, **options: Any) -> None:
        super().__init__(*args, **options)
        values = fields.values_of(cas)
        for name in fields.UPDATABLE_FEES:
            if not fields.BY_NAME[name].asked.holds(values):
                del self.fields[name]

    def fees(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name in fields.UPDATABLE_FEES}


class WithdrawForm(GovukForm):
    """The reason for withdrawing one CAS, or several."""

    reason = LongTextField(
        label_of("withdrawal_reason"),
        required="Enter the reason for withdrawing",
        max_length=REASON_SIZE,
        label_size="m",
    )
