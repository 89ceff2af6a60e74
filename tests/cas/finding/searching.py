"""A user who searches for CAS, and what the pages show."""

from tests.pages import Page, sent_by, typed_in

EDIT, ASSIGN, ANY = "/students/create-cas/STUDENT/find/", "/students/assign-cas/single/", "/students/search/"
BOX = "/students/find/"


class Searcher:
    """A user who searches at one screen."""

    def __init__(self, client, screen):
        self.client, self.screen = client, screen

    def sends(self, **asked):
        return self.client.post(self.screen, typed_in(asked) if "status" not in asked else asked)

    def finds(self, **asked):
        """Return the page after sending, after all redirects."""
        return Page(self.client.post(self.screen, typed_in(asked), follow=True))

    def reads(self, address, **query):
        return Page(self.client.get(address, query))


def reached(answer):
    """Return the address to which the answer redirects, without the way back."""
    return answer["Location"].partition("?")[0]


def kept(page):
    """Return what the form of the page holds. The header has another form."""
    (form,) = page.main.all("form")
    return dict(sent_by(form))


def names(page):
    return [row.one("th").one("a").text for table in page.all("tbody") for row in table.all("tr")]


def statuses(page):
    return [link.text for link in page.one(of="sms-filter").all("a")]
