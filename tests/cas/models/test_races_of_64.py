"""Sixty-four at once, all of them connected: one payment assigns once, and the last place goes to one."""

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
from licences.models.allocation import EFFECTS
from licences.roles import Role
from sms.core import clock
from tests.constraints import no_constraint
from tests.factories import a_cas, a_user, an_order
from tests.payments import decided
from tests.racing import MANY, at_once, refusals

pytestmark = [pytest.mark.long, pytest.mark.django_db(transaction=True)]

A_FEW = 8  # are enough where no guard stands in the way


def figures():
    return Allocation.objects.values_list("used", "held").get()


def count_by_status(model):
    statuses = list(model.objects.values_list("status", flat=True))
    return {status: statuses.count(status) for status in statuses}


# The last places


@pytest.fixture
def hopefuls(licence):
    """64 users, each with a CAS that is READY TO GO."""
    return [a_cas(a_user(f"user{number}", Role.LEVEL_2, licence)) for number in range(MANY)]


def open_one(cas):
    return an_order(cas, by=cas.owner)


def test_of_64_who_want_the_last_place_one_holds_it(hopefuls, allocation, caseworker):
    allocation.change_granted(1, by=caseworker)
    refused = refusals(at_once(*[lambda cas=cas: open_one(cas) for cas in hopefuls]))
    assert (figures(), count_by_status(Order)) == ((0, 1), {"OPEN": 1})
    assert len(refused) == 63
    assert all("0 unused of 1 (0 used, 1 held for payments). You need 1" in sentence for sentence in refused)
    assert list(discrepancies()) == []


def test_of_64_who_assign_at_once_ten_get_the_ten_places(hopefuls, allocation, system):
    refused = refusals(at_once(*[lambda cas=cas: open_one(cas).settle(by=system) for cas in hopefuls]))
    assert len(refused) == 54
    assert all("of 10 (" in sentence and "You need 1." in sentence for sentence in refused)
    assert all("Ask a Level 1 user" in sentence for sentence in refused)
    assert (figures(), count_by_status(Order)) == ((10, 0), {"PAID": 10})
    assert count_by_status(CAS) == {"ASSIGNED": 10, "READY TO GO": 54}
    assert list(discrepancies()) == []


@pytest.fixture
def without_the_guard(allocation, monkeypatch):
    """A portal that trusts what its page showed: the twin, in which the tests above would see too many."""

    def trusting(self, kind, number, *, by, order=""):
        if number > allocation.unused:
            raise self.too_few(number)
        AllocationEntry.objects.create(allocation=self, kind=kind, number=number, order=order, by=by, at=clock.now())
        after = {name: F(name) + number * each for name, each in EFFECTS[kind]._asdict().items()}
        Allocation.objects.filter(pk=self.pk).update(**after)

    monkeypatch.setattr(Allocation, "enter", trusting)
    mend = Allocation.objects.all().update
    with no_constraint(Allocation, "allocation_unused_never_below_zero", lambda: mend(granted=100)):
        yield


def test_without_the_guard_more_than_one_hold_the_last_place(hopefuls, allocation, caseworker, without_the_guard):
    allocation.change_granted(1, by=caseworker)
    at_once(*[lambda cas=cas: open_one(cas) for cas in hopefuls[:A_FEW]])
    assert figures() == (0, A_FEW)


def test_without_the_guard_more_than_ten_get_the_ten_places(hopefuls, allocation, system, without_the_guard):
    at_once(*[lambda cas=cas: open_one(cas).settle(by=system) for cas in hopefuls[:12]])
    assert (figures(), count_by_status(Order)) == ((12, 0), {"PAID": 12})


# One payment, told by everybody


@pytest.fixture
def cas(level2, allocation):
    return a_cas(level2)


@pytest.fixture
def order(cas):
    """Paid at the provider, and nobody told us."""
    order = an_order(cas, by=cas.owner)
    decided(order, "PAID")
    return order


