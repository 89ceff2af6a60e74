"""Reports that may be wrong, reports about several students, and withdrawing them (specification, sections 7 and 8)."""

import pytest
from playwright.sync_api import expect

from cas.models import CAS
from sms.core import clock
from sponsorship_duties.models import Activity, NothingToReport
from tests.factories import a_cas, assigned
from tests.journeys.steps import EVERY_WAY
from tests.journeys.test_guides_3_and_4 import asks, sees_listed
from tests.journeys.test_manual_5 import (
    DATE_AND_REASON,
    DUTIES,
    HISTORY,
    RECORDED,
    STOP,
    STOPPED_ON,
    dates,
    details,
    selects_option,
    started,
)
from tests.sponsorship_duties.factories import a_report

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

__all__ = ["started"]  # a fixture

SEVERAL = "Report student activity – several students"


def marks(visitor, *names):
    for name in names:
        visitor.page.get_by_role("checkbox", name=f"Nguyễn, {name}").check()


@EVERY_WAY
def test_a_report_that_may_be_wrong_is_asked_about_once_and_can_be_withdrawn_where_it_stands(
    visit, request, allocation, inspector, who, with_javascript, width
):
    user = request.getfixturevalue(who)
    cas = assigned(a_cas(user))
    a_report(cas, by=user, reason="Excluded")
    visitor = visit(user, with_javascript=with_javascript, width=width)
    visitor.goes_to(f"{DUTIES}report/{cas.pk}/activities/")
    selects_option(visitor, "Activity type", STOP)
    visitor.selects("Next")
    dates(visitor, STOPPED_ON, (1, 9, 2020))
    selects_option(visitor, "Reason", "Failed to enrol")
    details(visitor, "No answer")
    visitor.selects("Save")
    visitor.sees_screen(DATE_AND_REASON)
    question = visitor.page.get_by_role("alert").filter(has_text="Not saved yet")
    if with_javascript:
        expect(question).to_be_focused()
    for words in (
        "Reported late",
        "Dated before the CAS was assigned",
        "Failed to enrol before the course starts",
        "Sponsorship ended by an earlier report",
    ):
        expect(question).to_contain_text(words)
    inspector.looks_at(visitor, "the question")
    expect(visitor.page.get_by_label("Please give details")).to_have_value("No answer")
    assert Activity.objects.count() == 1
    visitor.selects("Save")
    visitor.sees_screen(RECORDED)
    visitor.sees("Failed to enrol before the course starts")
    inspector.looks_at(visitor, "recorded")

    visitor.selects("Withdraw this report")
    visitor.sees_screen("Report student activity – withdraw this report")
    visitor.selects("Save")
    visitor.sees_errors("Give details")
    details(visitor, "The wrong student")
    inspector.looks_at(visitor, "withdraw this report")
    visitor.selects("Save")
    visitor.sees_line("Report withdrawn", f"{STOP}, 1 September 2020")
    visitor.selects("OK")
    visitor.sees_screen(HISTORY)
    inspector.looks_at(visitor, "the history")
    assert [each.is_withdrawn for each in Activity.objects.order_by("pk")] == [False, True, False]


