"""Requests to change the licence, and for services: from the sponsor's form to their effect (specification, section 9).

A Level 1 user saves and submits each over HTTP, and a caseworker decides it in the admin.
"""

from datetime import timedelta

import pytest
from django.core import mail

from cas.models import CAS
from licences.licence_requests import verbs
from licences.models import ActionPlan, Assessment, Event, KeyPerson, Licence, LicenceRequest, PremiumService, User
from licences.roles import Role
from licences.routes import Route
from sms.core import clock
from sms.core.govuk import formats
from tests.admin.conftest import Caseworker
from tests.factories import AMIRA, a_cas, an_allocation, assigned
from tests.jobs import work_all
from tests.pages import Page, typed_in

pytestmark = pytest.mark.django_db

CHANGES, SERVICES = "/licence/requests/changes/", "/licence/requests/services/"
WHY = {"reasons": "Because it changed."}
BELA = {**AMIRA, "name": "Béla Kovács"}
ORGANISATION = {
    "organisation_name": "Example University",
    "address": "2 Example Street\nLondon",
    "telephone": "020 7946 0002",
    "website": "www.example.ac.uk",
}
GROUPS = {"assessment": SERVICES, "premium": SERVICES}


class Sponsor:
    """A Level 1 user with a browser, who makes requests."""

    def __init__(self, client):
        self.client = client

    def read(self, address):
        return Page(self.client.get(address))

    def saves(self, kind, /, **typed):
        """Send the form of a request with the values on the page, and `typed`. Return the next page."""
        address = f"/licence/requests/new/{kind}/"
        held = self.read(address).typed()
        return Page(self.client.post(address, {**held, **typed_in(typed)}, follow=True))

    def submits(self, kind, /, **typed):
        """Save a request, and submit it. Return it."""
        self.saves(kind, **typed)
        row = LicenceRequest.objects.get(status="SAVED")
        group = GROUPS.get(kind, CHANGES)
        page = Page(self.client.post(group, {"requests": f"{row.pk}-{row.version}"}, follow=True))
        assert page.banners == ["1 request has been submitted to the Home Office. See your requests"], page.banners
        row.refresh_from_db()
        return row


@pytest.fixture
def sponsor(as_user, level1):
    return Sponsor(as_user(level1))


@pytest.fixture
def desk(as_user, caseworker):
    return Caseworker(as_user(caseworker))


@pytest.fixture
def holders(licence, caseworker):
    """Give the licence an Authorising Officer and a Key Contact."""
    since = clock.today() - timedelta(days=9)
    for post in ("AUTHORISING_OFFICER", "KEY_CONTACT"):
        KeyPerson.objects.replace(licence, post, AMIRA, by=caseworker, from_on=since)


def at_the_desk(request):
    return f"/admin/licences/licencerequest/{request.pk}/"


def granted(desk, request, **decided):
    """Grant the request in the admin, and return the page that comes next."""
    page = desk.send(f"{at_the_desk(request)}grant/", answer="As you asked.", **decided)
    request.refresh_from_db()
    return page


def verbs_of(licence):
    return [event.verb for event in Event.objects.about("licence", licence.pk)]


# What is offered


def test_the_page_of_changes_offers_each_kind_that_is_possible(sponsor, holders):
    page = sponsor.read(CHANGES)
    assert page.h1 == "Request changes to licence details"
    offered = [link["href"] for link in page.main.all("a") if "/new/" in link["href"]]
    assert offered == [
        f"/licence/requests/new/{kind}/"
        for kind in (
            "organisation",
            "replace-authorising-officer",
            "amend-authorising-officer",
            "replace-key-contact",
            "amend-key-contact",
            "level-1-user",
            "surrender-route/STUDENT",
            "surrender-route/CHILD_STUDENT",
            "surrender-licence",
        )
    ]
    assert "Key Contact now: Amira Osei, Head of Admissions" in page.main.text


def test_the_page_of_services_offers_the_assessment_and_premium_service(sponsor, level1):
    page = sponsor.read(SERVICES)
    offered = [link["href"] for link in page.main.all("a") if "/new/" in link["href"]]
    assert offered == ["/licence/requests/new/assessment/", "/licence/requests/new/premium/"]


