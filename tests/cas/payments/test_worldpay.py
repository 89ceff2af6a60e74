"""Paying at Worldpay, through the portal's own addresses, with a stand-in that follows Worldpay's descriptions."""

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
    """Opened by `OK`; its payer has arrived at Worldpay's page."""
    address = f"/students/cas/{cas.pk}/online-payment/"
    answer = client.post(address, Page(client.get(address)).typed())
    assert (answer.status_code, answer["Location"]) == (302, f"{worldpay.origin}/page/{worldpay.page.key}")
    return Order.objects.get()


def send(headers, body):
    """An event, as it arrives: without a session."""
    kind = headers["Content-Type"]
    return Client(enforce_csrf_checks=True).post(CALLBACK, body, kind, headers=headers).status_code


def comes_back(to):
    """A browser, sent to the address, perhaps without a session."""
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


def test_the_page_is_asked_for_as_worldpay_describes_it(order, worldpay):
    ((method, path, headers),) = worldpay.calls
    assert (method, path) == ("POST", "/payment_pages")
    assert headers["Content-Type"] == headers["Accept"] == ours.PAGES
    asked = dict(worldpay.page.asked)
    assert asked.pop("transactionReference").startswith(f"{order.reference}.")
    assert int(asked.pop("expiry")) == pytest.approx(20 * 60, abs=10)
    assert set(asked.pop("resultURLs").values()) == {f"http://testserver/payments/{order.reference}/return/"}
    assert asked == {
        "merchant": {"entity": "POstandin"},
        "narrative": {"line1": "Example Sponsorship"},
        "value": {"currency": "GBP", "amount": 5500},
        "description": "1 Confirmation of Acceptance for Studies",
    }


def test_nothing_about_the_student_goes_to_worldpay(order, worldpay):
    assert "Nguyễn" not in str(worldpay.page.asked)


def test_it_closes_early_enough_that_silence_means_unpaid(order):
    assert ours.PAGE_LIFE + ours.LAG <= chasing.SILENCE


def test_continuing_later_leads_to_the_same_page_which_closes_when_it_would_have(order, worldpay, client):
    address = worldpay.page.asked["resultURLs"]["successURL"].replace("return", "continue")
    assert client.post(address)["Location"] == order.payment_url
    with clock.set_to(order.opened_at + timedelta(minutes=15)):
        Order.objects.update(payment_url="")
        client.post(address)
    assert int(worldpay.page.asked["expiry"]) == 5 * 60


def test_a_page_that_has_closed_is_not_shown_any_more(order, client):
    with clock.set_to(order.opened_at + timedelta(minutes=21)):
        page = Page(client.post(f"/payments/{order.reference}/continue/", follow=True))
    assert "The time to pay has passed. Cancel this payment, then select Assign again." in page.main.text


# Paying


def test_paid_and_told_the_cas_is_assigned(order, worldpay, client):
    back = worldpay.choose("Pay")
    assert worldpay.deliver(send) == [200, 200, 200]
    assert outcome() == ("PAID", "ASSIGNED")
    assert books() == (0, 1)
    assert Page(client.get(back, follow=True)).h1 == "Confirmation of assigned CAS"


def test_paid_and_not_told_the_return_asks(order, worldpay):
    comes_back(worldpay.choose("Pay"))
    assert outcome() == ("PAID", "ASSIGNED")


def test_paid_and_not_told_and_not_back_the_job_asks(order, worldpay):
    worldpay.choose("Pay")
    chase(order, minutes=31)
    assert outcome() == ("PAID", "ASSIGNED")


def test_the_return_may_come_before_anybody_knows(order, worldpay, client):
    worldpay.lag_seconds = 60
    back = worldpay.choose("Pay")
    page = Page(client.get(back, follow=True))
    assert page.h1 == "Payment in progress"
    worldpay.wait(minutes=1)
    answer = client.post(f"/payments/{order.reference}/check/", follow=True)
    assert Page(answer).h1 == "Confirmation of assigned CAS"


def test_events_come_in_any_order(order, worldpay, case):
    for events in permutations(["sentForAuthorization", "authorized", "sentForSettlement", "settled"]):
        with case(events=events):
            worldpay.outbox = [worldpay.event(event) for event in events]
            assert set(worldpay.deliver(send)) == {200}
            assert outcome() == ("PAID", "ASSIGNED")
            assert books() == (0, 1)


def test_events_come_twice_and_late(order, worldpay):
    worldpay.choose("Pay")
    worldpay.outbox *= 2
    worldpay.deliver(send)
    with clock.set_to(order.opened_at + timedelta(days=7)):
        worldpay.outbox.append(worldpay.event("sentForSettlement"))
        assert worldpay.deliver(send) == [200]
    assert outcome() == ("PAID", "ASSIGNED")
    assert books() == (0, 1)
    assert Event.objects.filter(kind="cas", verb="assign").count() == 1


def test_what_was_not_acknowledged_comes_again(order, worldpay):
    worldpay.choose("Pay")
    assert worldpay.deliver(lambda *_: 503) == [503, 503, 503]
    assert outcome() == ("OPEN", "READY TO GO")
    worldpay.deliver(send)
    assert worldpay.outbox == []
    assert outcome() == ("PAID", "ASSIGNED")


