"""Caseworkers record key people, ratings and services on the page of a licence (specification, section 9)."""

from datetime import timedelta

import pytest

from licences.models import ActionPlan, Assessment, Event, KeyPerson, PremiumService
from sms.core import clock
from sms.core.govuk import formats
from tests.factories import AMIRA, brought_to

pytestmark = pytest.mark.django_db

BUTTONS = {
    "Change the status of the sponsor",
    "Change the compliance rating",
    "Replace the Authorising Officer",
    "Replace the Key Contact",
    "Record an application for a Basic Compliance Assessment",
    "Add premium customer service",
    "Issue an action plan",
}
LATER_BUTTONS = {
    "Amend the Authorising Officer",
    "Amend the Key Contact",
    "Record the outcome of the assessment",
    "Record that the premium fee is paid",
    "Record that the action plan fee is paid",
    "Record that the action plan is completed",
}


@pytest.fixture
def its(licence):
    return f"/admin/licences/licence/{licence.pk}/"


@pytest.fixture
def today():
    return clock.today()


def rows_of(page, title):
    """Return the cells of each row of the table with this title."""
    (table,) = (each for each in page.all("table") if each.one("caption").text == title)
    return [[cell.text for cell in row.all("th", "td")] for row in table.one("tbody").all("tr")]


def offered(page):
    return {each.text for each in page.main.all("a") if "govuk-button" in each["class"]} & (BUTTONS | LATER_BUTTONS)


def test_a_licence_offers_what_can_be_recorded_now(desk, its):
    assert offered(desk.read(its)) == BUTTONS


@pytest.mark.parametrize(
    ("post", "name"), [("Authorising Officer", "authorising-officer"), ("Key Contact", "key-contact")]
)
def test_a_caseworker_replaces_and_amends_a_key_person(post, name, desk, its, happened, today):
    after = desk.send(f"{its}{name}/", **AMIRA)
    assert after.banners == [f"{post} replaced"]
    person = "Amira Osei Head of Admissions a.osei@example.ac.uk 020 7946 0000"
    assert rows_of(after, "Key people") == [[post, person, formats.day(today), "–"]]
    assert f"{post} now: Amira Osei." in desk.read(f"{its}{name}/").main.text
    amended = desk.send(f"{its}amend-{name}/", telephone="020 7946 0001")
    assert amended.banners == [f"{post} amended"]
    assert rows_of(amended, "Key people")[0][1].endswith("020 7946 0001")
    assert happened() == [
        ("licence", "replace_key_person", "caseworker"),
        ("licence", "amend_key_person", "caseworker"),
    ]


def test_wrong_details_of_a_key_person_are_shown_beside_their_fields(desk, its, happened, today):
    wrong = {"name": "", "email": "reception", "telephone": "none", "from_on": today + timedelta(days=1)}
    after = desk.send(f"{its}key-contact/", **{**AMIRA, **wrong})
    assert after.error_of("name") == "Enter the name of the person"
    assert after.error_of("email") == "Enter an email address, such as name@example.ac.uk"
    assert after.error_of("telephone").startswith("Enter a telephone number")
    assert after.typed()["job_title"] == "Head of Admissions"
    later = desk.send(f"{its}key-contact/", **AMIRA, from_on=today + timedelta(days=1))
    assert later.error_of("from_on") == "First day must not be in the future"
    assert happened() == []


def test_a_caseworker_changes_the_rating_with_a_reason_and_its_first_day(desk, its, licence, happened, today):
    assert ("Compliance rating", "Not rated yet") in desk.read(its).lines()
    after = desk.send(f"{its}rating/", rating="AMBER", reason="Refusal rate of 4.5%")
    licence.refresh_from_db()
    assert (licence.compliance_rating, after.banners) == ("AMBER", ["Compliance rating changed"])
    assert ("Compliance rating", "Amber") in after.lines()
    table = rows_of(after, "Status of the sponsor and compliance rating")
    assert ["Compliance rating", "Amber", formats.day(today), "–"] in table
    assert Event.objects.last().data["reason"] == [None, "Refusal rate of 4.5%"]
    assert desk.send(f"{its}rating/", rating="RED", reason="").error_of("reason") == "Enter the reason"
    same = desk.send(f"{its}rating/", rating="AMBER", reason="Again")
    assert same.error_of("rating") == "The licence has this compliance rating already"
    assert happened() == [("licence", "set_compliance_rating", "caseworker")]


