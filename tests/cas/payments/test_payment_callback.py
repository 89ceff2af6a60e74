"""The callbacks of the provider: signed, in any order, several times, late or never (specification, section 6)."""

import json

import pytest
from django.test import Client, override_settings

from cas.models import CAS, Order
from cas.payments import checkout
from cas.payments.providers import sandbox
from cas.views import payments
from tests.factories import a_cas, an_order
from tests.outages import full
from tests.payments import decided

ADDRESS = "/payments/callback/sandbox/"


@pytest.fixture
def order(level1, allocation):
    return an_order(a_cas(level1), by=level1)


def send(body, signature=None, address=ADDRESS, client=None, **options):
    headers = {"Sandbox-Signature": sandbox.signature(body) if signature is None else signature}
    client = client or Client(enforce_csrf_checks=True)
    return client.post(address, body, "application/json", headers=headers, **options)


def report_of(order, **changed):
    report = {"reference": order.reference, "state": "paid", "amount_pence": 5500, "currency": "GBP"}
    return json.dumps({**report, **changed}).encode()


def outcome(order):
    return Order.objects.get(pk=order.pk).status, CAS.objects.get().status


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("paid", ("PAID", "ASSIGNED")),
        ("declined", ("DECLINED", "READY TO GO")),
        ("cancelled", ("CANCELLED", "READY TO GO")),
        ("pending", ("OPEN", "READY TO GO")),
    ],
)
def test_a_callback_decides_the_order_without_a_session_or_a_csrf_token(order, state, expected):
    assert send(report_of(order, state=state)).status_code == 200
    assert outcome(order) == expected


def test_the_callback_that_the_sandbox_sends_is_accepted(order):
    headers, body = sandbox.callback(decided(order, "PAID"))
    assert send(body, headers["Sandbox-Signature"]).status_code == 200
    assert outcome(order) == ("PAID", "ASSIGNED")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("table", ["cas_cas", "cas_orderline", "cas_order", "licences_allocation", "licences_event"])
def test_while_the_database_is_full_the_provider_is_asked_to_retry_and_nothing_is_saved(table, order):
    client = Client(raise_request_exception=False)
    with full(table):
        answer = send(report_of(order), client=client)
        assert (answer.status_code, answer["Retry-After"]) == (503, "120")
    assert outcome(order) == ("OPEN", "READY TO GO")
    assert send(report_of(order)).status_code == 200
    assert outcome(order) == ("PAID", "ASSIGNED")


def test_a_callback_sent_twice_assigns_the_cas_once(order, allocation):
    for _ in range(2):
        assert send(report_of(order)).status_code == 200
    number = CAS.objects.get().number
    assert send(report_of(order, state="declined")).status_code == 200
    assert outcome(order) == ("PAID", "ASSIGNED")
    assert CAS.objects.get().number == number
    allocation.refresh_from_db()
    assert (allocation.used, allocation.held) == (1, 0)


def test_a_callback_of_a_payment_after_a_decline_counts(order):
    send(report_of(order, state="declined"))
    send(report_of(order))
    assert outcome(order) == ("PAID", "ASSIGNED")


@pytest.mark.parametrize("signature", ["", "0" * 64, "ß", "a" * 100_000])
def test_a_forged_signature_is_refused(order, signature):
    assert send(report_of(order), signature.encode("latin-1").decode("latin-1")).status_code == 400
    assert outcome(order) == ("OPEN", "READY TO GO")


def test_the_signature_of_another_message_is_refused(order):
    declined = report_of(order, state="declined")
    assert send(report_of(order), sandbox.signature(declined)).status_code == 400
    assert outcome(order) == ("OPEN", "READY TO GO")


def test_a_callback_without_any_signature_is_refused(order):
    assert Client().post(ADDRESS, report_of(order), "application/json").status_code == 400
    assert outcome(order) == ("OPEN", "READY TO GO")