# Not paying


@pytest.mark.parametrize("is_told", [True, False], ids=["told", "asked"])
@pytest.mark.parametrize(
    ("choice", "status"),
    [
        ("Pay with a card that is refused", "DECLINED"),
        ("Pay while something breaks", "DECLINED"),
        ("Pay with a wrong code", "CANCELLED"),
    ],
)
def test_a_payment_that_fails_leaves_the_cas_as_it_was(choice, status, is_told, order, worldpay):
    back = worldpay.choose(choice)
    if is_told:
        worldpay.deliver(send)
    else:
        comes_back(back)
    assert outcome() == (status, "READY TO GO")
    assert books() == (0, 0)


def test_authorized_is_not_paid_yet(order, worldpay):
    worldpay.happens("sentForAuthorization")
    worldpay.happens("authorized")
    worldpay.deliver(send)
    comes_back(worldpay.page.asked["resultURLs"]["successURL"])
    assert outcome() == ("OPEN", "READY TO GO")


def test_another_card_on_the_same_page_after_a_refusal_is_paid(order, worldpay):
    for choice in ("Pay with a card that is refused", "Pay"):
        comes_back(worldpay.choose(choice))
    worldpay.deliver(send)
    assert outcome() == ("PAID", "ASSIGNED")


@pytest.mark.parametrize("event", ["refused", "error", "expired", "cancelled", "settlementFailed", "sentForRefund"])
def test_nothing_undoes_a_payment(event, order, worldpay):
    worldpay.choose("Pay")
    worldpay.happens(event) if event != "expired" else worldpay.outbox.append(worldpay.event(event))
    assert set(worldpay.deliver(send)) == {200}
    assert outcome() == ("PAID", "ASSIGNED")


def test_cancelled_on_the_page_the_order_waits_for_the_user_to_cancel_it(order, worldpay, client):
    page = Page(client.get(worldpay.choose("Cancel"), follow=True))
    assert page.h1 == "Payment in progress"
    client.post(f"/payments/{order.reference}/cancel/")
    assert outcome() == ("CANCELLED", "READY TO GO")
    assert books() == (0, 0)


def test_who_pays_after_the_order_was_cancelled_has_their_cas(order, worldpay, client):
    """Worldpay cannot take a page back."""
    client.post(f"/payments/{order.reference}/cancel/")
    comes_back(worldpay.choose("Pay"))
    assert outcome() == ("PAID", "ASSIGNED")
    assert books() == (0, 1)


def test_who_pays_twice_is_owed_the_money(order, worldpay, client, cas):
    """Two orders for one CAS, one after the other, both paid in the end."""
    first = worldpay.page
    client.post(f"/payments/{order.reference}/cancel/")
    client.post(f"/students/cas/{cas.pk}/online-payment/", {"version": cas.version})
    for page in (worldpay.page, first):
        worldpay.choose("Pay", page)
    worldpay.deliver(send)
    assert sorted(Order.objects.values_list("status", flat=True)) == ["PAID", "REFUND DUE"]


# Silence


def test_a_page_that_was_left_lapses_when_its_time_is_over_and_not_before(order, worldpay):
    chase(order, minutes=29)
    assert outcome() == ("OPEN", "READY TO GO")
    chase(order, minutes=31)
    assert outcome() == ("LAPSED", "READY TO GO")
    assert books() == (0, 0)
    worldpay.wait(minutes=31)
    comes_back(worldpay.choose("Pay"))  # too late: the page only sends the browser back
    assert outcome() == ("LAPSED", "READY TO GO")


def test_nothing_known_while_the_page_is_open_is_not_unpaid(order, worldpay, client):
    with clock.set_to(order.opened_at + timedelta(minutes=29)):
        client.post(f"/payments/{order.reference}/check/")
    assert outcome() == ("OPEN", "READY TO GO")


def test_its_twin_taking_nothing_known_for_unpaid_would_lapse_a_paid_order(order, worldpay, client, monkeypatch):
    monkeypatch.setattr(ours, "LAG", -ours.PAGE_LIFE)
    worldpay.lag_seconds = 60
    worldpay.choose("Pay")
    client.post(f"/payments/{order.reference}/check/")
    assert outcome() == ("LAPSED", "READY TO GO")


def test_a_payment_that_stays_undecided_is_given_a_day(order, worldpay):
    worldpay.happens("authorized")
    chase(order, minutes=31)
    assert outcome() == ("OPEN", "READY TO GO")
    chase(order, hours=24)
    assert outcome() == ("LAPSED", "READY TO GO")
    worldpay.happens("sentForSettlement")
    worldpay.deliver(send)
    assert outcome() == ("PAID", "ASSIGNED")


def test_ten_minutes_out_of_reach_lose_nothing(order, worldpay):
    worldpay.trouble = 503
    comes_back(worldpay.choose("Pay"))
    chase(order, minutes=31)
    assert outcome() == ("OPEN", "READY TO GO")
    worldpay.trouble = None
    chase(order, minutes=41)
    assert outcome() == ("PAID", "ASSIGNED")
