"""Calls to payment providers: reports decide, and the worker asks for missing ones (specification, section 6)."""

from datetime import timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured

from cas import regular_jobs
from cas.lifecycle import PaymentState
from cas.models import CAS, Order
from cas.payments import checkout
from cas.payments.provider import BadCallback, ProviderReport, ProviderUnavailable
from cas.startup import check_payment_provider
from licences.models import Event
from sms.core import clock
from sms.core.refused import NotAllowed, Refused
from tests.factories import a_cas

pytestmark = pytest.mark.django_db

RETURN_URL = "http://localhost/return"


class Provider:
    """A provider that answers as the test sets it, and records the calls to it."""

    name, is_for_demonstrations = "stub", False

    def __init__(self):
        self.state, self.answers, self.amount_pence, self.asked = PaymentState.PENDING, True, None, []
        self.paid_before_cancelling = self.is_closed = False

    def has_closed(self, order):
        return self.is_closed

    def _record(self, call):
        self.asked.append(call)
        if not self.answers:
            raise ProviderUnavailable

    def create(self, order, return_url):
        self._record("create")
        return f"stub-{order.pk}", "https://pay.example/1"

    def fetch(self, order):
        self._record("fetch")
        return self.state and ProviderReport(order.reference, self.state, self.amount_pence or order.total_pence)

    def cancel(self, order):
        self._record("cancel")
        if self.paid_before_cancelling:
            self.state = PaymentState.PAID
        elif self.state is PaymentState.PENDING:
            self.state = PaymentState.CANCELLED

    def read_callback(self, headers, body):
        raise BadCallback


@pytest.fixture
def provider(monkeypatch):
    provider = Provider()
    monkeypatch.setitem(checkout.PROVIDERS, "stub", provider)
    return provider


@pytest.fixture
def order(level2, allocation, provider):
    cas = a_cas(level2)
    return Order.objects.open({cas.pk: cas.version}, by=level2, provider="stub")


def status_of(order):
    return Order.objects.get(pk=order.pk).status


def chase(order, after):
    with clock.set_to(order.opened_at + after):
        return regular_jobs.chase_silent_orders()


# Starting


def test_starting_a_payment_keeps_the_address_and_calls_the_provider_once(order, provider):
    assert checkout.start(order, RETURN_URL) == "https://pay.example/1"
    assert checkout.start(Order.objects.get(pk=order.pk), RETURN_URL) == "https://pay.example/1"
    assert provider.asked == ["create"]
    order.refresh_from_db()
    assert (order.provider_reference, order.payment_url) == (f"stub-{order.pk}", "https://pay.example/1")


def test_a_provider_that_does_not_answer_leaves_the_order_open(order, provider):
    provider.answers = False
    with pytest.raises(ProviderUnavailable):
        checkout.start(order, RETURN_URL)
    assert status_of(order) == "OPEN"


def test_a_payment_page_that_has_closed_is_not_shown(order, provider):
    provider.is_closed = True
    with pytest.raises(Refused, match="The time to pay has passed"):
        checkout.start(order, RETURN_URL)


def test_every_user_is_sent_to_the_page_that_was_saved_first(order, provider):
    """Two users start the payment at once, and the provider opens a page for each."""
    twin = Order.objects.get(pk=order.pk)
    order.send_to("first", "https://pay.example/first")
    twin.send_to("second", "https://pay.example/second")
    assert twin.payment_url == "https://pay.example/first"
    assert checkout.start(twin, RETURN_URL) == "https://pay.example/first"


# The provider's reports


@pytest.mark.parametrize(
    ("state", "status"),
    [
        (PaymentState.PAID, "PAID"),
        (PaymentState.DECLINED, "DECLINED"),
        (PaymentState.CANCELLED, "CANCELLED"),
        (PaymentState.UNPAID, "LAPSED"),
        (PaymentState.PENDING, "OPEN"),
        (PaymentState.REFUNDED, "OPEN"),
        (None, "OPEN"),
    ],
)
def test_the_report_of_the_provider_decides_the_status(state, status, order, provider):
    provider.state = state
    for _ in range(2):
        checkout.ask(order)
        assert status_of(order) == status


@pytest.mark.parametrize("state", list(PaymentState))
@pytest.mark.parametrize("amount_pence", [1, 5499, 5501, 55_000])
def test_a_report_of_another_amount_changes_nothing(state, amount_pence, order, provider):
    provider.state, provider.amount_pence = state, amount_pence
    with pytest.raises(BadCallback, match="another amount"):
        checkout.ask(order)
    assert status_of(order) == "OPEN"


def test_a_report_without_an_amount_settles_no_order(order):
    with pytest.raises(BadCallback):
        checkout.apply_report(ProviderReport(order.reference, PaymentState.PAID), order)
    checkout.apply_report(ProviderReport(order.reference, PaymentState.DECLINED), order)
    assert status_of(order) == "DECLINED"


def test_a_report_in_another_currency_or_about_another_order_changes_nothing(order):
    for report in (
        ProviderReport(order.reference, PaymentState.PAID, 5500, currency="USD"),
        ProviderReport("SMS-another", PaymentState.PAID, 5500),
    ):
        with pytest.raises(BadCallback):
            checkout.apply_report(report, order)
    assert status_of(order) == "OPEN"


@pytest.mark.parametrize("first", [PaymentState.DECLINED, PaymentState.CANCELLED])
def test_a_payment_replaces_an_earlier_unpaid_end(first, order, provider):
    for provider.state in (first, PaymentState.PAID):
        checkout.ask(order)
    assert status_of(order) == "PAID"


