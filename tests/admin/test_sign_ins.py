"""Caseworkers see sign-ins and locked users, and unlock users (specification, sections 1 and 9)."""

import pytest
from django.test import Client

from licences.accounts import links
from licences.models import SignIn
from sms.core.govuk import formats
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db


def sign_in(username, password, client=None):
    return (client or Client()).post("/sign-in/", {"login": username, "password": password})


@pytest.fixture
def locked(level1):
    """Lock the Level 1 user by 3 wrong passwords."""
    for n in range(3):
        sign_in("level1", f"guess {n}")
    return level1


def page_of(user):
    return f"/admin/licences/user/{user.pk}/"


def test_a_caseworker_sees_that_a_user_is_locked_and_unlocks_them(desk, locked, happened):
    page = desk.read(page_of(locked))
    assert "Locked" in page.main.text
    assert "in browsers that have not signed in before" in page.main.text
    after = desk.send(f"{page_of(locked)}unlock/")
    assert after.banners == ["Unlocked: the user can try again at once"]
    assert "in browsers that have not signed in before" not in after.main.text
    assert sign_in("level1", PASSWORD).status_code == 302
    assert happened() == [("user", "unlock", "caseworker")]


def test_a_user_who_is_not_locked_cannot_be_unlocked(desk, level1, happened):
    assert "unlock" not in " ".join(link["href"] for link in desk.read(page_of(level1)).all("a"))
    answer = desk.client.post(f"{page_of(level1)}unlock/", follow=True)
    assert "Unlock is no longer possible" in answer.content.decode()
    assert happened() == []


def test_a_new_password_also_unlocks_a_user(locked, happened):
    links.choose_password(links.make(locked).partition("key=")[2], "plum tractor window")
    assert sign_in("level1", "plum tractor window").status_code == 302
    assert happened() == [("user", "choose_password", "level1"), ("user", "unlock", "level1")]


def test_the_history_of_a_user_shows_the_lock(desk, locked):
    assert "Locked for 30 minutes after 3 wrong passwords" in desk.read(page_of(locked)).main.text


def test_the_page_of_a_user_shows_the_latest_sign_ins_and_links_to_all(desk, level1, level2):
    for n in range(12):
        sign_in("level1", f"guess {n}")
    sign_in("level2", PASSWORD)
    page = desk.read(page_of(level1))
    assert page.main.text.count("Refused: locked") == 9
    assert page.main.text.count("Wrong password") == 1
    (more,) = [link["href"] for link in page.all("a") if link.text == "All sign-ins of this user"]
    listed = desk.read(more)
    assert listed.main.text.count("Wrong password") == 3 + 1  # and the filter of that name
    assert "Level2" not in listed.main.text


def test_the_heading_of_a_sign_in_shows_its_london_time(desk, level1):
    sign_in("level1", PASSWORD)
    attempt = SignIn.objects.get()
    page = desk.read(f"/admin/licences/signin/{attempt.pk}/")
    assert page.h1 == f"Signed in on {formats.moment(attempt.tried_at)}"


def test_the_list_shows_attempts_with_unknown_user_ids_without_the_ids(desk, level1):
    sign_in("no-such-user", "guess")
    sign_in("level1", PASSWORD)
    text = desk.read("/admin/licences/signin/").main.text
    assert "Unknown User ID" in text
    assert "no-such-user" not in text
    assert SignIn.objects.count() == 2
