"""The page of a file that creates CAS: what it asks before a check, and what it offers after it (section 11)."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.bulk_data_transfer.factories import an_upload
from tests.jobs import work_all
from tests.pages import Page

pytestmark = pytest.mark.django_db

FILES = "/students/bulk-data-transfer/"
LEAVE_OPEN = "Check only, and leave the rest open"


@pytest.fixture
def client(as_user, level2):
    return as_user(level2)


def page_of(client, upload):
    return Page(client.get(f"{FILES}{upload.key}/"))


def asked(client, upload):
    return set(re.findall(r'name="(how_\w+)"', client.get(f"{FILES}{upload.key}/").content.decode()))


class TestWhatTheFileDoesNotSay:
    @pytest.fixture
    def upload(self, level2):
        return an_upload(level2, {"family_name": "Smith"})

    def test_one_button_leaves_all_questions_open(self, client, upload):
        assert len(asked(client, upload)) > 10
        (button,) = page_of(client, upload).form(f"{FILES}{upload.key}/check/").buttons(LEAVE_OPEN)
        answer = client.post(f"{FILES}{upload.key}/check/", {button["name"]: button["value"]})
        assert answer.status_code == 302
        work_all()
        upload.refresh_from_db()
        assert (upload.stage, upload.answers) == ("CHECKED", {"same": {}, "by_applicant": {}, "agent": None})

    def test_it_keeps_the_answers_that_were_given(self, client, upload):
        given = {"how_is_remote_delivery": "no", "leave_open": "yes"}
        client.post(f"{FILES}{upload.key}/check/", given)
        upload.refresh_from_db()
        assert upload.answers["same"] == {"is_remote_delivery": False}

    def test_nothing_is_answered_beforehand(self, client, upload):
        assert "checked" not in {
            each for radio in page_of(client, upload).main.all("input") for each in radio.attributes
        }
        assert client.post(f"{FILES}{upload.key}/check/", {}).status_code == 422

    def test_an_answer_that_is_wrong_is_still_refused(self, client, upload):
        given = {"how_is_remote_delivery": "perhaps", "leave_open": "yes"}
        assert client.post(f"{FILES}{upload.key}/check/", given).status_code == 422


def test_a_picture_is_refused_as_a_file_of_another_kind(client):
    picture = SimpleUploadedFile("a.csv", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\2\x58")
    page = Page(client.post(FILES, {"file": picture}))
    sentence = "This is not an XML, CSV or Excel file. Choose a file that ends in .xml, .csv or .xlsx."
    assert [text for text, _ in page.summary] == [sentence]
