"""The page about accessibility, and the one key that can be switched off (specification, section 13; WCAG 2.2)."""

import pytest
from django.test import Client

from tests.pages import Page

OFF = {"shortcut": "off"}


def key(client):
    """What the search box of a page says of its key."""
    return Page(client.get("/students/")).by_id("find")["aria-keyshortcuts"]


def switch(client, button):
    page = Page(client.get("/accessibility/"))
    pressed = page.main.one("form").one("button")
    assert pressed.text == button
    return Page(client.post("/accessibility/", {pressed["name"]: pressed["value"]}, follow=True))


@pytest.mark.parametrize("address", ["/sign-in/", "/students/", "/accessibility/"])
def test_every_page_leads_to_it(address, level1, as_user):
    client = Client() if address == "/sign-in/" else as_user(level1)
    assert Page(client.get(address)).one("footer").one("a")["href"] == "/accessibility/"


def test_nobody_has_to_sign_in_for_it(db):
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


def test_the_browser_remembers_it_for_a_year_whoever_signs_in(level1, level2, as_user):
    client = as_user(level1)
    cookie = client.post("/accessibility/", OFF).cookies["shortcut"]
    assert (cookie.value, cookie["max-age"], cookie["httponly"], cookie["samesite"]) == ("off", 31536000, True, "Lax")
    client.force_login(level2)
    assert key(client) == ""


@pytest.mark.parametrize("is_https", [True, False])
def test_what_it_remembers_travels_as_safely_as_the_page(is_https, db):
    cookie = Client().post("/accessibility/", OFF, secure=is_https).cookies["shortcut"]
    assert bool(cookie["secure"]) is is_https


def test_who_switches_it_off_twice_has_it_off(level1, as_user):
    client = as_user(level1)
    for _ in range(2):
        client.post("/accessibility/", OFF)
    assert key(client) == ""


def test_a_stranger_who_switches_it_off_has_no_session(db):
    cookies = Client().post("/accessibility/", OFF, follow=True).client.cookies
    assert cookies["shortcut"].value == "off"
    assert "sessionid" not in cookies
