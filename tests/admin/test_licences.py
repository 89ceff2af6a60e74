"""Caseworkers decide about licences, on a screen for each decision (specification, sections 1 and 9)."""

from datetime import date, timedelta

import pytest

from cas.models import CAS
from licences.models import Event, Licence
from licences.routes import Route
from sms.core import clock
from tests.factories import CHILD, a_cas, assigned, brought_to

pytestmark = pytest.mark.django_db

ADD = "/admin/licences/licence/add/"
NEW = {
    "number": "3MSK8QW52",
    "name": "Newtown University",
    "routes": "STUDENT",
    "starts_on": date(2030, 1, 2),
}


@pytest.fixture
def its(licence):
    return f"/admin/licences/licence/{licence.pk}/"


def test_a_caseworker_grants_a_licence_with_its_routes(desk, happened):
    after = desk.send(ADD, **NEW)
    licence = Licence.objects.get(number="3MSK8QW52")
    assert after.h1 == "Newtown University (3MSK8QW52)"
    assert after.banners == ["Licence granted"]
    assert (licence.status, licence.open_routes(), licence.expires_on) == ("ACTIVE", [Route.STUDENT], None)
    assert happened() == [("licence", "grant", "caseworker"), ("licence", "add_route", "caseworker")]


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("number", "", "Enter the licence number"),
        ("number", "4NUV", "Enter 8 letters or digits, and then a digit or X, like 4NUV7KB58."),
        ("number", "4NUV7KB58", "A licence with this number already exists"),
        ("number", "4nuv7kb58", "A licence with this number already exists"),
        ("name", "", "Enter the name of the sponsor"),
        ("name", "x" * 251, "Sponsor must be 250 characters or fewer. It is 251 now"),
        ("routes", "", "Select the routes that the licence covers"),
        ("routes", "TOURIST", "Routes: “TOURIST” is not in the list. Choose from the list"),
        ("expires_on", date(2030, 1, 1), "Last day must not be before the first day"),
    ],
)
def test_an_error_is_shown_beside_its_field_and_the_form_keeps_what_was_typed(
    field, typed, sentence, desk, licence, happened
):
    after = desk.send(ADD, **{**NEW, field: typed})
    assert after.error_of(field) == sentence
    assert after.title.startswith("Error: Grant a licence")
    if field != "name":
        assert after.typed()["name"] == "Newtown University"
    assert happened() == []


def test_a_licence_must_cover_at_least_one_route(desk, happened):
    after = desk.send(ADD, **{name: value for name, value in NEW.items() if name != "routes"})
    assert after.error_of("routes") == "Select the routes that the licence covers"
    assert happened() == []


def test_an_amendment_without_a_change_says_so(desk, its, happened):
    after = desk.send(f"{its}amend/")
    assert after.banners == ["You made no changes, so nothing was saved."]
    assert happened() == []


def test_a_caseworker_amends_the_name_and_the_last_day(desk, licence, its, happened):
    last = clock.today() + timedelta(days=400)
    after = desk.send(f"{its}amend/", name="Example University", expires_on=last)
    licence.refresh_from_db()
    assert after.banners == ["Licence amended"]
    assert (licence.name, licence.expires_on, licence.starts_on) == ("Example University", last, date(2020, 4, 6))
    assert happened() == [("licence", "amend", "caseworker")]


def test_a_caseworker_amends_how_to_reach_the_organisation(desk, its):
    known = {"address": "1 Example Street\nLondon", "telephone": "020 7946 0000", "website": "www.example.ac.uk"}
    after = desk.send(f"{its}amend/", **known)
    lines = dict(after.lines())
    assert lines["Trading address"] == "1 Example Street London"
    assert (lines["Telephone"], lines["Website"]) == ("020 7946 0000", "www.example.ac.uk")
    wrong = desk.send(f"{its}amend/", telephone="the porter", website="not a website")
    assert wrong.error_of("telephone") == "Enter a telephone number, such as 020 7946 0000 or +44 20 7946 0000"
    assert wrong.error_of("website") == "Enter the address of a website, such as www.example.ac.uk"
    assert wrong.typed()["telephone"] == "the porter"


def test_the_last_day_cannot_be_in_the_past(desk, licence, its):
    after = desk.send(f"{its}amend/", expires_on=clock.today() - timedelta(days=1))
    assert after.error_of("expires_on").startswith("Last day must not be in the past.")


@pytest.mark.parametrize(
    ("name", "status", "done"),
    [
        ("suspend", "SUSPENDED", "Licence suspended"),
        ("revoke", "REVOKED", "Licence revoked"),
        ("surrender", "SURRENDERED", "Licence surrendered"),
    ],
)
def test_a_caseworker_changes_the_status_for_a_reason_that_the_history_keeps(
    name, status, done, desk, licence, its, happened
):
    after = desk.send(f"{its}{name}/", reason="As agreed on the telephone")
    licence.refresh_from_db()
    assert (licence.status, after.banners) == (status, [done])
    assert happened() == [("licence", name, "caseworker"), ("message", "send", "caseworker")]
    event = Event.objects.about("licence", licence.pk).last()
    assert event.data["reason"] == [None, "As agreed on the telephone"]
    assert "As agreed on the telephone" in after.main.text


def test_a_caseworker_reinstates_a_suspended_licence(desk, licence, its):
    desk.send(f"{its}suspend/", reason="A visit")
    desk.send(f"{its}reinstate/", reason="All is well")
    licence.refresh_from_db()
    assert licence.status == "ACTIVE"


