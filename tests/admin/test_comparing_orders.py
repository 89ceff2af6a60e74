"""Orders for which the payment service's report differs from the portal, and what caseworkers do about them."""

import pytest

from cas.lifecycle import PaymentState
from cas.models import CAS, Order
from cas.payments import checkout
from cas.payments.provider import BadCallback, ProviderReport
from tests.factories import a_cas, an_order
from tests.payments import decided, sent_to_sandbox, silence

TITLE = "Orders that differ from the payment service's records"
NO_ANSWER = "The payment service is not responding. Try again later."


@pytest.fixture
def order(level2, allocation):
    order = an_order(a_cas(level2), by=level2)
    sent_to_sandbox(order)
    return order


@pytest.fixture
def underpaid(order):
    with pytest.raises(BadCallback):
        checkout.apply_report(ProviderReport(order.reference, PaymentState.PAID, 5499), order)
    return order


def page(order, decision=""):
    return f"/admin/cas/order/{order.pk}/{decision}"


def row(order):
    return Order.objects.get(pk=order.pk)


def test_the_first_page_and_the_filtered_list_name_an_order_that_differs(desk, underpaid, level2):
    other = an_order(a_cas(level2), by=level2)
    for address in ("/admin/", "/admin/cas/order/?compared=differing"):
        shown = desk.read(address).main.text
        assert underpaid.reference in shown
        assert other.reference not in shown
        assert "Paid: £54.99" in shown
    assert TITLE in desk.read("/admin/").main.text


def test_the_first_page_says_when_no_order_differs(desk, order):
    assert "No orders differ." in desk.read("/admin/").main.text


def test_the_page_of_an_order_shows_the_last_report_and_its_time(desk, underpaid):
    shown = dict(desk.read(page(underpaid)).main.lines())
    assert shown["The payment service says"] == "Paid: £54.99"
    assert shown["Last report"]
    assert "The payment service and the portal differ" in desk.read(page(underpaid)).main.text


def test_a_caseworker_marks_a_payment_of_a_different_amount_as_refund_due(desk, underpaid, happened):
    asked = desk.read(page(underpaid, "owe/")).main.text
    assert "The payment service received £54.99, but the order is for £55.00" in asked
    after = desk.send(page(underpaid, "owe/"))
    assert after.banners == ["Order marked as REFUND DUE"]
    assert row(underpaid).status == "REFUND DUE"
    assert happened() == [("order", "owe", "caseworker"), ("message", "send", "caseworker")]
    assert desk.read(page(underpaid)).buttons("Mark as REFUND DUE") == []


def test_an_order_without_a_different_amount_cannot_be_marked_as_refund_due(desk, order, happened):
    assert desk.read(page(order)).buttons("Mark as REFUND DUE") == []
    desk.client.post(page(order, "owe/"), {"seen": ""})
    assert (row(order).status, happened()) == ("OPEN", [])


def test_the_sponsor_sees_that_a_refund_is_due(desk, underpaid, as_user, level2):
    desk.send(page(underpaid, "owe/"))
    shown = as_user(level2).get(f"/payments/{underpaid.reference}/").content.decode()
    assert "A refund is due" in shown
    assert "The payment service received a different amount: £54.99." in shown


# Asking the payment service


def error_summary(answer):
    (box,) = answer.all(of="govuk-error-summary")
    return box.text


def test_a_caseworker_asks_the_payment_service_and_a_paid_cas_is_assigned(desk, order):
    decided(order, "PAID")
    after = desk.send(page(order, "ask/"))
    assert after.banners == ["The payment service was asked"]
    assert (row(order).status, CAS.objects.get().status) == ("PAID", "ASSIGNED")


def test_the_page_says_when_the_payment_service_does_not_answer(desk, order):
    with silence():
        after = desk.send(page(order, "ask/"))
    assert NO_ANSWER in error_summary(after)
    assert row(order).status == "OPEN"


def test_the_page_says_when_the_provider_of_an_order_no_longer_exists(desk, level2, allocation):
    cas = a_cas(level2)
    order = Order.objects.open({cas.pk: cas.version}, by=level2, provider="gone")
    assert NO_ANSWER in error_summary(desk.send(page(order, "ask/")))


def test_a_different_amount_in_the_answer_is_recorded(desk, order, monkeypatch):
    decided(order, "PAID").__class__.objects.update(amount_pence=1)
    desk.send(page(order, "ask/"))
    assert (row(order).status, row(order).provider_state_text) == ("OPEN", "Paid: £0.01")
