"""Manual 4, guide 1, step by numbered step: how to create and assign a new single CAS."""

from io import BytesIO

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from cas.details import fields
from cas.models import CAS
from tests.factories import COMPLETE
from tests.journeys.steps import EVERY_WAY

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

LEFT = fields.missing({"family_name": "Nguyễn", "route": "STUDENT"})


@EVERY_WAY
def test_a_cas_is_created_paid_for_assigned_and_printed(visit, request, allocation, who, with_javascript, width):
    user = request.getfixturevalue(who)
    visitor = visit(with_javascript=with_javascript, width=width)
    page = visitor.page
    visitor.goes_to("/")
    visitor.sees_screen("Sign in")
    visitor.signs_in(user)
    if who == "level1":
        visitor.leaves_the_message_board()

    # 1. From the Students screen, Create CAS.
    visitor.sees_screen("Students")
    visitor.selects("Create CAS")

    # 2. The route, and Next.
    visitor.sees_screen("Create a CAS")
    visitor.chooses("Student")
    visitor.selects("Next")

    # 3. Create new single CAS, and Next.
    visitor.sees_screen("Create a CAS")
    visitor.chooses("Create new single CAS")
    visitor.selects("Next")

    # 4. The details, and Save. Note: only the family name is required.
    visitor.sees_screen("Create a CAS")
    visitor.selects("Save")
    visitor.sees_errors("Enter the family name")
    visitor.fills_in({"family_name": COMPLETE["family_name"]})
    visitor.selects("Save")

    # 5. Note 1: Assign is unavailable, and names the missing fields, with links to them.
    visitor.sees_screen("Confirmation of saved CAS")
    visitor.sees_status("WORK IN PROGRESS")
    expect(visitor.control("Assign")).to_be_disabled()
    for field in LEFT:
        visitor.sees_missing(field)
    visitor.selects("Passport or travel document number")
    visitor.sees_screen("Edit an existing CAS")
    expect(visitor.field(fields.BY_NAME["passport_number"])).to_be_in_viewport()
    page.go_back()

    # 5. Amend.
    visitor.selects("Amend")
    visitor.sees_screen("Edit an existing CAS")
    visitor.fills_in(COMPLETE)
    visitor.selects("Save")
    visitor.sees_screen("Confirmation of saved CAS")
    visitor.sees_status("READY TO GO")
    visitor.sees_line("Given name(s)", "Thị Minh")

    # 5. Assign.
    visitor.selects("Assign")

    # 6. The details and the current allocation; Back, for further changes.
    visitor.sees_screen("Assign CAS")
    visitor.sees_line("Student", "Nguyễn, Thị Minh")
    visitor.sees_line("Course curriculum title", "MSc Data Science")
    visitor.sees("10 unused of 10")
    visitor.selects("Back")
    visitor.sees_screen("Confirmation of saved CAS")
    visitor.selects("Assign")
    visitor.sees_screen("Assign CAS")
    visitor.selects("Assign")

    # 7. OK, the payment, and back.
    visitor.sees_screen("Online payment")
    expect(page.get_by_role("row").last).to_have_text("CAS of Nguyễn, Thị Minh, Student route 1 £55.00 £55.00")
    visitor.selects("OK")
    visitor.sees_screen("Sandbox payment page")
    visitor.sees_line("Amount", "£55.00")
    visitor.selects("Pay")

    # 8. Confirmation of assigned CAS, with its details and its number.
    visitor.sees_screen("Confirmation of assigned CAS")
    cas = CAS.objects.get()
    visitor.sees(cas.number)
    visitor.sees_status("ASSIGNED")
    visitor.sees_line("Passport or travel document number", "B1234567")

    # And Print.
    document = visitor.prints()
    text = "\n".join(leaf.extract_text() for leaf in PdfReader(BytesIO(document)).pages)
    assert document.startswith(b"%PDF")
    assert cas.number in text

    # The history shows every step.
    visitor.goes_to(f"/students/cas/{cas.pk}/")
    history = page.get_by_role("region", name="History").get_by_role("listitem")
    titles = ["Printed", "Assigned", "Payment received", "Payment started", "Changed", "Created"]
    for title in titles:
        expect(history.filter(has_text=title).first).to_be_visible()
    visitor.goes_to("/students/")
    visitor.sees("9 unused of 10")
