"""Manual 5, step by numbered step: how to report activity, withdraw a report, write a note and update fees."""

import re
from datetime import date

import pytest
from playwright.sync_api import expect

from cas.models import CAS
from sms.core import clock
from sms.core.govuk import formats
from sponsorship_duties.models import Activity, NothingToReport
from tests.core.test_values import MISREAD
from tests.factories import a_cas, an_allocation, assigned, in_status
from tests.journeys.inspector import PHONE
from tests.journeys.steps import EVERY_WAY
from tests.journeys.test_drafts import pass_time
from tests.journeys.test_guides_3_and_4 import asks, sees_listed
from tests.sponsorship_duties.factories import a_report, days

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

DUTIES = "/students/sponsorship-duties/"
HISTORY = "Report student activity – activity history"
DATE_AND_REASON = "Report student activity – date and reason"
RECORDED = "Report student activity – activity recorded"
STOP, DELAYED, WITHDRAWAL = "Stop sponsoring student", "Student delayed", "Previous notification withdrawn"
STOPPED_ON = "Date sponsorship was or is due to be withdrawn"

GIVEN_NAMES = ("Ada", "Bo", "Cy", "Di")


BOTH_WAYS = pytest.mark.parametrize("with_javascript", [True, False], ids=["with JavaScript", "without JavaScript"])


def sees_reported(visitor, *types):
    """Expect the history to name exactly these types of activity."""
    expect(visitor.page.get_by_role("rowheader")).to_have_text(list(types))


@pytest.fixture
def theirs(request, outsider, caseworker):
    """Make an ASSIGNED CAS that the visitor `who` must not find.

    It belongs to another sponsor or, for a Level 2 user, to another user of the same sponsor.
    """
    if request.getfixturevalue("who") == "level2":
        return assigned(a_cas(request.getfixturevalue("level1"), passport_number="Theirs"))
    an_allocation(outsider.licence, by=caseworker)
    return assigned(a_cas(outsider, passport_number="Theirs"))


def selects_option(visitor, label, option):
    visitor.page.get_by_label(label, exact=True).select_option(label=option)


def dates(visitor, legend, day):
    """Fill in the date with this legend. `day` is a date, or its three parts."""
    parts = (day.day, day.month, day.year) if isinstance(day, date) else day
    group = visitor.page.get_by_role("group", name=legend)
    for part, number in zip(("Day", "Month", "Year"), parts, strict=True):
        group.get_by_label(part).fill(str(number))


def details(visitor, text):
    visitor.page.get_by_label("Please give details").fill(text)


def finds_by_number(visitor, way, heading, cas, theirs):
    """Do steps 1 to 3: with an impossible number, with the number of another user's CAS, and with the right one."""
    visitor.goes_to("/students/")
    # 1. From the Students screen, Sponsorship duties.
    visitor.selects("Sponsorship duties")
    visitor.sees_screen("Sponsorship duties")
    # 2. By CAS number, if known.
    visitor.selects(f"{way} by CAS number")
    visitor.sees_screen(heading)
    # 3. The number, and Next.
    visitor.selects("Next")
    visitor.sees_errors("Enter the CAS number")
    asks(visitor, CAS_number=cas.number[:-1] + ("A" if cas.number[-1] != "A" else "B"))
    visitor.sees_errors("This is not a CAS number. Check each character.")
    asks(visitor, CAS_number=theirs.number)
    visitor.sees("No CAS was found")
    asks(visitor, CAS_number=f" {cas.number[:6].lower()} {cas.number[6:]}")


def finds_by_search(visitor, way, heading, choose, family_name):
    """Do steps 1 to 3 by the student's details. They are vague and give a list, without CAS of other users."""
    visitor.goes_to("/students/")
    visitor.selects("Sponsorship duties")
    visitor.selects(f"{way} by CAS search")
    visitor.sees_screen(heading)
    visitor.selects("Next")
    visitor.sees_screen(choose)
    visitor.selects("Change the search")
    asks(visitor, Family_name="Unknown")
    visitor.sees("No CAS was found")
    asks(visitor, Family_name=family_name)
    visitor.sees_screen(choose)
    sees_listed(visitor, "Nguyen, Bo", "Nguyễn, Thị Minh")
    visitor.selects("Nguyễn, Thị Minh")