@pytest.mark.parametrize("name", ["suspend", "revoke", "surrender", "surrender-route"])
def test_a_decision_about_a_licence_needs_a_reason(name, desk, licence, its, happened):
    after = desk.send(f"{its}{name}/", reason="  ", route="STUDENT")
    assert after.error_of("reason") == "Enter the reason"
    assert happened() == []


def test_revoking_a_licence_cancels_the_number_of_cas_that_the_page_says(
    desk, licence, its, level2, allocation, caseworker
):
    for number in range(3):
        assigned(a_cas(level2, passport_number=f"X{number}"))
    a_cas(level2, passport_number="X9")
    before = desk.read(f"{its}revoke/")
    assert "3 CAS will be CANCELLED." in before.main.text
    desk.send(f"{its}revoke/", reason="Fraud")
    assert CAS.objects.filter(status="CANCELLED").count() == 3
    assert CAS.objects.filter(status="READY TO GO").count() == 1


def test_surrendering_a_route_does_not_affect_the_other_route(desk, licence, its, level2, level1, allocation, happened):
    student = assigned(a_cas(level2))
    child = CAS.objects.add(CHILD, route=Route.CHILD_STUDENT, by=level1)
    before = desk.read(f"{its}surrender-route/")
    assert "Student route: 1 CAS will be CANCELLED." in before.main.text
    assert "Child Student route: No CAS will be CANCELLED, because no CAS is live." in before.main.text
    desk.send(f"{its}surrender-route/", route="STUDENT", reason="No more")
    student.refresh_from_db()
    child.refresh_from_db()
    assert (student.status, child.status) == ("CANCELLED", "READY TO GO")
    assert licence.open_routes() == [Route.CHILD_STUDENT]
    assert ("licence", "surrender_route", "caseworker") in happened()


def test_a_decision_that_the_status_does_not_allow_is_neither_offered_nor_made(
    desk, licence, its, caseworker, happened
):
    licence.revoke(by=caseworker, reason="Fraud")
    shown = desk.read(its)
    for label in ("Amend", "Suspend", "Reinstate", "Revoke", "Surrender", "Surrender a route", "Grant an allocation"):
        assert shown.buttons(label) == []
    answer = desk.client.post(f"{its}suspend/", {"reason": "Again"}, follow=True)
    assert "Suspend is no longer possible. Check the history." in answer.content.decode()
    licence.refresh_from_db()
    assert licence.status == "REVOKED"
    assert happened() == [("licence", "revoke", "caseworker"), ("message", "send", "caseworker")]


def test_a_decision_is_refused_if_the_licence_has_changed_since_it_was_shown(desk, licence, its, caseworker):
    typed = {**desk.read(f"{its}amend/").typed(), "name": "Mine"}
    licence.amend(by=caseworker, name="Theirs")
    answer = desk.client.post(f"{its}amend/", typed)
    assert "Another user has changed this." in answer.content.decode()
    licence.refresh_from_db()
    assert licence.name == "Theirs"


def test_sending_a_decision_twice_makes_it_once(desk, licence, its, happened):
    typed = {**desk.read(f"{its}suspend/").typed(), "reason": "A visit"}
    for _ in range(2):
        desk.client.post(f"{its}suspend/", typed)
    assert happened() == [("licence", "suspend", "caseworker"), ("message", "send", "caseworker")]


def test_a_caseworker_changes_the_status_of_the_sponsor(desk, its, happened):
    assert ("Status of the sponsor", "Student Sponsor") in desk.read(its).lines()
    after = desk.send(f"{its}sponsor-status/", sponsor_status="TRACK_RECORD")
    assert after.banners == ["Status of the sponsor changed"]
    assert ("Status of the sponsor", "Student Sponsor – Track Record") in after.lines()
    assert happened() == [("licence", "set_sponsor_status", "caseworker")]
    wrong = desk.send(f"{its}sponsor-status/", sponsor_status="EXCELLENT")
    assert wrong.error_of("sponsor_status").endswith("Choose from the list")


def test_a_licence_is_granted_with_the_status_of_the_sponsor(desk):
    assert desk.send(ADD, **NEW, sponsor_status="").error_of("sponsor_status") == "Select the status of the sponsor"
    after = desk.send(ADD, **NEW, sponsor_status="PROBATIONARY")
    assert ("Status of the sponsor", "Probationary Sponsor") in after.lines()


@pytest.mark.parametrize("status", ["REVOKED", "SURRENDERED"])
def test_the_status_of_the_sponsor_stays_once_the_licence_has_ended(status, desk, its, licence, caseworker, happened):
    brought_to(status, licence, caseworker=caseworker)
    assert desk.read(its).buttons("Change the status of the sponsor") == []
    before = happened()
    desk.client.post(f"{its}sponsor-status/", {"sponsor_status": "TRACK_RECORD"})
    licence.refresh_from_db()
    assert (licence.sponsor_status, happened()) == ("STUDENT", before)


def test_the_page_of_a_licence_calls_the_reports_of_its_sponsor_as_their_list_does(desk, licence, its):
    page = desk.read(its)
    reports = page.main.link("All reports of this licence")
    assert desk.read(reports).h1 == "Reports"
    assert dict(page.lines())["Reports"] == "All reports of this licence"
