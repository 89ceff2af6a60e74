"""The books: the counters, the ledger, the orders and the CAS say the same (specification, section 5)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from django.db.models import Count, Q, Sum

from cas.lifecycle import EVER_ASSIGNED, OrderStatus
from cas.models import CAS, Order
from licences.models import Allocation, AllocationEntry
from licences.models.allocation import EFFECTS, Effect

# What the ledger says of an order, by its status: the sums of what it holds and uses now, for each of its CAS.
BOOKED = {OrderStatus.OPEN: Effect(held=1), OrderStatus.PAID: Effect(used=1)}


def discrepancies() -> Iterator[str]:
    """A sentence for each place where the books do not balance."""
    yield from _counters()
    yield from _orders()
    yield from _assigned()


def _counters() -> Iterator[str]:
    sums: dict[int, list[Effect]] = defaultdict(list)
    rows = AllocationEntry.objects.values_list("allocation", "kind").order_by().annotate(Sum("number"))
    for allocation, kind, number in rows:
        sums[allocation].append(Effect(*(number * each for each in EFFECTS[kind])))
    for allocation in Allocation.objects.select_related("licence"):
        counted = Effect(allocation.granted, allocation.used, allocation.held)
        if (entered := _total(sums[allocation.pk])) != counted:
            yield f"{allocation} of {allocation.licence}: the counters say {counted}, the ledger {entered}."


def _orders() -> Iterator[str]:
    entered: dict[str, list[Effect]] = defaultdict(list)
    lines = AllocationEntry.objects.exclude(order="").order_by().values_list("order", "kind").annotate(Sum("number"))
    for reference, kind, number in lines:
        entered[reference].append(Effect(*(number * each for each in EFFECTS[kind])))
    for order in Order.objects.annotate(open_lines=Count("lines", filter=Q(lines__is_open=True))).iterator():
        each = BOOKED.get(OrderStatus(order.status), Effect())
        due = Effect(*(order.count * number for number in each))
        if (booked := _total(entered.pop(order.reference, []))) != due:
            yield f"Order {order}, {order.status}: the ledger says {booked} and should say {due}."
        if order.open_lines != (order.count if order.status == OrderStatus.OPEN else 0):  # type: ignore[attr-defined]
            yield f"Order {order}, {order.status}: {order.open_lines} of its lines are open."  # type: ignore[attr-defined]
    for reference in entered:
        yield f"The ledger has entries of {reference}, and there is no such order."


def _assigned() -> Iterator[str]:
    """Each CAS that was ever assigned was paid for by exactly one order."""
    paid = Count("order_lines", filter=Q(order_lines__order__status=OrderStatus.PAID))
    rows = CAS.objects.filter(status__in=EVER_ASSIGNED).annotate(paid=paid).exclude(paid=1)
    for cas in rows.only("pk"):
        yield f"CAS {cas.pk} is assigned and has {cas.paid} paid orders."


def _total(effects: list[Effect]) -> Effect:
    return Effect(*(sum(column) for column in zip(*effects, strict=True))) if effects else Effect()