@EVERY_WAY
def test_activity_is_reported_and_a_report_is_withdrawn(
    visit, request, allocation, caseworker, who, theirs, with_javascript, width
):
    user = request.getfixturevalue(who)
    cas = assigned(a_cas(user))
    in_status("USED", by=user, caseworker=caseworker, family_name="Nguyen", given_names="Bo", passport_number="X2")
    today = clock.today()
    visitor = visit(user, with_javascript=with_javascript, width=width)

    finds_by_number(visitor, "Report activity", "Student search", cas, theirs)
    # 4. CAS search results, and Next.
    visitor.sees_screen("CAS search results")
    visitor.sees("Nguyễn, Thị Minh")
    visitor.sees_line("Nationality", "Vietnam")
    visitor.selects("Next")
    # 5. The Activity type, and Next.
    visitor.sees_screen(HISTORY)
    visitor.sees("Nothing has been reported about this CAS so far.")
    visitor.selects("Next")
    visitor.sees_errors("Select the activity type")
    selects_option(visitor, "Activity type", STOP)
    visitor.selects("Next")
    # 6. The date, the reason and the details, and Save.
    visitor.sees_screen(DATE_AND_REASON)
    visitor.selects("Save")
    visitor.sees_errors(f"{STOPPED_ON}: enter the date", "Select the reason", "Give details")
    dates(visitor, STOPPED_ON, ("30", "2", "2027"))
    details(visitor, "Finished in June")
    # 6. Note: early completion needs the date of completion, too.
    completion = visitor.page.get_by_role("group", name="Earlier course completion date")
    expect(completion).to_be_hidden() if with_javascript else expect(completion).to_be_visible()
    selects_option(visitor, "Reason", "Completed the course early")
    expect(completion).to_be_visible()
    visitor.selects("Save")
    wrong = f"{STOPPED_ON} must be a real date: February 2027 has 28 days"
    visitor.sees_errors(wrong, "Enter the earlier course completion date")
    dates(visitor, STOPPED_ON, today)
    expect(visitor.page.get_by_label("Please give details")).to_have_value("Finished in June")
    dates(visitor, "Earlier course completion date", date(2100, 6, 30))
    visitor.selects("Save")
    # 7. Activity recorded, and OK.
    visitor.sees_screen(RECORDED)
    visitor.sees("Earlier course completion date: 30 June 2100")
    visitor.selects("OK")
    # 8. The history shows it. Back leads to the Student search.
    visitor.sees_screen(HISTORY)
    sees_reported(visitor, re.compile(f"^{STOP}"))
    visitor.sees("Completed the course early")
    visitor.selects("Back")
    visitor.sees_screen("Student search")

    # Withdrawing a report, steps 1 to 4.
    finds_by_search(visitor, "Report activity", "CAS search", "Select the CAS on which to report", "nguyen")
    visitor.sees_screen("CAS search results")
    visitor.selects("Next")
    visitor.sees_screen(HISTORY)
    visitor.selects("Back")
    visitor.sees_screen("Select the CAS on which to report")
    visitor.selects("Nguyễn, Thị Minh")
    visitor.selects("Next")
    # 5. Previous notification withdrawn, and Next.
    visitor.sees_screen(HISTORY)
    selects_option(visitor, "Activity type", WITHDRAWAL)
    visitor.selects("Next")
    # 6. The date of the previous notification, the details, and Save.
    visitor.sees_screen(DATE_AND_REASON)
    selected = visitor.page.get_by_label("Reason", exact=True).locator("option:checked")
    expect(selected).to_have_text(WITHDRAWAL)
    dates(visitor, "Date of previous notification", today - days(1))
    details(visitor, "They stay until December after all")
    visitor.selects("Save")
    yesterday, day = formats.day(today - days(1)), formats.day(today)
    visitor.sees_errors(f"No report has the date {yesterday}. Enter one of these dates: {day}")
    dates(visitor, "Date of previous notification", today)
    visitor.selects("Save")
    # 7. Activity recorded, and OK.
    visitor.sees_screen(RECORDED)
    visitor.sees_line("Report withdrawn", f"{STOP}, {day}")
    visitor.selects("OK")
    # 8. The list shows both reports, with links to each other. Next begins another report.
    visitor.sees_screen(HISTORY)
    sees_reported(visitor, re.compile(f"^{WITHDRAWAL}"), re.compile(f"^{STOP}"))
    visitor.sees_status("Withdrawn")
    visitor.selects("see why")
    selects_option(visitor, "Activity type", DELAYED)
    visitor.selects("Next")
    visitor.sees_screen(DATE_AND_REASON)
    visitor.sees("Expected enrolment date")
    assert CAS.objects.get(pk=cas.pk).status == "ASSIGNED"


