"""Emails of messages from the Home Office: one for each message and each user who wants them by email as well."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar, Self

from django.db import connections, models, transaction
from django.db.models import Exists, F, OuterRef, Q, Value

from licences.models.message import Acknowledgement, Message
from licences.models.user import User
from licences.roles import Role
from sms.core import clock

TRIED_AGAIN_AFTER = timedelta(hours=1)
GIVEN_UP_AFTER = timedelta(days=3)
KEPT_FOR = timedelta(days=30)  # once it is sent
FURTHEST = timedelta(hours=2)  # a time further ahead was written by a clock that ran ahead, and does not count


class MessageMailQuerySet(models.QuerySet["MessageMail"]):
    def queue(self) -> int:
        """Add the emails of each message that has begun, once: to the users who want emails now. Return how many."""
        new = Message.objects.active().filter(emails_queued_at=None).order_by("pk")
        return sum(self._queue(pk) for pk in new.values_list("pk", flat=True))

    @transaction.atomic
    def _queue(self, message: int) -> int:
        """Add the emails of this message in one statement, unless another process does."""
        now = clock.now()
        if not Message.objects.filter(pk=message, emails_queued_at=None).update(emails_queued_at=now):
            return 0
        readers = wanted().filter(licence__addressees__message=message)
        moment = Value(now, output_field=models.DateTimeField())
        rows = readers.order_by("pk").values_list(Value(message), F("pk"), moment, Value(0))
        select, params = rows.query.get_compiler(self.db).as_sql()
        columns, table = "message_id, user_id, queued_at, attempts", self.model._meta.db_table
        with connections[self.db].cursor() as cursor:
            cursor.execute(f'INSERT INTO "{table}" ({columns}) {select}', params)
            return cursor.rowcount

    def due(self) -> Self:
        """Return the emails to send now, oldest first.

        They are about active messages that their users have not acknowledged on the message board.
        """
        acknowledged = Acknowledgement.objects.filter(message=OuterRef("message"), by=OuterRef("user"))
        readers, messages = wanted().values("pk"), Message.objects.active().order_by().values("pk")
        fitting = self.filter(self._unclaimed(), user__in=readers, message__in=messages)
        return fitting.filter(~Exists(acknowledged)).order_by("pk")

    def claim(self, pk: int) -> bool:
        """Claim an email before it is sent. Return whether no other process has claimed it.

        A claim lasts an hour. An email that was not sent by then, because the process was killed or the mail server
        refused it, is tried again until it is purged.
        """
        rows = self.filter(self._unclaimed(), pk=pk)
        return rows.update(claimed_at=clock.now(), attempts=F("attempts") + 1) == 1

    def purge(self) -> int:
        """Delete the emails that were sent 30 days ago, or that could not be sent for 3 days. Return how many."""
        is_old = Q(mailed_at__lt=clock.now() - KEPT_FOR)
        is_hopeless = Q(mailed_at=None, queued_at__lt=clock.now() - GIVEN_UP_AFTER)
        return self.filter(is_old | is_hopeless).delete()[0]

    def _unclaimed(self) -> Q:
        now = clock.now()
        is_free = Q(claimed_at=None) | Q(claimed_at__lt=now - TRIED_AGAIN_AFTER) | Q(claimed_at__gt=now + FURTHEST)
        return is_free & Q(mailed_at=None)


class MessageMail(models.Model):
    message = models.ForeignKey(Message, models.PROTECT, related_name="+")
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    queued_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    mailed_at = models.DateTimeField(null=True)

    objects = MessageMailQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["message", "user"], name="message_mail_once_to_a_user"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["id"], condition=Q(mailed_at=None), name="message_mail_unsent"),
        ]

    def __str__(self) -> str:
        return f"email {self.pk}"


def wanted() -> models.QuerySet[User]:
    """Return the users who have messages by email."""
    return User.objects.filter(role=Role.LEVEL_1, is_active=True, has_messages_by_email=True).exclude(email="")
