"""Twenty minutes without activity sign a user out (specification, section 9)."""

import re
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from licences import sign_in_notice, time_out
from licences.models import Session
from licences.regular_jobs import delete_ended_sessions
from sms.core import clock
from tests.factories import PASSWORD, a_cas
from tests.pages import Page

pytestmark = pytest.mark.django_db

NINE = datetime(2026, 11, 23, 9, tzinfo=UTC)
SIGNED_OUT = "You were signed out after 20 minutes without activity."


@pytest.fixture
def at():
    """Return a function that sets the clock: `at(19, 30)` is half a minute before the time-out. Tests begin at nine."""
    with time_machine.travel(NINE, tick=False) as traveller:
        yield lambda minutes, seconds=0: traveller.move_to(NINE + timedelta(minutes=minutes, seconds=seconds))


@pytest.fixture
def client(at, level1):
    """Return a client in which a user signed in at nine and opened Students."""
    client = Client()
    client.post("/sign-in/", {"login": "level1", "password": PASSWORD})
    assert is_signed_in(client)
    return client


def is_signed_in(client, address="/students/"):
    return client.get(address).status_code == 200


def seconds_left(client):
    return client.get("/session/", headers={"X-Polling": "true"}).json()["seconds"]


def writes(client, address="/students/", **headers):
    with CaptureQueriesContext(
        connection,
    ) as queries:
        client.get(address, headers=headers)
    return [query["sql"] for query in queries if "licences_session" in query["sql"] and "SELECT" not in query["sql"]]


def test_a_session_ends_after_twenty_minutes(client, at):
    at(19, 59)
    assert seconds_left(client) == 1
    assert is_signed_in(client)
    at(39, 59)
    assert not is_signed_in(client)


def test_activity_starts_the_twenty_minutes_again(client, at):
    for minutes in range(0, 120, 15):
        at(minutes)
        assert is_signed_in(client)


def test_a_session_ends_even_if_its_row_has_not_expired(client, at):
    """The row may be written after the last activity, because a session holds other data. The end deletes it."""
    Session.objects.update(expire_date=NINE + timedelta(days=1))
    at(20)
    old = client.cookies["sessionid"].value
    assert not is_signed_in(client)
    assert not Session.objects.filter(session_key=old).exists()


def test_the_test_above_would_see_a_session_that_does_not_end(client, at, monkeypatch):
    monkeypatch.setattr(time_out, "_idle_seconds", lambda request: 0)
    Session.objects.update(expire_date=NINE + timedelta(days=1))
    at(20)
    assert is_signed_in(client)


def test_the_sign_in_page_says_why_and_leads_back(client, at):
    at(21)
    answer = client.get("/students/cas/?status=USED")
    assert answer["Location"] == "/sign-in/?next=/students/cas/%3Fstatus%3DUSED"
    assert Page(client.get(answer["Location"])).banners == [SIGNED_OUT]


@pytest.mark.parametrize("name", ["print", "delete"])
def test_a_button_leads_back_to_the_page_where_it_was_selected(client, at, level1, allocation, name):
    cas = a_cas(level1)
    at(21)
    page = f"/students/cas/{cas.pk}/?from=list"
    answer = client.post(f"/students/cas/{cas.pk}/{name}/", headers={"Referer": f"http://testserver{page}"})
    assert answer["Location"] == f"/sign-in/?next={quote(page)}"
    board = client.post(answer["Location"], {"login": "level1", "password": PASSWORD}, follow=True)
    back = client.post("/messages/", Page(board).typed("/messages/"))
    assert (back["Location"], client.get(back["Location"]).status_code) == (page, 200)


@pytest.mark.parametrize("elsewhere", ["http://elsewhere.example/x", "//x", "http://[", ""])
def test_another_site_cannot_choose_the_page_after_signing_in(client, at, elsewhere):
    at(21)
    answer = client.post("/students/cas/1/print/", headers={"Referer": elsewhere})
    assert answer["Location"] == "/sign-in/?next=/students/cas/1/print/"


def test_the_sign_in_page_says_why_even_if_a_script_noticed_the_time_out_first(client, at):
    at(21)
    assert seconds_left(client) == 0
    assert Page(client.get("/students/", follow=True)).banners == [SIGNED_OUT]


@pytest.mark.parametrize("polled", [True, False], ids=["noticed by a script", "noticed by a request"])
def test_the_sign_in_page_says_that_what_was_typed_is_kept(client, at, polled):
    address = "/students/create-cas/STUDENT/new/"
    typed = Page(client.get(address)).typed() | {"family_name": "Nguyễn"}
    assert client.post(address, typed, headers={"X-Keep-Draft": "true"}).status_code == 200
    at(21)
    if polled:
        assert seconds_left(client) == 0
    page = Page(client.get("/students/", follow=True))
    assert page.banners == [f"{SIGNED_OUT} What you typed is kept. Sign in to continue."]


