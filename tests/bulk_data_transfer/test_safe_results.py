"""The results of a hostile file are a file that can be read, and only its users get it (specification, section 11)."""

import csv
import io

import pytest
from lxml import etree
from openpyxl import load_workbook

from bulk_data_transfer import exporting, result_files
from bulk_data_transfer.models import Export
from licences.models import User
from tests.bulk_data_transfer.factories import a_record, an_upload, checked
from tests.jobs import work_all

pytestmark = pytest.mark.django_db

FILES = "/students/bulk-data-transfer/"
STRANGE = {
    "applicant_id": "a\x07b",
    "family_name": "\x1b[31m",
    "given_names": "<b>&amp;]]>",
    "nationality": "=HYPERLINK(A1)",
    "place_of_birth": "\ufffe\uffff",
    "course_title": "\u202eevil\u2028",
    "course_id": '"\r\n;,\t',
}


def read(file_format, data):
    """Return the texts of a file of results, as a program reads them."""
    if file_format == "xml":
        return list(etree.fromstring(data).itertext())
    if file_format == "csv":
        return [cell for row in csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")) for cell in row]
    return [cell.value for row in load_workbook(io.BytesIO(data)).active.iter_rows() for cell in row]


@pytest.fixture
def upload(level2):
    return checked(an_upload(level2, a_record(**STRANGE), a_record("S2"), name="=a\u202e;\"'&é.csv"))


@pytest.mark.parametrize("file_format", result_files.FORMATS)
def test_the_results_of_a_file_with_strange_characters_can_be_read(file_format, upload, level2, as_user):
    client = as_user(level2)
    answer = client.post(f"{FILES}{upload.key}/results/{file_format}/")
    file = client.get(answer.url)
    assert file["Content-Disposition"].startswith('attachment; filename="')
    assert file["Content-Disposition"].isascii()
    assert file["X-Content-Type-Options"] == "nosniff"
    texts = read(file_format, b"".join(file.streaming_content))
    assert any("Nationality" in str(text) or "nationality" in str(text) for text in texts)
    assert not [text for text in texts if str(text).startswith("=")] or file_format == "xlsx"


@pytest.mark.parametrize("file_format", result_files.FORMATS)
def test_no_other_user_gets_the_results(file_format, upload, as_user, colleague, outsider, caseworker):
    for user in (colleague, outsider, caseworker):
        answer = as_user(user).post(f"{FILES}{upload.key}/results/{file_format}/")
        assert answer.status_code == 404
    assert not Export.objects.exists()


def test_results_that_were_asked_for_by_a_user_who_may_no_longer_see_them_are_empty(
    upload, level1, level2, monkeypatch
):
    export = result_files.prepare(upload, by=level1)
    monkeypatch.setattr(exporting, "AT_ONCE", 0)
    exporting.ask(export, file_format="csv", columns=[], has_codes=False, by=level1)
    User.objects.filter(pk=level1.pk).update(role=level2.role)
    work_all()
    export.refresh_from_db()
    assert export.written == 0
    assert "S2" not in b"".join(export.file.chunks()).decode()
