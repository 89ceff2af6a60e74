"""From a search to the receipt: a CAS is found, put into a batch, declined, assigned again, copied and printed."""

import pytest

from cas.models import CAS
from tests.factories import CHILD, a_batch, a_cas, an_allocation
from tests.journeys.inspector import DESK, PHONE

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize(("with_javascript", "width"), [(True, DESK), (False, PHONE)], ids=["desk", "phone"])
def test_a_cas_outside_a_batch_is_put_into_it_declined_assigned_again_and_its_receipt_printed(
    visit, level1, level2, allocation, inspector, with_javascript, width
):
    batch = a_batch(level2, a_cas(level2, family_name="Abebe", applicant_id="A17"), name="Autumn")
    a_cas(level2, family_name="Wang")
    visitor = visit(level1, with_javascript=with_javascript, width=width)
    page = visitor.page

    # A CAS that is not in a batch is put into one.
    visitor.goes_to("/students/assign-cas/single/")
    page.get_by_role("main").get_by_label("Family name").fill("wang")
    visitor.selects("Next")
    visitor.sees_screen("Assign CAS")
    visitor.goes_to(f"/students/cas/{CAS.objects.get(family_name='Wang').pk}/")
    visitor.selects("Put into a batch")
    inspector.looks_at(visitor, "Put into a batch")
    if with_javascript:
        page.get_by_label("Batch", exact=True).fill("Autumn (Level2)")
        page.get_by_label("Batch", exact=True).press("Tab")
    else:
        page.get_by_label("Batch", exact=True).select_option(label="Autumn (Level2)")
    visitor.selects("Put into the batch")
    visitor.sees("1 CAS put into “Autumn”.")

    # The search to assign a single CAS says where it is now, and Back leads to the search.
    visitor.goes_to("/students/assign-cas/single/")
    page.get_by_role("main").get_by_label("Family name").fill("wang")
    visitor.selects("Next")
    visitor.sees("You cannot assign this CAS here")
    inspector.looks_at(visitor, "Elsewhere")
    visitor.selects("Assign the batch of Wang, Thị Minh")

    # The confirmation names the students.
    visitor.sees_screen("Confirm assignment of batch")
    visitor.sees("Abebe, Thị Minh")
    visitor.sees("A17")
    inspector.looks_at(visitor, "Confirm")
    visitor.selects("Assign")
    visitor.selects("OK")
    visitor.selects("Decline")

    # The batch and its payment say so, and offer Assign again.
    visitor.goes_to(f"/students/batches/{batch.pk}/")
    visitor.sees("The last payment for this batch assigned nothing")
    inspector.looks_at(visitor, "Batch, declined")
    visitor.selects("See the payment")
    visitor.sees_line("For", "The batch Autumn, 2 CAS")
    inspector.looks_at(visitor, "Payment")
    visitor.selects("Assign again")
    visitor.selects("Assign")
    visitor.selects("OK")
    visitor.selects("Pay")

    # All CAS are printed and copied, and the receipt is printed.
    visitor.sees_screen("Confirmation of assigned batch")
    visitor.sees("Print all")
    inspector.looks_at(visitor, "Confirmation")
    visitor.selects("Payment and receipt")
    receipts = []
    page.context.route("**/receipt/", lambda route: receipts.append(route.fetch().body()) or route.abort())
    with page.context.expect_event("requestfailed"):
        visitor.selects("Print the receipt")  # in a new tab
    visitor.goes_to("/payments/")
    visitor.sees_screen("Payments")
    inspector.looks_at(visitor, "Payments")
    assert receipts[0].startswith(b"%PDF")


def test_a_mixture_says_which_groups_there_are_and_the_user_chooses_one(
    visit, level1, licence, caseworker, allocation, inspector
):
    an_allocation(licence, route="CHILD_STUDENT", by=caseworker)
    a_cas(level1, family_name="Adult")
    CAS.objects.add({**CHILD, "family_name": "Child"}, route="CHILD_STUDENT", by=level1)
    visitor = visit(level1)
    page = visitor.page
    visitor.goes_to("/students/cas/")
    page.get_by_label("Select Adult, Thị Minh").check()
    page.get_by_label("Select Child, Thị Minh").check()
    page.get_by_role("group", name="Selected CAS").get_by_role("button", name="Assign").click()
    visitor.sees_screen("Choose which CAS to assign")
    inspector.looks_at(visitor, "Choose")
    visitor.selects("Next")
    visitor.sees_errors("Select which CAS")
    visitor.chooses("1 CAS, Child Student route, owned by Level1")
    visitor.selects("Next")
    visitor.sees_screen("Assign 1 CAS as a new batch")
    page.get_by_label("Batch name").fill("Juniors")
    visitor.selects("Next")
    visitor.sees_screen("Confirm assignment of batch")
    visitor.sees("Child, Thị Minh")
