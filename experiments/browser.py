"""A browser without scripts, for a portal that runs in a process of its own."""

import http.client
from http.cookiejar import CookieJar
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode, urljoin
from urllib.request import HTTPCookieProcessor, Request, build_opener

from django.http import HttpResponse

from tests.pages import Page

UNREACHABLE = (URLError, ConnectionError, TimeoutError, http.client.HTTPException)
"""What a browser meets whose server dies meanwhile."""


class Browser:
    def __init__(self, origin):
        self.address, self.page, self.opener = origin, None, build_opener(HTTPCookieProcessor(CookieJar()))

    def open(self, address, sent=None):
        """Follow a link, or send a form, to wherever it leads. Raises one of `UNREACHABLE`."""
        data = None if sent is None else urlencode(sent).encode()
        try:
            answer = self.opener.open(Request(urljoin(self.address, address), data), timeout=30)
        except HTTPError as error:  # which is an answer all the same
            answer = error
        with answer:
            body = answer.read()
        self.address = answer.url
        self.page = Page(HttpResponse(body, content_type=answer.headers["Content-Type"], status=answer.status))

    def press(self, name, **typed):
        """Press the button with this text or value, if the page has one; returns whether it has."""
        for form in self.page.all("form"):
            for button in form.all("button"):
                if name in {button.text, button["value"]} and "disabled" not in button:
                    self.send(form, button, typed)
                    return True
        return False

    def send(self, form, button, typed):
        """Raises one of `UNREACHABLE`."""
        sent = {each["name"]: each["value"] for each in (*form.all("input"), button) if each["name"]} | typed
        address = urljoin(self.address, form["action"])
        if form["method"] == "get":
            self.open(f"{address}?{urlencode(sent)}")
        else:
            self.open(address, sent)
