"""Emails are plain text, and the portal does not start without a mail server and a sender."""

import pytest

from licences import mail
from sms.startup import check_email

SERVER, SENDER = "smtp+tls://user:secret@mail.example.ac.uk:587", "SMS <sms@example.ac.uk>"


def problems(settings, url, sender):
    settings.DEMO, settings.EMAIL_URL, settings.DEFAULT_FROM_EMAIL = False, url, sender
    return [error.msg for error in check_email()]


def test_a_mail_server_and_a_sender_are_enough(settings):
    assert problems(settings, SERVER, SENDER) == []


@pytest.mark.parametrize(
    ("url", "sender", "said"),
    [
        ("", SENDER, "EMAIL_URL is missing."),
        ("consolemail://", SENDER, "EMAIL_URL must name a mail server"),
        ("filemail:////tmp/mail", SENDER, "EMAIL_URL must name a mail server"),
        ("dummymail://", SENDER, "EMAIL_URL must name a mail server"),
        ("smtp://", SENDER, "EMAIL_URL must name a mail server"),
        (SERVER, "", "EMAIL_FROM is missing."),
        (SERVER, "Home Office", "EMAIL_FROM must be an email address."),
    ],
)
def test_a_missing_or_wrong_variable_is_named_without_its_value(url, sender, said, settings):
    (problem,) = problems(settings, url, sender)
    assert problem.startswith(said)
    assert "secret" not in problem


def test_in_demo_mode_nothing_is_needed(settings):
    settings.EMAIL_URL = settings.DEFAULT_FROM_EMAIL = ""
    assert check_email() == []


def test_a_link_has_the_address_of_the_portal(settings):
    settings.PORTAL_ADDRESS = "https://sms.example.ac.uk:8443"
    assert mail.address("action_plan", 7) == "https://sms.example.ac.uk:8443/licence/action-plans/7/"
    assert mail.address("account_login", next="/a b/") == "https://sms.example.ac.uk:8443/sign-in/?next=%2Fa+b%2F"
