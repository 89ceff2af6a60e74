"""A search leads back from what it found, and says where the CAS are that it cannot offer (guides 3 and 4)."""

import pytest

from tests.cas.finding.searching import ASSIGN, EDIT, Searcher, kept, names
from tests.factories import a_batch, a_cas, an_order, assigned, many
from tests.pages import sent_by


@pytest.fixture
def searcher(as_user):
    return lambda user, screen="/students/search/": Searcher(as_user(user), screen)


@pytest.mark.parametrize("screen", [EDIT, ASSIGN])
def test_back_leads_to_the_search_that_found_one_cas_with_everything_that_was_typed(
    screen, searcher, level1, allocation
):
    a_cas(level1)
    person = searcher(level1, screen)
    again = person.reads(person.finds(family_name=" NGUYEN ").link("Back"))
    assert again.main.one("form")["action"] == screen
    assert kept(again)["family_name"] == " NGUYEN "


@pytest.mark.parametrize("screen", [EDIT, ASSIGN])
def test_back_leads_to_the_list_from_which_one_of_several_was_opened(screen, searcher, level1, allocation):
    for name in ("Ada", "Bo"):
        a_cas(level1, family_name="Okonkwo", given_names=name)
    person = searcher(level1, screen)
    found = person.finds(family_name="oko")
    page = person.reads(found.main.link("Okonkwo, Ada"))
    assert names(person.reads(page.link("Back"))) == ["Okonkwo, Bo", "Okonkwo, Ada"]


def test_back_still_leads_to_the_search_after_a_look_at_the_payment(searcher, level1, allocation):
    a_cas(level1)
    person = searcher(level1, ASSIGN)
    confirm = person.finds(family_name="ng")
    (form,) = [form for form in confirm.main.all("form") if form["method"] == "get"]
    payment = person.reads(form["action"], **dict(sent_by(form)))
    back = person.reads(payment.main.link("Back"))
    assert back.h1 == "Assign CAS"
    assert back.main.link("Back") == confirm.main.link("Back")


@pytest.mark.parametrize("typed", ["", "x" * 31, "../", "ÿ", "a b"])
def test_a_way_back_that_is_no_key_is_ignored(typed, searcher, level1, allocation):
    cas = a_cas(level1)
    page = searcher(level1).reads(f"/students/cas/{cas.pk}/assign/", search=typed, **{"from": typed})
    assert page.main.link("Back") == f"/students/cas/{cas.pk}/saved/"


# A CAS that matches and is elsewhere


def elsewhere(page):
    """Return the lines that say where the CAS are, each with the addresses of its links."""
    (box,) = page.main.all(of="govuk-inset-text")
    return [(line.text, [link["href"] for link in line.all("a")]) for line in box.all("li")]


def test_a_cas_to_assign_that_is_in_a_batch_or_assigned_or_neither_says_where_it_is(searcher, level1, allocation):
    one = assigned(a_cas(level1))
    two = a_cas(level1, passport_number="X2")
    batch = a_batch(level1, two)
    page = searcher(level1, ASSIGN).finds(family_name="ng")
    assert page.h1 == "Search for a single CAS to assign"
    assert not page.title.startswith("No CAS was found")
    assert "You cannot assign these CAS here" in page.main.text
    (first, to_batch), (second, to_cas) = elsewhere(page)
    assert "READY TO GO" in first
    assert "It is in the batch “September intake”. Assign it with the batch." in first
    assert to_batch == [f"/students/cas/{two.pk}/", f"/students/batches/{batch.pk}/assign/"]
    assert "It is ASSIGNED." in second
    assert to_cas == [f"/students/cas/{one.pk}/"] * 2
    assert kept(page)["family_name"] == "ng"


def test_a_cas_that_can_no_longer_be_edited_says_so_with_a_link(searcher, level1, allocation):
    cas = assigned(a_cas(level1))
    page = searcher(level1, EDIT).finds(family_name="ng")
    assert "You cannot edit or delete this CAS here" in page.main.text
    ((sentence, links),) = elsewhere(page)
    assert "It is ASSIGNED." in sentence
    assert links == [f"/students/cas/{cas.pk}/"] * 2


def test_one_that_is_being_paid_for_says_so_with_a_link_to_its_payment(searcher, level1, allocation):
    order = an_order(a_cas(level1), by=level1)
    ((sentence, links),) = elsewhere(searcher(level1, EDIT).finds(family_name="ng"))
    assert "It is being paid for." in sentence
    assert links[1] == f"/payments/{order.reference}/"


def test_ten_cas_that_are_elsewhere_are_named_and_the_page_says_that_there_are_more(
    searcher, level1, allocation, django_assert_max_num_queries
):
    batch = a_batch(level1)
    many(level1, 11, batch=batch)
    person = searcher(level1, ASSIGN)
    address = person.sends(family_name="ng")["Location"]
    with django_assert_max_num_queries(8):
        lines = elsewhere(person.reads(address))
    assert len(lines) == 11
    assert lines[-1][0] == "More CAS match. Enter more details to see fewer."


def test_the_cas_of_others_are_not_said_to_be_elsewhere(searcher, level2, colleague, allocation):
    assigned(a_cas(colleague))
    page = searcher(level2, ASSIGN).finds(family_name="ng")
    assert "No CAS was found" in page.main.text
    assert elsewhere(page) == []
