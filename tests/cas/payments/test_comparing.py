"""What a provider says is kept and compared: no paid order is ever lost from sight (specification, section 6)."""

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
from tests.factories import a_cas, an_order, order_in_status
from tests.payments import decided, sent_to_sandbox

pytestmark = pytest.mark.django_db

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def order(level2, allocation):
    return an_order(a_cas(level2), by=level2)


def says(order, state, amount_pence=5500, **options):
    checkout.apply_report(
        ProviderReport(order.reference, PaymentState(state), amount_pence, **options), Order.objects.get(pk=order.pk)
    )


def says_other_money(order, amount_pence=5499, **options):
    with pytest.raises(BadCallback, match="another amount"):
        says(order, "paid", amount_pence, **options)


def row(order):
    return Order.objects.get(pk=order.pk)


def differing():
    return list(Order.objects.differing_from_provider())


# What it said last


@pytest.mark.parametrize("state", ["paid", "declined", "cancelled", "unpaid", "pending"])
def test_what_it_said_is_kept_and_agrees_with_what_was_made_of_it(state, order):
    says(order, state)
    assert (row(order).provider_state, differing()) == (state, [])
    assert not Event.objects.filter(verb="hear").exists()


def test_that_a_payment_is_under_way_says_nothing_against_its_result(order):
    says(order, "paid")
    says(order, "pending")
    assert (row(order).provider_state, differing()) == ("paid", [])


@pytest.mark.parametrize("status", OrderStatus)
def test_the_list_and_the_order_agree_on_what_differs(status, level2, allocation, caseworker, case):
    order = order_in_status(status.value, a_cas(level2), caseworker=caseworker)
    for state in PaymentState:
        with case(state=state):
            Order.objects.filter(pk=order.pk).update(provider_state=state)
            assert row(order).differs_from_provider is bool(differing()) is (state not in AGREEING[status])


def test_an_order_of_which_nothing_was_heard_does_not_differ(order):
    assert not order.differs_from_provider
    assert differing() == []


@pytest.mark.parametrize("later", ["declined", "cancelled", "refunded"])
def test_a_later_word_against_a_payment_is_told_once_and_changes_nothing(later, order):
    says(order, "paid")
    for _ in range(2):
        says(order, later)
    assert (row(order).status, CAS.objects.get().status) == ("PAID", "ASSIGNED")
    assert differing() == [order]
    told = Event.objects.get(verb="hear")
    assert (told.by.username, told.data) == ("system", {"heard": [None, later], "other_money": [None, None]})


def test_what_agrees_again_differs_no_longer(order):
    says(order, "paid")
    says(order, "declined")
    says(order, "paid")
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
def test_a_payment_of_another_amount_is_kept_in_sight(amount_pence, currency, words, order):
    says_other_money(order, amount_pence, currency=currency)
    assert (row(order).status, CAS.objects.get().status) == ("OPEN", "READY TO GO")
    assert (row(order).other_amount, differing()) == (words, [order])


def test_it_does_not_lapse_however_long_it_takes(order):
    says_other_money(order)
    with clock.set_to(order.opened_at + 3 * DAY):
        regular_jobs.chase_silent_orders()
    assert row(order).status == "OPEN"


def test_its_twin_without_what_was_heard_it_lapses(order):
    says_other_money(order)
    Order.objects.update(provider_state="")
    with clock.set_to(order.opened_at + 3 * DAY):
        regular_jobs.chase_silent_orders()
    assert row(order).status == "LAPSED"


@pytest.mark.parametrize("status", ["OPEN", "DECLINED", "CANCELLED", "LAPSED"])
def test_a_caseworker_decides_that_it_is_owed_back(status, level2, allocation, caseworker):
    order = order_in_status(status, a_cas(level2), caseworker=caseworker)
    says_other_money(order)
    row(order).owe(by=caseworker)
    allocation.refresh_from_db()
    assert (row(order).status, allocation.held, allocation.used) == ("REFUND DUE", 0, 0)
    assert row(order).refusal == "The payment service received a different amount: £54.99."
    assert CAS.objects.get().status == "READY TO GO"
    row(order).refund(by=caseworker)


