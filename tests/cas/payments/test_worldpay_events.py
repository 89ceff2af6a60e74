"""The signed events of Worldpay: which order they settle, and which events are refused."""

import base64
import hmac
import json

import pytest
from django.test import Client

from cas.models import CAS, Order
from cas.payments import checkout
from cas.payments.providers import worldpay as ours
from tests.factories import a_cas
from tests.payments import in_environment
from tests.standins.worldpay import signature

ADDRESS = "/payments/callback/worldpay/"
SECRET = "the first secret"


@pytest.fixture
def order(worldpay, level1, allocation):
    cas = a_cas(level1)
    order = Order.objects.open({cas.pk: cas.version}, by=level1, provider="worldpay")
    checkout.start(order, f"http://testserver/payments/{order.reference}/return/")
    return order


def send(header, body):
    headers = {} if header is None else {"Event-Signature": header}
    return Client().post(ADDRESS, body, "application/vnd.worldpay.events-v1.hal+json", headers=headers).status_code


def outcome():
    return Order.objects.get().status, CAS.objects.get().status


OPEN, PAID = ("OPEN", "READY TO GO"), ("PAID", "ASSIGNED")


def signature_in_base64(secret, body):
    return base64.b64encode(hmac.digest(secret.encode(), body, "sha256")).decode()


@pytest.mark.parametrize(
    "write", [signature, lambda *signed: signature(*signed).upper(), signature_in_base64], ids=["hex", "HEX", "base64"]
)
def test_a_signature_may_be_written_in_hexadecimal_or_base64(write, order, worldpay):
    body = worldpay.event("sentForSettlement")
    assert send(f"1/SHA256/{write(SECRET, body)}", body) == 200
    assert outcome() == PAID


@pytest.mark.parametrize("keys", ["1:old", "1:old,2:new", "2:new"])
def test_while_keys_change_a_signature_with_any_known_key_is_accepted(keys, order, worldpay, settings):
    in_environment(settings, WORLDPAY_WEBHOOK_KEYS=keys)
    worldpay.keys = {"2": "new", "1": "old"}
    body = worldpay.event("sentForSettlement")
    assert send(worldpay.signed(body)["Event-Signature"], body) == 200
    assert outcome() == PAID


FORGERIES = {
    "none": lambda body: None,
    "nothing": lambda body: "",
    "no parts": lambda body: "abc",
    "commas": lambda body: ",,,",
    "an unknown key": lambda body: f"2/SHA256/{signature(SECRET, body)}",
    "an empty key": lambda body: f"/SHA256/{signature('', body)}",
    "no signature": lambda body: "1/SHA256/",
    "no function": lambda body: f"1//{signature(SECRET, body)}",
    "another function": lambda body: f"1/MD5/{hmac.digest(SECRET.encode(), body, 'md5').hex()}",
    "another secret": lambda body: f"1/SHA256/{signature('another', body)}",
    "half of it": lambda body: f"1/SHA256/{signature(SECRET, body)[:32]}",
    "another body's": lambda body: f"1/SHA256/{signature(SECRET, body + b' ')}",
    "not ASCII": lambda body: "1/SHA256/ß",
    "long": lambda body: "1/SHA256/" + "a" * 10_000,
    "many": lambda body: ",".join(["1/SHA256/" + "0" * 64] * 1000),
}


@pytest.mark.parametrize("forge", FORGERIES.values(), ids=FORGERIES)
def test_a_forged_event_is_refused(forge, order, worldpay):
    body = worldpay.event("sentForSettlement")
    assert send(forge(body), body) == 400
    assert outcome() == OPEN


def test_a_signature_with_a_key_that_has_no_secret_is_refused(order, worldpay, settings):
    in_environment(settings, WORLDPAY_WEBHOOK_KEYS="1:,2")
    body = worldpay.event("sentForSettlement")
    for key in "12":
        assert send(f"{key}/SHA256/{signature('', body)}", body) == 400
    assert outcome() == OPEN


def test_its_twin_without_the_check_a_forged_event_assigns_the_cas(order, worldpay, monkeypatch):
    monkeypatch.setattr(ours, "_is_signed", lambda header, body: True)
    assert send("", worldpay.event("sentForSettlement")) == 200
    assert outcome() == PAID


WRONG_AMOUNTS = {
    "less": {"value": 5499, "currencyCode": "GBP"},
    "more": {"value": 5501, "currencyCode": "GBP"},
    "nothing": {"value": 0, "currencyCode": "GBP"},
    "another currency": {"value": 5500, "currencyCode": "EUR"},
    "a text": {"value": "5500", "currencyCode": "GBP"},
    "not said": None,
}


def send_signed(worldpay, body):
    return send(worldpay.signed(body)["Event-Signature"], body)


