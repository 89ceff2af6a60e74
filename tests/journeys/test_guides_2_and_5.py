"""Manual 4, guides 2 and 5, step by numbered step: a batch of CAS, assigned at once or later."""

import re

import pytest
from playwright.sync_api import expect

from cas.models import CAS, Batch
from tests.factories import COMPLETE, a_batch, a_cas
from tests.journeys.steps import EVERY_WAY

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@EVERY_WAY
def test_a_batch_is_created_filled_assigned_and_paid_for(visit, request, allocation, who, with_javascript, width):
    visitor = visit(request.getfixturevalue(who), with_javascript=with_javascript, width=width)
    page = visitor.page

    # 1. From the Students screen, Create CAS.
    visitor.goes_to("/students/")
    visitor.sees_screen("Students")
    visitor.selects("Create CAS")

    # 2. The route, and Next.
    visitor.chooses("Student")
    visitor.selects("Next")

    # 3. Create new batch of CAS, and Next.
    visitor.sees_screen("Create a CAS")
    visitor.chooses("Create new batch of CAS")
    visitor.selects("Next")

    # 4. The batch name, and Next.
    visitor.sees_screen("Create a CAS")
    visitor.selects("Next")
    visitor.sees_errors("Enter the batch name")
    page.get_by_label("Batch name").fill("September PGT")
    visitor.selects("Next")

    # 5. Batch details: two buttons Add CAS; note: Assign is not available yet.
    visitor.sees_screen("Batch details")
    expect(page.get_by_role("button", name="Add CAS", exact=True)).to_have_count(2)
    expect(visitor.control("Assign")).to_be_disabled()
    visitor.sees("There are no CAS in this batch yet. Select Add CAS to add one.")
    visitor.selects("Add CAS")

    # 6. The student and the course, and Save.
    visitor.sees_screen("Create a CAS")
    visitor.fills_in(COMPLETE)
    visitor.selects("Save")

    # 7. The CAS is listed below the heading. Add another with the same course.
    visitor.sees_screen("Batch details")
    expect(page.get_by_role("heading", name="Details of CAS within batch")).to_be_visible()
    visitor.sees("Nguyễn, Thị Minh")
    visitor.sees_status("READY TO GO")
    visitor.selects("Add CAS with the same course as the last one")
    visitor.sees_screen("Create a CAS")
    visitor.holds({"course_title": "MSc Data Science", "family_name": ""})
    visitor.fills_in({"family_name": "Wang"})
    visitor.selects("Save")
    visitor.sees_screen("Batch details")
    expect(visitor.control("Assign")).to_be_disabled()
    visitor.sees("1 of 2 CAS cannot be assigned yet. Complete or correct these fields:")
    page.get_by_role("row").filter(has_text="Wang").get_by_role("link", name=re.compile("^and .* more$")).click()
    visitor.sees_screen("Edit an existing CAS")
    visitor.fills_in({name: value for name, value in COMPLETE.items() if name != "family_name"})
    visitor.selects("Save")
    visitor.sees_screen("Batch details")
    visitor.sees_line("Total", "£110.00")
    visitor.selects("Assign")

    # 8. Confirm assignment of batch, and Assign.
    visitor.sees_screen("Confirm assignment of batch")
    visitor.sees_line("Number of CAS", "2")
    visitor.sees("8 unused after you assign this batch.")
    visitor.selects("Assign")

    # 9. OK, the payment, and back.
    visitor.sees_screen("Online payment")
    visitor.selects("OK")
    visitor.sees_screen("Sandbox payment page")
    visitor.sees_line("Amount", "£110.00")
    visitor.selects("Pay")

    # 10. Confirmation of assigned batch, with every number.
    visitor.sees_screen("Confirmation of assigned batch")
    for cas in CAS.objects.all():
        visitor.sees(cas.number)


