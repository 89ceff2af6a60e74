"""A stand-in for Access Worldpay, after its public documentation of Hosted Payment Pages, Events and Payment Queries.

It is a separate server on 127.0.0.1 with its own books, and knows of the portal only what requests contain. It cannot
prove that the documentation, or our reading of it, is right.
"""

import base64
import hmac
import itertools
import json
import re
import threading
import uuid
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import urllib3

PAGES = "application/vnd.worldpay.payment_pages-v1.hal+json"
QUERIES = "application/vnd.worldpay.payment-queries-v1.hal+json"
ENDS = ("successURL", "pendingURL", "failureURL", "errorURL", "cancelURL", "expiryURL")

# The choices of a payer on a page: the events of the payment that follow, and the URL to which the browser goes.
CHOICES = {
    "Pay": (["sentForAuthorization", "authorized", "sentForSettlement"], "successURL"),
    "Pay with a wrong code": (["sentForAuthorization", "authorized", "cancelled"], "failureURL"),
    "Pay with a card that is refused": (["sentForAuthorization", "refused"], "failureURL"),
    "Pay while something breaks": (["sentForAuthorization", "error"], "errorURL"),
    "Cancel": ([], "cancelURL"),  # no payment was made, so it has no event
}

# The name of each event in Payment Queries.
LAST_EVENTS = {
    "sentForAuthorization": "authorizationRequested",
    "authorized": "authorizationSucceeded",
    "sentForSettlement": "settlementRequestSubmitted",
    "settlementFailed": "settlementFailed",
    "refused": "authorizationRefused",
    "error": "authorizationFailed",
    "cancelled": "cancellationRequestSubmitted",
    "sentForRefund": "refundRequestSubmitted",
}


@dataclass
class Page:
    asked: dict
    closes_at: float
    key: str = field(default_factory=lambda: str(uuid.uuid4()))
    history: list = field(default_factory=list)  # the events of its payment, each with its second

    @property
    def reference(self):
        return self.asked["transactionReference"]

    @property
    def is_paid(self):
        return any(event == "sentForSettlement" for event, _ in self.history)


class Worldpay:
    """The stand-in. Its time passes only by `wait`, and a `trouble` lasts until it is changed or set to None.

    A trouble is a status, "silence" (no answer), "drip" (an endless answer, byte by byte), "lost" (the request is
    carried out, but the answer is lost), or bytes to answer with.
    """

    username, password, entity = "stand-in-user", "stand-in-password", "POstandin"

    def __init__(self, certificate=None):
        self.pages, self.outbox, self.calls = {}, [], []
        self.keys = {"1": "the first secret"}
        self.seconds, self.lag_seconds = 0.0, 0.0
        self.trouble, self.callback_url = None, ""
        self.is_closing = threading.Event()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"worldpay": self}))
        self.server.daemon_threads, self.server.handle_error = True, lambda *_: None  # callers may disconnect
        if certificate:
            self.server.socket = certificate.wrap_socket(self.server.socket, server_side=True)
        self.origin = f"{'https' if certificate else 'http'}://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.is_closing.set()
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()

    def settings(self):
        """Return the settings for a portal that uses this stand-in."""
        return {
            "PAYMENT_PROVIDER": "worldpay",
            "PROVIDER_VARIABLES": {
                "WORLDPAY_BASE_URL": self.origin,
                "WORLDPAY_USERNAME": self.username,
                "WORLDPAY_PASSWORD": self.password,
                "WORLDPAY_ENTITY": self.entity,
                "WORLDPAY_NARRATIVE": "Example Sponsorship",
                "WORLDPAY_WEBHOOK_KEYS": ",".join(f"{key}:{secret}" for key, secret in self.keys.items()),
                "WORLDPAY_PAGE_ORIGINS": self.origin,
            },
        }

    def wait(self, minutes):
        self.seconds += minutes * 60

    # Payment pages

    @property
    def page(self):
        """The page that was opened last."""
        return list(self.pages.values())[-1]

    def choose(self, choice, page=None):
        """Make a payer's choice on the page. Return where the browser is sent, or None if it stays on the page."""
        page = page or self.page
        if self.seconds >= page.closes_at:
            return page.asked["resultURLs"]["expiryURL"]
        events, end = CHOICES[choice]
        if page.is_paid:
            return None
        for event in events:
            self.happens(event, page)
        return page.asked["resultURLs"][end]

    def happens(self, event, page=None, **changed):
        """Record an event of the page's payment, and put it into the outbox for the merchant."""
        page = page or self.page
        page.history.append((event, self.seconds))
        self.outbox.append(self.event(event, page, **changed))

    # Events

    def event(self, kind, page=None, **changed):
        """Return the body of an event."""
        page = page or self.page
        details = {
            "classification": "payment",
            "downstreamReference": "3378792436",
            "transactionReference": page.reference,
            "type": kind,
            "date": "2026-11-03",
            "amount": {"value": page.asked["value"]["amount"], "currencyCode": page.asked["value"]["currency"]},
            "_links": {"payment": {"href": ""}},
        } | changed
        if kind in {"refused", "error"}:
            del details["amount"]
        event = {"eventId": str(uuid.uuid4()), "eventTimestamp": "2026-11-03T14:18:13.407", "eventDetails": details}
        return json.dumps(event).encode()

    def signed(self, body):
        """Return the headers for this body, with a signature by every key."""
        signatures = (f"{key}/SHA256/{signature(secret, body)}" for key, secret in self.keys.items())
        return {"Content-Type": "application/vnd.worldpay.events-v1.hal+json", "Event-Signature": ",".join(signatures)}

    def deliver(self, send):
        """Send the waiting events, oldest first, with `send(headers, body)`, and return the statuses.

        An event that is not answered with 200 stays in the outbox.
        """
        answers = [(body, send(self.signed(body), body)) for body in self.outbox]
        self.outbox = [body for body, status in answers if status != 200]
        return [status for _, status in answers]


