"""Calls to Worldpay that fail or return bad answers: they do no harm and reveal no secret."""

import base64
import json
import ssl
import threading
from datetime import timedelta
from itertools import permutations

import pytest
import urllib3
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from cas.models import Order
from cas.payments import calling, checkout
from cas.payments.provider import ProviderUnavailable
from cas.payments.providers import worldpay as ours
from sms.core import clock
from tests.factories import a_cas
from tests.pages import Page
from tests.payments import in_environment
from tests.standins.worldpay import Worldpay

# These answers do not depend on the database. Other tests check their effect on both databases.
pytestmark = pytest.mark.once

RETURN_URL = "http://testserver/return"


@pytest.fixture(autouse=True)
def _short_waits_for_silent_answers(request, monkeypatch):
    parameters = getattr(request.node, "callspec", None)
    if parameters and parameters.params.get("trouble") in {"silence", "drip"}:
        for name in ("TO_READ", "FOR_ALL"):
            monkeypatch.setattr(calling, name, 0.4)


@pytest.fixture
def order(worldpay, level1, allocation):
    cas = a_cas(level1)
    return Order.objects.open({cas.pk: cas.version}, by=level1, provider="worldpay")


def pages_with(**changed):
    return json.dumps({"url": "https://elsewhere.example/", "_links": {}, **changed}).encode()


def payments_with(**changed):
    payment = {"transactionReference": "?", "lastEvent": "settlementRequestSubmitted"} | changed
    return json.dumps({"_embedded": {"payments": [payment]}}).encode()


TROUBLES = {
    **{str(status): status for status in (301, 302, 307, 400, 401, 403, 406, 409, 429, 500, 502, 503, 504)},
    "no answer": "silence",
    "an answer piece by piece without end": "drip",
    "a lost answer": "lost",
    "an empty answer": b"",
    "no JSON": b"<html>Maintenance</html>",
    "half of it": b'{"url": "https',
    "not UTF-8": b"\xff\xfe\xfd",
    "a list": b"[]",
    "a number": b"5",
    "deep": b"[" * 100_000,
    "too long": pages_with(url="https://payments.worldpay.com/", _embedded={"payments": []}, more="x" * 300_000),
}
PAGE_TROUBLES = {
    "no address": b'{"_links": {}}',
    "an address that is a number": pages_with(url=5),
    "another site": pages_with(),
    "another site that looks alike": pages_with(url="https://payments.worldpay.com.evil.example/"),
    "another site behind a user": pages_with(url="https://payments.worldpay.com@evil.example/"),
    "a script": pages_with(url="javascript:alert(1)"),
    "a broken address": pages_with(url="http://[/"),
    "an address with a line break": pages_with(url="https://payments.worldpay.com/\nSet-Cookie: a=b"),
    "an endless address": pages_with(url="https://payments.worldpay.com/" + "a" * 500),
}
PAYMENT_TROUBLES = {
    "no list": b'{"_embedded": {"payments": 5}}',
    "null": b'{"_embedded": {"payments": null}}',
    "a list of numbers": b'{"_embedded": {"payments": [1]}}',
    "embedded text": b'{"_embedded": "x"}',
    "no reference": b'{"_embedded": {"payments": [{}]}}',
}


def each(troubles):
    return pytest.mark.parametrize("trouble", troubles.values(), ids=troubles)


@each(TROUBLES | PAGE_TROUBLES)
def test_a_payment_page_is_opened_only_after_a_valid_answer(trouble, order, worldpay, settings):
    in_environment(settings, WORLDPAY_PAGE_ORIGINS="https://payments.worldpay.com")
    worldpay.trouble = trouble
    with pytest.raises(ProviderUnavailable):
        checkout.start(order, RETURN_URL)
    order.refresh_from_db()
    assert (order.status, order.payment_url) == ("OPEN", "")
    assert len(worldpay.calls) == 1  # neither repeated nor redirected


@pytest.mark.parametrize(
    "trouble", [*TROUBLES.values(), *PAYMENT_TROUBLES.values()], ids=[*TROUBLES, *PAYMENT_TROUBLES]
)
def test_an_order_changes_only_after_a_valid_answer(trouble, order, worldpay):
    checkout.start(order, RETURN_URL)
    worldpay.trouble = trouble
    with clock.set_to(order.opened_at + timedelta(hours=1)), pytest.raises(ProviderUnavailable):
        checkout.ask(order)
    assert Order.objects.get().status == "OPEN"


