"""From an upload file of schema v2.1 to assigned CAS numbers in a workbook (specification, section 11)."""

from io import BytesIO
from pathlib import Path

import openpyxl
import pytest

from bulk_data_transfer.sending import send
from cas.models import CAS
from tests.bulk_data_transfer.factories import checked, exported
from tests.bulk_data_transfer.large_files import v2_1_of
from tests.factories import a_cas
from tests.jobs import work_all
from tests.journeys.inspector import DESK, PHONE
from tests.journeys.test_counting import Clerk

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

FILES = "/students/bulk-data-transfer/"
SIZE = 3000
CHOOSING_A_FILE = 1  # click, which opens the dialog of the browser


def file_of(content, name="autumn.xml"):
    return {"name": name, "mimeType": "application/xml", "buffer": content}


def works(clerk):
    """Let the worker finish, and wait until the page has seen it."""
    work_all()
    clerk.page.reload()


def test_3000_records_need_fewer_than_15_clicks_from_students_to_their_cas_numbers(
    visit, level2, allocation, caseworker, inspector
):
    visitor = visit(level2)
    allocation.change_granted(5000, by=caseworker, reason="Because")
    clerk = Clerk(visitor)
    visitor.goes_to("/students/")
    clerk.clicks("Bulk data transfer")
    clerk.page.locator("input[type=file]").first.set_input_files(file_of(v2_1_of(SIZE, level2.licence.number)))
    clerk.clicks("Send")
    for question in clerk.page.get_by_label("No, for every record").all():
        question.check()
    clerk.clicks("Check only")
    works(clerk)
    visitor.sees_screen("autumn.xml is checked")
    visitor.sees(f"{SIZE:,} good")
    inspector.looks_at(visitor, "a checked file")
    clerk.clicks("Import")
    works(clerk)
    visitor.sees(f"{SIZE:,} READY TO GO")
    inspector.looks_at(visitor, "an imported file")
    clerk.clicks("Assign the batch")
    clerk.clicks("Assign")
    clerk.clicks("OK")
    clerk.clicks("Pay")
    visitor.sees(f"{SIZE:,} CAS assigned")
    clerk.clicks("Export")
    clerk.clicks("Export")
    works(clerk)
    with clerk.page.expect_download() as downloading:
        clerk.page.get_by_role("button", name="Download").click()
    assert clerk.counts["click"] + CHOOSING_A_FILE < 15, clerk.counts
    sheet = openpyxl.load_workbook(BytesIO(Path(downloading.value.path()).read_bytes()), read_only=True).active
    headings, *rows = sheet.iter_rows(values_only=True)
    number = headings.index("CAS number")
    assert {row[number] for row in rows} == set(CAS.objects.values_list("number", flat=True))
    assert len(rows) == SIZE


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_the_pages_of_a_file_with_faults_and_of_the_formats_can_be_used_by_everyone(visit, level2, inspector, width):
    """No part of a page is cut off, and axe finds nothing, in each window and without JavaScript."""
    wrong = {"record_2": ("<Gender>2", "<Gender>7"), "record_3": ("MSc Data Science", "x" * 300)}
    upload = checked(send(BytesIO(v2_1_of(4, level2.licence.number, **wrong)), name="autumn.xml", by=level2))
    visitor = visit(level2, with_javascript=width == DESK, width=width)
    for address, name in (
        (f"{FILES}{upload.key}/", "a file with faults"),
        (f"{FILES}{upload.key}/records/rejected/", "its rejected records"),
        (f"{FILES}{upload.key}/records/all/?field=gender&code=files.wrong_form", "its records of one fault"),
        (f"{FILES}formats/", "the formats"),
        (f"{FILES}formats/codes/", "the codes"),
    ):
        visitor.goes_to(address)
        inspector.looks_at(visitor, f"{name} {width}")


def test_an_upload_file_names_on_its_page_what_it_leaves_out(visit, level2, inspector):
    left_out = a_cas(level2, family_name="Silva", given_names="Ana", gender="OTHER", applicant_id="S1")
    export = exported([left_out, a_cas(level2, applicant_id="S2")], level2, file_format="v2_1-student")
    for width in (DESK, PHONE):
        visitor = visit(level2, width=width)
        visitor.goes_to(f"/students/exports/{export.key}/")
        visitor.sees("1 CAS is left out")
        inspector.looks_at(visitor, f"an upload file {width}")
    visitor.selects("Silva, Ana")
    visitor.sees_screen("Silva, Ana")