@pytest.mark.parametrize("amount", WRONG_AMOUNTS.values(), ids=WRONG_AMOUNTS)
def test_an_event_with_another_amount_is_refused(amount, order, worldpay):
    assert send_signed(worldpay, worldpay.event("sentForSettlement", amount=amount)) == 400
    assert outcome() == OPEN


@pytest.mark.parametrize(
    "amount", [each for each in WRONG_AMOUNTS.values() if each != WRONG_AMOUNTS["a text"]], ids=str
)
def test_its_twin_without_the_check_another_amount_assigns_the_cas(amount, order, worldpay, monkeypatch):
    monkeypatch.setattr(checkout, "_other_amount", lambda report, order: "")
    assert send_signed(worldpay, worldpay.event("sentForSettlement", amount=amount)) == 200
    assert outcome() == PAID


@pytest.mark.parametrize("reference", ["SMS-UNKNOWN.1", "", ".", "é", "x" * 10_000])
def test_an_event_about_an_unknown_order_is_acknowledged_and_changes_nothing(reference, order, worldpay):
    assert send_signed(worldpay, worldpay.event("sentForSettlement", transactionReference=reference)) == 200
    assert outcome() == OPEN


def test_an_event_changes_only_the_order_that_it_names(order, worldpay, level1):
    cas = a_cas(level1)
    other = Order.objects.open({cas.pk: cas.version}, by=level1, provider="worldpay")
    body = worldpay.event("sentForSettlement", transactionReference=f"{other.reference}.abcdef")
    assert send_signed(worldpay, body) == 200
    assert set(Order.objects.values_list("pk", "status")) == {(order.pk, "OPEN"), (other.pk, "PAID")}


def test_an_event_about_an_order_of_another_provider_changes_nothing(order, worldpay, level1):
    cas = a_cas(level1)
    other = Order.objects.open({cas.pk: cas.version}, by=level1, provider="sandbox")
    assert send_signed(worldpay, worldpay.event("sentForSettlement", transactionReference=other.reference)) == 200
    assert set(Order.objects.values_list("status", flat=True)) == {"OPEN"}


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("sentForAuthorization", "OPEN"),
        ("authorized", "OPEN"),
        ("sentForSettlement", "PAID"),
        ("settled", "PAID"),
        ("settlementFailed", "DECLINED"),
        ("refused", "DECLINED"),
        ("error", "DECLINED"),
        ("expired", "DECLINED"),
        ("cancelled", "CANCELLED"),
    ],
)
def test_each_event_leads_to_its_status(kind, expected, order, worldpay):
    assert send_signed(worldpay, worldpay.event(kind)) == 200
    assert outcome()[0] == expected


@pytest.mark.parametrize("kind", ["sentForRefund", "refundFailed", "tokenCreated", "disputed", ""])
def test_events_that_the_portal_does_not_need_are_acknowledged(kind, order, worldpay):
    assert send_signed(worldpay, worldpay.event(kind)) == 200
    assert outcome() == OPEN


GARBAGE = {
    "nothing": b"",
    "no JSON": b"type=settled",
    "bytes": b"\xff\xfe\x00",
    "a list": b"[]",
    "null": b"null",
    "no details": b'{"eventId": "1"}',
    "details that are a text": b'{"eventDetails": "settled"}',
    "a type that is a list": b'{"eventDetails": {"type": []}}',
    "no reference": b'{"eventDetails": {"type": "settled"}}',
    "an amount that is a number": b'{"eventDetails": {"type": "settled", "transactionReference": "a", "amount": 5}}',
    "deep": b"[" * 100_000,
}


@pytest.mark.parametrize("body", GARBAGE.values(), ids=GARBAGE)
def test_a_signed_event_that_cannot_be_read_is_refused(body, order, worldpay):
    assert send_signed(worldpay, body) == 400
    assert outcome() == OPEN


def test_unknown_values_in_an_event_are_ignored(order, worldpay):
    event = json.loads(worldpay.event("sentForSettlement", paymentId="pay1", extra={"deep": [1, 2]}))
    assert send_signed(worldpay, json.dumps(event | {"more": 1}).encode()) == 200
    assert outcome() == PAID


def test_the_log_holds_no_signature_and_no_secret(order, worldpay, caplog):
    caplog.set_level("DEBUG")
    body = worldpay.event("sentForSettlement")
    good, bad = signature(SECRET, body), signature("another", body)
    assert [send(f"1/SHA256/{bad}", body), send(f"1/SHA256/{good}", body)] == [400, 200]
    assert "was refused" in caplog.text
    assert not [secret for secret in (SECRET, good, bad) if secret in caplog.text]


def test_without_keys_every_event_is_refused(order, worldpay, settings):
    in_environment(settings, WORLDPAY_WEBHOOK_KEYS="")
    body = worldpay.event("sentForSettlement")
    assert send_signed(worldpay, body) == 400
    assert outcome() == OPEN
