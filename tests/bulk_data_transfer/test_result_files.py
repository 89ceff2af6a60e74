"""The results of a file as a file: the sender's own records, with what became of each (specification, section 11)."""

import csv
import io

import openpyxl
import pytest
from lxml import etree

from bulk_data_transfer import exporting, result_files
from bulk_data_transfer.models import Export
from bulk_data_transfer.sending import send
from bulk_data_transfer.sheets.headings import RESULTS
from bulk_data_transfer.xml.names import RESULTS as NAMESPACE
from cas.models import CAS
from licences.models import Event, User
from licences.routes import Route
from sms.core.refused import Refused
from tests.bulk_data_transfer.factories import (
    a_record,
    an_upload,
    checked,
    content_of,
    imported,
    rows_of,
    sheet,
)
from tests.bulk_data_transfer.operations import changing
from tests.bulk_data_transfer.sheets.making import xlsx_of
from tests.bulk_data_transfer.xml.files import CHILD, STUDENT, graduates, v2_1
from tests.factories import a_batch_order, a_cas, assigned
from tests.jobs import work_all

pytestmark = pytest.mark.django_db


def results_of(upload, *, file_format="csv", by=None):
    """Return the export with the results of an upload."""
    export = result_files.prepare(upload, by=by or upload.by)
    exporting.ask(export, file_format=file_format, columns=[], has_codes=False, by=by or upload.by)
    export.refresh_from_db()
    return export


def lines_of(export):
    return list(csv.reader(io.StringIO(content_of(export).decode("utf-8-sig"), newline="")))


def assigned_in(batch, applicant_id):
    """Assign the CAS of a batch, and return the CAS of this applicant."""
    a_batch_order(batch).settle(by=User.objects.system())
    return batch.cas.get(applicant_id=applicant_id)


def of_sponsor(file, user):
    """Return a file with the licence number of the user's sponsor in its header."""
    end = b"</SponsorLicenceNumber>"
    return io.BytesIO(file.replace(b"ABCD12349" + end, user.licence.number.encode() + end))


def sent(file, by, *, name="autumn.csv", route="STUDENT"):
    upload = send(file, name=name, by=by)
    if not upload.route:
        upload.set_route(Route(route), by=by)
    return checked(upload)


def test_the_senders_columns_follow_the_results_in_their_order_with_their_headings_and_texts(level2):
    headings = ["FAMILY NAME", "Our note", "applicant id", "Date of birth", "Given names"]
    file = sheet(headings=headings)
    file.seek(0, io.SEEK_END)
    file.write("Nguyễn, =x,007,17/5/2002,\r\n".encode())
    export = results_of(sent(file, level2))
    assert lines_of(export)[0] == [*RESULTS, *headings]
    assert lines_of(export)[1][4:] == ["Nguyễn", " =x", "007", "17/5/2002", ""]
    assert lines_of(export)[1][0] == "Incomplete"


def test_each_record_has_its_result_its_errors_and_its_warnings_with_the_code(level2):
    records = [a_record("S1"), a_record("S2", nationality="Atlantis"), a_record("S3", course_title="")]
    good, rejected, incomplete = rows_of(results_of(checked(an_upload(level2, *records))))
    assert [each["Result"] for each in (good, rejected, incomplete)] == ["Good", "Rejected", "Incomplete"]
    assert good["Errors"] == ""
    assert "Atlantis" in rejected["Errors"]
    assert rejected["Errors"].endswith("(cas.field_invalid)")
    assert "Course curriculum title" in incomplete["Warnings"]
    assert "(cas.field_missing)" in incomplete["Warnings"]


def test_an_error_names_its_column_and_repeats_no_value_of_another_record(level2):
    records = [a_record("S1", gender="#REF!"), a_record("S2", gender="Elf", passport_number="P9999999")]
    first, second = rows_of(results_of(checked(an_upload(level2, *records))))
    assert first["Errors"].startswith("Gender: This cell shows the error #REF!")
    assert "Elf" not in first["Errors"] + first["Warnings"]
    assert "P9999999" not in first["Errors"] + first["Warnings"]
    assert "#REF!" not in second["Errors"]


def test_an_imported_file_has_the_cas_numbers_once_they_are_assigned(level2, allocation):
    upload = imported(checked(an_upload(level2, a_record("S1"), a_record("S2"))))
    assert {each["CAS number"] for each in rows_of(results_of(upload))} == {""}
    cas = assigned_in(upload.batch, "S2")
    found = {each["applicant_id"]: each["CAS number"] for each in rows_of(results_of(upload))}
    assert found["S2"] == cas.number
    assert found["S1"] not in {"", cas.number}


