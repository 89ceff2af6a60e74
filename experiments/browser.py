"""A browser without scripts, for a portal that runs in its own process."""

import http.client
from http.cookiejar import CookieJar
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode, urljoin
from urllib.request import HTTPCookieProcessor, Request, build_opener

from django.http import HttpResponse

from tests.pages import Page

UNREACHABLE = (URLError, ConnectionError, TimeoutError, http.client.HTTPException)
"""The errors that a browser meets when its server dies during a request."""


class Browser:
    def __init__(self, origin):
        self.address, self.page, self.opener = origin, None, build_opener(HTTPCookieProcessor(CookieJar()))

    def open(self, address, sent=None):
        """Follow a link, or send a form, and its redirects. Raise one of `UNREACHABLE` if the server has died."""
        data = None if sent is None else urlencode(sent).encode()
        try:
            answer = self.opener.open(Request(urljoin(self.address, address), data), timeout=30)
        except HTTPError as error:  # an error page is an answer too
            answer = error
        with answer:
            body = answer.read()
        self.address = answer.url
        self.page = Page(HttpResponse(body, content_type=answer.headers["Content-Type"], status=answer.status))

    def press(self, name, **typed):
        """Press the button with this text or value. Return whether the page has such a button."""
        for form in self.page.all("form"):
            for button in form.all("button"):
                if name in {button.text, button["value"]} and not button.is_unavailable:
                    self.send(form, button, typed)
                    return True
        return False

    def send(self, form, button, typed):
        """Send the form by this button. Raise one of `UNREACHABLE` if the server has died."""
        sent = {each["name"]: each["value"] for each in (*form.all("input"), button) if each["name"]} | typed
        address = urljoin(self.address, form["action"])
        if form["method"] == "get":
            self.open(f"{address}?{urlencode(sent)}")
        else:
            self.open(address, sent)
