"""Manual 4, guides 1 to 5, for the Child Student route: the same screens, with the fields of that route."""

from io import BytesIO

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from cas.models import CAS
from licences.routes import Route
from tests.factories import CHILD, a_batch, an_allocation

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

BOARDER = {**CHILD, "living_arrangements": "BOARDING", "boarding_fees": "12450", "is_accommodation_provided": True}


@pytest.fixture(autouse=True)
def _places(licence, caseworker):
    an_allocation(licence, route=Route.CHILD_STUDENT, by=caseworker)


def begins(visitor, what):
    visitor.goes_to("/students/")
    visitor.selects("Create CAS")
    visitor.chooses("Child Student")
    visitor.selects("Next")
    visitor.chooses(what)
    visitor.selects("Next")


def pays(visitor, *, total):
    visitor.sees_screen("Online payment")
    visitor.selects("OK")
    visitor.sees_line("Amount", total)
    visitor.selects("Pay")


def test_the_cas_of_a_boarder_is_created_found_amended_assigned_and_printed(visit, level1):
    visitor = visit(level1)

    # Guide 1: create it, and save it with fields missing.
    begins(visitor, "Create new single CAS")
    expect(visitor.section("English language")).to_have_count(0)
    visitor.fills_in({name: value for name, value in BOARDER.items() if name != "boarding_fees"})
    visitor.selects("Save")
    visitor.sees_status("WORK IN PROGRESS")
    expect(visitor.control("Assign")).to_be_disabled()

    # Guide 3: find it, and amend it. A single result opens the form.
    begins(visitor, "Find an existing single CAS")
    visitor.page.get_by_role("main").get_by_label("Family name", exact=True).fill("nguyen")
    visitor.selects("Next")
    visitor.sees_screen("Edit an existing CAS")
    visitor.fills_in({"boarding_fees": BOARDER["boarding_fees"]})
    visitor.selects("Save")
    visitor.sees_status("READY TO GO")

    # Guide 4: find it to assign it, and pay.
    visitor.goes_to("/students/")
    visitor.selects("Assign CAS")
    visitor.chooses("Assign single CAS")
    visitor.selects("Next")
    visitor.page.get_by_role("main").get_by_label("Family name", exact=True).fill("nguyen")
    visitor.selects("Next")
    visitor.sees_screen("Assign CAS")
    visitor.selects("Assign")
    pays(visitor, total="£55.00")
    visitor.sees_screen("Confirmation of assigned CAS")
    cas = CAS.objects.get()
    assert cas.number.startswith("E4C")
    visitor.sees_line("Where the child lives", "Boarding at the school")

    # Print it.
    text = "\n".join(leaf.extract_text() for leaf in PdfReader(BytesIO(visitor.prints())).pages)
    for printed in (cas.number, "Boarding at the school", "£12,450.00"):
        assert printed in text


def test_a_batch_of_child_students_is_created_found_and_assigned(visit, level1):
    visitor = visit(level1)

    # Guide 2: create a batch, and two CAS of one course.
    begins(visitor, "Create new batch of CAS")
    visitor.page.get_by_label("Batch name").fill("Year 12")
    visitor.selects("Next")
    visitor.selects("Add CAS")
    visitor.fills_in(CHILD)
    visitor.selects("Save and add the next")
    visitor.holds({"course_title": "MSc Data Science", "family_name": ""})
    visitor.fills_in({**CHILD, "family_name": "Asante", "passport_number": "G7654321"})
    visitor.selects("Save")
    visitor.sees_screen("Batch details")
    visitor.sees_line("READY TO GO", "2 of 2")

    # Guide 5: find the batch, and assign it.
    a_batch(level1, name="Year 13", route=Route.CHILD_STUDENT)
    visitor.goes_to("/students/")
    visitor.selects("Assign CAS")
    visitor.chooses("Assign batch")
    visitor.selects("Next")
    visitor.page.get_by_label("Batch name").fill("year 12")
    visitor.selects("Next")
    visitor.sees_screen("Confirm assignment of batch")
    visitor.selects("Assign")
    pays(visitor, total="£110.00")
    visitor.sees_screen("Confirmation of assigned batch")
    assert set(CAS.objects.values_list("status", flat=True)) == {"ASSIGNED"}
