"""Results show a user only what they may see, and no remark repeats a value of another record (section 11)."""

import io

import pytest

from bulk_data_transfer.models import Upload, UploadRow
from bulk_data_transfer.reading import OURS, V2_1
from bulk_data_transfer.sending import send
from bulk_data_transfer.xml.examples import example
from cas.models import CAS
from licences.models import Event
from licences.routes import Route
from tests import log_watch
from tests.bulk_data_transfer.factories import a_record, an_upload, checked, imported, rows_in
from tests.bulk_data_transfer.xml.files import HEADER, STUDENT, v2_1
from tests.factories import a_cas
from tests.pages import Page

pytestmark = pytest.mark.django_db

FILES = "/students/bulk-data-transfer/"


def canary(row, column):
    """Return a value that only this cell has, which is wrong for most fields."""
    return f"Row{row}Column{column}Only!"


def marked(row):
    """Return the number in each canary of a row."""
    return f"Row{row}Column"


ROWS = range(1, 8)


def a_sheet():
    """Return records of which each has other wrong values. All of them are canaries."""
    found = []
    for row in ROWS:
        record = a_record(f"S{row}")
        names = list(record)
        for column in range(row, len(names), 3):
            record[names[column]] = canary(row, column)
        found.append(record)
    return found


def all_said(row):
    return [remark[part] for remark in (*row.faults, *row.warnings) for part in ("sentence", "value", "place")]


def leaks(rows):
    """Return what the remarks of a row repeat of the other rows."""
    return [
        (row.number, text)
        for row in rows
        for text in all_said(row)
        for other in ROWS
        if other != row.number and marked(other) in text
    ]


def test_no_remark_of_a_sheet_repeats_a_value_of_another_row(level2):
    upload = checked(an_upload(level2, *a_sheet()))
    rows = rows_in(upload)
    assert sum(len(row.faults) for row in rows) > 40
    assert any(marked(row.number) in text for row in rows for text in all_said(row)), "the canaries must be seen"
    assert leaks(rows) == []
    assert "Row" not in str(upload.summary)


@pytest.mark.parametrize("kind", [V2_1, OURS])
def test_no_remark_of_an_xml_file_repeats_a_value_of_another_record(kind, level2):
    records = []
    text = STUDENT if kind == V2_1 else example(Route.STUDENT)
    one = text if kind == V2_1 else text[text.index("<CAS>") : text.index("</CAS>") + len("</CAS>")]
    for row in ROWS:
        record = one
        for column, value in enumerate((">BRA<", ">Leeds<", ">RQF7<", ">RQF6<", ">2027-09-20<", ">true<", ">GBR<")):
            if (column + row) % 2:
                record = record.replace(value, f">{canary(row, column)}<")
        records.append(record)
    header = HEADER.replace("ABCD12349", "4NUV7KB58")
    content = v2_1(*records, header=header) if kind == V2_1 else text.replace(one, "".join(records)).encode()
    upload = checked(send(io.BytesIO(content), name="a.xml", by=level2))
    rows = rows_in(upload)
    assert len(rows) == len(ROWS)
    assert sum(len(row.faults) for row in rows) > 20
    assert leaks(rows) == []


def test_the_test_above_would_see_a_value_of_another_row(level2):
    upload = checked(an_upload(level2, *a_sheet()))
    first, second, *_ = rows_in(upload)
    second.faults.append(first.faults[0])
    assert leaks([second])


# Colleagues


def test_a_level_2_user_sees_nothing_of_a_colleagues_cas_beyond_that_it_exists(as_user, level2, colleague):
    theirs = a_cas(colleague, applicant_id="S1", family_name="Zanzibar", passport_number="ZX5550199")
    upload = checked(an_upload(level2, a_record("S1")))
    client = as_user(level2)
    for address in ("", "records/all/", "records/duplicate/", "state/"):
        text = client.get(f"{FILES}{upload.key}/{address}").content.decode()
        assert "Zanzibar" not in text
        assert "ZX5550199" not in text
        assert f"/cas/{theirs.pk}/" not in text
    page = Page(client.get(f"{FILES}{upload.key}/records/duplicate/"))
    assert "A CAS for this applicant and course exists already." in page.text


def test_a_cas_that_was_transferred_since_the_import_is_no_longer_linked(as_user, level1, level2, colleague):
    upload = imported(checked(an_upload(level2, a_record("S1"))))
    cas = CAS.objects.get()
    address = f"{FILES}{upload.key}/records/all/"
    assert f"/cas/{cas.pk}/" in as_user(level2).get(address).content.decode()
    cas.batch.transfer(colleague, by=level1)
    assert f"/cas/{cas.pk}/" not in as_user(level2).get(address).content.decode()


@pytest.mark.parametrize("path", ["", "state/", "records/all/"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_the_pages_of_a_file_exist_only_for_its_user_and_for_level_1(
    path, method, as_user, level2, colleague, outsider
):
    upload = checked(an_upload(level2, a_record()))
    for user in (colleague, outsider):
        assert getattr(as_user(user), method)(f"{FILES}{upload.key}/{path}").status_code in {404, 405}


@pytest.mark.parametrize("verb", ["check", "import", "cancel"])
def test_no_other_user_can_do_anything_with_a_file(verb, as_user, level2, colleague, outsider, caseworker):
    upload = checked(an_upload(level2, a_record()))
    before = Upload.objects.values().get()
    for user in (colleague, outsider, caseworker):
        answer = as_user(user).post(f"{FILES}{upload.key}/{verb}/", {"batch_name": "Mine"})
        assert answer.status_code == 404
    assert Upload.objects.values().get() == before


def test_the_twin_of_these_a_page_without_its_owner_check_would_answer(as_user, level2, colleague, monkeypatch):
    upload = checked(an_upload(level2, a_record()))
    monkeypatch.setattr(type(Upload.objects.all()), "for_user", lambda self, user: self)
    assert as_user(colleague).get(f"{FILES}{upload.key}/").status_code == 200


# Personal data


def test_no_value_of_a_file_is_in_an_address_a_log_line_or_the_history_of_the_file(as_user, level2, log_lines):
    record = a_record("S1", family_name="Zanzibar", passport_number="ZX5550199", nationality="Kiribatia")
    upload = checked(an_upload(level2, record, a_record("S2", family_name="Zanzibar")))
    imported(upload)
    page = Page(as_user(level2).get(f"{FILES}{upload.key}/records/all/"))
    values = ("Zanzibar", "ZX5550199", "Kiribatia")
    assert not log_watch.leaks(values)
    assert not [link["href"] for link in page.all("a") for value in values if value in link["href"]]
    assert not [event for event in Event.objects.filter(kind="upload") for value in values if value in str(event.data)]


def test_what_a_check_keeps_of_names_fits_its_column(level2):
    long = {"family_name": "x" * 200, "given_names": "y" * 200, "applicant_id": "z" * 200}
    [row] = rows_in(checked(an_upload(level2, a_record(**long))))
    assert row.outcome == "REJECTED"
    assert UploadRow.objects.get().name.startswith("xxx")
