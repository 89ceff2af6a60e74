"""Reporting activity from a file (specification, sections 8 and 11)."""

from datetime import date

import pytest

from bulk_data_transfer.forms.asking import answers_form
from sponsorship_duties.models import Activity
from tests.bulk_data_transfer.operations.changing import (
    checked,
    codes,
    imported,
    pasted,
    rows_in,
    sent,
    sentences,
    sheet,
)
from tests.bulk_data_transfer.operations.test_fees import OURS
from tests.factories import in_status
from tests.sponsorship_duties.factories import a_reason, a_report

pytestmark = pytest.mark.django_db


@pytest.fixture
def two(level2, allocation, caseworker):
    return [in_status("ASSIGNED", by=level2, caseworker=caseworker, passport_number=f"R{each}") for each in range(2)]


def made():
    columns = ("cas", "type_name", "reason_name", "happened_on", "details", "by")
    return list(Activity.objects.order_by("cas").values_list(*columns))


def test_each_record_is_a_report_of_its_own(two, level1):
    first, second = two
    upload = sent(
        sheet(
            {
                "CAS number": first.number,
                "Activity type": "stop sponsoring  student",
                "Reason": "Excluded",
                "Date": "1/10/2026",
                "Details": "Cheated",
            },
            {
                "CAS number": second.number,
                "Activity type": "Student delayed",
                "Reason": "Travel delayed",
                "Date": "2026-10-02",
                "Details": "Strike",
            },
        ),
        by=level1,
    )
    assert upload.operation == "report"
    assert imported(checked(upload)).results["done"] == 2
    assert made() == [
        (first.pk, "Stop sponsoring student", "Excluded", date(2026, 10, 1), "Cheated", level1.pk),
        (second.pk, "Student delayed", "Travel delayed", date(2026, 10, 2), "Strike", level1.pk),
    ]


def no_shows(*given):
    """Return a file in XML of our own with no-shows: pairs of a CAS and its elements."""
    return f'<BulkDataReports xmlns="{OURS}">{"".join(map(_no_show, given))}</BulkDataReports>'


def _no_show(pair):
    cas, more = pair
    return f"<Report><CASNumber>{cas.number}</CASNumber>{more}</Report>"


def enrolment(day, notes=""):
    return f"<ExpectedEnrollmentDate>{day}</ExpectedEnrollmentDate><Notes>{notes}</Notes>"


def test_a_no_show_in_xml_is_dated_by_its_expected_enrolment_date(two, level2):
    first, second = two
    xml = no_shows((first, enrolment("2026-09-14")), (second, enrolment("2026-09-14", "No answer")))
    assert imported(checked(sent(xml, by=level2))).results["done"] == 2
    no_show = ("Stop sponsoring student", "Failed to enrol", date(2026, 9, 14))
    assert [report[1:5] for report in made()] == [
        (*no_show, "The student did not enrol."),
        (*no_show, "No answer"),
    ]


def test_in_a_sheet_an_expected_enrolment_date_says_nothing_without_an_activity_type(two, level2):
    row = {"Expected enrolment date": "14/09/2026", "Activity type": "", "Notes": "x"}
    other = {"Activity type": "Student delayed", "Reason": "Travel delayed", "Notes": "Strike"}
    upload = sent(sheet({**row, "CAS number": two[0].number}, {**row, **other, "CAS number": two[1].number}), by=level2)
    upload = checked(upload)
    assert sentences(upload) == [["Enter an activity type"], []]
    assert imported(upload).results["done"] == 1
    delayed = ("Student delayed", "Travel delayed", date(2026, 9, 14), "Strike")
    assert [report[1:5] for report in made()] == [delayed]


def test_a_sheet_without_an_activity_type_asks_for_it_and_the_details(two, level2):
    upload = sent(sheet({"CAS number": two[0].number, "Expected enrolment date": "14/09/2026"}), by=level2)
    assert [field.name for field in answers_form(upload).asked()] == ["reason", "details"]


def test_xml_of_our_own_has_no_shows_and_other_reports(two, level2):
    first, second = two
    xml = f"""<BulkDataReports xmlns="{OURS}"><Header><BulkReportingId>R1</BulkReportingId></Header>
      <Report><CASNumber>{first.number}</CASNumber>
        <ExpectedEnrollmentDate>2026-09-14Z</ExpectedEnrollmentDate><Notes>None</Notes></Report>
      <Report><CASNumber>{second.number}</CASNumber><ActivityType>Student delayed</ActivityType>
        <Reason>Other</Reason><Date>2026-09-20</Date><Details>Ill</Details></Report></BulkDataReports>"""
    assert imported(checked(sent(xml, by=level2))).results["done"] == 2
    assert [(report[2], report[3], report[4]) for report in made()] == [
        ("Failed to enrol", date(2026, 9, 14), "None"),
        ("Other", date(2026, 9, 20), "Ill"),
    ]


