"""The page of a file that creates CAS: what it asks before a check, and what it offers after it (section 11)."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from licences.models import Event
from tests.bulk_data_transfer.factories import a_record, an_upload, checked, imported
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


class TestWhatComesAfterACheck:
    def test_check_only_says_what_comes_next(self, client, level2):
        page = page_of(client, an_upload(level2, a_record()))
        assert "Nothing is saved yet. You import after seeing the result." in page.main.text

    def test_a_result_without_a_record_to_import_offers_no_import_and_says_why(self, client, level2):
        upload = checked(an_upload(level2, a_record(nationality="Atlantis")))
        page = page_of(client, upload)
        why = "No record of the file can be imported. Correct the file, and send it again."
        assert why in page.main.text
        assert not [button for button in page.main.all("button") if button.text == "Import"]
        answer = client.post(f"{FILES}{upload.key}/import/", {"batch_name": "Autumn"}, follow=True)
        assert (answer.status_code, why in Page(answer).text) == (422, True)

    def test_a_result_with_only_incomplete_records_imports_them(self, client, level2):
        upload = checked(an_upload(level2, a_record(course_title="")))
        page = page_of(client, upload)
        assert "No record is good. The incomplete records become WORK IN PROGRESS" in page.main.text
        client.post(f"{FILES}{upload.key}/import/", {"batch_name": "Autumn"})
        work_all()
        upload.refresh_from_db()
        assert upload.results["incomplete"] == 1

    def test_an_imported_file_does_not_say_that_it_cannot_be_imported(self, client, level2):
        upload = imported(checked(an_upload(level2, a_record())))
        assert "can be imported" not in page_of(client, upload).main.text


class TestRecordsThatAreThereAgain:
    @pytest.fixture
    def upload(self, level2):
        imported(checked(an_upload(level2, a_record("S1"))))
        records = [a_record("S1"), a_record("S2"), a_record("S2"), a_record("S3", course_title="")]
        wrong = a_record("S4", nationality="Atlantis")
        return checked(an_upload(level2, *records, a_record("S3", course_title=""), wrong))

    def test_each_record_is_counted_once(self, client, upload):
        page = page_of(client, upload)
        counted = [
            line.text for line in page.main.all("li") if "sms-lines__line" in (line.attributes.get("class") or "")
        ]
        assert counted == [
            "6 records in the file",
            "1 good become READY TO GO",
            "1 incomplete can become WORK IN PROGRESS",
            "1 rejected must be corrected in the file",
            "1 exist already the same applicant and course",
            "2 twice in this file the same applicant and course as a record above",
        ]

    def test_the_history_counts_them_in_the_same_way(self, upload):
        line = Event.objects.about("upload", upload.pk).get(verb="check")
        counted = {name: number for name, (_, number) in line.data.items()}
        assert counted == {"good": 1, "incomplete": 1, "rejected": 1, "duplicate": 1, "twice": 2}

    @pytest.mark.parametrize(
        ("words", "places"),
        [
            ("1 good", ["row 3"]),
            ("1 incomplete", ["row 5"]),
            ("1 exist already", ["row 2"]),
            ("2 twice in this file", ["row 4", "row 6"]),
        ],
    )
    def test_each_number_leads_to_its_records(self, words, places, client, upload):
        page = Page(client.get(page_of(client, upload).link(words)))
        assert [each.text for each in page.main.all("th") if each.attributes.get("scope") == "row"] == places

    def test_the_choice_names_both_and_they_are_skipped(self, client, upload):
        form = page_of(client, upload).form(f"{FILES}{upload.key}/import/")
        assert "Records that exist already or are twice in the file" in form.text
        page = page_of(client, imported(upload, which="INCOMPLETE_TOO", batch_name="Again"))
        assert "2 CAS were created. 3 records were skipped" in page.main.text
        page = Page(client.get(f"{FILES}{upload.key}/records/twice/"))
        assert page.main.text.count("Skipped: twice in the file") == 2

    def test_a_file_that_an_earlier_version_has_checked_is_still_shown(self, client, upload):
        upload.summary["totals"].pop("twice")
        upload.summary.pop("again")
        upload.save()
        assert page_of(client, upload).status == 200
