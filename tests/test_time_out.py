"""Twenty minutes without activity sign out (specification, section 9)."""

from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from licences import time_out
from licences.regular_jobs import delete_ended_sessions
from sms.core import clock
from tests.factories import PASSWORD, a_cas
from tests.pages import Page

pytestmark = pytest.mark.django_db

NINE = datetime(2026, 11, 23, 9, tzinfo=UTC)
SIGNED_OUT = "You were signed out after 20 minutes without activity."


@pytest.fixture
def at():
    """`at(19, 30)` is half a minute before the time-out; everything begins at nine."""
    with time_machine.travel(NINE, tick=False) as traveller:
        yield lambda minutes, seconds=0: traveller.move_to(NINE + timedelta(minutes=minutes, seconds=seconds))


@pytest.fixture
def client(at, level1):
    """Somebody who signed in at nine, and has come to Students."""
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
    return [query["sql"] for query in queries if "django_session" in query["sql"] and "SELECT" not in query["sql"]]


def test_it_is_twenty_minutes(client, at):
    at(19, 59)
    assert seconds_left(client) == 1
    assert is_signed_in(client)
    at(39, 59)
    assert not is_signed_in(client)


def test_activity_begins_them_anew(client, at):
    for minutes in range(0, 120, 15):
        at(minutes)
        assert is_signed_in(client)


def test_it_ends_though_the_row_of_the_session_be_there(client, at):
    """The row may be written after the last activity, by anything that a session holds. Now it is deleted."""
    Session.objects.update(expire_date=NINE + timedelta(days=1))
    at(20)
    old = client.cookies["sessionid"].value
    assert not is_signed_in(client)
    assert not Session.objects.filter(session_key=old).exists()


def test_the_test_above_would_see_a_session_that_goes_on(client, at, monkeypatch):
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
    back = client.post(answer["Location"], {"login": "level1", "password": PASSWORD})
    assert (back["Location"], client.get(back["Location"]).status_code) == (page, 200)


@pytest.mark.parametrize("elsewhere", ["http://elsewhere.example/x", "//x", "http://[", ""])
def test_no_other_site_says_where_signing_in_leads(client, at, elsewhere):
    at(21)
    answer = client.post("/students/cas/1/print/", headers={"Referer": elsewhere})
    assert answer["Location"] == "/sign-in/?next=/students/cas/1/print/"


def test_it_says_so_though_a_script_was_the_first_to_learn_of_it(client, at):
    at(21)
    assert seconds_left(client) == 0
    assert Page(client.get("/students/", follow=True)).banners == [SIGNED_OUT]


def test_it_says_so_once(client, at):
    at(21)
    for _ in range(2):
        address = client.get("/students/")["Location"]
    assert Page(client.get(address)).banners == [SIGNED_OUT]
    assert Page(client.get(client.get("/students/")["Location"])).banners == []


def test_who_was_never_signed_in_or_signed_out_is_told_nothing_of_it(client):
    for somebody in (Client(), client):
        client.post("/sign-out/")
        assert Page(somebody.get("/students/", follow=True)).banners == []


def test_the_sign_in_page_warns_nobody():
    assert not Page(Client().get("/sign-in/")).all("dialog")


def test_every_page_of_somebody_who_is_signed_in_has_the_warning(client, at):
    at(0, 30)
    (dialog,) = Page(client.get("/students/")).all("dialog")
    assert (dialog["data-left"], dialog["data-warned"], dialog["data-session"]) == ("1170", "120", "/session/")
    assert "open" not in dialog
    assert [button.text for button in dialog.all("button")] == ["Stay signed in", "Sign out"]


# What is activity


def test_what_a_script_repeats_is_none(client, at):
    for minutes in range(20):
        at(minutes, 59)
        client.get("/students/", headers={"X-Polling": "true"})
    at(20)
    assert client.get("/students/", headers={"X-Polling": "true"}).status_code == 401
    assert not is_signed_in(client)


def test_asking_how_much_time_is_left_is_none(client, at):
    left = []
    for minutes in (0, 10, 18, 20, 30):
        at(minutes)
        left.append(seconds_left(client))
    assert left == [1200, 600, 120, 0, 0]


def test_wanting_to_stay_is_activity(client, at):
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


def test_in_another_tab_it_counts_for_all(client, at):
    at(18)
    client.get("/students/cas/")
    assert seconds_left(client) == 1200


def test_another_site_cannot_keep_anybody_signed_in(client, at):
    stranger = Client()
    assert stranger.post("/session/").json() == {"seconds": 0}
    at(20)
    client.post("/session/")
    assert not is_signed_in(client)


def test_it_is_written_once_a_minute(client, at):
    assert not writes(client)
    at(0, 59)
    assert not writes(client)
    at(1)
    assert len(writes(client)) == 1
    assert not writes(client)
    at(3)
    assert not writes(client, **{"X-Polling": "true"})


def test_a_clock_that_is_set_back_does_not_stretch_it(client, at):
    at(-19)
    assert is_signed_in(client)
    assert seconds_left(client) == 1200
    at(1)
    assert not is_signed_in(client)


def test_a_clock_that_is_set_back_by_as_much_as_the_time_out_ends_it(client, at):
    """Activity that lies ahead may be hours old: a clock that ran ahead wrote it."""
    at(-20)
    assert not is_signed_in(client)


def test_the_portals_own_clock_does_not_count(client, at):
    """Demo data and training move it, and nobody is signed out by that."""
    with clock.set_to(NINE + timedelta(days=100)):
        assert is_signed_in(client)
        assert seconds_left(client) == 1200


def test_a_page_for_everybody_needs_no_session(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert Client().get("/session/").json() == {"seconds": 0}
        Client().get("/sign-in/")


# Sessions that ended


def test_ended_sessions_are_deleted(client, at):
    at(19)
    assert delete_ended_sessions() == 0
    at(20, 1)
    assert delete_ended_sessions() == 1
    assert delete_ended_sessions() == 0
    assert not Session.objects.exists()