def test_a_vacant_post_cannot_be_amended_and_the_page_says_why(sponsor, level1):
    page = sponsor.read(CHANGES)
    assert "The licence has no Key Contact yet." in page.main.text
    answer = Page(sponsor.client.get("/licence/requests/new/amend-key-contact/", follow=True))
    assert answer.banners == ["The licence has no Key Contact yet."]


@pytest.mark.parametrize("address", [CHANGES, SERVICES, "/licence/requests/new/organisation/"])
def test_a_level_2_user_gets_a_sentence(address, as_user, level2):
    page = Page(as_user(level2).get(address))
    assert page.status == 403
    assert "Only a Level 1 user can see, submit and withdraw requests." in page.main.text


# Organisation details


def test_organisation_details_change_when_the_request_is_granted(sponsor, desk, licence, caseworker):
    form = sponsor.read("/licence/requests/new/organisation/")
    assert form.typed()["organisation_name"] == "University of Example"
    request = sponsor.submits("organisation", **ORGANISATION, **WHY)
    licence.refresh_from_db()
    assert licence.name == "University of Example"
    asked = desk.read(at_the_desk(request))
    assert ("Effect", "Name of the organisation changes from “University of Example” to “Example University”.") in (
        asked.lines()
    )
    granted(desk, request)
    licence.refresh_from_db()
    assert (licence.name, licence.address) == ("Example University", ORGANISATION["address"])
    assert (licence.telephone, licence.website) == ("020 7946 0002", "www.example.ac.uk")
    event = Event.objects.about("licence", licence.pk).last()
    assert (event.verb, event.by) == ("amend", caseworker)
    assert event.data["name"] == ["University of Example", "Example University"]


def test_wrong_organisation_details_are_shown_beside_their_fields_and_kept(sponsor, level1):
    wrong = {**ORGANISATION, "organisation_name": "", "telephone": "ask the porter", "website": "our site"}
    page = sponsor.saves("organisation", **wrong)
    assert page.error_of("organisation_name") == "Enter the name of the organisation"
    assert page.error_of("telephone") == "Enter a telephone number, such as 020 7946 0000 or +44 20 7946 0000"
    assert page.error_of("website") == "Enter the address of a website, such as www.example.ac.uk"
    assert page.error_of("reasons") == "Give reasons for the request"
    assert page.typed()["telephone"] == "ask the porter"
    assert LicenceRequest.objects.count() == 0


# Key people


@pytest.mark.parametrize(
    ("kind", "post"), [("authorising-officer", "AUTHORISING_OFFICER"), ("key-contact", "KEY_CONTACT")]
)
def test_a_key_person_is_replaced_when_the_request_is_granted(kind, post, sponsor, desk, licence, holders):
    request = sponsor.submits(f"replace-{kind}", **BELA, **WHY)
    effects = [value for label, value in desk.read(at_the_desk(request)).lines() if label == "Effect"]
    assert effects[0].startswith("Béla Kovács becomes the")
    assert effects[1].startswith("Amira Osei is no longer the")
    granted(desk, request)
    assert KeyPerson.objects.latest_of(licence, post).name == "Béla Kovács"
    assert request.status == "GRANTED"
    assert verbs_of(licence)[-1] == "replace_key_person"


@pytest.mark.parametrize("kind", ["authorising-officer", "key-contact"])
def test_a_key_person_is_amended_when_the_request_is_granted(kind, sponsor, desk, licence, holders):
    assert sponsor.read(f"/licence/requests/new/amend-{kind}/").typed()["email"] == "a.osei@example.ac.uk"
    request = sponsor.submits(f"amend-{kind}", telephone="020 7946 0009", **WHY)
    assert ("Effect", "Telephone changes from “020 7946 0000” to “020 7946 0009”.") in (
        desk.read(at_the_desk(request)).lines()
    )
    granted(desk, request)
    post = kind.upper().replace("-", "_")
    assert KeyPerson.objects.latest_of(licence, post).telephone == "020 7946 0009"
    assert verbs_of(licence)[-1] == "amend_key_person"


def test_a_request_to_amend_a_person_who_was_replaced_since_is_not_carried_out(
    sponsor, desk, licence, holders, caseworker
):
    request = sponsor.submits("amend-key-contact", telephone="020 7946 0009", **WHY)
    today, earlier = clock.today(), clock.today() - timedelta(days=9)
    assert KeyPerson.objects.filter(kind="KEY_CONTACT").values_list("from_on", flat=True).get() == earlier
    KeyPerson.objects.replace(licence, "KEY_CONTACT", BELA, by=caseworker, from_on=today)
    sentence = "Another person has become the Key Contact since this was requested, so it cannot be granted."
    assert ("Effect", sentence) in desk.read(at_the_desk(request)).lines()
    assert sentence in granted(desk, request).main.text
    assert request.status == "SUBMITTED"
    assert KeyPerson.objects.latest_of(licence, "KEY_CONTACT").details == BELA