def callbacks_at_once(order, many):
    """The answers of the portal to the same callback, which so many tell at once."""
    headers, body = sandbox.callback(decided(order, "PAID"))

    def tell():
        browser = Client(raise_request_exception=False)
        return browser.post("/payments/callback/sandbox/", body, "application/json", headers=headers).status_code

    return at_once(*[tell] * many)


def assert_assigned_once():
    assert (count_by_status(Order), count_by_status(CAS), figures()) == ({"PAID": 1}, {"ASSIGNED": 1}, (1, 0))
    assert CAS.objects.get().version == 2
    assert Event.objects.filter(verb="assign").count() == Event.objects.filter(verb="pay").count() == 1
    assert list(discrepancies()) == []


def test_a_callback_that_arrives_64_times_at_once_assigns_once(order):
    assert set(callbacks_at_once(order, MANY)) == {200}
    assert_assigned_once()


def test_a_late_callback_that_arrives_64_times_at_once_takes_one_place(order, system):
    order.lapse(by=system)
    assert set(callbacks_at_once(order, MANY)) == {200}
    assert_assigned_once()


def test_without_the_question_whether_it_is_settled_only_the_first_callback_is_answered(order, monkeypatch):
    """The twin: the guards behind it still keep the books, but the provider would hear of an error and go on."""
    monkeypatch.setattr(Order, "is_settled", False)
    assert sorted(callbacks_at_once(order, A_FEW)) == [200] + [500] * (A_FEW - 1)


# Who returns and who is told, with an order that was loaded before


def told_and_asked_at_once(order, many):
    """The refusals of so many who all hold the order as it was before: half are told and half of them wrongly."""
    word = checkout.provider_named("sandbox").fetch(order)
    older = replace(word, state=type(word.state)("declined"))
    loaded = [Order.objects.get() for _ in range(many)]
    returning = [lambda stale=stale: checkout.ask(stale) for stale in loaded[::2]]
    telling = [lambda stale=stale: checkout.apply_report(word, stale) for stale in loaded[1::4]]
    overtaken = [lambda stale=stale: checkout.apply_report(older, stale) for stale in loaded[3::4]]
    return refusals(at_once(*returning, *telling, *overtaken))


def test_whoever_holds_an_old_copy_of_the_order_it_is_settled_once(order):
    assert told_and_asked_at_once(order, MANY) == []
    assert (count_by_status(Order), count_by_status(CAS), figures()) == ({"PAID": 1}, {"ASSIGNED": 1}, (1, 0))
    assert Event.objects.filter(verb="assign").count() == Event.objects.filter(verb="pay").count() == 1
    assert list(discrepancies()) == []


def test_without_reading_the_order_again_an_old_copy_is_believed(order, monkeypatch):
    """The twin: only the guards behind it, the database's among them, stop those who come later."""
    monkeypatch.setattr(Order, "_lock", lambda self: None)
    with pytest.raises((AssertionError, IntegrityError)):
        assert told_and_asked_at_once(order, A_FEW) == []


# Some save what the others pay for


def saved_and_paid_at_once(order, many, system, *, until=lambda: None, then=lambda: None):
    """The refusals of so many, of whom half save the CAS and half bring the word that it is paid."""
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


def test_of_64_who_save_and_pay_late_one_saves_or_all_that_is_paid_for_is_assigned(order, system):
    order.lapse(by=system)  # while it is open, nobody can save
    assert_saved_or_paid(MANY, *saved_and_paid_at_once(order, MANY, system))


def test_without_comparing_versions_another_cas_is_assigned_than_was_paid_for(order, system, monkeypatch):
    """The twin, in which somebody saves first."""

    def assign_what_is_there_now(self, *, by):
        CAS.objects.filter(order_lines__order=self).assign(by=by, assigned_by=self.opened_by)

    monkeypatch.setattr(Order, "_assign", assign_what_is_there_now)
    order.lapse(by=system)
    saved = threading.Event()
    refused = saved_and_paid_at_once(order, A_FEW, system, until=lambda: saved.wait(60), then=saved.set)
    with pytest.raises(AssertionError):
        assert_saved_or_paid(A_FEW, *refused)
    assert (count_by_status(CAS), CAS.objects.get().course_id) == ({"ASSIGNED": 1}, "new")
