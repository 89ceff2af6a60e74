"""The work of a caseworker: a new sponsor, a refund, the end of a licence and reports. Each page is inspected."""

import pytest
from playwright.sync_api import expect

from sms.core import clock
from sponsorship_duties.models import Activity, ActivityReason
from tests.core.test_values import MISREAD
from tests.factories import a_cas, assigned, order_in_status
from tests.sponsorship_duties.factories import a_report, days, withdrawn

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def test_a_caseworker_adds_a_sponsor_its_user_and_its_allocation(visit, inspector, caseworker):
    visitor = visit()
    page = visitor.page
    visitor.goes_to("/admin/")
    visitor.signs_in(caseworker)
    visitor.sees_screen("Casework")
    inspector.looks_at(visitor, "casework with nothing to do")

    visitor.opens("Licences", group="Sponsors")
    visitor.sees("None yet.")
    visitor.selects("Grant a licence")
    inspector.looks_at(visitor, "grant a licence")
    page.get_by_label("Licence number").fill("")
    visitor.selects("Grant a licence")
    visitor.sees_errors(
        "Enter the licence number", "Enter the name of the sponsor", "Select the routes that the licence covers"
    )
    inspector.looks_at(visitor, "grant a licence, with errors")
    page.get_by_label("Licence number").fill("3MSK8QW52")
    page.get_by_label("Sponsor", exact=True).fill("Newtown University")
    visitor.chooses("Probationary Sponsor")
    page.get_by_label("Student", exact=True).check()
    visitor.selects("Grant a licence")
    visitor.sees_screen("Newtown University (3MSK8QW52)")
    visitor.sees("Licence granted")
    inspector.looks_at(visitor, "a licence")

    visitor.selects("Add user")
    page.get_by_label("Name", exact=True).fill("Nia Comer")
    visitor.chooses("Level 1 user")
    visitor.selects("Add user")
    visitor.sees_errors("Enter the email address")
    page.get_by_label("Email address").fill("nia@example.ac.uk")
    inspector.looks_at(visitor, "add user")
    visitor.selects("Add user")
    visitor.sees_screen("Nia Comer")
    visitor.sees("User added, and a link to choose a password emailed")
    inspector.looks_at(visitor, "a user")
    visitor.selects("Send a sign-in link")
    inspector.looks_at(visitor, "send a sign-in link")
    visitor.selects("Send a sign-in link")
    visitor.sees("A link to choose a password is on its way")

    visitor.selects("Newtown University (3MSK8QW52)")
    visitor.selects("Grant an allocation")
    for box, number in {"Day": "6", "Month": "4", "Year": "2031", "Places granted": "25"}.items():
        page.get_by_label(box, exact=True).fill(number)
    inspector.looks_at(visitor, "grant an allocation")
    visitor.selects("Grant an allocation")
    visitor.sees_screen("Student route 2031/32")
    inspector.looks_at(visitor, "an allocation")


def test_a_caseworker_opens_the_step_about_a_decision_and_finds_all_guides(visit, inspector, caseworker, licence):
    visitor = visit(caseworker)
    visitor.goes_to(f"/admin/licences/licence/{licence.pk}/")
    visitor.selects("Suspend")
    with visitor.page.expect_popup() as opened:
        visitor.selects("Help with this page (opens in new tab)")
    expect(opened.value.get_by_role("heading", name="Step 1: Suspend a licence")).to_be_in_viewport()
    visitor.goes_to(opened.value.url)
    inspector.looks_at(visitor, "a guide for caseworkers")
    visitor.selects("All guides")
    inspector.looks_at(visitor, "help for caseworkers")
    visitor.selects("3. Use a second factor")
    visitor.sees("Caseworkers must have a second factor.")
    opened.value.close()


def test_a_caseworker_sets_a_later_fee_and_changes_the_status_of_a_sponsor(visit, inspector, caseworker, licence):
    visitor = visit(caseworker)
    page = visitor.page
    visitor.goes_to("/admin/")
    visitor.opens("Rules", group="Settings")
    inspector.looks_at(visitor, "rules")
    visitor.selects("Fee for each CAS")
    inspector.looks_at(visitor, "a rule")
    visitor.selects("Set a new value")
    page.get_by_label("Fee for each CAS").fill("61,50")
    visitor.selects("Set a new value")
    visitor.sees_errors(
        f"Fee for each CAS {MISREAD}",
        "Enter the first day of the new value",
    )
    inspector.looks_at(visitor, "set a new value, with errors")
    for box, typed in {"Fee for each CAS": "£61.50", "Day": "6", "Month": "4", "Year": "2099"}.items():
        page.get_by_label(box, exact=True).fill(typed)
    visitor.selects("Set a new value")
    visitor.sees("New value set")
    visitor.sees_line("From", "6 April 2099")
    inspector.looks_at(visitor, "a value that has not started")
    visitor.selects("Remove this value")
    inspector.looks_at(visitor, "remove a value")
    visitor.selects("Remove this value")
    visitor.sees_line("From", "9 April 2025")

    visitor.goes_to(f"/admin/licences/licence/{licence.pk}/")
    visitor.selects("Change the status of the sponsor")
    inspector.looks_at(visitor, "status of the sponsor")
    visitor.chooses("Student Sponsor – Track Record")
    visitor.selects("Change the status of the sponsor")
    visitor.sees_line("Status of the sponsor", "Student Sponsor – Track Record")