@EVERY_WAY
def test_a_sponsor_note_is_written_and_fees_are_updated(
    visit, request, allocation, caseworker, who, theirs, with_javascript, width
):
    user = request.getfixturevalue(who)
    cas = assigned(a_cas(user))
    in_status("USED", by=user, caseworker=caseworker, family_name="Nguyen", given_names="Bo", passport_number="X2")
    visitor = visit(user, with_javascript=with_javascript, width=width)
    note = visitor.page.get_by_label("Sponsor note", exact=True)

    # The note, steps 1 to 3.
    finds_by_number(visitor, "Manage live CAS", "Manage live CAS", cas, theirs)
    # 4. Sponsor note.
    visitor.sees("CAS number")
    visitor.selects("Sponsor note")
    # 5. The text, and Save.
    visitor.sees_screen("Manage live CAS – edit sponsor note")
    note.fill("x" * 5001)
    visitor.selects("Save")
    visitor.sees_errors("Sponsor note must be 5,000 characters or fewer. It is 5,001 now")
    note.fill("Starts at the second campus")
    visitor.selects("Save")
    # 6. OK, and Manage live CAS.
    visitor.sees_screen("Manage live CAS – sponsor note saved")
    visitor.selects("OK")
    visitor.sees_screen("Manage live CAS")
    # 5. Note: the current text is displayed. Another user changes it before this user saves.
    visitor.selects("Sponsor note")
    expect(note).to_have_value("Starts at the second campus")
    cas.refresh_from_db()
    cas.write_note("Starts online", by=user, version=cas.version)
    note.fill("Starts at the main campus")
    visitor.selects("Save")
    visitor.sees("Another user saved the sponsor note while you were making changes")
    visitor.sees("Starts online")
    visitor.selects("Save")
    visitor.selects("OK")
    visitor.sees("Starts at the main campus")

    # The fees, steps 1 to 3.
    finds_by_search(visitor, "Manage live CAS", "Manage live CAS", "Select the CAS to manage", "nguyen")
    # 4. Update fees.
    visitor.sees_screen("Manage live CAS")
    visitor.selects("Update fees")
    # 5. The course fees paid to date, and Save.
    visitor.sees_screen("Manage live CAS – update fees")
    paid = visitor.page.get_by_label("Course fees paid to date")
    expect(paid).to_have_value("5000.50")
    paid.fill("9.000,00")
    visitor.selects("Save")
    visitor.sees_errors(f"Course fees paid to date {MISREAD}")
    expect(paid).to_have_value("9.000,00")
    for_the_year = visitor.page.get_by_label("Course fees for first year only")
    paid.fill("£9,000.25")
    for_the_year.fill("")
    visitor.selects("Save")
    visitor.sees_errors("Enter the course fees for first year only")
    for_the_year.fill("21500")
    visitor.selects("Save")
    # 6. OK, and Manage live CAS. The history keeps the earlier fee and the earlier note.
    visitor.sees_screen("Manage live CAS – fees updated")
    visitor.sees_line("Course fees paid to date (£)", "£9,000.25")
    visitor.selects("OK")
    visitor.sees_screen("Manage live CAS")
    history = visitor.page.get_by_role("region", name="History")
    expect(history).to_contain_text("£5,000.50")
    expect(history).to_contain_text("Starts online")


@BOTH_WAYS
def test_a_time_out_while_typing_a_report_loses_nothing(visit, level2, allocation, with_javascript):
    cas = assigned(a_cas(level2))
    visitor = visit(level2, with_javascript=with_javascript)
    if with_javascript:
        visitor.page.clock.install()
    visitor.goes_to(f"{DUTIES}report/{cas.pk}/activities/")
    selects_option(visitor, "Activity type", STOP)
    visitor.selects("Next")
    selects_option(visitor, "Reason", "Completed the course early")
    dates(visitor, STOPPED_ON, (1, 7, 2100))
    dates(visitor, "Earlier course completion date", (30, 6, ""))
    details(visitor, "Finished in")
    if with_javascript:
        with visitor.page.expect_response(lambda answer: "x-keep-draft" in answer.request.headers):
            visitor.page.clock.fast_forward(2_000)
        pass_time(minutes=21)
        visitor.page.clock.fast_forward("21:00")
    else:
        pass_time(minutes=21)
        visitor.selects("Save")
    visitor.sees_screen("Sign in")
    visitor.signs_in(level2)
    visitor.sees_screen(DATE_AND_REASON)
    visitor.sees("We kept what you typed on")
    expect(visitor.page.get_by_label("Reason", exact=True).locator("option:checked")).to_have_text(
        "Completed the course early"
    )
    expect(visitor.page.get_by_label("Please give details")).to_have_value("Finished in")
    for legend, parts in ((STOPPED_ON, ("1", "7", "2100")), ("Earlier course completion date", ("30", "6", ""))):
        boxes = visitor.page.get_by_role("group", name=legend).get_by_role("textbox").all()
        assert [box.input_value() for box in boxes] == list(parts)
    assert not Activity.objects.exists()


