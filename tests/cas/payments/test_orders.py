"""The effect of the provider's reports on an order: late, twice, or in any order (specification, section 6)."""

from datetime import timedelta

import pytest
from dateutil.relativedelta import relativedelta

from cas.models import CAS, Order
from cas.reconciliation import discrepancies
from licences.models import Allocation, Event
from licences.routes import Route
from sms.core import clock
from sms.core.refused import NotAllowed, Refused
from tests.days import noon_on
from tests.factories import a_cas, an_order, brought_to, sent_back

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _the_books_balance(db):
    yield
    assert list(discrepancies()) == []


@pytest.fixture
def cas(level2):
    return a_cas(level2)


@pytest.fixture
def order(cas, level2, allocation):
    return an_order(cas, by=level2)


def figures(allocation):
    allocation.refresh_from_db()
    return allocation.used, allocation.held, allocation.unused


def row_of(cas):
    return CAS.objects.values().get(pk=cas.pk)


def leave_unused(allocation, left):
    """Change the number granted, so that `left` places are unused."""
    allocation.refresh_from_db()
    allocation.change_granted(
        allocation.used + allocation.held + left, by=allocation.entries.first().by, reason="Because"
    )


# Not paid


@pytest.mark.parametrize("end", ["decline", "cancel", "lapse"])
def test_an_order_that_ends_unpaid_releases_its_place_and_does_not_change_the_cas(end, order, cas, allocation, system):
    before = row_of(cas)
    getattr(order, end)(by=system)
    assert row_of(cas) == before
    assert figures(allocation) == (0, 0, 10)
    assert [entry.kind for entry in allocation.entries.all()] == ["grant", "hold", "release"]
    assert order.closed_at is not None
    assert not order.lines.filter(is_open=True).exists()


@pytest.mark.parametrize("first", ["decline", "cancel", "lapse"])
@pytest.mark.parametrize("second", ["decline", "cancel", "lapse"])
def test_an_order_that_ended_unpaid_keeps_its_first_end(first, second, order, allocation, system):
    getattr(order, first)(by=system)
    ended = Order.objects.values().get()
    lines = Event.objects.count()
    getattr(order, second)(by=system)
    assert (Order.objects.values().get(), Event.objects.count()) == (ended, lines)
    assert figures(allocation) == (0, 0, 10)


def test_the_history_names_the_user_who_cancelled_an_order(order, level2):
    order.cancel(by=level2)
    assert Event.objects.about("order", order.pk).last().by == level2


# Paid


def test_paying_twice_assigns_once(order, cas, allocation, system):
    order.settle(by=system)
    paid, lines = row_of(cas), Event.objects.count()
    order.settle(by=system)
    Order.objects.get(pk=order.pk).settle(by=system)
    assert (row_of(cas), Event.objects.count()) == (paid, lines)
    assert figures(allocation) == (1, 0, 9)


def test_the_payer_is_recorded_as_the_assigner_and_the_event_is_by_the_system(order, cas, level2, system):
    order.settle(by=system)
    cas.refresh_from_db()
    assert cas.assigned_by == level2
    assert cas.assigned_at == pytest.approx(clock.now(), abs=timedelta(minutes=1))
    line = Event.objects.about("cas", cas.pk).last()
    assert (line.verb, line.by) == ("assign", system)
    assert line.data == {
        "status": ["READY TO GO", "ASSIGNED"],
        "version": [1, 2],
        "number": [None, cas.number],
        "assigned_on": [None, str(cas.assigned_on)],
        "expires_on": [None, str(cas.expires_on)],
    }


@pytest.mark.parametrize("end", ["decline", "cancel", "lapse"])
def test_a_late_payment_takes_an_unused_place(end, order, cas, allocation, system):
    getattr(order, end)(by=system)
    order.settle(by=system)
    cas.refresh_from_db()
    assert (order.status, cas.status) == ("PAID", "ASSIGNED")
    assert figures(allocation) == (1, 0, 9)
    assert [entry.kind for entry in allocation.entries.all()] == ["grant", "hold", "release", "take"]


def test_a_late_payment_without_an_unused_place_is_owed_back(order, cas, level2, allocation, system):
    order.lapse(by=system)
    leave_unused(allocation, 0)
    before = row_of(cas)
    order.settle(by=system)
    assert row_of(cas) == before
    assert order.status == "REFUND DUE"
    assert "has 0 unused of 0" in order.refusal
    assert Event.objects.about("order", order.pk).last().data == {
        "status": ["LAPSED", "REFUND DUE"],
        "refusal": [None, order.refusal],
    }


def test_a_late_payment_after_the_year_has_ended_is_owed_back(order, allocation, system):
    order.lapse(by=system)
    with clock.set_to(clock.now() + relativedelta(years=1)):
        order.settle(by=system)
    assert order.status == "REFUND DUE"
    assert "no current allocation" in order.refusal


def test_a_late_payment_takes_its_place_from_the_new_year(order, licence, allocation, caseworker, system):
    order.lapse(by=system)
    new_year = Allocation.objects.grant(
        by=caseworker,
        licence=licence,
        route=Route.STUDENT,
        starts_on=allocation.expires_on + timedelta(days=1),
        number=3,
    )
    with clock.set_to(clock.now() + relativedelta(years=1)):
        order.settle(by=system)
    assert order.status == "PAID"
    assert (figures(allocation), figures(new_year)) == ((0, 0, 10), (1, 0, 2))


def test_a_place_held_in_the_old_year_can_be_paid_for_in_the_new_year(order, allocation, system):
    with clock.set_to(noon_on(allocation.expires_on + timedelta(days=1))):
        order.settle(by=system)
    assert order.status == "PAID"
    assert figures(allocation) == (1, 0, 9)