def test_a_caseworker_records_a_refund_and_revokes_a_licence(visit, inspector, caseworker, licence, level2, allocation):
    live = assigned(a_cas(level2, passport_number="X1"))
    order = order_in_status("REFUND DUE", a_cas(level2, passport_number="X2"), caseworker=caseworker)
    visitor = visit(caseworker)
    visitor.goes_to("/admin/")
    inspector.looks_at(visitor, "casework")
    visitor.selects(order.reference)
    inspector.looks_at(visitor, "an order")
    visitor.selects("Mark as refunded")
    inspector.looks_at(visitor, "refund")
    for box, number in zip(("Day", "Month", "Year"), reversed(clock.today().timetuple()[:3]), strict=True):
        visitor.page.get_by_label(box, exact=True).fill(str(number))
    visitor.page.get_by_label("Reference of the refund").fill("BACS 20417")
    visitor.selects("Mark as refunded")
    visitor.sees("Order marked as refunded")

    visitor.goes_to(f"/admin/licences/licence/{licence.pk}/")
    visitor.selects("Revoke")
    visitor.sees("1 CAS will be CANCELLED.")
    inspector.looks_at(visitor, "revoke")
    visitor.page.get_by_label("Reason").fill("Fraud")
    visitor.selects("Revoke")
    visitor.sees("Licence revoked")
    visitor.selects("All CAS of this licence")
    inspector.looks_at(visitor, "list of CAS")
    visitor.page.get_by_role("link", name=live.student_name).last.click()
    expect(visitor.page.get_by_text("Cancelled with the licence or the route")).to_be_visible()
    inspector.looks_at(visitor, "a CAS")
    visitor.opens("History", group="System")
    inspector.looks_at(visitor, "history")


def test_a_caseworker_reads_reports_and_changes_activity_types(visit, inspector, caseworker, level2, allocation):
    cas = assigned(a_cas(level2))
    a_report(cas, by=level2, reason="Excluded", on=clock.today() - days(60), details="Failed all of the\nexaminations")
    withdrawn(a_report(cas, by=level2, reason="Other"), by=level2)
    visitor = visit(caseworker)
    page = visitor.page
    visitor.goes_to("/admin/")
    visitor.opens("Reports")
    inspector.looks_at(visitor, "reports")
    page.get_by_role("row").filter(has_text="Excluded").get_by_role("link", name="Stop sponsoring student").click()
    visitor.sees("Failed all of the")
    visitor.sees("Reported late, Dated before the CAS was assigned")
    inspector.looks_at(visitor, "a report")
    visitor.selects("Mark as read")
    inspector.looks_at(visitor, "mark as read")
    visitor.selects("Mark as read")
    visitor.sees("Marked as read")
    expect(visitor.control("Mark as read")).to_have_count(0)
    report = Activity.objects.get(reason_name="Excluded")
    assert (report.read_by, Activity.objects.unread().count()) == (caseworker, 2)

    visitor.goes_to("/admin/")
    visitor.opens("Activity types", group="Settings")
    inspector.looks_at(visitor, "activity types")
    visitor.selects("Stop sponsoring student")
    inspector.looks_at(visitor, "an activity type")
    visitor.selects("Excluded")
    visitor.selects("Amend")
    visitor.sees("Existing reports do not change.")
    name = page.get_by_label("Reason", exact=True)
    name.fill("failed to Enrol")
    visitor.selects("Amend")
    visitor.sees("The name “failed to Enrol” is already in use. Choose another name.")
    inspector.looks_at(visitor, "amend a reason, with an error")
    name.fill("Excluded by the sponsor")
    visitor.selects("Amend")
    visitor.sees_screen("Excluded by the sponsor")
    report.refresh_from_db()
    assert ActivityReason.objects.filter(name="Excluded by the sponsor").exists()
    assert report.reason_name == "Excluded"
