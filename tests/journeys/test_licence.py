"""The licence as a sponsor sees it, and a new Key Contact (specification, section 9). Each page is inspected."""

import pytest

from licences.models import ActionPlan, KeyPerson
from tests.factories import AMIRA, a_cas, assigned
from tests.journeys.inspector import DESK, PHONE

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

SUMMARY = "Licence summary, applications and services"


@pytest.mark.parametrize(
    ("with_javascript", "width"), [(True, DESK), (False, PHONE)], ids=["with JavaScript", "without, on a phone"]
)
def test_a_level_1_user_replaces_the_key_contact_by_a_request_that_a_caseworker_grants(
    with_javascript, width, visit, level1, licence, allocation, caseworker, inspector
):
    KeyPerson.objects.replace(licence, "KEY_CONTACT", AMIRA, by=caseworker)
    licence.set_rating("GREEN", by=caseworker, reason="Assessed")
    assigned(a_cas(level1))

    sponsor = visit(level1, with_javascript=with_javascript, width=width)
    sponsor.goes_to("/students/")
    sponsor.page.get_by_role("main").get_by_role("link", name=SUMMARY).click()
    sponsor.sees_screen(SUMMARY)
    sponsor.sees("Amira Osei")
    inspector.looks_at(sponsor, "licence summary")
    sponsor.selects("Request changes to licence details")
    sponsor.sees_screen("Request changes to licence details")
    inspector.looks_at(sponsor, "changes to licence details")
    sponsor.selects("Replace the Key Contact")
    sponsor.selects("Save")
    sponsor.sees_errors(
        "Enter the name of the person",
        "Enter the job title of the person",
        "Enter the email address of the person",
        "Enter the telephone number of the person",
        "Give reasons for the request",
    )
    inspector.looks_at(sponsor, "a new key contact, with errors")
    for label, text in (
        ("Name", "Béla Kovács"),
        ("Job title", "Registrar"),
        ("Email address", "b.kovacs@example.ac.uk"),
        ("Telephone", "020 7946 0001"),
        ("Give reasons", "Amira Osei has left the university."),
    ):
        sponsor.page.get_by_label(label, exact=True).fill(text)
    sponsor.selects("Save")
    sponsor.sees("The request is saved.")
    inspector.looks_at(sponsor, "changes to licence details, one saved")
    sponsor.selects("Submit")
    sponsor.sees("1 request has been submitted to the Home Office.")

    officer = visit(caseworker, with_javascript=with_javascript, width=width)
    officer.goes_to("/admin/licences/licencerequest/")
    officer.page.get_by_role("table").get_by_role("link", name="Replace the Key Contact").click()
    officer.sees("Amira Osei is no longer the Key Contact.")
    inspector.looks_at(officer, "a request for a new key contact")
    officer.selects("Grant")
    officer.page.get_by_label("Decision", exact=True).fill("The new Key Contact is recorded.")
    inspector.looks_at(officer, "grant a new key contact")
    officer.selects("Grant")
    officer.sees("Request granted and carried out")
    officer.goes_to(f"/admin/licences/licence/{licence.pk}/")
    officer.sees("Key person replaced")
    inspector.looks_at(officer, "a licence with its details")

    sponsor.goes_to("/licence/")
    sponsor.sees("Béla Kovács")
    sponsor.sees("GRANTED")
    inspector.looks_at(sponsor, "licence summary, with a new key contact")
    sponsor.selects("The whole history of the licence")
    sponsor.sees_screen("History of the licence")
    inspector.looks_at(sponsor, "history of the licence")


def test_a_level_1_user_of_a_suspended_licence_accepts_an_action_plan(visit, level1, licence, caseworker, inspector):
    ActionPlan.objects.issue(licence, details="Report within 10 working days.", fee_pence=147_600, by=caseworker)
    licence.suspend(by=caseworker, reason="A visit")
    sponsor = visit(level1)
    sponsor.goes_to("/students/")
    sponsor.sees("Your licence has been SUSPENDED since")
    inspector.looks_at(sponsor, "students, with a suspended licence")
    sponsor.goes_to("/licence/")
    plan = ActionPlan.objects.get()
    sponsor.page.get_by_role("table", name="Action plan details").get_by_role("link").click()
    sponsor.sees("Report within 10 working days.")
    inspector.looks_at(sponsor, "an action plan")
    sponsor.selects("Send the answer")
    sponsor.sees_errors("Select whether you accept the action plan")
    sponsor.page.get_by_label("Accept").check()
    sponsor.selects("Send the answer")
    sponsor.sees("The action plan is accepted.")
    inspector.looks_at(sponsor, "an accepted action plan")
    plan.refresh_from_db()
    assert plan.answer == "ACCEPTED"