def test_a_server_that_does_not_listen_counts_as_unavailable(order, worldpay, settings):
    worldpay.__exit__()
    with pytest.raises(ProviderUnavailable, match="The call failed: NewConnectionError"):
        checkout.start(order, RETURN_URL)


def test_the_page_says_that_the_service_cannot_be_reached(worldpay, as_user, level1, allocation):
    cas, client = a_cas(level1), as_user(level1)
    address = f"/students/cas/{cas.pk}/online-payment/"
    worldpay.trouble = 503
    page = Page(client.post(address, {"version": cas.version}, follow=True))
    assert "We cannot reach the payment service. You have not paid. Try again in a few minutes." in page.main.text
    worldpay.trouble = None
    answer = client.post(f"/payments/{Order.objects.get().reference}/continue/")
    assert answer["Location"] == f"{worldpay.origin}/page/{worldpay.page.key}"


# Answers of Payment Queries


def fetch_payment(order, worldpay, **payment):
    checkout.start(order, RETURN_URL)
    worldpay.trouble = payments_with(**{"transactionReference": order.provider_reference} | payment)
    checkout.ask(order)


def test_a_payment_with_another_reference_does_not_settle_this_order(order, worldpay):
    fetch_payment(order, worldpay, transactionReference="SMS-another.1", value={"currency": "GBP", "amount": 5500})
    assert Order.objects.get().status == "OPEN"


@pytest.mark.parametrize("value", [{"currency": "GBP", "amount": 1}, {"currency": "EUR", "amount": 5500}])
def test_a_payment_of_another_amount_or_currency_settles_nothing(value, order, worldpay):
    with pytest.raises(checkout.BadCallback):
        fetch_payment(order, worldpay, value=value)
    assert Order.objects.get().status == "OPEN"


@pytest.mark.parametrize("broken", [{}, {"value": None}, {"value": {}}, {"lastEvent": []}])
def test_a_payment_that_cannot_be_read_counts_as_no_answer(broken, order, worldpay):
    with pytest.raises(ProviderUnavailable):
        fetch_payment(order, worldpay, **broken)


@pytest.mark.parametrize("last_events", [*permutations(["saleRefused", "saleRequested", "saleSucceeded"])])
def test_if_one_of_several_cards_on_a_page_paid_the_order_is_paid(last_events, order, worldpay):
    checkout.start(order, RETURN_URL)
    value = {"currency": "GBP", "amount": 5500}
    payments = [
        {"transactionReference": order.provider_reference, "lastEvent": event, "value": value} for event in last_events
    ]
    worldpay.trouble = json.dumps({"_embedded": {"payments": payments}}).encode()
    checkout.ask(order)
    assert Order.objects.get().status == "PAID"


LAST_EVENTS = {
    "PAID": "settlementRequestSubmitted saleSucceeded refundFailed",
    "DECLINED": "authorizationRefused authorizationFailed saleRefused saleFailed settlementFailed",
    "CANCELLED": "cancellationRequestSubmitted reversalRequestSubmitted",
    "OPEN": (
        "authorizationRequested authorizationSucceeded authorizationTimedOut saleRequested saleTimedOut "
        "settlementRequested settlementTimedOut refundRequested refundRequestSubmitted refundTimedOut "
        "cancellationRequested cancellationFailed cancellationTimedOut "
        "reversalRequested reversalFailed reversalTimedOut somethingNew"
    ),
}


@pytest.mark.parametrize(
    ("last_event", "status"), [(event, status) for status, events in LAST_EVENTS.items() for event in events.split()]
)
def test_each_last_event_leads_to_its_status(last_event, status, order, worldpay):
    fetch_payment(order, worldpay, lastEvent=last_event, value={"currency": "GBP", "amount": 5500})
    assert Order.objects.get().status == status


def test_an_answer_404_means_that_the_payment_is_unknown(order, worldpay):
    checkout.start(order, RETURN_URL)
    worldpay.trouble = 404
    checkout.ask(order)
    assert Order.objects.get().status == "OPEN"
    with clock.set_to(order.opened_at + timedelta(minutes=31)):
        checkout.ask(order)
    assert Order.objects.get().status == "LAPSED"


# One page for each order


