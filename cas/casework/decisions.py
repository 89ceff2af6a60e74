"""Decisions of caseworkers about a CAS: applications for leave, outcomes and reviews (specification, section 3)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from django.http import QueryDict

from cas.columns import label_of
from cas.duties import APPLICATION, CLOSING, DECIDE_AGAIN, REVIEW
from cas.lifecycle import CAS_LIFECYCLE, CASStatus, Closing, Outcome
from cas.models import CAS
from cas.models.individuals import (
    live_of_perhaps_same_individual,
    live_of_same_individual,
    perhaps_same_individual,
)
from licences.casework.decisions import Decision, DecisionForm
from licences.models import User
from sms.core.govuk import formats
from sms.core.govuk.fields import CheckboxesField, DateField, RadiosField
from sms.core.ids import ids_in


class ApplicationForm(DecisionForm):
    applied_on = DateField(
        label_of("applied_on"),
        required="Enter the date of application",
        help_text="From the date assigned to the expiry date",
    )


class RecordApplication(Decision[CAS]):
    name, label, done = "application", APPLICATION.label, "Application recorded"
    form_class = ApplicationForm

    def is_open(self) -> bool:
        return self.subject.status in APPLICATION.statuses

    def initial(self) -> dict[str, Any]:
        return {"applied_on": self.subject.applied_on if self.subject.has_open_application else None}

    def consequences(self) -> list[str]:
        cas = self.subject
        about = [f"This CAS is valid from {_validity(cas)}. The sponsor sees the application and its date."]
        if cas.has_open_application:
            about.append(f"An application of {formats.day(cas.applied_on)} is recorded. A new date corrects it.")
        elif cas.applied_on:
            about.append("The last application was closed, so this records a new application.")
        return about

    def decide(self, *, by: User, **values: Any) -> CAS:
        self.subject.record_application(values["applied_on"], by=by)
        return self.subject


class ClosingForm(DecisionForm):
    application_closed_as = RadiosField(
        "How did the application end?", required="Select how the application ended", choices=Closing.choices
    )
    application_closed_on = DateField(label_of("application_closed_on"), required="Enter the date of closing")


class CloseApplication(Decision[CAS]):
    name, label, done = "close-application", CLOSING.label, "The application was closed"
    form_class = ClosingForm

    def is_open(self) -> bool:
        return self.subject.status in CLOSING.statuses and self.subject.has_open_application

    def consequences(self) -> list[str]:
        cas = self.subject
        return [
            f"The application was made on {formats.day(cas.applied_on)}. The CAS stays {cas.status}.",
            "The sponsor sees that the application was closed. Another one can be recorded.",
        ]

    def decide(self, *, by: User, **values: Any) -> CAS:
        self.subject.close_application(values["application_closed_as"], values["application_closed_on"], by=by)
        return self.subject


class OutcomeForm(DecisionForm):
    decided_on = DateField("Date of the decision", required="Enter the date of the decision")
    decided_as = RadiosField(label_of("outcome"), required="Select the outcome", choices=Outcome.choices)


class UseForm(OutcomeForm):
    """The decision, and the CAS of perhaps the same individual. None of them is selected at first."""

    also = CheckboxesField(
        "CAS of perhaps the same individual",
        help_text="Select those of the same individual. They become OBSOLETE if they were valid on the day of the "
        "decision",
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        found = list(_perhaps(self.subject, self._selected()))
        cast(CheckboxesField, self.fields["also"]).choices = [(str(cas.pk), _named(cas)) for cas in found]
        if not found:
            del self.fields["also"]

    def _selected(self) -> list[int]:
        return ids_in(self.data.getlist("also")) if isinstance(self.data, QueryDict) else []


class MarkAsUsed(Decision[CAS]):
    name, label, done = "use", CAS_LIFECYCLE["use"].label, "CAS marked as used"
    form_class = UseForm
    is_final = True

    def is_open(self) -> bool:
        return self.subject.status in CAS_LIFECYCLE["use"].sources and self.subject.has_open_application

    def consequences(self) -> list[str]:
        cas = self.subject
        same = live_of_same_individual(CAS.objects.all(), cas).select_related("licence").order_by("pk")
        becoming = "Becomes OBSOLETE if it was valid on the day of the decision"
        return [
            f"The application was made on {formats.day(cas.applied_on)}. You cannot undo this.",
            *(f"{becoming}: {_named(other)}." for other in same),
        ]

    def decide(self, *, by: User, **values: Any) -> CAS:
        also = [int(pk) for pk in values.get("also", ())]
        self.subject.use(by=by, decided_on=values["decided_on"], outcome=values["decided_as"], also=also)
        return self.subject


class ReviewForm(DecisionForm):
    reviewed_on = DateField(label_of("reviewed_on"), required="Enter the date of the administrative review")


class RecordReview(Decision[CAS]):
    name, label, done = "review", REVIEW.label, "Administrative review recorded"
    form_class = ReviewForm

    def is_open(self) -> bool:
        return self.subject.status in REVIEW.statuses and self.subject.outcome == Outcome.REFUSED

    def initial(self) -> dict[str, Any]:
        return {"reviewed_on": self.subject.reviewed_on}

    def consequences(self) -> list[str]:
        cas = self.subject
        return [
            f"Record only a successful review of the refusal of {formats.day(cas.decided_on)}. The CAS stays USED.",
            "The refusal leaves the sponsor’s refusal rate until the application is decided again.",
        ]

    def decide(self, *, by: User, **values: Any) -> CAS:
        self.subject.record_review(values["reviewed_on"], by=by)
        return self.subject


class RecordNewDecision(Decision[CAS]):
    name, label, done = "decide-again", DECIDE_AGAIN.label, "New decision recorded"
    form_class = OutcomeForm

    def is_open(self) -> bool:
        return self.subject.status in DECIDE_AGAIN.statuses and self.subject.reviewed_on is not None

    def consequences(self) -> list[str]:
        return [
            f"The administrative review succeeded on {formats.day(self.subject.reviewed_on)}. The CAS stays USED.",
            "The new date and outcome replace those of the first decision, which stay in the history.",
        ]

    def decide(self, *, by: User, **values: Any) -> CAS:
        self.subject.decide_again(by=by, decided_on=values["decided_on"], outcome=values["decided_as"])
        return self.subject


DECISIONS = (RecordApplication, CloseApplication, MarkAsUsed, RecordReview, RecordNewDecision)


def _perhaps(cas: CAS, selected: list[int]) -> Iterable[CAS]:
    """Return the live CAS of perhaps the same individual, and those that were selected while they still were live."""
    ids = {each.pk for each in live_of_perhaps_same_individual(CAS.objects.all(), cas)}
    if selected:
        perhaps = CAS.objects.filter(perhaps_same_individual(cas), pk__any_of=selected)
        ids |= set(perhaps.values_list("pk", flat=True))
    return CAS.objects.filter(pk__any_of=sorted(ids)).select_related("licence").order_by("pk")


def _named(cas: CAS) -> str:
    """Return the number of a CAS with its student, sponsor and dates."""
    facts = [
        f"{cas.number} of {cas.licence.name}",
        cas.student_name,
        f"born {formats.partial_day(cas.date_of_birth)}" if cas.date_of_birth else "",
        f"passport or travel document {cas.passport_number}",
        f"valid from {_validity(cas)}",
        cas.status if cas.status != CASStatus.ASSIGNED else "",
    ]
    return "; ".join(filter(None, facts))


def _validity(cas: CAS) -> str:
    return f"{formats.day(cas.assigned_on)} to {formats.day(cas.expires_on)}"
