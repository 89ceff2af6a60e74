"""The database itself guards orders and their lines (specification, section 6)."""

import pytest
from django.db import IntegrityError, transaction

from cas.models import Order
from sms.core import clock
from tests.factories import a_cas, order_in_status
from tests.plain_sql import columns_of, delete, insert_like, no_triggers, only_trigger, refusal, refused_columns, update

pytestmark = pytest.mark.django_db

STATUSES = ["OPEN", "PAID", "DECLINED", "CANCELLED", "LAPSED", "REFUND DUE", "REFUNDED"]

# The statuses that may follow each status, which may also stay unchanged. A late payment replaces every unpaid end.
MOVES = {
    "OPEN": {"PAID", "REFUND DUE", "DECLINED", "CANCELLED", "LAPSED"},
    "DECLINED": {"PAID", "REFUND DUE"},
    "CANCELLED": {"PAID", "REFUND DUE"},
    "LAPSED": {"PAID", "REFUND DUE"},
    "REFUND DUE": {"REFUNDED"},
    "PAID": set(),
    "REFUNDED": set(),
}

TERMS = {
    "id",
    "reference",
    "licence_id",
    "allocation_id",
    "route",
    "count",
    "fee_pence",
    "provider",
    "opened_by_id",
    "opened_at",
}


@pytest.fixture
def order_in(level1, allocation, caseworker):
    return lambda status: order_in_status(status, a_cas(level1), caseworker=caseworker)


def columns_in(status):
    return {"status": status, "closed_at": None if status == "OPEN" else clock.now()}


@pytest.mark.parametrize("before", STATUSES)
def test_a_status_changes_only_to_one_that_the_table_allows(before, order_in):
    order = order_in(before)

    def reached():
        return {status for status in STATUSES if not refusal(update, order, **columns_in(status))} - {before}

    assert reached() == MOVES[before]
    with only_trigger("sms_guard_cas_order_status_update"):
        assert reached() == MOVES[before]
    with no_triggers():
        assert reached() == set(STATUSES) - {before}


def test_a_new_order_is_open(order_in):
    order = order_in("OPEN")

    def inserted():
        return {s for s in STATUSES if not refusal(insert_like, order, reference="SMS-1", **columns_in(s))}

    assert inserted() == {"OPEN"}
    with no_triggers():
        assert inserted() == set(STATUSES)


@pytest.mark.parametrize("status", STATUSES)
def test_an_order_is_never_deleted(status, order_in):
    order = order_in(status)
    assert refusal(delete, order) == "No order with this status is ever deleted"
    with no_triggers():
        assert not refusal(delete, order)


@pytest.mark.parametrize("status", STATUSES)
def test_the_terms_of_an_order_never_change(status, order_in):
    order = order_in(status)
    columns = set(columns_of(order)) - {"status", "closed_at"}
    refund = {"refunded_on", "refund_reference"}
    assert refused_columns(order, columns) == TERMS | refund
    with no_triggers():
        both_or_neither = set() if status == "REFUNDED" else refund
        assert refused_columns(order, columns) == both_or_neither


@pytest.mark.parametrize("status", ["OPEN", "PAID"])
def test_the_order_cas_and_version_of_a_line_never_change(status, order_in):
    line = order_in(status).lines.get()
    columns = {"id", "order_id", "cas_id", "version"}
    assert refused_columns(line, columns) == columns
    assert refusal(delete, line) == "Lines of an order are never deleted"
    with no_triggers():
        assert refused_columns(line, columns) == set()
        assert not refusal(delete, line)


def test_a_line_loses_its_cas_when_the_cas_is_deleted(order_in):
    line = order_in("DECLINED").lines.get()
    line.cas.remove(by=line.cas.owner)
    line.refresh_from_db()
    assert line.cas is None


def test_a_closed_line_is_never_opened_again(order_in):
    line = order_in("LAPSED").lines.get()
    assert refusal(update, line, is_open=True) == "A closed line of an order stays closed"
    with no_triggers():
        assert not refusal(update, line, is_open=True)


def test_an_inconsistent_order_is_refused_even_without_triggers(order_in):
    order = order_in("OPEN")
    with no_triggers():
        for columns in [
            {"status": "SETTLED"},
            {"status": "PAID"},
            {"closed_at": clock.now()},
            {"count": 0},
            {"fee_pence": 0},
        ]:
            assert refusal(update, order, **columns), columns
        assert refusal(insert_like, order), "a reference is used once"


def test_a_cas_is_in_at_most_one_open_order(order_in):
    line = order_in("OPEN").lines.get()
    other = Order.objects.get(pk=order_in("OPEN").pk)
    with no_triggers():
        for columns in [{"order_id": other.pk}, {"order_id": other.pk, "is_open": False}]:
            is_closed = columns.get("is_open") is False
            assert bool(refusal(insert_like, line, **columns)) is not is_closed
        with pytest.raises(IntegrityError), transaction.atomic():
            insert_like(line, is_open=False)  # nor twice in the same order