def test_a_draft_of_another_day_is_not_mentioned(client, at):
    address = "/students/create-cas/STUDENT/new/"
    typed = Page(client.get(address)).typed() | {"family_name": "Nguyễn"}
    client.post(address, typed, headers={"X-Keep-Draft": "true"})
    at(13 * 60)
    client.post("/sign-in/", {"login": "level1", "password": PASSWORD})
    assert is_signed_in(client)
    at(13 * 60 + 21)
    assert Page(client.get("/students/", follow=True)).banners == [SIGNED_OUT]


def test_the_sign_in_page_says_why_only_once(client, at):
    at(21)
    for _ in range(2):
        address = client.get("/students/")["Location"]
    assert Page(client.get(address)).banners == [SIGNED_OUT]
    assert Page(client.get(client.get("/students/")["Location"])).banners == []


def test_a_visitor_who_never_signed_in_or_who_signed_out_sees_no_message(client):
    for visitor in (Client(), client):
        client.post("/sign-out/")
        assert Page(visitor.get("/students/", follow=True)).banners == []


def test_the_sign_in_page_has_no_warning():
    assert not Page(Client().get("/sign-in/")).all("dialog")


def test_every_page_of_a_signed_in_user_has_the_warning(client, at):
    at(0, 30)
    (dialog,) = Page(client.get("/students/")).all("dialog")
    assert (dialog["data-left"], dialog["data-warned"], dialog["data-session"]) == ("1170", "120", "/session/")
    assert "open" not in dialog
    assert [button.text for button in dialog.all("button")] == ["Stay signed in", "Sign out"]


# Activity


def test_requests_that_a_script_repeats_are_no_activity(client, at):
    for minutes in range(20):
        at(minutes, 59)
        client.get("/students/", headers={"X-Polling": "true"})
    at(20)
    assert client.get("/students/", headers={"X-Polling": "true"}).status_code == 401
    assert not is_signed_in(client)


def test_asking_how_much_time_is_left_is_no_activity(client, at):
    left = []
    for minutes in (0, 10, 18, 20, 30):
        at(minutes)
        left.append(seconds_left(client))
    assert left == [1200, 600, 120, 0, 0]


def test_choosing_to_stay_signed_in_is_activity(client, at):
    at(18)
    assert client.post("/session/").json() == {"seconds": 1200}
    at(37)
    assert is_signed_in(client)


def test_keeping_a_draft_is_activity(client, at):
    address = "/students/create-cas/STUDENT/new/"
    typed = Page(client.get(address)).typed() | {"family_name": "Nguyễn"}
    at(18)
    assert client.post(address, typed, headers={"X-Keep-Draft": "true"}).status_code == 200
    at(37)
    assert is_signed_in(client)


def test_activity_in_one_tab_counts_for_all_tabs(client, at):
    at(18)
    client.get("/students/cas/")
    assert seconds_left(client) == 1200


def test_another_site_cannot_keep_a_user_signed_in(client, at):
    stranger = Client()
    assert stranger.post("/session/").json() == {"seconds": 0}
    at(20)
    client.post("/session/")
    assert not is_signed_in(client)


def test_activity_is_written_once_a_minute(client, at):
    assert not writes(client)
    at(0, 59)
    assert not writes(client)
    at(1)
    assert len(writes(client)) == 1
    assert not writes(client)
    at(3)
    assert not writes(client, **{"X-Polling": "true"})


def test_a_clock_that_is_set_back_does_not_extend_a_session(client, at):
    at(-19)
    assert is_signed_in(client)
    assert seconds_left(client) == 1200
    at(1)
    assert not is_signed_in(client)


def test_a_clock_that_is_set_back_by_twenty_minutes_ends_the_session(client, at):
    """Activity in the future may be hours old, because a clock that ran ahead wrote it."""
    at(-20)
    assert not is_signed_in(client)


def test_the_portals_own_clock_has_no_effect_on_sessions(client, at):
    """Demo data and training change that clock, and this must not sign a user out."""
    with clock.set_to(NINE + timedelta(days=100)):
        assert is_signed_in(client)
        assert seconds_left(client) == 1200


