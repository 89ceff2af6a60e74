"""A person at a browser who is new to a deployment. Each screen is inspected, and so are headers and cookies."""

import re
from urllib.parse import urlsplit

from tests.journeys.steps import Visitor
from tests.second_factors import App

COOKIES = {"__Host-session", "__Host-csrf", "__Host-known-browser", "__Host-notice"}
HSTS = "max-age=31536000; includeSubDomains; preload"


class Newcomer(Visitor):
    def __init__(self, context, origin, inspector, seen):
        super().__init__(context.new_page(), with_javascript=True)
        self.origin, self.inspector, self.seen, self.complaints = origin, inspector, seen, []
        context.on("console", self._keep_complaint)
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        context.on("response", self._check_headers)

    def sees_screen(self, heading):
        super().sees_screen(heading)
        self.looks()

    def looks(self):
        """Inspect the page, unless a newcomer has seen it: `seen` has the path and the heading of each."""
        page = f"{urlsplit(self.page.url).path} {self.page.get_by_role('heading', level=1).inner_text()}"
        if page not in self.seen:
            self.seen.append(page)
            self.inspector.looks_at(self, f"{len(self.seen)}{page.replace('/', ' ')}")

    # When the newcomer ...

    def joins(self, link, password):
        """Follow the link that works once, choose a password, and sign in with it and the User ID on the page."""
        self.goes_to(link)
        self.sees_screen("Choose your password")
        main = self.page.get_by_role("main").inner_text()
        username = re.search(r"Your User ID is (\w{9})\.", main)[1]
        self.page.get_by_label("New password").fill(password)
        self.selects("Choose this password")
        self.sees("Your new password is set. Sign in with it.")
        self.sees_screen("Sign in")
        self.page.get_by_label("User ID").fill(username)
        self.page.get_by_label("Password", exact=True).fill(password)
        self.selects("Sign in")

    def sets_up_second_factor(self):
        self.sees_screen("Set up your second factor")
        key = self.page.get_by_role("term").filter(has_text=re.compile("^Key$"))
        app = App(key.locator("xpath=following-sibling::dd").inner_text())
        self.page.get_by_label("Code", exact=True).fill(app.code())
        self.selects("Turn on")
        self.sees_screen("Your recovery codes")
        self.selects("I have kept these codes")

    # What stays

    def cookies(self):
        return self.page.context.cookies(self.origin)

    def left_behind(self):
        """Return what the portal left in the browser that it should not leave, with each cookie that is not strict."""
        weak = [cookie for cookie in self.cookies() if not (cookie["name"] in COOKIES and _is_strict(cookie))]
        found = super().left_behind() | {"cookies": weak}
        return {place: names for place, names in found.items() if names}

    def _keep_complaint(self, message):
        if message.type in {"error", "warning"}:
            self.complaints.append(message.text)

    def _check_headers(self, response):
        """Expect HSTS with each page. Of a file, Chromium does not keep this header in its cache."""
        is_page = response.url.startswith(self.origin) and response.request.is_navigation_request()
        if is_page and response.headers.get("strict-transport-security") != HSTS:
            self.complaints.append(f"without HSTS: {response.url}")


def _is_strict(cookie):
    return cookie["secure"] and cookie["httpOnly"] and cookie["sameSite"] == "Lax" and cookie["path"] == "/"
