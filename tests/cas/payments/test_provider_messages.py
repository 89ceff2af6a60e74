"""The messages of providers are read in one module, which refuses values that cannot be stored or have a wrong type."""

import ast
import json

import pytest
from django.conf import settings as ours
from django.db import connection
from django.test import Client

from cas import regular_jobs
from cas.models import CAS, Order
from cas.payments import checkout, reading
from cas.payments.chasing import SILENCE
from cas.payments.provider import ProviderReport
from cas.payments.providers import sandbox
from cas.payments.providers.sandbox import Sandbox
from sms.core import clock
from tests.factories import a_cas, an_order

PROVIDERS = pytest.mark.parametrize("provider", ["worldpay", "sandbox"])


def with_value(message, path, value):
    """Return the message with `value` at `path`. The last name may be new."""
    name, *rest = path
    return {**message, name: with_value(message.get(name) or {}, rest, value) if rest else value}


class Callbacks:
    """Signed callbacks of a provider about an open order."""

    def __init__(self, provider, order, standin=None):
        self.provider, self.order, self.standin = provider, order, standin

    @property
    def message(self):
        if self.standin:
            return json.loads(self.standin.event("sentForSettlement"))
        return {"reference": self.order.reference, "state": "paid", "amount_pence": 5500, "currency": "GBP"}

    @property
    def places(self):
        """Return the path of each value of the message, and paths of new values."""
        if self.standin:
            inner = ("type", "transactionReference", "classification", "new")
            money = [("eventDetails", "amount", name) for name in ("value", "currencyCode", "new")]
            return [*(("eventDetails", name) for name in inner), *money, ("eventId",), ("new",), ("a", "b", "c", "d")]
        return [("reference",), ("state",), ("amount_pence",), ("currency",), ("new",), ("a", "b", "c", "d")]

    @property
    def amount(self):
        return ("eventDetails", "amount", "value") if self.standin else ("amount_pence",)

    @property
    def texts(self):
        return [*self.places[:2], (*self.amount[:-1], "currencyCode" if self.standin else "currency")]

    def send(self, body):
        if not isinstance(body, bytes):
            body = json.dumps(body).encode()
        headers = self.standin.signed(body) if self.standin else {"Sandbox-Signature": sandbox.signature(body)}
        kind = headers.pop("Content-Type", "application/json")
        client = Client(raise_request_exception=False)
        return client.post(f"/payments/callback/{self.provider}/", body, kind, headers=headers).status_code

    def outcome(self):
        order = Order.objects.get(pk=self.order.pk)
        return order.status, CAS.objects.get().status, order.provider_state


OPEN = ("OPEN", "READY TO GO", "")


@pytest.fixture
def callbacks(provider, level1, allocation, request):
    cas = a_cas(level1)
    if provider == "sandbox":
        return Callbacks(provider, an_order(cas, by=level1))
    standin = request.getfixturevalue("worldpay")
    order = Order.objects.open({cas.pk: cas.version}, by=level1, provider="worldpay")
    checkout.start(order, "http://testserver/return")
    return Callbacks(provider, order, standin)


UNSTORABLE = {
    "NUL": "a\x00b",
    "half a surrogate": "\ud800",
    "the other half": "a\udfffb",
    "a number for no column": 2**63,
    "a negative one": -(2**63),
    "a number with thousands of digits": 10**4000,
    "infinity": float("inf"),
    "no number": float("nan"),
    "a name with NUL": {"a\x00": 1},
    "a name with half a surrogate": [{"\ud800": 1}],
    "NUL in a list in a list": [1, ["a", ["\x00"]]],
    "deep lists": json.loads("[" * 50 + "]" * 50),
    "deep objects": json.loads('{"a":' * 50 + "1" + "}" * 50),
}