@EVERY_WAY
def test_found_and_pasted_students_are_reported_together_and_listed(
    visit, request, started, inspector, who, with_javascript, width
):
    user = request.getfixturevalue(who)
    visitor = visit(user, with_javascript=with_javascript, width=width)
    visitor.goes_to(f"{DUTIES}report/search/")
    asks(visitor, Family_name="Nguyễn")
    visitor.sees_screen("Select the CAS on which to report")
    visitor.selects("Report activity")
    visitor.sees("Select the CAS to report on.")
    marks(visitor, "Ada", "Bo")
    inspector.looks_at(visitor, "found")
    visitor.selects("Report activity")
    visitor.sees_screen(SEVERAL)
    visitor.selects("Next")
    visitor.sees_errors("Select the activity type")
    inspector.looks_at(visitor, "the activity type")
    selects_option(visitor, "Activity type", STOP)
    visitor.selects("Next")
    visitor.sees_screen(DATE_AND_REASON)
    dates(visitor, STOPPED_ON, clock.today())
    selects_option(visitor, "Reason", "Failed to enrol")
    details(visitor, "Did not come")
    visitor.selects("Save")
    visitor.sees_screen(RECORDED)
    sees_listed(visitor, "Nguyễn, Ada", "Nguyễn, Bo")
    printing = visitor.page.get_by_role("button", name="Print this list")
    expect(printing).to_be_visible() if with_javascript else expect(printing).to_be_hidden()
    inspector.looks_at(visitor, "reported")
    visitor.selects("OK")
    visitor.sees_screen("Select the CAS on which to report")

    visitor.goes_to(DUTIES)
    visitor.selects("Report activity for a list")
    visitor.sees_screen("Report activity – paste a list")
    inspector.looks_at(visitor, "paste a list")
    box = visitor.page.get_by_label("CAS numbers or Applicant IDs", exact=True)
    box.fill(f"{started[1].number.lower()}\n{started[2].number}, unknown")
    visitor.selects("Next")
    visitor.sees("No CAS was found. Check the number.")
    visitor.sees("You are making the same report for 2 CAS.")
    inspector.looks_at(visitor, "the pasted list")
    selects_option(visitor, "Activity type", STOP)
    visitor.selects("Next")
    dates(visitor, STOPPED_ON, clock.today())
    selects_option(visitor, "Reason", "Excluded")
    details(visitor, "Cheated")
    visitor.selects("Save")
    visitor.sees("Sponsorship ended by an earlier report")
    visitor.sees("1 CAS:")
    inspector.looks_at(visitor, "the question about one of them")
    visitor.selects("Save")
    visitor.sees_screen(RECORDED)
    assert Activity.objects.filter(reason_name="Excluded").count() == 2


@EVERY_WAY
def test_nothing_to_report_is_confirmed_and_undone(visit, request, started, inspector, who, with_javascript, width):
    user = request.getfixturevalue(who)
    visitor = visit(user, with_javascript=with_javascript, width=width)
    visitor.goes_to(f"{DUTIES}check/not-started/")
    marks(visitor, "Ada", "Bo", "Cy")
    visitor.selects("Nothing to report")
    visitor.sees_screen("Nothing to report")
    visitor.sees("You are about to take 3 CAS off the list")
    inspector.looks_at(visitor, "the confirmation")
    visitor.selects("Keep them on the list")
    assert not NothingToReport.objects.exists()
    marks(visitor, "Ada", "Bo", "Cy")
    visitor.selects("Nothing to report")
    visitor.selects("Take 3 CAS off the list")
    visitor.sees("Nothing to report: 3 CAS taken off the list.")
    sees_listed(visitor, "Nguyễn, Di")
    visitor.selects("Undo")
    visitor.sees_screen("Taken off the list 3")
    inspector.looks_at(visitor, "taken off")
    visitor.page.get_by_role("checkbox", name="Nguyễn, Cy").uncheck()
    visitor.selects("Put back on the list")
    visitor.sees("2 CAS put back")
    visitor.selects("See the CAS taken off this list")
    sees_listed(visitor, "Nguyễn, Cy")
    assert NothingToReport.objects.standing().get().cas == started[2]


def test_a_level_1_user_withdraws_a_selection_for_one_reason(visit, inspector, level1, level2, allocation, caseworker):
    made = [assigned(a_cas(level2, given_names=name, passport_number=name)) for name in ("Ada", "Bo", "Cy", "Di")]
    made[2].record_application(clock.today(), by=caseworker)
    visitor = visit(level1)
    visitor.goes_to("/students/cas/")
    visitor.selects("Withdraw")
    visitor.sees("Select the CAS to withdraw.")
    marks(visitor, "Ada", "Bo", "Cy")
    visitor.selects("Withdraw")
    visitor.sees_screen("Manage live CAS – withdraw 3 CAS")
    visitor.sees("An application is recorded on 1 of 3 CAS")
    visitor.selects("Withdraw 3 CAS")
    visitor.sees_errors("Enter the reason for withdrawing")
    inspector.looks_at(visitor, "withdraw several")
    visitor.page.get_by_label("Reason for withdrawing").fill("The course is cancelled")
    visitor.selects("Withdraw 3 CAS")
    visitor.sees("3 CAS are WITHDRAWN.")
    assert list(CAS.objects.order_by("pk").values_list("status", flat=True)) == ["WITHDRAWN"] * 3 + ["ASSIGNED"]
    assert set(CAS.objects.values_list("withdrawal_reason", flat=True)) == {"", "The course is cancelled"}
    expect(visitor.page.get_by_role("row").filter(has_text="Nguyễn, Di")).to_contain_text("ASSIGNED")