def test_after_a_lost_answer_a_second_page_is_opened_and_only_the_second_is_shown(order, worldpay):
    worldpay.trouble = "lost"
    with pytest.raises(ProviderUnavailable):
        checkout.start(order, RETURN_URL)
    worldpay.trouble = None
    assert checkout.start(order, RETURN_URL) == f"{worldpay.origin}/page/{worldpay.page.key}"
    assert len({page.reference for page in worldpay.pages.values()}) == 2
    assert order.provider_reference == worldpay.page.reference


def start_twice_at_once(order, monkeypatch):
    """Start the payment from two browsers, both before a page is saved. Return the address for each."""
    both, places = threading.Barrier(2, timeout=5), []
    create = ours.Worldpay.create

    def create_together(self, *args):
        page = create(self, *args)
        both.wait()
        return page

    monkeypatch.setattr(ours.Worldpay, "create", create_together)
    provider = checkout.PROVIDERS["worldpay"]
    asked = [threading.Thread(target=lambda: places.append(provider.create(order, RETURN_URL))) for _ in range(2)]
    for thread in asked:
        thread.start()
    for thread in asked:
        thread.join()
    first, second = (Order.objects.get(pk=order.pk) for _ in range(2))
    for twin, page in zip((first, second), places, strict=True):
        twin.send_to(*page)
    return first.payment_url, second.payment_url


def test_two_users_who_start_the_payment_at_once_are_sent_to_the_same_page(order, worldpay, monkeypatch):
    first, second = start_twice_at_once(order, monkeypatch)
    assert first == second
    assert len(worldpay.pages) == 2


def test_its_twin_without_the_guard_both_users_could_pay(order, worldpay, monkeypatch):
    def keep_the_last(self, provider_reference, payment_url):
        self.provider_reference, self.payment_url = provider_reference, payment_url
        self.save(update_fields=["provider_reference", "payment_url"])

    monkeypatch.setattr(Order, "send_to", keep_the_last)
    first, second = start_twice_at_once(order, monkeypatch)
    assert first != second


# Secrets


@each({"none": None} | TROUBLES)
def test_the_log_holds_no_secret_and_names_the_call(trouble, order, worldpay, caplog):
    caplog.set_level("DEBUG")
    worldpay.trouble = trouble
    try:
        checkout.start(order, RETURN_URL)
    except ProviderUnavailable as failure:
        caplog.records[-1].msg += str(failure)
    credentials = base64.b64encode(f"{worldpay.username}:{worldpay.password}".encode()).decode()
    secrets = [worldpay.username, worldpay.password, credentials, *worldpay.keys.values()]
    assert not [secret for secret in secrets if secret in caplog.text]
    assert worldpay.calls[-1][2]["WP-CorrelationId"] in caplog.text


def test_each_call_has_its_own_correlation_id(order, worldpay):
    checkout.start(order, RETURN_URL)
    checkout.ask(order)
    checkout.ask(order)
    assert len({headers["WP-CorrelationId"] for _, _, headers in worldpay.calls}) == 3


@pytest.fixture
def self_signed(tmp_path):
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([])
    now = clock.now()
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    pem = tmp_path / "certificate.pem"
    encoding, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    private = key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, plain)
    pem.write_bytes(private + certificate.public_bytes(encoding))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    return context


def test_a_server_without_a_valid_certificate_is_sent_nothing(order, settings, self_signed):
    with Worldpay(self_signed) as impostor:
        in_environment(settings, WORLDPAY_BASE_URL=impostor.origin)
        with pytest.raises(ProviderUnavailable, match="The call failed: SSLError"):
            checkout.start(order, RETURN_URL)
        assert impostor.calls == []


def test_its_twin_without_the_check_the_impostor_gets_the_password(order, settings, self_signed, monkeypatch):
    pool = urllib3.PoolManager
    monkeypatch.setattr(urllib3, "PoolManager", lambda **options: pool(**options | {"cert_reqs": "CERT_NONE"}))
    with Worldpay(self_signed) as impostor:
        in_environment(settings, WORLDPAY_BASE_URL=impostor.origin, WORLDPAY_PAGE_ORIGINS=impostor.origin)
        with pytest.warns(urllib3.exceptions.InsecureRequestWarning):
            checkout.start(order, RETURN_URL)
        assert "Authorization" in impostor.calls[0][2]