@PROVIDERS
def test_a_value_that_cannot_be_stored_is_refused_anywhere_in_a_message(provider, callbacks, case, caplog):
    for path in callbacks.places:
        for name, value in UNSTORABLE.items():
            with case(path=path, value=name):
                caplog.clear()
                assert callbacks.send(with_value(callbacks.message, path, value)) == 400
                assert callbacks.outcome() == OPEN
                assert f"A callback of {provider} was refused" in caplog.text
                assert "cannot be read" in caplog.text


BODIES = {
    "a number that overflows": b'{"more": 1e400}',
    "a number that no integer is made of": b'{"more": ' + b"9" * 10_000 + b"}",
    "nesting without an end": b"[" * 200_000,
    "objects without an end": b'{"a":' * 100_000,
    "surrogates as bytes": b'{"more": "\xed\xa0\x80"}',
    "UTF-16": '{"more": 1}'.encode("utf-16"),
    "a list": b"[{}]",
    "nothing": b"",
}


@PROVIDERS
def test_a_body_that_is_not_a_json_object_in_utf_8_is_refused(provider, callbacks, case):
    for name, body in BODIES.items():
        with case(body=name):
            assert callbacks.send(body) == 400
            assert callbacks.outcome() == OPEN


OTHER_TYPES = {"null": None, "a number": 7, "a list": ["paid"], "an object": {"a": "paid"}, "true": True}


@PROVIDERS
def test_a_text_of_another_type_is_refused(provider, callbacks, case):
    for path in callbacks.texts:
        for name, value in OTHER_TYPES.items():
            with case(path=path, value=name):
                assert callbacks.send(with_value(callbacks.message, path, value)) == 400
                assert callbacks.outcome() == OPEN


@PROVIDERS
def test_unknown_values_in_a_message_are_ignored(provider, callbacks):
    more = {"emoji": "👩‍👩‍👧", "rate": 0.5, "list": [None, True, -1, {"deep": {"deeper": []}}], "large": 2**63 - 1}
    assert callbacks.send(b"\xef\xbb\xbf" + json.dumps({**callbacks.message, "more": more}).encode()) == 200
    assert callbacks.outcome()[0] == "PAID"


@PROVIDERS
def test_its_twin_without_the_guard_half_a_surrogate_causes_an_error(provider, callbacks, monkeypatch):
    monkeypatch.setattr(reading, "_require_storable", lambda data: None)
    assert callbacks.send(with_value(callbacks.message, callbacks.texts[2], "\ud800")) == 500


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite stores NUL")
@PROVIDERS
def test_its_twin_without_the_guard_postgresql_refuses_nul(provider, callbacks, monkeypatch):
    monkeypatch.setattr(reading, "_require_storable", lambda data: None)
    assert callbacks.send(with_value(callbacks.message, callbacks.texts[2], "\x00")) == 500


@PROVIDERS
def test_its_twin_without_the_limits_deep_messages_and_absurd_amounts_are_accepted(provider, callbacks, monkeypatch):
    monkeypatch.setattr(reading, "DEEPEST", 1000)
    monkeypatch.setattr(reading, "LARGEST", 10**5000)
    callbacks.send(with_value(callbacks.message, callbacks.amount, 2**63))
    assert callbacks.outcome()[2] == "paid"
    assert callbacks.send(with_value(callbacks.message, ("new",), UNSTORABLE["deep lists"])) == 200


# Whole pence

NOT_WHOLE_PENCE = [5500.4, 5500.0, 5.5e3, "5500", "", True, False, [5500], {"value": 5500}]


@PROVIDERS
@pytest.mark.parametrize("amount", NOT_WHOLE_PENCE, ids=repr)
def test_an_amount_that_is_not_whole_pence_is_refused(provider, amount, callbacks, caplog):
    assert callbacks.send(with_value(callbacks.message, callbacks.amount, amount)) == 400
    assert callbacks.outcome() == OPEN
    assert "cannot be read" in caplog.text


