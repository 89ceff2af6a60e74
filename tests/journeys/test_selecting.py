"""Selecting in long lists: everything but a few, a range, on several pages, with and without JavaScript, on a phone."""

import re

import pytest
from playwright.sync_api import expect

from tests.factories import a_draft, an_allocation, many
from tests.journeys.inspector import DESK, PHONE

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

MOST_PIXELS = 3_500  # of a list of 25 CAS on a phone


@pytest.fixture
def sixty(level1, licence, caseworker):
    """Make 60 CAS with different names, the newest of Student 59."""
    an_allocation(licence, 100, by=caseworker)
    return [a_draft(level1, family_name=f"Student {n:02}", given_names="") for n in range(60)]


def box(visitor, n):
    return visitor.page.get_by_label(f"Select Student {n:02}", exact=True)


def finds(visitor):
    """Search in the header, and see all the CAS."""
    visitor.goes_to("/students/search/")
    visitor.page.get_by_label("Family name", exact=True).fill("Student")
    visitor.selects("Next")
    visitor.sees_screen("CAS found")


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_everything_but_three_and_a_range(visit, inspector, sixty, level1, width):
    visitor = visit(level1, width=width)
    finds(visitor)
    page = visitor.page
    inspector.looks_at(visitor, "a list in which nothing is selected")
    page.set_viewport_size({"width": width, "height": 900})
    page.get_by_label("All 60 CAS found, on every page").check()
    visitor.sees("60 CAS selected")
    for n in (59, 58):
        box(visitor, n).uncheck()
    visitor.sees("58 CAS selected")
    inspector.looks_at(visitor, "a list in which all but two are selected")
    page.set_viewport_size({"width": width, "height": 900})
    page.get_by_role("link", name="Page 3").click()
    expect(box(visitor, 0)).to_be_checked()
    box(visitor, 0).uncheck()
    page.get_by_role("link", name="Page 1").click()
    expect(box(visitor, 59)).not_to_be_checked()
    visitor.sees("57 CAS selected")
    expect(page.get_by_role("button", name="Delete")).to_be_in_viewport()
    visitor.selects("Delete")
    visitor.sees_screen("Delete 57 CAS")

    page.go_back()
    visitor.sees("57 CAS selected")
    page.get_by_label("All 60 CAS found, on every page").uncheck()
    box(visitor, 57).check()
    box(visitor, 50).click(modifiers=["Shift"])
    visitor.sees("8 CAS selected")
    box(visitor, 52).click()
    box(visitor, 50).click(modifiers=["Shift"])
    visitor.sees("5 CAS selected")
    box(visitor, 54).press("Space")  # the keyboard selects rows one by one
    visitor.sees("4 CAS selected")
    visitor.selects("Delete")
    visitor.sees_screen("Delete 4 CAS")


def test_everything_but_three_without_javascript(visit, inspector, sixty, level1):
    visitor = visit(level1, with_javascript=False, width=PHONE)
    finds(visitor)
    visitor.page.get_by_label("All 60 CAS found, on every page").check()
    visitor.selects("Keep the selection")
    visitor.sees("60 CAS selected")
    for n in (59, 58, 57):
        box(visitor, n).uncheck()
    visitor.selects("Delete")
    visitor.sees_screen("Delete 57 CAS")
    inspector.looks_at(visitor, "57 CAS to delete")


def test_a_page_has_as_many_rows_as_the_user_chooses_and_a_phones_list_is_short(visit, level1, licence, caseworker):
    an_allocation(licence, 100, by=caseworker)
    many(level1, 60)
    visitor = visit(level1, width=PHONE)
    visitor.goes_to("/students/cas/")
    height = visitor.page.evaluate("document.scrollingElement.scrollHeight")
    assert height < MOST_PIXELS
    visitor.selects("50 on a page")
    expect(visitor.page.get_by_role("rowheader")).to_have_count(50)
    visitor.goes_to("/students/cas/?status=READY+TO+GO")
    expect(visitor.page.get_by_role("rowheader")).to_have_count(50)


def test_the_only_field_of_a_page_has_the_focus_and_is_described_by_the_heading(visit, level1, sixty):
    visitor = visit(level1)
    for address in ("/students/sponsorship-duties/report/by-number/", "/students/assign-cas/batch/"):
        visitor.goes_to(address)
        heading = visitor.page.get_by_role("heading", level=1).inner_text()
        expect(visitor.page.locator(":focus")).to_have_accessible_description(re.compile(f"^{re.escape(heading)}"))
