"""The search box of every page finds a CAS in one step."""

import pytest

from tests.factories import a_cas, a_draft, assigned
from tests.pages import Page, sent_by, typed_in
from tests.test_addresses import SECRETS, TYPED, Watched

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


@pytest.fixture
def searcher(as_user):
    return lambda user, screen=ANY: Searcher(as_user(user), screen)


def kept(page):
    """Return what the form of the page holds. The header has another form."""
    (form,) = page.main.all("form")
    return dict(sent_by(form))


def names(page):
    return [row.one("th").one("a").text for table in page.all("tbody") for row in table.all("tr")]


# The search box of every page


@pytest.fixture
def boxed(searcher):
    """`boxed(level1, "Wang")` is what comes after that was typed into the box."""
    return lambda user, text: searcher(user, BOX).sends(anything=text)


def test_the_box_is_on_every_page_of_a_sponsor_and_on_no_other(searcher, level1, caseworker):
    page = searcher(level1).reads("/students/")
    (box,) = [form for form in page.all("form") if form["role"] == "search"]
    assert (box["method"], box["action"]) == ("post", BOX)
    assert box.one("label").text == "CAS number, family name or Applicant ID"
    assert page.by_id(box.one("label")["for"])["name"] == "anything"
    assert 'role="search"' not in searcher(caseworker).client.get("/admin/").content.decode()


def test_the_box_takes_a_name_as_the_lists_show_it(boxed, level1):
    cas = a_draft(level1, family_name="Okonkwo", given_names="Chidi")
    a_draft(level1, family_name="Okonkwo", given_names="Ada")
    for typed in (cas.student_name, "okonkwo,CHI"):
        assert boxed(level1, typed)["Location"] == f"/students/cas/{cas.pk}/", typed


def test_the_box_takes_a_number_a_family_name_or_an_applicant_id(boxed, level1, allocation):
    first = assigned(a_cas(level1, applicant_id="AB-12/3"))
    second = a_draft(level1, family_name="Abe", applicant_id="X")
    for typed, cas in ((first.number.lower(), first), ("ab 123", first), ("abe", second), ("X", second)):
        assert boxed(level1, typed)["Location"] == f"/students/cas/{cas.pk}/", typed


def test_several_are_listed_and_the_search_can_be_widened_to_all_fields(searcher, level1):
    for name in ("Ada", "Bo"):
        a_draft(level1, given_names=name)
    a_draft(level1, family_name="Wang", applicant_id="OKO")
    person = searcher(level1)
    page = person.finds(anything="oko")
    assert page.h1 == "CAS found"
    assert len(names(page)) == 3
    again = person.reads(page.link("Change the search"))
    assert kept(again)["anything"] == "oko"
    assert "family_name" in kept(again)
    one = person.sends(anything="oko", given_names="bo")
    assert one["Location"].startswith("/students/cas/")


@pytest.mark.parametrize("typed", ["E4G0000000000Z", " e4g-0000-0000-00z ", "E4G12"])
def test_a_number_of_another_pattern_in_the_box_says_so(typed, boxed, level1):
    page = Page(boxed(level1, typed))
    assert "CAS number" in page.error_of("anything")
    assert page.h1 == "Search for CAS"
    assert kept(page)["anything"] == typed


@pytest.mark.parametrize("typed", ["", "  ", "\u2060"])
def test_an_empty_box_says_that_something_must_be_typed(typed, boxed, level1):
    answer = boxed(level1, typed)
    assert answer.status_code == 422
    ((sentence, href),) = Page(answer).summary
    assert "Enter at least one detail" in sentence
    assert href == "#id_anything"


def test_a_family_name_of_a_hyphen_alone_is_found(boxed, level1):
    cas = a_draft(level1, family_name="-")
    a_draft(level1, family_name="A-B")
    for typed in ("-", "\N{EN DASH}"):
        assert boxed(level1, typed)["Location"] == f"/students/cas/{cas.pk}/"


def test_no_address_tells_what_was_searched_for(level1, allocation):
    """Nor does any link or form of the pages (security, D2)."""
    watched = Watched()
    watched.force_login(level1)
    cas = assigned(a_cas(level1, **TYPED))
    a_draft(level1, **TYPED)
    for screen in (EDIT, ASSIGN, ANY):
        for asked in (
            {"family_name": "Quetzalcoatl"},
            {"passport_number": "ZX9081726", "given_names": "Xochitl"},
            {"number": cas.number, "date_of_birth": TYPED["date_of_birth"]},
            {"applicant_id": "APPL-4711", "anything": "Quetzalcoatl"},
            {"family_name": "Quetzalcoatl", "given_names": "Nemo"},
        ):
            answer = watched.post(screen, typed_in(asked), follow=True)
            address = answer.redirect_chain[-1][0]
            for query in ("", "?sort=name&page=2", "?status=ASSIGNED"):
                watched.get(address + query)
            if "/search/" in address:
                watched.get(f"{address}change/")
    assert {place for place in watched.seen for secret in SECRETS if secret in place.casefold()} == set()
    assert len([place for place in watched.seen if "/students/search/" in place]) > 50
