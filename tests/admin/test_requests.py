"""Caseworkers decide the requests of sponsors (specification, section 9)."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from licences.licence_requests import verbs
from licences.models import Allocation, LicenceRequest
from licences.routes import Route
from sms.core import clock
from tests.days import after_days, noon_on
from tests.factories import a_cas, an_allocation, assigned
from tests.licences.factories import a_renewal, a_surrender, an_increase, submitted
from tests.pages import Page

pytestmark = pytest.mark.django_db

LIST = "/admin/licences/licencerequest/"


@pytest.fixture
def waiting(allocation, level1):
    return submitted(an_increase(level1), by=level1)


def page_of(request, decision=""):
    return f"{LIST}{request.pk}/{decision}"


def rows(page):
    return [[cell.text for cell in row.all("th", "td")] for row in page.one("tbody").all("tr")]


def test_the_work_list_has_the_oldest_first_with_the_days_they_wait(desk, level1, outsider, caseworker):
    for user in (level1, outsider):
        an_allocation(user.licence, by=caseworker, starts_on=clock.today() - timedelta(days=3))
    saved = an_increase(level1, route=Route.CHILD_STUDENT)
    for days, user in ((3, level1), (1, outsider)):
        with after_days(-days):
            submitted(an_increase(user), by=user)
    decided = submitted(an_increase(outsider, route=Route.CHILD_STUDENT), by=outsider)
    verbs.refuse(decided, answer="No.", by=caseworker)
    found = rows(desk.read(LIST))
    assert [(row[1], row[4], row[6]) for row in found] == [
        ("University of Example", "SUBMITTED", "3 days"),
        ("Elsewhere College", "SUBMITTED", "1 day"),
        ("Elsewhere College", "REFUSED", "–"),
    ]
    assert found[0][2] == "Number requested: 5"
    assert desk.client.get(page_of(saved)).status_code == 404


def test_the_first_page_says_how_many_wait(desk, waiting):
    page = desk.read("/admin/")
    assert page.main.link("All requests to decide") == f"{LIST}?status=SUBMITTED"
    assert "Requests to decide: 1 " in page.main.text
    assert page.main.link("Request CoS/CAS increase: Student route") == page_of(waiting)


def test_the_first_page_without_requests_says_so(desk, allocation):
    assert "No requests wait for a decision." in desk.read("/admin/").main.text


def test_the_page_of_a_request_shows_what_granting_would_do(desk, waiting, allocation):
    page = desk.read(page_of(waiting))
    assert page.h1 == "Request CoS/CAS increase: Student route, University of Example"
    lines = dict(page.lines())
    assert lines["Number requested"] == "5"
    assert lines["Effect"].startswith(f"The limit of the {allocation} rises by 5, from 10 to 15.")
    assert {"Grant", "Refuse"} <= {button.text for button in page.all("a") if "govuk-button" in button["class"]}


def test_granting_carries_it_out_in_the_same_step(desk, waiting, allocation, happened):
    page = desk.send(page_of(waiting, "grant/"), number_granted="3", answer="Three are enough.")
    assert page.banners == ["Request granted and carried out"]
    allocation.refresh_from_db()
    assert allocation.granted == 13
    assert happened() == [
        ("allocation", "change_granted", "caseworker"),
        ("licence_request", "grant", "caseworker"),
        ("message", "send", "caseworker"),
    ]
    assert dict(page.lines())["Number granted"] == "3"


def test_refusing_needs_a_sentence_and_changes_nothing_else(desk, waiting, allocation, happened):
    page = desk.send(page_of(waiting, "refuse/"), answer="")
    assert page.error_of("answer") == "Enter a sentence about the decision"
    desk.send(page_of(waiting, "refuse/"), answer="You have ten unused.")
    allocation.refresh_from_db()
    assert allocation.granted == 10
    assert happened() == [("licence_request", "refuse", "caseworker"), ("message", "send", "caseworker")]


@pytest.mark.parametrize("typed", ["", "0", "many"])
def test_a_wrong_number_is_refused_beside_its_field(typed, desk, waiting, happened):
    page = desk.send(page_of(waiting, "grant/"), number_granted=typed, answer="Yes.")
    assert page.error_of("number_granted")
    assert page.typed()["answer"] == "Yes."
    assert happened() == []


def test_of_two_caseworkers_who_decide_the_second_sees_a_clear_sentence(desk, waiting, allocation, caseworker):
    held = desk.read(page_of(waiting, "grant/")).typed()
    verbs.refuse(waiting, answer="No.", by=caseworker)
    answer = desk.client.post(page_of(waiting, "grant/"), {**held, "answer": "Yes."}, follow=True)
    page = Page(answer)
    assert "Grant is no longer possible. Check the history." in page.main.text
    assert page.typed()["answer"] == "Yes."
    allocation.refresh_from_db()
    assert allocation.granted == 10


def test_a_request_that_was_withdrawn_while_the_page_was_open_is_not_granted(desk, waiting, allocation, level1):
    held = desk.read(page_of(waiting, "grant/")).typed()
    verbs.withdraw(waiting, by=level1)
    desk.client.post(page_of(waiting, "grant/"), {**held, "answer": "Yes."})
    waiting.refresh_from_db()
    assert waiting.status == "WITHDRAWN"


def test_a_frozen_request_says_so_and_can_only_be_refused(desk, waiting, licence, caseworker):
    licence.set_rating("AMBER", by=caseworker, reason="Assessed")
    page = desk.read(page_of(waiting))
    assert dict(page.lines())["Cannot be granted"].endswith("frozen while it is amber.")
    buttons = {button.text for button in page.all("a") if "govuk-button" in button["class"]}
    assert "Refuse" in buttons
    assert "Grant" not in buttons
    assert desk.client.get(page_of(waiting, "grant/")).status_code == 302


def test_a_request_about_a_surrendered_route_says_that_it_can_only_be_refused(
    desk, allocation, licence, level1, caseworker
):
    request = submitted(an_increase(level1), by=level1)
    licence.surrender_route(Route.STUDENT, by=caseworker, reason="Asked")
    page = desk.read(page_of(request))
    assert dict(page.lines())["Cannot be granted"].startswith("The licence no longer covers the Student route.")
    assert "If you grant it" not in page.main.text
    assert "Grant" not in {button.text for button in page.all("a") if "govuk-button" in button["class"]}


def test_while_the_rating_is_red_the_decision_about_a_renewal_proposes_10_percent_less(
    desk, allocation, licence, level1, caseworker
):
    with clock.set_to(noon_on(allocation.renewal_opens_on)):
        request = submitted(a_renewal(level1, 10), by=level1)
        licence.set_rating("RED", by=caseworker, reason="Assessed")
        assert desk.read(page_of(request, "grant/")).typed()["number_granted"] == "9"
        page = desk.read(f"/admin/licences/licence/{licence.pk}/grant-allocation/")
    assert "We propose 9 for the next year (10% less, because the compliance rating is red)." in page.main.text


def test_a_renewal_is_granted_with_another_number(desk, allocation, licence, level1):
    with clock.set_to(noon_on(allocation.renewal_opens_on)):
        request = submitted(a_renewal(level1, 10), by=level1)
        desk.send(page_of(request, "grant/"), number_granted="8", answer="Eight.")
    assert Allocation.objects.latest_of(licence.pk, Route.STUDENT).granted == 8


def test_a_caseworker_sets_automatic_renewal(desk, licence, happened):
    address = f"/admin/licences/licence/{licence.pk}/automatic-renewal/"
    assert dict(desk.read(f"/admin/licences/licence/{licence.pk}/").lines())["Allocations renew automatically"] == "No"
    page = desk.send(address, is_renewed_automatically="yes")
    assert page.banners == ["Automatic renewal changed"]
    assert dict(page.lines())["Allocations renew automatically"] == "Yes"
    assert happened() == [("licence", "set_automatic_renewal", "caseworker")]


@pytest.mark.parametrize(
    "query", ["?status=SUBMITTED", "?request=increase", "?status=GRANTED", "?licence__id__exact={}"]
)
def test_the_list_is_filtered(query, desk, waiting):
    page = desk.read(LIST + query.format(waiting.licence_id))
    assert ("Request CoS/CAS increase: Student route" in page.main.text) is ("GRANTED" not in query)


def test_the_number_of_statements_does_not_grow_with_the_requests(desk, allocation, level1, caseworker):
    def statements(address):
        desk.read(address)  # the first time reads more
        with CaptureQueriesContext(connection) as found:
            desk.read(address)
        return len(found)

    submitted(an_increase(level1), by=level1)
    few = {address: statements(address) for address in (LIST, "/admin/")}
    submitted(an_increase(level1, route=Route.CHILD_STUDENT), by=level1)
    for request in LicenceRequest.objects.waiting():
        verbs.refuse(request, answer="No.", by=caseworker)
    submitted(an_increase(level1), by=level1)
    submitted(an_increase(level1, route=Route.CHILD_STUDENT), by=level1)
    assert {address: statements(address) for address in few} == few


def test_the_list_counts_what_granting_would_cancel(desk, allocation, level1):
    assigned(a_cas(level1))
    submitted(an_increase(level1), a_surrender(level1, route="STUDENT"), a_surrender(level1), by=level1)
    found = {row[0]: row[3] for row in rows(desk.read(LIST))}
    assert found == {
        "Request CoS/CAS increase: Student route": "–",
        "Surrender a route: Student route": "1 CAS will be CANCELLED.",
        "Surrender the licence": "1 CAS will be CANCELLED.",
    }
