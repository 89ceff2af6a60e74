"""The payment page of the sandbox: only in demo mode, clearly marked, and without data of students or users."""

import os
import subprocess
import sys
from datetime import timedelta
from unittest import mock

import pytest
from django.conf import settings
from django.test import Client

from cas import regular_jobs
from cas.models import CAS, Order
from cas.payments import checkout
from licences.models import Event
from sms.core import clock
from tests.factories import a_cas, an_order
from tests.pages import Page
from tests.payments import sent_to_sandbox


@pytest.fixture
def order(level1, allocation):
    return an_order(a_cas(level1), by=level1)


@pytest.fixture
def payment(order):
    return sent_to_sandbox(order)


def address(payment):
    return f"/sandbox/{payment.key}/"


def outcome(order):
    return Order.objects.get(pk=order.pk).status, CAS.objects.get().status


def test_the_page_is_marked_as_a_sandbox_and_says_what_is_paid_for(payment):
    page = Page(Client().get(address(payment)))
    assert page.h1 == "Sandbox payment page"
    assert "You do not need a card, and no money is taken." in page.main.text
    assert dict(page.main.lines()) == {
        "For": "1 Confirmation of Acceptance for Studies",
        "Amount": "£55.00",
        "Reference": payment.reference,
        "State": "Waiting for payment",
    }


def test_the_page_names_neither_the_student_nor_the_user(payment, as_user, level1):
    for client in (Client(), as_user(level1)):
        html = client.get(address(payment)).content.decode()
        assert not any(detail in html for detail in ("Nguyễn", "B1234567", "Level1", "University of Example"))


def test_the_page_has_buttons_for_payers_and_for_testers(payment):
    buttons = Page(Client().get(address(payment))).form().all("button")
    assert {button["value"]: button.text for button in buttons} == {
        "pay": "Pay",
        "decline": "Decline",
        "cancel": "Cancel",
        "pay-silently": "Pay, but do not tell the portal",
        "pay-twice": "Pay, and tell the portal twice",
        "pay-late": "Pay, and tell the portal a minute later",
    }
    assert {button["name"] for button in buttons} == {"choice"}


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        ("pay", ("PAID", "ASSIGNED")),
        ("decline", ("DECLINED", "READY TO GO")),
        ("cancel", ("CANCELLED", "READY TO GO")),
    ],
)
def test_the_choice_is_reported_to_the_portal_and_the_browser_returns(order, payment, choice, expected):
    answer = Client().post(address(payment), {"choice": choice})
    assert (answer.status_code, answer["Location"]) == (
        303,
        f"http://testserver/payments/{order.reference}/return/",
    )
    assert outcome(order) == expected


def test_a_silent_payment_is_known_only_once_the_browser_returns(order, payment):
    client = Client()
    page = Page(client.post(address(payment), {"choice": "pay-silently"}))
    assert outcome(order) == ("OPEN", "READY TO GO")
    assert dict(page.main.lines())["State"] == "Paid"
    client.get(page.main.link("Return to the portal"))
    assert outcome(order) == ("PAID", "ASSIGNED")


def test_a_payment_reported_twice_assigns_the_cas_once(order, payment):
    with mock.patch.object(checkout, "receive", wraps=checkout.receive) as receive:
        Client().post(address(payment), {"choice": "pay-twice"})
    assert receive.call_count == 2
    assert outcome(order) == ("PAID", "ASSIGNED")
    assert Event.objects.filter(verb="assign").count() == 1


def test_a_late_payment_is_unknown_for_a_minute_even_if_the_portal_asks(order, payment, as_user, level1):
    there = Client().post(address(payment), {"choice": "pay-late"})["Location"]
    page = Page(as_user(level1).get(there, follow=True))
    assert page.h1 == "Payment in progress"
    assert regular_jobs.send_late_sandbox_callbacks() == 0
    assert outcome(order) == ("OPEN", "READY TO GO")
    with clock.set_to(clock.now() + timedelta(seconds=61)):
        assert [regular_jobs.send_late_sandbox_callbacks() for _ in range(2)] == [1, 0]
        assert outcome(order) == ("PAID", "ASSIGNED")


def test_a_late_payment_of_a_cancelled_order_still_assigns_the_cas(order, payment, level1):
    Client().post(address(payment), {"choice": "pay-late"})
    checkout.cancel(Order.objects.get(pk=order.pk), by=level1)
    assert outcome(order) == ("CANCELLED", "READY TO GO")
    with clock.set_to(clock.now() + timedelta(seconds=61)):
        regular_jobs.send_late_sandbox_callbacks()
    assert outcome(order) == ("PAID", "ASSIGNED")


def test_outside_demo_mode_no_late_callback_is_sent(order, payment, settings):
    Client().post(address(payment), {"choice": "pay-late"})
    settings.DEMO = False
    with clock.set_to(clock.now() + timedelta(seconds=61)):
        assert regular_jobs.send_late_sandbox_callbacks() == 0


def test_a_payment_is_decided_only_once(order, payment):
    client = Client()
    client.post(address(payment), {"choice": "decline"})
    assert client.post(address(payment), {"choice": "pay"}).status_code == 303
    assert outcome(order) == ("DECLINED", "READY TO GO")
    page = Page(client.get(address(payment)))
    assert page.main.all("button") == []
    assert dict(page.main.lines())["State"] == "Declined"


@pytest.mark.parametrize("choice", ["", "PAY", "refund", "\x00"])
def test_an_unknown_choice_changes_nothing(order, payment, choice):
    page = Page(Client().post(address(payment), {"choice": choice}))
    assert page.form().all("button")
    assert outcome(order) == ("OPEN", "READY TO GO")


def test_another_site_cannot_choose(order, payment):
    answer = Client(enforce_csrf_checks=True).post(address(payment), {"choice": "pay"})
    assert answer.status_code == 403
    assert outcome(order) == ("OPEN", "READY TO GO")


def test_a_user_pays_in_the_sandbox_from_ok_to_the_cas_number(as_user, level1, allocation):
    client, cas = as_user(level1), a_cas(level1)
    there = client.post(f"/students/cas/{cas.pk}/online-payment/", {"version": "1"})
    answer = client.post(there["Location"], {"choice": "pay"}, follow=True)
    page = Page(answer)
    cas.refresh_from_db()
    assert page.h1 == "Confirmation of assigned CAS"
    assert cas.number in page.main.text


@pytest.mark.once
def test_outside_demo_mode_the_page_does_not_exist():
    """The addresses are set when the portal starts, so the test starts another portal."""
    asked = """
import django; django.setup()
from django.urls import Resolver404, resolve
try:
    print(resolve("/sandbox/key/").url_name)
except Resolver404:
    print("not there")
"""
    outside = {"DEMO": "false", "DEBUG": "false", "SECRET_KEY": "a secret", "PAYMENT_PROVIDER": ""}
    inside = {"DEMO": "true"}
    for kind, expected in ((outside, "not there"), (inside, "sandbox_payment")):
        answer = subprocess.run(
            [sys.executable, "-c", asked],
            env=os.environ | {"DJANGO_SETTINGS_MODULE": "sms.settings"} | kind,
            cwd=settings.BASE_DIR,
            capture_output=True,
            text=True,
        )
        assert answer.stdout.strip() == expected, answer.stderr
