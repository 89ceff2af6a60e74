"""The return address. The provider sends browsers there by GET or POST, perhaps without a session (security, D12)."""

import pytest
from django.test import Client

from cas.models import CAS, Order
from licences.models import Event
from tests.factories import a_cas, an_order
from tests.pages import Page
from tests.payments import decided, sent_to_sandbox, silence


@pytest.fixture
def order(level1, allocation):
    return an_order(a_cas(level1), by=level1)


def address(order):
    return f"/payments/{order.reference}/return/"


def outcome(order):
    return Order.objects.get(pk=order.pk).status, CAS.objects.get().status


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("PAID", ("PAID", "ASSIGNED")),
        ("DECLINED", ("DECLINED", "READY TO GO")),
        ("CANCELLED", ("CANCELLED", "READY TO GO")),
    ],
)
def test_without_a_session_the_return_asks_the_provider_and_only_redirects(order, method, state, expected):
    decided(order, state)
    answer = getattr(Client(enforce_csrf_checks=True), method)(address(order))
    assert (answer.status_code, answer["Location"]) == (303, f"/payments/{order.reference}/")
    assert answer.content == b""
    assert not answer.cookies
    assert "no-store" in answer["Cache-Control"]
    assert outcome(order) == expected


def test_a_user_who_is_signed_in_is_led_to_the_confirmation(as_user, level1, order):
    decided(order, "PAID")
    answer = as_user(level1).get(address(order), follow=True)
    assert Page(answer).h1 == "Confirmation of assigned CAS"


def test_a_user_who_was_signed_out_meanwhile_is_led_to_sign_in(order):
    decided(order, "PAID")
    answer = Client().get(address(order), follow=True)
    assert answer.redirect_chain[-1] == (f"/sign-in/?next=/payments/{order.reference}/", 302)
    assert "Nguyễn" not in answer.content.decode()


@pytest.mark.parametrize("method", ["get", "post"])
def test_values_sent_by_the_browser_do_not_count(order, method):
    sent_to_sandbox(order)
    answer = getattr(Client(), method)(address(order), {"status": "paid", "state": "PAID", "amount": "5500"})
    assert answer.status_code == 303
    assert outcome(order) == ("OPEN", "READY TO GO")


def test_returning_twice_assigns_the_cas_once(order):
    decided(order, "PAID")
    for _ in range(2):
        assert Client().get(address(order)).status_code == 303
    assert Event.objects.filter(kind="cas", verb="assign").count() == 1


def test_when_the_provider_does_not_answer_the_return_still_redirects(order):
    decided(order, "PAID")
    with silence():
        assert Client().get(address(order)).status_code == 303
    assert outcome(order) == ("OPEN", "READY TO GO")


def test_when_the_provider_reports_another_amount_the_return_redirects_and_settles_nothing(order):
    payment = decided(order, "PAID")
    type(payment).objects.update(amount_pence=1)
    assert Client().get(address(order)).status_code == 303
    assert outcome(order) == ("OPEN", "READY TO GO")


def test_an_unknown_order_is_not_found(db):
    assert Client().get("/payments/SMS-000000000000000000000000/return/").status_code == 404
