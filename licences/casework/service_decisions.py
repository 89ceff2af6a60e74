"""Decisions of caseworkers about assessments, premium customer service and action plans.

Fees are paid outside the portal. A caseworker records on which day.
"""

from __future__ import annotations

from typing import Any

from dateutil.relativedelta import relativedelta

from licences import refusals
from licences.casework.decisions import DecisionForm, ReasonForm
from licences.casework.detail_decisions import OfLicence
from licences.detail_forms import FeeField, pence
from licences.models import ActionPlan, Assessment, Licence, PremiumService, User
from licences.models.action_plan import Answer
from licences.models.assessment import Outcome
from sms.core import clock
from sms.core.govuk import formats
from sms.core.govuk.fields import DateField, LongTextField, RadiosField

ASSESSMENTS = "Basic Compliance Assessments"
PREMIUM = "Premium customer service"
ACTION_PLANS = "Action plan details"


class ApplicationForm(DecisionForm):
    applied_on = DateField("Day of the application", required="Enter the day of the application")


class RecordApplication(OfLicence):
    name, label = "assessment", "Record an application for a Basic Compliance Assessment"
    done = "Application recorded"
    about = ASSESSMENTS
    form_class = ApplicationForm

    def is_open(self) -> bool:
        return super().is_open() and not Assessment.objects.undecided(self.subject)

    def initial(self) -> dict[str, Any]:
        return {"applied_on": clock.today()}

    def decide(self, *, by: User, **values: Any) -> Licence:
        Assessment.objects.apply(self.subject, values["applied_on"], by=by)
        return self.subject


class AssessmentForm(DecisionForm):
    outcome = RadiosField("Outcome", required="Select the outcome", choices=Outcome.choices)
    decided_on = DateField("Decided on", required="Enter the day of the decision")
    valid_until_on = DateField("Valid until", help_text="Leave empty if the assessment is failed")


class DecideAssessment(OfLicence):
    name, label = "assessment-outcome", "Record the outcome of the assessment"
    done = "Outcome recorded"
    about = ASSESSMENTS
    form_class = AssessmentForm

    def is_open(self) -> bool:
        return super().is_open() and bool(Assessment.objects.undecided(self.subject))

    def initial(self) -> dict[str, Any]:
        return {"decided_on": clock.today(), "valid_until_on": clock.today() + relativedelta(years=1, days=-1)}

    def consequences(self) -> list[str]:
        assessment = Assessment.objects.undecided(self.subject)
        return [f"The sponsor applied on {formats.day(assessment.applied_on)}."] if assessment else []

    def decide(self, *, by: User, **values: Any) -> Licence:
        assessment = Assessment.objects.undecided(self.subject)
        if assessment is None:
            raise refusals.ASSESSMENT_DECIDED()
        assessment.decide(by=by, **values)
        return self.subject


class PremiumForm(DecisionForm):
    from_on = DateField("First day", required="Enter the first day", help_text="The service lasts one year")
    fee = FeeField()


class AddPremium(OfLicence):
    name, label, done = "premium", "Add premium customer service", "Premium customer service added"
    about = PREMIUM
    form_class = PremiumForm

    def initial(self) -> dict[str, Any]:
        return {"from_on": PremiumService.objects.next_first_day(self.subject)}

    def decide(self, *, by: User, **values: Any) -> Licence:
        PremiumService.objects.add(self.subject, by=by, from_on=values["from_on"], fee_pence=pence(values["fee"]))
        return self.subject


class PaymentForm(DecisionForm):
    paid_on = DateField("Paid on", required="Enter the day of payment")


class RecordPremiumPayment(OfLicence):
    name, label = "premium-payment", "Record that the premium fee is paid"
    done = "Payment recorded"
    about = PREMIUM
    form_class = PaymentForm

    def is_open(self) -> bool:
        return super().is_open() and bool(PremiumService.objects.unpaid(self.subject))

    def initial(self) -> dict[str, Any]:
        return {"paid_on": clock.today()}

    def consequences(self) -> list[str]:
        service = PremiumService.objects.unpaid(self.subject)
        return [f"The fee of {formats.pounds(service.fee_pence)} for {service}."] if service else []

    def decide(self, *, by: User, **values: Any) -> Licence:
        service = PremiumService.objects.unpaid(self.subject)
        if service is None:
            raise refusals.FEE_PAID_ALREADY()
        service.record_payment(values["paid_on"], by=by)
        return self.subject


class PlanForm(DecisionForm):
    details = LongTextField("What to improve", required="Enter what the sponsor must improve", max_length=4000, rows=8)
    fee = FeeField(help_text="0 if there is none")


class IssuePlan(OfLicence):
    name, label, done = "action-plan", "Issue an action plan", "Action plan issued"
    about = ACTION_PLANS
    form_class = PlanForm

    def is_open(self) -> bool:
        return super().is_open() and not ActionPlan.objects.open_for(self.subject)

    def consequences(self) -> list[str]:
        return ["The sponsor sees the action plan at once, and can accept or decline it."]

    def decide(self, *, by: User, **values: Any) -> Licence:
        ActionPlan.objects.issue(self.subject, by=by, details=values["details"], fee_pence=pence(values["fee"]))
        return self.subject


class OfOpenPlan(OfLicence):
    """A decision about the action plan that is neither declined nor completed."""

    about = ACTION_PLANS

    def plan(self) -> ActionPlan | None:
        return ActionPlan.objects.open_for(self.subject)

    def is_possible(self, plan: ActionPlan) -> bool:
        raise NotImplementedError

    def is_open(self) -> bool:
        return super().is_open() and (plan := self.plan()) is not None and self.is_possible(plan)


class RecordPlanPayment(OfOpenPlan):
    name, label = "action-plan-payment", "Record that the action plan fee is paid"
    done = "Payment recorded"
    form_class = PaymentForm

    def is_possible(self, plan: ActionPlan) -> bool:
        return plan.is_payable

    def initial(self) -> dict[str, Any]:
        return {"paid_on": clock.today()}

    def consequences(self) -> list[str]:
        plan = self.plan()
        return [f"The fee of {formats.pounds(plan.fee_pence)}."] if plan else []

    def decide(self, *, by: User, **values: Any) -> Licence:
        plan = self.plan()
        if plan is None:
            raise refusals.ACTION_PLAN_NOT_PAYABLE()
        plan.record_payment(values["paid_on"], by=by)
        return self.subject


class CompletePlan(OfOpenPlan):
    name, label, done = "action-plan-completed", "Record that the action plan is completed", "Action plan completed"
    form_class = ReasonForm

    def is_possible(self, plan: ActionPlan) -> bool:
        return plan.answer == Answer.ACCEPTED and not plan.is_payable

    def decide(self, *, by: User, **values: Any) -> Licence:
        plan = self.plan()
        if plan is None:
            raise refusals.ACTION_PLAN_NOT_COMPLETABLE()
        plan.complete(by=by, reason=values["reason"])
        return self.subject


DECISIONS = (
    RecordApplication,
    DecideAssessment,
    AddPremium,
    RecordPremiumPayment,
    IssuePlan,
    RecordPlanPayment,
    CompletePlan,
)
