"""`manage.py check_ledger` proves that counters, ledger, orders and CAS agree (specification, section 5)."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from cas import numbers
from cas.models import CAS, Order, OrderLine
from cas.reconciliation import discrepancies
from licences.models import Allocation, AllocationEntry, Event
from sms.core import clock
from tests.constraints import no_constraint
from tests.factories import a_cas, an_allocation, an_order, assigned, brought_to, order_in_status
from tests.plain_sql import delete, insert_like, no_triggers, update

pytestmark = pytest.mark.django_db


@pytest.fixture
def busy(level1, level2, outsider, allocation, caseworker):
    """Make two sponsors with orders in every status."""
    an_allocation(outsider.licence, by=caseworker)
    assigned(a_cas(outsider))
    for status in ("OPEN", "PAID", "DECLINED", "CANCELLED", "LAPSED", "REFUND DUE", "REFUNDED"):
        order_in_status(status, a_cas(level2), caseworker=caseworker)
    an_order(a_cas(level1), a_cas(level1), by=level1)


def check_ledger():
    out, err = StringIO(), StringIO()
    call_command("check_ledger", stdout=out, stderr=err)
    return out.getvalue()


def test_the_books_balance_with_orders_in_every_status(busy):
    assert list(discrepancies()) == []
    assert check_ledger() == "The books balance.\n"


def test_empty_books_balance(db):
    assert list(discrepancies()) == []


def a_wrong_counter():
    Allocation.objects.filter(used__gt=0).order_by("pk").update(granted=500)


def an_entry_without_an_order():
    entry = AllocationEntry.objects.filter(kind="use").first()
    entry.pk, entry._state.adding, entry.order, entry.number = None, True, "SMS-UNKNOWN", 1
    entry.save()


def a_lost_entry():
    delete(AllocationEntry.objects.filter(kind="use").first())


def a_wrong_status_of_an_order():
    Order.objects.filter(status="OPEN").update(status="LAPSED", closed_at=clock.now())


def an_open_line_of_a_paid_order():
    OrderLine.objects.filter(order__status="PAID").update(is_open=True)


def a_closed_line_of_an_open_order():
    OrderLine.objects.filter(order__status="OPEN").update(is_open=False)


def an_unpaid_cas():
    cas = CAS.objects.filter(status="ASSIGNED").first()
    cas.order_lines.update(cas=None)


def a_cas_paid_for_twice():
    line = OrderLine.objects.filter(order__status="PAID").first()
    other = OrderLine.objects.filter(order__status="PAID").exclude(pk=line.pk).first()
    OrderLine.objects.filter(pk=other.pk).update(cas=line.cas)


def last_line(verb, kind="cas"):
    return Event.objects.filter(kind=kind, verb=verb).last()


def a_wrong_number():
    cas = CAS.objects.filter(status="ASSIGNED").first()
    update(cas, number=cas.number[:-1] + "A")


def a_lower_case_number():
    cas = CAS.objects.filter(status="ASSIGNED").first()
    update(cas, number=cas.number.lower())


def a_number_unlike_the_history():
    update(CAS.objects.filter(status="ASSIGNED").first(), number=numbers.draw("STUDENT"))


def a_lost_assignment():
    delete(last_line("assign"))


def a_second_assignment():
    insert_like(last_line("assign"))


def a_lost_opening():
    paid = last_line("pay", kind="order").subject_id
    delete(Event.objects.get(kind="order", verb="open", subject_id=paid))


def a_second_opening():
    insert_like(last_line("open", kind="order"))


def a_lost_end_of_an_order():
    delete(last_line("lapse", kind="order"))


def a_lost_step_of_an_order():
    delete(last_line("owe", kind="order"))


def an_impossible_move():
    update(last_line("pay", kind="order"), data={"status": ["OPEN", "REFUNDED"]})


def a_wrong_status_of_a_cas():
    CAS.objects.filter(status="ASSIGNED").update(status="EXPIRED")


def a_lost_history():
    for line in Event.objects.filter(kind="cas", subject_id=CAS.objects.filter(status="READY TO GO").first().pk):
        delete(line)


def a_lost_cas():
    cas = CAS.objects.filter(status="ASSIGNED").first()
    cas.order_lines.update(cas=None)
    delete(cas)


def an_order_only_in_the_history():
    insert_like(last_line("open", kind="order"), subject_id=10**9)


PLANTED = [
    (a_wrong_counter, ["the counters say Effect(granted=500"]),
    (an_entry_without_an_order, ["The ledger has entries for the order SMS-UNKNOWN, which does not exist."]),
    (a_lost_entry, ["the ledger"]),
    (a_wrong_status_of_an_order, ["LAPSED: the ledger says", "LAPSED, ends with “OPEN”."]),
    (an_open_line_of_a_paid_order, ["is PAID, but 1 of its lines are open."]),
    (a_closed_line_of_an_open_order, ["is OPEN, but 0 of its lines are open."]),
    (an_unpaid_cas, ["was assigned, but has 0 paid orders."]),
    (a_cas_paid_for_twice, ["was assigned, but has 2 paid orders."]),
    (a_wrong_number, ["has an invalid number."]),
    (a_lower_case_number, ["has an invalid number."]),
    (a_number_unlike_the_history, ["has a different number in its history."]),
    (a_lost_assignment, ["which is ASSIGNED, has “assign” 0 times.", "which is ASSIGNED, ends with “READY TO GO”."]),
    (
        a_second_assignment,
        ["which is ASSIGNED, has “assign” 2 times.", "has “assign” from “READY TO GO” when it was “ASSIGNED”."],
    ),
    (a_lost_opening, ["has “open” 0 times.", "from “OPEN” when it was “”."]),
    (a_second_opening, ["has “open” 2 times."]),
    (a_lost_end_of_an_order, ["has “owe” from “LAPSED” when it was “OPEN”."]),
    (a_lost_step_of_an_order, ["has “refund” from “REFUND DUE” when it was “LAPSED”."]),
    (an_impossible_move, ["has “pay: OPEN > REFUNDED”, which is not a possible move."]),
    (a_wrong_status_of_a_cas, ["EXPIRED, ends with “ASSIGNED”."]),
    (a_lost_history, ["READY TO GO, ends with “”."]),
    (a_lost_cas, ["The history has “assign” for CAS"]),
    (an_order_only_in_the_history, ["has “open” for order 1000000000, which does not exist."]),
]


def test_a_planted_discrepancy_is_found(busy, case):
    for plant, sentences in PLANTED:
        with case(plant=plant.__name__), no_triggers():
            plant()
            found = list(discrepancies())
            for sentence in sentences:
                assert [line for line in found if sentence in line], found
            err = StringIO()
            with pytest.raises(CommandError, match=f"Discrepancies found: {len(found)}."):
                call_command("check_ledger", stdout=StringIO(), stderr=err)
            assert err.getvalue().splitlines() == found


@pytest.mark.django_db(transaction=True)
def test_a_number_that_two_cas_share_is_found(level1, allocation):
    first, second = (assigned(a_cas(level1)) for _ in range(2))
    with no_constraint(CAS, "cas_number_once_for_ever"), no_triggers():
        update(second, number=first.number)
        found = [line for line in discrepancies() if "history" not in line]
        assert found == [f"CAS {cas.pk} has the same number as another CAS." for cas in (first, second)]


@pytest.mark.django_db(transaction=True)
def test_a_missing_number_and_a_number_given_too_soon_are_found(level1, allocation):
    lacking, early = assigned(a_cas(level1)), a_cas(level1)
    without = [no_constraint(CAS, name) for name in ("cas_assignment_whole", "cas_has_a_number_once_assigned")]
    with without[0], without[1], no_triggers():
        update(lacking, number=None)
        update(early, number=numbers.draw("STUDENT"))
        assert set(discrepancies()) == {
            f"CAS {lacking.pk} is ASSIGNED, but has no number.",
            f"CAS {lacking.pk} has a different number in its history.",
            f"CAS {early.pk} is READY TO GO, but has a number.",
        }


def test_the_check_takes_as_many_statements_for_many_cas_as_for_none(level1, allocation):
    taken = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            assert list(discrepancies()) == []
        taken.append(len(queries))
        for _ in range(3):
            assigned(a_cas(level1))
    assert taken[0] == taken[1]


def test_the_books_balance_after_a_licence_is_suspended_or_revoked(busy, licence, caseworker):
    for status in ("SUSPENDED", "REVOKED"):
        with transaction.atomic():
            brought_to(status, licence, caseworker=caseworker)
            assert list(discrepancies()) == []
            transaction.set_rollback(True)
        licence.refresh_from_db()
