"""`Your profile`: what users see and change of their own account (specification, sections 7 and 9)."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core import mail
from django.core.management import call_command
from django.test import Client

from licences.accounts import own_email
from licences.models import Event, Session, User
from tests.factories import PASSWORD
from tests.jobs import work_all
from tests.pages import Page
from tests.refusals import refused_as
from tests.second_factors import App, turned_on

pytestmark = pytest.mark.django_db

NINE = datetime(2026, 11, 23, 9, 0, 5, tzinfo=UTC)
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
SAFARI = (
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_5) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15"
)
NEW, THIRD = "new@example.ac.uk", "third@example.ac.uk"


@pytest.fixture
def at():
    """Return a function that sets the clock: `at(20)` is 20 minutes after nine, when each test begins."""
    with time_machine.travel(NINE, tick=False) as traveller:
        yield lambda minutes, seconds=0: traveller.move_to(NINE + timedelta(minutes=minutes, seconds=seconds))


def signed_in(username="level1", browser=FIREFOX):
    client = Client(headers={"User-Agent": browser})
    client.post("/sign-in/", {"login": username, "password": PASSWORD})
    client.get("/")
    return client


@pytest.fixture
def client(at, level1):
    """Return a client in which the Level 1 user signed in at nine with Firefox."""
    return signed_in()


def is_signed_in(client):
    return client.get("/profile/").status_code == 200


def profile(client):
    return Page(client.get("/profile/"))


def facts(page):
    return {row.one("dt").text: row.one("dd").text for row in page.all("div", of="govuk-summary-list__row")}


def test_the_own_name_in_the_header_leads_to_the_profile(client, level1):
    assert Page(client.get("/students/")).one("header").link("Level1") == "/profile/"


def test_the_profile_shows_the_own_details(client):
    page = profile(client)
    assert page.h1 == "Your profile"
    shown = facts(page)
    assert (shown["Name"], shown["User ID"], shown["Level"]) == ("Level1", "level1", "Level 1 user")
    assert shown["Sponsor"] == "University of Example"
    assert shown["Email address"] == "Not recorded yet"


@pytest.mark.parametrize("username", ["level2", "caseworker"])
def test_every_kind_of_user_has_a_profile(username, request, as_user):
    page = profile(as_user(request.getfixturevalue(username)))
    assert page.h1 == "Your profile"
    assert "Second factor of your organisation" not in page.main.text


def test_the_profile_takes_as_many_statements_however_many_sessions(client, django_assert_max_num_queries):
    for _ in range(10):
        signed_in()
    with django_assert_max_num_queries(5):  # session, user, app, recovery codes, sessions
        client.get("/profile/")


# Sessions


def sessions(client):
    [table] = profile(client).all("table")
    return [[cell.text for cell in row.all("th", "td")] for row in table.all("tr")[1:]]


def test_the_profile_shows_where_the_user_is_signed_in(client, at):
    at(5)
    signed_in(browser=SAFARI)
    at(15)
    assert sessions(client) == [
        ["Firefox on Windows (this browser)", "23 November 2026 at 9:00am", "23 November 2026 at 9:15am"],
        ["Safari on Mac OS X", "23 November 2026 at 9:05am", "23 November 2026 at 9:05am"],
    ]


def test_sessions_of_other_users_and_ended_sessions_are_not_shown(client, at, level2):
    signed_in("level2")
    signed_in().post("/sign-out/")
    old = signed_in(browser=SAFARI)
    at(19)
    client.get("/students/")
    at(21)
    assert len(sessions(client)) == 1
    assert not is_signed_in(old)


def test_a_page_needs_no_statement_more_for_this(client, at, django_assert_num_queries):
    with django_assert_num_queries(2):  # the session; and the user with the licence and the second factor
        client.get("/password/change/")
    at(1)
    with django_assert_num_queries(5):  # also the session's update, in a transaction
        client.get("/password/change/")


def test_signing_out_everywhere_ends_all_other_sessions(client, level1, level2):
    others = [signed_in(browser=SAFARI), signed_in(), Client()]
    others[2].force_login(level1)
    stranger = signed_in("level2")
    before = client.cookies["sessionid"].value
    answer = client.post("/profile/sign-out-everywhere/", follow=True)
    assert Page(answer).banners == ["You are signed out in all other browsers."]
    assert len(sessions(client)) == 1
    assert client.cookies["sessionid"].value != before
    assert not any(is_signed_in(other) for other in others)
    assert is_signed_in(stranger)
    assert Event.objects.about("user", level1.pk).last().verb == "end_sessions"


def test_a_sign_in_that_waits_for_a_code_ends_too(client, level1, at):
    app, _ = turned_on(level1)
    waits = Client()
    waits.post("/sign-in/", {"login": "level1", "password": PASSWORD})
    client.post("/profile/sign-out-everywhere/")
    at(1)
    waits.post("/sign-in/code/", {"code": app.code()})
    assert not is_signed_in(waits)


def test_each_session_has_its_user_and_a_visitors_has_none(client, level1):
    turned_on(level1)
    Client().post("/sign-in/", {"login": "level1", "password": PASSWORD})
    assert set(Session.objects.values_list("user", flat=True)) == {level1.pk, None}


# The longest session


def active_until(client, at, minutes):
    for minute in range(0, minutes, 15):
        at(minute)
        assert is_signed_in(client)


def test_a_session_ends_twelve_hours_after_signing_in_to_the_second(client, at):
    active_until(client, at, 12 * 60)
    at(719, 59)
    assert is_signed_in(client)
    at(720)
    page = Page(client.get("/students/", follow=True))
    assert page.banners == ["You were signed out, because you had been signed in for 12 hours."]
    assert not is_signed_in(client)


def test_the_number_of_hours_is_a_setting(client, at, settings):
    settings.SESSION_HOURS = 1
    active_until(client, at, 60)
    at(60)
    assert not is_signed_in(client)


def test_what_was_typed_is_kept_when_the_longest_session_ends(client, at, allocation):
    active_until(client, at, 12 * 60)
    address = "/students/create-cas/STUDENT/new/"
    typed = Page(client.get(address)).typed() | {"family_name": "Ng"}
    at(720)
    said = (
        "You were signed out, because you had been signed in for 12 hours. What you typed is kept. Sign in to continue."
    )
    assert Page(client.post(address, typed, follow=True)).banners == [said]


def test_pages_warn_when_activity_no_longer_helps(client, at):
    active_until(client, at, 12 * 60)
    polled = {"X-Polling": "true"}
    assert client.get("/session/", headers=polled).json() == {"seconds": 900, "final": True}
    assert client.post("/session/").json() == {"seconds": 900, "final": True}
    [dialog] = Page(client.get("/students/")).all("dialog")
    assert (dialog["data-left"], "data-final" in dialog) == ("900", True)


def test_confirming_does_not_prolong_a_session(client, at):
    active_until(client, at, 12 * 60)
    asked = client.get("/profile/email/")["Location"]
    client.post(asked, {"password": PASSWORD})
    at(720)
    assert not is_signed_in(client)


# The email address


@pytest.fixture
def with_email(level1):
    level1.set_email("old@example.ac.uk")
    level1.save()
    return level1


def asks(client, email):
    """Ask for a link to this address, and return the link that is mailed."""
    assert client.post("/profile/email/", {"email": email})["Location"] == "/profile/"
    mail.outbox.clear()
    work_all()
    [sent] = mail.outbox
    assert sent.to == [email]
    return next(line for line in sent.body.splitlines() if "://" in line).partition("://")[2].partition("/")[2]


def follows(client, link):
    return client.post(f"/{link}", follow=True)


def address_of(user):
    user.refresh_from_db()
    return user.email


def test_a_new_address_takes_effect_when_its_link_is_followed(client, with_email):
    link = asks(client, NEW)
    assert address_of(with_email) == "old@example.ac.uk"
    assert facts(profile(client))["New email address"].startswith(f"{NEW}: open the link")
    page = Page(client.get(f"/{link}"))
    assert page.h1 == "Confirm your email address"
    assert NEW in page.main.text
    assert address_of(with_email) == "old@example.ac.uk"
    assert Page(follows(client, link)).banners == ["Your email address is confirmed."]
    assert address_of(with_email) == NEW
    assert facts(profile(client))["Email address"] == f"{NEW}, confirmed on 23 November 2026"


def test_the_old_address_is_informed(client, with_email):
    link = asks(client, NEW)
    mail.outbox.clear()
    follows(client, link)
    work_all()
    [sent] = mail.outbox
    assert sent.to == ["old@example.ac.uk"]
    assert sent.subject == "Your email address was changed"
    assert NEW not in sent.body


def test_the_change_is_part_of_the_history(client, with_email):
    follows(client, asks(client, NEW))
    line = Event.objects.about("user", with_email.pk).last()
    assert (line.verb, line.by, line.data) == ("change_email", with_email, {"email": ["old@example.ac.uk", NEW]})


def test_the_present_address_can_be_confirmed(client, with_email):
    assert facts(profile(client))["Email address"] == "old@example.ac.uk, not confirmed"
    follows(client, asks(client, "old@example.ac.uk"))
    assert facts(profile(client))["Email address"] == "old@example.ac.uk, confirmed on 23 November 2026"
    assert Event.objects.about("user", with_email.pk).last().verb == "confirm_email"
    answer = client.post("/profile/email/", {"email": "old@example.ac.uk"})
    assert Page(answer).summary[0][0] == "This is your email address already, and it is confirmed"


def is_dead(client, link):
    page = Page(client.get(f"/{link}"))
    return page.h1 == "This link no longer works" and Page(follows(client, link)).h1 == page.h1


def test_a_link_works_once(client, with_email):
    link = asks(client, NEW)
    follows(client, link)
    assert is_dead(client, link)


def test_only_the_latest_link_works(client, with_email, at):
    first = asks(client, NEW)
    at(1)
    second = asks(client, THIRD)
    assert is_dead(client, first)
    follows(client, second)
    assert address_of(with_email) == THIRD


def test_a_link_does_not_work_after_another_change(client, with_email, caseworker):
    link = asks(client, NEW)
    with_email.amend(by=caseworker, name="Level1", email=THIRD)
    assert is_dead(client, link)
    assert address_of(with_email) == THIRD


def test_a_link_does_not_work_after_it_was_cancelled(client, with_email):
    link = asks(client, NEW)
    client.post("/profile/email/keep/")
    assert "New email address" not in facts(profile(client))
    assert is_dead(client, link)


@pytest.mark.parametrize(
    "act",
    [
        lambda user: user.end_sessions(by=user),
        lambda user: user.write_password("correct horse staple", "change_password"),
    ],
    ids=["signed out everywhere", "changed the password"],
)
def test_a_link_does_not_work_after_the_user_has(act, client, with_email):
    asks(client, NEW)
    user = User.objects.get(pk=with_email.pk)
    key = own_email.key_of(user)
    assert own_email.works(user, key)
    act(user)
    assert not own_email.works(user, key)


def test_a_link_works_for_a_day(client, with_email, at):
    link = asks(client, NEW)
    at(24 * 60 + 1)
    client = signed_in()
    assert is_dead(client, link)


def test_a_link_works_only_for_the_user_who_asked_for_it(client, with_email, level2):
    link = asks(client, NEW)
    assert is_dead(signed_in("level2"), link)
    assert Client().get(f"/{link}")["Location"].startswith("/sign-in/?next=/profile/email/confirm/")
    assert address_of(with_email) == "old@example.ac.uk"


@pytest.mark.parametrize("key", ["x", "x:y:z", "a" * 500, "%00"])
def test_a_forged_link_does_not_work(client, with_email, key):
    asks(client, NEW)
    assert is_dead(client, f"profile/email/confirm/{key}/")


def test_the_link_holds_no_address(client, with_email):
    link = asks(client, NEW)
    assert "example" not in link
    assert NEW not in str(own_email.signing.loads(link.split("/")[-2], salt=own_email.SALT))


@pytest.mark.parametrize(
    "typed", ["", "x", "a@b", "a" * 300 + "@example.ac.uk", "two@example.ac.uk, three@example.ac.uk"]
)
def test_a_wrong_address_is_not_mailed(client, with_email, typed):
    page = Page(client.post("/profile/email/", {"email": typed}))
    assert page.summary
    assert page.by_id("id_email")["value"] == typed
    assert not with_email.new_email


def test_a_user_can_ask_for_five_links_in_an_hour(client, with_email, at):
    for n in range(5):
        own_email.ask(with_email, f"other{n}@example.ac.uk")
    with refused_as("licences.too_many_links_to_addresses"):
        own_email.ask(with_email, NEW)
    at(60)
    own_email.ask(with_email, NEW)


def test_the_password_is_asked_again_before_the_address_changes(client, with_email, at):
    at(11)
    assert client.post("/profile/email/", {"email": NEW})["Location"].startswith("/confirm/")


# The second factor


def test_the_profile_shows_the_second_factor(client, level1, at):
    assert "Off." in profile(client).main.text
    turned_on(level1)
    shown = facts(profile(client))
    assert (shown["State"], shown["Recovery codes left"]) == ("On", "10")


def test_it_is_turned_off_after_a_question(client, level1):
    turned_on(level1)
    address = "/profile/second-factor/turn-off/"
    assert Page(client.get(address)).h1 == "Turn off your second factor"
    assert Page(client.post(address, follow=True)).banners == ["Your second factor is turned off."]
    assert Page(client.get(address, follow=True)).banners == ["This user has no second factor."]


def test_it_cannot_be_turned_off_where_all_users_must_have_it(client, level1):
    turned_on(level1)
    level1.licence.require_second_factor(True, by=level1)
    assert "Turn off" not in profile(client).main.text
    for answer in (
        client.get("/profile/second-factor/turn-off/", follow=True),
        client.post("/profile/second-factor/turn-off/", follow=True),
    ):
        assert Page(answer).banners == ["You must have a second factor, so you can only replace the app."]


def test_each_change_of_it_asks_for_the_password_or_a_code_first(client, level1, at):
    at(11)
    assert client.get("/profile/second-factor/")["Location"].startswith("/confirm/")
    turned_on(level1)
    for address in ("turn-off/", "recovery-codes/"):
        assert client.post(f"/profile/second-factor/{address}")["Location"].startswith("/confirm/")


def test_a_page_that_asks_leads_back_to_the_set_up(client, at):
    at(11)
    asked = client.get("/profile/second-factor/?next=/students/")["Location"]
    assert client.post(asked, {"password": PASSWORD})["Location"] == "/profile/second-factor/?next=/students/"


def test_the_app_can_be_replaced(client, level1):
    lost, _ = turned_on(level1)
    page = Page(client.get("/profile/second-factor/"))
    assert page.h1 == "Replace your authenticator app"
    app = App(page.main.one("dd", of="sms-code").text)
    assert app != lost
    assert Page(client.post("/profile/second-factor/", {"code": app.code()})).h1 == "Your recovery codes"


def test_the_picture_holds_the_same_key(client):
    page = Page(client.get("/profile/second-factor/"))
    [picture] = page.main.all("img")
    assert picture["src"].startswith("data:image/svg+xml;base64,")
    assert "QR code" in picture["alt"]


def test_a_level_1_user_sets_the_rule_of_the_sponsor(client, level1, level2):
    address = "/profile/second-factor/of-all-users/"
    turned_on(level1)
    page = Page(client.get(address))
    assert "1 of 2 active users of your organisation has no second factor." in page.main.text
    assert Page(client.post(address, {})).summary == [("Select who must have a second factor", "#id_required")]
    client.post(address, {"required": "all"})
    assert "All users must have a second factor." in profile(client).main.text
    assert Page(client.post(address, {"required": "all"}, follow=True)).banners == [
        "You made no changes, so nothing was saved."
    ]
    history = Page(client.get("/licence/history/")).main.text
    assert "Second factor for all users changed" in history


def test_the_last_level_1_user_can_turn_the_rule_on_without_a_second_factor_of_their_own(client):
    client.post("/profile/second-factor/of-all-users/", {"required": "all"})
    assert client.get("/profile/")["Location"] == "/profile/second-factor/?next=%2Fprofile%2F"


def test_a_level_1_user_resets_it_on_the_page_of_the_user(client, level2, with_email):
    level2.set_email("level2@example.ac.uk")
    level2.save()
    turned_on(level2)
    theirs = signed_in("level2")
    level2_client = Client()
    level2_client.force_login(level2)
    page = Page(client.get(f"/users/{level2.pk}/"))
    assert page.form(f"/users/{level2.pk}/reset-second-factor/")["method"] == "post"
    answer = client.post(f"/users/{level2.pk}/reset-second-factor/", follow=True)
    said = "The second factor of Level2 is reset. They can sign in with their password."
    assert Page(answer).banners == [said]
    assert not is_signed_in(level2_client)
    assert not is_signed_in(theirs)
    assert is_signed_in(signed_in("level2"))
    work_all()
    subjects = ["Your second factor was turned on", "Your second factor was reset"]
    assert [(sent.to, sent.subject) for sent in mail.outbox] == [(["level2@example.ac.uk"], each) for each in subjects]
    assert "Second factor reset" in Page(answer).main.text


def test_a_caseworker_resets_it_in_the_admin(as_user, caseworker, level1):
    client = as_user(caseworker)
    address = f"/admin/licences/user/{level1.pk}/reset-second-factor/"
    assert client.get(address).status_code == 302
    turned_on(level1)
    answer = client.post(address, Page(client.get(address)).typed(), follow=True)
    assert Page(answer).banners == ["Second factor reset, and the user signed out everywhere"]
    assert Event.objects.about("user", level1.pk).last().by == caseworker


def test_the_old_table_of_sessions_is_gone():
    call_command("migrate", "licences", "--check", verbosity=0)
