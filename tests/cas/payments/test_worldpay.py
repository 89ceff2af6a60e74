"""Paying at Worldpay through the addresses of the portal, with a stand-in that follows its documentation."""

from datetime import timedelta
from itertools import permutations

import pytest
from django.test import Client

from cas import regular_jobs
from cas.models import CAS, Order
from cas.payments import chasing
from cas.payments.providers import worldpay as ours
from licences.models import Allocation, Event
from sms.core import clock
from tests.factories import a_cas
from tests.pages import Page

CALLBACK = "/payments/callback/worldpay/"
RETURN_URL = "http://testserver/return"


@pytest.fixture
def cas(level1, allocation):
    return a_cas(level1)


@pytest.fixture
def client(as_user, level1):
    return as_user(level1)


@pytest.fixture
def order(worldpay, client, cas):
    """Open an order with `OK`, which leads to the page of Worldpay. Return the order."""
    address = f"/students/cas/{cas.pk}/online-payment/"
    answer = client.post(address, Page(client.get(address)).typed())
    assert (answer.status_code, answer["Location"]) == (302, f"{worldpay.origin}/page/{worldpay.page.key}")
    return Order.objects.get()


def send(headers, body):
    """Send an event to the callback address without a session. Return the status of the answer."""
    kind = headers["Content-Type"]
    return Client(enforce_csrf_checks=True).post(CALLBACK, body, kind, headers=headers).status_code


def return_without_session(to):
    """Open the address in a browser without a session, and check that it is redirected."""
    answer = Client().get(to)
    assert answer.status_code == 303
    return answer


def outcome():
    return Order.objects.get().status, CAS.objects.get().status


def books():
    allocation = Allocation.objects.get()
    return allocation.held, allocation.used


def chase(order, **after):
    with clock.set_to(order.opened_at + timedelta(**after)):
        return regular_jobs.chase_silent_orders()


# The page


def test_the_request_for_a_page_is_as_worldpay_documents_it(order, worldpay):
    ((method, path, headers),) = worldpay.calls
    assert (method, path) == ("POST", "/payment_pages")
    assert headers["Content-Type"] == headers["Accept"] == ours.PAGES
    request = dict(worldpay.page.asked)
    assert request.pop("transactionReference").startswith(f"{order.reference}.")
    assert int(request.pop("expiry")) == pytest.approx(20 * 60, abs=10)
    assert set(request.pop("resultURLs").values()) == {f"http://testserver/payments/{order.reference}/return/"}
    assert request == {
        "merchant": {"entity": "POstandin"},
        "narrative": {"line1": "Example Sponsorship"},
        "value": {"currency": "GBP", "amount": 5500},
        "description": "1 Confirmation of Acceptance for Studies",
    }


def test_no_detail_of_the_student_is_sent_to_worldpay(order, worldpay):
    assert "Nguyễn" not in str(worldpay.page.asked)


def test_the_page_closes_before_the_portal_takes_silence_for_unpaid(order):
    assert ours.PAGE_LIFE + ours.LAG <= chasing.SILENCE


def test_continuing_a_payment_later_does_not_extend_the_time_to_pay(order, worldpay, client):
    address = worldpay.page.asked["resultURLs"]["successURL"].replace("return", "continue")
    assert client.post(address)["Location"] == order.payment_url
    with clock.set_to(order.opened_at + timedelta(minutes=15)):
        Order.objects.update(payment_url="")
        client.post(address)
    assert int(worldpay.page.asked["expiry"]) == 5 * 60


def test_a_page_that_has_closed_is_no_longer_shown(order, client):
    with clock.set_to(order.opened_at + timedelta(minutes=21)):
        page = Page(client.post(f"/payments/{order.reference}/continue/", follow=True))
    assert "The time to pay has passed. Cancel this payment, then select Assign again." in page.main.text


# Paying


