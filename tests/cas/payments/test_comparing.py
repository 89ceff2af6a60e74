"""Reports of a provider are kept and compared with the order, so that no payment is lost (specification, section 6)."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cas import regular_jobs
from cas.lifecycle import AGREEING, OrderStatus, PaymentState
from cas.models import CAS, Order
from cas.payments import chasing, checkout
from cas.payments.provider import BadCallback, ProviderReport, ProviderUnavailable
from cas.payments.providers.sandbox import Sandbox
from licences.models import Event
from sms.core import clock
from sms.core.refused import NotAllowed, Refused
from tests.factories import a_cas, an_order, order_in_status, sent_back
from tests.payments import decided, sent_to_sandbox

pytestmark = pytest.mark.django_db

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def order(level2, allocation):
    return an_order(a_cas(level2), by=level2)


def report(order, state, amount_pence=5500, **options):
    checkout.apply_report(
        ProviderReport(order.reference, PaymentState(state), amount_pence, **options), Order.objects.get(pk=order.pk)
    )


def report_another_amount(order, amount_pence=5499, **options):
    with pytest.raises(BadCallback, match="another amount"):
        report(order, "paid", amount_pence, **options)


def row(order):
    return Order.objects.get(pk=order.pk)


def differing():
    return list(Order.objects.differing_from_provider())


# The last report


@pytest.mark.parametrize("state", ["paid", "declined", "cancelled", "unpaid", "pending"])
def test_the_last_report_is_kept_and_agrees_with_the_order(state, order):
    report(order, state)
    assert (row(order).provider_state, differing()) == (state, [])
    assert not Event.objects.filter(verb="differ").exists()


def test_a_pending_report_does_not_contradict_an_earlier_result(order):
    report(order, "paid")
    report(order, "pending")
    assert (row(order).provider_state, differing()) == ("paid", [])


@pytest.mark.parametrize("status", OrderStatus)
def test_the_list_and_the_order_agree_on_what_differs(status, level2, allocation, caseworker, case):
    order = order_in_status(status.value, a_cas(level2), caseworker=caseworker)
    for state in PaymentState:
        with case(state=state):
            Order.objects.filter(pk=order.pk).update(provider_state=state)
            assert row(order).differs_from_provider is bool(differing()) is (state not in AGREEING[status])


def test_an_order_without_any_report_does_not_differ(order):
    assert not order.differs_from_provider
    assert differing() == []


@pytest.mark.parametrize("later", ["declined", "cancelled", "refunded"])
def test_a_later_report_against_a_payment_is_recorded_once_and_changes_nothing(later, order):
    report(order, "paid")
    for _ in range(2):
        report(order, later)
    assert (row(order).status, CAS.objects.get().status) == ("PAID", "ASSIGNED")
    assert differing() == [order]
    recorded = Event.objects.get(verb="differ")
    assert (recorded.by.username, recorded.data) == (
        "system",
        {"provider_state": [None, later], "other_amount": [None, None]},
    )


def test_an_order_no_longer_differs_once_a_report_agrees_again(order):
    report(order, "paid")
    report(order, "declined")
    report(order, "paid")
    assert differing() == []


# Another amount


@pytest.mark.parametrize(
    ("amount_pence", "currency", "words"),
    [
        (5499, "GBP", "£54.99"),
        (5500, "EUR", "5500 EUR"),
        (0, "GBP", "£0.00"),
        (-5500, "GBP", "-£55.00"),
        (10**200, "GBP", "£" + "1,000,000,000,000,000,000,000,000,000,000,"[:39]),
        (1, "X" * 50, "1 " + "X" * 38),
        (None, "GBP", "no amount"),
    ],
)
def test_a_payment_of_another_amount_is_kept_and_listed_as_differing(amount_pence, currency, words, order):
    report_another_amount(order, amount_pence, currency=currency)
    assert (row(order).status, CAS.objects.get().status) == ("OPEN", "READY TO GO")
    assert (row(order).other_amount, differing()) == (words, [order])


def test_an_order_paid_with_another_amount_never_lapses(order):
    report_another_amount(order)
    with clock.set_to(order.opened_at + 3 * DAY):
        regular_jobs.chase_silent_orders()
    assert row(order).status == "OPEN"


def test_its_twin_without_the_kept_report_the_order_lapses(order):
    report_another_amount(order)
    Order.objects.update(provider_state="")
    with clock.set_to(order.opened_at + 3 * DAY):
        regular_jobs.chase_silent_orders()
    assert row(order).status == "LAPSED"


@pytest.mark.parametrize("status", ["OPEN", "DECLINED", "CANCELLED", "LAPSED"])
def test_a_caseworker_decides_that_a_payment_of_another_amount_is_owed_back(status, level2, allocation, caseworker):
    order = order_in_status(status, a_cas(level2), caseworker=caseworker)
    report_another_amount(order)
    row(order).owe(by=caseworker)
    allocation.refresh_from_db()
    assert (row(order).status, allocation.held, allocation.used) == ("REFUND DUE", 0, 0)
    assert row(order).refusal == "The payment service received a different amount: £54.99."
    assert CAS.objects.get().status == "READY TO GO"
    row(order).refund(by=caseworker, **sent_back())


@pytest.mark.parametrize("status", [status for status in OrderStatus if status != "OPEN"])
def test_a_caseworker_cannot_owe_back_an_order_without_a_different_amount(status, level2, allocation, caseworker):
    order = order_in_status(status.value, a_cas(level2), caseworker=caseworker)
    with pytest.raises(Refused):
        row(order).owe(by=caseworker)
    assert row(order).status == status


def test_a_user_of_a_sponsor_cannot_decide_that_a_payment_is_owed_back(order, level1, level2):
    report_another_amount(order)
    for user in (level1, level2):
        with pytest.raises(NotAllowed):
            row(order).owe(by=user)


def test_a_later_report_of_the_right_amount_assigns_the_cas(order):
    report_another_amount(order)
    report(order, "paid")
    assert (row(order).status, CAS.objects.get().status, differing()) == ("PAID", "ASSIGNED", [])


# Asking again


@pytest.fixture
def sandbox(monkeypatch):
    """Return a sandbox that records the orders that it was asked about, and can be made silent."""

    class Asked(Sandbox):
        def __init__(self):
            self.asked, self.answers = [], True

        def fetch(self, order):
            self.asked.append(order.pk)
            if not self.answers:
                raise ProviderUnavailable
            return super().fetch(order)

    asked = Asked()
    monkeypatch.setitem(checkout.PROVIDERS, "sandbox", asked)
    return asked


@pytest.fixture
def lapsed(order, system, monkeypatch):
    """Let the order lapse without any report. Return its payment in the sandbox."""
    payment = sent_to_sandbox(order)
    with clock.set_to(order.opened_at + DAY):
        order.lapse(by=system)
    return payment


def ask_again(order, after):
    with clock.set_to(order.opened_at + after):
        return regular_jobs.ask_providers_again()


def test_the_provider_is_asked_about_a_lapsed_order_each_hour_for_eight_days(order, lapsed, sandbox):
    moments = [DAY + timedelta(minutes=10 * step) for step in range(12)]
    assert [ask_again(order, moment) for moment in moments] == [1, 0, 0, 0, 0, 0] * 2
    assert ask_again(order, 8 * DAY) == 1
    assert ask_again(order, 8 * DAY + 2 * HOUR) == 0
    assert sandbox.asked == [order.pk] * 3


def test_a_payment_that_was_never_reported_assigns_the_cas_days_later(order, lapsed, sandbox):
    lapsed.decide("PAID")
    assert ask_again(order, 7 * DAY) == 1
    assert (row(order).status, CAS.objects.get().status) == ("PAID", "ASSIGNED")
    assert ask_again(order, 7 * DAY + 2 * HOUR) == 0


def test_its_twin_without_the_job_the_payment_stays_unknown(order, lapsed, sandbox, monkeypatch):
    lapsed.decide("PAID")
    monkeypatch.setattr(chasing, "REMEMBERED", DAY)
    assert ask_again(order, 7 * DAY) == 0
    assert row(order).status == "LAPSED"


@pytest.mark.parametrize("state", ["PAID", "DECLINED", "CANCELLED"])
def test_the_provider_is_not_asked_about_a_final_order(state, order, sandbox):
    decided(order, state)
    checkout.ask(order)
    assert row(order).status == state
    sandbox.asked.clear()
    assert ask_again(order, 2 * HOUR) == 0
    assert sandbox.asked == []


def test_an_open_order_is_left_to_the_job_that_chases_silent_orders(order, sandbox):
    assert ask_again(order, 2 * HOUR) == 0


def test_the_provider_is_asked_about_an_order_that_differs_or_is_owed_back(level2, allocation, caseworker, sandbox):
    owed = order_in_status("REFUND DUE", a_cas(level2), caseworker=caseworker)
    differs = an_order(a_cas(level2), by=level2)
    report(differs, "paid", is_final=True)
    report(differs, "refunded", is_final=True)
    report(owed, "paid", is_final=True)
    assert ask_again(differs, 2 * HOUR) == 2
    assert set(sandbox.asked) == {owed.pk, differs.pk}


# A provider that is down


def test_a_run_asks_a_provider_that_is_down_only_three_times_and_each_order_has_its_turn(
    level2, allocation, sandbox, caplog
):
    orders = [an_order(a_cas(level2), by=level2) for _ in range(5)]
    sandbox.answers = False
    for minute in (31, 32, 33, 34, 35):
        with clock.set_to(orders[0].opened_at + timedelta(minutes=minute)):
            assert regular_jobs.chase_silent_orders() == 5
    assert len(sandbox.asked) == 15
    assert all(sandbox.asked.count(order.pk) >= 2 for order in orders)
    assert caplog.text.count("No answer about order") == 15


def test_all_orders_lapse_after_a_day_while_the_provider_is_down(level2, allocation, sandbox):
    orders = [an_order(a_cas(level2), by=level2) for _ in range(5)]
    sandbox.answers = False
    with clock.set_to(orders[-1].opened_at + DAY):
        regular_jobs.chase_silent_orders()
    assert {row(order).status for order in orders} == {"LAPSED"}


def test_the_comparison_of_many_orders_takes_one_statement(level2, allocation):
    for _ in range(5):
        report(an_order(a_cas(level2), by=level2), "paid")
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert differing() == []
    assert len(queries) == 1
