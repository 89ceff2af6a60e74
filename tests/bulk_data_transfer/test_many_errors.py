"""A file with very many errors is checked to its end. What is kept of it has a limit (specification, section 11)."""

import io
import json
import tracemalloc

import pytest

from bulk_data_transfer.models import UploadRow
from bulk_data_transfer.sending import send
from bulk_data_transfer.xml.names import COMMON
from cas.details import fields
from tests.bulk_data_transfer.factories import an_upload, checked, rows_in
from tests.bulk_data_transfer.xml.files import HEADER, STUDENT, v2_1
from tests.pages import Page

pytestmark = pytest.mark.django_db

NOT_CHECKED = {"route", "remote_delivery_percent"}  # the second depends on an answer that is wrong too
NAMES = [field.name for field in fields.FIELDS if field.name not in NOT_CHECKED]
OF_US = HEADER.replace("ABCD12349", "4NUV7KB58")


def wrong(number):
    """Return records of which every cell is wrong."""
    return [dict.fromkeys(NAMES, f"?{each}\x07{'x' * 200}") for each in range(number)]


def kept(upload):
    return [len(json.dumps([row.faults, row.warnings])) for row in rows_in(upload)]


def test_every_wrong_cell_has_one_remark_and_the_totals_do_not_grow_with_the_records(as_user, level2):
    few, many = (checked(an_upload(level2, *wrong(number))) for number in (2, 60))
    row = rows_in(few)[0]
    assert sorted(remark["field"] for remark in (*row.faults, *row.warnings)) == sorted(NAMES)
    assert max(kept(many)) < 60_000
    assert len(many.summary["by_field"]) == len(few.summary["by_field"]) == len(NAMES)
    page = Page(as_user(level2).get(f"/students/bulk-data-transfer/{many.key}/records/rejected/"))
    assert page.text.count("cas.field_invalid") > 60 * 80


@pytest.mark.long
def test_the_memory_of_a_check_does_not_grow_with_the_errors(level2, monkeypatch):
    def peak(number):
        upload = an_upload(level2, *wrong(number))
        tracemalloc.start()
        try:
            checked(upload)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    monkeypatch.setattr("bulk_data_transfer.checking.AT_A_TIME", 10)
    peak(10)  # what is loaded once
    assert peak(180) < peak(60) * 1.5  # more than one part of a stored file each


@pytest.mark.parametrize("place", ["header", "between", "record"])
def test_unknown_elements_give_few_warnings_wherever_they_stand(place, level2):
    unknown = f'<e:New xmlns:e="{COMMON}"/>' * 1_000
    header = OF_US.replace("</Header>", f"{unknown}</Header>") if place == "header" else OF_US
    cas = STUDENT.replace("<ApplicantData>", f"<ApplicantData>{unknown}") if place == "record" else STUDENT
    content = v2_1(unknown + cas if place == "between" else cas, header=header)
    upload = checked(send(io.BytesIO(content), name="a.xml", by=level2))
    [row] = rows_in(upload)
    assert 0 < len([each for each in row.warnings if each["code"] == "files.unknown_element"]) <= 20
    assert len(upload.warnings) <= 20


def test_the_name_of_an_element_of_any_length_is_cut(level2):
    long = "x" * 40_000
    content = v2_1(STUDENT.replace("<ApplicantData>", f"<ApplicantData><{long}/>"), header=OF_US)
    checked(send(io.BytesIO(content), name="a.xml", by=level2))
    row = UploadRow.objects.get()
    assert max(len(remark["sentence"]) for remark in (*row.faults, *row.warnings)) <= 1_000