@PROVIDERS
def test_its_twin_if_amounts_were_converted_the_order_would_be_paid(provider, callbacks, monkeypatch):
    monkeypatch.setattr(reading, "whole_number", lambda data, *path: int(reading._at(data, path)))
    assert callbacks.send(with_value(callbacks.message, callbacks.amount, 5500.4)) == 200
    assert callbacks.outcome()[:2] == ("PAID", "ASSIGNED")


@pytest.mark.parametrize("amount", [5500.0, True, "5500"], ids=repr)
def test_a_report_of_a_provider_holds_only_whole_pence(amount):
    with pytest.raises(TypeError, match="whole number"):
        ProviderReport("SMS-1", "paid", amount)


# Answers to calls of the portal


def set_answer(standin, order, **changed):
    payment = {"transactionReference": order.provider_reference, "lastEvent": "settlementRequestSubmitted"}
    payment |= {"value": {"amount": 5500, "currency": "GBP"}, **changed}
    standin.trouble = json.dumps({"_embedded": {"payments": [payment]}}).encode()


UNREADABLE = {
    **{f"{name} in the currency": {"value": {"amount": 5500, "currency": each}} for name, each in UNSTORABLE.items()},
    **{f"{name} beside it": {"more": each} for name, each in UNSTORABLE.items()},
    **{f"an amount of {each!r}": {"value": {"amount": each, "currency": "GBP"}} for each in NOT_WHOLE_PENCE},
    "no amount": {"value": {"currency": "GBP"}},
    "a value that is a list": {"value": [5500, "GBP"]},
    "a reference that is a number": {"transactionReference": 7},
    "an event that is a list": {"lastEvent": ["saleSucceeded"]},
}


@pytest.mark.parametrize("provider", ["worldpay"])
def test_an_answer_that_cannot_be_read_stops_no_job_and_settles_nothing(provider, callbacks, case, caplog):
    order = callbacks.order
    for name, changed in UNREADABLE.items():
        with case(answer=name), clock.set_to(order.opened_at + 2 * SILENCE):
            caplog.clear()
            set_answer(callbacks.standin, order, **changed)
            assert regular_jobs.chase_silent_orders() == 1
            assert callbacks.outcome() == OPEN
            assert f"No answer about order {order.pk}" in caplog.text


@pytest.mark.parametrize("payments", ["", {}, "x", {"a": 1}, 0, False], ids=repr)
@pytest.mark.parametrize("provider", ["worldpay"])
def test_payments_that_are_not_a_list_do_not_count_as_no_payments(provider, payments, callbacks):
    callbacks.standin.trouble = json.dumps({"_embedded": {"payments": payments}}).encode()
    with clock.set_to(callbacks.order.opened_at + 2 * SILENCE):
        regular_jobs.chase_silent_orders()
    assert callbacks.outcome() == OPEN


@pytest.mark.parametrize("provider", ["worldpay"])
def test_its_twin_without_the_guard_the_job_crashes(provider, callbacks, monkeypatch):
    monkeypatch.setattr(reading, "_require_storable", lambda data: None)
    set_answer(callbacks.standin, callbacks.order, value={"amount": 5500, "currency": "\ud800"})
    with clock.set_to(callbacks.order.opened_at + 2 * SILENCE), pytest.raises(ExceptionGroup):
        regular_jobs.chase_silent_orders()


# One module reads messages


def test_only_the_module_reading_reads_json_from_a_provider():
    folder = ours.BASE_DIR / "cas"
    readers = {
        path.name
        for path in folder.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and node.attr in {"loads", "load"}
    }
    assert readers == {"reading.py"}


def test_the_tests_above_cover_every_provider():
    assert set(checkout.PROVIDERS) == {Sandbox.name, "worldpay"}  # add a new provider to `PROVIDERS` above


def test_every_outside_provider_has_a_stand_in_for_tests():
    outside = {name for name, provider in checkout.PROVIDERS.items() if not provider.is_for_demonstrations}
    assert outside <= {path.stem for path in (ours.BASE_DIR / "tests/standins").glob("*.py")}
