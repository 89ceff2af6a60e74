"""The pages of a caseworker's file: send or paste, check, import, and the results (sections 3 and 11)."""

import csv
import io

import pytest

from bulk_data_transfer.models import Export, Upload
from cas.models import CAS
from sms.core import clock
from tests.bulk_data_transfer.factories import a_record, an_upload, sheet
from tests.bulk_data_transfer.operations.test_decisions import day, row
from tests.factories import a_cas, an_allocation, assigned
from tests.jobs import work_all
from tests.pages import Page, typed_in

pytestmark = pytest.mark.django_db

FILES = "/students/bulk-data-transfer/"


@pytest.fixture
def client(as_user, caseworker):
    return as_user(caseworker)


@pytest.fixture
def right(level2, allocation):
    return assigned(a_cas(level2))


@pytest.fixture
def same_person(outsider, caseworker):
    an_allocation(outsider.licence, by=caseworker)
    return assigned(a_cas(outsider))


@pytest.fixture
def wrong(level2, allocation):
    return assigned(a_cas(level2, passport_number="W7654321"))


def send(client, *rows, name="decisions.csv"):
    file = sheet(*rows)
    file.name = name
    answer = client.post(FILES, {"file": file})
    assert answer.status_code == 302, Page(answer).summary
    return answer.url


def errors(answer):
    return [sentence for sentence, _ in Page(answer).summary]


def done(client, address, step, **typed):
    answer = client.post(f"{address}{step}/", typed)
    assert answer.status_code == 302, errors(answer)
    work_all()
    return Page(client.get(address))


def test_the_admin_leads_to_the_page_that_takes_a_sheet_of_decisions(client):
    assert Page(client.get("/admin/")).link("Decisions from a sheet") == FILES
    page = Page(client.get(FILES))
    assert page.h1 == "Decisions from a sheet"
    assert page.link("CAS check") == "/admin/cas/cas/check/", "the navigation is that of the admin"
    assert page.link("Casework") == "/admin/"
    for text in ("Date of application", "Date used", "Outcome", "Application closed", "Date of closing"):
        assert text in page.main.text
    for text in ("Bulk data transfer", "Create CAS", "Export instead", "Students"):
        assert text not in page.main.text


def test_a_sheet_goes_from_the_upload_to_its_results(client, right, same_person, wrong):
    address = send(
        client,
        row(right, day(), day(), "Granted"),
        row(wrong, day(), day(1), "Refused"),
        row("E4G12", day()),
    )
    page = Page(client.get(address))
    assert "Record applications and decisions" in page.main.text
    assert not page.all(of="govuk-radios"), "nothing is asked"
    page = done(client, address, "check")
    assert page.h1 == "decisions.csv is checked"
    for text in ("3 records", "1 good", "2 rejected", "You cannot undo a decision."):
        assert text in page.main.text
    assert CAS.objects.get(pk=right.pk).applied_on is None
    records = Page(client.get(f"{address}records/rejected/"))
    assert "The date of the decision must be on or after the date of application" in records.main.text
    assert "This is not a CAS number." in records.main.text
    assert wrong.number in records.main.text
    page = done(client, address, "import", which="GOOD")
    assert page.h1 == "decisions.csv is imported"
    for text in ("1 CAS with applications or decisions", "1 other CAS of the same individuals became OBSOLETE"):
        assert text in page.main.text
    statuses = [CAS.objects.get(pk=cas.pk).status for cas in (right, same_person, wrong)]
    assert statuses == ["USED", "OBSOLETE", "ASSIGNED"]
    good = Page(client.get(f"{address}records/good/"))
    assert good.link(right.student_name) == f"/admin/cas/cas/{right.pk}/"


