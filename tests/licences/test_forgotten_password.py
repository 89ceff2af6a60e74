"""A user who forgot the password gets a link by email. No visitor learns who is a user (specification, section 9)."""

from datetime import timedelta
from statistics import median
from time import perf_counter

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from licences.models import Event, Job, SignIn, User
from licences.models import sign_in as limits
from licences.regular_jobs import put_back_jobs
from sms.core import clock
from tests.factories import PASSWORD
from tests.jobs import work_all
from tests.licences.links import chosen, key_for, mailed, opened
from tests.pages import Page

pytestmark = pytest.mark.django_db

ASK = "/password/forgotten/"
SENT = "If an active user has this User ID or email address, we have sent them an email"


@pytest.fixture
def user(level2):
    level2.email = "Jo.Ashworth@example.ac.uk"
    level2.save()
    return level2


def ask(who, client=None):
    page = Page((client or Client()).post(ASK, {"who": who}, follow=True))
    work_all()
    return page


@pytest.mark.parametrize("who", ["level2", "LEVEL2", " level2 ", "jo.ashworth@EXAMPLE.ac.uk"])
def test_a_user_gets_a_link_by_user_id_or_email_address_in_any_case(who, user):
    page = ask(who)
    assert page.h1 == "Check your email"
    assert SENT in page.main.text
    (sent,) = mail.outbox
    assert (sent.to, sent.subject) == (["Jo.Ashworth@example.ac.uk"], "Choose a new password")
    assert "Your User ID is level2." in sent.body
    client = Client()
    assert Page(client.get(mailed(), follow=True)).h1 == "Choose your password"
    assert chosen(client, "plum tractor window").h1 == "Sign in"


def test_the_sign_in_page_leads_to_it(db):
    client = Client()
    assert (
        Page(client.get(Page(client.get("/sign-in/")).link("Forgotten your password?"))).h1
        == "Forgotten your password?"
    )


def test_an_email_names_the_user_as_typed(user, caseworker):
    user.amend(name="Zoë O’Brien & <Co>", email=user.email, by=caseworker)
    ask("level2")
    assert "Dear Zoë O’Brien & <Co>," in mail.outbox[0].body


@pytest.mark.parametrize("who", ["stranger", "stranger@example.ac.uk", "system", "%", "a" * 254, "level2@"])
def test_the_page_is_the_same_if_there_is_no_such_user(who, user):
    assert ask(who).main.text == ask("level2").main.text
    assert len(mail.outbox) == 1


def test_a_user_without_an_email_address_and_a_deactivated_user_get_no_link(user, level1, caseworker):
    user.deactivate(by=caseworker)
    for who in ("level1", "level2", user.email):
        assert SENT in ask(who).main.text
    assert mail.outbox == []


def test_nothing_is_sent_if_the_user_is_deactivated_before_the_email_goes(user, caseworker):
    Client().post(ASK, {"who": "level2"})
    user.deactivate(by=caseworker)
    work_all()
    assert mail.outbox == []


def test_users_with_the_same_email_address_get_a_link_each(user, colleague):
    colleague.email = user.email
    colleague.save()
    ask(user.email)
    assert {body for sent in mail.outbox for body in sent.body.split("\n") if "Your User ID" in body} == {
        "Your User ID is level2.",
        "Your User ID is colleague.",
    }


@pytest.mark.parametrize(
    ("who", "sentence"),
    [
        ("", "Enter your User ID or your email address"),
        ("a" * 255, "User ID or email address must be 254 characters or fewer"),
    ],
)
def test_a_missing_or_long_text_is_named(who, sentence, db):
    assert Page(Client().post(ASK, {"who": who})).error_of("who").startswith(sentence[:40])


def test_the_same_statements_run_whether_there_is_such_a_user_or_not(user):
    """So the time does not differ. Undoing the work of the second is one statement in the place of another."""
    ran = []
    for who in ("level2", "stranger"):
        with CaptureQueriesContext(connection) as queries:
            Client().post(ASK, {"who": who})
        ran.append([query["sql"].split()[:3] for query in queries if "SAVEPOINT" not in query["sql"]])
    assert ran[0] == ran[1]
    assert len(ran[0]) > 5


@pytest.mark.long
def test_it_takes_as_long_whether_there_is_such_a_user_or_not(user, settings):
    def seconds(who):
        start = perf_counter()
        Client().post(ASK, {"who": who})
        Job.objects.all().delete()  # so that the limit of one user has no effect
        return perf_counter() - start

    seconds("level2")
    found, unknown = zip(*((seconds("level2"), seconds("stranger")) for _ in range(30)), strict=True)
    assert median(unknown) == pytest.approx(median(found), rel=0.5)


def test_a_user_gets_at_most_three_links_in_an_hour_which_all_work(user):
    for _ in range(5):
        assert SENT in ask("level2").main.text
    assert len(mail.outbox) == 3
    with clock.set_to(clock.now() + timedelta(hours=1, seconds=1)):
        ask("level2")
    assert len(mail.outbox) == 4


def test_a_visitor_who_asks_again_and_again_cannot_keep_a_user_from_a_new_link_for_longer(user):
    start = clock.now()
    for minutes in range(0, 180, 5):
        with clock.set_to(start + timedelta(minutes=minutes)):
            ask("level2")
    assert len(mail.outbox) == 9


def test_it_is_recorded_among_the_sign_ins_and_not_in_the_history_which_cannot_be_shortened(user):
    events = Event.objects.count()
    ask("level2")
    ask("stranger")
    assert Event.objects.count() == events
    assert list(SignIn.objects.order_by("pk").values_list("outcome", "user")) == [("LINK", user.pk), ("LINK", None)]


def test_a_network_from_which_too_many_tries_failed_must_wait(user, monkeypatch):
    monkeypatch.setattr(limits, "NETWORK_FAILURES", 2)
    for _ in range(2):
        ask("stranger")
    page = ask("level2")
    assert page.summary[0][0].startswith("Too many sign-ins from your network have failed.")
    assert mail.outbox == []


def test_if_the_mail_server_does_not_answer_the_page_is_the_same_and_the_email_is_tried_again(user, monkeypatch):
    def unreachable(*args, **options):
        raise ConnectionRefusedError(111, "Connection refused")

    with monkeypatch.context() as broken:
        broken.setattr("django.core.mail.EmailMessage.send", unreachable)
        assert SENT in ask("level2").main.text
    job = Job.objects.get()
    assert (job.state, job.error) == ("WAITING", "ConnectionRefusedError: Connection refused")
    with clock.set_to(job.due_at):
        put_back_jobs()
        work_all()
    assert len(mail.outbox) == 1


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/"])
def test_no_page_about_passwords_leads_to_another_site(elsewhere, user, as_user):
    client = as_user(user)
    opened(key_for(User.objects.get(pk=user.pk)), client)
    for address, typed, leads_to in (
        (ASK, {"who": "level2"}, "/password/forgotten/sent/"),
        ("/password/change/", {"old_password": PASSWORD, "new_password": "seven rivers of chalk"}, "/"),
    ):
        answer = client.post(f"{address}?next={elsewhere}", {**typed, "next": elsewhere})
        assert answer.headers["Location"] == leads_to
    opened(key_for(User.objects.get(pk=user.pk)), client)
    typed = {"new_password": "plum tractor window", "next": elsewhere}
    assert client.post(f"/password/choose/?next={elsewhere}", typed).headers["Location"] == "/sign-in/"
