"""Access Worldpay: the payer pays on one of its Hosted Payment Pages.

After the vendor's public descriptions of Hosted Payment Pages, Events and Payment Queries (docs.worldpay.com/access).
`docs/decisions` says what was chosen where they leave a choice.
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

# A page closes this long after its order was opened; and what was paid there is known to Payment Queries this long
# after it closed (the vendor says: within a minute). The two together are no more than `chasing.SILENCE`.
PAGE_LIFE = timedelta(minutes=20)
LAG = timedelta(minutes=10)
SHORTEST_LIFE = timedelta(minutes=1)  # less is of no use to anybody

# What the events tell. An authorized payment can still be cancelled, by Worldpay itself when the security code is
# wrong; "expired" is an authorization that nobody settled, not a page that closed.
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

# What Payment Queries calls the last event of a payment; every other one leaves it open how the payment ends.
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

# A page on which one card was refused may have taken another: of several payments, the best is the payer's last.
BEST_FIRST = (
    PaymentState.PAID,
    PaymentState.REFUNDED,
    PaymentState.PENDING,
    PaymentState.CANCELLED,
    PaymentState.DECLINED,
)
LAST = {PaymentState.PAID, PaymentState.REFUNDED}  # after which no other payment is made on the same page


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
        """Open a page with a reference of its own, since Worldpay wants each to be unique.

        It begins with the order's, by which events find the order. All six ends of a page lead to `return_url`: what
        such an address says can be typed by anybody.
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
            raise _refused(answer, "no address of a page that the settings know")
        return page, url

    def has_closed(self, order: Order) -> bool:
        return _left(order) < SHORTEST_LIFE

    def fetch(self, order: Order) -> ProviderReport | None:
        """Ask Payment Queries. That it knows of no payment says something only some time after the page has closed."""
        payments = _payments(order.provider_reference) if order.provider_reference else []
        reports = {report.state: report for report in (_queried(order, payment) for payment in payments)}
        # A clock that runs ahead says too early that the page has closed, and what follows from that is final.
        has_closed = _left(order) < -LAG and not clock_problem()
        for state in BEST_FIRST:
            if state in reports:
                return replace(reports[state], is_final=state in LAST or (has_closed and state != PaymentState.PENDING))
        return ProviderReport(order.reference, PaymentState.UNPAID, is_final=True) if has_closed else None

    def cancel(self, order: Order) -> None:
        """Worldpay cannot take a page back: it closes by itself, `PAGE_LIFE` after the order was opened.

        Who pays there after the order was cancelled has their CAS assigned all the same, or is owed the money.
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
    """Return the amount in pence and its currency; an event about a payment that failed may name neither."""
    if event.get("amount") is None:
        return None, ""
    return reading.whole_number(event, "amount", "value"), reading.text(event, "amount", "currencyCode")


def _left(order: Order) -> timedelta:
    """How long the order's page is still open; less than nothing when it has closed."""
    return order.opened_at + PAGE_LIFE - clock.now()


def _is_page(url: str) -> bool:
    """Whether a browser may be sent there: the address comes from outside, and the forms' policy must allow it too."""
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
        raise ProviderUnavailable("Worldpay speaks of a payment in a way that cannot be read.") from error


def _ask(method: str, path: str, media_type: str, data: object = None) -> Answer:
    if problems := list(_problems()):
        raise ProviderUnavailable(" ".join(problems))
    correlation = secrets.token_hex(16)  # with it, Worldpay's support finds the call
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
    """Whether one of the signatures in the header, `{key id}/{hash function}/{signature}` each, is right.

    The vendor's page about events does not say how the bytes of a signature are written; its page about payouts says
    in hexadecimal. Base64 is accepted too, until one was seen.
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
        yield "WORLDPAY_NARRATIVE has at most 24 letters, digits, spaces, full stops, commas and hyphens."
    if not all(key_id and secret for key_id, secret in _keys()):
        yield "WORLDPAY_WEBHOOK_KEYS is a list of ID:SECRET, with commas between them."


def _base_url() -> str:
    return VARIABLES.text("base_url").rstrip("/")


def _is_origin(address: str) -> bool:
    schemes = "https?" if settings.DEMO else "https"
    return bool(re.fullmatch(rf"{schemes}://[A-Za-z0-9.-]+(:\d+)?", address))


PROVIDER = Worldpay()
