"""The pages of files about existing CAS: send or paste, change what it is for, answer, check, import."""

import io

import pytest

from bulk_data_transfer.models import Upload
from cas.models import CAS
from sponsorship_duties.models import Activity
from tests.bulk_data_transfer.factories import sheet
from tests.factories import in_status
from tests.jobs import work_all
from tests.pages import Page
from tests.sponsorship_duties.factories import a_reason

pytestmark = pytest.mark.django_db

FILES = "/students/bulk-data-transfer/"
PAID = "Course fees paid to date (£)"


@pytest.fixture
def cas(level2, allocation, caseworker):
    return in_status("ASSIGNED", by=level2, caseworker=caseworker, applicant_id="S-0042")


@pytest.fixture
def client(as_user, level1):
    return as_user(level1)


def send(client, file, name="fees.csv"):
    file.name = name
    return client.post(FILES, {"file": file}).url


def paste(client, text, operation):
    return client.post(f"{FILES}paste/", {"cas": text, "operation": operation})


def errors(answer):
    return [sentence for sentence, _ in Page(answer).summary]


def test_fees_go_from_the_file_to_the_cas_without_a_batch(client, cas):
    address = send(client, sheet({"CAS number": cas.number, PAID: "7"}, {"CAS number": "nonsense", PAID: "8"}))
    page = Page(client.get(address))
    assert "Update fees" in page.main.text
    assert "Route" not in page.main.text
    client.post(f"{address}check/", {})
    work_all()
    page = Page(client.get(address))
    assert page.h1 == "fees.csv is checked"
    for text in ("2 records", "1 good", "can be imported", "1 rejected", "CAS number: no CAS found"):
        assert text in page.main.text
    for text in ("incomplete", "Batch name", "Records that exist already Skip"):
        assert text not in page.main.text.split("History")[0]
    assert "INCOMPLETE_TOO" not in {each["value"] for each in page.all("input")}
    client.post(f"{address}import/", {"which": "GOOD"})
    work_all()
    page = Page(client.get(address))
    assert page.h1 == "fees.csv is imported"
    assert "1 CAS with updated fees" in page.main.text
    cas.refresh_from_db()
    assert cas.course_fees_paid == 7
    records = Page(client.get(f"{address}records/good/"))
    assert records.link(cas.student_name) == f"/students/cas/{cas.pk}/"


def test_a_pasted_list_asks_once_for_the_report_of_all(client, cas, level1):
    address = paste(client, f"{cas.number}\nnobody", "report").url
    page = Page(client.get(address))
    assert page.h1 == "Pasted list"
    answer = client.post(f"{address}check/", {})
    assert answer.status_code == 422
    assert errors(answer) == ["Select the activity type and the reason", "Enter the date", "Give details"]
    report = {"reason": a_reason("Failed to enrol").pk, "details": "Absent"}
    report |= {"happened_on_day": "14", "happened_on_month": "9", "happened_on_year": "2026"}
    assert client.post(f"{address}check/", report).status_code == 302
    work_all()
    client.post(f"{address}import/", {"which": "GOOD"})
    work_all()
    assert "1 reports made" in Page(client.get(address)).main.text
    assert Activity.objects.get().details == "Absent"


@pytest.mark.parametrize(
    ("text", "operation", "error"),
    [
        ("", "report", "Enter the CAS numbers or Applicant IDs"),
        ("E4", "", "Select what the list is for"),
        ("E4", "fees", "Operation: “fees” is not in the list. Choose from the list"),
        ("x," * 10_001, "report", "You entered 10,001. Enter at most 10,000 at a time"),
    ],
)
def test_a_list_that_cannot_be_taken_says_why(text, operation, error, client):
    answer = paste(client, text, operation)
    assert (answer.status_code, errors(answer)) == (422, [error])
    assert not Upload.objects.exists()


def test_a_withdrawal_warns_before_the_import(client, cas):
    address = paste(client, cas.number, "withdraw").url
    client.post(f"{address}check/", {"withdrawal_reason": "Course closed"})
    work_all()
    assert "You cannot undo a withdrawal." in Page(client.get(address)).main.text
    client.post(f"{address}import/", {})
    work_all()
    assert CAS.objects.get(pk=cas.pk).withdrawal_reason == "Course closed"


def test_a_file_is_used_for_something_else(client, cas):
    address = send(client, sheet({"CAS number": cas.number}))
    page = Page(client.get(address))
    assert "Graduate notification" in page.main.text
    answer = client.post(f"{address}operation/", {"operation": "graduates"})
    assert (answer.status_code, errors(answer)) == (
        422,
        ["Operation: “graduates” is not in the list. Choose from the list"],
    )
    assert client.post(f"{address}operation/", {"operation": "withdraw"}).status_code == 302
    assert "Reason for withdrawing" in Page(client.get(address)).main.text
    answer = client.post(f"{address}operation/", {"operation": "create"})
    assert (answer.status_code, len(errors(answer))) == (422, 1)  # it has no column for a new CAS


def test_a_level_2_user_is_not_offered_to_withdraw_and_cannot_do_it_all_the_same(as_user, level2, cas):
    client = as_user(level2)
    assert "Withdraw CAS" not in Page(client.get(FILES)).main.text
    assert "Withdraw CAS" not in Page(client.get(f"{FILES}paste/")).main.text
    assert errors(paste(client, cas.number, "withdraw")) == [
        "Operation: “withdraw” is not in the list. Choose from the list"
    ]
    address = paste(client, cas.number, "report").url
    assert client.post(f"{address}operation/", {"operation": "withdraw"}).status_code == 422
    ours = '<BulkDataWithdrawals xmlns="urn:x-sms-sponsor-portal:bulk-data-cas:1"/>'
    file = io.BytesIO(ours.encode())
    file.name = "w.xml"
    assert errors(client.post(FILES, {"file": file})) == ["Only a Level 1 user can withdraw an assigned CAS."]


def test_xml_cannot_be_used_for_something_else(client):
    file = io.BytesIO(b'<BulkDataFees xmlns="urn:x-sms-sponsor-portal:bulk-data-cas:1"/>')
    address = send(client, file, "fees.xml")
    assert "for something else" not in Page(client.get(address)).main.text
    answer = client.post(f"{address}operation/", {"operation": "report"})
    assert errors(answer) == ["The file itself says what it is for. It cannot be used for anything else."]


def test_records_that_are_no_longer_possible_are_listed_with_their_reason(client, cas, level1):
    address = send(client, sheet({"CAS number": cas.number, PAID: "7"}))
    client.post(f"{address}check/", {})
    work_all()
    cas.withdraw(by=level1, reason="Because")
    client.post(f"{address}import/", {})
    work_all()
    page = Page(client.get(address))
    listed = Page(client.get(page.link("1 no longer possible")))
    assert "This CAS is WITHDRAWN. You can update its fees only while it is ASSIGNED." in listed.main.text
