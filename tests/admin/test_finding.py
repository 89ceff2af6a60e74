"""Caseworkers find CAS of every sponsor (specification, section 8)."""

import pytest

from cas import numbers
from licences.models import Event, StoredSearch
from tests.factories import a_cas, a_draft, an_allocation, assigned
from tests.pages import Page, typed_in

FIND = "/admin/cas/cas/find/"

pytestmark = pytest.mark.django_db


@pytest.fixture
def finds(desk):
    return lambda **asked: desk.client.post(FIND, typed_in(asked))


def names(page):
    return [row.one("th").one("a").text for table in page.all("tbody") for row in table.all("tr")]


def test_the_admin_has_a_page_to_find_cas(desk):
    assert desk.read("/admin/").link("Find CAS") == FIND
    page = desk.read(FIND)
    assert page.h1 == "Find CAS"
    (current,) = [link for link in page.all("a") if link["aria-current"]]
    assert current.text == "Find CAS"
    assert not [element for element in page.walk() if element["id"] in {"id_owner", "find"}]


def test_a_single_result_leads_to_the_admin_page_of_the_cas(desk, finds, level2, outsider, allocation):
    cas = assigned(a_cas(level2))
    a_draft(outsider)
    events = Event.objects.count()
    answer = finds(number=cas.number)
    assert answer["Location"] == f"/admin/cas/cas/{cas.pk}/"
    assert desk.read(answer["Location"]).h1 == str(cas)
    assert Event.objects.count() == events, "reading a CAS adds nothing to its history"


def test_several_results_are_listed_with_their_sponsors(desk, finds, level2, outsider):
    mine, theirs = a_draft(level2), a_draft(outsider, given_names="Ada")
    address = finds(family_name="oko")["Location"]
    assert address == f"/admin/cas/cas/found/{StoredSearch.objects.get().key}/"
    page = desk.read(address)
    assert names(page) == ["Okonkwo, Ada", "Okonkwo"]
    assert [cell.text for cell in page.walk() if cell["data-label"] == "Sponsor"] == [
        "Elsewhere College",
        "University of Example",
    ]
    assert page.link("Okonkwo, Ada") == f"/admin/cas/cas/{theirs.pk}/"
    assert page.link("Okonkwo") == f"/admin/cas/cas/{mine.pk}/"
    again = desk.read(page.link("Change the search"))
    assert again.by_id("id_family_name")["value"] == "oko"


@pytest.mark.parametrize("asked", [{"sponsor": "7xkq2md93"}, {"owner_id": "OUTSIDER"}])
def test_caseworkers_can_search_by_licence_number_or_user_id(asked, finds, level2, outsider):
    a_draft(level2)
    cas = a_draft(outsider)
    assert finds(family_name="oko", **asked)["Location"] == f"/admin/cas/cas/{cas.pk}/"


def test_a_search_without_results_or_with_an_error_keeps_what_was_typed(desk, finds):
    page = Page(desk.client.get(finds(family_name="Unknown")["Location"]))
    assert "No CAS was found" in page.main.text
    assert page.by_id("id_family_name")["value"] == "Unknown"
    wrong = finds(number="E4G")
    assert wrong.status_code == 422
    assert Page(wrong).error_of("number") == "A CAS number has 14 characters. You entered 3."


def test_searches_of_the_portal_and_of_the_admin_are_separate(desk, finds, level1, as_user):
    theirs = StoredSearch.objects.keep("any", {"family_name": ["x"]}, by=level1).key
    assert desk.client.get(f"/admin/cas/cas/found/{theirs}/").status_code == 404
    mine = finds(family_name="x")["Location"].split("/")[-2]
    assert as_user(level1).get(f"/students/search/{mine}/").status_code == 404


def test_the_search_of_another_caseworker_is_not_found(desk, finds, level1):
    address = finds(family_name="x")["Location"]
    StoredSearch.objects.update(user=level1)
    assert desk.client.get(address).status_code == 404
    assert desk.client.get(f"{address}change/").status_code == 404


# CAS check

CHECK = "/admin/cas/cas/check/"


def checks(desk, number):
    return desk.client.post(CHECK, {"number": number})


def mistyped(number):
    return number[:-1] + ("1" if number[-1] != "1" else "2")


@pytest.mark.parametrize("change", [str, str.lower, lambda number: f" {number[:3]}-{number[3:8]} {number[8:]} "])
def test_a_cas_check_leads_from_a_number_to_everything_about_the_cas(change, desk, outsider, caseworker):
    an_allocation(outsider.licence, by=caseworker)
    cas = assigned(a_cas(outsider))
    assert desk.read("/admin/").link("CAS check") == CHECK
    page = desk.read(CHECK)
    assert (page.h1, page.buttons("Retrieve")[0].text) == ("CAS check", "Retrieve")
    events = Event.objects.count()
    answer = checks(desk, change(cas.number))
    assert answer["Location"] == f"/admin/cas/cas/{cas.pk}/"
    shown = desk.read(answer["Location"])
    lines = {("CAS number", cas.number), ("Sponsor", str(outsider.licence))}
    assert lines <= set(shown.lines())
    assert Event.objects.count() == events, "a check changes nothing"


def test_a_number_of_the_wrong_pattern_is_named_at_once(desk):
    wrong = checks(desk, "E4G12")
    assert wrong.status_code == 422
    page = Page(wrong)
    assert page.error_of("number") == "A CAS number has 14 characters. You entered 5."
    assert page.by_id("id_number")["value"] == "E4G12"
    assert Page(checks(desk, "")).error_of("number") == "Enter the CAS number"


def test_a_number_that_is_not_found_stands_in_no_address_and_may_look_mistyped(desk, level2, allocation):
    right = assigned(a_cas(level2)).number
    for number, looks_mistyped in ((mistyped(right), True), (numbers.draw("STUDENT"), False)):
        address = checks(desk, number)["Location"]
        assert number not in address
        page = desk.read(address)
        assert page.h1 == "CAS check"
        assert "No CAS of any sponsor has this number" in page.main.text
        assert ("looks mistyped" in page.main.text) is looks_mistyped
        assert page.by_id("id_number")["value"] == number
