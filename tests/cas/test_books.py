"""`manage.py check_ledger` proves that counters, ledger, orders and CAS agree (specification, section 5)."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from cas.books import discrepancies
from cas.models import CAS, Order, OrderLine
from licences.models import Allocation, AllocationEntry
from sms.core import clock
from tests.making import a_cas, an_allocation, an_order, assigned, brought_to, order_in_status
from tests.plain_sql import delete, no_triggers

pytestmark = pytest.mark.django_db


@pytest.fixture
def busy(level1, level2, outsider, allocation, caseworker):
    """Two sponsors with orders in every status."""
    an_allocation(outsider.licence, by=caseworker)
    assigned(a_cas(outsider))
    for status in ("OPEN", "PAID", "DECLINED", "CANCELLED", "LAPSED", "REFUND DUE", "REFUNDED"):
        order_in_status(status, a_cas(level2), caseworker=caseworker)
    an_order(a_cas(level1), a_cas(level1), by=level1)


def check_ledger():
    out, err = StringIO(), StringIO()
    call_command("check_ledger", stdout=out, stderr=err)
    return out.getvalue()


def test_after_all_sorts_of_orders_the_books_balance(busy):
    assert list(discrepancies()) == []
    assert check_ledger() == "The books balance.\n"


def test_empty_books_balance(db):
    assert list(discrepancies()) == []


def a_counter():
    Allocation.objects.filter(used__gt=0).order_by("pk").update(granted=500)


def an_entry():
    entry = AllocationEntry.objects.filter(kind="use").first()
    entry.pk, entry._state.adding, entry.order, entry.number = None, True, "SMS-of-nobody", 1
    entry.save()


def a_lost_entry():
    delete(AllocationEntry.objects.filter(kind="use").first())


def a_status_of_an_order():
    Order.objects.filter(status="OPEN").update(status="LAPSED", closed_at=clock.now())


def an_open_line():
    OrderLine.objects.filter(order__status="PAID").update(is_open=True)


def a_closed_line():
    OrderLine.objects.filter(order__status="OPEN").update(is_open=False)


def a_cas_that_nobody_paid_for():
    cas = CAS.objects.filter(status="ASSIGNED").first()
    cas.order_lines.update(cas=None)


def a_cas_paid_for_twice():
    line = OrderLine.objects.filter(order__status="PAID").first()
    other = OrderLine.objects.filter(order__status="PAID").exclude(pk=line.pk).first()
    OrderLine.objects.filter(pk=other.pk).update(cas=line.cas)


@pytest.mark.parametrize(
    ("plant", "sentence"),
    [
        (a_counter, "the counters say Effect(granted=500"),
        (an_entry, "The ledger has entries of SMS-of-nobody, and there is no such order."),
        (a_lost_entry, "the ledger"),
        (a_status_of_an_order, "LAPSED: the ledger says"),
        (an_open_line, "PAID: 1 of its lines are open."),
        (a_closed_line, "OPEN: 0 of its lines are open."),
        (a_cas_that_nobody_paid_for, "is assigned and has 0 paid orders."),
        (a_cas_paid_for_twice, "is assigned and has 2 paid orders."),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_planted_discrepancy_is_found(plant, sentence, busy):
    with no_triggers():
        plant()
        found = list(discrepancies())
        assert [line for line in found if sentence in line], found
        err = StringIO()
        with pytest.raises(CommandError, match=f"Discrepancies found: {len(found)}."):
            call_command("check_ledger", stdout=StringIO(), stderr=err)
        assert err.getvalue().splitlines() == found


def test_the_books_balance_whatever_becomes_of_the_cas_and_the_licence(busy, licence, caseworker):
    for status in ("SUSPENDED", "REVOKED"):
        with transaction.atomic():
            brought_to(status, licence, caseworker=caseworker)
            assert list(discrepancies()) == []
            transaction.set_rollback(True)
        licence.refresh_from_db()
