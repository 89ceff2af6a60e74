"""Messages: what the Home Office tells sponsors (specification, section 9).

`licences.message_board` has the verbs of caseworkers and of users. The portal itself writes to one sponsor, with
`write_to`, when a verb changes its licence, or decides what it asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.db.models.expressions import Combinable

from licences.audiences import CONDITIONS, Audience
from licences.models.event import Event, as_new
from licences.roles import Role
from licences.scoping import LicenceScopedQuerySet, Person
from sms.core import clock, triggers
from sms.core.append_only import AppendOnlyModel, AppendOnlyQuerySet
from sms.core.constraints import all_or_none, known

if TYPE_CHECKING:
    from licences.models.licence import Licence
    from licences.models.user import User

SUBJECT_SIZE, TEXT_SIZE = 200, 10_000  # characters
LASTS = timedelta(days=90)  # a message that the portal wrote stays active for so long


class MessageQuerySet(LicenceScopedQuerySet["Message"]):
    licence_path = "addressees__licence"
    owner_path = ""  # messages are for Level 1 users

    def for_user(self, user: Person) -> Self:
        """Return the messages that `user` may see. Users of a sponsor see those that have begun."""
        rows = super().for_user(user)
        return rows if user.role in {Role.CASEWORKER, Role.SYSTEM} else rows.begun()

    def begun(self) -> Self:
        """Return the messages that were sent and whose first day has come, unless they were ended before it."""
        return self.filter(begun(""))

    def active(self) -> Self:
        return self.filter(active(""))

    def archived(self) -> Self:
        """Return the messages that have begun and are no longer active."""
        return self.begun().exclude(active(""))

    def unread_by(self, user: User) -> Self:
        """Return the active messages to the sponsor of `user` that this user has not acknowledged."""
        return self.for_user(user).active().filter(~Exists(_acknowledged(OuterRef("pk"), user.pk)))

    def read_by(self, user: User) -> Self:
        """Return the active messages to the sponsor of `user` that this user has acknowledged."""
        return self.for_user(user).active().filter(Exists(_acknowledged(OuterRef("pk"), user.pk)))

    def with_acknowledged_at(self, user: User) -> Self:
        """Add when `user` acknowledged each message, as `acknowledged_at`."""
        rows = _acknowledged(OuterRef("pk"), user.pk)
        return self.annotate(acknowledged_at=Subquery(rows.values("at")[:1]))

    def naming(self, text: str) -> Self:
        """Return the messages with this text in their subject or their text."""
        return self.filter(Q(subject__icontains=text) | Q(text__icontains=text))

    @transaction.atomic
    def write_to(
        self, licence: Licence, subject: str, text: str, *, by: User, is_important: bool = False, link: str = ""
    ) -> Message:
        """Send a message of the portal itself to one sponsor. It is active at once, for 90 days.

        Call this in the transaction of the verb that the message is about. The text may be sent by email, so it names
        no student. `link` is an address of the portal, which tells more.
        """
        message = self.create(
            subject=subject,
            text=text,
            is_important=is_important,
            is_automatic=True,
            link=link,
            audience=Audience.ONE,
            licence=licence,
            starts_on=clock.today(),
            until_on=clock.today() + LASTS,
            written_by=by,
            written_at=clock.now(),
            sent_by=by,
            sent_at=clock.now(),
        )
        Addressee.objects.create(message=message, licence=licence)
        Event.objects.record("send", message, by=by, data=as_new(message.visible()))
        return message


class Message(models.Model):
    """A message. It is written, sent, and then active from its first to its last day, unless it is ended earlier.

    `conditions` say which sponsors an audience of SOME has, by the name of the condition. When the message is sent, the
    sponsors that fit become its addressees, and later changes of a licence do not change that.
    """

    subject = models.CharField(max_length=SUBJECT_SIZE)
    text = models.TextField(max_length=TEXT_SIZE)
    is_important = models.BooleanField("important", default=False)
    is_automatic = models.BooleanField("written by", default=False, editable=False)
    link = models.CharField(max_length=200, blank=True, editable=False)
    audience = models.CharField(max_length=10, choices=Audience.choices)
    conditions = models.JSONField(default=dict, blank=True)
    licence = models.ForeignKey("licences.Licence", models.PROTECT, null=True, blank=True, related_name="+")
    starts_on = models.DateField("from")
    until_on = models.DateField("until")
    ended_on = models.DateField(null=True, editable=False)
    emails_queued_at = models.DateTimeField(null=True, editable=False)
    written_at = models.DateTimeField(editable=False)
    written_by = models.ForeignKey("licences.User", models.PROTECT, related_name="+", editable=False)
    sent_at = models.DateTimeField(null=True, editable=False)
    sent_by = models.ForeignKey("licences.User", models.PROTECT, null=True, related_name="+", editable=False)

    objects = MessageQuerySet.as_manager()

    event_kind = "message"
    guards: ClassVar = (
        triggers.never_deleted("Messages"),
        triggers.frozen(
            "origin", ["id", "is_automatic", "written_at", "written_by_id"], "The origin of a message never changes"
        ),
        triggers.frozen("sent", ["sent_at", "sent_by_id"], "A message is sent once", when="OLD.sent_at IS NOT NULL"),
        triggers.frozen(
            "automatic",
            ["subject", "text", "is_important", "link", "audience", "licence_id", "starts_on", "until_on"],
            "A message that the portal wrote never changes",
            when="OLD.is_automatic",
        ),
        triggers.frozen(
            "ended",
            ["subject", "text", "is_important", "audience", "licence_id", "starts_on", "until_on", "ended_on"],
            "A message that has ended never changes",
            when="OLD.ended_on IS NOT NULL",
        ),
    )

    class Meta:
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            known("audience", Audience.values, table="message"),
            all_or_none("sent_at", "sent_by", name="message_sent_by_a_user"),
            models.CheckConstraint(condition=Q(until_on__gte=F("starts_on")), name="message_ends_after_it_starts"),
            models.CheckConstraint(
                condition=Q(audience=Audience.ONE) ^ Q(licence__isnull=True), name="message_to_one_sponsor_names_it"
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["starts_on"], condition=Q(emails_queued_at=None, sent_at__isnull=False), name="message_to_queue"
            ),
        ]

    acknowledged_at: Any  # of the messages that were read `with_acknowledged_at`

    def __str__(self) -> str:
        return self.subject

    @property
    def event_label(self) -> str:
        return f"message {self.pk}"

    @property
    def event_licence_id(self) -> int | None:
        return self.licence_id

    @property
    def has_begun(self) -> bool:
        """Return whether sponsors see the message, as an active message or in the archive."""
        has_started = self.sent_at is not None and self.starts_on <= clock.today()
        return has_started and (self.ended_on is None or self.ended_on >= self.starts_on)

    @property
    def is_active(self) -> bool:
        return self.has_begun and self.ended_on is None and self.until_on >= clock.today()

    @property
    def is_over(self) -> bool:
        """Return whether the message was ended, or its last day has passed. It then no longer changes."""
        return self.ended_on is not None or self.until_on < clock.today()

    @property
    def last_on(self) -> Any:
        """Return the day on which the message was ended, or else its last day."""
        return self.ended_on or self.until_on

    def audience_in_words(self) -> str:
        if self.audience == Audience.ONE:
            return str(self.licence)
        chosen = [each.in_words(self.conditions[each.name]) for each in CONDITIONS if self.conditions.get(each.name)]
        return "; ".join(chosen) or Audience.ALL.label

    def visible(self) -> dict[str, Any]:
        """Return what sponsors and caseworkers see of this message, for the history."""
        return {
            "subject": self.subject,
            "text": self.text,
            "is_important": self.is_important,
            "audience": self.audience_in_words(),
            "starts_on": self.starts_on,
            "until_on": self.until_on,
        }


class Addressee(models.Model):
    """A sponsor to which a message was sent."""

    message = models.ForeignKey(Message, models.PROTECT, related_name="addressees")
    licence = models.ForeignKey("licences.Licence", models.PROTECT, related_name="addressees")

    class Meta:
        verbose_name = "message to a sponsor"
        verbose_name_plural = "messages to sponsors"
        constraints: ClassVar = [
            # By licence first: each page of a Level 1 user counts the messages to their sponsor.
            models.UniqueConstraint(fields=["licence", "message"], name="addressee_once_for_a_message"),
        ]

    def __str__(self) -> str:
        return f"{self.message} {self.licence}"


class Acknowledgement(AppendOnlyModel):
    """The fact that a user left `SMS message board – active messages`, which showed the message, by `OK`."""

    message = models.ForeignKey(Message, models.PROTECT, related_name="acknowledgements")
    by = models.ForeignKey("licences.User", models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = AppendOnlyQuerySet["Acknowledgement"].as_manager()

    guards: ClassVar = triggers.append_only("Acknowledgements")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["message", "by"], name="acknowledgement_once_by_a_user"),
        ]

    def __str__(self) -> str:
        return f"{self.message} by {self.by}"


def begun(path: str) -> Q:
    """Return the condition that a message has begun. `path` is the lookup that leads to it, such as "message__"."""
    started: Mapping[str, Any] = {f"{path}sent_at__isnull": False, f"{path}starts_on__lte": clock.today()}
    not_withdrawn = Q(**{f"{path}ended_on": None}) | Q(**{f"{path}ended_on__gte": F(f"{path}starts_on")})
    return Q(**started) & not_withdrawn


def active(path: str) -> Q:
    """Return the condition that a message is active. `path` is the lookup that leads to it."""
    lasting: Mapping[str, Any] = {
        f"{path}sent_at__isnull": False,
        f"{path}starts_on__lte": clock.today(),
        f"{path}until_on__gte": clock.today(),
        f"{path}ended_on": None,
    }
    return Q(**lasting)


def _acknowledged(message: Combinable, user: Any) -> models.QuerySet[Acknowledgement]:
    return Acknowledgement.objects.filter(message=message, by=user)


def unread_of(licence: Combinable, user: Combinable) -> models.QuerySet[Addressee]:
    """Return the rows of a licence's active messages that a user has not acknowledged, for a subquery."""
    acknowledged = Acknowledgement.objects.filter(message=OuterRef("message"), by=user)
    return Addressee.objects.filter(active("message__"), ~Exists(acknowledged), licence=licence)
