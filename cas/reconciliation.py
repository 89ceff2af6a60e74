"""Check the books: the counters, the ledger, the orders, the CAS and the history must agree (specification, section 5).

Each query is about all rows at once, and its results are read one by one, so that a million CAS take little memory.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    TextField,
    Value,
    When,
    Window,
)
from django.db.models.fields.json import KT
from django.db.models.functions import Coalesce, Concat, Lag, NullIf

from cas import numbers
from cas.lifecycle import CAS_LIFECYCLE, EVER_ASSIGNED, ORDER_LIFECYCLE, UNASSIGNED, OrderStatus
from cas.models import CAS, Batch, Order
from licences.models import Allocation, AllocationEntry, Event
from licences.models.allocation_entry import EFFECTS, Effect
from sms.core.lifecycle import Lifecycle

# The places that the ledger must show as held and used for each CAS of an order, by the order's status.
BOOKED = {OrderStatus.OPEN: Effect(held=1), OrderStatus.PAID: Effect(used=1)}

NOTHING, NULL = Value("", output_field=TextField()), Value("null", output_field=TextField())


def discrepancies() -> Iterator[str]:
    """Yield a sentence for each discrepancy."""
    yield from _counters()
    yield from _orders()
    yield from _assigned()
    yield from _numbers()
    yield from _batches()
    for records, lifecycle in ((CAS.objects.all(), CAS_LIFECYCLE), (Order.objects.all(), ORDER_LIFECYCLE)):
        yield from _ends(records, lifecycle)
        yield from _steps(lifecycle)
    yield from _said_once("assign", CAS.objects.all(), CAS_LIFECYCLE, of=EVER_ASSIGNED)
    yield from _said_once("open", Order.objects.all(), ORDER_LIFECYCLE, of=OrderStatus)


def _counters() -> Iterator[str]:
    """Check that the counters of each allocation equal the sums of its ledger."""
    rows = Allocation.objects.annotate(**_entered("allocation", OuterRef("pk")))
    wrong = rows.exclude(**{counter: F(f"entered_{counter}") for counter in Effect._fields})
    for allocation in wrong.select_related("licence"):
        counted, entered = _figures(allocation), _figures(allocation, "entered_")
        yield f"{allocation} of {allocation.licence}: the counters say {counted}, but the ledger says {entered}."


def _orders() -> Iterator[str]:
    """Check that the ledger agrees with the status of each order, and that only OPEN orders have open lines."""
    due = {f"due_{counter}": _due(counter) for counter in Effect._fields}
    rows = Order.objects.annotate(**_entered("order", OuterRef("reference")), **due).order_by("pk")
    wrong = rows.exclude(**{f"entered_{counter}": F(f"due_{counter}") for counter in Effect._fields})
    for order in wrong.iterator():
        booked, due_now = _figures(order, "entered_"), _figures(order, "due_")
        yield f"Order {order} is {order.status}: the ledger says {booked}, but should say {due_now}."
    lines = Count("lines", filter=Q(lines__is_open=True))
    wrong_lines = Order.objects.annotate(due_held=_due("held"), open_lines=lines).exclude(open_lines=F("due_held"))
    for reference, status, count in wrong_lines.values_list("reference", "status", "open_lines").iterator():
        yield f"Order {reference} is {status}, but {count} of its lines are open."
    known = Order.objects.filter(reference=OuterRef("order"))
    unknown = AllocationEntry.objects.exclude(order="").exclude(Exists(known)).order_by("order")
    for reference in unknown.values_list("order", flat=True).distinct().iterator():
        yield f"The ledger has entries for the order {reference}, which does not exist."


def _entered(column: str, value: OuterRef) -> dict[str, Coalesce]:
    """Return the sums of the ledger's entries whose `column` is `value`, for each counter: `entered_held` and so on."""
    entries = AllocationEntry.objects.filter(**{column: value}).order_by().values(column)
    if column == "order":
        entries = entries.exclude(order="")  # the condition of the index
    sums = {}
    for counter in Effect._fields:
        effects = (When(kind=kind, then=F("number") * getattr(effect, counter)) for kind, effect in EFFECTS.items())
        total = entries.annotate(total=Sum(Case(*effects, output_field=IntegerField()))).values("total")
        sums[f"entered_{counter}"] = Coalesce(Subquery(total), 0)
    return sums


