"""The steps of users in the portal, and what they see, in the words on the screen.

Nothing here uses a class or an id of a page. A renamed button or label therefore fails a journey, because it no longer
matches the manual.
"""

import re

import pytest
from playwright.sync_api import expect

from cas.details import fields
from tests.factories import PASSWORD
from tests.journeys.inspector import DESK, PHONE

EVERY_WAY = pytest.mark.parametrize(
    ("who", "with_javascript", "width"),
    [
        pytest.param("level1", True, DESK, id="Level 1"),
        pytest.param("level1", False, PHONE, id="Level 1, on a phone, without JavaScript"),
        pytest.param("level2", True, PHONE, id="Level 2, on a phone"),
        pytest.param("level2", False, DESK, id="Level 2, without JavaScript"),
    ],
)
"""Users of both levels follow each guide, with and without scripts, on a desktop screen and on a phone."""

PATIENCE = 30_000  # milliseconds that a page may take on a busy machine
expect.set_options(timeout=PATIENCE)

COOKIES = {"sessionid", "csrftoken", "messages", "known-browser", "notice"}

LEFT_BEHIND = """async () => ({
    localStorage: Object.keys(localStorage),
    sessionStorage: Object.keys(sessionStorage),
    indexedDB: (await indexedDB.databases()).map(({ name }) => name),
})"""


class Visitor:
    """A person at a browser, which runs the pages' scripts if `with_javascript`."""

    def __init__(self, page, *, with_javascript):
        self.page = page
        self.with_javascript = with_javascript
        page.set_default_timeout(PATIENCE)
        self.received = None  # the response with the current page
        page.on("response", self._keep_page)

    # When the visitor ...

    def goes_to(self, path):
        return self.page.goto(path)

    def signs_in(self, user):
        self.page.get_by_label("User ID").fill(user.username)
        self.page.get_by_label("Password", exact=True).fill(PASSWORD)
        self.selects("Sign in")

    def leaves_the_message_board(self):
        """Select `OK` on the first screen of a Level 1 user, to which no message was sent."""
        self.sees_screen("SMS message board – no active messages")
        self.selects("OK")

    def selects(self, name):
        """Select a button or a link by its words."""
        self.control(name).click()

    def opens(self, place, group=""):
        """Go to a place of the navigation, in its group if it has one. On a phone, the navigation is a menu."""
        menu = self.page.get_by_role("navigation", name="Menu")
        for name in ("Menu", group):
            button = menu.get_by_role("button", name=name, exact=True)
            if name and button.is_visible():
                button.click()
        self.selects(place)

    def chooses(self, option):
        """Choose a radio by its label."""
        self.page.get_by_label(option, exact=True).check()

    def fills_in(self, values):
        """Fill in fields of the CAS form, by their names in `cas.details.declarations`, in the order of the form."""
        for field in fields.FIELDS:
            if field.name in values:
                self.answers(field, values[field.name])

    def types(self, texts):
        """Type texts, valid or not, into text fields by their names."""
        for name, text in texts.items():
            self.field(fields.BY_NAME[name]).fill(text)

    def answers(self, field, value):
        place, text = self.field(field), field.display(field.checked(value))
        if field.kind in {"date", "partial date"}:
            for part, number in (("Day", value.day), ("Month", value.month), ("Year", value.year)):
                place.get_by_label(part).fill(str(number or ""))
        elif has_several_inputs(field):
            place.get_by_label(text, exact=True).check()
        elif field.kind == "country" and self.with_javascript:
            place.fill(text)
            place.press("Tab")
        elif field.kind in {"choice", "country"}:
            place.select_option(label=text)
        else:
            place.fill(str(value))

    def unfolds(self):
        """Open every folded section of the form."""
        folded = self.page.locator("details:not([open]) > summary").filter(has_text=":")
        while folded.count():
            folded.first.click()

    def prints(self):
        """Select `Print`, and return the document as bytes. The headless browser has no viewer, so it downloads it."""
        with self.page.expect_download() as download:
            self.selects("Print")
        return download.value.path().read_bytes()

    # Then the visitor ...

    def sees_screen(self, heading):
        expect(self.page.get_by_role("heading", level=1)).to_have_text(heading)

    def sees(self, text):
        expect(self.page.get_by_role("main").get_by_text(text).first).to_be_visible()

    def sees_status(self, status):
        expect(self.page.get_by_role("strong").filter(has_text=re.compile(f"^{status}$")).first).to_be_visible()

    def sees_line(self, label, text):
        """Expect a line of a summary: the label on the left, the text on the right."""
        term = self.page.get_by_role("term").filter(has_text=re.compile(f"^{re.escape(label)}$"))
        expect(term.locator("xpath=following-sibling::dd").first).to_have_text(text)

    def sees_missing(self, field):
        """Expect `Assign is not available` to name the field under its section, with a link to it."""
        heading = self.page.get_by_role("heading", name=field.section.name, exact=True)
        part = self.page.locator("div").filter(has=heading).last
        expect(part.get_by_role("link", name=field.label, exact=True)).to_be_visible()

    def sees_errors(self, *sentences):
        """Expect a focused error summary with these sentences. Each links to its field, which shows it too."""
        summary = self.page.get_by_role("alert").filter(has_text="There is a problem")
        expect(self.page).to_have_title(re.compile("^Error: "))
        expect(summary.get_by_role("link")).to_have_text(sentences)
        if self.with_javascript:
            expect(self.page.locator(":focus")).to_contain_text("There is a problem")
        for sentence in sentences:
            summary.get_by_role("link", name=sentence).click()
            focused = self.page.locator(":focus")
            expect(focused).to_be_visible()
            expect(focused.locator("xpath=ancestor::div").filter(has_text=sentence).last).to_be_visible()

    def holds(self, values):
        """Expect the form to show these values in text fields."""
        for name, value in values.items():
            expect(self.field(fields.BY_NAME[name])).to_have_value(str(value))

    # Where things are

    def control(self, name):
        buttons, links = (self.page.get_by_role(role, name=name, exact=True) for role in ("button", "link"))
        return buttons.or_(links).filter(visible=True).first

    def section(self, name):
        return self.page.get_by_role("group", name=name, exact=True)

    def field(self, field):
        """Return the input of the field, or its group if it has several inputs. Open its section if it is folded."""
        section = self.section(field.section.name)
        section.wait_for()
        for folded in section.locator("details:not([open]) > summary").all():
            folded.click()
        if has_several_inputs(field):
            return section.get_by_role("group", name=field.label)  # the name may end with "(needed)"
        return section.get_by_label(field.label, exact=True)

    def _keep_page(self, response):
        if response.request.is_navigation_request() and not 300 <= response.status < 400:
            self.received = response

    # What stays

    def left_behind(self):
        """Return what the portal put into the browser, except its own cookies."""
        found = self.page.evaluate(LEFT_BEHIND)
        found["cookies"] = [cookie["name"] for cookie in self.page.context.cookies()]
        found["cookies"] = sorted({*found["cookies"]} - COOKIES)
        return {place: names for place, names in found.items() if names}


def has_several_inputs(field):
    """Return whether the field is a date or radios."""
    return field.kind in {"date", "partial date", "yes/no"} or (
        field.kind == "choice" and len(field.labels) <= field.IN_SIGHT
    )
