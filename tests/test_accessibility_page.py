"""The page about accessibility, and the search key that can be switched off (specification, section 13; WCAG 2.2)."""

import pytest
from django.test import Client

from tests.pages import Page

OFF = {"shortcut": "off"}


def key(client):
    """Return the key that the search box of a page announces."""
    return Page(client.get("/students/")).by_id("find")["aria-keyshortcuts"]


def switch(client, button):
    page = Page(client.get("/accessibility/"))
    pressed = page.main.one("form").one("button")
    assert pressed.text == button
    return Page(client.post("/accessibility/", {pressed["name"]: pressed["value"]}, follow=True))


@pytest.mark.parametrize("address", ["/sign-in/", "/students/", "/accessibility/"])
def test_every_page_links_to_the_page_about_accessibility(address, level1, as_user):
    client = Client() if address == "/sign-in/" else as_user(level1)
    assert Page(client.get(address)).one("footer").link("Accessibility") == "/accessibility/"


def test_the_page_about_accessibility_needs_no_sign_in(db):
    assert Page(Client().get("/accessibility/")).h1 == "Accessibility"


def test_the_key_can_be_switched_off_and_on_again(level1, as_user):
    client = as_user(level1)
    assert key(client) == "/"
    page = switch(client, "Switch off the / key")
    assert "The / key is off. In this browser, it does nothing." in page.text
    assert key(client) == ""
    page = switch(client, "Switch on the / key")
    assert "The / key is on. In this browser, it moves you to the search box." in page.text
    assert key(client) == "/"


def test_the_browser_remembers_the_choice_for_a_year_for_every_user(level1, level2, as_user):
    client = as_user(level1)
    cookie = client.post("/accessibility/", OFF).cookies["shortcut"]
    assert (cookie.value, cookie["max-age"], cookie["httponly"], cookie["samesite"]) == ("off", 31536000, True, "Lax")
    client.force_login(level2)
    assert key(client) == ""


@pytest.mark.parametrize("is_https", [True, False])
def test_over_https_the_cookie_is_secure(is_https, db):
    cookie = Client().post("/accessibility/", OFF, secure=is_https).cookies["shortcut"]
    assert bool(cookie["secure"]) is is_https


def test_switching_the_key_off_twice_leaves_it_off(level1, as_user):
    client = as_user(level1)
    for _ in range(2):
        client.post("/accessibility/", OFF)
    assert key(client) == ""


def test_a_visitor_who_switches_the_key_off_gets_no_session(db):
    cookies = Client().post("/accessibility/", OFF, follow=True).client.cookies
    assert cookies["shortcut"].value == "off"
    assert "sessionid" not in cookies
