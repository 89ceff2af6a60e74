"""Assigning paid CAS: 1,000 and 10,000 at once (goal P4).

`the portal` is `Order.settle`, which runs after each payment. It writes numbers, dates, a line of history for each CAS,
the batch, the order, the ledger and the allocation. The floor is one raw UPDATE of the status, the dates and the number
of the same rows, with the same indexes and triggers.

All contestants work on the same rows. A rollback to a savepoint undoes the work of each. Before that, the database
checks the keys that it would otherwise check at the end of the transaction. The number of statements leaves out those
that begin and end savepoints. It is counted for an order for 1, 100 and 10,000 CAS, and for an order for a batch, which
needs four more.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection, transaction

from benchmarks.orders import allocation, analyse, batch_order, order_of, ready, statements, undone
from benchmarks.races import Count, Goal, Race
from benchmarks.rows import maintain
from benchmarks.sites import people
from cas.lifecycle import CASStatus
from cas.models import Order
from cas.validity import expiry_date
from licences.models import User
from sms.core import clock

COUNTED = (1, 100, 10_000)
RACED = (1_000, 10_000)

PORTAL = "the portal"
RAW = "one raw UPDATE"

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
            yield Count(
                f"statements of the portal for {size:,} CAS", statements(lambda order=order: settle(order)), at_most=12
            )
        for size, order in batches.items():
            yield Count(
                f"statements of the portal for a batch of {size:,} CAS",
                statements(lambda order=order: settle(order)),
                at_most=16,
            )
        for size, order in batches.items():
            yield race(size, order)
        transaction.set_rollback(True)
    if not connection.in_atomic_block:
        maintain()  # rows that were rolled back still take space in the tables


def race(size: int, order: Order) -> Race:
    ours, raw = f"{PORTAL}, {size:,}", f"{RAW}, {size:,}"
    contestants = {ours: undone(lambda: settle(order)), raw: undone(lambda: update(order))}
    return Race(contestants, [Goal(ours, raw, at_most=1.5)])


def settle(order: Order) -> None:
    Order.objects.get(pk=order.pk).settle(by=User.objects.system())


def update(order: Order) -> None:
    now, today = clock.now(), clock.today()
    values = [CASStatus.ASSIGNED, now, today, order.opened_by_id, expiry_date(today), now]
    with connection.cursor() as cursor:
        cursor.execute(UPDATE, [*values, order.batch_id, CASStatus.READY_TO_GO])
