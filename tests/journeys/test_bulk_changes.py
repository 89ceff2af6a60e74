"""Bulk data transfer about CAS that exist: fees, reports, withdrawals and graduates (specification, section 11)."""

import pytest

from cas.models import CAS
from sms.core import clock
from sponsorship_duties.models import Activity
from tests.bulk_data_transfer.factories import sheet
from tests.bulk_data_transfer.operations.test_graduates_and_withdrawals import graduates_file
from tests.factories import in_status
from tests.jobs import work_all
from tests.journeys.inspector import PHONE
from tests.journeys.steps import EVERY_WAY
from tests.journeys.test_manual_5 import dates, details, selects_option
from tests.sponsorship_duties.test_graduates import a_graduate

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

PAID = "Course fees paid to date (£)"


@pytest.fixture
def live(level2, allocation, caseworker):
    """Return two ASSIGNED CAS of a Level 2 user."""
    names = {"Lovelace": "S-0001", "Turing": "S-0002"}
    return [
        in_status("ASSIGNED", by=level2, caseworker=caseworker, family_name=name, passport_number=key, applicant_id=key)
        for name, key in names.items()
    ]


def sends(visitor, name, content):
    """Send a file from the page `Bulk data transfer`."""
    visitor.goes_to("/students/")
    visitor.selects("Bulk data transfer")
    visitor.sees_screen("Bulk data transfer")
    file = {"name": name, "mimeType": "application/octet-stream", "buffer": content}
    visitor.page.locator("input[type=file]").set_input_files(file)
    visitor.selects("Send")
    visitor.sees_screen(name)


def checks(visitor, name):
    visitor.selects("Check only")
    work_all()
    visitor.page.reload()
    visitor.sees_screen(f"{name} is checked")


def imports(visitor, name, which="The good records"):
    if which:
        visitor.chooses(which)
    visitor.selects("Import")
    work_all()
    visitor.page.reload()
    visitor.sees_screen(f"{name} is imported")


@EVERY_WAY
def test_fees_are_updated_from_a_sheet(who, with_javascript, width, visit, level1, level2, live, inspector):
    visitor = visit({"level1": level1, "level2": level2}[who], with_javascript=with_javascript, width=width)
    wrong = {"CAS number": "E4G0AA0A00A0A1", PAID: "1"}
    file = sheet(*({"CAS number": cas.number, PAID: f"{cas.pk}.50"} for cas in live), wrong)
    sends(visitor, "fees.csv", file.getvalue())
    visitor.sees("Update fees")
    inspector.looks_at(visitor, "the file")
    checks(visitor, "fees.csv")
    visitor.sees("CAS number: no CAS found")
    inspector.looks_at(visitor, "the check")
    visitor.selects("1 rejected")
    visitor.sees("No CAS was found. The number looks mistyped.")
    inspector.looks_at(visitor, "the rejected record")
    visitor.selects("fees.csv")
    imports(visitor, "fees.csv")
    inspector.looks_at(visitor, "the result")
    visitor.selects("2 CAS with updated fees")
    visitor.selects(live[0].student_name)
    visitor.sees("Fees updated")
    assert {cas.course_fees_paid for cas in CAS.objects.all()} == {cas.pk + 0.5 for cas in live}


def test_a_pasted_list_of_no_shows_is_reported(visit, level2, live, inspector):
    visitor = visit(level2, width=PHONE)
    visitor.goes_to("/students/bulk-data-transfer/")
    visitor.selects("Paste a list of CAS instead")
    visitor.sees_screen("Paste a list of CAS")
    visitor.selects("Continue")
    visitor.sees_errors("Select what the list is for", "Enter the CAS numbers or Applicant IDs")
    inspector.looks_at(visitor, "an empty list")
    visitor.chooses("Report activity")
    visitor.page.get_by_label("CAS numbers or Applicant IDs", exact=True).fill(f"{live[0].number}, s-0002")
    visitor.selects("Continue")
    visitor.sees_screen("Pasted list")
    selects_option(visitor, "Activity type and reason", "Stop sponsoring student: Failed to enrol")
    dates(visitor, "Date", clock.today())
    details(visitor, "Did not come.")
    inspector.looks_at(visitor, "the answers")
    checks(visitor, "Pasted list")
    imports(visitor, "Pasted list", which="")
    visitor.sees("2 reports made")
    assert {made.cas for made in Activity.objects.standing()} == set(live)


def test_cas_are_withdrawn_from_a_list_that_was_taken_for_graduates(visit, level1, live, inspector):
    visitor = visit(level1)
    sends(visitor, "closed.csv", sheet(*({"CAS number": cas.number} for cas in live)).getvalue())
    visitor.page.get_by_text("Use the file for something else").click()
    visitor.chooses("Withdraw CAS")
    inspector.looks_at(visitor, "the other operations")
    visitor.selects("Continue")
    visitor.page.get_by_label("Reason for withdrawing", exact=True).fill("The course is closed")
    checks(visitor, "closed.csv")
    visitor.sees("You cannot undo a withdrawal.")
    inspector.looks_at(visitor, "the check")
    imports(visitor, "closed.csv", which="")
    assert set(CAS.objects.values_list("status", "withdrawal_reason")) == {("WITHDRAWN", "The course is closed")}


def test_graduates_are_notified_from_a_file_of_the_home_office(visit, level1, level2, live, caseworker, inspector):
    graduate = a_graduate(level2, caseworker, family_name="Hopper")
    visitor = visit(level1)
    sends(visitor, "graduates.xml", graduates_file(graduate.number, live[0].number).encode())
    visitor.sees("XML with graduate notifications")
    checks(visitor, "graduates.xml")
    inspector.looks_at(visitor, "the check")
    imports(visitor, "graduates.xml")
    visitor.sees("1 graduate notifications made")
    inspector.looks_at(visitor, "the result")
    assert [made.cas for made in Activity.objects.standing()] == [graduate]