@pytest.mark.parametrize("later", [PaymentState.DECLINED, PaymentState.CANCELLED, PaymentState.PENDING])
def test_no_later_report_replaces_a_payment(later, order, provider):
    for provider.state in (PaymentState.PAID, later):
        checkout.ask(order)
    assert status_of(order) == "PAID"


# Cancelling


def test_cancelling_cancels_the_payment_at_the_provider_and_the_order(order, provider, level2):
    checkout.cancel(order, by=level2)
    assert status_of(order) == "CANCELLED"
    assert provider.asked == ["cancel", "fetch"]
    assert Event.objects.about("order", order.pk).last().by == level2


def test_cancelling_an_order_that_was_paid_meanwhile_assigns_the_cas(order, provider, level2):
    provider.paid_before_cancelling = True
    checkout.cancel(order, by=level2)
    assert status_of(order) == "PAID"
    assert CAS.objects.get().status == "ASSIGNED"


def test_an_order_is_not_cancelled_if_the_provider_does_not_answer(order, provider, level2):
    provider.answers = False
    with pytest.raises(ProviderUnavailable):
        checkout.cancel(order, by=level2)
    assert status_of(order) == "OPEN"


@pytest.mark.parametrize("who", ["colleague", "outsider", "caseworker"])
def test_a_user_who_may_not_cancel_causes_no_call_to_the_provider(who, order, provider, request):
    with pytest.raises(NotAllowed):
        checkout.cancel(order, by=request.getfixturevalue(who))
    assert provider.asked == []
    assert status_of(order) == "OPEN"


# Silence


def test_an_order_is_chased_after_half_an_hour_of_silence(order, provider):
    assert chase(order, timedelta(minutes=29)) == 0
    assert provider.asked == []
    assert chase(order, timedelta(minutes=31)) == 1
    assert status_of(order) == "LAPSED"
    assert provider.asked == ["fetch", "cancel", "fetch"]  # it can no longer be paid
    assert chase(order, timedelta(minutes=32)) == 0


@pytest.mark.parametrize(
    ("state", "status"),
    [
        (PaymentState.PENDING, "LAPSED"),
        (None, "LAPSED"),
        (PaymentState.PAID, "PAID"),
        (PaymentState.DECLINED, "DECLINED"),
        (PaymentState.CANCELLED, "CANCELLED"),
        (PaymentState.UNPAID, "LAPSED"),
    ],
)
def test_the_report_about_a_silent_order_decides_its_status(state, status, order, provider):
    provider.state = state
    chase(order, timedelta(minutes=31))
    assert status_of(order) == status


@pytest.mark.parametrize(
    ("after", "status"), [(timedelta(minutes=31), "OPEN"), (timedelta(hours=24, minutes=1), "LAPSED")]
)
def test_an_order_whose_payment_page_was_opened_lapses_only_after_a_day(after, status, order, provider):
    checkout.start(order, RETURN_URL)
    provider.state = None
    chase(order, after)
    assert status_of(order) == status


def test_a_payment_made_while_the_order_is_chased_is_not_lost(order, provider):
    provider.paid_before_cancelling = True
    chase(order, timedelta(minutes=31))
    assert status_of(order) == "PAID"


@pytest.mark.parametrize(
    ("after", "status"),
    [
        (timedelta(minutes=31), "OPEN"),
        (timedelta(hours=23, minutes=59), "OPEN"),
        (timedelta(hours=24, minutes=1), "LAPSED"),
    ],
)
@pytest.mark.parametrize("trouble", ["no answer", "nonsense"])
def test_without_a_usable_answer_an_order_lapses_after_a_day(trouble, after, status, order, provider):
    provider.answers = trouble != "no answer"
    provider.amount_pence = 1
    chase(order, after)
    assert status_of(order) == status


def test_a_payment_reported_after_the_order_lapsed_still_settles_it(order, provider):
    provider.answers = False
    chase(order, timedelta(hours=25))
    provider.answers, provider.state = True, PaymentState.PAID
    checkout.ask(order)
    assert status_of(order) == "PAID"


def test_an_error_with_one_order_does_not_stop_the_job_from_chasing_the_others(order, provider, level2, monkeypatch):
    cas = a_cas(level2)
    second = Order.objects.open({cas.pk: cas.version}, by=level2, provider="stub")
    fetch = provider.fetch
    monkeypatch.setattr(provider, "fetch", lambda asked: 1 / 0 if asked == order else fetch(asked))
    with pytest.raises(ExceptionGroup) as failed:
        chase(second, timedelta(minutes=31))
    assert isinstance(failed.value.exceptions[0], ZeroDivisionError)
    assert (status_of(order), status_of(second)) == ("OPEN", "LAPSED")


# Configured providers


def test_the_sandbox_exists_only_in_demo_mode(settings):
    assert checkout.provider_named("sandbox").name == "sandbox"
    settings.DEMO = False
    with pytest.raises(ImproperlyConfigured):
        checkout.provider_named("sandbox")


@pytest.mark.parametrize(
    ("demo", "name", "is_fine"), [(True, "sandbox", True), (False, "sandbox", False), (True, "", False)]
)
def test_the_start_up_check_reports_a_missing_provider(demo, name, is_fine, settings):
    settings.DEMO, settings.PAYMENT_PROVIDER = demo, name
    errors = check_payment_provider()
    assert (errors == []) is is_fine
    assert is_fine or "set PAYMENT_PROVIDER" in str(errors[0])