def test_a_level_2_user_sees_no_cas_number_of_a_cas_that_is_no_longer_theirs(level1, level2, colleague, allocation):
    upload = imported(checked(an_upload(level2, a_record("S1"))))
    cas = assigned_in(upload.batch, "S1")
    CAS.objects.filter(pk=cas.pk).change_owner(colleague, by=level1)
    assert rows_of(results_of(upload))[0]["CAS number"] == ""
    assert rows_of(results_of(upload, by=level1))[0]["CAS number"] == cas.number


def test_the_corrected_result_file_sent_again_creates_only_what_is_missing(level2):
    records = [a_record("S1"), a_record("S2", nationality="Atlantis"), a_record("S3")]
    upload = imported(checked(an_upload(level2, *records)))
    assert CAS.objects.count() == 2
    corrected = io.BytesIO(content_of(results_of(upload)).replace(b",Atlantis,", b",Vietnam,"))
    again = sent(corrected, level2)
    assert again.warnings == []
    assert again.summary["totals"] == {"good": 3, "incomplete": 0, "rejected": 0, "duplicate": 2, "twice": 0}
    imported(again, batch_name="Corrected")
    assert sorted(CAS.objects.values_list("applicant_id", flat=True)) == ["S1", "S2", "S3"]
    assert lines_of(results_of(again))[0] == lines_of(results_of(upload))[0]


@pytest.mark.parametrize("cells", [["Only this"], ["Ng", "Anna", "S1", "", "one too many"]])
def test_a_row_that_is_too_short_or_too_long_has_the_same_fault_when_it_is_sent_again(cells, level2):
    file = sheet(headings=["family_name", "given_names", "applicant_id"])
    file.seek(0, io.SEEK_END)
    file.write(",".join(cells).encode())
    upload = sent(file, level2)
    again = sent(io.BytesIO(content_of(results_of(upload))), level2)
    assert again.summary["totals"]["rejected"] == 1
    assert [key[2] for key in again.summary["by_field"]] == [key[2] for key in upload.summary["by_field"]]


def test_no_cell_becomes_a_formula_and_a_guarded_one_is_not_guarded_twice(level2):
    records = [a_record("S1", family_name="=1+1"), a_record("S2", family_name="'=1+1")]
    upload = checked(an_upload(level2, *records))
    assert [each["family_name"] for each in rows_of(results_of(upload))] == ["'=1+1", "'=1+1"]
    book = openpyxl.load_workbook(io.BytesIO(content_of(results_of(upload, file_format="xlsx"))))
    cells = [cell for cell in book.active[2] if cell.value == "=1+1"]
    assert [(cell.data_type, cell.quotePrefix) for cell in cells] == [("s", True)]


@pytest.mark.parametrize("is_from_1904", [False, True])
@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_a_workbook_is_read_again_with_the_same_result(file_format, is_from_1904, level2):
    numbers = {"course_fees_first_year": 1234.5, "course_fees_paid": 20, "hours_per_week": 17.5}
    dates = {"course_start_date": (72_950, "dd/mm/yyyy"), "latest_acceptance_date": 72_951}
    record = a_record("007", course_end_date="10/09/2110") | numbers | dates
    upload = sent(xlsx_of(list(record), list(record.values()), date_1904=is_from_1904), level2)
    again = sent(io.BytesIO(content_of(results_of(upload, file_format=file_format))), level2)
    [first], [second] = upload.rows.all(), again.rows.all()
    assert (second.outcome, second.details) == (first.outcome, first.details)
    assert first.details["applicant_id"] == "007"
    assert (first.details["course_fees_first_year"], first.details["hours_per_week"]) == ("1234.50", "17.5")


@pytest.mark.parametrize(("cas", "category"), [(STUDENT, "General"), (CHILD, "Child")])
def test_the_records_of_an_xml_file_come_in_our_columns_and_can_be_sent_again(cas, category, level2):
    wrong = cas.replace("<City>Leeds</City>", "<City></City>", 1)
    upload = sent(of_sponsor(v2_1(cas, wrong, category=category), level2), level2)
    rows = rows_of(results_of(upload))
    assert rows[0]["Family name"] == "Silva"
    assert rows[1]["Errors"].startswith("line ")
    again = sent(io.BytesIO(content_of(results_of(upload, file_format="xlsx"))), level2, route=upload.route)
    assert again.rows.get(number=1).details == upload.rows.get(number=1).details


def test_two_records_on_one_line_of_xml_keep_their_own_results(level2):
    wrong = STUDENT.replace("<CourseID>T101</CourseID>", "<CourseID></CourseID>")
    file = v2_1(STUDENT, wrong).replace(b"\n", b" ")
    upload = sent(of_sponsor(file, level2), level2)
    first, second = rows_of(results_of(upload))
    assert first["Errors"] == ""
    assert second["Errors"] != ""