@EVERY_WAY
def test_a_batch_made_earlier_is_found_assigned_and_paid_for(visit, request, allocation, who, with_javascript, width):
    user = request.getfixturevalue(who)
    batch = a_batch(user, a_cas(user), name="Séptember PhD")
    a_batch(user, name="September PGT")
    visitor = visit(user, with_javascript=with_javascript, width=width)
    page = visitor.page

    # 1. From the Students screen, Assign CAS.
    visitor.goes_to("/students/")
    visitor.sees("1 CAS, 1 READY TO GO")
    visitor.selects("Assign CAS")

    # 2. Assign batch.
    visitor.sees_screen("Assign CAS")
    visitor.chooses("Assign batch")
    visitor.selects("Next")

    # 3. The name, and Next. Note: several batches give a list to choose from.
    visitor.sees_screen("Search for batches of CAS to assign")
    page.get_by_label("Batch name").fill("nothing like it")
    visitor.selects("Next")
    visitor.sees("No batch was found")
    page.get_by_label("Batch name").fill("september")
    visitor.selects("Next")
    visitor.sees("2 batches found")
    assert "eptember" not in page.url
    page.reload()
    visitor.sees("2 batches found")
    page.get_by_label("Batch name").fill("PHD")
    visitor.selects("Next")

    # 4. Confirm assignment of batch, and Assign.
    visitor.sees_screen("Confirm assignment of batch")
    visitor.sees_line("Batch name", "Séptember PhD")
    visitor.selects("Assign")

    # 5. OK, and the payment, which is declined the first time.
    visitor.sees_screen("Online payment")
    visitor.selects("OK")
    visitor.selects("Decline")
    visitor.sees_screen("Confirm assignment of batch")
    expect(page.get_by_role("status", name="Important")).to_contain_text(
        "The payment was declined. The batch has not changed. You can try again."
    )
    visitor.selects("Assign")
    visitor.selects("OK")
    visitor.selects("Pay")
    visitor.sees_screen("Confirmation of assigned batch")
    visitor.sees(batch.cas.get().number)
    assert Batch.objects.get(pk=batch.pk).assigned_at


def test_the_screens_of_batches_are_accessible(visit, level2, allocation, inspector, system):
    batch = a_batch(level2, a_cas(level2), CAS.objects.add({"family_name": "Wang"}, route="STUDENT", by=level2))
    a_batch(level2, name="Other")
    visitor = visit(level2)
    screens = {
        "Students": "/students/",
        "Batches": "/students/batches/",
        "Batch details": f"/students/batches/{batch.pk}/",
        "Rename": f"/students/batches/{batch.pk}/rename/",
        "Delete": f"/students/batches/{batch.pk}/delete/",
        "Confirm": f"/students/batches/{batch.pk}/assign/",
        "Batch name": "/students/create-cas/STUDENT/new-batch/",
        "Add CAS": f"/students/create-cas/STUDENT/batch/{batch.pk}/",
        "Assign CAS": "/students/assign-cas/",
        "Search": "/students/assign-cas/batch/",
    }
    for name, path in screens.items():
        visitor.goes_to(path)
        inspector.looks_at(visitor, name)
    visitor.goes_to(f"/students/batches/{batch.pk}/")
    visitor.selects("Take out")
    visitor.sees("Select the CAS to take out.")
    inspector.looks_at(visitor, "Take out, none selected")
    visitor.page.get_by_label("Select Wang").check()
    visitor.selects("Move to another batch")
    visitor.sees_screen("Move to another batch")
    inspector.looks_at(visitor, "Move")
    visitor.page.get_by_label("Batch", exact=True).fill("Other (Level2)")
    visitor.page.get_by_label("Batch", exact=True).press("Tab")
    visitor.selects("Move")
    visitor.sees("1 CAS moved to “Other”.")
    visitor.selects("Assign")
    visitor.selects("Assign")
    visitor.sees_screen("Online payment")
    inspector.looks_at(visitor, "Online payment")
    visitor.selects("OK")
    visitor.goes_to(f"/students/batches/{batch.pk}/")
    inspector.looks_at(visitor, "Being paid for")
    visitor.selects("Continue or cancel the payment")
    inspector.looks_at(visitor, "Payment in progress")
    visitor.selects("Continue the payment")
    visitor.selects("Pay")
    visitor.sees_screen("Confirmation of assigned batch")
    inspector.looks_at(visitor, "Confirmation")
    visitor.selects("Batch details")
    inspector.looks_at(visitor, "Batch details, assigned")
