"""Eight processes that assign at once, from one allocation, on PostgreSQL (goal P5).

Each process has its own connection and settles orders for one CAS each, one after another, as callbacks of the payment
provider do. In `one allocation`, all of them take their places from one row. `no counter` is the same without the
UPDATE of that row, so that no process waits for another. The difference is the cost of the counter. New orders are made
before each turn, and everything that was written is deleted afterwards. Neither is timed. On SQLite only one process
writes at a time, so there is nothing to measure.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.connection import Connection
from unittest import mock

from django.db import connection, transaction

from benchmarks.orders import allocation, order_of, ready
from benchmarks.races import Count, Goal, Race
from benchmarks.sites import people
from cas.models import CAS, Order, OrderLine
from licences.models import Allocation, AllocationEntry, Event, User
from licences.models.allocation import AllocationQuerySet
from sms.core import clock

ASSIGNERS = 8
EACH = 10  # orders

COUNTED = "one allocation"
FREE = "no counter"


def prepare() -> Iterator[Race | Count]:
    if connection.vendor != "postgresql":
        return
    level1, caseworker = people()
    with deleted_afterwards():
        allocation(level1.sponsor, by=caseworker)
        with assigners() as pipes:
            orders: list[int] = []
            yield Race(
                {name: lambda name=name: let_settle(pipes, orders, name) for name in (COUNTED, FREE)},
                [Goal(COUNTED, FREE, at_most=1 / 0.9)],
                is_here=False,
                before=lambda: renew(orders, level1),
            )


def renew(orders: list[int], by: User) -> None:
    cas_list = ready(by, ASSIGNERS * EACH)
    orders[:] = [order_of(by, [pk]).pk for pk in cas_list]


@contextmanager
def assigners() -> Iterator[list[Connection]]:
    """Start the processes, and yield the pipes that send them their orders."""
    connection.close()  # processes must not share it
    processes = get_context("fork")
    pairs = [processes.Pipe() for _ in range(ASSIGNERS)]
    workers = [processes.Process(target=serve, args=(theirs,), daemon=True) for _, theirs in pairs]
    for worker in workers:
        worker.start()
    try:
        yield [ours for ours, _ in pairs]
    finally:
        for ours, _ in pairs:
            ours.send(([], ""))
        for worker in workers:
            worker.join()


def let_settle(pipes: list[Connection], orders: list[int], how: str) -> None:
    for place, pipe in enumerate(pipes):
        pipe.send((orders[place::ASSIGNERS], how))
    for pipe in pipes:
        if error := pipe.recv():
            raise RuntimeError(error)


def serve(pipe: Connection) -> None:
    """Settle the orders that arrive through the pipe, until a message has none. Runs in each process."""
    system = User.objects.system()
    while (message := pipe.recv())[0]:
        orders, how = message
        try:
            settle(orders, system, is_counted=how == COUNTED)
        except Exception as error:  # reported to the parent process, which raises it
            pipe.send(repr(error))
        else:
            pipe.send("")
    connection.close()
    os._exit(0)


def settle(orders: list[int], system: User, *, is_counted: bool) -> None:
    instead = AllocationQuerySet.enter if is_counted else uncounted
    with mock.patch.object(AllocationQuerySet, "enter", instead):
        for pk in orders:
            Order.objects.get(pk=pk).settle(by=system)


def uncounted(rows: AllocationQuerySet, to: Allocation, kind: str, number: int, *, by: User, order: str) -> None:
    """Write the line of the ledger without updating the counter."""
    now = clock.now()
    AllocationEntry.objects.create(allocation=to, kind=kind, number=number, order=order, by=by, at=now)


@contextmanager
def deleted_afterwards() -> Iterator[None]:
    """Delete everything that is written within, bypassing the triggers that forbid it."""
    models = (AllocationEntry, Event, OrderLine, Order, CAS, Allocation)
    last = {model: model._base_manager.order_by("-pk").values_list("pk", flat=True).first() or 0 for model in models}
    try:
        yield
    finally:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            for model in models:
                cursor.execute(f"DELETE FROM {model._meta.db_table} WHERE id > %s", [last[model]])