@pytest.mark.parametrize("status", [status for status in OrderStatus if status != "OPEN"])
def test_what_was_paid_as_it_should_be_is_not_owed_back(status, level2, allocation, caseworker):
    order = order_in_status(status.value, a_cas(level2), caseworker=caseworker)
    with pytest.raises(Refused):
        row(order).owe(by=caseworker)
    assert row(order).status == status


def test_no_sponsor_decides_it(order, level1, level2):
    says_other_money(order)
    for user in (level1, level2):
        with pytest.raises(NotAllowed):
            row(order).owe(by=user)


def test_the_right_amount_after_all_assigns(order):
    says_other_money(order)
    says(order, "paid")
    assert (row(order).status, CAS.objects.get().status, differing()) == ("PAID", "ASSIGNED", [])


# Asking again


@pytest.fixture
def sandbox(monkeypatch):
    """The sandbox, which remembers about which orders it was asked, and can be silent."""

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
    """An order of which nothing was heard, and which lapsed."""
    payment = sent_to_sandbox(order)
    with clock.set_to(order.opened_at + DAY):
        order.lapse(by=system)
    return payment


def ask_again(order, after):
    with clock.set_to(order.opened_at + after):
        return regular_jobs.ask_providers_again()


def test_an_order_that_lapsed_unheard_is_asked_about_each_hour_for_eight_days(order, lapsed, sandbox):
    moments = [DAY + timedelta(minutes=10 * step) for step in range(12)]
    assert [ask_again(order, moment) for moment in moments] == [1, 0, 0, 0, 0, 0] * 2
    assert ask_again(order, 8 * DAY) == 1
    assert ask_again(order, 8 * DAY + 2 * HOUR) == 0
    assert sandbox.asked == [order.pk] * 3


def test_what_was_paid_unheard_assigns_days_later(order, lapsed, sandbox):
    lapsed.decide("PAID")
    assert ask_again(order, 7 * DAY) == 1
    assert (row(order).status, CAS.objects.get().status) == ("PAID", "ASSIGNED")
    assert ask_again(order, 7 * DAY + 2 * HOUR) == 0


def test_its_twin_without_the_job_nobody_hears_of_it(order, lapsed, sandbox, monkeypatch):
    lapsed.decide("PAID")
    monkeypatch.setattr(chasing, "REMEMBERED", DAY)
    assert ask_again(order, 7 * DAY) == 0
    assert row(order).status == "LAPSED"


@pytest.mark.parametrize("state", ["PAID", "DECLINED", "CANCELLED"])
def test_nobody_is_asked_about_what_is_final(state, order, sandbox):
    decided(order, state)
    checkout.ask(order)
    assert row(order).status == state
    sandbox.asked.clear()
    assert ask_again(order, 2 * HOUR) == 0
    assert sandbox.asked == []


def test_an_open_order_is_the_other_jobs(order, sandbox):
    assert ask_again(order, 2 * HOUR) == 0


def test_an_order_that_differs_or_is_owed_is_asked_about(level2, allocation, caseworker, sandbox):
    owed = order_in_status("REFUND DUE", a_cas(level2), caseworker=caseworker)
    differs = an_order(a_cas(level2), by=level2)
    says(differs, "paid", is_final=True)
    says(differs, "refunded", is_final=True)
    says(owed, "paid", is_final=True)
    assert ask_again(differs, 2 * HOUR) == 2
    assert set(sandbox.asked) == {owed.pk, differs.pk}


# A provider that is down


def test_a_provider_that_is_down_is_left_alone_after_three_questions_and_each_has_its_turn(
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


def test_all_lapse_after_a_day_though_it_is_down(level2, allocation, sandbox):
    orders = [an_order(a_cas(level2), by=level2) for _ in range(5)]
    sandbox.answers = False
    with clock.set_to(orders[-1].opened_at + DAY):
        regular_jobs.chase_silent_orders()
    assert {row(order).status for order in orders} == {"LAPSED"}


def test_the_comparison_costs_one_statement_however_many_orders_there_are(level2, allocation):
    for _ in range(5):
        says(an_order(a_cas(level2), by=level2), "paid")
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert differing() == []
    assert len(queries) == 1