def test_a_public_page_needs_no_session(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert Client().get("/session/").json() == {"seconds": 0}
        Client().get("/sign-in/")


# Sessions that ended


def test_the_row_of_a_session_that_timed_out_is_deleted_at_once(client, at):
    """Django does not load a session that has expired, and leaves its row to a job."""
    at(21)
    client.get("/students/")
    assert not Session.objects.exists()


def a_visitor_with(cookie):
    return Client(headers={"cookie": f"sessionid={cookie}"}, raise_request_exception=False)


NUL = r'"aaaaaaaa\000"'  # as a cookie spells it, in quotes
MADE_UP = ["x" * 32, "a", "a" * 5000, "A" * 32, NUL, "é" * 8]


@pytest.mark.parametrize("cookie", MADE_UP)
def test_a_forged_cookie_makes_no_session_on_any_page(cookie, level1):
    for address in ("/students/", "/sign-in/", "/session/", "/accessibility/", "/nothing/", "/students/", "/sign-in/"):
        for headers in ({}, {"X-Polling": "true"}):
            visitor = a_visitor_with(cookie)
            assert visitor.get(address, headers=headers).status_code < 500
            assert visitor.post(address, {"login": "level1", "password": "wrong"}).status_code < 500
    assert not Session.objects.exists()


def test_the_test_above_would_see_a_session(level1, monkeypatch):
    """The twin: if the sentence were kept in a session, as it once was, each forged cookie would make one."""
    monkeypatch.setattr(
        sign_in_notice, "leave", lambda request, notice: request.session.update({"has_ended": str(notice)})
    )
    a_visitor_with(MADE_UP[0]).get("/students/")
    assert Session.objects.count() == 1


@pytest.mark.skipif(connection.vendor != "postgresql", reason="only PostgreSQL takes no NUL")
def test_without_our_check_a_cookie_that_the_portal_never_makes_would_be_an_error(monkeypatch):
    monkeypatch.setattr(time_out, "SESSION_COOKIE", re.compile(".*", re.DOTALL))
    assert a_visitor_with(NUL).get("/students/").status_code == 500


def test_a_forged_cookie_is_answered_without_writing():
    """The portal looks for its session, also for an expired one, unless it never makes cookies of this form."""
    for cookie, queries in (("x" * 32, 2), ("X" * 32, 0)):
        with CaptureQueriesContext(connection) as asked:
            a_visitor_with(cookie).get("/students/")
        assert len(asked) == queries
        assert all(query["sql"].startswith("SELECT") for query in asked)


def test_a_visitor_who_is_not_signed_in_has_no_session(level1):
    visitor = Client()
    for address in ("/", "/students/", "/sign-in/", "/sign-in/?next=/students/", "/sign-out/", "/accessibility/"):
        visitor.get(address)
        visitor.post(address, {"login": "level1", "password": "wrong", "shortcut": "off"})
    assert not Session.objects.exists()


def test_a_visitor_who_sends_an_old_form_after_signing_out_has_no_session(client, level1):
    typed = Page(client.get("/students/create-cas/STUDENT/new/")).typed() | {"family_name": "Ng"}
    stranger = Client(enforce_csrf_checks=True)
    Session.objects.all().delete()
    answer = stranger.post("/students/create-cas/STUDENT/new/", typed, follow=True)
    said = "Nothing is saved yet, because you are signed out. What you typed is kept. Sign in to continue."
    assert Page(answer).banners == [said]
    assert not Session.objects.exists()


# The cookie that keeps the sentence


def test_the_sentence_is_kept_in_a_signed_cookie_until_it_is_shown(client, at):
    at(21)
    cookie = client.get("/students/").cookies["notice"]
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Lax", 1200)
    assert cookie.value.startswith("timed out:")
    assert Page(client.get("/sign-in/")).banners == [SIGNED_OUT]
    assert client.cookies["notice"].value == ""


@pytest.mark.parametrize("value", ["timed out", "timed out:x:y", "", "no notice"])
def test_the_sentence_cannot_be_forged(value, client, at):
    stranger = Client()
    stranger.cookies["notice"] = value
    assert Page(stranger.get("/sign-in/")).banners == []


def test_a_user_who_signs_in_first_no_longer_sees_the_sentence(client, at, level1):
    at(21)
    client.get("/students/")
    answer = client.post("/sign-in/", {"login": "level1", "password": PASSWORD}, follow=True)
    assert Page(answer).banners == []
    assert client.cookies["notice"].value == ""


def test_a_sign_in_that_fails_keeps_the_sentence(client, at, level1):
    at(21)
    client.get("/students/")
    client.post("/sign-in/", {"login": "level1", "password": "wrong"})
    assert Page(client.get("/sign-in/")).banners == [SIGNED_OUT]


# Rows that a job deletes


def test_ended_sessions_are_deleted(client, at):
    at(19)
    assert delete_ended_sessions() == 0
    at(20, 1)
    assert delete_ended_sessions() == 1
    assert delete_ended_sessions() == 0
    assert not Session.objects.exists()
