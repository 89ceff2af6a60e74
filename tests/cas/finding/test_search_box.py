"""The search box of every page finds a CAS in one step."""

import pytest

from tests.factories import a_batch, a_cas, a_draft, assigned
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
    assert box.one("label").text == "Name, CAS or passport number, Applicant ID or batch"
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


# The kinds of answer


CHIDI = {
    "family_name": "Okonkwo",
    "given_names": "Chidi Emeka",
    "passport_number": "B 123-4567",
    "applicant_id": "AB-12/3",
}


@pytest.mark.parametrize(
    ("typed", "found_by"),
    [
        ("okonk", "Family name"),
        ("CHÍDI", "Given name(s)"),
        ("chidi emeka", "Given name(s)"),
        ("Chidi Okonkwo", "Name"),
        ("okonkwo chidi", "Name"),
        ("Chidi Emeka Okon", "Name"),
        ("  Chidi   Emeka   OKONKWO ", "Name"),
        ("okonkwo, chi", "Name"),
        ("b1234567", "Passport or travel document number"),
        ("ab 123", "Applicant ID"),
    ],
)
def test_the_box_finds_each_kind_of_answer_and_the_list_says_which_it_is(typed, found_by, searcher, level1):
    cas = a_draft(level1, **CHIDI)
    a_draft(level1, family_name="Wang", given_names="Wei", passport_number="B7654321", applicant_id="AB-4")
    person = searcher(level1, BOX)
    assert person.sends(anything=typed)["Location"] == f"/students/cas/{cas.pk}/"
    a_draft(level1, **CHIDI)
    page = person.finds(anything=typed)
    assert page.h1 == "CAS found"
    assert ways_found(page) == [found_by, found_by]


def ways_found(page):
    """Return what the column “Found by” of the list says, line by line."""
    return [
        cell.text for table in page.main.all("tbody") for cell in table.all("td") if cell["data-label"] == "Found by"
    ]


def test_answers_of_several_kinds_are_listed_together_each_with_its_own(searcher, level1):
    a_draft(level1, family_name="Ali", given_names="")
    a_draft(level1, family_name="Wang", given_names="Ali Reza")
    a_draft(level1, family_name="Wang", given_names="Wei", passport_number="ALI")
    page = searcher(level1, BOX).finds(anything="ali")
    assert ways_found(page) == ["Passport or travel document number", "Given name(s)", "Family name"]


def test_the_list_of_another_search_does_not_say_how_it_found_each(searcher, level1):
    for name in ("Ada", "Bo"):
        a_draft(level1, given_names=name)
    assert ways_found(searcher(level1).finds(family_name="oko")) == []


def test_names_in_another_script_are_found_in_either_order(boxed, level1):
    cas = a_draft(level1, family_name="Щукин", given_names="Юлия")
    for typed in ("ЮЛИЯ щукин", "Щукин Юлия", "юлия"):
        assert boxed(level1, typed)["Location"] == f"/students/cas/{cas.pk}/", typed


def test_a_name_of_many_words_is_found_and_the_statement_stays_short(boxed, level1):
    cas = a_draft(level1, family_name="de la Cruz", given_names="María del Carmen Ana Sofía")
    for typed in ("maria del carmen ana sofia de la cruz", "de la cruz maria"):
        assert boxed(level1, typed)["Location"] == f"/students/cas/{cas.pk}/"
    boxed(level1, "a " * 99)  # as many as fit


def test_a_batch_is_found_by_its_name_and_gone_to_at_once(boxed, level1):
    batch = a_batch(level1, a_cas(level1), name="Autumn PGT 2026")
    for typed in ("autumn", "AUTUMN-PGT", "Äutumn PGT 2026"):
        assert boxed(level1, typed)["Location"] == f"/students/batches/{batch.pk}/", typed
    assert "/students/search/" in boxed(level1, "tumn")["Location"]


def test_batches_are_listed_before_cas_with_what_they_were_found_by(searcher, level1):
    a_draft(level1, family_name="Autumn")
    batches = [a_batch(level1, name=f"Autumn {n}") for n in range(12)]
    page = searcher(level1, BOX).finds(anything="autumn")
    assert page.h1 == "CAS and batches found"
    assert len(names(page)) == 1
    (found,) = page.main.all(of="sms-lines")
    assert [link["href"] for link in found.all("a")] == [f"/students/batches/{each.pk}/" for each in batches[:1:-1]]
    assert [heading.text for heading in page.main.all("h2")][:2] == ["Batches found by name", "CAS"]
    assert "More batches match." in found.text


def test_several_batches_without_a_cas_are_listed_too(searcher, level1):
    for n in range(2):
        a_batch(level1, name=f"Autumn {n}")
    page = searcher(level1, BOX).finds(anything="autumn")
    assert len(page.main.one(of="sms-lines").all("a")) == 2
    assert "No CAS was found." in page.main.text


def test_a_level_2_user_finds_only_their_own(boxed, searcher, level1, level2, colleague):
    mine, theirs = a_draft(level2, **CHIDI), a_draft(level1, **CHIDI)
    my_batch, _ = a_batch(level2, name="Autumn 1"), a_batch(level1, name="Autumn 2")
    for typed in ("chidi", "chidi okonkwo", "B1234567", "okonkwo", "ab123"):
        assert boxed(level2, typed)["Location"] == f"/students/cas/{mine.pk}/", typed
        assert "/students/search/" in boxed(level1, typed)["Location"], typed
        page = searcher(colleague, BOX).finds(anything=typed)
        assert "No CAS was found" in page.main.text, typed
        assert f"/students/cas/{theirs.pk}/" not in [link["href"] for link in page.main.all("a")], typed
    assert boxed(level2, "autumn")["Location"] == f"/students/batches/{my_batch.pk}/"
    assert "No CAS was found" in searcher(colleague, BOX).finds(anything="autumn").main.text


def test_another_sponsor_finds_nothing(searcher, level1, outsider):
    a_draft(level1, **CHIDI)
    a_batch(level1, name="Autumn")
    for typed in ("chidi", "chidi okonkwo", "B1234567", "autumn"):
        assert "No CAS was found" in searcher(outsider, BOX).finds(anything=typed).main.text, typed


@pytest.mark.parametrize("number", [2, 30])
def test_the_statements_of_the_box_are_as_many_for_30_as_for_2(number, searcher, level1, django_assert_num_queries):
    for n in range(number):
        a_draft(level1, **CHIDI)
        a_batch(level1, name=f"Chidi {n}")
    person = searcher(level1, BOX)
    address = person.sends(anything="chidi")["Location"]
    person.reads(address)
    with django_assert_num_queries(7):
        person.reads(address)


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
