"""Access Worldpay: the payer pays on a Hosted Payment Page.

This module follows the vendor's public documents about Hosted Payment Pages, Events and Payment Queries
(docs.worldpay.com/access). `docs/decisions` says what we chose where they leave a choice.
"""

from __future__ import annotations

import base64
import hmac
import logging
import re
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.utils.crypto import constant_time_compare

from cas.lifecycle import PaymentState
from cas.models import Order
from cas.payments import reading
from cas.payments.calling import Answer, call
from cas.payments.provider import BadCallback, ProviderReport, ProviderUnavailable
from cas.payments.variables import Variables
from licences.clock_guard import clock_problem
from sms.core import clock

logger = logging.getLogger(__name__)

PAGES = "application/vnd.worldpay.payment_pages-v1.hal+json"
QUERIES = "application/vnd.worldpay.payment-queries-v1.hal+json"
SIGNATURE_HEADER = "Event-Signature"

# A page closes `PAGE_LIFE` after its order was opened. Payment Queries know all its payments `LAG` after it closed (the
# vendor says: within a minute). The sum must not be more than `chasing.SILENCE`.
PAGE_LIFE = timedelta(minutes=20)
LAG = timedelta(minutes=10)
SHORTEST_LIFE = timedelta(minutes=1)  # too short a time to pay

# The state of a payment after each event. An authorized payment can still be cancelled: Worldpay does so itself if the
# security code is wrong. "expired" is an authorization that was never settled, not a page that closed.
EVENTS = {
    "sentForAuthorization": PaymentState.PENDING,
    "authorized": PaymentState.PENDING,
    "sentForSettlement": PaymentState.PAID,
    "settled": PaymentState.PAID,
    "settlementFailed": PaymentState.DECLINED,
    "refused": PaymentState.DECLINED,
    "error": PaymentState.DECLINED,
    "expired": PaymentState.DECLINED,
    "cancelled": PaymentState.CANCELLED,
}

# The state of a payment by its last event in Payment Queries. After any other event, the payment is still pending.
LAST_EVENTS = {
    "settlementRequestSubmitted": PaymentState.PAID,
    "saleSucceeded": PaymentState.PAID,
    "refundFailed": PaymentState.PAID,
    "authorizationRefused": PaymentState.DECLINED,
    "authorizationFailed": PaymentState.DECLINED,
    "saleRefused": PaymentState.DECLINED,
    "saleFailed": PaymentState.DECLINED,
    "settlementFailed": PaymentState.DECLINED,
    "cancellationRequestSubmitted": PaymentState.CANCELLED,
    "reversalRequestSubmitted": PaymentState.CANCELLED,
    "refundRequestSubmitted": PaymentState.REFUNDED,
}

# After one card is refused, a page may take another card. So if there are several payments, the best one counts.
BEST_FIRST = (
    PaymentState.PAID,
    PaymentState.REFUNDED,
    PaymentState.PENDING,
    PaymentState.CANCELLED,
    PaymentState.DECLINED,
)
LAST = {PaymentState.PAID, PaymentState.REFUNDED}  # after these, the page takes no other payment


VARIABLES = Variables(
    "worldpay",
    base_url="",
    username="",
    password="",
    entity="",
    narrative="",
    webhook_keys="",
    page_origins="https://payments.worldpay.com",
)


class Worldpay:
    name = "worldpay"
    is_for_demonstrations = False
    variables = VARIABLES

    def problems(self) -> list[str]:
        return list(_problems())

    def page_origins(self) -> list[str]:
        return VARIABLES.listed("page_origins")

    def create(self, order: Order, return_url: str) -> tuple[str, str]:
        """Open a page with its own reference, because Worldpay requires a unique reference for each page.

        It begins with the order's reference, so that events can be matched to the order. All six result addresses are
        `return_url`, because any user could type an address, so it must not say how the payment ended.
        """
        page = f"{order.reference}.{secrets.token_hex(3)}"
        ends = ("successURL", "pendingURL", "failureURL", "errorURL", "cancelURL", "expiryURL")
        asked = {
            "transactionReference": page,
            "merchant": {"entity": VARIABLES.text("entity")},
            "narrative": {"line1": VARIABLES.text("narrative")},
            "value": {"currency": "GBP", "amount": order.total_pence},
            "description": f"{order.count} Confirmation of Acceptance for Studies",
            "resultURLs": dict.fromkeys(ends, return_url),
            "expiry": str(int(_left(order).total_seconds())),
        }
        answer = _ask("POST", "/payment_pages", PAGES, asked)
        url = str(answer.data.get("url", ""))
        if not _is_page(url):
            raise _refused(answer, "no address with an origin in WORLDPAY_PAGE_ORIGINS")
        return page, url

    def has_closed(self, order: Order) -> bool:
        return _left(order) < SHORTEST_LIFE

    def fetch(self, order: Order) -> ProviderReport | None:
        """Ask Payment Queries. If it knows of no payment, the order is unpaid only some time after the page closed."""
        payments = _payments(order.provider_reference) if order.provider_reference else []
        reports = {report.state: report for report in (_queried(order, payment) for payment in payments)}
        # A clock that runs ahead would close the page too early, and a final report cannot be undone.
        has_closed = _left(order) < -LAG and not clock_problem()
        for state in BEST_FIRST:
            if state in reports:
                return replace(reports[state], is_final=state in LAST or (has_closed and state != PaymentState.PENDING))
        return ProviderReport(order.reference, PaymentState.UNPAID, is_final=True) if has_closed else None

    def cancel(self, order: Order) -> None:
        """Do nothing, because Worldpay cannot close a page early. It closes `PAGE_LIFE` after the order was opened.

        If a payer still pays after the order was cancelled, the CAS are assigned, or a refund is due.
        """

    def read_callback(self, headers: Mapping[str, str], body: bytes) -> ProviderReport | None:
        if not _is_signed(headers.get(SIGNATURE_HEADER, ""), body):
            raise BadCallback("The signature is missing or wrong.")
        try:
            event = reading.read(body).get("eventDetails")
            state = EVENTS.get(reading.text(event, "type"))
            if state is None:
                return None
            reference = reading.text(event, "transactionReference").partition(".")[0]
            report = ProviderReport(reference, state, *_money_of(event))
        except reading.Unreadable as error:
            raise BadCallback(f"The event cannot be read: {error}") from error
        if not re.fullmatch("[A-Za-z0-9-]+", reference):
            return None
        return report