@pytest.fixture
def started(licence, caseworker, level2):
    """Make ASSIGNED CAS for four students, Ada, Bo, Cy and Di, whose course has started without any report."""
    with clock.set_to(clock.now() - days(180)):
        an_allocation(licence, by=caseworker)
    start = {"course_start_date": clock.today() - days(10)}
    with clock.set_to(clock.now() - days(40)):
        return [assigned(a_cas(level2, given_names=name, passport_number=name, **start)) for name in GIVEN_NAMES]


@EVERY_WAY
def test_several_students_to_check_are_reported_at_once(visit, request, started, who, with_javascript, width):
    user = request.getfixturevalue(who)
    visitor = visit(user, with_javascript=with_javascript, width=width)
    visitor.goes_to("/students/")
    visitor.selects("4 CAS past the course start without a report")
    heading = "Course started, nothing reported 4"
    visitor.sees_screen(heading)

    def marks(*names):
        for name in names:
            visitor.page.get_by_role("checkbox", name=f"Nguyễn, {name}").check()

    # If no student is selected, a message says so.
    visitor.selects("Nothing to report")
    visitor.sees("Select the CAS to take off the list.")
    visitor.selects(STOP)
    visitor.sees(f"Select the CAS to report as {STOP}.")
    # Two students have failed to enrol.
    marks("Ada", "Bo")
    visitor.selects(STOP)
    visitor.sees_screen(DATE_AND_REASON)
    visitor.sees("You are making the same report for 2 CAS.")
    visitor.sees("Nguyễn, Ada")
    visitor.selects("Save")
    visitor.sees_errors(f"{STOPPED_ON}: enter the date", "Select the reason", "Give details")
    dates(visitor, STOPPED_ON, clock.today())
    selects_option(visitor, "Reason", "Failed to enrol")
    details(visitor, "Did not come")
    visitor.selects("Save")
    visitor.sees_screen(RECORDED)
    visitor.sees(f"{STOP}: 2 CAS")
    sees_listed(visitor, "Nguyễn, Ada", "Nguyễn, Bo")
    visitor.selects("OK")
    sees_listed(visitor, "Nguyễn, Cy", "Nguyễn, Di")
    assert Activity.objects.filter(reason_name="Failed to enrol", details="Did not come", by=user).count() == 2
    # One student comes later.
    marks("Cy")
    visitor.selects(DELAYED)
    dates(visitor, "Expected enrolment date", clock.today() + days(5))
    selects_option(visitor, "Reason", "Travel delayed")
    details(visitor, "No flights")
    visitor.selects("Save")
    visitor.selects("OK")
    # For the last student there is nothing to report.
    marks("Di")
    visitor.selects("Nothing to report")
    visitor.selects("Take 1 CAS off the list")
    visitor.sees("Nothing to report: 1 CAS taken off the list.")
    visitor.sees("There are no students to check.")
    assert NothingToReport.objects.get().by == user
    visitor.goes_to(f"{DUTIES}manage/{started[3].pk}/")
    expect(visitor.page.get_by_role("region", name="History")).to_contain_text("Nothing to report")