def test_a_saved_request_to_amend_a_person_is_about_that_person_even_if_submitted_after_a_replacement(
    sponsor, desk, licence, holders, caseworker
):
    sponsor.saves("amend-key-contact", telephone="020 7946 0009", **WHY)
    KeyPerson.objects.replace(licence, "KEY_CONTACT", BELA, by=caseworker, from_on=clock.today())
    [request] = LicenceRequest.objects.saved()
    verbs.submit({request.pk: request.version}, by=request.saved_by)
    assert "so it cannot be granted" in granted(desk, request).main.text
    assert KeyPerson.objects.latest_of(licence, "KEY_CONTACT").details == BELA


def test_wrong_details_of_a_person_are_shown_beside_their_fields(sponsor, holders):
    page = sponsor.saves("replace-key-contact", **{**AMIRA, "name": "", "email": "a.osei"}, **WHY)
    assert page.error_of("name") == "Enter the name of the person"
    assert page.error_of("email") == "Enter an email address, such as name@example.ac.uk"
    assert page.typed()["email"] == "a.osei"


# A new Level 1 user


def test_granting_a_new_level_1_user_adds_the_user_and_emails_a_link(sponsor, desk, licence):
    request = sponsor.submits("level-1-user", name="Béla Kovács", email="b.kovacs@example.ac.uk", **WHY)
    assert not User.objects.filter(name="Béla Kovács").exists()
    page = granted(desk, request)
    user = User.objects.get(name="Béla Kovács")
    assert (user.email, user.role, user.licence) == ("b.kovacs@example.ac.uk", Role.LEVEL_1, licence)
    assert not user.has_usable_password()
    assert ("User ID", user.username) in page.lines()
    assert request.outcome == {"username": user.username}
    assert f"User ID {user.username}" in " ".join(sponsor.read(f"/licence/requests/{request.pk}/").main.text.split())
    work_all()
    (sent,) = mail.outbox
    assert sent.to == ["b.kovacs@example.ac.uk"]
    assert f"Your User ID is {user.username}." in sent.body


def test_a_caseworker_neither_sees_nor_chooses_a_user_id_or_a_password(sponsor, desk):
    request = sponsor.submits("level-1-user", name="Béla Kovács", email="b.kovacs@example.ac.uk", **WHY)
    page = desk.read(f"{at_the_desk(request)}grant/")
    assert set(page.typed()) == {"answer", "seen"}


def test_several_level_1_users_can_be_requested_together(sponsor, level1):
    for name in ("Anna", "Bela"):
        sponsor.saves("level-1-user", name=name, email=f"{name}@example.ac.uk", **WHY)
    assert LicenceRequest.objects.saved().count() == 2


# Surrender


def test_surrendering_a_route_says_how_many_cas_it_cancels_before_and_after(
    sponsor, desk, licence, level2, allocation, caseworker
):
    an_allocation(licence, route=Route.CHILD_STUDENT, by=caseworker)
    for number in range(3):
        assigned(a_cas(level2, passport_number=f"X{number}"))
    form = sponsor.read("/licence/requests/new/surrender-route/STUDENT/")
    assert "3 CAS will be CANCELLED." in form.main.text
    request = sponsor.submits("surrender-route/STUDENT", **WHY)
    assert CAS.objects.filter(status="CANCELLED").count() == 0
    assert ("Effect", "3 CAS will be CANCELLED.") in desk.read(at_the_desk(request)).lines()
    granted(desk, request)
    assert CAS.objects.filter(status="CANCELLED").count() == 3
    assert licence.open_routes() == [Route.CHILD_STUDENT]
    event = Event.objects.about("licence", licence.pk).last()
    assert (event.verb, event.data["reason"]) == ("surrender_route", [None, "Because it changed."])


