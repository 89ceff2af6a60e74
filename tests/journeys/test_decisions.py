"""A caseworker checks a CAS, decides about its application, and sends decisions from a sheet."""

from datetime import timedelta

import pytest

from cas.models import CAS
from sms.core import clock
from tests.bulk_data_transfer.factories import sheet
from tests.bulk_data_transfer.operations.test_decisions import day, row
from tests.factories import a_cas, an_allocation, assigned
from tests.journeys.inspector import DESK, PHONE
from tests.journeys.test_bulk_changes import checks, imports
from tests.journeys.test_manual_5 import dates

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def elsewhere(outsider, caseworker):
    an_allocation(outsider.licence, number=50, by=caseworker)
    return lambda **values: assigned(a_cas(outsider, **values))


def test_a_caseworker_decides_about_an_application(visit, inspector, caseworker, level2, allocation, elsewhere, level1):
    cas, same = assigned(a_cas(level2)), elsewhere()
    perhaps, not_selected = elsewhere(passport_number="N1111111"), elsewhere(date_of_birth="2002-05")
    visitor = visit(caseworker)
    visitor.goes_to("/admin/")
    visitor.opens("CAS check", group="CAS and orders")
    visitor.sees_screen("CAS check")
    visitor.page.get_by_label("CAS number").fill("E4G")
    visitor.selects("Retrieve")
    visitor.sees_errors("A CAS number has 14 characters. You entered 3.")
    inspector.looks_at(visitor, "CAS check, with an error")
    visitor.page.get_by_label("CAS number").fill(f" {cas.number.lower()} ")
    visitor.selects("Retrieve")
    visitor.sees_screen(str(cas))
    inspector.looks_at(visitor, "an assigned CAS, for a caseworker")

    visitor.selects("Record an application")
    dates(visitor, "Date of application", clock.today() + timedelta(days=1))
    visitor.selects("Record an application")
    visitor.sees_errors(
        "The date of application must be between the date assigned and the expiry date, and not in the future."
    )
    inspector.looks_at(visitor, "record an application, with an error")
    dates(visitor, "Date of application", clock.today())
    visitor.selects("Record an application")
    visitor.sees("Application recorded")

    visitor.selects("Close the application")
    inspector.looks_at(visitor, "close the application")
    visitor.chooses("Void")
    dates(visitor, "Date of closing", clock.today())
    visitor.selects("Close the application")
    visitor.sees_line("Application closed", "Void")
    visitor.selects("Record an application")
    visitor.sees("The last application was closed")
    dates(visitor, "Date of application", clock.today())
    visitor.selects("Record an application")

    visitor.selects("Mark as used")
    visitor.sees(f"Becomes OBSOLETE if it was valid on the day of the decision: {same.number} of Elsewhere College")
    visitor.selects("Mark as used")
    visitor.sees_errors("Enter the date of the decision", "Select the outcome")
    inspector.looks_at(visitor, "mark as used, with errors")
    dates(visitor, "Date of the decision", clock.today())
    visitor.chooses("Refused")
    visitor.page.get_by_label(perhaps.number).check()
    visitor.selects("Mark as used")
    visitor.sees("CAS marked as used")
    visitor.sees_line("Outcome", "Refused")
    statuses = [CAS.objects.get(pk=each.pk).status for each in (cas, same, perhaps, not_selected)]
    assert statuses == ["USED", "OBSOLETE", "OBSOLETE", "ASSIGNED"]

    visitor.selects("Record an administrative review")
    inspector.looks_at(visitor, "record an administrative review")
    dates(visitor, "Date of administrative review", clock.today())
    visitor.selects("Record an administrative review")
    visitor.selects("Record the new decision")
    inspector.looks_at(visitor, "record the new decision")
    dates(visitor, "Date of the decision", clock.today())
    visitor.chooses("Granted")
    visitor.selects("Record the new decision")
    visitor.sees_line("Outcome", "Granted")
    inspector.looks_at(visitor, "a CAS that was decided again")

    sponsor = visit(level1)
    sponsor.goes_to(f"/students/cas/{cas.pk}/")
    sponsor.sees("Decided again after the administrative review")
    sponsor.sees_line("Outcome", "Granted")
    inspector.looks_at(sponsor, "a used CAS, for its sponsor")


@pytest.mark.parametrize("with_javascript", [True, False])
def test_a_caseworker_sends_decisions_from_a_sheet(
    with_javascript, visit, inspector, caseworker, level2, allocation, elsewhere
):
    right, same, wrong = assigned(a_cas(level2)), elsewhere(), elsewhere(passport_number="N1111111")
    visitor = visit(caseworker, with_javascript=with_javascript, width=DESK if with_javascript else PHONE)
    visitor.goes_to("/admin/")
    visitor.opens("Decisions from a sheet", group="CAS and orders")
    visitor.sees_screen("Decisions from a sheet")
    inspector.looks_at(visitor, "decisions from a sheet")
    content = sheet(row(right, day(), day(), "Granted"), row(wrong, day(1)), row("E4G12", day())).getvalue()
    file = {"name": "decisions.csv", "mimeType": "text/csv", "buffer": content}
    visitor.page.locator("input[type=file]").set_input_files(file)
    visitor.selects("Send")
    visitor.sees_screen("decisions.csv")
    checks(visitor, "decisions.csv")
    inspector.looks_at(visitor, "decisions, checked")
    visitor.selects("2 rejected")
    visitor.sees("This is not a CAS number.")
    inspector.looks_at(visitor, "decisions that are rejected")
    visitor.selects("decisions.csv")
    imports(visitor, "decisions.csv")
    visitor.sees("1 CAS with applications or decisions")
    visitor.sees("1 other CAS")
    inspector.looks_at(visitor, "decisions, imported")
    assert [CAS.objects.get(pk=each.pk).status for each in (right, same, wrong)] == ["USED", "OBSOLETE", "ASSIGNED"]

    visitor.opens("Decisions from a sheet", group="CAS and orders")
    visitor.selects("Paste a list of CAS instead")
    inspector.looks_at(visitor, "paste a list of decisions")
    visitor.page.get_by_label("CAS numbers").fill(wrong.number)
    visitor.selects("Continue")
    visitor.selects("Check only")
    visitor.sees_errors("Enter the date of application, the decision, or how the application was closed.")
    inspector.looks_at(visitor, "what to record for a pasted list, with an error")
    dates(visitor, "Date of application", clock.today())
    checks(visitor, "Pasted list")
    imports(visitor, "Pasted list", which="")
    assert CAS.objects.get(pk=wrong.pk).applied_on == clock.today()
