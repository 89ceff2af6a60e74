"""A page as it opens: the only field has the focus, and an empty list says what it chooses."""

import pytest

from tests.factories import a_batch, a_cas
from tests.pages import Page

pytestmark = pytest.mark.django_db

ONE_FIELD = (
    "/students/assign-cas/",
    "/students/assign-cas/batch/",
    "/students/create-cas/STUDENT/new-batch/",
    "/students/sponsorship-duties/report/by-number/",
    "/students/agents/",
    "/students/course-templates/",
)
SEVERAL_FIELDS = ("/students/search/", "/students/create-cas/STUDENT/new/", "/students/transfer/", "/students/exports/")


@pytest.fixture
def client(as_user, level1):
    return as_user(level1)


def focused(page):
    return [element for element in page.main.walk() if "autofocus" in element]


@pytest.mark.parametrize("address", ONE_FIELD)
def test_the_only_field_of_a_page_has_the_focus_and_is_read_with_the_heading(client, address):
    page = Page(client.get(address))
    [field] = focused(page)
    described = [field, *page.main.all("fieldset")]
    assert any("heading" in element["aria-describedby"].split() for element in described)
    assert page.by_id("heading").text == page.h1


def test_if_the_only_field_is_a_date_its_day_has_the_focus(as_user, caseworker, licence):
    page = Page(as_user(caseworker).get(f"/admin/licences/licence/{licence.pk}/assessment/"))
    assert [element["id"] for element in focused(page)] == ["id_applied_on_day"]


@pytest.mark.parametrize("address", SEVERAL_FIELDS)
def test_a_page_with_several_fields_opens_with_the_focus_in_none(client, address):
    assert focused(Page(client.get(address))) == []


def test_after_an_error_the_summary_has_the_focus(client):
    page = Page(client.post("/students/create-cas/STUDENT/new-batch/", {"name": ""}))
    assert page.main.all("div", of="govuk-error-summary")
    assert focused(page) == []


def test_the_focus_is_not_below_a_long_text(client, level1):
    batch = a_batch(level1, *(a_cas(level1, family_name=f"A long family name {n}") for n in range(12)))
    sent = {"all": "yes", "seen": batch.last_event()}
    page = Page(client.post(f"/students/batches/{batch.pk}/move/", sent))
    assert page.h1 == "Move to another batch"
    assert focused(page) == []


@pytest.mark.parametrize("address", [*SEVERAL_FIELDS, "/students/create-cas/CHILD_STUDENT/new/"])
def test_an_empty_list_says_what_it_chooses(client, address):
    page = Page(client.get(address))
    for select in page.main.all("select"):
        first = select.all("option")[0]
        assert first["value"] == ""
        assert first.text.startswith(("Select a", "Select the", "Any ", "Choose "))


def test_the_words_follow_from_the_label(client):
    page = Page(client.get("/students/create-cas/STUDENT/new/"))
    shown = {select["name"]: select.all("option")[0].text for select in page.main.all("select")}
    assert shown["nationality"] == "Select a nationality"
    assert shown["country_of_birth"] == "Select a country of birth"
