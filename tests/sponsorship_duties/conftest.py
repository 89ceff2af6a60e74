import pytest

from tests.factories import in_status
from tests.pages import Page, typed_in


class Desk:
    """A user with a browser, who changes some fields of a form and sends it."""

    def __init__(self, client):
        self.client = client

    def read(self, address, status=200):
        answer = self.client.get(address)
        assert answer.status_code == status, (address, answer.status_code, answer.headers.get("Location"))
        return Page(answer)

    def send(self, address, action="", status=200, page=None, **typed):
        """Send the form of `page`, or of the page at `address`. Return the next page, or the same page with errors."""
        page = page or self.read(address)
        has_own = any(form["action"] == "" for form in page.all("form"))
        held = page.typed(action or ("" if has_own else address))
        answer = self.client.post(action or address, {**held, **typed_in(typed)}, follow=True)
        assert answer.status_code == status, (answer.status_code, Page(answer).main.text)
        shown = Page(answer)
        shown.address = answer.redirect_chain[-1][0] if answer.redirect_chain else address
        return shown


@pytest.fixture
def desk(as_user):
    """Return a function: `desk(level1)` returns the desk of that user, signed in."""
    return lambda user: Desk(as_user(user))


@pytest.fixture
def cas(level2, level1, allocation, caseworker):
    """Return an ASSIGNED CAS of a Level 2 user."""
    return in_status("ASSIGNED", by=level2, caseworker=caseworker)
