"""Apply for a Basic Compliance Assessment (specification, section 9). The day of applying is the day of submitting."""

from __future__ import annotations

from typing import Any

from licences import refusals
from licences.licence_requests.kind import SERVICES, Kind, RequestForm
from licences.models import Assessment, Licence, LicenceRequest, User
from licences.models.licence_request import LONGEST_REASONS
from licences.permissions import Action
from sms.core import clock
from sms.core.govuk.fields import LongTextField
from sms.core.refused import Refused


class AssessmentForm(RequestForm):
    reasons = LongTextField("Comments", max_length=LONGEST_REASONS, help_text="You can leave this empty")


class ApplyForAssessment(Kind):
    name = "assessment"
    label = "Apply for Basic Compliance Assessment"
    button = "Apply for an assessment"
    group = SERVICES
    action = Action.REQUESTS_MAKE
    form_class = AssessmentForm

    def why_not_ask(self, licence: Licence, route: str) -> Refused | None:
        """Return the usual reason, or that an application is undecided."""
        if refused := super().why_not_ask(licence, route):
            return refused
        return refusals.ASSESSMENT_UNDECIDED() if Assessment.objects.undecided(licence) else None

    def notes(self, licence: Licence, route: str) -> list[str]:
        return ["The assessment is about the 12 months that end the day before you submit this application."]

    def consequences(self, request: LicenceRequest) -> list[str]:
        return ["The application is recorded on the licence, with the day on which it was submitted."]

    def carry_out(self, request: LicenceRequest, *, by: User, **decided: Any) -> dict[str, Any]:
        submitted = request.submitted_at.astimezone(clock.LONDON).date() if request.submitted_at else clock.today()
        Assessment.objects.apply(request.licence, submitted, by=by)
        return {}
