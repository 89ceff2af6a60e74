"""Assigning what was paid for: 1,000 and 10,000 CAS at once (goal P4).

`the portal` is `Order.settle`, which each payment leads to: numbers, dates, a line of history for each CAS, the batch,
the order, the ledger and the allocation. The floor is one raw UPDATE of the status, the dates and the number of the
same rows, which are indexed and guarded by the same triggers. The usual way is a function that assigns one CAS, called
for each in one transaction: it locks the CAS, draws a number that is free, saves the CAS, writes its line of history
and takes its place from the allocation, all within a savepoint; then come the batch, the order and the ledger. That is
`row by row`. PostgreSQL goes through all earlier versions of the allocation's row each time, so whoever has learned
from that takes the places together in the end: `row by row, places together`. The goal is held against both.

Everybody works on the same rows and is undone each time, by going back to a savepoint of the one transaction around
all; before, the database is made to check the keys that it would check at the end of a transaction. The statements are
counted without those that begin and end savepoints: of an order for 1, 100 and 10,000 CAS, and of one for a batch,
which itself takes four. The usual ways with 10,000 run once, as they take minutes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from benchmarks.orders import allocation, batch_order, order_of, ready, undone
from benchmarks.races import Count, Goal, Race
from benchmarks.rows import tidy
from benchmarks.sites import people
from cas import numbers
from cas.lifecycle import CASStatus, OrderStatus
from cas.models import CAS, Batch, Order
from cas.validity import expiry_date
from licences.models import Allocation, AllocationEntry, Event, User
from sms.core import clock

COUNTED = (1, 100, 10_000)
RACED = (1_000, 10_000)

PORTAL = "the portal"
RAW = "one raw UPDATE"
LOOP = "row by row"
TOGETHER = "row by row, places together"

ASSIGNED = [
    "status",
    "version",
    "number",
    "assigned_at",
    "assigned_on",
    "assigned_by",
    "expires_on",
    "changed_at",
]

UPDATE = """
UPDATE cas_cas SET status = %s, version = version + 1, number = 'E4G' || (10000000000 + id), assigned_at = %s,
    assigned_on = %s, assigned_by_id = %s, expires_on = %s, changed_at = %s
WHERE batch_id = %s AND status = %s
"""


def prepare() -> Iterator[Race | Count]:
    level1, caseworker = people()
    with transaction.atomic():
        allocation(level1.sponsor, by=caseworker)
        singly = {size: order_of(level1, ready(level1, size)) for size in COUNTED}
        batches = {size: batch_order(level1, size) for size in RACED}
        analyse()
        undone(lambda: settle(singly[1]))()  # the first also asks the database what it can do
        for size, order in singly.items():
            yield Count(f"statements of the portal for {size:,} CAS", statements(order), at_most=12)
        for size, order in batches.items():
            yield Count(f"statements of the portal for a batch of {size:,} CAS", statements(order))
        for size, order in batches.items():
            yield from races(size, order)
        transaction.set_rollback(True)
    if not connection.in_atomic_block:
        tidy()  # the rows that were undone still stand where they were written


def analyse() -> None:
    """What the database does by itself soon after so many rows have come."""
    with connection.cursor() as cursor:
        for model in (CAS, Batch, Order, Order.lines.rel.related_model):
            cursor.execute(f"ANALYZE {model._meta.db_table}")


def statements(order: Order) -> int:
    system, order = User.objects.system(), Order.objects.get(pk=order.pk)
    with CaptureQueriesContext(connection) as spoken:
        undone(lambda: order.settle(by=system))()
    return len([each for each in spoken if "SAVEPOINT" not in each["sql"] and "CONSTRAINTS" not in each["sql"]])


def races(size: int, order: Order) -> Iterator[Race]:
    def contestants(*acts: Callable[[Order], object]) -> dict[str, Callable[[], None]]:
        return {f"{NAMES[act]}, {size:,}": undone(lambda act=act: act(order)) for act in acts}

    ours, raw, loop, together = (f"{name}, {size:,}" for name in (PORTAL, RAW, LOOP, TOGETHER))
    yield Race(contestants(settle, update), [Goal(ours, raw, at_most=2)])
    yield Race(
        contestants(settle, row_by_row, places_together),
        [Goal(ours, loop, faster_by=100), Goal(ours, together, faster_by=100)],
        seconds=60,
        once=size > RACED[0],
    )


def settle(order: Order) -> None:
    Order.objects.get(pk=order.pk).settle(by=User.objects.system())


def update(order: Order) -> None:
    now, today = clock.now(), clock.today()
    values = [CASStatus.ASSIGNED, now, today, order.opened_by_id, expiry_date(today), now]
    with connection.cursor() as cursor:
        cursor.execute(UPDATE, [*values, order.batch_id, CASStatus.READY_TO_GO])


def row_by_row(order: Order) -> None:
    """As it is usually written: for one CAS, and then for each of many."""
    each_cas(order, places=1)


def places_together(order: Order) -> None:
    """The same, but for the places of the allocation."""
    each_cas(order, places=0)
    take(order, order.count)


def each_cas(order: Order, *, places: int) -> None:
    """Every CAS by itself, each taking so many places; then the batch, the order and its lines, and the ledger."""
    system = User.objects.system()
    order = Order.objects.select_for_update().get(pk=order.pk)
    for cas in order.batch.cas.order_by("pk"):
        assign_one(cas.pk, order, system, places)
    Batch.objects.filter(pk=order.batch_id).update(assigned_at=clock.now(), assigned_by=order.opened_by)
    order.status, order.closed_at = OrderStatus.PAID, clock.now()
    order.save()
    for line in order.lines.all():
        line.is_open = False
        line.save()
    Event.objects.record("pay", order, by=system, data={"status": [OrderStatus.OPEN, OrderStatus.PAID]})
    AllocationEntry.objects.create(
        allocation=order.allocation, kind="use", number=order.count, order=order.reference, by=system, at=clock.now()
    )


def take(order: Order, number: int) -> None:
    if not number:
        return
    places = Allocation.objects.select_for_update().get(pk=order.allocation_id)
    places.used += number
    places.held -= number
    places.save()


@transaction.atomic
def assign_one(pk: int, order: Order, system: User, places: int) -> None:
    cas = CAS.objects.select_for_update(of=("self",)).get(pk=pk)
    if cas.status != CASStatus.READY_TO_GO:
        raise ValueError(cas.status)
    cas.number = numbers.draw()
    while CAS.objects.filter(number=cas.number).exists():
        cas.number = numbers.draw()
    cas.status = CASStatus.ASSIGNED
    cas.version += 1
    cas.assigned_at = cas.changed_at = clock.now()
    cas.assigned_on = clock.today()
    cas.assigned_by = order.opened_by
    cas.expires_on = expiry_date(cas.assigned_on)
    cas.save(update_fields=ASSIGNED)
    data = {"status": [CASStatus.READY_TO_GO, CASStatus.ASSIGNED], "version": [cas.version - 1, cas.version]}
    Event.objects.record("assign", cas, by=system, data={**data, "number": [None, cas.number]})
    take(order, places)


NAMES = {settle: PORTAL, update: RAW, row_by_row: LOOP, places_together: TOGETHER}