def test_a_paid_cas_is_assigned_when_the_callback_arrives(order, worldpay, client):
    back = worldpay.choose("Pay")
    assert worldpay.deliver(send) == [200, 200, 200]
    assert outcome() == ("PAID", "ASSIGNED")
    assert books() == (0, 1)
    assert Page(client.get(back, follow=True)).h1 == "Confirmation of assigned CAS"


def test_without_a_callback_the_return_of_the_browser_settles_the_order(order, worldpay):
    return_without_session(worldpay.choose("Pay"))
    assert outcome() == ("PAID", "ASSIGNED")


def test_without_a_callback_or_a_return_the_job_settles_the_order(order, worldpay):
    worldpay.choose("Pay")
    chase(order, minutes=31)
    assert outcome() == ("PAID", "ASSIGNED")


def test_the_browser_may_return_before_worldpay_reports_the_payment(order, worldpay, client):
    worldpay.lag_seconds = 60
    back = worldpay.choose("Pay")
    page = Page(client.get(back, follow=True))
    assert page.h1 == "Payment in progress"
    worldpay.wait(minutes=1)
    answer = client.post(f"/payments/{order.reference}/check/", follow=True)
    assert Page(answer).h1 == "Confirmation of assigned CAS"


def test_events_may_arrive_in_any_order(order, worldpay, case):
    for events in permutations(["sentForAuthorization", "authorized", "sentForSettlement", "settled"]):
        with case(events=events):
            worldpay.outbox = [worldpay.event(event) for event in events]
            assert set(worldpay.deliver(send)) == {200}
            assert outcome() == ("PAID", "ASSIGNED")
            assert books() == (0, 1)


def test_events_that_arrive_twice_or_late_change_nothing_more(order, worldpay):
    worldpay.choose("Pay")
    worldpay.outbox *= 2
    worldpay.deliver(send)
    with clock.set_to(order.opened_at + timedelta(days=7)):
        worldpay.outbox.append(worldpay.event("sentForSettlement"))
        assert worldpay.deliver(send) == [200]
    assert outcome() == ("PAID", "ASSIGNED")
    assert books() == (0, 1)
    assert Event.objects.filter(kind="cas", verb="assign").count() == 1


def test_an_event_that_was_not_acknowledged_is_sent_again(order, worldpay):
    worldpay.choose("Pay")
    assert worldpay.deliver(lambda *_: 503) == [503, 503, 503]
    assert outcome() == ("OPEN", "READY TO GO")
    worldpay.deliver(send)
    assert worldpay.outbox == []
    assert outcome() == ("PAID", "ASSIGNED")


# Not paying


@pytest.mark.parametrize("has_callback", [True, False], ids=["callback", "return"])
@pytest.mark.parametrize(
    ("choice", "status"),
    [
        ("Pay with a card that is refused", "DECLINED"),
        ("Pay while something breaks", "DECLINED"),
        ("Pay with a wrong code", "CANCELLED"),
    ],
)
def test_a_payment_that_fails_does_not_change_the_cas(choice, status, has_callback, order, worldpay):
    back = worldpay.choose(choice)
    if has_callback:
        worldpay.deliver(send)
    else:
        return_without_session(back)
    assert outcome() == (status, "READY TO GO")
    assert books() == (0, 0)


def test_a_payment_that_is_only_authorized_is_not_paid_yet(order, worldpay):
    worldpay.happens("sentForAuthorization")
    worldpay.happens("authorized")
    worldpay.deliver(send)
    return_without_session(worldpay.page.asked["resultURLs"]["successURL"])
    assert outcome() == ("OPEN", "READY TO GO")


def test_a_second_card_on_the_same_page_can_pay_after_the_first_was_refused(order, worldpay):
    for choice in ("Pay with a card that is refused", "Pay"):
        return_without_session(worldpay.choose(choice))
    worldpay.deliver(send)
    assert outcome() == ("PAID", "ASSIGNED")