def test_the_result_as_xml_has_the_codes_with_field_and_sentence(level2):
    upload = checked(an_upload(level2, a_record("S1"), a_record("S2", nationality="<Atlantis>")))
    tree = etree.fromstring(content_of(results_of(upload, file_format="xml")))
    assert tree.tag == f"{{{NAMESPACE}}}BulkDataResults"
    assert tree.findtext("{*}Header/{*}BulkUploadFileId") == upload.file_id
    first, second = tree.findall("{*}Record")
    assert [each.findtext("{*}Result") for each in (first, second)] == ["GOOD", "REJECTED"]
    assert second.findtext("{*}ApplicantID") == "S2"
    error = second.find("{*}Error")
    assert (error.findtext("{*}Code"), error.findtext("{*}Field")) == ("cas.field_invalid", "nationality")
    assert "<Atlantis>" in error.findtext("{*}Sentence")
    assert first.find("{*}CASNumber") is None


def test_the_cas_numbers_are_in_the_xml_too(level2, allocation):
    upload = imported(checked(an_upload(level2, a_record("S1"))))
    cas = assigned_in(upload.batch, "S1")
    tree = etree.fromstring(content_of(results_of(upload, file_format="xml")))
    assert tree.findtext("{*}Record/{*}CASNumber") == cas.number


def test_a_file_that_is_not_checked_or_no_longer_kept_has_no_results(level2):
    upload = an_upload(level2, a_record())
    with pytest.raises(Refused, match="Check the file first"):
        result_files.prepare(upload, by=level2)
    upload.stored = None
    with pytest.raises(Refused, match="no longer kept"):
        result_files.prepare(upload, by=level2)


def test_the_history_says_who_exported_the_results(level2):
    export = results_of(checked(an_upload(level2, a_record(), name="autumn.csv")))
    event = Event.objects.get(kind="export", subject_id=export.pk)
    assert (event.by, event.data["exported"][1]) == (level2, "Results of autumn.csv")
    assert export.written == 1


def test_many_results_are_written_by_a_job(level2, monkeypatch):
    monkeypatch.setattr(exporting, "AT_ONCE", 1)
    monkeypatch.setattr(result_files, "AT_A_TIME", 1)
    export = results_of(checked(an_upload(level2, a_record("S1"), a_record("S2"))))
    assert export.file is None
    work_all()
    export = Export.objects.get()
    assert [each["applicant_id"] for each in rows_of(export)] == ["S1", "S2"]


def test_a_duplicate_that_was_skipped_has_the_number_of_the_cas_that_exists(level2, allocation):
    cas = assigned(a_cas(level2, applicant_id="S1"))
    upload = imported(checked(an_upload(level2, a_record("S1"), a_record("S2"))))
    skipped = rows_of(results_of(upload))[0]
    assert (skipped["Result"], skipped["CAS number"]) == ("Skipped: exists already", cas.number)


def test_a_sheet_of_cas_numbers_keeps_its_column_and_can_be_sent_again(level2, allocation):
    cas = assigned(a_cas(level2))
    text = f"CAS number,Course fees paid to date\n{cas.number},100\nE4G0000000000,abc\n"
    upload = changing.checked(changing.sent(text, by=level2))
    titles, first, second = lines_of(results_of(upload))
    assert titles == ["Result", "Errors", "Warnings", "CAS number", "Course fees paid to date"]
    assert [first[0], *first[3:]] == ["Good", cas.number, "100"]
    assert second[1] == "CAS number: No CAS was found. (files.no_cas_found)"
    again = changing.checked(changing.sent(io.BytesIO(content_of(results_of(upload))), by=level2))
    assert changing.codes(again) == changing.codes(upload)


def test_a_pasted_list_has_results_too(level2, allocation):
    cas = assigned(a_cas(level2))
    upload = changing.checked(changing.pasted(cas.number, "nothing", operation="graduates", by=level2))
    titles, *rows = lines_of(results_of(upload))
    assert titles == [*RESULTS, "CAS number or Applicant ID"]
    assert [row[4] for row in rows] == [cas.number, "nothing"]
    assert rows[1][0] == "Rejected"


def test_graduates_in_xml_have_results_too(level2, allocation):
    cas = assigned(a_cas(level2))
    upload = changing.checked(changing.sent(io.BytesIO(graduates(cas.number, "E4G0000000000")), by=level2))
    first, second = rows_of(results_of(upload))
    assert first["CAS number"] == cas.number
    assert second["Errors"] != ""
