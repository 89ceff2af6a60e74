"""The results of a file are downloaded from its page (specification, section 11)."""

import pytest

from bulk_data_transfer import exporting
from bulk_data_transfer.models import Export
from tests.bulk_data_transfer.factories import a_record, an_upload, checked
from tests.jobs import work_all
from tests.pages import Page

pytestmark = pytest.mark.django_db

FILES = "/students/bulk-data-transfer/"


@pytest.fixture
def client(as_user, level2):
    return as_user(level2)


@pytest.mark.parametrize("file_format", ["xlsx", "csv", "xml"])
def test_small_results_are_downloaded_at_once(client, level2, file_format):
    upload = checked(an_upload(level2, a_record("S1")))
    form = Page(client.get(f"{FILES}{upload.key}/")).form(f"{FILES}{upload.key}/results/{file_format}/")
    file = client.post(form["action"], follow=True)
    assert file["Content-Disposition"].endswith(f'.{file_format}"')
    assert len(file.getvalue()) > 100


def test_large_results_are_written_by_a_job_whose_page_has_the_file(client, level2, monkeypatch):
    monkeypatch.setattr(exporting, "AT_ONCE", 0)
    upload = checked(an_upload(level2, a_record("S1"), name="autumn.csv"))
    answer = client.post(f"{FILES}{upload.key}/results/csv/", follow=True)
    assert Page(answer).h1 == "Exporting"
    work_all()
    page = Page(client.get(f"/students/exports/{Export.objects.get().key}/"))
    assert "The file has 1 records." in page.text or "The file has 1 record." in page.text
    assert "Results of autumn.csv" in page.text


def test_a_file_that_is_not_checked_offers_no_results(client, level2):
    upload = an_upload(level2, a_record("S1"))
    assert "Results as a file" not in Page(client.get(f"{FILES}{upload.key}/")).text
    answer = client.post(f"{FILES}{upload.key}/results/csv/", follow=True)
    assert Page(answer).banners == ["Check the file first."]


def test_a_format_that_does_not_exist_is_a_404(client, level2):
    upload = checked(an_upload(level2, a_record("S1")))
    assert client.post(f"{FILES}{upload.key}/results/jsonl/").status_code == 404


def test_each_line_by_field_leads_to_its_records(client, level2):
    records = [a_record("S1"), a_record("S2", nationality="Atlantis"), a_record("S3", course_title="")]
    upload = checked(an_upload(level2, *records))
    page = Page(client.get(f"{FILES}{upload.key}/"))
    rejected = Page(client.get(page.link("Nationality is not valid")))
    assert "Nationality is not valid: 1 record." in rejected.text
    assert "S2" in rejected.text
    assert "S1" not in rejected.text
    missing = Page(client.get(page.link("Course curriculum title is missing")))
    assert "S3" in missing.text
    assert "S2" not in missing.text
    assert {"S1", "S2", "S3"} <= set(Page(client.get(missing.link("Show all"))).text.split())


def test_a_total_of_0_leads_nowhere(client, level2):
    upload = checked(an_upload(level2, a_record("S1")))
    page = Page(client.get(f"{FILES}{upload.key}/"))
    assert page.link("1 good") == f"{FILES}{upload.key}/records/good/"
    assert "0 rejected" in page.text
    assert not [link for link in page.all("a") if link.text == "0 rejected"]