@BOTH_WAYS
def test_only_a_level_1_user_can_withdraw_a_cas(visit, level1, level2, allocation, with_javascript):
    cas = assigned(a_cas(level2))
    visitor = visit(level2, with_javascript=with_javascript)
    visitor.goes_to(f"{DUTIES}manage/{cas.pk}/")
    expect(visitor.page.get_by_role("button", name="Withdraw CAS")).to_be_disabled()
    visitor.sees("Only a Level 1 user can withdraw an assigned CAS.")
    visitor = visit(level1, with_javascript=with_javascript, width=PHONE)
    visitor.goes_to(f"{DUTIES}manage/{cas.pk}/")
    visitor.selects("Withdraw CAS")
    visitor.sees_screen("Manage live CAS – withdraw CAS")
    visitor.sees("You cannot undo this")
    visitor.selects("Withdraw CAS")
    visitor.sees_errors("Enter the reason for withdrawing")
    visitor.selects("Keep it")
    visitor.sees_screen("Manage live CAS")
    visitor.selects("Withdraw CAS")
    visitor.page.get_by_label("Reason for withdrawing").fill("Enrolled elsewhere")
    visitor.selects("Withdraw CAS")
    visitor.sees("is WITHDRAWN.")
    visitor.sees_line("Reason for withdrawing", "Enrolled elsewhere")
    visitor.sees("This CAS is WITHDRAWN. You can report activity on it only while it is ASSIGNED, USED or EXPIRED.")
    assert visitor.prints().startswith(b"%PDF")


def test_the_pages_of_reporting_are_accessible(visit, inspector, level1, started):
    cas, other = started[0], started[1]
    visitor = visit(level1)
    for name, path in {"Duties": "", "Student search": "report/by-number/", "CAS search": "report/search/"}.items():
        visitor.goes_to(DUTIES + path)
        inspector.looks_at(visitor, name)
    asks(visitor, Family_name="nguyen")
    inspector.looks_at(visitor, "Select the CAS")
    visitor.selects("Nguyễn, Ada")
    inspector.looks_at(visitor, "CAS search results")
    a_report(cas, by=level1, details="A word-that-is-longer-than-a-phone-is-wide-and-cannot-be-broken-anywhere")
    visitor.selects("Next")
    selects_option(visitor, "Activity type", WITHDRAWAL)
    visitor.selects("Next")
    dates(visitor, "Date of previous notification", clock.today())
    inspector.looks_at(visitor, "Date and reason")
    a_report(cas, by=level1)
    visitor.selects("Save")
    inspector.looks_at(visitor, "Date and reason, with errors")
    visitor.page.get_by_role("radio").first.check()
    details(visitor, "A mistake")
    visitor.selects("Save")
    inspector.looks_at(visitor, "Activity recorded")
    visitor.selects("OK")
    inspector.looks_at(visitor, "Activity history")
    visitor.goes_to(f"{DUTIES}check/not-started/")
    inspector.looks_at(visitor, "Students to check")
    visitor.page.get_by_role("checkbox", name="Nguyễn, Cy").check()
    visitor.page.get_by_role("checkbox", name="Nguyễn, Bo").check()
    visitor.selects(STOP)
    other.withdraw(by=level1, reason="Because")
    visitor.page.reload()
    visitor.sees("Nothing will be reported about these:")
    inspector.looks_at(visitor, "Several at once")
    visitor.goes_to(f"{DUTIES}check/ended/")
    inspector.looks_at(visitor, "Students to check, none")


def test_the_pages_of_manage_live_cas_are_accessible(visit, inspector, level1, allocation):
    cas = assigned(a_cas(level1))
    a_report(cas, by=level1)
    visitor = visit(level1)
    visitor.goes_to(f"{DUTIES}manage/by-number/")
    inspector.looks_at(visitor, "Manage by number")
    visitor.goes_to(f"{DUTIES}manage/{cas.pk}/")
    inspector.looks_at(visitor, "Manage")
    visitor.selects("Sponsor note")
    inspector.looks_at(visitor, "Note")
    cas.write_note("Theirs", by=level1, version=cas.version)
    visitor.page.get_by_label("Sponsor note").fill("Ours")
    visitor.selects("Save")
    inspector.looks_at(visitor, "Note, saved by another user")
    visitor.selects("Save")
    inspector.looks_at(visitor, "Note saved")
    visitor.selects("OK")
    visitor.selects("Update fees")
    visitor.page.get_by_label("Course fees paid to date").fill("9.000,00")
    visitor.selects("Save")
    inspector.looks_at(visitor, "Fees, with an error")
    visitor.page.get_by_label("Course fees paid to date").fill("1000")
    visitor.selects("Save")
    inspector.looks_at(visitor, "Fees updated")
    visitor.selects("OK")
    visitor.selects("Withdraw CAS")
    inspector.looks_at(visitor, "Withdraw")
    visitor.page.get_by_label("Reason for withdrawing").fill("Enrolled elsewhere")
    visitor.selects("Withdraw CAS")
    inspector.looks_at(visitor, "Withdrawn")
