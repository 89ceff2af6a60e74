"""Users get an email about each change of how they sign in, and the history shows it (specification, 9 and 12)."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.core import mail
from django.test import Client

from licences.accounts import links, notices, own_email, second_factor
from licences.models import Event, Job, User
from licences.timeline import titles
from tests.factories import PASSWORD
from tests.jobs import work_all
from tests.licences.links import chosen, key_for, opened
from tests.pages import Page
from tests.second_factors import App, turned_on

pytestmark = pytest.mark.django_db

NINE = datetime(2026, 11, 23, 9, 0, 5, tzinfo=UTC)
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
OLD, NEW = "old@example.ac.uk", "new@example.ac.uk"
PHRASE = "plum tractor window"


@pytest.fixture(autouse=True)
def at_nine():
    with time_machine.travel(NINE, tick=False):
        yield


@pytest.fixture
def user(level1):
    level1.set_email(OLD)
    level1.save()
    return level1


@pytest.fixture
def client(user):
    """Return a client in which the user has signed in with Firefox."""
    client = Client(headers={"User-Agent": FIREFOX})
    client.post("/sign-in/", {"login": "level1", "password": PASSWORD})
    client.get("/")
    return client


def emails():
    """Send what waits, and return the emails."""
    mail.outbox.clear()
    work_all()
    return list(mail.outbox)


def last(user):
    line = Event.objects.about("user", user.pk).last()
    return line.verb, line.by, line.data


# What a user does


def changes_password(client, user):
    client.post("/password/change/", {"old_password": PASSWORD, "new_password": PHRASE})


def forgets_password(client, user):
    user.refresh_from_db()
    visitor, _ = opened(key_for(user), Client(headers={"User-Agent": FIREFOX}))
    chosen(visitor, PHRASE)


def turns_it_on(client, user):
    app = App(Page(client.get("/profile/second-factor/")).main.one("dd", of="sms-code").text)
    client.post("/profile/second-factor/", {"code": app.code()})


def replaces_it(client, user):
    turned_on(user)
    emails()
    turns_it_on(client, user)


def turns_it_off(client, user):
    turned_on(user)
    emails()
    client.post("/profile/second-factor/turn-off/")


def makes_codes(client, user):
    turned_on(user)
    emails()
    client.post("/profile/second-factor/recovery-codes/")


def uses_a_code(client, user):
    _, codes = turned_on(user)
    emails()
    visitor = Client(headers={"User-Agent": FIREFOX})
    visitor.post("/sign-in/", {"login": "level1", "password": PASSWORD})
    visitor.post("/sign-in/code/", {"code": codes[0]})


def changes_address(client, user):
    client.post("/profile/email/", {"email": NEW})
    emails()
    client.post(f"/profile/email/confirm/{own_email.key_of(User.objects.get(pk=user.pk))}/")


OWN_ACTS = {
    changes_password: "Your password was changed",
    forgets_password: "A new password was chosen with an emailed link",
    turns_it_on: "Your second factor was turned on",
    replaces_it: "Your authenticator app was replaced",
    turns_it_off: "Your second factor was turned off",
    makes_codes: "New recovery codes were made",
    uses_a_code: "A recovery code was used",
    changes_address: "Your email address was changed",
}


@pytest.fixture(params=OWN_ACTS, ids=lambda act: act.__name__)
def sent(request, client, user):
    """Return the subject of the email that must be sent after an act of the user, and the email."""
    request.param(client, user)
    [email] = emails()
    return OWN_ACTS[request.param], email


def test_the_user_gets_an_email_that_says_what_happened_when_and_in_which_kind_of_browser(sent):
    subject, email = sent
    assert (email.to, email.subject) == ([OLD], subject)
    assert "Dear Level1," in email.body
    assert "your User ID level1 in the Sponsorship Management System" in email.body
    assert "When: 23 November 2026 at 9:00am" in email.body
    assert "Browser: Firefox on Windows" in email.body
    contact = "contact another Level 1 user of your organisation or the Home Office at once."
    assert f"If you did not do this, {contact}" in email.body


def test_it_holds_no_secret_no_link_and_no_new_address(sent):
    _, email = sent
    for secret in ("://", "key=", NEW, PASSWORD, PHRASE):
        assert secret not in email.body


def test_a_first_password_causes_no_notice(user):
    user.set_unusable_password()
    user.save()
    links.choose_password(key_for(user), PHRASE)
    assert emails() == []


def test_a_user_without_an_address_gets_none(level1):
    second_factor.make_recovery_codes(level1) if turned_on(level1) else None
    assert emails() == []
    assert not Job.objects.exists()


def test_an_unknown_browser_is_left_out(user):
    turned_on(user)
    [email] = emails()
    assert "Browser" not in email.body


# What others do


def amends(by, user):
    user.amend(by=by, name=user.name, email=NEW)


def resets(by, user):
    turned_on(user)
    emails()
    second_factor.reset(user, by=by)


def reactivates(by, user):
    user.deactivate(by=by)
    user.reactivate(by=by)


ACTS_OF_OTHERS = {
    amends: "Your email address was changed",
    resets: "Your second factor was reset",
    reactivates: "You can sign in again",
}


@pytest.mark.parametrize("act", ACTS_OF_OTHERS, ids=lambda act: act.__name__)
@pytest.mark.parametrize("who", ["level1", "caseworker"])
def test_the_user_gets_an_email_at_the_old_address_that_says_who_did_it(act, who, request, level1, level2):
    level2.set_email(OLD)
    level2.save()
    act(request.getfixturevalue(who), level2)
    [email] = emails()
    assert (email.to, email.subject) == ([OLD], ACTS_OF_OTHERS[act])
    said = {"level1": "By: a Level 1 user", "caseworker": "By: a Home Office caseworker"}
    assert said[who] in email.body
    assert "If you did not ask for this, contact a Level 1 user of your organisation" in email.body
    assert NEW not in email.body


def test_a_change_of_the_name_alone_and_a_first_address_cause_no_notice(level2, caseworker):
    level2.amend(by=caseworker, name="Level2", email=OLD)
    level2.amend(by=caseworker, name="New Name", email=OLD)
    assert emails() == []


def test_a_caseworker_is_referred_to_another_caseworker(caseworker):
    caseworker.set_email(OLD)
    caseworker.save()
    turned_on(caseworker)
    [email] = emails()
    assert "If you did not do this, contact another caseworker at once." in email.body


# All of them

WITHOUT_NOTICE = {
    "add": "an email with a link is sent",
    "send_link": "an email with a link is sent",
    "ask_for_email_link": "an email with a link is sent",
    "cancel_email_link": "nothing changes",
    "confirm_email": "the user has just read an email",
    "amend": "the email about a change of the address says so",
    "deactivate": "it gives no right to sign in, and the user notices it",
    "end_sessions": "it gives no right to sign in, and the user notices it",
    "set_password": "it no longer happens",
    "lock": "a stranger can cause it as often as they want",
    "unlock": "the password is still needed",
    "acknowledge": "it is about messages",
    "choose_message_emails": "it is about messages",
}


def test_every_event_about_a_user_has_a_notice_or_a_reason_to_have_none():
    verbs = {verb for kind, verb in titles() if kind == "user"}
    assert verbs == set(notices.NOTICES) | set(WITHOUT_NOTICE)
    assert not set(notices.NOTICES) & set(WITHOUT_NOTICE)


# The history of a change of the own address


def test_asking_for_a_change_of_the_own_address_is_part_of_the_history(user):
    own_email.ask(user, NEW)
    assert last(user) == ("ask_for_email_link", user, {"new_email": ["", NEW]})
    own_email.ask(user, "third@example.ac.uk")
    assert last(user) == ("ask_for_email_link", user, {"new_email": [NEW, "third@example.ac.uk"]})


def test_asking_for_a_link_to_the_present_address_is_part_of_the_history(user):
    own_email.ask(user, OLD)
    assert last(user) == ("ask_for_email_link", user, {"new_email": ["", OLD]})


def test_cancelling_it_is_part_of_the_history_once(client, user):
    own_email.ask(user, NEW)
    for _ in range(2):
        client.post("/profile/email/keep/")
    assert last(user) == ("cancel_email_link", user, {"new_email": [NEW, ""]})
    assert Event.objects.about("user", user.pk).filter(verb="cancel_email_link").count() == 1


def test_a_change_by_another_user_that_cancels_it_says_so(user, caseworker):
    own_email.ask(user, NEW)
    user.refresh_from_db()
    user.amend(by=caseworker, name="Level1", email="third@example.ac.uk")
    assert last(user) == ("amend", caseworker, {"email": [OLD, "third@example.ac.uk"], "new_email": [NEW, ""]})


def test_the_page_of_the_user_shows_it_in_words(client, user):
    own_email.ask(user, NEW)
    own_email.cancel(user)
    text = Page(client.get(f"/users/{user.pk}/")).main.text
    assert "Asked for a link to confirm an email address" in text
    assert "Change of the email address cancelled" in text
    assert f"New email address: {NEW}" in text
