"""Basic Compliance Assessments: when the sponsor applied, and what the Home Office decided (section 9)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, ClassVar

from django.db import models, transaction
from django.db.models import F, Q, TextChoices

from licences import refusals
from licences.models.event import Event, as_new, changes
from licences.models.licence import Licence
from licences.permissions import Action, require
from licences.scoping import LicenceScopedQuerySet
from sms.core import clock, triggers
from sms.core.constraints import known

if TYPE_CHECKING:
    from licences.models.user import User


class Outcome(TextChoices):
    PASSED = "PASSED", "Passed"
    FAILED = "FAILED", "Failed"


class AssessmentQuerySet(LicenceScopedQuerySet["Assessment"]):
    owner_path = ""

    def undecided(self, licence: Licence) -> Assessment | None:
        return self.filter(licence=licence, decided_on=None).first()

    @transaction.atomic
    def apply(self, licence: Licence, applied_on: date, *, by: User) -> Assessment:
        """Record that the sponsor applied on a day. Raises `Refused` while an earlier application is undecided."""
        require(by, Action.LICENCES_KEEP)
        licence.lock_in_force()
        if self.undecided(licence):
            raise refusals.ASSESSMENT_UNDECIDED()
        if applied_on > clock.today():
            raise refusals.APPLIED_IN_THE_FUTURE.about("applied_on")
        assessment = self.create(licence=licence, applied_on=applied_on)
        Event.objects.record("apply_for_assessment", licence, by=by, data=as_new({"applied_on": applied_on}))
        return assessment


class Assessment(models.Model):
    licence = models.ForeignKey("licences.Licence", models.PROTECT, related_name="assessments")
    applied_on = models.DateField("applied on")
    decided_on = models.DateField("decided on", null=True, editable=False)
    outcome = models.CharField(max_length=20, choices=Outcome.choices, blank=True, editable=False)
    valid_until_on = models.DateField("valid until", null=True, editable=False)

    objects = AssessmentQuerySet.as_manager()

    guards: ClassVar = (
        triggers.frozen("origin", ["id", "licence_id"], "The origin of an assessment never changes"),
        triggers.frozen(
            "decided",
            ["applied_on", "decided_on", "outcome", "valid_until_on"],
            "A decided assessment never changes",
            when="OLD.decided_on IS NOT NULL",
        ),
        triggers.never_deleted("Assessments"),
    )

    class Meta:
        verbose_name = "Basic Compliance Assessment"
        ordering: ClassVar = ["-applied_on", "-pk"]
        constraints: ClassVar = [
            known("outcome", ["", *Outcome.values], table="assessment"),
            models.UniqueConstraint(
                fields=["licence"], condition=Q(decided_on=None), name="assessment_one_undecided_for_a_licence"
            ),
            models.CheckConstraint(
                condition=Q(decided_on=None, outcome="", valid_until_on=None)
                | (Q(decided_on__isnull=False, decided_on__gte=F("applied_on")) & ~Q(outcome="")),
                name="assessment_decided_with_an_outcome",
            ),
            models.CheckConstraint(
                condition=Q(valid_until_on=None) | Q(outcome=Outcome.PASSED, valid_until_on__gte=F("decided_on")),
                name="assessment_valid_only_if_passed",
            ),
        ]

    def __str__(self) -> str:
        return self.get_outcome_display() or "Undecided"

    @transaction.atomic
    def decide(self, outcome: str, *, decided_on: date, valid_until_on: date | None, by: User) -> None:
        """Record the outcome. A passed assessment needs the day until which it is valid. Raises `Refused`."""
        require(by, Action.LICENCES_KEEP)
        self.licence.lock_in_force()
        self.refresh_from_db(fields=["applied_on", "decided_on"])
        if self.decided_on:
            raise refusals.ASSESSMENT_DECIDED()
        if not self.applied_on <= decided_on <= clock.today():
            raise refusals.NOT_DECIDED_ON_THAT_DAY.about("decided_on")
        if outcome == Outcome.FAILED:
            valid_until_on = None
        elif valid_until_on is None or valid_until_on < decided_on:
            raise refusals.VALID_UNTIL_WHEN.about("valid_until_on")
        decided = {"outcome": outcome, "decided_on": decided_on, "valid_until_on": valid_until_on}
        for name, value in decided.items():
            setattr(self, name, value)
        self.save(update_fields=list(decided))
        Event.objects.record("decide_assessment", self.licence, by=by, data=changes({}, decided))