def over_http(url):
    """Return a function for `deliver` that sends events to this URL."""
    return lambda headers, body: urllib3.request("POST", url, headers=headers, body=body, retries=False).status


def signature(secret, body):
    return hmac.digest(secret.encode(), body, "sha256").hex()


class _Handler(BaseHTTPRequestHandler):
    worldpay = None

    def log_message(self, *_):
        pass

    def do_GET(self):
        path, query = self.path.partition("?")[::2]
        if path.startswith("/page/"):
            self.show(path)
        else:
            self.api("GET /paymentQueries/payments", QUERIES, lambda: self.payments(parse_qs(query)))

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"] or 0))
        if self.path.startswith("/page/"):
            self.chosen(parse_qs(body.decode())["choice"][0])
        else:
            self.api("POST /payment_pages", PAGES, lambda: self.new_page(json.loads(body)))

    # The API

    def api(self, what, media_type, act):
        self.worldpay.calls.append((self.command, self.path, dict(self.headers)))
        trouble = self.worldpay.trouble
        if trouble not in {None, "lost"}:
            self.fail(trouble)
            return
        complaint = self.complaint(what, media_type)
        status, data = (complaint, {}) if complaint else act()
        if trouble != "lost":
            self.answer(status, json.dumps(data).encode(), media_type)

    def complaint(self, what, media_type):
        if self.headers["Authorization"] != self.credentials():
            return 401
        if f"{self.command} {self.path.partition('?')[0]}" != what:
            return 404
        if self.headers["Accept"] != media_type:
            return 406
        if self.command == "POST" and self.headers["Content-Type"] != media_type:
            return 415
        return None if re.fullmatch("[0-9a-zA-Z_-]{1,64}", self.headers["WP-CorrelationId"] or "") else 400

    def credentials(self):
        pair = f"{self.worldpay.username}:{self.worldpay.password}".encode()
        return f"Basic {base64.b64encode(pair).decode()}"

    def new_page(self, asked):
        known = {page.reference for page in self.worldpay.pages.values()}
        is_fine = (
            re.fullmatch(r"[A-Za-z0-9\-_/!@#$%()*=.:;?\[\]{}~+]{1,64}", asked["transactionReference"])
            and asked["transactionReference"] not in known
            and asked["merchant"] == {"entity": self.worldpay.entity}
            and re.fullmatch("[A-Za-z0-9-., ]{1,24}", asked["narrative"]["line1"])
            and asked["value"]["currency"] == "GBP"
            and type(asked["value"]["amount"]) is int
            and asked["value"]["amount"] >= 1
            and len(asked.get("description", "")) <= 128
            and set(asked["resultURLs"]) == set(ENDS)
            and re.fullmatch("[1-9][0-9]*", asked["expiry"])
        )
        if not is_fine:
            return 400, {"errorName": "bodyDoesNotMatchSchema"}
        page = Page(asked, self.worldpay.seconds + int(asked["expiry"]))
        self.worldpay.pages[page.key] = page
        query = f"{self.worldpay.origin}/paymentQueries/payments?transactionReference={page.reference}"
        return 200, {"url": f"{self.worldpay.origin}/page/{page.key}", "_links": {"self": {"href": query}}}

    def payments(self, query):
        (reference,) = query["transactionReference"]
        found = [page for page in self.worldpay.pages.values() if page.reference == reference]
        payments = [payment for page in found if (payment := self.payment(page))]
        return 200, {"_links": {"self": {"href": self.path}}, "_embedded": {"payments": payments}}

    def payment(self, page):
        until = self.worldpay.seconds - self.worldpay.lag_seconds
        heard = [event for event, second in page.history if second <= until]
        return heard and {
            "timestamp": "2026-11-03T14:18:13.407Z",
            "paymentId": "pay4u_lHl2jobU5S1T2pWkq10",
            "transactionReference": page.reference,
            "entity": self.worldpay.entity,
            "lastEvent": LAST_EVENTS[heard[-1]],
            "value": page.asked["value"],
        }

    def fail(self, trouble):
        if trouble == "silence":
            self.worldpay.is_closing.wait()
        elif trouble == "drip":
            self.send_response(200)
            self.end_headers()
            for _ in itertools.takewhile(lambda _: not self.worldpay.is_closing.wait(0.02), itertools.count()):
                self.wfile.write(b" ")
        elif isinstance(trouble, bytes):
            self.answer(200, trouble, PAGES)
        else:
            self.answer(trouble, b"{}", PAGES, Location=f"{self.worldpay.origin}/elsewhere")

    # The page

    def show(self, path):
        page = self.worldpay.pages[path.removeprefix("/page/")]
        buttons = "".join(f"<p><button name=choice value='{choice}'>{choice}</button>" for choice in CHOICES)
        pounds = f"£{page.asked['value']['amount'] / 100:.2f}"
        self.answer(
            200,
            f"<!doctype html><html lang=en><meta charset=utf-8><title>Payment</title><link rel=icon href=data:,>"
            f"<h1>Stand-in for a payment page</h1><p>{page.asked['description']}: {pounds}"
            f"<form method=post>{buttons}</form>".encode(),
            "text/html",
        )

    def chosen(self, choice):
        page = self.worldpay.pages[self.path.removeprefix("/page/")]
        to = self.worldpay.choose(choice, page) or self.path
        if self.worldpay.callback_url:
            self.worldpay.deliver(over_http(self.worldpay.callback_url))
        self.answer(303, b"", "text/html", Location=to)

    def answer(self, status, body, kind, **headers):
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