def test_the_status_of_the_sponsor_has_a_first_day(desk, its, licence, today):
    first_day = today - timedelta(days=30)
    after = desk.send(f"{its}sponsor-status/", sponsor_status="TRACK_RECORD", from_on=first_day)
    table = rows_of(after, "Status of the sponsor and compliance rating")
    assert ["Status of the sponsor", "Student Sponsor – Track Record", formats.day(first_day), "–"] in table
    wrong = desk.send(f"{its}sponsor-status/", sponsor_status="STUDENT", from_on=first_day - timedelta(days=1))
    assert wrong.error_of("from_on").startswith(f"First day must be {formats.day(first_day)} or later")


def test_a_caseworker_records_an_assessment_and_its_outcome(desk, its, happened, today):
    applied = desk.send(f"{its}assessment/", applied_on=today - timedelta(days=3))
    assert applied.banners == ["Application recorded"]
    assert "Record the outcome of the assessment" in offered(applied)
    assert "Record an application for a Basic Compliance Assessment" not in offered(applied)
    empty = {f"valid_until_on_{part}": "" for part in ("day", "month", "year")}
    wrong = desk.send(f"{its}assessment-outcome/", outcome="PASSED", **empty)
    assert wrong.error_of("valid_until_on").startswith("Enter the last day of the assessment")
    until = today + timedelta(days=364)
    after = desk.send(f"{its}assessment-outcome/", outcome="PASSED", valid_until_on=until)
    assert rows_of(after, "Basic Compliance Assessments") == [
        [formats.day(today - timedelta(days=3)), "Passed", formats.day(today), formats.day(until)]
    ]
    assert [verb for _, verb, _ in happened()] == ["apply_for_assessment", "decide_assessment"]
    assert Assessment.objects.get().outcome == "PASSED"


def test_a_caseworker_adds_premium_service_and_records_its_fee(desk, its, happened, today):
    after = desk.send(f"{its}premium/", fee="8,000")
    assert rows_of(after, "Premium customer service")[0][1:] == ["£8,000.00", "Not yet"]
    again = desk.send(f"{its}premium/", fee="8000", from_on=today)
    assert again.error_of("from_on").endswith("Choose a later day")
    assert desk.send(f"{its}premium/", fee="").error_of("fee") == "Enter the fee"
    assert "The fee of £8,000.00 for" in desk.read(f"{its}premium-payment/").main.text
    paid = desk.send(f"{its}premium-payment/", paid_on=today)
    assert rows_of(paid, "Premium customer service")[0][2] == formats.day(today)
    assert "Record that the premium fee is paid" not in offered(paid)
    assert [verb for _, verb, _ in happened()] == ["add_premium_service", "pay_premium_service"]
    assert PremiumService.objects.get().paid_on == today


def test_a_caseworker_issues_an_action_plan_and_records_its_fee_and_its_end(desk, its, level1, happened, today):
    after = desk.send(f"{its}action-plan/", details="Report within 10 working days.", fee="1476")
    assert rows_of(after, "Action plan details")[0][1:4] == ["Report within 10 working days.", "£1,476.00", "Not yet"]
    assert offered(after) & {"Issue an action plan", *LATER_BUTTONS} == set()
    ActionPlan.objects.get().accept_or_decline("ACCEPTED", by=level1)
    assert "The fee of £1,476.00." in desk.read(f"{its}action-plan-payment/").main.text
    later = desk.send(f"{its}action-plan-payment/", paid_on=today + timedelta(days=1))
    assert later.error_of("paid_on") == "Day of payment must not be in the future"
    assert offered(desk.send(f"{its}action-plan-payment/")) >= {"Record that the action plan is completed"}
    done = desk.send(f"{its}action-plan-completed/", reason="A visit showed it")
    assert rows_of(done, "Action plan details")[0][3:] == ["Accepted", formats.day(today), formats.day(today)]
    assert [verb for _, verb, _ in happened()] == [
        "issue_action_plan",
        "answer_action_plan",
        "pay_action_plan",
        "complete_action_plan",
    ]
    assert "Issue an action plan" in offered(done)


@pytest.mark.parametrize("status", ["REVOKED", "SURRENDERED"])
def test_nothing_more_is_recorded_once_the_licence_has_ended(status, desk, its, licence, caseworker):
    KeyPerson.objects.replace(licence, "KEY_CONTACT", AMIRA, by=caseworker)
    brought_to(status, licence, caseworker=caseworker)
    assert offered(desk.read(its)) == set()


def test_two_caseworkers_at_once_record_one_action_plan(desk, its, licence, caseworker):
    typed = {**desk.read(f"{its}action-plan/").typed(), "details": "Mine", "fee": "1"}
    ActionPlan.objects.issue(licence, details="Theirs", fee_pence=1, by=caseworker)
    desk.client.post(f"{its}action-plan/", typed)
    assert [plan.details for plan in ActionPlan.objects.all()] == ["Theirs"]
