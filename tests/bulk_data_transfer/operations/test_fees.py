"""Updating fees from a file (specification, sections 8 and 11)."""

from decimal import Decimal

import pytest

from cas.models import CAS
from cas.timeline import timeline
from licences.routes import Route
from tests.bulk_data_transfer.operations.changing import checked, codes, imported, rows_in, sent, sentences, sheet
from tests.bulk_data_transfer.sheets.making import xlsx_of
from tests.factories import CHILD, an_allocation, assigned, in_status

pytestmark = pytest.mark.django_db

FIRST_YEAR, PAID = "Course fees for first year only (£)", "Course fees paid to date (£)"
OURS = "urn:x-sms-sponsor-portal:bulk-data-cas:1"


@pytest.fixture
def cas(level2, allocation, caseworker):
    return in_status("ASSIGNED", by=level2, caseworker=caseworker, applicant_id="S-0042")


def fees_of(cas):
    cas.refresh_from_db()
    return cas.course_fees_first_year, cas.course_fees_paid, cas.accommodation_fees_paid


def test_a_csv_file_updates_the_fees_of_each_cas_and_leaves_those_without_a_value(cas, level2, caseworker):
    other = in_status("ASSIGNED", by=level2, caseworker=caseworker, passport_number="Another")
    upload = sent(
        sheet(
            {"CAS number": cas.number.lower(), FIRST_YEAR: "£30,000", PAID: ""},
            {"CAS number": other.number, FIRST_YEAR: "", PAID: "1234.50"},
        ),
        by=level2,
    )
    assert upload.operation == "fees"
    upload = checked(upload)
    assert upload.summary["totals"] == {"good": 2, "incomplete": 0, "rejected": 0, "duplicate": 0, "twice": 0}
    assert fees_of(cas)[0] == Decimal("21500")  # a check changes nothing
    upload = imported(upload)
    assert upload.results == {"done": 2, "left_out": 0, "no_longer": 0}
    assert fees_of(cas) == (Decimal("30000"), Decimal("5000.50"), None)
    assert fees_of(other) == (Decimal("21500"), Decimal("1234.50"), None)
    assert [(row.result, row.cas_pk) for row in rows_in(upload)] == [("DONE", cas.pk), ("DONE", other.pk)]
    line = timeline(cas)[0]
    assert (line.title, line.by.split(",")[0]) == ("Fees updated", level2.name)
    assert [(change.before, change.after) for change in line.changes] == [("£21,500.00", "£30,000.00")]


def test_a_workbook_names_its_cas_by_applicant_id(cas, level2):
    file = xlsx_of(["Applicant ID", FIRST_YEAR], ["s-0042", 30000.5])
    upload = imported(checked(sent(file, by=level2, name="fees.xlsx")))
    assert upload.results["done"] == 1
    assert fees_of(cas)[0] == Decimal("30000.50")


def test_xml_of_our_own_has_the_elements_of_the_home_office_in_any_order(cas, level2):
    xml = f"""<BulkDataFees xmlns="{OURS}"><Header><BulkUpdateFileId>FEES-1</BulkUpdateFileId></Header>
      <FeeUpdate><CourseFeesPaidToDate>+1.50</CourseFeesPaidToDate><CASNumber>{cas.number}</CASNumber>
        <CourseFeesForFirstYearOnly> 30000.5 </CourseFeesForFirstYearOnly></FeeUpdate></BulkDataFees>"""
    upload = imported(checked(sent(xml, by=level2, name="fees.xml")))
    assert (upload.operation, upload.file_id, upload.results["done"]) == ("fees", "FEES-1", 1)
    assert fees_of(cas)[:2] == (Decimal("30000.50"), Decimal("1.50"))


@pytest.mark.parametrize(
    ("inside", "code"),
    [
        ("<Fee>1</Fee>", "files.not_expected"),
        ("<CourseFeesPaidToDate>1</CourseFeesPaidToDate>" * 2, "files.not_expected"),
        ("<CourseFeesPaidToDate>1.234</CourseFeesPaidToDate>", "cas.field_invalid"),
        ("<CourseFeesPaidToDate>-1</CourseFeesPaidToDate>", "cas.field_invalid"),
        ("<CourseFeesPaidToDate>NaN</CourseFeesPaidToDate>", "cas.field_invalid"),
        ("<CourseFeesPaidToDate/>", "files.no_fees_given"),
    ],
)
def test_a_fault_of_a_record_in_xml_refuses_only_that_record(inside, code, cas, level2):
    xml = f"""<BulkDataFees xmlns="{OURS}">
      <FeeUpdate><CASNumber>{cas.number}</CASNumber>{inside}</FeeUpdate></BulkDataFees>"""
    assert codes(checked(sent(xml, by=level2)))[0][0] == code


@pytest.mark.parametrize(
    ("values", "code", "sentence"),
    [
        ({PAID: "much"}, "cas.field_invalid", "Course fees paid to date must be an amount in pounds"),
        ({FIRST_YEAR: "-5"}, "cas.field_invalid", "Course fees for first year only must be 0 or more"),
        ({PAID: ""}, "files.no_fees_given", "Enter at least one fee to update."),
    ],
)
def test_a_wrong_record_is_rejected_by_its_number_with_the_sentence_of_the_screen(
    values, code, sentence, cas, level2, caseworker
):
    other = in_status("ASSIGNED", by=level2, caseworker=caseworker, passport_number="Another")
    upload = checked(
        sent(sheet({"CAS number": other.number, PAID: "1"}, {"CAS number": cas.number, **values}), by=level2)
    )
    assert codes(upload) == [[], [code]]
    assert sentences(upload)[1][0].startswith(sentence)
    assert imported(upload).results == {"done": 1, "left_out": 1, "no_longer": 0}


def test_a_fee_that_the_screen_does_not_ask_is_left_out_with_a_warning(level2, licence, caseworker):
    an_allocation(licence, 10, Route.CHILD_STUDENT, by=caseworker)
    child = assigned(CAS.objects.add(CHILD, route=Route.CHILD_STUDENT, by=level2))
    boarding = "Boarding fees paid to date (£)"
    upload = checked(sent(sheet({"CAS number": child.number, PAID: "1", boarding: "7"}), by=level2))
    assert [warning["code"] for warning in rows_in(upload)[0].warnings] == ["files.fee_not_asked"]
    assert imported(upload).results["done"] == 1
    child.refresh_from_db()
    assert (child.course_fees_paid, child.boarding_fees_paid) == (Decimal("1"), None)


def test_fees_that_another_user_has_updated_since_the_check_are_named_and_not_overwritten(cas, level1, level2):
    upload = checked(sent(sheet({"CAS number": cas.number, PAID: "8"}), by=level2))
    cas.update_fees({"course_fees_paid": "7"}, by=level1, version=cas.version)
    upload = imported(upload)
    assert upload.results == {"done": 0, "left_out": 0, "no_longer": 1}
    assert rows_in(upload)[0].result == "NO_LONGER"
    assert sentences(upload) == [["Another user saved this CAS while you were changing it."]]
    assert fees_of(cas)[1] == Decimal("7")
