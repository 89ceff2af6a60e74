"""A link to choose a password works once and for a day, only for the user who got it (specification, section 9)."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client

from licences.models import Event, User
from tests.factories import PASSWORD
from tests.licences.links import chosen, key_for, opened
from tests.pages import Page
from tests.second_factors import turned_on

pytestmark = pytest.mark.django_db

NEW = "plum tractor window"
NO_LINK = "This link does not work"
NINE = datetime(2026, 10, 24, 9, tzinfo=UTC)  # London's clocks change that night


@pytest.fixture
def user(level2):
    level2.email = "level2@example.ac.uk"
    level2.save()
    return level2


def sign_in(password, client=None, user="level2"):
    return (client or Client()).post("/sign-in/", {"login": user, "password": password}).status_code == 302


def test_a_user_chooses_a_password_by_a_link_and_signs_in_with_it(user):
    client, page = opened(key_for(user))
    assert page.h1 == "Choose your password"
    assert page.by_id("username")["value"] == "level2"
    assert page.by_id("id_new_password")["autocomplete"] == "new-password"
    after = chosen(client, NEW)
    assert (after.h1, after.banners) == ("Sign in", ["Your new password is set. Sign in with it."])
    assert sign_in(NEW)
    assert not sign_in(PASSWORD)
    line = Event.objects.about("user", user.pk).last()
    assert (line.verb, line.by, line.data) == ("choose_password", user, {})


def test_the_address_of_the_page_does_not_hold_the_key_of_the_link(user):
    key, client = key_for(user), Client()
    answer = client.get("/password/link/", {"key": key})
    assert (answer.status_code, answer["Location"]) == (302, "/password/choose/")
    assert "no-store" in answer["Cache-Control"]
    assert key not in client.get("/password/choose/").content.decode()


def test_a_link_works_once(user):
    key = key_for(user)
    client, _ = opened(key)
    waiting, _ = opened(key)
    chosen(client, NEW)
    assert opened(key)[1].h1 == NO_LINK
    assert opened(key, client)[1].h1 == NO_LINK
    assert chosen(waiting, "another quarry kingfisher").h1 == NO_LINK
    assert sign_in(NEW)


@pytest.mark.parametrize(("seconds", "works"), [(0, True), (86_400, True), (86_401, False), (-60, True)])
def test_a_link_works_for_a_day_even_if_the_clocks_change(seconds, works, user):
    with time_machine.travel(NINE, tick=False) as traveller:
        key = key_for(user)
        traveller.move_to(NINE + timedelta(seconds=seconds))
        assert (opened(key)[1].h1 != NO_LINK) == works


def another_email(user, by):
    user.amend(name=user.name, email="another@example.ac.uk", by=by)


def deactivated(user, by):
    user.deactivate(by=by)


def reactivated(user, by):
    user.deactivate(by=by)
    user.reactivate(by=by)


def signed_in(user, by):
    assert sign_in(PASSWORD)


def of_another_level(user, by):
    User.objects.filter(pk=user.pk).update(role="LEVEL_1")


def signed_out_everywhere(user, by):
    user.end_sessions(by=user)


def another_password(user, by):
    user.write_password("another quarry kingfisher", "change_password")


CHANGES = [
    another_email,
    deactivated,
    reactivated,
    signed_in,
    of_another_level,
    signed_out_everywhere,
    another_password,
]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
@pytest.mark.parametrize("is_open", [False, True], ids=["not opened", "opened"])
def test_a_change_of_the_user_makes_earlier_links_invalid(change, is_open, user, caseworker):
    key = key_for(user)
    client, _ = opened(key) if is_open else (Client(), None)
    change(user, caseworker)
    page = Page(client.get("/password/choose/")) if is_open else opened(key)[1]
    assert page.h1 == NO_LINK
    assert page.buttons("Ask for a new link")[0]["href"] == "/password/forgotten/"
    if is_open:
        assert chosen(client, NEW).h1 == NO_LINK
    assert not Event.objects.filter(verb="choose_password").exists()


def test_its_twin_without_a_change_the_link_works(user):
    assert opened(key_for(user))[1].h1 == "Choose your password"


def test_a_link_of_one_user_does_not_work_for_another(user, colleague):
    _, _, token = key_for(user).partition("-")
    assert opened(f"{colleague.pk}-{token}")[1].h1 == NO_LINK


@pytest.mark.parametrize(
    "key", ["", "x", "0-0-0", "1", "-", "1-zzz-" + "f" * 32, "9" * 30 + "-a-b", "\x00", "1-" + "z" * 5000]
)
def test_a_key_that_the_portal_never_made_is_answered_without_a_session(key, user):
    client, page = opened(key)
    assert page.h1 == NO_LINK
    assert "sessionid" not in client.cookies


def test_a_weak_password_is_refused_with_a_sentence_and_the_link_still_works(user):
    client, _ = opened(key_for(user))
    page = chosen(client, "short")
    assert page.error_of("new_password") == "Password must have 12 characters or more"
    assert page.by_id("id_new_password")["value"] == ""
    assert chosen(client, "").error_of("new_password") == "Enter a new password"
    assert chosen(client, NEW).h1 == "Sign in"


def test_choosing_a_password_ends_all_sessions_and_the_lock_of_the_user(user, as_user):
    elsewhere = as_user(user)
    for number in range(3):
        sign_in(f"guess {number}")
    assert not sign_in(PASSWORD)
    client, _ = opened(key_for(user))
    chosen(client, NEW)
    assert elsewhere.get("/students/").status_code == 302
    assert sign_in(NEW)


def test_choosing_a_password_signs_out_another_user_of_the_same_browser(user, level1, as_user):
    client = as_user(level1)
    opened(key_for(user), client)
    assert client.get("/students/").status_code == 200
    assert chosen(client, NEW).h1 == "Sign in"


def test_a_session_that_another_person_planted_does_not_get_the_link(user):
    attacker = Client()
    opened(key_for(user), attacker)  # with a link of their own, for example
    planted = attacker.cookies["sessionid"].value
    victim = Client()
    victim.cookies["sessionid"] = planted
    opened(key_for(user), victim)
    assert victim.cookies["sessionid"].value != planted
    assert Page(attacker.get("/password/choose/")).h1 == NO_LINK


def test_no_line_of_the_log_holds_a_key(user, log_lines):
    key = key_for(user)
    client, _ = opened(key)
    chosen(client, NEW)
    assert {line.get("request") for line in log_lines} >= {"GET /password/link/", "POST /password/choose/"}
    assert key not in str(log_lines)
    assert key.rpartition("-")[2] not in str(log_lines)
    assert NEW not in str(log_lines)


def test_another_site_cannot_choose_a_password(user):
    client = Client(enforce_csrf_checks=True)
    opened(key_for(user), client)
    assert client.post("/password/choose/", {"new_password": NEW}).status_code == 403


def test_a_link_does_not_end_a_lock_of_a_user_with_a_second_factor(user):
    turned_on(user)
    user.sign_in_counts.create(browser="", tried_at="2026-11-29 12:00Z", locked_until="2099-01-01 00:00Z")
    client, _ = opened(key_for(user))
    chosen(client, NEW)
    user.refresh_from_db()
    assert user.check_password(NEW)
    assert user.is_locked
