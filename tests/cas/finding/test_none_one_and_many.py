"""Each list with nothing in it says what would be there and what to do next; with one, and with many, it has pages."""

from collections.abc import Callable
from typing import NamedTuple

import pytest

from cas.models import Batch, CourseTemplate, StudyAddress
from licences.models import StoredSearch
from licences.routes import Route
from tests.factories import a_batch, a_cas, an_agent, many
from tests.pages import Page

LINES = {"study_address_line_1": "1 Example Street", "study_city": "London", "study_postcode": "WC1E 6BT"}


@pytest.fixture
def client(as_user, level1):
    return as_user(level1)


def batches(user, number):
    for each in range(number):
        Batch.objects.add(f"Intake {each}", route=Route.STUDENT, by=user)


def addresses(user, number):
    for each in range(number):
        StudyAddress.objects.add({"name": f"Campus {each:03}", **LINES}, by=user)


def agents(user, number):
    for each in range(number):
        an_agent(user, agent_city=f"City {each:03}")


def templates(user, number):
    for each in range(number):
        CourseTemplate.objects.add({"course_title": f"History {each:03}"}, route=Route.STUDENT, by=user)


def into_the_batch(user, number):
    many(user, number, batch=the_batch(user))


def the_batch(user):
    return Batch.objects.filter(name="Of all").first() or Batch.objects.add("Of all", route="STUDENT", by=user)


def kept(user, screen, **asked):
    return StoredSearch.objects.keep(screen, asked, by=user).key


class List(NamedTuple):
    """`a_page` is how many stand on one, and `empty` what is said, or a part of it, while there is nothing."""

    address: Callable
    fill: Callable
    a_page: int
    empty: str


LISTS = {
    "CAS": List(lambda user: "/students/cas/", many, 25, "Create CAS to start one."),
    "CAS found": List(
        lambda user: f"/students/search/{kept(user, 'any', family_name=['ng'])}/", many, 25, "No CAS was found"
    ),
    "batches": List(lambda user: "/students/batches/", batches, 25, "“Create new batch of CAS”, to start one."),
    "CAS of a batch": List(
        lambda user: f"/students/batches/{the_batch(user).pk}/", into_the_batch, 100, "yet. Select Add CAS to add one."
    ),
    "batches found": List(
        lambda user: f"/students/assign-cas/batch/{kept(user, 'find_batch', name='intake')}/",
        batches,
        25,
        "Enter part of the name, or leave it empty to see every unassigned batch.",
    ),
    "course templates": List(
        lambda user: "/students/course-templates/", templates, 50, "open a CAS and select Save as course template."
    ),
    "study addresses": List(lambda user: "/students/study-addresses/", addresses, 50, "Select Add an address"),
    "agents": List(lambda user: "/students/agents/", agents, 50, "Select Add an agent"),
}
each_list = pytest.mark.parametrize("name", LISTS)


def rows(page):
    return [row for table in page.main.all("tbody") for row in table.all("tr")]


@each_list
def test_with_none_it_says_what_to_do_next_and_with_one_there_are_no_pages(name, client, level1):
    each = LISTS[name]
    address = each.address(level1)
    none = Page(client.get(address))
    assert rows(none) == []
    assert each.empty in none.main.text
    each.fill(level1, 1)
    one = Page(client.get(address))
    assert len(rows(one)) == 1
    assert each.empty not in one.main.text
    assert one.main.all(of="govuk-pagination") == []


@each_list
def test_many_have_pages(name, client, level1):
    each = LISTS[name]
    address = each.address(level1)
    each.fill(level1, each.a_page + 1)
    first, second = Page(client.get(address)), Page(client.get(address, {"page": 2}))
    assert (len(rows(first)), len(rows(second))) == (each.a_page, 1)
    assert first.main.one(of="govuk-pagination").link("2")
    links = [link["href"] for page in (first, second) for row in rows(page) for link in row.all("a")[:1]]
    assert len(set(links)) == each.a_page + 1, "each stands on one page"


def test_one_that_a_search_finds_is_gone_to_at_once(client, level1):
    cas = a_cas(level1)
    assert client.post("/students/search/", {"family_name": "ng"})["Location"] == f"/students/cas/{cas.pk}/"
    batch = a_batch(level1, cas)
    found = client.post("/students/assign-cas/batch/", {"name": "sep"})
    assert found["Location"].partition("?")[0] == f"/students/batches/{batch.pk}/assign/"
