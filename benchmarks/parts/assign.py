"""Assigning paid CAS: 1,000 and 10,000 at once (goal P4).

`the portal` is `Order.settle`, which runs after each payment. It writes numbers, dates, a line of history for each CAS,
the batch, the order, the ledger and the allocation. The floor is one raw UPDATE of the status, the dates and the number
of the same rows, with the same indexes and triggers.

There are two usual ways. `row by row` calls a function for each CAS, in one transaction. The function locks the CAS,
draws a free number, saves the CAS, writes its line of history and takes its place from the allocation, all within a
savepoint. The batch, the order and the ledger follow. PostgreSQL reads all earlier versions of the allocation's row
each time. `row by row, places together` avoids this: it takes all places together at the end. The goal applies to both.

All contestants work on the same rows. A rollback to a savepoint undoes the work of each. Before that, the database
checks the keys that it would otherwise check at the end of the transaction. The number of statements leaves out those
that begin and end savepoints. It is counted for an order for 1, 100 and 10,000 CAS, and for an order for a batch, which
needs four more. The usual ways with 10,000 run once, because they take minutes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from benchmarks.orders import allocation, batch_order, order_of, ready, undone
from benchmarks.races import Count, Goal, Race
from benchmarks.rows import maintain
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
        undone(lambda: settle(singly[1]))()  # the first call also asks the database for its features
        for size, order in singly.items():
            yield Count(f"statements of the portal for {size:,} CAS", statements(order), at_most=12)
        for size, order in batches.items():
            yield Count(f"statements of the portal for a batch of {size:,} CAS", statements(order))
        for size, order in batches.items():
            yield from races(size, order)
        transaction.set_rollback(True)
    if not connection.in_atomic_block:
        maintain()  # rows that were rolled back still take space in the tables


def analyse() -> None:
    """Gather statistics, as the database does by itself soon after so many rows were added."""
    with connection.cursor() as cursor:
        for model in (CAS, Batch, Order, Order.lines.rel.related_model):
            cursor.execute(f"ANALYZE {model._meta.db_table}")


def statements(order: Order) -> int:
    system, order = User.objects.system(), Order.objects.get(pk=order.pk)
    with CaptureQueriesContext(connection) as captured:
        undone(lambda: order.settle(by=system))()
    return len([each for each in captured if "SAVEPOINT" not in each["sql"] and "CONSTRAINTS" not in each["sql"]])


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
    """Assign as it is usually written: a function for one CAS, called for each of many."""
    each_cas(order, places=1)


def places_together(order: Order) -> None:
    """Assign row by row, but take the places of the allocation together."""
    each_cas(order, places=0)
    take(order, order.count)


def each_cas(order: Order, *, places: int) -> None:
    """Assign each CAS by itself and take `places` for it. Then write the batch, the order, its lines and the ledger."""
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
    cas.number = numbers.draw("STUDENT")
    while CAS.objects.filter(number=cas.number).exists():
        cas.number = numbers.draw("STUDENT")
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
