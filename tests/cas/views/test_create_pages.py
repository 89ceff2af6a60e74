"""`Create a CAS`: choosing the route, and then what to create (manual 4, guide 1, steps 2 and 3)."""

import pytest

from licences.roles import Role
from licences.routes import Route
from tests.factories import a_licence, a_user
from tests.pages import Page


@pytest.fixture
def user_with_one_route(caseworker):
    """Return a Level 1 user of a sponsor that is licensed for the Student route only."""
    return a_user("one", Role.LEVEL_1, a_licence("2ABCDEF34", "One", [Route.STUDENT], by=caseworker))


@pytest.fixture
def user_with_no_route(caseworker):
    """Return a Level 1 user of a sponsor that is licensed for no route."""
    return a_user("none", Role.LEVEL_1, a_licence("2ABCDEF35", "None", [], by=caseworker))


def choices(page):
    return {page.by_id(label["for"])["value"]: label.text for label in page.main.all("label")}


def test_the_routes_of_the_licence_are_offered(as_user, level1):
    page = Page(as_user(level1).get("/students/create-cas/"))
    assert page.h1 == "Create a CAS"
    assert page.main.one("legend").text == "Route"
    assert choices(page) == {"STUDENT": "Student", "CHILD_STUDENT": "Child Student"}
    assert page.buttons("Next")
    assert page.link("Back") == "/students/"


def test_next_leads_to_the_route_that_was_chosen(as_user, level1):
    answer = as_user(level1).post("/students/create-cas/", {"route": "CHILD_STUDENT"})
    assert (answer.status_code, answer["Location"]) == (302, "/students/create-cas/CHILD_STUDENT/")


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({}, "Select the route"),
        ({"route": ""}, "Select the route"),
        ({"route": "WORKER"}, "Route: “WORKER” is not in the list. Choose from the list"),
        ({"route": "student"}, "Route: “student” is not in the list. Choose from the list"),
        ({"route": "\x00"}, "Select the route"),
        ({"route": "A\x00"}, "Route: choose from the list"),
    ],
)
def test_next_without_a_route_of_the_licence_gives_an_error(as_user, level1, sent, sentence):
    page = Page(as_user(level1).post("/students/create-cas/", sent))
    assert page.title == "Error: Create a CAS: route – Sponsorship Management System"
    assert page.summary == [(sentence, "#id_route")]
    assert page.error_of("route") == sentence
    assert page.by_id("id_route")["type"] == "radio"


def test_the_choice_of_a_route_is_skipped_when_the_licence_has_one_route(as_user, user_with_one_route):
    client = as_user(user_with_one_route)
    answer = client.get("/students/create-cas/")
    assert (answer.status_code, answer["Location"]) == (302, "/students/create-cas/STUDENT/")
    assert Page(client.get("/students/create-cas/STUDENT/")).link("Back") == "/students/"


STEPS = ("/students/create-cas/", "/students/create-cas/STUDENT/", "/students/create-cas/STUDENT/new/")


@pytest.mark.parametrize("step", STEPS)
def test_a_user_whose_licence_covers_no_route_sees_that_they_cannot_create_cas(as_user, user_with_no_route, step):
    answer = as_user(user_with_no_route).get(step)
    assert answer.status_code == 403
    assert "Your licence does not cover any route, so you cannot create CAS." in Page(answer).main.text


@pytest.mark.parametrize("step", ["", "new/"])
@pytest.mark.parametrize("route", ["CHILD_STUDENT", "student", "WORKER", "%00", "%F0%9F%99%82"])
def test_a_route_that_is_not_licensed_is_not_found(as_user, user_with_one_route, route, step):
    client = as_user(user_with_one_route)
    for send in (client.get, client.post):
        assert send(f"/students/create-cas/{route}/{step}", {"kind": "find"}).status_code == 404


def test_a_route_that_was_surrendered_is_not_found(as_user, level1, licence, caseworker):
    licence.surrender_route("CHILD_STUDENT", by=caseworker, reason="No longer offered")
    client = as_user(level1)
    assert client.get("/students/create-cas/")["Location"] == "/students/create-cas/STUDENT/"
    assert client.get("/students/create-cas/CHILD_STUDENT/new/").status_code == 404


def test_the_second_step_asks_what_to_create(as_user, level1):
    page = Page(as_user(level1).get("/students/create-cas/CHILD_STUDENT/"))
    assert page.h1 == "Create a CAS"
    assert "Route: Child Student" in page.main.text
    assert list(choices(page).values()) == [
        "Create new single CAS",
        "Create new batch of CAS",
        "Find an existing single CAS",
    ]
    assert page.link("Back") == "/students/create-cas/"


@pytest.mark.parametrize(
    ("kind", "address"),
    [("new", "/students/create-cas/CHILD_STUDENT/new/"), ("find", "/students/create-cas/CHILD_STUDENT/find/")],
)
def test_next_leads_to_a_new_cas_or_to_finding_an_existing_cas(as_user, level2, kind, address):
    answer = as_user(level2).post("/students/create-cas/CHILD_STUDENT/", {"kind": kind})
    assert (answer.status_code, answer["Location"]) == (302, address)


@pytest.mark.parametrize("sent", [{}, {"kind": ""}, {"kind": "transfer"}])
def test_next_without_a_choice_gives_an_error(as_user, level1, sent):
    page = Page(as_user(level1).post("/students/create-cas/STUDENT/", sent))
    ((sentence, href),) = page.summary
    assert page.error_of("kind") == sentence
    assert href == "#id_kind"
    assert page.title.startswith("Error: ")


@pytest.mark.parametrize("end", ["revoke", "surrender"])
def test_a_user_whose_licence_has_ended_sees_that_they_can_no_longer_create_cas(
    as_user, level1, licence, caseworker, end
):
    getattr(licence, end)(by=caseworker, reason="The end")
    client = as_user(level1)
    for step in STEPS:
        answer = client.get(step)
        assert answer.status_code == 403
        assert f"Your licence is {licence.status}. You can no longer create" in Page(answer).main.text
