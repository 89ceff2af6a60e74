"""Messages that users, caseworkers and jobs touch in the same moment, with real threads."""

import pytest
from django.core import mail

from licences.message_board import mailing, verbs
from licences.models import Acknowledgement, Event, Message, MessageMail
from licences.roles import Role
from tests.factories import a_user
from tests.licences.factories import a_message, written
from tests.racing import at_once, refusals

pytestmark = [pytest.mark.long, pytest.mark.django_db(transaction=True)]


def test_a_message_that_is_sent_many_times_at_once_is_sent_once(licence, outsider, caseworker):
    message = written(by=caseworker)
    answers = at_once(*[lambda: verbs.send(Message.objects.get(pk=message.pk), by=caseworker)] * 8)
    assert refusals(answers) == ["This message was sent already."] * 7
    assert message.addressees.count() == 2
    assert Event.objects.filter(kind="message", verb="send").count() == 1


def test_an_ok_that_is_sent_many_times_at_once_acknowledges_once(level1, caseworker):
    messages = [a_message(by=caseworker).pk for _ in range(3)]
    counts = at_once(*[lambda: verbs.acknowledge(messages, by=level1)] * 8)
    assert sorted(counts) == [0] * 7 + [3]
    assert Acknowledgement.objects.count() == 3
    assert Event.objects.filter(kind="user", verb="acknowledge").count() == 1


def test_several_processes_send_each_email_once(level1, caseworker):
    readers = [level1, *(a_user(f"deputy{number}", Role.LEVEL_1, level1.licence) for number in range(9))]
    for reader in readers:
        reader.amend(by=caseworker, name=reader.name, email=f"{reader.username}@example.ac.uk")
        verbs.choose_emails(True, by=reader)
    a_message(by=caseworker)
    counts = at_once(*[mailing.send_due] * 6)
    assert refusals(counts) == []
    assert sum(counts) == 10
    assert sorted(each.to[0] for each in mail.outbox) == sorted(reader.email for reader in readers)
    assert MessageMail.objects.filter(mailed_at__isnull=False).count() == 10
