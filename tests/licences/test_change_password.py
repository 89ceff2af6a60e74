"""`Change Password` (specification, section 9; manual 1)."""

import pytest
from django.test import Client

from licences.models import Event, SignIn
from tests.factories import PASSWORD
from tests.pages import Page

pytestmark = pytest.mark.django_db

CHANGE, NEW = "/password/change/", "plum tractor window"
WRONG = "Your old password is wrong. After 3 wrong tries, you must wait 30 minutes before you can try again"


def change(client, old=PASSWORD, new=NEW):
    return Page(client.post(CHANGE, {"old_password": old, "new_password": new}, follow=True))


def sign_in(user, password):
    return Client().post("/sign-in/", {"login": user.username, "password": password}).status_code == 302


@pytest.mark.parametrize("who", ["level1", "level2", "caseworker"])
def test_every_user_changes_their_own_password(who, as_user, request):
    user = request.getfixturevalue(who)
    client, elsewhere = as_user(user), as_user(user)
    page = Page(client.get("/profile/"))
    assert Page(client.get(page.link("Change Password"))).h1 == "Change Password"
    after = change(client)
    assert after.banners == ["Your password is changed. You are signed out in all other browsers."]
    assert elsewhere.get("/", follow=True).redirect_chain[-1][0].startswith("/sign-in/")
    assert sign_in(user, NEW)
    assert not sign_in(user, PASSWORD)
    line = Event.objects.about("user", user.pk).last()
    assert (line.verb, line.by, line.data) == ("change_password", user, {})


@pytest.mark.parametrize(
    ("old", "new", "field", "sentence"),
    [
        ("", NEW, "old_password", "Enter your old password"),
        ("wrong", NEW, "old_password", WRONG),
        (PASSWORD, "", "new_password", "Enter a new password"),
        (PASSWORD, "short", "new_password", "Password must have 12 characters or more"),
        (PASSWORD, "passwordpassword", "new_password", "This password is on a list of passwords that many people use"),
        (PASSWORD, "level1-level1-level1", "new_password", "The password is too similar to the name, User ID"),
        (PASSWORD, PASSWORD, "new_password", "New password must differ from the old one"),
    ],
)
def test_a_wrong_value_is_named_and_changes_nothing(old, new, field, sentence, as_user, level1):
    page = change(as_user(level1), old, new)
    assert page.error_of(field).startswith(sentence)
    assert page.by_id("id_old_password")["value"] == page.by_id("id_new_password")["value"] == ""
    assert sign_in(level1, PASSWORD)


def test_wrong_tries_lock_the_account_so_that_a_person_at_an_open_screen_cannot_guess_the_password(as_user, level1):
    client = as_user(level1)
    for number in range(3):
        assert change(client, f"guess {number}").error_of("old_password") == WRONG
    assert change(client).error_of("old_password") == WRONG
    assert not sign_in(level1, PASSWORD)
    assert list(SignIn.objects.order_by("pk").values_list("outcome", flat=True)) == ["WRONG"] * 3 + ["LOCKED"] * 2
    assert Event.objects.about("user", level1.pk).last().verb == "lock"


def test_a_user_who_is_locked_elsewhere_can_change_it_in_a_browser_that_signed_in_before(level1):
    client = Client()
    client.post("/sign-in/", {"login": "level1", "password": PASSWORD})
    for number in range(3):
        sign_in(level1, f"guess {number}")
    assert change(client).banners == ["Your password is changed. You are signed out in all other browsers."]
    assert sign_in(level1, NEW), "a new password ends the lock"


def test_no_log_holds_a_password(as_user, level1, log_lines):
    change(as_user(level1), "a wrong one")
    change(as_user(level1))
    assert NEW not in str(log_lines)
    assert "a wrong one" not in str(log_lines)


def test_another_site_cannot_change_it(level1):
    client = Client(enforce_csrf_checks=True)
    client.force_login(level1)
    assert client.post(CHANGE, {"old_password": PASSWORD, "new_password": NEW}).status_code == 403