@pytest.mark.parametrize(
    "changed",
    [{"amount_pence": 5499}, {"amount_pence": 1}, {"amount_pence": 0}, {"amount_pence": -5500}, {"currency": "USD"}],
)
def test_another_amount_or_currency_is_refused(order, changed):
    assert send(report_of(order, **changed)).status_code == 400
    assert outcome(order) == ("OPEN", "READY TO GO")


@pytest.mark.parametrize("reference", ["SMS-000000000000000000000000", "", "x" * 1000])
def test_a_callback_about_an_unknown_order_changes_nothing(order, reference):
    assert send(report_of(order, reference=reference)).status_code in {200, 400}
    assert outcome(order) == ("OPEN", "READY TO GO")


GARBAGE = {
    "nothing": b"",
    "no JSON": b"paid=1",
    "half of it": b'{"reference": "SMS',
    "bytes": b"\xff\xfe\x00",
    "a list": b"[]",
    "a number": b"7",
    "null": b"null",
    "an empty object": b"{}",
    "an unknown state": b'{"reference": "a", "state": "shrug", "amount_pence": 1, "currency": "GBP"}',
    "large": b" " * 1_000_000,
}


@pytest.mark.parametrize("body", GARBAGE.values(), ids=GARBAGE)
@pytest.mark.parametrize("is_signed", [True, False], ids=["signed", "unsigned"])
def test_a_callback_that_cannot_be_read_is_refused(order, body, is_signed):
    assert send(body, None if is_signed else "").status_code == 400
    assert outcome(order) == ("OPEN", "READY TO GO")


def test_a_callback_must_be_a_post(order):
    answer = Client().get(ADDRESS)
    assert (answer.status_code, answer["Allow"]) == (405, "POST")


@pytest.mark.parametrize("provider", ["unknown", "SANDBOX", "%00", "a" * 1000])
def test_the_callback_address_of_an_unknown_provider_is_not_found(order, provider):
    assert send(report_of(order), address=f"/payments/callback/{provider}/").status_code == 404
    assert outcome(order) == ("OPEN", "READY TO GO")


def test_outside_demo_mode_the_sandbox_is_not_a_provider(order):
    with override_settings(DEMO=False):
        assert send(report_of(order), secure=True).status_code == 404
    assert outcome(order) == ("OPEN", "READY TO GO")


def test_the_answer_to_a_callback_is_empty(order):
    assert send(report_of(order)).content == b""
    assert send(b"garbage").content == b""


# Plain http, outside demo mode. tests/test_production_settings.py tests the portal with the settings of production.


@pytest.fixture
def production(settings, monkeypatch):
    settings.DEMO, settings.SECURE_SSL_REDIRECT = False, True
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    monkeypatch.setattr(checkout, "provider_named", lambda name: checkout.PROVIDERS[name])


def send_over(scheme, order, address=ADDRESS):
    headers = {"Sandbox-Signature": sandbox.signature(report_of(order)), "X-Forwarded-Proto": scheme}
    return Client().post(address, report_of(order), "application/json", headers=headers)


def test_over_plain_http_a_signed_callback_is_refused_and_not_redirected(order, production, caplog):
    answer = send_over("http", order)
    assert (answer.status_code, outcome(order)) == (403, ("OPEN", "READY TO GO"))
    assert "A callback was refused: it came over plain http" in caplog.text


def test_over_https_a_callback_is_accepted(order, production):
    assert send_over("https", order).status_code == 200
    assert outcome(order) == ("PAID", "ASSIGNED")


def test_an_address_without_its_last_slash_is_not_redirected_either(order, production):
    for scheme in ("http", "https"):
        assert send_over(scheme, order, ADDRESS.rstrip("/")).status_code == 404
    assert outcome(order) == ("OPEN", "READY TO GO")


def test_its_twin_without_the_exemption_plain_http_is_redirected(order, production, settings):
    settings.SECURE_REDIRECT_EXEMPT = []
    assert send_over("http", order).status_code == 301


def test_its_twin_without_the_check_plain_http_is_accepted(order, production, monkeypatch):
    monkeypatch.setattr(payments, "_came_safely", lambda request: True)
    assert send_over("http", order).status_code == 200
    assert outcome(order) == ("PAID", "ASSIGNED")
