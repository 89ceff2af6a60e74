"""Manual 4, guide 1, with failed payments, changes of mind and refusals."""

from datetime import date, timedelta

import pytest
from playwright.sync_api import expect

from cas import regular_jobs
from cas.models import CAS
from licences.roles import Role
from licences.routes import Route
from sms.core import clock
from tests.core.test_values import MISREAD
from tests.factories import a_cas, a_draft, a_licence, a_user, an_allocation

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def cas(level1):
    """Make a CAS that is READY TO GO."""
    return a_cas(level1)


def goes_to_pay(visitor, cas):
    visitor.goes_to(f"/students/cas/{cas.pk}/assign/")
    visitor.selects("Assign")
    visitor.sees_screen("Online payment")
    visitor.selects("OK")
    visitor.sees_screen("Sandbox payment page")


def test_after_a_declined_a_cancelled_and_an_unreported_payment_the_cas_is_assigned(visit, level1, allocation, cas):
    visitor = visit(level1)

    goes_to_pay(visitor, cas)
    visitor.selects("Decline")
    visitor.sees_screen("Assign CAS")
    visitor.sees("The payment was declined. The CAS has not changed. You can try again.")
    visitor.sees("10 unused of 10")

    goes_to_pay(visitor, cas)
    visitor.selects("Cancel")
    visitor.sees_screen("Assign CAS")
    visitor.sees("The payment was cancelled. The CAS has not changed, and you have not paid.")

    goes_to_pay(visitor, cas)
    visitor.selects("Pay, but do not tell the portal")
    visitor.goes_to("/students/")
    visitor.sees("9 unused of 10")
    visitor.sees("Payment of £55.00 is waiting")

    # While the payment is open, no user can pay again, or change or delete the CAS.
    visitor.goes_to(f"/students/cas/{cas.pk}/saved/")
    visitor.selects("Assign")
    visitor.sees_screen("Payment in progress")
    for page in ("edit", "delete"):
        visitor.goes_to(f"/students/cas/{cas.pk}/{page}/")
        visitor.sees("This CAS is being paid for. Finish or cancel the payment first.")

    visitor.goes_to(f"/students/cas/{cas.pk}/assign/")
    visitor.sees_screen("Payment in progress")
    visitor.selects("Check again")
    visitor.sees_screen("Confirmation of assigned CAS")
    visitor.sees(CAS.objects.get().number)


def test_an_open_payment_is_continued_or_cancelled(visit, level1, allocation, cas):
    visitor = visit(level1)
    goes_to_pay(visitor, cas)
    visitor.goes_to(f"/students/cas/{cas.pk}/saved/")
    visitor.selects("Continue or cancel the payment")
    visitor.selects("Continue the payment")
    visitor.sees_screen("Sandbox payment page")
    visitor.page.go_back()
    visitor.selects("Cancel the payment")
    visitor.sees_screen("Assign CAS")
    visitor.sees("The payment was cancelled.")
    expect(visitor.control("Assign")).to_be_enabled()


def test_after_a_late_report_the_page_of_the_payment_says_so_and_links_to_the_result(
    visit, level1, allocation, cas, inspector
):
    visitor = visit(level1)
    goes_to_pay(visitor, cas)
    visitor.selects("Pay, and tell the portal a minute later")
    visitor.sees_screen("Payment in progress")
    visitor.sees("We are waiting for the payment service.")
    inspector.looks_at(visitor, "Payment in progress, watched")
    with clock.set_to(clock.now() + timedelta(minutes=2)):
        regular_jobs.send_late_sandbox_callbacks()
    expect(visitor.page.get_by_role("status").filter(has_text="The payment is confirmed.")).to_be_visible()
    visitor.sees_screen("Payment")
    expect(visitor.page.get_by_role("button", name="Cancel the payment")).to_be_hidden()
    inspector.looks_at(visitor, "Payment in progress, confirmed")
    visitor.selects("Show the result")
    visitor.sees_screen("Confirmation of assigned CAS")
    visitor.sees(CAS.objects.get().number)


def test_after_a_late_report_without_javascript_the_user_checks_again(visit, level1, allocation, cas):
    visitor = visit(level1, with_javascript=False)
    goes_to_pay(visitor, cas)
    visitor.selects("Pay, and tell the portal a minute later")
    visitor.sees_screen("Payment in progress")
    expect(visitor.page.get_by_text("Show the result")).to_be_hidden()
    visitor.selects("Check again")
    visitor.sees_screen("Payment in progress")
    with clock.set_to(clock.now() + timedelta(minutes=2)):
        regular_jobs.send_late_sandbox_callbacks()
    visitor.selects("Check again")
    visitor.sees_screen("Confirmation of assigned CAS")


def test_a_cas_is_deleted_after_a_confirmation(visit, level1):
    cas = a_draft(level1, given_names="Chidi")
    visitor = visit(level1)
    visitor.goes_to(f"/students/cas/{cas.pk}/saved/")
    visitor.selects("Delete")
    visitor.sees_screen("Delete a CAS")
    visitor.sees("You cannot undo this.")
    visitor.selects("Keep it")
    visitor.sees_screen("Okonkwo, Chidi")
    visitor.selects("Delete")
    visitor.selects("Delete")
    visitor.sees_screen("Students")
    visitor.sees("The CAS of Okonkwo, Chidi was deleted.")
    assert visitor.goes_to(f"/students/cas/{cas.pk}/").status == 404
    visitor.sees_screen("Page not found")


