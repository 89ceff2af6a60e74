"""Every page meets WCAG 2.2 AA, fits small screens and is valid HTML (specification, section 13)."""

import pytest
from playwright.sync_api import expect

from cas.details import fields
from cas.lifecycle import CASStatus
from tests.factories import COMPLETE, a_cas, a_draft, in_status, order_in_status

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def test_the_pages_of_guide_1_are_accessible(visit, inspector, level1, level2, allocation):
    visitor = visit()
    page = visitor.page
    visitor.goes_to("/")
    inspector.looks_at(visitor, "Sign in")
    visitor.selects("Sign in")
    inspector.looks_at(visitor, "Sign in, with errors")
    visitor.selects("Accessibility")
    inspector.looks_at(visitor, "Accessibility")
    visitor.selects("Help")
    inspector.looks_at(visitor, "Help, without a sign-in")
    visitor.goes_to("/")
    visitor.signs_in(level1)
    visitor.sees_screen("SMS message board – no active messages")
    inspector.looks_at(visitor, "No active messages")
    visitor.leaves_the_message_board()
    inspector.looks_at(visitor, "Students, empty")
    visitor.selects("Create CAS")
    inspector.looks_at(visitor, "Route")
    visitor.selects("Next")
    inspector.looks_at(visitor, "Route, with an error")
    visitor.chooses("Student")
    visitor.selects("Next")
    inspector.looks_at(visitor, "Kind")
    visitor.chooses("Create new single CAS")
    visitor.selects("Next")
    inspector.looks_at(visitor, "Form, empty")
    with page.expect_popup() as opened:
        visitor.selects("Help with this page (opens in new tab)")
    expect(opened.value.get_by_role("heading", name="Step 4: Enter the details")).to_be_in_viewport()
    visitor.goes_to(opened.value.url)
    inspector.looks_at(visitor, "A guide")
    visitor.selects("All guides")
    inspector.looks_at(visitor, "Help")
    opened.value.close()
    visitor.goes_to("/students/create-cas/STUDENT/new/")
    visitor.fills_in(
        {
            "date_of_birth": COMPLETE["date_of_birth"],
            "academic_level": "RQF7",
            "attendance": "PART_TIME",
            "is_remote_delivery": True,
            "has_work_placement": True,
            "placement_percent": 60,
            "has_previous_uk_study": True,
            "level_comparison": "SAME",
            "is_selt_required": True,
            "is_agent_used": True,
        }
    )
    inspector.looks_at(visitor, "Form, with all its fields")
    visitor.field(fields.BY_NAME["course_fees_paid"]).fill("$5,000")
    visitor.selects("Save")
    inspector.looks_at(visitor, "Form, with errors")
    visitor.fills_in({"family_name": "Nguyễn", "course_fees_paid": "5000"})
    visitor.selects("Save")
    inspector.looks_at(visitor, "Saved, incomplete")
    page.goto(page.url.replace("saved", "assign"))
    inspector.looks_at(visitor, "Assign CAS, not possible")
    cas = a_cas(level1)
    visitor.goes_to(f"/students/cas/{cas.pk}/edit/")
    inspector.looks_at(visitor, "Edit")
    cas.amend({"study_city": "Leeds", "course_id": "DS-1"}, by=level1, version=cas.version)
    visitor.fills_in({"study_city": "Bath"})
    visitor.selects("Save")
    inspector.looks_at(visitor, "Edit, saved by another")
    visitor.selects("Save")
    inspector.looks_at(visitor, "Saved, complete")
    visitor.selects("Delete")
    inspector.looks_at(visitor, "Delete")
    page.go_back()
    visitor.selects("Assign")
    inspector.looks_at(visitor, "Assign CAS")
    visitor.selects("Assign")
    inspector.looks_at(visitor, "Online payment")
    visitor.selects("OK")
    inspector.looks_at(visitor, "Sandbox")
    visitor.selects("Pay, but do not tell the portal")
    inspector.looks_at(visitor, "Sandbox, paid")
    visitor.goes_to(f"/students/cas/{cas.pk}/assign/")
    inspector.looks_at(visitor, "Payment under way")
    visitor.selects("Check again")
    inspector.looks_at(visitor, "Assigned")


def test_the_pages_of_every_status_are_accessible(visit, inspector, level1, caseworker, allocation):
    visitor = visit(level1)
    visitor.goes_to("/students/cas/")
    inspector.looks_at(visitor, "List, none")
    for status in CASStatus.values:
        cas = in_status(status, by=level1, caseworker=caseworker, passport_number=f"P{status}")
        visitor.goes_to(f"/students/cas/{cas.pk}/")
        inspector.looks_at(visitor, f"CAS, {status}")
    visitor.goes_to(f"/students/cas/{cas.pk}/delete/")
    inspector.looks_at(visitor, "Delete, not possible")
    visitor.goes_to("/students/cas/?status=USED")
    inspector.looks_at(visitor, "List, one")
    for number in range(60):
        a_draft(level1, given_names=f"Number {number}", course_title="Engineering " * (number % 20))
    visitor.goes_to("/students/cas/?page=2")
    inspector.looks_at(visitor, "List, many")
    for status in ("OPEN", "REFUND DUE", "REFUNDED"):
        order = order_in_status(status, a_cas(level1), caseworker=caseworker)
        visitor.goes_to(f"/payments/{order.reference}/")
        inspector.looks_at(visitor, f"Payment, {status}")
    visitor.goes_to("/students/")
    inspector.looks_at(visitor, "Students, full")
    visitor.goes_to("/students/cas/0/")
    inspector.looks_at(visitor, "Not found")
    visitor.goes_to("/sign-out/")
    inspector.looks_at(visitor, "Sign out")
    stranger = visit(caseworker)
    stranger.goes_to("/students/")
    inspector.looks_at(stranger, "Not allowed")