@pytest.mark.parametrize("file_format", ["csv", "xlsx", "xml"])
def test_the_results_are_downloaded_at_once_with_the_senders_columns(file_format, client, right):
    address = send(client, row(right, day(), day(), "Granted"), row("E4G12", day()))
    done(client, address, "check")
    answer = client.post(f"{address}results/{file_format}/")
    assert answer.status_code == 200
    assert f".{file_format}" in answer["Content-Disposition"]
    assert not Export.objects.exists()
    if file_format == "csv":
        found = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
        assert [each["Result"] for each in found] == ["Good", "Rejected"]
        assert [each["CAS number"] for each in found] == [right.number, "E4G12"]
        assert found[1]["Errors"].endswith("(files.no_cas_number)")


def test_without_a_check_there_are_no_results(client, right):
    address = send(client, row(right, day()))
    answer = client.post(f"{address}results/csv/", follow=True)
    assert Page(answer).banners == ["Check the file first."]


def test_a_pasted_list_of_numbers_asks_once_what_to_record(client, right, wrong):
    page = Page(client.get(f"{FILES}paste/"))
    assert not page.all(of="govuk-radios"), "there is only one thing to do with it"
    assert errors(client.post(f"{FILES}paste/", {})) == ["Enter the CAS numbers"]
    address = client.post(f"{FILES}paste/", {"cas": f"{right.number}\n{wrong.number}"}).url
    answer = client.post(f"{address}check/", {})
    assert answer.status_code == 422
    assert errors(answer) == ["Enter the date of application, the decision, or how the application was closed."]
    answer = client.post(f"{address}check/", typed_in({"decided_on": clock.today()}))
    assert errors(answer) == ["Enter the outcome"]
    assert Page(answer).by_id("id_decided_on_year")["value"] == str(clock.today().year)
    done(client, address, "check", **typed_in({"applied_on": clock.today(), "outcome": "", "decided_on": ""}))
    page = done(client, address, "import")
    assert "2 CAS with applications or decisions" in page.main.text
    assert {cas.applied_on for cas in CAS.objects.all()} == {clock.today()}


def test_a_pasted_table_is_read_with_its_headings(client, right):
    table = f"CAS number\tDate of application\tDate used\tOutcome\n{right.number}\t{day()}\t{day()}\tRefused"
    address = client.post(f"{FILES}paste/", {"cas": table}).url
    done(client, address, "check")
    done(client, address, "import")
    assert CAS.objects.get().outcome == "REFUSED"


def test_a_sheet_of_numbers_alone_asks_the_same(client, right):
    address = send(client, {"CAS number": right.number})
    page = Page(client.get(address))
    assert "Your answers are for every record" in page.main.text
    page = done(client, address, "check", **typed_in({"applied_on": clock.today()}))
    assert "1 good" in page.main.text


@pytest.mark.parametrize("content", [b"", b"Nothing,Known\n1,2\n", b"%PDF-1.4", b"<?xml version='1.0'?><x/>"])
def test_a_wrong_file_is_refused_with_a_sentence(content, client):
    file = io.BytesIO(content)
    file.name = "wrong.csv"
    answer = client.post(FILES, {"file": file})
    assert answer.status_code == 422
    assert len(errors(answer)) == 1
    assert not Upload.objects.exists()


def test_a_file_of_a_sponsor_is_refused_to_a_caseworker(client, level1):
    upload = an_upload(level1, a_record())
    for path in ("", "records/all/"):
        assert client.get(f"{FILES}{upload.key}/{path}").status_code == 404
    for path in ("check/", "import/", "cancel/", "operation/", "results/csv/"):
        assert client.post(f"{FILES}{upload.key}/{path}").status_code == 404
    assert upload.name not in Page(client.get(FILES)).main.text


def test_a_file_of_a_caseworker_is_not_found_by_a_sponsor(client, right, as_user, level1):
    address = send(client, row(right, day()))
    sponsor = as_user(level1)
    assert sponsor.get(address).status_code == 404
    assert sponsor.post(f"{address}check/").status_code == 404
    assert "decisions.csv" not in Page(sponsor.get(FILES)).main.text