def _due(counter: str) -> Case:
    """Return what the ledger should say about an order in this counter, by its status."""
    each = (When(status=status, then=F("count") * getattr(effect, counter)) for status, effect in BOOKED.items())
    return Case(*each, default=0, output_field=IntegerField())


def _figures(row: Allocation | Order, prefix: str = "") -> Effect:
    return Effect(*(getattr(row, prefix + counter) for counter in Effect._fields))


def _assigned() -> Iterator[str]:
    """Check that each CAS that was ever assigned was paid for by exactly one order."""
    paid = Count("order_lines", filter=Q(order_lines__order__status=OrderStatus.PAID))
    rows = CAS.objects.filter(status__in=EVER_ASSIGNED).annotate(paid=paid).exclude(paid=1)
    for cas in rows.only("pk"):
        yield f"CAS {cas.pk} was assigned, but has {cas.paid} paid orders."


def _numbers() -> Iterator[str]:
    """Check that each assigned CAS has a number, and no other CAS has one.

    The number must be valid, unique, and the same as in the history.
    """
    rows = CAS.objects.filter(Q(status__in=EVER_ASSIGNED) | Q(number__isnull=False))
    shared = rows.values("number").annotate(times=Count("pk")).filter(times__gt=1).values("number")
    assigned = Event.objects.filter(kind="cas", verb="assign", subject_id=OuterRef("pk"))
    recorded = assigned.values(recorded=KT("data__number__1"))
    rows = rows.annotate(is_shared=Q(number__in=shared), recorded=Subquery(recorded[:1])).order_by("pk")
    columns = rows.values_list("pk", "status", "number", "is_shared", "recorded")
    for pk, status, number, is_shared, recorded_number in columns.iterator():
        if status not in EVER_ASSIGNED:
            yield f"CAS {pk} is {status}, but has a number."
        elif number is None:
            yield f"CAS {pk} is {status}, but has no number."
        elif not _is_valid(number):
            yield f"CAS {pk} has an invalid number."
        if is_shared:
            yield f"CAS {pk} has the same number as another CAS."
        if recorded_number not in {None, number}:
            yield f"CAS {pk} has a different number in its history."


def _batches() -> Iterator[str]:
    """Check that the CAS of a batch fit it.

    All have the sponsor and the route of the batch. In an open batch, they have its owner and are not assigned. In a
    closed batch, they are assigned, and exactly one paid order was for that number of CAS.
    """
    within = CAS.objects.filter(batch__isnull=False)
    other = ~Q(route=F("batch__route")) | ~Q(licence=F("batch__licence"))
    open_one = Q(batch__assigned_at=None) & (~Q(owner=F("batch__owner")) | Q(status__in=EVER_ASSIGNED))
    closed = Q(batch__assigned_at__isnull=False, status__in=UNASSIGNED)
    for pk, batch in within.filter(other | open_one | closed).order_by("pk").values_list("pk", "batch").iterator():
        yield f"CAS {pk} is in batch {batch}, which does not allow its sponsor, route, owner or status."
    paid = Order.objects.filter(batch=OuterRef("pk"), status=OrderStatus.PAID).order_by().values("batch")
    counted = CAS.objects.filter(batch=OuterRef("pk")).order_by().values("batch").annotate(n=Count("pk")).values("n")
    orders = Subquery(paid.annotate(n=Count("pk")).values("n"))
    rows = Batch.objects.annotate(
        orders_paid=Coalesce(orders, 0),
        due=Case(When(assigned_at=None, then=0), default=1),
        count=Coalesce(Subquery(counted), 0),
        paid_for=Coalesce(Subquery(paid.annotate(n=Sum("count")).values("n")), 0),
    )
    wrong = rows.exclude(orders_paid=F("due")) | rows.filter(due=1).exclude(paid_for=F("count"))
    for pk, times, count in wrong.order_by("pk").values_list("pk", "orders_paid", "count").iterator():
        yield (
            f"Batch {pk} has {count} CAS and {times} paid orders. An open batch must have none, and a closed batch "
            "must have one for all of its CAS."
        )