@pytest.mark.parametrize("event", ["refused", "error", "expired", "cancelled", "settlementFailed", "sentForRefund"])
def test_no_later_event_undoes_a_payment(event, order, worldpay):
    worldpay.choose("Pay")
    worldpay.happens(event) if event != "expired" else worldpay.outbox.append(worldpay.event(event))
    assert set(worldpay.deliver(send)) == {200}
    assert outcome() == ("PAID", "ASSIGNED")


def test_an_order_cancelled_on_the_page_stays_open_until_the_user_cancels_it(order, worldpay, client):
    page = Page(client.get(worldpay.choose("Cancel"), follow=True))
    assert page.h1 == "Payment in progress"
    client.post(f"/payments/{order.reference}/cancel/")
    assert outcome() == ("CANCELLED", "READY TO GO")
    assert books() == (0, 0)


def test_a_payment_made_after_the_order_was_cancelled_assigns_the_cas(order, worldpay, client):
    """Worldpay cannot close a page early."""
    client.post(f"/payments/{order.reference}/cancel/")
    return_without_session(worldpay.choose("Pay"))
    assert outcome() == ("PAID", "ASSIGNED")
    assert books() == (0, 1)


def test_a_second_payment_for_the_same_cas_is_owed_back(order, worldpay, client, cas):
    """A user cancels an order, opens a second one for the same CAS, and pays both."""
    first = worldpay.page
    client.post(f"/payments/{order.reference}/cancel/")
    client.post(f"/students/cas/{cas.pk}/online-payment/", {"version": cas.version})
    for page in (worldpay.page, first):
        worldpay.choose("Pay", page)
    worldpay.deliver(send)
    assert sorted(Order.objects.values_list("status", flat=True)) == ["PAID", "REFUND DUE"]


# Silence


def test_an_order_whose_page_was_left_lapses_once_the_time_to_pay_has_passed(order, worldpay):
    chase(order, minutes=29)
    assert outcome() == ("OPEN", "READY TO GO")
    chase(order, minutes=31)
    assert outcome() == ("LAPSED", "READY TO GO")
    assert books() == (0, 0)
    worldpay.wait(minutes=31)
    return_without_session(worldpay.choose("Pay"))  # too late: the page only sends the browser back
    assert outcome() == ("LAPSED", "READY TO GO")


def test_an_unknown_payment_is_not_unpaid_while_the_page_is_open(order, worldpay, client):
    with clock.set_to(order.opened_at + timedelta(minutes=29)):
        client.post(f"/payments/{order.reference}/check/")
    assert outcome() == ("OPEN", "READY TO GO")


def test_its_twin_if_unknown_meant_unpaid_a_paid_order_would_lapse(order, worldpay, client, monkeypatch):
    monkeypatch.setattr(ours, "LAG", -ours.PAGE_LIFE)
    worldpay.lag_seconds = 60
    worldpay.choose("Pay")
    client.post(f"/payments/{order.reference}/check/")
    assert outcome() == ("LAPSED", "READY TO GO")


def test_an_undecided_payment_lapses_only_after_a_day(order, worldpay):
    worldpay.happens("authorized")
    chase(order, minutes=31)
    assert outcome() == ("OPEN", "READY TO GO")
    chase(order, hours=24)
    assert outcome() == ("LAPSED", "READY TO GO")
    worldpay.happens("sentForSettlement")
    worldpay.deliver(send)
    assert outcome() == ("PAID", "ASSIGNED")


def test_no_payment_is_lost_if_worldpay_is_out_of_reach_for_ten_minutes(order, worldpay):
    worldpay.trouble = 503
    return_without_session(worldpay.choose("Pay"))
    chase(order, minutes=31)
    assert outcome() == ("OPEN", "READY TO GO")
    worldpay.trouble = None
    chase(order, minutes=41)
    assert outcome() == ("PAID", "ASSIGNED")
