"""The sandbox: its signed callbacks, and the payments that it records (specification, section 6)."""

import json

import pytest

from cas.models import Order, SandboxPayment
from cas.payments import checkout
from cas.payments.provider import BadCallback
from cas.payments.providers import sandbox
from licences.models import Event
from tests.factories import a_cas, an_order

pytestmark = pytest.mark.django_db

RETURN_URL = "http://localhost/return"


@pytest.fixture
def payment(level2, allocation):
    cas = a_cas(level2)
    order = an_order(cas, by=level2)
    checkout.start(order, RETURN_URL)
    return SandboxPayment.objects.get(reference=order.reference)


def status_of(payment):
    return Order.objects.get(reference=payment.reference).status


@pytest.mark.parametrize("state", ["PAID", "DECLINED", "CANCELLED"])
def test_a_signed_callback_decides_even_if_it_arrives_several_times(state, payment):
    payment.decide(state)
    for _ in range(3):
        checkout.receive("sandbox", *sandbox.callback(payment))
        assert status_of(payment) == state
    assert Event.objects.filter(kind="order").count() == 2


def test_callbacks_may_arrive_in_any_order(payment):
    headers, early = sandbox.callback(payment)
    payment.decide("PAID")
    checkout.receive("sandbox", *sandbox.callback(payment))
    checkout.receive("sandbox", headers, early)
    assert status_of(payment) == "PAID"


def signed(**report):
    body = json.dumps(report).encode()
    return {sandbox.SIGNATURE_HEADER: sandbox.signature(body)}, body


def test_a_forged_callback_is_refused(payment):
    payment.decide("PAID")
    headers, body = sandbox.callback(payment)
    (signature,) = headers.values()
    for forged, tampered in [
        ({}, body),
        ({sandbox.SIGNATURE_HEADER: ""}, body),
        ({sandbox.SIGNATURE_HEADER: signature.upper()}, body),
        ({sandbox.SIGNATURE_HEADER: signature[:-1]}, body),
        ({sandbox.SIGNATURE_HEADER: "é" * 64}, body),
        (headers, body + b" "),
        (headers, body.replace(b"5500", b"5501")),
    ]:
        with pytest.raises(BadCallback, match="signature"):
            checkout.receive("sandbox", forged, tampered)
    assert status_of(payment) == "OPEN"


def test_a_signed_callback_with_a_wrong_amount_is_refused(payment):
    for changed in ({"amount_pence": 1}, {"currency": "EUR"}):
        report = {"reference": payment.reference, "state": "paid", "amount_pence": 5500, "currency": "GBP", **changed}
        with pytest.raises(BadCallback, match="another amount"):
            checkout.receive("sandbox", *signed(**report))
    assert status_of(payment) == "OPEN"


def test_a_callback_changes_only_its_own_order(payment, level2):
    other = an_order(a_cas(level2), by=level2)
    payment.decide("PAID")
    checkout.receive("sandbox", *sandbox.callback(payment))
    assert (status_of(payment), status_of(other)) == ("PAID", "OPEN")


def test_a_callback_about_an_unknown_order_changes_nothing_and_is_logged(level2, allocation, caplog):
    cas = a_cas(level2)
    order = Order.objects.open({cas.pk: cas.version}, by=level2, provider="elsewhere")
    for reference in ("SMS-unknown", order.reference):
        checkout.receive("sandbox", *signed(reference=reference, state="paid", amount_pence=5500, currency="GBP"))
    assert status_of(order) == "OPEN"
    assert caplog.text.count("is about an unknown order") == 2


@pytest.mark.parametrize("body", [b"", b"[]", b"5", b"{}", b"\xff", b'{"reference": 1, "state": "stolen"}', b"null"])
def test_a_signed_callback_that_cannot_be_read_is_refused(body):
    with pytest.raises(BadCallback, match="cannot be read"):
        checkout.receive("sandbox", {sandbox.SIGNATURE_HEADER: sandbox.signature(body)}, body)


def test_the_sandbox_creates_one_payment_for_each_order(payment):
    order = Order.objects.get(reference=payment.reference)
    again = checkout.provider_named("sandbox").create(order, "http://localhost/elsewhere")
    assert again == (payment.key, Order.objects.get(pk=order.pk).payment_url)
    assert SandboxPayment.objects.count() == 1


def test_the_payer_decides_once(payment):
    assert payment.decide("PAID") is True
    assert payment.decide("DECLINED") is False
    assert payment.state == "PAID"


def test_a_payment_that_was_cancelled_cannot_be_paid(payment, level2):
    checkout.cancel(Order.objects.get(reference=payment.reference), by=level2)
    assert payment.decide("PAID") is False
    assert payment.state == "CANCELLED"


def test_the_sandbox_does_not_know_an_order_that_was_not_sent_to_it(level2, allocation):
    order = an_order(a_cas(level2), by=level2)
    assert checkout.provider_named("sandbox").fetch(order) is None
    checkout.cancel(order, by=level2)
    assert order.status == "CANCELLED"