def test_surrendering_the_licence_ends_it(sponsor, desk, licence, level2, allocation):
    assigned(a_cas(level2))
    assert "1 CAS will be CANCELLED." in sponsor.read("/licence/requests/new/surrender-licence/").main.text
    request = sponsor.submits("surrender-licence", **WHY)
    granted(desk, request)
    licence.refresh_from_db()
    assert (licence.status, licence.status_since) == ("SURRENDERED", clock.today())
    assert CAS.objects.get().status == "CANCELLED"
    assert sponsor.read(CHANGES).main.text.count("Its sponsor can no longer make requests.") == 1


def test_a_withdrawn_request_to_surrender_cannot_be_granted(sponsor, desk, licence):
    request = sponsor.submits("surrender-licence", **WHY)
    sponsor.client.post(f"/licence/requests/{request.pk}/withdraw/")
    desk.client.post(f"{at_the_desk(request)}grant/", {"answer": "Yes.", "seen": ""}, follow=True)
    licence.refresh_from_db()
    request.refresh_from_db()
    assert (licence.status, request.status) == ("ACTIVE", "WITHDRAWN")


def test_a_refused_request_changes_nothing_and_the_sponsor_sees_why(sponsor, desk, licence):
    request = sponsor.submits("surrender-licence", **WHY)
    desk.send(f"{at_the_desk(request)}refuse/", answer="Students are still enrolled.")
    licence.refresh_from_db()
    assert licence.status == "ACTIVE"
    assert "Students are still enrolled." in sponsor.read(f"/licence/requests/{request.pk}/").main.text


# Assessment and premium customer service


def test_applying_for_an_assessment_is_recorded_with_the_day_of_submitting(sponsor, desk, licence):
    request = sponsor.submits("assessment")
    granted(desk, request)
    assert Assessment.objects.get().applied_on == clock.today()
    assert verbs_of(licence)[-1] == "apply_for_assessment"
    page = sponsor.read(SERVICES)
    assert "An earlier application for a Basic Compliance Assessment is undecided." in page.main.text


def test_premium_service_begins_with_the_day_and_the_fee_that_the_caseworker_decides(sponsor, desk, licence):
    request = sponsor.submits("premium", reasons="We need a licence manager.")
    missing = granted(desk, request, fee="")
    assert missing.error_of("fee") == "Enter the fee"
    page = granted(desk, request, fee="8000")
    service = PremiumService.objects.get()
    assert (service.from_on, service.fee_pence, service.paid_on) == (clock.today(), 800_000, None)
    assert ("Fee", "£8,000.00") in page.lines()
    assert ("First day of the service", formats.day(clock.today())) in page.lines()
    assert "£8,000.00" in sponsor.read(f"/licence/requests/{request.pk}/").main.text
    assert f"Service: {service}" in sponsor.read(SERVICES).main.text


def test_premium_service_that_would_overlap_leaves_the_request_undecided(sponsor, desk, licence, caseworker):
    request = sponsor.submits("premium")
    PremiumService.objects.add(licence, fee_pence=1, by=caseworker)
    page = granted(desk, request, fee="8000", service_from_on=clock.today())
    assert "already. Choose a later day" in page.main.text
    assert request.status == "SUBMITTED"


# All kinds


def test_no_kind_can_be_asked_once_the_licence_has_ended(sponsor, licence, holders, caseworker):
    licence.revoke(by=caseworker, reason="Fraud")
    for group in (CHANGES, SERVICES):
        assert not [link for link in sponsor.read(group).main.all("a") if "/new/" in link["href"]]
    for kind in ("organisation", "replace-key-contact", "level-1-user", "surrender-licence", "assessment", "premium"):
        sponsor.client.post(f"/licence/requests/new/{kind}/", {**AMIRA, **ORGANISATION, **WHY})
    assert LicenceRequest.objects.count() == 0


def test_nothing_of_a_request_is_carried_out_before_it_is_granted(sponsor, desk, licence, holders):
    before = Licence.objects.values().get(), list(KeyPerson.objects.values()), User.objects.count()
    sponsor.saves("organisation", **ORGANISATION, **WHY)
    sponsor.saves("replace-key-contact", **BELA, **WHY)
    sponsor.saves("level-1-user", name="Béla Kovács", email="b.kovacs@example.ac.uk", **WHY)
    assert (Licence.objects.values().get(), list(KeyPerson.objects.values()), User.objects.count()) == before
    assert (Assessment.objects.count(), ActionPlan.objects.count()) == (0, 0)
