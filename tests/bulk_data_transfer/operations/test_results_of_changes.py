"""The results of a file about existing CAS as a file, and that file sent again (specification, section 11)."""

import pytest

from cas.models import CAS
from tests.bulk_data_transfer.factories import content_of
from tests.bulk_data_transfer.operations.changing import checked, imported, pasted, sent, sheet
from tests.bulk_data_transfer.operations.test_fees import OURS, PAID
from tests.bulk_data_transfer.operations.test_graduates_and_withdrawals import graduates_file
from tests.bulk_data_transfer.test_result_files import lines_of, results_of
from tests.factories import in_status

pytestmark = pytest.mark.django_db

MISSING = "E4G0AA0A00A0A0"


@pytest.fixture
def cas(level2, allocation, caseworker):
    return in_status("ASSIGNED", by=level2, caseworker=caseworker, applicant_id="S-0042")


def test_a_sheet_keeps_its_own_cas_numbers_and_can_be_sent_again_when_it_is_corrected(cas, level2):
    upload = imported(checked(sent(sheet({"CAS number": cas.number, PAID: "7"}, {"CAS number": MISSING}), by=level2)))
    export = results_of(upload)
    headings, first, second = lines_of(export)
    assert headings == ["Result", "Errors", "Warnings", "CAS number", PAID]
    assert (first[0], first[3:]) == ("Imported", [cas.number, "7"])
    assert (second[0], second[3]) == ("Left out", MISSING)
    assert "No CAS was found. (files.no_cas_found)" in second[1]
    corrected = content_of(export).decode("utf-8-sig").replace(MISSING, cas.number)
    again = sent(corrected, by=level2)
    assert (again.operation, again.warnings) == ("fees", [])


def test_a_pasted_list_comes_back_as_a_sheet(cas, level1):
    upload = checked(pasted("s-0042", "S-9999", operation="withdraw", by=level1), withdrawal_reason="Because")
    headings, first, second = lines_of(results_of(upload))
    assert headings == ["Result", "CAS number", "Errors", "Warnings", "CAS number or Applicant ID"]
    assert (first[:2], first[4]) == (["Good", cas.number], "s-0042")
    assert (second[:2], second[4]) == (["Rejected", ""], "S-9999")


def test_xml_comes_back_in_its_own_columns(cas, level2):
    xml = f"""<BulkDataFees xmlns="{OURS}"><FeeUpdate><CASNumber>{cas.number}</CASNumber>
      <CourseFeesPaidToDate>7.5</CourseFeesPaidToDate></FeeUpdate></BulkDataFees>"""
    headings, first = lines_of(results_of(checked(sent(xml, by=level2))))
    found = dict(zip(headings, first, strict=True))
    assert (found["Result"], found["CAS number"], found[PAID]) == ("Good", cas.number, "7.50")


def test_graduates_of_the_home_office_come_back_by_number(cas, level2):
    upload = checked(sent(graduates_file(cas.number, MISSING), by=level2))
    headings, *rows = lines_of(results_of(upload))
    assert headings == ["Result", "Errors", "Warnings", "CAS number"]
    assert [(row[0], row[3]) for row in rows] == [("Rejected", cas.number), ("Rejected", MISSING)]


@pytest.mark.parametrize("file_format", ["xlsx", "xml"])
def test_every_format_can_be_written(file_format, cas, level2):
    upload = checked(pasted(cas.number, operation="report", by=level2), details="x")
    assert content_of(results_of(upload, file_format=file_format))
    assert CAS.objects.get(pk=cas.pk).status == "ASSIGNED"
