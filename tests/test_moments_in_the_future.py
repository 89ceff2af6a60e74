"""After a clock ran ahead and was corrected, the moments in the future that it wrote block nothing."""

from datetime import timedelta

import pytest
import time_machine

from cas import regular_jobs as cas_jobs
from cas.models import Order, Printout, SandboxPayment
from cas.payments import chasing, checkout
from cas.payments.providers.sandbox import Sandbox
from licences import regular_jobs as licence_jobs
from licences import time_out
from licences.models import Draft, Session, StoredSearch
from sms.core import clock, moments
from tests.factories import a_cas, an_order
from tests.payments import decided, sent_to_sandbox

pytestmark = pytest.mark.django_db

HOUR, DAY, YEAR = timedelta(hours=1), timedelta(days=1), timedelta(days=365)


class Counting(Sandbox):
    """A sandbox that counts the orders that it is asked about or asked to cancel."""

    def __init__(self):
        self.asked, self.cancelled = [], []

    def fetch(self, order):
        self.asked.append(order.pk)
        return super().fetch(order)

    def cancel(self, order):
        self.cancelled.append(order.pk)
        super().cancel(order)


@pytest.fixture
def sandbox(monkeypatch):
    counting = Counting()
    monkeypatch.setitem(checkout.PROVIDERS, "sandbox", counting)
    return counting


# Orders


@pytest.fixture
def lapsed(level1, allocation, system, sandbox):
    """Make a lapsed order without an answer, about which a job asked while the clock was a year ahead."""
    order = an_order(a_cas(level1), by=level1)
    sent_to_sandbox(order)
    order.lapse(by=system)
    Order.objects.filter(pk=order.pk).update(asked_at=clock.now() + YEAR)
    return order


def test_an_order_with_a_question_in_the_future_is_asked_about_now_and_then_each_hour(lapsed, sandbox):
    assert [cas_jobs.ask_providers_again() for _ in range(3)] == [1, 0, 0]
    with clock.set_to(clock.now() + HOUR):
        assert cas_jobs.ask_providers_again() == 1
    assert sandbox.asked == [lapsed.pk] * 2


def test_an_order_with_a_question_in_the_future_is_assigned_if_it_was_paid(lapsed, sandbox):
    SandboxPayment.objects.get().decide("PAID")
    cas_jobs.ask_providers_again()
    assert Order.objects.get().status == "PAID"


def test_if_a_moment_in_the_future_counted_no_job_would_ask(lapsed, sandbox, monkeypatch):
    monkeypatch.setattr(type(Order.objects.all()), "with_last_asked", without_correction)
    assert cas_jobs.ask_providers_again() == 0


def without_correction(rows, now):
    return rows.alias(last_asked=chasing.F("asked_at"))


def test_an_order_with_a_question_in_the_future_is_asked_about_before_other_orders(lapsed, level1, system, sandbox):
    other = an_order(a_cas(level1), by=level1)
    other.lapse(by=system)
    Order.objects.filter(pk=other.pk).update(asked_at=clock.now() - DAY)
    cas_jobs.ask_providers_again()
    assert sandbox.asked == [lapsed.pk, other.pk]


@pytest.fixture
def opened_ahead(level1, allocation, sandbox):
    """Make an order that was opened while the clock was two months ahead, and send it to its provider."""
    with clock.set_to(clock.now() + 60 * DAY):
        order = an_order(a_cas(level1), by=level1)
    sent_to_sandbox(order)
    return order


def test_an_order_that_was_opened_in_the_future_is_asked_about(opened_ahead, sandbox):
    SandboxPayment.objects.get().decide("PAID")
    assert cas_jobs.chase_silent_orders() == 1
    assert Order.objects.get().status == "PAID"


def test_an_order_that_was_opened_in_the_future_is_not_cancelled_or_lapsed_because_its_age_is_unknown(
    opened_ahead, sandbox
):
    for _ in range(2):
        assert cas_jobs.chase_silent_orders() == 1
    assert (sandbox.asked, sandbox.cancelled) == ([opened_ahead.pk] * 2, [])
    assert Order.objects.get().status == "OPEN"


def test_if_it_were_chased_like_other_orders_its_payment_would_be_cancelled(opened_ahead, sandbox):
    chasing._ask_about(Order.objects.all(), checkout.shut)
    assert SandboxPayment.objects.get().state == "CANCELLED"


# The sandbox


