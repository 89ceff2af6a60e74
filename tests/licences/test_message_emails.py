"""Messages by email, for the users who want them (specification, section 9)."""

from datetime import timedelta
from smtplib import SMTPRecipientsRefused

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from licences.message_board import mailing, verbs
from licences.models import MessageMail, User
from licences.regular_jobs import delete_old_emails, send_messages_by_email
from licences.roles import Role
from sms.core import clock
from tests.factories import a_user
from tests.licences.factories import a_message

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_demo_mode(settings):
    settings.DEMO = True  # otherwise the jobs wait until the clock was checked


def wants_email(user, caseworker):
    user.amend(by=caseworker, name=user.name, email=f"{user.username}@example.ac.uk")
    verbs.choose_emails(True, by=user)
    return user


@pytest.fixture
def reader(level1, caseworker):
    return wants_email(level1, caseworker)


def later(**after):
    return clock.set_to(clock.now() + timedelta(**after))


def sent_to():
    return sorted(each.to[0] for each in mail.outbox)


def test_each_message_is_sent_once_to_each_user_who_wants_it(reader, level2, outsider, caseworker):
    wants_email(a_user("deputy", Role.LEVEL_1, reader.licence), caseworker)
    message = a_message(by=caseworker, is_important=True)
    a_message(outsider.licence, by=caseworker)
    assert send_messages_by_email() == 2
    assert send_messages_by_email() == 0
    assert sent_to() == ["deputy@example.ac.uk", "level1@example.ac.uk"]
    sent = mail.outbox[0]
    assert sent.subject == "Important message from the Home Office: The fee changes"
    assert "The fee of a CAS changes on 9 April." in sent.body
    assert f"/messages/{message.pk}/" in sent.body
    assert all(each.mailed_at and each.attempts == 1 for each in MessageMail.objects.all())


def test_a_text_is_sent_in_the_words_that_were_typed(reader, caseworker):
    a_message(by=caseworker, subject="Fees & “rules”", text="Less than < £60\nfor Nguyễn’s college")
    send_messages_by_email()
    assert mail.outbox[0].subject.endswith("Fees & “rules”")
    assert "Less than < £60\nfor Nguyễn’s college" in mail.outbox[0].body


def test_nothing_is_sent_to_other_users(level1, level2, caseworker):
    level1.amend(by=caseworker, name=level1.name, email="level1@example.ac.uk")
    a_message(by=caseworker)
    assert send_messages_by_email() == 0
    assert not MessageMail.objects.exists()


@pytest.mark.parametrize("change", [{"is_active": False}, {"email": ""}, {"role": Role.LEVEL_2}], ids=str)
def test_a_user_who_is_no_longer_to_get_it_does_not_even_if_it_was_queued(change, reader, caseworker):
    a_message(by=caseworker)
    MessageMail.objects.queue()
    User.objects.filter(pk=reader.pk).update(**change)
    assert send_messages_by_email() == 0


def test_a_message_that_was_read_or_ended_before_is_not_sent(reader, caseworker):
    read, ended = a_message(by=caseworker), a_message(by=caseworker)
    MessageMail.objects.queue()
    verbs.acknowledge([read.pk], by=reader)
    verbs.end(ended, by=caseworker)
    assert send_messages_by_email() == 0


def test_a_message_is_sent_from_its_first_day_on(reader, caseworker):
    a_message(by=caseworker, starts_on=clock.today() + timedelta(days=2))
    assert send_messages_by_email() == 0
    with later(days=2):
        assert send_messages_by_email() == 1


def test_messages_that_began_before_the_user_wanted_emails_are_not_sent(level1, caseworker):
    a_message(by=caseworker)
    assert send_messages_by_email() == 0
    wants_email(level1, caseworker)
    assert send_messages_by_email() == 0
    a_message(by=caseworker)
    assert send_messages_by_email() == 1
    verbs.choose_emails(False, by=level1)
    a_message(by=caseworker)
    assert send_messages_by_email() == 0


def test_two_processes_do_not_send_an_email_twice(reader, caseworker):
    a_message(by=caseworker)
    assert MessageMail.objects.queue() == 1
    assert MessageMail.objects.queue() == 0
    email = MessageMail.objects.due().get()
    assert MessageMail.objects.claim(email.pk)
    assert not MessageMail.objects.claim(email.pk)
    assert send_messages_by_email() == 0


def test_an_email_of_a_process_that_was_killed_is_sent_after_an_hour(reader, caseworker):
    a_message(by=caseworker)
    MessageMail.objects.queue()
    MessageMail.objects.claim(MessageMail.objects.get().pk)
    with later(minutes=59):
        assert send_messages_by_email() == 0
    with later(minutes=61):
        assert send_messages_by_email() == 1
        assert send_messages_by_email() == 0


def test_a_mail_server_that_refuses_is_tried_again_each_hour_for_3_days(reader, caseworker, monkeypatch):
    tries = []

    def refuse(*args, **values):
        tries.append(args)
        raise ConnectionRefusedError("no server")

    monkeypatch.setattr(mailing.mail, "send", refuse)
    a_message(by=caseworker)
    for hours in (0, 0.5, 1.1, 1.2, 71):
        with later(hours=hours):
            assert send_messages_by_email() == 0
            delete_old_emails()
    assert len(tries) == 3
    assert MessageMail.objects.get().mailed_at is None
    with later(hours=73):
        assert delete_old_emails() == 1
        assert send_messages_by_email() == 0


def test_one_address_that_is_refused_does_not_stop_the_others(reader, caseworker, monkeypatch):
    deputy = wants_email(a_user("deputy", Role.LEVEL_1, reader.licence), caseworker)
    send = mailing.mail.send

    def refuse_one(name, to, **values):
        if to == reader.email:
            raise SMTPRecipientsRefused({to: (550, b"unknown")})
        send(name, to, **values)

    monkeypatch.setattr(mailing.mail, "send", refuse_one)
    a_message(by=caseworker)
    assert send_messages_by_email() == 1
    assert sent_to() == [deputy.email]


def test_emails_are_deleted_30_days_after_they_were_sent(reader, caseworker):
    a_message(by=caseworker)
    send_messages_by_email()
    with later(days=29):
        assert delete_old_emails() == 0
    with later(days=31):
        assert delete_old_emails() == 1
        assert send_messages_by_email() == 0


def test_queueing_a_message_takes_as_many_statements_for_many_users_as_for_one(reader, caseworker):
    def statements():
        a_message(by=caseworker)
        with CaptureQueriesContext(connection) as captured:
            MessageMail.objects.queue()
        return len(captured)

    few = statements()
    for number in range(5):
        wants_email(a_user(f"deputy{number}", Role.LEVEL_1, reader.licence), caseworker)
    assert statements() == few
    assert MessageMail.objects.count() == 1 + 6
