"""Only the pages for files receive them, within limits, and nothing is left behind (specification, section 11)."""

import gc
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from bulk_data_transfer import receiving
from bulk_data_transfer.models import StoredFile, Upload
from cas.models import CAS
from tests import log_watch
from tests.bulk_data_transfer.factories import a_record, an_upload, sheet
from tests.factories import a_cas
from tests.pages import Page

pytestmark = pytest.mark.django_db

FILES = "/students/bulk-data-transfer/"
RECORDS = sheet(a_record()).getvalue()
MARK = "Zanzibar"
NINE = datetime(2026, 11, 23, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def temporary(settings, tmp_path):
    """Keep temporary files in a folder of the test. None of them may be left after a request."""
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path
    yield tmp_path
    gc.collect()  # the file of a request that failed goes with its exception
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def client(as_user, level2):
    return as_user(level2)


def a_file(content=RECORDS, name="autumn.csv"):
    return SimpleUploadedFile(name, content)


def send(client, *files, **sent):
    return client.post(FILES, {"file": list(files), **sent})


def part(content, *, disposition='form-data; name="file"; filename="a.csv"', headers=""):
    """Return the body of a request with one part, written by hand."""
    head = f"--{BOUNDARY}\r\nContent-Disposition: {disposition}\r\n{headers}\r\n"
    return head.encode("utf-8", "surrogateescape") + content + f"\r\n--{BOUNDARY}--\r\n".encode()


def post(client, body, address=FILES):
    return client.generic("POST", address, body, MULTIPART_CONTENT)


def errors(response):
    return [sentence for sentence, _ in Page(response).summary]


@pytest.fixture
def small(settings):
    """Let a file have 1,000 bytes, and the rest of a form 3,000."""
    settings.FILES_MOST_BYTES = 1_000
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 3_000


# Where


@pytest.fixture
def read(monkeypatch):
    """Return a list of the chunks of files that were read."""
    chunks = []
    monkeypatch.setattr(receiving.ReceivedFile, "receive_data_chunk", lambda self, data, start: chunks.append(data))
    return chunks


def send_elsewhere(address, user):
    """Send a file to a page, with the CSRF token that every page of a browser has."""
    client = Client(enforce_csrf_checks=True)
    if user:
        client.force_login(user)
    client.cookies["csrftoken"] = token = "a" * 32
    return client.post(address, {"csrfmiddlewaretoken": token, "file": a_file()}).status_code


OTHERS = ["/sign-in/", "/students/cas/", "/students/batches/", "/students/exports/", "/payments/callback/sandbox/"]


@pytest.mark.parametrize("address", OTHERS)
@pytest.mark.parametrize("is_signed_in", [True, False])
def test_no_other_page_reads_a_file(address, is_signed_in, level2, read):
    assert send_elsewhere(address, level2 if is_signed_in else None) in {302, 400, 403, 404, 405}
    assert read == []


def test_without_the_guard_another_page_would_read_it(level2, read, monkeypatch):
    monkeypatch.setattr(receiving, "is_for_files", lambda path: True)
    send_elsewhere("/students/exports/", level2)
    assert b"".join(read) == RECORDS


def test_a_form_of_another_page_that_is_sent_as_multipart_without_a_file_is_read(client, level2):
    cas = a_cas(level2)
    response = post(client, encode_multipart(BOUNDARY, {"version": "1"}), f"/students/cas/{cas.pk}/delete/")
    assert (response.status_code, CAS.objects.count()) == (302, 0)


def test_the_file_of_a_visitor_who_has_not_signed_in_is_not_written(read, db):
    assert send_elsewhere(FILES, None) == 302
    assert read == []


def test_a_file_without_a_csrf_token_is_not_kept(level2):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(level2)
    assert send(strict, a_file()).status_code == 403
    assert not StoredFile.objects.exists()


# How much


def test_a_file_that_is_too_large_is_not_kept_and_says_so_beside_the_field(client, small):
    response = send(client, a_file(b"x" * 1_001))
    assert response.status_code == 422
    assert any("The file is larger than" in error for error in errors(response))
    assert not StoredFile.objects.exists()


def test_a_file_of_exactly_the_limit_is_read(client, small):
    text = b"Family name\n"
    assert send(client, a_file(text + b"\n" * (1_000 - len(text)))).status_code == 302


def test_a_sheet_of_answers_that_is_too_large_says_so_and_keeps_the_other_answers(client, level2, small):
    record = a_record()
    del record["is_remote_delivery"], record["is_agent_used"]
    upload = an_upload(level2, record)
    sent = {"how_is_remote_delivery": "sheet", "how_is_agent_used": "no", "sheet": a_file(b"x" * 1_001)}
    response = client.post(f"{FILES}{upload.key}/check/", sent)
    assert response.status_code == 422
    assert any("The file is larger than" in error for error in errors(response))
    assert not any("Choose the sheet" in error for error in errors(response))
    assert Page(response).typed(f"{FILES}{upload.key}/check/")["how_is_agent_used"] == "no"


def test_more_files_than_a_page_takes_are_refused(client):
    response = send(client, *(a_file() for _ in range(3)))
    assert response.status_code == 400
    assert not StoredFile.objects.exists()


def test_a_request_longer_than_the_limit_is_refused_before_it_is_read_and_says_how_large_a_file_can_be(
    client, small, monkeypatch
):
    read = []
    monkeypatch.setattr(receiving.ReceivedFile, "new_file", lambda *given: read.append(given))
    response = send(client, a_file(b"x" * 6_000))
    assert (response.status_code, read) == (400, [])
    assert "too long" in Page(response).text


def test_many_large_fields_beside_a_file_are_refused(client, small):
    assert send(client, a_file(b"a"), **{f"name{number}": "x" * 1_000 for number in range(4)}).status_code == 400


# What


@pytest.mark.parametrize("cut", [1, 50, 200, 400])
def test_a_request_that_was_cut_off_keeps_no_file(cut, client):
    response = post(client, part(RECORDS)[:-cut])
    assert response.status_code in {302, 400, 422}
    for kept in StoredFile.objects.all():
        assert b"".join(kept.chunks()) == RECORDS  # only the boundary's end was lost


@pytest.mark.parametrize("content", [b"", b"\n\n", b" ", b"\xef\xbb\xbf"])
def test_an_empty_file_is_refused(content, client):
    response = send(client, a_file(content))
    assert (response.status_code, Upload.objects.count()) == (422, 0)
    assert errors(response)


def test_a_form_without_a_file_says_so(client):
    assert any("Choose a file" in error for error in errors(client.post(FILES, {})))
    assert any("Choose a file" in error for error in errors(client.post(FILES, {"file": "autumn.csv"})))


@pytest.mark.parametrize("name", ["a.xml", "a.xlsx", "a.exe", "a", ".csv", "a.csv.html"])
def test_the_content_decides_what_a_file_is_taken_for_and_not_its_name(name, client):
    assert send(client, a_file(name=name)).status_code == 302
    assert Upload.objects.get().format == "csv"


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # a file that is closed by its deletion
def test_base64_that_is_wrong_is_refused(client):
    headers = "Content-Transfer-Encoding: base64\r\n"
    assert post(client, part(b"!" * 9, headers=headers)).status_code == 400


# Names

NAMES = {
    "../../etc/passwd.csv": "passwd.csv",
    "C:\\Users\\a\\b.csv": "b.csv",
    "a\x00b\x07c\x1b.csv": "abc.csv",
    "students\u202evsc.exe": "studentsvsc.exe",
    "a\u2066b\u2028c\ufeffd.csv": "abcd.csv",
    "..": "",
    " .csv": " .csv",
    "x" * 1_000 + ".csv": "x" * 196 + ".csv",
    "x." + "é" * 600: None,
    "<b>&lt;script&gt;.csv": None,
    "=1+1.csv": "=1+1.csv",
}


@pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
def test_a_file_may_have_any_name_and_what_is_kept_of_it_is_safe(name, client):
    disposition = f"form-data; name=\"file\"; filename*=UTF-8''{quote(name)}"
    response = post(client, part(RECORDS, disposition=disposition))
    assert response.status_code in {302, 400, 422}
    for upload in Upload.objects.all():
        page = Page(client.get(response.url))
        assert upload.name in page.text
        assert "<script>" not in client.get(FILES).content.decode()
        assert len(upload.name) <= 200
        assert upload.name.isprintable()
        assert not set(upload.name) & set("/\\")
        assert NAMES[name] in {None, upload.name}


def test_a_long_name_keeps_its_ending(client):
    send(client, a_file(name="x" * 230 + ".csv"))
    assert Upload.objects.get().name == "x" * 196 + ".csv"


STRANGE = [
    "form-data",
    "x" * 2_000,
    "form-data; name=\"file\"; filename*=no''a",
    "form-data; name=\"file\"; filename*=UTF-8''%ED%A0%80",
    'form-data; name="file"; filename*=UTF-8',
    'form-data; name="file"; filename="&#xD800;&#0;.csv"',
    'form-data; name="\udc80"; filename="\udc80.csv"',
]


@pytest.mark.parametrize("disposition", STRANGE, ids=range(len(STRANGE)))
def test_a_strange_part_is_refused(disposition, client):
    assert post(client, part(RECORDS, disposition=disposition)).status_code in {302, 400, 422}


def test_the_log_names_neither_the_file_nor_a_value(client, log_lines):
    send(client, a_file(RECORDS.replace(b"S1", MARK.encode()), name=f"{MARK}.csv"))
    send(client, a_file(b"PK\x03\x04" + MARK.encode(), name=f"{MARK}.csv"))
    send(client, a_file(f"<{MARK}>".encode(), name=f"{MARK}.csv"))
    assert log_lines
    assert not log_watch.leaks([MARK])


# The time-out


def test_a_file_that_was_sent_after_the_time_out_is_not_kept_and_the_sign_in_page_says_so(level2):
    client = Client(enforce_csrf_checks=True)
    client.cookies["csrftoken"] = token = "a" * 32
    with time_machine.travel(NINE, tick=False) as traveller:
        client.force_login(level2)
        client.get(FILES)
        traveller.move_to(NINE + timedelta(minutes=21))
        response = client.post(
            FILES, {"file": a_file(), "csrfmiddlewaretoken": token}, headers={"referer": f"http://testserver{FILES}"}
        )
        page = Page(client.get(response.url))
    assert "the file that you sent was not kept. Sign in, and send it again." in page.text
    assert response.url.endswith(f"next={FILES}")
    assert not StoredFile.objects.exists()


def test_a_file_of_a_form_that_was_opened_before_another_sign_in_is_not_kept(level2):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(level2)
    strict.cookies["csrftoken"] = "a" * 32
    response = send(strict, a_file(), csrfmiddlewaretoken="b" * 32)
    assert (response.status_code, StoredFile.objects.count()) == (403, 0)
    assert "Nothing was saved." in Page(response).text
