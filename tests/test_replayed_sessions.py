"""A session that ended cannot be used again, and signing in never takes over another (specification, section 9)."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client

from licences.models import User
from tests.factories import PASSWORD
from tests.licences.links import chosen, key_for, opened

pytestmark = pytest.mark.django_db

NEW = "plum tractor window"


@pytest.fixture
def client(level2):
    client = Client()
    sign_in(client)
    return client


def sign_in(client, user="level2", password=PASSWORD):
    assert client.post("/sign-in/", {"login": user, "password": password}).status_code == 302


def is_in(client):
    return client.get("/students/").status_code == 200


def replayed(client):
    """Return a client with the same cookies, as a person who copied them would have."""
    thief = Client()
    thief.cookies.update(client.cookies)
    return thief


def signed_out(client, user, by):
    client.post("/sign-out/")


def deactivated_and_reactivated(client, user, by):
    user.deactivate(by=by)
    user.reactivate(by=by)


def changed_password(client, user, by):
    client.post("/password/change/", {"old_password": PASSWORD, "new_password": NEW})


def chose_password(client, user, by):
    chosen(opened(key_for(User.objects.get(pk=user.pk)))[0], NEW)


def of_another_level(client, user, by):
    User.objects.filter(pk=user.pk).update(role="LEVEL_1")


def ended(client, user, by):
    user.end_sessions(by=user)


ENDS = [
    signed_out,
    deactivated_and_reactivated,
    changed_password,
    chose_password,
    of_another_level,
    ended,
]


@pytest.mark.parametrize("end", ENDS, ids=lambda end: end.__name__)
def test_a_copied_session_ends_with_the_users_own(end, client, level2, caseworker):
    thief = replayed(client)
    assert is_in(thief)
    end(client, level2, caseworker)
    assert not is_in(thief)


def test_its_twin_a_copied_session_lasts_while_nothing_ends_it(client, level2, caseworker):
    thief = replayed(client)
    level2.amend(name="Another", email="another@example.ac.uk", by=caseworker)
    assert is_in(thief)


def test_a_user_who_changes_the_password_stays_signed_in_there_with_a_new_session(client, level2):
    before = client.cookies["sessionid"].value
    changed_password(client, level2, None)
    assert is_in(client)
    assert client.cookies["sessionid"].value != before


def test_the_session_of_another_user_in_the_same_browser_is_not_taken_over(client, level1):
    before = client.cookies["sessionid"].value
    client.post("/sign-out/")
    sign_in(client, "level1")
    assert client.cookies["sessionid"].value != before
    client.cookies["sessionid"] = before
    assert not is_in(client)


@pytest.mark.parametrize(("seconds", "lasts"), [(20 * 60 - 1, True), (20 * 60, False)])
def test_a_session_ends_after_twenty_minutes_without_activity_to_the_second(seconds, lasts, level2):
    start = datetime(2026, 11, 23, 9, tzinfo=UTC)
    with time_machine.travel(start, tick=False) as traveller:
        client = Client()
        sign_in(client)
        assert is_in(client)
        traveller.move_to(start + timedelta(seconds=seconds))
        assert is_in(client) == lasts
        assert is_in(replayed(client)) == lasts