def test_a_pasted_list_gets_the_same_report_for_every_cas(two, level2):
    upload = pasted(*(cas.number for cas in two), operation="report", by=level2)
    answers = {"reason": a_reason("Failed to enrol").pk, "happened_on": "2026-09-14", "details": "Absent"}
    assert imported(checked(upload, **answers)).results["done"] == 2
    assert {report[2:5] for report in made()} == {("Failed to enrol", date(2026, 9, 14), "Absent")}


@pytest.mark.parametrize(
    ("changed", "code", "sentence"),
    [
        ({"Activity type": ""}, "cas.field_invalid", "Enter an activity type"),
        ({"Activity type": "Gone fishing"}, "cas.field_invalid", "“Gone fishing” is not an activity type"),
        (
            {"Reason": "Bored"},
            "cas.field_invalid",
            "“Bored” is not a reason of the activity type “Stop sponsoring student”",
        ),
        ({"Reason": ""}, "cas.field_invalid", "Select a reason of this activity type"),
        ({"Date": "31/2/2026"}, "cas.field_invalid", "Date must be a real date"),
        ({"Date": ""}, "cas.field_invalid", "Date sponsorship was or is due to be withdrawn: enter the date"),
        ({"Date": "1/1/2099"}, "cas.field_invalid", "Date sponsorship was or is due to be withdrawn must not"),
        ({"Details": ""}, "cas.field_invalid", "Give details"),
        ({"Reason": "Completed the course early"}, "cas.field_invalid", "Enter the earlier course completion date"),
        (
            {"Activity type": "Previous notification withdrawn", "Reason": "Previous notification withdrawn"},
            "duties.one_withdrawal_at_a_time",
            "You can withdraw only one report at a time.",
        ),
        (
            {"Activity type": "Graduate notification", "Reason": "", "Date": "", "Details": ""},
            "duties.graduate_not_used",
            "This CAS is ASSIGNED.",
        ),
    ],
)
def test_a_wrong_record_is_rejected_with_the_sentence_of_the_screen(changed, code, sentence, two, level2):
    good = {
        "CAS number": two[0].number,
        "Activity type": "Stop sponsoring student",
        "Reason": "Excluded",
        "Date": "1/10/2026",
        "Details": "Cheated",
    }
    upload = checked(sent(sheet(good, {**good, "CAS number": two[1].number, **changed}), by=level2))
    assert codes(upload) == [[], [code]]
    assert sentences(upload)[1][0].startswith(sentence)


def test_the_same_report_cannot_be_made_twice_by_a_file_and_the_second_file_says_so(two, level2):
    file = no_shows((two[0], enrolment("2026-09-14")))
    assert imported(checked(sent(file, by=level2))).results["done"] == 1
    assert codes(checked(sent(file, by=level2))) == [["duties.reported_already"]]


def test_a_report_with_an_earlier_completion_date_keeps_it_in_its_details(two, level2):
    upload = sent(
        sheet(
            {
                "CAS number": two[0].number,
                "Activity type": "Stop sponsoring student",
                "Reason": "Completed the course early",
                "Date": "1/10/2026",
                "Earlier course completion date": "30/9/2026",
                "Details": "All credits",
            }
        ),
        by=level2,
    )
    assert imported(checked(upload)).results["done"] == 1
    assert made()[0][4] == "Earlier course completion date: 30 September 2026\nAll credits"


def test_a_record_shows_its_cas_and_where_its_fault_stands(two, level2):
    upload = checked(sent(sheet({"Date": "soon", "CAS number": two[0].number}), by=level2))
    [row] = rows_in(upload)
    assert (row.name, row.cas_pk, row.faults[0]["value"]) == (two[0].student_name, two[0].pk, "soon")
    assert row.faults[0]["place"] == "A2"


def test_a_wrong_enrolment_date_is_shown_with_its_place(two, level2):
    [row] = rows_in(checked(sent(no_shows((two[0], enrolment("soon"))), by=level2)))
    assert [(fault["field"], fault["value"]) for fault in row.faults] == [("happened_on", "soon")]


def test_the_check_warns_of_the_marks_that_caseworkers_will_see_and_the_import_gives_them(two, level2):
    first, second = two
    a_report(second, by=level2, reason="Excluded")
    upload = checked(sent(no_shows(*((cas, enrolment("2020-09-14")) for cas in two)), by=level2))
    marks = ["reported_late", "dated_before_assignment", "no_show_before_start"]
    assert [[warning["code"].removeprefix("duties.") for warning in row.warnings] for row in rows_in(upload)] == [
        marks,
        [*marks, "ended_already"],
    ]
    [late, *_] = rows_in(upload)[0].warnings
    assert late["sentence"] == "Reported late: The report is more than 10 working days after its date."
    imported(upload)
    assert len(Activity.objects.get(cas=first).marks) == 3
