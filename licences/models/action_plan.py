"""Action plans: what the Home Office asks a sponsor to improve, for a fee that is paid outside the portal (section 9).

The sponsor accepts the plan or declines it. An accepted plan is open until a caseworker has recorded that it is
completed. A licence has one open plan at most.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models, transaction
from django.db.models import Q, TextChoices

from licences import refusals
from licences.models.event import Event, as_new, changes
from licences.models.licence import Licence
from licences.permissions import Action, require
from licences.scoping import LicenceScopedQuerySet
from sms.core import clock, triggers
from sms.core.constraints import known

if TYPE_CHECKING:
    from licences.models.user import User


class Answer(TextChoices):
    ACCEPTED = "ACCEPTED", "Accepted"
    DECLINED = "DECLINED", "Declined"


IS_OPEN = Q(completed_on=None) & ~Q(answer=Answer.DECLINED)


class ActionPlanQuerySet(LicenceScopedQuerySet["ActionPlan"]):
    owner_path = ""

    def open_for(self, licence: Licence) -> ActionPlan | None:
        """Return the plan that is neither declined nor completed; None if there is none."""
        return self.filter(IS_OPEN, licence=licence).first()

    @transaction.atomic
    def issue(self, licence: Licence, *, by: User, details: str, fee_pence: int) -> ActionPlan:
        """Issue a plan to the sponsor today. Raises `Refused` while another plan is open."""
        require(by, Action.LICENCES_KEEP)
        licence.lock_in_force()
        if self.open_for(licence):
            raise refusals.ACTION_PLAN_OPEN()
        values = {"issued_on": clock.today(), "details": details, "fee_pence": fee_pence}
        plan = self.create(licence=licence, **values)
        Event.objects.record("issue_action_plan", licence, by=by, data=as_new(values))
        return plan


class ActionPlan(models.Model):
    licence = models.ForeignKey("licences.Licence", models.PROTECT, related_name="action_plans")
    issued_on = models.DateField("issued on")
    details = models.TextField("what to improve", max_length=4000)
    fee_pence = models.PositiveIntegerField("fee")
    answer = models.CharField(max_length=20, choices=Answer.choices, blank=True, editable=False)
    answered_on = models.DateField("answered on", null=True, editable=False)
    paid_on = models.DateField("paid on", null=True, editable=False)
    completed_on = models.DateField("completed on", null=True, editable=False)

    objects = ActionPlanQuerySet.as_manager()

    guards: ClassVar = (
        triggers.frozen(
            "origin", ["id", "licence_id", "issued_on", "details", "fee_pence"], "An issued action plan never changes"
        ),
        triggers.frozen(
            "answer", ["answer", "answered_on"], "The answer to an action plan is final", when="OLD.answer <> ''"
        ),
        triggers.frozen("paid", ["paid_on"], "A recorded payment never changes", when="OLD.paid_on IS NOT NULL"),
        triggers.never_deleted("Action plans"),
    )

    class Meta:
        ordering: ClassVar = ["-issued_on", "-pk"]
        constraints: ClassVar = [
            known("answer", ["", *Answer.values], table="action_plan"),
            models.UniqueConstraint(fields=["licence"], condition=IS_OPEN, name="action_plan_one_open_for_a_licence"),
            models.CheckConstraint(
                condition=Q(answer="", answered_on=None) | (~Q(answer="") & Q(answered_on__isnull=False)),
                name="action_plan_answered_on_a_day",
            ),
            models.CheckConstraint(
                condition=Q(paid_on=None, completed_on=None) | Q(answer=Answer.ACCEPTED),
                name="action_plan_accepted_before_paid",
            ),
        ]

    def __str__(self) -> str:
        return self.state

    @property
    def state(self) -> str:
        """Return in words how far the plan is."""
        if self.completed_on:
            return "Completed"
        if self.is_payable:
            return "Accepted, fee not paid yet"
        return self.get_answer_display() or "Waiting for your answer"

    @property
    def is_payable(self) -> bool:
        return self.answer == Answer.ACCEPTED and bool(self.fee_pence) and not self.paid_on

    @transaction.atomic
    def accept_or_decline(self, answer: str, *, by: User) -> None:
        """Record the sponsor's answer, which is final. Raises `Refused` if there is one already."""
        require(by, Action.ACTION_PLANS_ANSWER)
        self._lock()
        if self.answer:
            raise refusals.ACTION_PLAN_ANSWERED()
        self._set("answer_action_plan", by, answer=answer, answered_on=clock.today())

    @transaction.atomic
    def record_payment(self, paid_on: date, *, by: User) -> None:
        """Record that the fee was paid on a day. Raises `Refused` unless the plan is accepted and not yet paid."""
        require(by, Action.LICENCES_KEEP)
        self._lock()
        if not self.is_payable:
            raise refusals.ACTION_PLAN_NOT_PAYABLE()
        if paid_on > clock.today():
            raise refusals.PAID_IN_THE_FUTURE.about("paid_on")
        self._set("pay_action_plan", by, paid_on=paid_on)

    @transaction.atomic
    def complete(self, *, by: User, reason: str) -> None:
        """Record that the sponsor has completed the plan. Raises `Refused` unless it is accepted, and its fee paid."""
        require(by, Action.LICENCES_KEEP)
        self._lock()
        if self.answer != Answer.ACCEPTED or self.is_payable or self.completed_on:
            raise refusals.ACTION_PLAN_NOT_COMPLETABLE()
        self._set("complete_action_plan", by, completed_on=clock.today(), reason=reason)

    def _lock(self) -> None:
        self.licence.lock_in_force()
        self.refresh_from_db(fields=["answer", "paid_on", "completed_on"])

    def _set(self, verb: str, by: User, *, reason: str = "", **values: Any) -> None:
        for name, value in values.items():
            setattr(self, name, value)
        self.save(update_fields=list(values))
        data = changes({}, {**values, "reason": reason})
        Event.objects.record(verb, self.licence, by=by, data=data)