def _is_valid(number: str) -> bool:
    try:
        return numbers.read(number) == number
    except numbers.NotANumber:
        return False


def _lines(lifecycle: Lifecycle) -> QuerySet[Any]:
    """Return the lines of history about a status, with the status `before` ("" for a new record) and `after`."""
    before = NullIf(KT("data__status__0"), NULL)  # SQLite gives the text "null" where PostgreSQL gives NULL
    statuses = {"before": Coalesce(before, NOTHING), "after": KT("data__status__1")}
    return Event.objects.filter(kind=lifecycle.name.lower(), data__has_key="status").order_by().annotate(**statuses)


def _ends(records: QuerySet[Any], lifecycle: Lifecycle) -> Iterator[str]:
    """Check that the history of each record ends with its current status."""
    last = _lines(lifecycle).filter(subject_id=OuterRef("pk")).order_by("-id").values("after")[:1]
    rows = records.annotate(last=Coalesce(Subquery(last), NOTHING)).exclude(last=F("status"))
    for pk, status, after in rows.values_list("pk", "status", "last").iterator():
        yield f"The history of {lifecycle.name} {pk}, which is {status}, ends with “{after}”."


def _steps(lifecycle: Lifecycle) -> Iterator[str]:
    """Check that each move in the history is possible, and starts from the status that the move before it ended in."""
    prior = Window(Lag("after", default=NOTHING), partition_by="subject_id", order_by="id")
    broken = _lines(lifecycle).annotate(prior=prior).exclude(before=F("prior"))
    for pk, verb, before, after in broken.values_list("subject_id", "verb", "before", "prior").iterator():
        yield f"The history of {lifecycle.name} {pk} has “{verb}” from “{before}” when it was “{after}”."
    moves = [
        f"{move.name}: {source} > {target}"
        for move in lifecycle.moves
        for source in move.sources or {""}
        for target in move.targets
    ]
    written = Concat("verb", Value(": "), "before", Value(" > "), "after", output_field=TextField())
    unknown = _lines(lifecycle).annotate(move=written).exclude(move__in=moves)
    for pk, move in unknown.values_list("subject_id", "move").iterator():
        yield f"The history of {lifecycle.name} {pk} has “{move}”, which is not a possible move."


def _said_once(verb: str, records: QuerySet[Any], lifecycle: Lifecycle, *, of: Iterable[str]) -> Iterator[str]:
    """Check that the history has `verb` once for each record whose status is in `of`, and for no other record."""
    lines = Event.objects.filter(kind=lifecycle.name.lower(), verb=verb).order_by()
    said = lines.filter(subject_id=OuterRef("pk")).values("subject_id").annotate(times=Count("pk")).values("times")
    due = Case(When(status__in=list(of), then=1), default=0)
    rows = records.annotate(times=Coalesce(Subquery(said), 0)).exclude(times=due)
    for pk, status, times in rows.values_list("pk", "status", "times").iterator():
        yield f"The history of {lifecycle.name} {pk}, which is {status}, has “{verb}” {times} times."
    gone = lines.exclude(Exists(records.filter(pk=OuterRef("subject_id"))))
    for pk in gone.values_list("subject_id", flat=True).iterator():
        yield f"The history has “{verb}” for {lifecycle.name} {pk}, which does not exist."
