"""The pages on which a Level 1 user asks, submits, follows and withdraws (specification, sections 7 and 9)."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from licences.licence_requests import verbs
from licences.models import Draft, Event, LicenceRequest
from licences.routes import Route
from sms.core import clock
from tests.days import noon_on
from tests.factories import an_allocation
from tests.licences.factories import a_renewal, an_increase, in_state, submitted
from tests.pages import Page

pytestmark = pytest.mark.django_db

LIST, INCREASE, RENEWAL = "/licence/requests/", "/licence/requests/increase/", "/licence/requests/renewal/"
ADD = "/licence/requests/new/increase/STUDENT/"


@pytest.fixture
def client(as_user, level1):
    return as_user(level1)


def read(client, address):
    answer = client.get(address)
    assert answer.status_code == 200, answer.status_code
    return Page(answer)


def send(client, address, **typed):
    """Send the form at this address with what the page holds and these changes. Return the page that follows."""
    held = read(client, address).typed()
    return Page(client.post(address, {**held, **typed}, follow=True))


# Each move over HTTP: who may make it, from which status. Everything else is refused and changes nothing.

STATUSES = ("SAVED", "SUBMITTED", "WITHDRAWN", "GRANTED", "REFUSED")
MOVES = {
    "edit": ({"SAVED"}, "SAVED", "level1"),
    "delete": ({"SAVED"}, None, "level1"),
    "submit": ({"SAVED"}, "SUBMITTED", "level1"),
    "withdraw": ({"SUBMITTED"}, "WITHDRAWN", "level1"),
    "grant": ({"SUBMITTED"}, "GRANTED", "caseworker"),
    "refuse": ({"SUBMITTED"}, "REFUSED", "caseworker"),
}
USERS = ("level1", "level2", "colleague", "outsider", "caseworker")


def make(move, client, request):
    """Send what the page of this move would send, to the page that answers it."""
    address = f"/licence/requests/{request.pk}/{move}/"
    if move == "edit":
        data = {"number_requested": "9", "reasons": "Other", "version": str(request.version)}
        return client.post(address, data)
    if move == "submit":
        return client.post(INCREASE, {"requests": f"{request.pk}-{request.version}"})
    if move in {"grant", "refuse"}:
        seen = Event.objects.about("licence_request", request.pk).last().pk
        data = {"number_granted": "2", "answer": "Decided.", "seen": str(seen)}
        return client.post(f"/admin/licences/licencerequest/{request.pk}/{move}/", data)
    return client.post(address)


@pytest.mark.parametrize("status", STATUSES)
def test_each_move_is_made_only_by_the_right_user_from_the_right_status(
    status, allocation, level1, caseworker, as_user, case, request
):
    users = {name: request.getfixturevalue(name) for name in USERS}
    row = in_state(status, an_increase(level1), by=level1, caseworker=caseworker)
    clients = {name: as_user(user) for name, user in users.items()}
    for move, (sources, target, who) in MOVES.items():
        for name, browser in clients.items():
            with case(move=move, user=name):
                events = Event.objects.filter(kind="licence_request").count()
                answer = make(move, browser, row)
                assert answer.status_code < 500
                now = LicenceRequest.objects.filter(pk=row.pk).values_list("status", flat=True).first()
                is_made = status in sources and name == who
                assert now == (target if is_made else status)
                assert Event.objects.filter(kind="licence_request").count() == events + is_made
                if name in {"level2", "colleague"} and move not in {"grant", "refuse"}:
                    assert answer.status_code == 403


# Asking


def test_a_request_is_saved_and_the_list_shows_it(client, allocation, level1):
    page = send(client, ADD, number_requested="1,200", reasons="More students applied")
    assert page.h1 == "Request CoS/CAS increase"
    assert page.banners == ["The request is saved. The Home Office does not see it until you submit it."]
    request = LicenceRequest.objects.get()
    assert (request.details["number_requested"], request.reasons) == (1200, "More students applied")
    assert "Number requested: 1,200" in page.main.text
    assert page.main.buttons("Submit")


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("number_requested", "", "Enter the number requested"),
        ("number_requested", "0", "Number requested must be a whole number from 1 to 1,000,000"),
        ("number_requested", "ten", "Number requested must be a whole number from 1 to 1,000,000"),
        ("reasons", " ", "Give reasons for the request"),
        ("reasons", "x" * 2001, "Give reasons must be 2,000 characters or fewer"),
    ],
)
def test_wrong_input_has_a_sentence_beside_its_field_and_loses_nothing(field, typed, sentence, client, allocation):
    page = send(client, ADD, **{"number_requested": "12", "reasons": "Reasons", field: typed})
    assert page.error_of(field).startswith(sentence.partition(" must be 2,000")[0])
    assert page.summary[0][1] == f"#id_{field}"
    assert page.typed()[field].strip() == typed.strip()
    assert not LicenceRequest.objects.exists()


def test_what_is_typed_is_kept_as_a_draft_until_it_is_saved(client, allocation):
    held = read(client, ADD).typed()
    answer = client.post(ADD, {**held, "number_requested": "7"}, headers={"X-Keep-Draft": "yes"})
    assert answer.status_code == 200
    assert Draft.objects.open().count() == 1
    assert read(client, ADD).typed()["number_requested"] == "7"
    send(client, ADD, number_requested="8", reasons="Enough")
    assert not Draft.objects.open().exists()
    assert LicenceRequest.objects.get().details["number_requested"] == 8


def test_a_form_that_is_sent_twice_saves_one_request(client, allocation):
    held = {**read(client, ADD).typed(), "number_requested": "7", "reasons": "Twice"}
    for _ in range(2):
        assert client.post(ADD, held).status_code == 302
    assert LicenceRequest.objects.count() == 1


def test_a_second_request_for_the_same_route_is_refused_in_the_form(client, allocation, level1):
    page = read(client, ADD)
    an_increase(level1)
    page = Page(client.post(ADD, {**page.typed(), "number_requested": "7", "reasons": "Second"}))
    assert "Your sponsor already has an open request for this." in page.summary[0][0]
    assert page.typed()["reasons"] == "Second"


def test_the_list_offers_each_route_once(client, allocation, level1):
    page = read(client, INCREASE)
    assert page.main.link("Request an increase for the Student route") == ADD
    assert page.main.link("Request an increase for the Child Student route")
    assert not page.main.buttons("Submit")
    submitted(an_increase(level1), by=level1)
    page = read(client, INCREASE)
    assert "Request an increase for the Student route" not in page.main.text
    assert page.main.link("See or withdraw the request: Request CoS/CAS increase: Student route")


def test_several_requests_are_submitted_together_by_one_button(client, allocation, level1):
    an_increase(level1), an_increase(level1, route=Route.CHILD_STUDENT)
    page = read(client, INCREASE)
    page = Page(client.post(INCREASE, page.typed(), follow=True))
    assert page.banners == ["2 requests have been submitted to the Home Office. See your requests"]
    assert set(LicenceRequest.objects.values_list("status", flat=True)) == {"SUBMITTED"}


@pytest.mark.parametrize("sent", [{}, {"requests": "x"}, {"requests": "1-2-3"}, {"requests": "9" * 40 + "-1"}])
def test_submitting_nothing_or_nonsense_is_refused_with_a_sentence(sent, client, allocation, level1):
    an_increase(level1)
    (banner,) = Page(client.post(INCREASE, sent, follow=True)).banners
    assert banner
    assert LicenceRequest.objects.get().status == "SAVED"


def test_a_saved_request_is_changed_and_deleted(client, allocation, level1):
    request = an_increase(level1)
    address = f"/licence/requests/{request.pk}/edit/"
    assert read(client, address).typed()["number_requested"] == "5"
    send(client, address, number_requested="6")
    request.refresh_from_db()
    assert (request.details["number_requested"], request.version) == (6, 2)
    page = Page(client.post(f"/licence/requests/{request.pk}/delete/", follow=True))
    assert page.banners == ["The saved request is deleted."]
    assert not LicenceRequest.objects.exists()


def test_a_stale_change_says_who_was_first_and_can_then_replace_it(client, allocation, level1):
    request = an_increase(level1)
    address = f"/licence/requests/{request.pk}/edit/"
    held = read(client, address).typed()
    verbs.amend(request, details={"number_requested": 7}, reasons="More", version=1, by=level1)
    page = Page(client.post(address, {**held, "number_requested": "9"}))
    assert "Level1 changed this request on" in page.main.text
    assert page.typed()["number_requested"] == "9"
    client.post(address, page.typed())
    request.refresh_from_db()
    assert request.details["number_requested"] == 9


@pytest.mark.parametrize("address", ["increase/OTHER/", "increase/CHILD_STUDENT/x/", "nothing/", "nothing/STUDENT/"])
def test_an_unknown_kind_or_route_is_not_found(address, client, allocation):
    assert client.get(f"/licence/requests/new/{address}").status_code == 404


def test_a_route_that_is_not_licensed_leads_back_with_the_reason(client, allocation, licence, caseworker):
    licence.surrender_route(Route.CHILD_STUDENT, by=caseworker, reason="Because")
    page = Page(client.get("/licence/requests/new/increase/CHILD_STUDENT/", follow=True))
    assert page.banners == ["The licence does not cover the Child Student route."]
    assert "Child Student" not in page.one("main").all("section")[0].text


def test_while_the_rating_is_amber_the_page_says_that_requests_are_frozen(
    client, allocation, licence, level1, caseworker
):
    waiting = submitted(an_increase(level1, route=Route.CHILD_STUDENT), by=level1)
    an_increase(level1)
    licence.set_rating("AMBER", by=caseworker, reason="Assessed")
    frozen = "Requests for an increase are frozen while it is amber."
    page = read(client, INCREASE)
    assert frozen in page.main.text
    assert not page.main.buttons("Submit")
    assert frozen in read(client, f"/licence/requests/{waiting.pk}/").main.text


def test_renewal_shows_the_proposed_number_and_the_year(client, allocation, licence, level1, caseworker):
    assert "Its renewal can be requested from" in read(client, RENEWAL).main.text
    licence.set_rating("RED", by=caseworker, reason="Assessed")
    with clock.set_to(noon_on(allocation.renewal_opens_on)):
        page = read(client, "/licence/requests/new/renewal/STUDENT/")
        assert page.h1 == "Request renewal of annual CoS/CAS allocations"
        sentence = "We propose 9 places: 10% less than the last total, because the compliance rating is red."
        assert sentence in page.main.text
        assert page.typed()["number_requested"] == "9"
        page = send(client, "/licence/requests/new/renewal/STUDENT/", number_requested="10")
        assert page.error_of("reasons") == "Give reasons for asking for more than 9"
        send(client, "/licence/requests/new/renewal/STUDENT/", number_requested="10", reasons="New courses")
    assert LicenceRequest.objects.get().details["number_requested"] == 10


def test_the_renewal_page_says_that_the_allocations_renew_automatically(client, allocation, licence, caseworker):
    licence.set_automatic_renewal(True, by=caseworker)
    with clock.set_to(noon_on(allocation.renewal_opens_on)):
        page = read(client, "/licence/requests/new/renewal/STUDENT/")
    assert "Your allocations renew automatically." in page.main.text


# Following


def test_tracking_shows_states_dates_and_the_decision(client, allocation, level1, caseworker):
    refused = submitted(an_increase(level1), by=level1)
    verbs.refuse(refused, answer="You have 10 places unused.", by=caseworker)
    submitted(an_increase(level1, 6), by=level1)
    page = read(client, LIST)
    assert page.h1 == "Applications and renewals tracking"
    open_, closed = (row.text for row in page.one("tbody").all("tr"))
    assert "SUBMITTED" in open_
    assert "Number requested: 6" in open_
    assert "REFUSED" in closed
    assert "You have 10 places unused." in closed


def test_without_requests_tracking_says_what_would_be_there(client, allocation):
    assert "There are no requests yet." in read(client, LIST).main.text


def test_the_page_of_a_request_shows_what_granting_would_do_and_its_history(client, allocation, level1):
    request = submitted(an_increase(level1), by=level1)
    page = read(client, f"/licence/requests/{request.pk}/")
    assert page.h1 == "Request CoS/CAS increase: Student route"
    assert f"The limit of the {allocation} rises by 5, from 10 to 15." in page.main.text
    assert [entry.all("b")[0].text for entry in page.all(of="sms-timeline__entry")] == ["Submitted", "Saved"]


def test_withdrawing_asks_first_and_is_shown(client, allocation, level1):
    request = submitted(an_increase(level1), by=level1)
    address = f"/licence/requests/{request.pk}/withdraw/"
    assert read(client, address).main.buttons("Withdraw")
    page = Page(client.post(address, follow=True))
    assert page.banners == ["The request is withdrawn. You can make a new request."]
    assert "WITHDRAWN" in page.main.text


def test_a_move_that_is_no_longer_possible_leads_to_the_request_with_the_reason(client, allocation, level1, caseworker):
    request = submitted(an_increase(level1), by=level1)
    verbs.refuse(request, answer="No.", by=caseworker)
    for move, name in (("withdraw", "Withdraw"), ("delete", "Delete")):
        for ask in (client.get, client.post):
            page = Page(ask(f"/licence/requests/{request.pk}/{move}/", follow=True))
            assert page.banners == [f"This request is REFUSED: {name} is not possible."]
    assert client.get(f"/licence/requests/{request.pk}/edit/")["Location"] == f"/licence/requests/{request.pk}/"


def test_the_number_of_statements_does_not_grow_with_the_requests(client, allocation, licence, level1, caseworker):
    def statements():
        client.get(LIST)
        with CaptureQueriesContext(
            connection,
        ) as found:
            client.get(LIST)
        return len(found)

    verbs.refuse(submitted(an_increase(level1), by=level1), answer="No.", by=caseworker)
    few = statements()
    an_allocation(licence, route=Route.CHILD_STUDENT, by=caseworker)
    for _ in range(10):
        verbs.grant(submitted(an_increase(level1), by=level1), answer="Yes.", number_granted=1, by=caseworker)
    an_increase(level1, route=Route.CHILD_STUDENT)
    with clock.set_to(noon_on(allocation.renewal_opens_on)):
        a_renewal(level1)
    assert statements() == few


def test_the_home_of_students_links_to_the_request_for_level_1_users_only(client, as_user, level2, allocation):
    assert read(client, "/students/").main.link("Request CoS/CAS increase") == INCREASE
    assert "Request CoS/CAS increase" not in read(as_user(level2), "/students/").main.text
