"""A sponsor asks for more places for two routes, and a caseworker decides (specification, section 9; manual 3)."""

import pytest

from licences.models import Allocation
from licences.routes import Route
from tests.factories import a_cas, an_allocation, assigned
from tests.journeys.inspector import DESK, PHONE

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

ASK = "Request CoS/CAS increase"


@pytest.mark.parametrize(
    ("with_javascript", "width"), [(True, DESK), (False, PHONE)], ids=["with JavaScript", "without, on a phone"]
)
def test_an_increase_for_two_routes_is_submitted_together_and_granted(
    with_javascript, width, visit, inspector, level1, licence, caseworker
):
    an_allocation(licence, 1, by=caseworker)
    an_allocation(licence, 3, route=Route.CHILD_STUDENT, by=caseworker)
    assigned(a_cas(level1))
    cas = a_cas(level1, passport_number="Another")

    sponsor = visit(level1, with_javascript=with_javascript, width=width)
    sponsor.goes_to(f"/students/cas/{cas.pk}/assign/")
    sponsor.sees("has 0 unused of 1")
    sponsor.selects(ASK)  # the refusal leads to it
    sponsor.sees_screen(ASK)
    inspector.looks_at(sponsor, "what can be requested")

    sponsor.selects("Request an increase for the Student route")
    inspector.looks_at(sponsor, "the form of an increase")
    sponsor.selects("Save")
    sponsor.sees_errors("Enter the number requested", "Give reasons for the request")
    inspector.looks_at(sponsor, "the form with errors")
    sponsor.page.get_by_label("Number requested").fill("25")
    sponsor.page.get_by_label("Give reasons").fill("A new course begins in January.")
    sponsor.selects("Save")
    sponsor.sees("The request is saved.")

    sponsor.selects("Request an increase for the Child Student route")
    sponsor.page.get_by_label("Number requested").fill("2")
    sponsor.selects("Cancel")
    sponsor.sees_screen(ASK)
    sponsor.selects("Request an increase for the Child Student route")
    sponsor.page.get_by_label("Number requested").fill("4")
    sponsor.page.get_by_label("Give reasons").fill("More boarders.")
    sponsor.selects("Save")
    sponsor.sees("This submits the 2 saved requests together to the Home Office.")
    inspector.looks_at(sponsor, "two saved requests")
    sponsor.selects("Submit")
    sponsor.sees("2 requests have been submitted to the Home Office.")
    sponsor.selects("See your requests")
    sponsor.sees_screen("Applications and renewals tracking")
    inspector.looks_at(sponsor, "tracking of requests")

    officer = visit(caseworker, with_javascript=with_javascript, width=width)
    officer.goes_to("/admin/")
    officer.sees("Requests to decide: 2")
    inspector.looks_at(officer, "casework with requests")
    officer.selects("All requests to decide")
    inspector.looks_at(officer, "the work list of requests")
    officer.selects(f"{ASK}: Student route")
    officer.sees("A new course begins in January.")
    officer.sees("rises by 25, from 1 to 26.")
    inspector.looks_at(officer, "a request to decide")
    officer.selects("Grant")
    inspector.looks_at(officer, "granting a request")
    officer.selects("Grant")
    officer.sees_errors("Enter a sentence about the decision")
    officer.page.get_by_label("Number granted").fill("20")
    officer.page.get_by_label("Decision").fill("Twenty, as agreed by telephone.")
    officer.selects("Grant")
    officer.sees("Request granted and carried out")
    inspector.looks_at(officer, "a granted request")

    sponsor.page.reload()
    sponsor.sees("Twenty, as agreed by telephone.")
    sponsor.selects(f"{ASK}: Child Student route")
    inspector.looks_at(sponsor, "a request that waits")
    sponsor.selects("Withdraw")
    inspector.looks_at(sponsor, "withdraw a request")
    sponsor.selects("Withdraw")
    sponsor.sees("The request is withdrawn.")
    sponsor.goes_to("/licence/")
    sponsor.sees("20")
    sponsor.goes_to(f"/students/cas/{cas.pk}/assign/")
    sponsor.sees("20 unused of 21")
    assert sorted(Allocation.objects.values_list("granted", flat=True)) == [3, 21]
