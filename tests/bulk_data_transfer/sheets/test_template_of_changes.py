"""The template of each operation on CAS that exist."""

import io

import openpyxl
import pytest

from bulk_data_transfer.operation import FEES, OPERATIONS, REPORT
from bulk_data_transfer.sheets.template_of_changes import template_of
from sms.core import clock
from tests.bulk_data_transfer.operations.changing import checked, imported, sent
from tests.factories import in_status
from tests.pages import Page
from tests.sponsorship_duties.test_graduates import a_graduate

pytestmark = pytest.mark.django_db

FILES = "/students/bulk-data-transfer/"
CHANGES = [each for each in OPERATIONS.values() if not each.makes_cas]
EVERY = pytest.mark.parametrize("operation", CHANGES, ids=lambda each: each.name)
ROWS = {
    "fees": ("", "S-0042", "", 1234.5),
    "report": ("", "S-0042", "Student delayed", "Travel delayed", "14/09/2026", "", "Strike"),
    "withdraw": ("", "S-0042", "A mistake"),
    "graduates": ("", "S-0042"),
    "decide": ("{number}", "{today}", "{today}", "Refused"),
}


def opened(operation):
    return openpyxl.load_workbook(io.BytesIO(template_of(operation)))


def saved(workbook):
    file = io.BytesIO()
    workbook.save(file)
    file.seek(0)
    return file


@EVERY
def test_the_filled_template_of_each_operation_is_read_and_imported(operation, level1, caseworker, allocation):
    if operation.name == "graduates":
        cas = a_graduate(level1, caseworker, applicant_id="S-0042")
    else:
        cas = in_status("ASSIGNED", by=level1, caseworker=caseworker, applicant_id="S-0042")
    workbook = opened(operation)
    known = {"number": cas.number, "today": f"{clock.today():%d/%m/%Y}"}
    row = [each.format(**known) if isinstance(each, str) else each for each in ROWS[operation.name]]
    workbook["CAS"].append(row)
    upload = sent(saved(workbook), by=caseworker if operation.name == "decide" else level1)
    assert (upload.operation, upload.warnings) == (operation.name, [])
    upload = imported(checked(upload))
    assert upload.results["done"] == 1, [row.faults for row in upload.rows.all()]


@EVERY
def test_it_has_notes_about_each_of_its_columns_and_no_two_names_for_one_thing(operation):
    workbook = opened(operation)
    headings = [cell.value for cell in workbook["CAS"][1]]
    notes = {row[0]: row[1] for row in workbook["Notes"].iter_rows(min_row=2, values_only=True)}
    assert list(notes) == headings
    assert all(notes.values())
    assert "CAS number or Applicant ID" not in headings


def test_the_template_of_reports_has_the_activity_types_and_their_reasons():
    workbook = opened(REPORT)
    found = {str(each.sqref).split(":")[0]: each.formula1 for each in workbook["CAS"].data_validations.dataValidation}
    assert set(found) == {"C2", "D2"}
    rows = list(workbook["Codes"].iter_rows(min_row=2, values_only=True))
    assert "Student delayed" in [row[0] for row in rows]
    assert ("Student delayed", "Travel delayed", "Expected enrolment date") in [row[3:6] for row in rows]
    assert "Previous notification withdrawn" not in [row[0] for row in rows]  # not from a file


def test_an_empty_template_asks_for_no_answers(level1):
    assert sent(io.BytesIO(template_of(FEES)), by=level1).columns[:2] == ["number", "applicant_id"]


def test_the_page_has_the_templates_of_what_the_user_may_do(as_user, level1, level2, caseworker):
    for user, names in ((level1, ["Update fees", "Withdraw CAS"]), (level2, ["Report activity"])):
        client = as_user(user)
        page = Page(client.get(f"{FILES}formats/"))
        for name in names:
            assert client.get(page.link(f"Template for {name} (XLSX)"))["Content-Disposition"].endswith('.xlsx"')
    assert "Template for Withdraw CAS" not in page.text
    for name in ("create", "fly"):
        assert client.get(f"{FILES}formats/changes/{name}/").status_code == 404
    client = as_user(caseworker)
    assert client.get(Page(client.get(FILES)).link("Template (XLSX)")).status_code == 200


def test_the_page_says_nothing_that_makes_a_report_by_itself(as_user, level1):
    page = Page(as_user(level1).get(FILES)).main.text
    assert "failed to enrol" not in page
    assert "CAS number or Applicant ID;" not in page