def _money_of(event: Any) -> tuple[int | None, str]:
    """Return the amount in pence and the currency. An event about a failed payment may have neither."""
    if event.get("amount") is None:
        return None, ""
    return reading.whole_number(event, "amount", "value"), reading.text(event, "amount", "currencyCode")


def _left(order: Order) -> timedelta:
    """Return how long the order's page is still open; a negative time if it has closed."""
    return order.opened_at + PAGE_LIFE - clock.now()


def _is_page(url: str) -> bool:
    """Return whether a browser may be sent to `url`, an address from Worldpay. The portal's CSP must allow it."""
    if not re.fullmatch("[!-~]{1,500}", url):
        return False
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return f"{parts.scheme}://{parts.netloc}" in VARIABLES.listed("page_origins")


def _payments(reference: str) -> list[dict[str, Any]]:
    answer = _ask("GET", f"/paymentQueries/payments?{urlencode({'transactionReference': reference})}", QUERIES)
    if answer.status == 404:
        return []
    if answer.status != 200:
        raise _refused(answer, "no payments")
    try:
        payments = reading.array(answer.data, "_embedded", "payments")
        return [payment for payment in payments if reading.text(payment, "transactionReference") == reference]
    except reading.Unreadable as error:
        raise _refused(answer, "payments that cannot be read") from error


def _queried(order: Order, payment: dict[str, Any]) -> ProviderReport:
    try:
        state = LAST_EVENTS.get(reading.text(payment, "lastEvent"), PaymentState.PENDING)
        amount = reading.whole_number(payment, "value", "amount")
        return ProviderReport(order.reference, state, amount, reading.text(payment, "value", "currency"))
    except reading.Unreadable as error:
        raise ProviderUnavailable("Worldpay's answer about a payment cannot be read.") from error


def _ask(method: str, path: str, media_type: str, data: object = None) -> Answer:
    if problems := list(_problems()):
        raise ProviderUnavailable(" ".join(problems))
    correlation = secrets.token_hex(16)  # so that Worldpay's support can find the call
    credentials = f"{VARIABLES.text('username')}:{VARIABLES.text('password')}".encode()
    headers = {
        "Authorization": f"Basic {base64.b64encode(credentials).decode()}",
        "Accept": media_type,
        "WP-CorrelationId": correlation,
    } | ({"Content-Type": media_type} if data else {})
    try:
        answer = call(method, _base_url() + path, headers=headers, data=data)
    except ProviderUnavailable as failure:
        logger.warning("Worldpay did not answer call %s: %s", correlation, failure)
        raise
    logger.info("Worldpay answered call %s with %s", correlation, answer.status)
    return answer


def _refused(answer: Answer, what: str) -> ProviderUnavailable:
    logger.error("Worldpay answered %s: %s", answer.status, what)
    return ProviderUnavailable(f"Worldpay answered {answer.status}.")


def _is_signed(header: str, body: bytes) -> bool:
    """Return whether one of the signatures in the header is valid. Each is `{key id}/{hash function}/{signature}`.

    The vendor's page about events does not say how a signature is encoded, and its page about payouts says in
    hexadecimal. Until we have seen a real signature, base64 is accepted as well.
    """
    keys = dict(_keys())
    for part in header.split(","):
        key_id, function, signature = (*part.strip().split("/", 2), "", "")[:3]
        secret = keys.get(key_id)
        if not secret or function.upper() != "SHA256":
            continue
        digest = hmac.digest(secret.encode(), body, "sha256")
        if constant_time_compare(signature.lower(), digest.hex()):
            return True
        if constant_time_compare(signature, base64.b64encode(digest).decode()):
            return True
    return False


def _keys() -> Iterator[tuple[str, str]]:
    for pair in VARIABLES.listed("webhook_keys"):
        key_id, _, secret = pair.partition(":")
        yield key_id, secret


def _problems() -> Iterator[str]:
    yield from VARIABLES.missing()
    for name, addresses in (
        ("BASE_URL", [_base_url()]),
        ("PAGE_ORIGINS", VARIABLES.listed("page_origins")),
    ):
        if not all(_is_origin(address) for address in addresses if address):
            yield f"WORLDPAY_{name} must begin with https:// and have no path."
    if not re.fullmatch("[A-Za-z0-9., -]{0,24}", VARIABLES.text("narrative")):
        yield "WORLDPAY_NARRATIVE must have at most 24 letters, digits, spaces, full stops, commas and hyphens."
    if not all(key_id and secret for key_id, secret in _keys()):
        yield "WORLDPAY_WEBHOOK_KEYS must be a list of ID:SECRET, separated by commas."


def _base_url() -> str:
    return VARIABLES.text("base_url").rstrip("/")


def _is_origin(address: str) -> bool:
    schemes = "https?" if settings.DEMO else "https"
    return bool(re.fullmatch(rf"{schemes}://[A-Za-z0-9.-]+(:\d+)?", address))


PROVIDER = Worldpay()