@pytest.mark.parametrize(("left", "status"), [(2, "PAID"), (1, "REFUND DUE")])
def test_a_late_payment_assigns_all_or_none(left, status, level1, allocation, system):
    cas_list = [a_cas(level1), a_cas(level1)]
    order = an_order(*cas_list, by=level1)
    order.decline(by=system)
    leave_unused(allocation, left)
    order.settle(by=system)
    assert order.status == status
    assert CAS.objects.filter(status="ASSIGNED").count() == (2 if status == "PAID" else 0)


@pytest.mark.parametrize("end", ["lapse", "decline", "cancel"])
def test_a_cas_that_was_changed_before_it_was_paid_for_is_not_assigned(end, order, cas, level2, allocation, system):
    getattr(order, end)(by=system)
    cas.amend({"course_title": "MSc Statistics"}, by=level2, version=cas.version)
    order.settle(by=system)
    cas.refresh_from_db()
    assert (order.status, cas.status) == ("REFUND DUE", "READY TO GO")
    assert figures(allocation) == (0, 0, 10)


def test_a_late_payment_for_a_deleted_cas_is_owed_back(order, cas, level2, colleague, system):
    order.lapse(by=system)
    cas.remove(by=level2)
    order.settle(by=system)
    assert order.status == "REFUND DUE"
    assert Order.objects.for_user(level2).get() == order
    assert not Order.objects.for_user(colleague).exists()


def test_if_one_of_two_cas_was_changed_neither_is_assigned(level1, allocation, system):
    kept, changed = a_cas(level1), a_cas(level1)
    order = an_order(kept, changed, by=level1)
    order.lapse(by=system)
    changed.amend({"course_id": "Another"}, by=level1, version=changed.version)
    order.settle(by=system)
    kept.refresh_from_db()
    assert (order.status, kept.status) == ("REFUND DUE", "READY TO GO")


@pytest.mark.parametrize("end", [None, "lapse"])
@pytest.mark.parametrize("status", ["SUSPENDED", "REVOKED", "EXPIRED", "SURRENDERED"])
def test_a_payment_under_a_licence_that_is_not_active_is_owed_back(
    status, end, order, cas, licence, allocation, caseworker, system
):
    if end:
        getattr(order, end)(by=system)
    brought_to(status, licence, caseworker=caseworker)
    before = row_of(cas)
    order.settle(by=system)
    assert order.status == "REFUND DUE"
    assert f"Your licence is {status}" in order.refusal
    assert row_of(cas) == before
    assert figures(allocation) == (0, 0, 10)


def test_a_payment_after_the_licence_was_reinstated_assigns_the_cas(order, cas, licence, caseworker, system):
    licence.suspend(by=caseworker, reason="Because")
    licence.reinstate(by=caseworker, reason="Because")
    order.settle(by=system)
    assert order.status == "PAID"


def test_a_payment_for_a_surrendered_route_is_owed_back(order, cas, licence, caseworker, system):
    licence.surrender_route(Route.STUDENT, by=caseworker, reason="Because")
    order.settle(by=system)
    cas.refresh_from_db()
    assert (order.status, cas.status) == ("REFUND DUE", "READY TO GO")


def test_the_second_of_two_payments_for_the_same_cas_is_owed_back(order, cas, level2, allocation, system):
    order.lapse(by=system)
    second = an_order(cas, by=level2)
    order.settle(by=system)
    second.settle(by=system)
    cas.refresh_from_db()
    assert (order.status, second.status, cas.status) == ("PAID", "REFUND DUE", "ASSIGNED")
    assert "A CAS changed after this payment was started." in second.refusal
    assert figures(allocation) == (1, 0, 9)


def test_a_refund_stays_due_after_any_report_of_the_provider(order, licence, caseworker, system):
    licence.suspend(by=caseworker, reason="Because")
    order.settle(by=system)
    licence.reinstate(by=caseworker, reason="Because")
    for report in (order.settle, order.decline, order.cancel, order.lapse):
        report(by=system)
        assert order.status == "REFUND DUE"
    order.refund(by=caseworker, **sent_back())
    assert order.status == "REFUNDED"
    with pytest.raises(Refused, match="This order is REFUNDED"):
        order.refund(by=caseworker, **sent_back())


def test_a_caseworker_refunds_only_a_refund_that_is_due(order, system, caseworker, level1):
    with pytest.raises(Refused, match="This order is OPEN"):
        order.refund(by=caseworker, **sent_back())
    with pytest.raises(NotAllowed):
        order.refund(by=level1, **sent_back())


def test_a_failure_half_way_through_settling_changes_nothing(order, cas, allocation, system, monkeypatch):
    before = row_of(cas), Order.objects.values().get(), Event.objects.count()
    monkeypatch.setattr(Order, "_charge", lambda *_, **__: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        order.settle(by=system)
    assert (row_of(cas), Order.objects.values().get(), Event.objects.count()) == before
    assert figures(allocation) == (0, 1, 9)


def test_while_its_order_is_open_a_cas_is_neither_saved_nor_deleted(order, cas, level2, system):
    for attempt in (
        lambda: cas.amend({"course_id": "Another"}, by=level2, version=cas.version),
        lambda: cas.remove(by=level2),
    ):
        with pytest.raises(Refused, match="This CAS is being paid for"):
            attempt()
    order.lapse(by=system)
    cas.amend({"course_id": "Another"}, by=level2, version=cas.version)
    cas.remove(by=level2)
