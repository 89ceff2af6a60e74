"""The books: the counters, the ledger, the orders, the CAS and the history say the same (specification, section 5).

Each question is put to the database about all rows at once, and the answers are read one by one: a million CAS fit.
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
from licences.models.allocation import EFFECTS, Effect
from sms.core.lifecycle import Lifecycle

# What the ledger says of an order, by its status: the sums of what it holds and uses now, for each of its CAS.
BOOKED = {OrderStatus.OPEN: Effect(held=1), OrderStatus.PAID: Effect(used=1)}

NOTHING, NULL = Value("", output_field=TextField()), Value("null", output_field=TextField())


def discrepancies() -> Iterator[str]:
    """A sentence for each place where the books do not balance."""
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
    """The counters of each allocation are the sums of its ledger."""
    rows = Allocation.objects.annotate(**_entered("allocation", OuterRef("pk")))
    wrong = rows.exclude(**{counter: F(f"entered_{counter}") for counter in Effect._fields})
    for allocation in wrong.select_related("licence"):
        counted, entered = _figures(allocation), _figures(allocation, "entered_")
        yield f"{allocation} of {allocation.licence}: the counters say {counted}, the ledger {entered}."


def _orders() -> Iterator[str]:
    """The ledger says of each order what its status says; an OPEN one has open lines, and no other."""
    due = {f"due_{counter}": _due(counter) for counter in Effect._fields}
    rows = Order.objects.annotate(**_entered("order", OuterRef("reference")), **due).order_by("pk")
    wrong = rows.exclude(**{f"entered_{counter}": F(f"due_{counter}") for counter in Effect._fields})
    for order in wrong.iterator():
        booked, due_now = _figures(order, "entered_"), _figures(order, "due_")
        yield f"Order {order}, {order.status}: the ledger says {booked} and should say {due_now}."
    lines = Count("lines", filter=Q(lines__is_open=True))
    ajar = Order.objects.annotate(due_held=_due("held"), open_lines=lines).exclude(open_lines=F("due_held"))
    for reference, status, count in ajar.values_list("reference", "status", "open_lines").iterator():
        yield f"Order {reference}, {status}: {count} of its lines are open."
    known = Order.objects.filter(reference=OuterRef("order"))
    unknown = AllocationEntry.objects.exclude(order="").exclude(Exists(known)).order_by("order")
    for reference in unknown.values_list("order", flat=True).distinct().iterator():
        yield f"The ledger has entries of {reference}, and there is no such order."


def _entered(column: str, value: OuterRef) -> dict[str, Coalesce]:
    """What the entries of the ledger whose `column` is `value` add to each counter, as `entered_...`."""
    entries = AllocationEntry.objects.filter(**{column: value}).order_by().values(column)
    if column == "order":
        entries = entries.exclude(order="")  # as the index has it
    sums = {}
    for counter in Effect._fields:
        effects = (When(kind=kind, then=F("number") * getattr(effect, counter)) for kind, effect in EFFECTS.items())
        total = entries.annotate(total=Sum(Case(*effects, output_field=IntegerField()))).values("total")
        sums[f"entered_{counter}"] = Coalesce(Subquery(total), 0)
    return sums


def _due(counter: str) -> Case:
    """What the ledger should say of an order, by its status."""
    each = (When(status=status, then=F("count") * getattr(effect, counter)) for status, effect in BOOKED.items())
    return Case(*each, default=0, output_field=IntegerField())


def _figures(row: Allocation | Order, prefix: str = "") -> Effect:
    return Effect(*(getattr(row, prefix + counter) for counter in Effect._fields))


def _assigned() -> Iterator[str]:
    """Each CAS that was ever assigned was paid for by exactly one order."""
    paid = Count("order_lines", filter=Q(order_lines__order__status=OrderStatus.PAID))
    rows = CAS.objects.filter(status__in=EVER_ASSIGNED).annotate(paid=paid).exclude(paid=1)
    for cas in rows.only("pk"):
        yield f"CAS {cas.pk} is assigned and has {cas.paid} paid orders."


def _numbers() -> Iterator[str]:
    """A CAS has a number from its assignment on: a right one, of its own, and the one that its history tells."""
    rows = CAS.objects.filter(Q(status__in=EVER_ASSIGNED) | Q(number__isnull=False))
    shared = rows.values("number").annotate(times=Count("pk")).filter(times__gt=1).values("number")
    told = Event.objects.filter(kind="cas", verb="assign", subject_id=OuterRef("pk")).values(told=KT("data__number__1"))
    rows = rows.annotate(is_shared=Q(number__in=shared), told=Subquery(told[:1])).order_by("pk")
    columns = rows.values_list("pk", "status", "number", "is_shared", "told")
    for pk, status, number, is_shared, told_number in columns.iterator():
        if status not in EVER_ASSIGNED:
            yield f"CAS {pk} is {status} and has a number."
        elif number is None:
            yield f"CAS {pk} is {status} and has no number."
        elif not _is_right(number):
            yield f"CAS {pk} has a number that fails its check."
        if is_shared:
            yield f"CAS {pk} has a number that another CAS has, too."
        if told_number not in {None, number}:
            yield f"CAS {pk} has another number than its history tells."


def _batches() -> Iterator[str]:
    """The CAS of an open batch share its owner and are not assigned, those of a closed one are; all share its route.

    A closed batch was paid for by one order, for as many CAS as are in it.
    """
    within = CAS.objects.filter(batch__isnull=False)
    strange = ~Q(route=F("batch__route")) | ~Q(licence=F("batch__licence"))
    open_one = Q(batch__assigned_at=None) & (~Q(owner=F("batch__owner")) | Q(status__in=EVER_ASSIGNED))
    closed = Q(batch__assigned_at__isnull=False, status__in=UNASSIGNED)
    for pk, batch in within.filter(strange | open_one | closed).order_by("pk").values_list("pk", "batch").iterator():
        yield f"CAS {pk} has another sponsor, route, owner or status than batch {batch} allows."
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
        yield f"Batch {pk} has {count} CAS and {times} paid orders, and is to have none before it is closed, then one."


def _is_right(number: str) -> bool:
    try:
        return numbers.read(number) == number
    except numbers.NotANumber:
        return False


def _lines(lifecycle: Lifecycle) -> QuerySet[Any]:
    """The lines of history that tell of a status: `before` (empty for a new record) and `after` the move."""
    before = NullIf(KT("data__status__0"), NULL)  # as SQLite calls what PostgreSQL calls NULL
    told = {"before": Coalesce(before, NOTHING), "after": KT("data__status__1")}
    return Event.objects.filter(kind=lifecycle.name.lower(), data__has_key="status").order_by().annotate(**told)


def _ends(records: QuerySet[Any], lifecycle: Lifecycle) -> Iterator[str]:
    """The history of each record ends with its present status."""
    last = _lines(lifecycle).filter(subject_id=OuterRef("pk")).order_by("-id").values("after")[:1]
    rows = records.annotate(last=Coalesce(Subquery(last), NOTHING)).exclude(last=F("status"))
    for pk, status, after in rows.values_list("pk", "status", "last").iterator():
        yield f"The history of {lifecycle.name} {pk}, {status}, ends with “{after}”."


def _steps(lifecycle: Lifecycle) -> Iterator[str]:
    """Each move of a history is one of the lifecycle's, and begins where the one before it ended."""
    prior = Window(Lag("after", default=NOTHING), partition_by="subject_id", order_by="id")
    broken = _lines(lifecycle).annotate(prior=prior).exclude(before=F("prior"))
    for pk, verb, before, after in broken.values_list("subject_id", "verb", "before", "prior").iterator():
        yield f"The history of {lifecycle.name} {pk} says “{verb}” from “{before}” after it came to “{after}”."
    moves = [
        f"{move.name}: {source} > {target}"
        for move in lifecycle.moves
        for source in move.sources or {""}
        for target in move.targets
    ]
    told = Concat("verb", Value(": "), "before", Value(" > "), "after", output_field=TextField())
    unknown = _lines(lifecycle).annotate(told=told).exclude(told__in=moves)
    for pk, move in unknown.values_list("subject_id", "told").iterator():
        yield f"The history of {lifecycle.name} {pk} says “{move}”: there is no such move."


def _said_once(verb: str, records: QuerySet[Any], lifecycle: Lifecycle, *, of: Iterable[str]) -> Iterator[str]:
    """The history says `verb` once of each record whose status is among `of`, and of nothing else."""
    lines = Event.objects.filter(kind=lifecycle.name.lower(), verb=verb).order_by()
    said = lines.filter(subject_id=OuterRef("pk")).values("subject_id").annotate(times=Count("pk")).values("times")
    due = Case(When(status__in=list(of), then=1), default=0)
    rows = records.annotate(times=Coalesce(Subquery(said), 0)).exclude(times=due)
    for pk, status, times in rows.values_list("pk", "status", "times").iterator():
        yield f"The history of {lifecycle.name} {pk}, {status}, says “{verb}” {times} times."
    gone = lines.exclude(Exists(records.filter(pk=OuterRef("subject_id"))))
    for pk in gone.values_list("subject_id", flat=True).iterator():
        yield f"The history of {lifecycle.name} {pk} says “{verb}”, and there is no such {lifecycle.name}."