def test_a_licence_with_one_route_skips_the_choice_of_route(visit, caseworker):
    licence = a_licence("3BHD7KM21", "College of One", routes=[Route.CHILD_STUDENT], by=caseworker)
    visitor = visit(a_user("only", Role.LEVEL_1, licence))
    visitor.goes_to("/students/")
    visitor.selects("Create CAS")
    visitor.sees("Route: Child Student")
    visitor.selects("Back")
    visitor.sees_screen("Students")
    visitor.selects("Create CAS")
    visitor.chooses("Create new single CAS")
    visitor.selects("Next")
    expect(visitor.section("Child Student")).to_be_visible()


@pytest.mark.parametrize("with_javascript", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_invalid_values_come_back_with_everything_that_was_typed(visit, level1, with_javascript):
    visitor = visit(level1, with_javascript=with_javascript)
    visitor.goes_to("/students/create-cas/STUDENT/new/")
    typed = {"place_of_birth": "12 Phố Huế", "study_postcode": "not one", "course_fees_paid": "5.000,00"}
    visitor.fills_in({"course_start_date": date(2099, 9, 14), "course_end_date": date(2099, 9, 10)})
    visitor.types(typed)
    visitor.selects("Save")
    visitor.sees_screen("Create a CAS")
    visitor.sees_errors(
        "Enter the family name",
        "Expected course end date must be after the course start date",
        "Main study address: Postcode must be a UK postcode, such as LS2 9JT",
        f"Course fees paid to date {MISREAD}",
    )
    visitor.holds(typed)
    assert not CAS.objects.exists()
    visitor.types({"family_name": "Nguyễn", "study_postcode": "wc1e6bt", "course_fees_paid": "£5,000"})
    visitor.fills_in({"course_end_date": date(2100, 9, 10)})
    visitor.selects("Save")
    visitor.sees_screen("Confirmation of saved CAS")
    visitor.sees_line("Postcode", "WC1E 6BT")
    visitor.sees_line("Course fees paid to date (£)", "£5,000.00")


def test_two_users_save_the_same_cas_and_the_second_sees_the_differences(visit, level1, level2):
    cas = a_cas(level2)
    first, second = visit(level1), visit(level2)
    for visitor in (first, second):
        visitor.goes_to(f"/students/cas/{cas.pk}/edit/")
    first.fills_in({"study_city": "Leeds", "course_id": "DS-1"})
    first.selects("Save")
    first.sees_screen("Confirmation of saved CAS")

    second.fills_in({"study_city": "Bath", "passport_number": "B7654321"})
    second.selects("Save")
    second.sees("Another user saved this CAS while you were changing it")
    second.sees("Level1 saved it on")
    row = second.page.get_by_role("row").filter(has_text="City or town")
    expect(row.get_by_role("cell")).to_have_text(["London", "Leeds", "Bath", "yours"])
    row = second.page.get_by_role("row").filter(has_text="Course ID")
    expect(row.get_by_role("cell")).to_have_text(["(empty)", "DS-1", "not changed", "theirs"])
    second.holds({"study_city": "Bath", "passport_number": "B7654321", "course_id": "DS-1"})
    second.selects("Save")
    second.sees_screen("Confirmation of saved CAS")
    second.sees_line("Passport or travel document number", "B7654321")
    second.sees_line("Course ID", "DS-1")


def test_a_cas_that_another_user_has_changed_is_not_paid_for(visit, level1, level2, allocation):
    cas = a_cas(level2)
    visitor = visit(level2)
    visitor.goes_to(f"/students/cas/{cas.pk}/assign/")
    cas.amend({"course_id": "DS-1"}, by=level1, version=cas.version)
    visitor.selects("Assign")
    visitor.selects("OK")
    visitor.sees_screen("Assign CAS")
    visitor.sees("Another user changed this CAS after you opened this page. Check it and try again.")
    visitor.selects("Assign")
    visitor.selects("OK")
    visitor.sees_screen("Sandbox payment page")


def test_without_an_allocation_assigning_is_refused_before_payment(visit, level1, level2, caseworker, licence):
    first, second = a_cas(level1), a_cas(level2)
    visitor = visit(level1)
    visitor.goes_to(f"/students/cas/{first.pk}/saved/")
    visitor.sees("Your sponsor has no current allocation for this route.")
    visitor.sees("Request CoS/CAS increase")
    expect(visitor.control("Assign")).to_be_disabled()

    an_allocation(licence, 1, by=caseworker)
    goes_to_pay(visitor, first)
    other = visit(level2)
    other.goes_to(f"/students/cas/{second.pk}/assign/")
    other.sees("Ask a Level 1 user to request an increase.")
    expect(other.control("Assign")).to_be_disabled()
    visitor.selects("Cancel")
    other.page.reload()
    expect(other.control("Assign")).to_be_enabled()


def test_with_a_suspended_licence_no_cas_can_be_assigned(visit, level1, caseworker, licence, allocation, cas):
    licence.suspend(by=caseworker, reason="A visit is due")
    visitor = visit(level1)
    visitor.goes_to(f"/students/cas/{cas.pk}/saved/")
    visitor.sees("Your licence is SUSPENDED. You cannot assign CAS until the Home Office reinstates it.")
    expect(visitor.control("Assign")).to_be_disabled()
    visitor.goes_to(f"/students/cas/{cas.pk}/online-payment/")
    visitor.sees_screen("Assign CAS")
    expect(visitor.control("Assign")).to_be_disabled()


def test_a_level_2_user_sees_only_their_own_cas(visit, level2, colleague):
    theirs, own = a_draft(colleague, given_names="Theirs"), a_draft(level2, given_names="Own")
    visitor = visit(level2)
    visitor.goes_to("/students/cas/")
    visitor.sees("Okonkwo, Own")
    expect(visitor.control("Okonkwo, Theirs")).to_have_count(0)
    assert visitor.goes_to(f"/students/cas/{theirs.pk}/").status == 404
    assert visitor.goes_to(f"/students/cas/{own.pk}/").status == 200