def test_a_late_callback_of_the_sandbox_that_is_due_next_year_is_sent_now(level1, allocation):
    payment = decided(an_order(a_cas(level1), by=level1), "PAID")
    SandboxPayment.objects.update(report_at=clock.now() + YEAR)
    payment.refresh_from_db()
    assert payment.reported_state == "PAID"
    assert [cas_jobs.send_late_sandbox_callbacks() for _ in range(2)] == [1, 0]
    assert Order.objects.get().status == "PAID"


@pytest.mark.parametrize("seconds", [1, 59])
def test_a_late_callback_that_is_due_within_a_minute_is_not_sent_yet(seconds, level1, allocation):
    payment = decided(an_order(a_cas(level1), by=level1), "PAID")
    SandboxPayment.objects.update(report_at=clock.now() + timedelta(seconds=seconds))
    payment.refresh_from_db()
    assert (payment.reported_state, cas_jobs.send_late_sandbox_callbacks()) == ("PENDING", 0)


# Drafts


def a_page(level1):
    return {"user_id": level1.pk, "form": "edit_cas", "subject": "1", "key": "", "drawn_at": clock.now()}


def keep(page):
    return Draft.objects.keep(typed={"family_name": ["Okonkwo"]}, **page)


def test_a_form_that_was_saved_in_the_future_still_keeps_a_draft(level1):
    with clock.set_to(clock.now() + YEAR):
        keep(a_page(level1))
        Draft.objects.all().finish()
    assert keep(a_page(level1)) is not None
    assert Draft.objects.get().typed["family_name"] == "Okonkwo"


def test_a_form_that_was_saved_seconds_ago_by_another_servers_clock_keeps_no_draft(level1):
    page = a_page(level1)
    keep(page)
    with clock.set_to(clock.now() + timedelta(seconds=30)):
        Draft.objects.all().finish()
    assert keep(page) is None


# Rows that are deleted after a time


def made_next_year(level1):
    with clock.set_to(clock.now() + YEAR):
        StoredSearch.objects.keep("any", {}, by=level1)
        Printout.objects.ask([1], name="One", by=level1)
        keep(a_page(level1))
        keep(a_page(level1) | {"subject": "2"})
        Draft.objects.filter(subject="2").finish()


def purge():
    licence_jobs.delete_old_searches()
    cas_jobs.delete_old_printouts()
    licence_jobs.delete_old_drafts()


def left():
    return [model.objects.count() for model in (StoredSearch, Printout, Draft)]


def test_rows_that_were_made_in_the_future_are_kept_as_long_as_rows_that_are_made_now(level1):
    made_next_year(level1)
    purge()
    assert left() == [1, 1, 2]
    with clock.set_to(clock.now() + 29 * DAY):
        purge()
    assert left() == [1, 0, 2]
    with clock.set_to(clock.now() + 31 * DAY):
        purge()
    assert left() == [0, 0, 0]


def test_if_rows_kept_their_moments_in_the_future_they_would_stay_for_another_year(level1, monkeypatch):
    monkeypatch.setattr(moments, "bring_back", lambda rows, *names: None)
    made_next_year(level1)
    purge()
    with clock.set_to(clock.now() + YEAR):
        purge()
    assert left() == [1, 1, 2]


# Sessions


@pytest.fixture
def signed_in_ahead(as_user, level1):
    """Sign a user in while the clock is a day ahead, and return the client."""
    with time_machine.travel(clock.real_now() + DAY):
        client = as_user(level1)
        assert client.get("/students/").status_code == 200
    return client


def test_a_session_that_was_active_in_the_future_has_ended(signed_in_ahead):
    assert signed_in_ahead.get("/students/").status_code == 302
    assert signed_in_ahead.get("/students/").status_code == 302


def test_if_activity_in_the_future_counted_the_session_would_not_end(signed_in_ahead, monkeypatch):
    monkeypatch.setattr(time_out, "_has_ended", lambda idle: idle is not None and idle >= 1200)
    assert signed_in_ahead.get("/students/").status_code == 200


def test_a_clock_that_was_corrected_by_some_minutes_signs_no_user_out(as_user, level1):
    with time_machine.travel(clock.real_now() + timedelta(minutes=10)):
        client = as_user(level1)
        client.get("/students/")
    assert client.get("/session/", headers={"X-Polling": "true"}).json()["seconds"] <= 1200
    assert client.get("/students/").status_code == 200


def test_a_session_that_would_end_in_the_far_future_is_deleted(signed_in_ahead):
    Session.objects.update(expire_date=clock.real_now() + YEAR)
    assert licence_jobs.delete_ended_sessions() == 1


def test_a_session_of_today_is_not_deleted(as_user, level1):
    as_user(level1).get("/students/")
    assert licence_jobs.delete_ended_sessions() == 0
