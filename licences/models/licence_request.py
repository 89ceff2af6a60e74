"""Requests: what a sponsor asks of the Home Office, and what became of it (specification, section 9).

`licences.licence_requests` has the kinds of request, and the verbs that make, submit, withdraw and decide them.
"""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from licences.lifecycle import OPEN_REQUEST, REQUEST_LIFECYCLE, RequestStatus
from licences.models.event import Event
from licences.models.licence import Licence
from licences.models.user import User
from licences.routes import Route
from licences.scoping import LicenceScopedQuerySet
from sms.core import clock, triggers
from sms.core.constraints import all_or_none, known

LONGEST_REASONS = LONGEST_ANSWER = 2000  # characters
LONGEST_TOPIC = 200


class LicenceRequestQuerySet(LicenceScopedQuerySet["LicenceRequest"]):
    owner_path = ""  # requests are for Level 1 users

    def saved(self) -> Self:
        """Return the requests that are not submitted yet, oldest first."""
        return self.filter(status=RequestStatus.SAVED).order_by("pk")

    def waiting(self) -> Self:
        """Return the requests that wait for a decision, oldest first."""
        return self.filter(status=RequestStatus.SUBMITTED).order_by("submitted_at", "pk")

    def open(self) -> Self:
        """Return the requests that are saved or wait for a decision."""
        return self.filter(status__in=OPEN_REQUEST)

    def sent(self) -> Self:
        """Return the requests that were submitted, decided or not. Caseworkers see only these."""
        return self.exclude(status=RequestStatus.SAVED)


class LicenceRequest(models.Model):
    """A request of one `kind` (a name in `licences.licence_requests.table`), perhaps about one route.

    `details` are the answers to the form of its kind. `topic` says what the request is about: a licence has at most one
    open request about each topic, unless it is empty. `answer` is the caseworker's sentence, and `outcome` has what was
    granted.
    """

    licence = models.ForeignKey(Licence, models.PROTECT, related_name="requests")
    kind = models.CharField(max_length=50, editable=False)
    route = models.CharField(max_length=20, choices=Route.choices, blank=True, editable=False)
    topic = models.CharField(max_length=LONGEST_TOPIC, blank=True, editable=False)
    details = models.JSONField(default=dict, editable=False)
    reasons = models.TextField(max_length=LONGEST_REASONS, blank=True, editable=False)
    status = models.CharField(max_length=20, choices=RequestStatus.choices, default=RequestStatus.SAVED, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    saved_at = models.DateTimeField(editable=False)
    saved_by = models.ForeignKey(User, models.PROTECT, related_name="+", editable=False)
    submitted_at = models.DateTimeField(null=True, editable=False)
    submitted_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", editable=False)
    closed_at = models.DateTimeField(null=True, editable=False)
    closed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", editable=False)
    answer = models.TextField(max_length=LONGEST_ANSWER, blank=True, editable=False)
    outcome = models.JSONField(default=dict, editable=False)
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = LicenceRequestQuerySet.as_manager()

    event_kind = "licence_request"
    guards: ClassVar = (
        *triggers.follows(REQUEST_LIFECYCLE),
        triggers.frozen(
            "origin",
            ["id", "licence_id", "kind", "route", "saved_at", "saved_by_id", "recorded_at"],
            "The origin of a request never changes",
        ),
        triggers.frozen(
            "submitted",
            ["topic", "details", "reasons", "version", "submitted_at", "submitted_by_id"],
            "A submitted request never changes",
            when="OLD.status <> 'SAVED'",
        ),
        triggers.frozen(
            "closed",
            ["closed_at", "closed_by_id", "answer", "outcome"],
            "A decision about a request never changes",
            when="OLD.status NOT IN ('SAVED', 'SUBMITTED')",
        ),
    )

    class Meta:
        verbose_name = "request"
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            known("status", RequestStatus.values, table="request"),
            known("route", ["", *Route.values], table="request"),
            all_or_none("submitted_at", "submitted_by", name="request_submitted_by_a_user"),
            all_or_none("closed_at", "closed_by", name="request_closed_by_a_user"),
            models.CheckConstraint(
                condition=Q(status=RequestStatus.SAVED, submitted_at=None)
                | (~Q(status=RequestStatus.SAVED) & Q(submitted_at__isnull=False)),
                name="request_says_when_it_was_submitted",
            ),
            models.CheckConstraint(
                condition=Q(status__in=sorted(OPEN_REQUEST), closed_at=None)
                | (~Q(status__in=sorted(OPEN_REQUEST)) & Q(closed_at__isnull=False)),
                name="request_says_when_it_was_closed",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["GRANTED", "REFUSED"]) ^ Q(answer=""), name="request_decided_with_a_sentence"
            ),
            models.UniqueConstraint(
                fields=["licence", "topic"],
                condition=Q(status__in=sorted(OPEN_REQUEST)) & ~Q(topic=""),
                name="request_open_once_about_a_topic",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["submitted_at", "id"], condition=Q(status=RequestStatus.SUBMITTED), name="request_waiting"
            ),
        ]

    def __str__(self) -> str:
        return f"request {self.pk}"

    @property
    def event_label(self) -> str:
        return str(self)

    @property
    def event_licence_id(self) -> int:
        return self.licence_id

    @property
    def is_saved(self) -> bool:
        return self.status == RequestStatus.SAVED

    @property
    def is_waiting(self) -> bool:
        return self.status == RequestStatus.SUBMITTED

    @property
    def days_waiting(self) -> int:
        """Return the days since a request was submitted that waits for a decision; 0 for any other request."""
        if not self.is_waiting or self.submitted_at is None:
            return 0
        return (clock.today() - self.submitted_at.astimezone(clock.LONDON).date()).days

    def changes_since(self, version: int) -> list[Event]:
        """Return the lines of history that changed this saved request since it had this version."""
        events = Event.objects.about(self.event_kind, self.pk).filter(verb="amend").select_related("by")
        return [event for event in events if event.data["version"][1] > version]
