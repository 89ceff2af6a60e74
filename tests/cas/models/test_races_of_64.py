"""Races of 64 connections: one payment assigns once, and only one user gets the last place."""

import threading
from dataclasses import replace

import pytest
from django.db import IntegrityError
from django.db.models import F
from django.test import Client

from cas.models import CAS, Order
from cas.payments import checkout
from cas.payments.providers import sandbox
from cas.reconciliation import discrepancies
from licences.models import Allocation, AllocationEntry, Event
from licences.models.allocation_entry import EFFECTS
from licences.roles import Role
from sms.core import clock
from tests.constraints import no_constraint
from tests.factories import a_cas, a_user, an_order
from tests.payments import decided
from tests.racing import MANY, at_once, refusals

pytestmark = [pytest.mark.long, pytest.mark.django_db(transaction=True)]

A_FEW = 8  # enough to see the fault when the guard is taken away


def figures():
    return Allocation.objects.values_list("used", "held").get()


def count_by_status(model):
    statuses = list(model.objects.values_list("status", flat=True))
    return {status: statuses.count(status) for status in statuses}


# The last places


@pytest.fixture
def cas_of_64_users(licence):
    """Return 64 CAS that are READY TO GO, each of another user."""
    return [a_cas(a_user(f"user{number}", Role.LEVEL_2, licence)) for number in range(MANY)]


def order_of(cas):
    return an_order(cas, by=cas.owner)


def test_only_one_of_64_orders_at_once_holds_the_last_place(cas_of_64_users, allocation, caseworker):
    allocation.change_granted(1, by=caseworker, reason="Because")
    refused = refusals(at_once(*[lambda cas=cas: order_of(cas) for cas in cas_of_64_users]))
    assert (figures(), count_by_status(Order)) == ((0, 1), {"OPEN": 1})
    assert len(refused) == 63
    assert all("0 unused of 1 (0 used, 1 held for payments). You need 1" in sentence for sentence in refused)
    assert list(discrepancies()) == []


def test_only_ten_of_64_payments_at_once_get_the_ten_places(cas_of_64_users, allocation, system):
    refused = refusals(at_once(*[lambda cas=cas: order_of(cas).settle(by=system) for cas in cas_of_64_users]))
    assert len(refused) == 54
    assert all("of 10 (" in sentence and "You need 1." in sentence for sentence in refused)
    assert all("Ask a Level 1 user" in sentence for sentence in refused)
    assert (figures(), count_by_status(Order)) == ((10, 0), {"PAID": 10})
    assert count_by_status(CAS) == {"ASSIGNED": 10, "READY TO GO": 54}
    assert list(discrepancies()) == []


@pytest.fixture
def without_the_guard(allocation, monkeypatch):
    """Make the portal trust the number of places that it read first. The tests with this fixture are the twins."""

    def enter_without_checking(self, kind, number, *, by, order=""):
        if number > allocation.unused:
            raise self.too_few(number)
        AllocationEntry.objects.create(allocation=self, kind=kind, number=number, order=order, by=by, at=clock.now())
        after = {name: F(name) + number * each for name, each in EFFECTS[kind]._asdict().items()}
        Allocation.objects.filter(pk=self.pk).update(**after)

    monkeypatch.setattr(Allocation, "enter", enter_without_checking)
    correct = Allocation.objects.all().update
    with no_constraint(Allocation, "allocation_unused_never_below_zero", lambda: correct(granted=100)):
        yield


def test_without_the_guard_several_orders_hold_the_last_place(
    cas_of_64_users, allocation, caseworker, without_the_guard
):
    allocation.change_granted(1, by=caseworker, reason="Because")
    at_once(*[lambda cas=cas: order_of(cas) for cas in cas_of_64_users[:A_FEW]])
    assert figures() == (0, A_FEW)


def test_without_the_guard_twelve_payments_get_the_ten_places(cas_of_64_users, allocation, system, without_the_guard):
    at_once(*[lambda cas=cas: order_of(cas).settle(by=system) for cas in cas_of_64_users[:12]])
    assert (figures(), count_by_status(Order)) == ((12, 0), {"PAID": 12})


# Many reports of one payment


@pytest.fixture
def cas(level2, allocation):
    return a_cas(level2)


@pytest.fixture
def order(cas):
    """Return an open order that is paid at the provider without a report to the portal yet."""
    order = an_order(cas, by=cas.owner)
    decided(order, "PAID")
    return order


def callbacks_at_once(order, many):
    """Send the same callback `many` times at once. Return the statuses of the answers."""
    headers, body = sandbox.callback(decided(order, "PAID"))

    def send():
        browser = Client(raise_request_exception=False)
        return browser.post("/payments/callback/sandbox/", body, "application/json", headers=headers).status_code

    return at_once(*[send] * many)


def assert_assigned_once():
    assert (count_by_status(Order), count_by_status(CAS), figures()) == ({"PAID": 1}, {"ASSIGNED": 1}, (1, 0))
    assert CAS.objects.get().version == 2
    assert Event.objects.filter(verb="assign").count() == Event.objects.filter(verb="pay").count() == 1
    assert list(discrepancies()) == []


