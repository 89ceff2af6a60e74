"""Write, amend, send and end a message, as a caseworker. Acknowledge messages, and choose emails, as a Level 1 user."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db import transaction

from licences import refusals
from licences.message_board import reach
from licences.models import Acknowledgement, Event, Message, User
from licences.models.event import as_new, changes
from licences.permissions import Action, require
from sms.core import clock


@transaction.atomic
def write(*, by: User, **values: Any) -> Message:
    """Write a message, which no sponsor sees until it is sent. `values` are those of its fields.

    Raises `Refused` for a first day in the past, and for a last day before the first.
    """
    require(by, Action.MESSAGES_KEEP)
    message = Message(**values, written_by=by, written_at=clock.now())
    _check_days(message)
    message.save(force_insert=True)
    Event.objects.record("write", message, by=by, data=as_new(message.visible()))
    return message


@transaction.atomic
def amend(message: Message, *, by: User, **values: Any) -> None:
    """Change a message. If it was sent, the sponsors that it is for are chosen again.

    Raises `Refused` once the message has begun or ended, and for wrong days.
    """
    require(by, Action.MESSAGES_KEEP)
    _lock(message)
    if message.has_begun or message.ended_on:
        raise refusals.MESSAGE_HAS_BEGUN()
    before = message.visible()
    for name, value in values.items():
        setattr(message, name, value)
    _check_days(message)
    message.save(update_fields=list(values))
    if message.sent_at:
        _address(message)
    if changed := changes(before, message.visible()):
        Event.objects.record("amend", message, by=by, data=changed)


@transaction.atomic
def send(message: Message, *, by: User) -> None:
    """Send a message to the sponsors that fit its audience now. It begins on its first day, or today if that passed.

    Raises `Refused` if it was sent or ended already, if its last day has passed, or if no sponsor fits.
    """
    require(by, Action.MESSAGES_KEEP)
    _lock(message)
    if message.sent_at:
        raise refusals.MESSAGE_SENT_ALREADY()
    if message.is_over:
        raise refusals.MESSAGE_IS_OVER()
    before = message.starts_on
    message.starts_on = max(message.starts_on, clock.today())
    message.sent_at, message.sent_by = clock.now(), by
    message.save(update_fields=["starts_on", "sent_at", "sent_by"])
    data = changes({"starts_on": before}, {"starts_on": message.starts_on, "sponsors": _address(message)})
    Event.objects.record("send", message, by=by, data=data)


@transaction.atomic
def end(message: Message, *, by: User) -> None:
    """End a message today: sponsors then find it in their archive. A message that was not sent is discarded.

    Raises `Refused` if it has ended already.
    """
    require(by, Action.MESSAGES_KEEP)
    _lock(message)
    if message.is_over:
        raise refusals.MESSAGE_IS_OVER()
    message.ended_on = clock.today()
    message.save(update_fields=["ended_on"])
    Event.objects.record("end", message, by=by, data=changes({}, {"ended_on": message.ended_on}))


@transaction.atomic
def acknowledge(ids: Collection[int], *, by: User) -> int:
    """Record that this user has read these messages. Return how many they had not acknowledged before."""
    require(by, Action.MESSAGES_READ)
    User.objects.select_for_update(no_key=True).get(pk=by.pk)  # the same page may be sent twice at once
    new = sorted(Message.objects.unread_by(by).filter(pk__in=ids).values_list("pk", flat=True))
    if new:
        now = clock.now()
        Acknowledgement.objects.bulk_create(Acknowledgement(message_id=pk, by=by, at=now) for pk in new)
        Event.objects.record("acknowledge", by, by=by, data={"messages": [None, new]})
    return len(new)


@transaction.atomic
def choose_emails(is_wanted: bool, *, by: User) -> None:
    """Choose whether this user has messages by email as well: those that begin from now on.

    Raises `Refused` for a user without an email address.
    """
    require(by, Action.MESSAGES_READ)
    if is_wanted and not by.email:
        raise refusals.NO_OWN_EMAIL_ADDRESS.about("is_wanted")
    if is_wanted == by.has_messages_by_email:
        return
    by.has_messages_by_email = is_wanted
    by.save(update_fields=["has_messages_by_email"])
    data = {"has_messages_by_email": [not is_wanted, is_wanted]}
    Event.objects.record("choose_message_emails", by, by=by, data=data)


def _lock(message: Message) -> None:
    message.refresh_from_db(from_queryset=Message.objects.select_for_update(no_key=True))


def _address(message: Message) -> int:
    sponsors = reach.address(message)
    if not sponsors:
        raise refusals.MESSAGE_TO_NO_SPONSOR()
    return sponsors


def _check_days(message: Message) -> None:
    if message.starts_on < clock.today():
        raise refusals.MESSAGE_FROM_THE_PAST.about("starts_on")
    if message.until_on < message.starts_on:
        raise refusals.MESSAGE_UNTIL_BEFORE_FROM.about("until_on")
