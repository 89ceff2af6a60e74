"""Links by which users choose their password, in tests."""

import re

from django.core import mail
from django.test import Client

from licences.accounts import links
from tests.pages import Page


def key_for(user):
    """Return the key of a new link for this user."""
    return links.make(user).partition("?key=")[2]


def mailed():
    """Return the address in the latest email, without the portal's own."""
    (found,) = re.findall(r"http://testserver(\S+)", mail.outbox[-1].body)
    return found


def opened(key, client=None):
    """Open the link with this key. Return the client, and the page that the visitor sees."""
    client = client or Client()
    return client, Page(client.get("/password/link/", {"key": key}, follow=True))


def chosen(client, password):
    """Choose a password on the page to which a link led. Return the next page."""
    return Page(client.post("/password/choose/", {"new_password": password}, follow=True))