def test_a_callback_that_arrives_64_times_at_once_assigns_the_cas_once(order):
    assert set(callbacks_at_once(order, MANY)) == {200}
    assert_assigned_once()


def test_a_late_callback_that_arrives_64_times_at_once_takes_one_place(order, system):
    order.lapse(by=system)
    assert set(callbacks_at_once(order, MANY)) == {200}
    assert_assigned_once()


def test_without_the_check_for_a_settled_order_only_the_first_callback_succeeds(order, monkeypatch):
    """The twin. The other guards still keep the books right, but the provider gets errors and keeps sending."""
    monkeypatch.setattr(Order, "is_settled", False)
    assert sorted(callbacks_at_once(order, A_FEW)) == [200] + [500] * (A_FEW - 1)


# Returns and reports that hold an order loaded earlier


def reported_and_asked_at_once(order, many):
    """Ask for and report the state of an order at once, with `many` old copies of it. Return the refusals.

    Half of the copies ask. A quarter bring the right report, and a quarter an outdated one.
    """
    report = checkout.provider_named("sandbox").fetch(order)
    older_report = replace(report, state=type(report.state)("declined"))
    loaded = [Order.objects.get() for _ in range(many)]
    returning = [lambda stale=stale: checkout.ask(stale) for stale in loaded[::2]]
    reporting = [lambda stale=stale: checkout.apply_report(report, stale) for stale in loaded[1::4]]
    outdated = [lambda stale=stale: checkout.apply_report(older_report, stale) for stale in loaded[3::4]]
    return refusals(at_once(*returning, *reporting, *outdated))


def test_an_order_is_settled_once_even_if_every_request_holds_an_old_copy(order):
    assert reported_and_asked_at_once(order, MANY) == []
    assert (count_by_status(Order), count_by_status(CAS), figures()) == ({"PAID": 1}, {"ASSIGNED": 1}, (1, 0))
    assert Event.objects.filter(verb="assign").count() == Event.objects.filter(verb="pay").count() == 1
    assert list(discrepancies()) == []


def test_without_reading_the_order_again_old_copies_cause_errors(order, monkeypatch):
    """The twin. Only the other guards, including those of the database, stop the later requests."""
    monkeypatch.setattr(Order, "_lock", lambda self: None)
    with pytest.raises((AssertionError, IntegrityError)):
        assert reported_and_asked_at_once(order, A_FEW) == []


# Some users save the CAS that others pay for


def saved_and_paid_at_once(order, many, system, *, until=lambda: None, then=lambda: None):
    """Save the CAS in half of `many` threads and settle its order in the others. Return the refusals of each half."""
    editors = [CAS.objects.get() for _ in range(many // 2)]

    def save(cas):
        cas.amend({"course_id": "new"}, by=cas.owner, version=1)
        then()

    def settle(stale):
        until()
        stale.settle(by=system)

    saving = [lambda cas=cas: save(cas) for cas in editors]
    paying = [lambda stale=stale: settle(stale) for stale in [Order.objects.get() for _ in editors]]
    answers = at_once(*saving, *paying)
    return refusals(answers[: len(saving)]), refusals(answers[len(saving) :])


def assert_saved_or_paid(many, not_saved, not_settled):
    cas, status = CAS.objects.get(), Order.objects.get().status
    assert (not_settled, cas.version) == ([], 2)
    if cas.course_id == "new":
        assert (status, cas.status, figures()) == ("REFUND DUE", "READY TO GO", (0, 0))
        assert set(not_saved) == {"Another user saved this CAS while you were changing it."}
        assert len(not_saved) == many // 2 - 1
    else:
        assert (status, cas.status, figures()) == ("PAID", "ASSIGNED", (1, 0))
        assert set(not_saved) == {"This CAS is ASSIGNED, so you cannot change or delete it."}
        assert len(not_saved) == many // 2
    assert list(discrepancies()) == []


def test_when_64_save_and_settle_late_either_one_save_or_the_payment_succeeds(order, system):
    order.lapse(by=system)  # no user can save while the order is open
    assert_saved_or_paid(MANY, *saved_and_paid_at_once(order, MANY, system))


def test_without_comparing_versions_a_cas_that_was_changed_is_assigned(order, system, monkeypatch):
    """The twin. A user saves first."""

    def assign_any_version(self, *, by):
        CAS.objects.filter(order_lines__order=self).assign(by=by, assigned_by=self.opened_by)

    monkeypatch.setattr(Order, "_assign", assign_any_version)
    order.lapse(by=system)
    saved = threading.Event()
    refused = saved_and_paid_at_once(order, A_FEW, system, until=lambda: saved.wait(60), then=saved.set)
    with pytest.raises(AssertionError):
        assert_saved_or_paid(A_FEW, *refused)
    assert (count_by_status(CAS), CAS.objects.get().course_id) == ({"ASSIGNED": 1}, "new")
