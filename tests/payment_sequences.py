"""Every sequence of events that can happen to one payment, compared with the predictions of a plain model."""

import json
import random
from copy import copy
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import transaction

from cas import regular_jobs
from cas.models import CAS, Order, SandboxPayment
from cas.payments import checkout
from cas.payments.provider import BadCallback
from cas.payments.providers import sandbox
from cas.reconciliation import discrepancies
from licences.models import Event, Licence
from licences.roles import Role
from sms.core import clock
from tests.factories import a_cas, a_licence, a_user, an_allocation, an_order
from tests.payments import sent_to_sandbox, silence
from tests.refusals import refusal_of

START = datetime(2027, 1, 15, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
TAKES = {"an hour passes": 61 * MINUTE, "a day passes in silence": 24 * 61 * MINUTE}

ALL = 99
EVENTS = (
    "reported paid",
    "reported declined",
    "reported cancelled",
    "reported pending",
    "reported another amount",
    "reported by a forger",
    "paid unnoticed",
    "browser returns",
    "user cancels",
    "an hour passes",
    "a day passes in silence",
    "the CAS is edited",
    "another takes the last place",
    "licence is suspended",
)


@dataclass
class Model:
    """An order for one CAS, which holds the only place. The user has arrived at the provider's page."""

    order: str = "OPEN"
    books: str = "pending"  # the provider's own books; its messages may differ from them
    heard: str = ""
    is_other_money: bool = False
    is_active: bool = True
    is_unchanged: bool = True
    others: int = 0  # open orders for other CAS
    lines: int = 0  # lines of history

    def figures(self):
        cas, used = ("ASSIGNED", 1) if self.order == "PAID" else ("READY TO GO", 0)
        return self.order, cas, used, (self.order == "OPEN") + self.others, self.lines

    def happens(self, event):
        match event.split():
            case ["reported", ("paid" | "declined" | "cancelled" | "pending") as word]:
                self.hear(word)
            case ["reported", "another", "amount"]:
                self.keep("paid", is_other_money=True)
            case ["paid", "unnoticed"] if self.books == "pending":
                self.books = "paid"
            case ["browser", "returns"]:
                self.hear(self.books)
            case ["user", "cancels"]:
                self.shut("CANCELLED")
            case ["an", "hour", "passes"]:
                self.others, self.lines = 0, self.lines + self.others
                if self.is_in_doubt():
                    self.hear(self.books)
                if self.order == "OPEN" and self.heard != "paid":
                    self.shut("LAPSED")
            case ["a", "day", *_]:
                self.others, self.lines = 0, self.lines + self.others
                if self.heard != "paid":
                    self.end("LAPSED")
            case ["the", *_] if self.order not in {"OPEN", "PAID"}:
                self.is_unchanged, self.lines = False, self.lines + 1
            case ["another", *_] if self.is_active and self.has_place():
                self.others, self.lines = 1, self.lines + 1
            case ["licence", *_] if self.is_active:
                self.is_active, self.lines = False, self.lines + 1

    def hear(self, word):
        if word == "paid" and not self.is_settled():
            is_right = self.is_active and self.is_unchanged and (self.order == "OPEN" or self.has_place())
            self.order, self.lines = ("PAID", self.lines + 2) if is_right else ("REFUND DUE", self.lines + 1)
        elif word in {"declined", "cancelled"}:
            self.end(word.upper())
        self.keep(word)

    def keep(self, word, is_other_money=False):
        if (word, is_other_money) != (self.heard, self.is_other_money) and (word != "pending" or not self.heard):
            self.heard, self.is_other_money = word, is_other_money
            self.lines += self.differs()

    def shut(self, status):
        if self.books == "paid":
            return self.hear("paid")
        self.books = "cancelled"
        return self.end(status)

    def end(self, status):
        if self.order == "OPEN":
            self.order, self.lines = status, self.lines + 1

    def has_place(self):
        return self.order not in {"OPEN", "PAID"} and not self.others

    def is_settled(self):
        return self.order in {"PAID", "REFUND DUE"}

    def differs(self):
        return self.is_other_money or (self.heard != "" and (self.heard == "paid") != self.is_settled())

    def is_in_doubt(self):
        return self.order in {"OPEN", "REFUND DUE"} or self.heard in {"", "pending"} or self.differs()


class Portal:
    """The real portal, where the same events happen."""

    def __init__(self):
        with clock.set_to(START):
            self.caseworker = a_user("caseworker", Role.CASEWORKER)
            licence = a_licence("4NUV7KB58", "University of Example", by=self.caseworker)
            an_allocation(licence, number=1, by=self.caseworker)
            self.user = a_user("level1", Role.LEVEL_1, licence)
            self.cas, self.other = a_cas(self.user), a_cas(self.user)
            self.order = an_order(self.cas, by=self.user)
            sent_to_sandbox(self.order)
        self.lines = Event.objects.exclude(kind="message").count()

    def figures(self):
        row = Order.objects.filter(pk=self.order.pk)
        columns = ("status", "lines__cas__status", "allocation__used", "allocation__held")
        return *row.values_list(*columns).get(), Event.objects.exclude(kind="message").count() - self.lines

    def happens(self, event):
        order = Order.objects.get(pk=self.order.pk)
        match event.split():
            case ["reported", "by", *_]:
                self.tell(refused=True, signature="0" * 64)
            case ["reported", "another", *_]:
                self.tell(refused=True, amount_pence=100)
            case ["reported", word]:
                self.tell(state=word)
            case ["paid", "unnoticed"]:
                SandboxPayment.objects.get().decide("PAID")
            case ["browser", *_]:
                checkout.ask(order)
            case ["user", *_]:
                checkout.cancel(order, by=self.user)
            case ["an", "hour", *_]:
                run_jobs()
            case ["a", "day", *_]:
                with silence():
                    run_jobs()
            case ["the", *_]:
                self.edit()
            case ["another", *_]:
                refusal_of(an_order, self.other, by=self.user)
            case ["licence", *_]:
                refusal_of(Licence.objects.get().suspend, by=self.caseworker, reason="Because")

    def tell(self, state="paid", amount_pence=5500, signature="", refused=False):
        word = {"reference": self.order.reference, "state": state, "amount_pence": amount_pence, "currency": "GBP"}
        body = json.dumps(word).encode()
        headers = {sandbox.SIGNATURE_HEADER: signature or sandbox.signature(body)}
        try:
            checkout.receive("sandbox", headers, body)
        except BadCallback:
            assert refused, "a callback was refused"
        else:
            assert not refused, "a callback was believed"

    def edit(self):
        cas = CAS.objects.get(pk=self.cas.pk)
        refusal_of(cas.amend, {"course_id": f"after version {cas.version}"}, by=self.user, version=cas.version)


def run_jobs():
    regular_jobs.chase_silent_orders()
    regular_jobs.ask_providers_again()


class Comparison:
    """A comparison of the portal with the model. `tried` counts the sequences, and `faults` describes differences."""

    def __init__(self, seed=0, events=EVENTS):
        self.portal, self.random, self.events = Portal(), random.Random(seed), events
        self.tried, self.faults = 0, []

    def walk(self, *widths, with_books=False, model=None, path=(), now=START):
        """Try sequences of as many events as there are `widths`, and all shorter sequences that they begin with.

        A width is the number of events, taken at random, that are tried at that place. Events that several sequences
        begin with happen once, and are rolled back after all of these were tried. `with_books` means that the books
        must balance at the end of each sequence.
        """
        for event in self.random.sample(self.events, min(widths[0], len(self.events))):
            after, later, sequence = copy(model or Model()), now + TAKES.get(event, MINUTE), (*path, event)
            after.happens(event)
            self.tried += 1
            try:
                with transaction.atomic():
                    with clock.set_to(later):
                        self.portal.happens(event)
                    seen, predicted = self.portal.figures(), after.figures()
                    assert seen == predicted, f"{seen}, predicted was {predicted}"
                    if widths[1:]:
                        self.walk(*widths[1:], with_books=with_books, model=after, path=sequence, now=later)
                    elif with_books:
                        assert list(discrepancies()) == []
                    transaction.set_rollback(True)
            except Exception as error:
                self.faults.append(f"{', '.join(sequence)}: {type(error).__name__} {error}")
