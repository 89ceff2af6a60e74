"""Revoking a licence with 100,000 live CAS, and expiring 10,000 CAS in a night (goal P10).

`the portal` is `Licence.revoke`, which also cancels the open orders, and `CAS.objects.expire`, which the regular job
calls. Both write a line of history for each CAS. The floor is one raw UPDATE of the status of the same CAS, with the
same indexes and triggers. The table also has the CAS of the other sponsors, and those that ended.

All contestants work on the same rows. A rollback to a savepoint undoes the work of each. Before that, the database
checks the keys that it would otherwise check at the end of the transaction. The number of statements leaves out those
that begin and end savepoints. It is counted for 100 CAS and for all of them, without open orders: each order adds 8.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

from dateutil.relativedelta import relativedelta
from django.db import connection, transaction

from benchmarks.orders import allocation, analyse, live, order_of, ready, statements, undone
from benchmarks.races import Count, Goal, Race
from benchmarks.rows import maintain
from benchmarks.sites import people
from cas.lifecycle import CASStatus
from cas.models import CAS
from licences.models import Licence, User
from sms.core import clock

REVOKED = (100, 100_000)  # live CAS of the licence
ORDERS = 20  # open when the licence is revoked
EXPIRED = (100, 10_000)

PORTAL = "the portal"
RAW = "one raw UPDATE"

UPDATE = "UPDATE cas_cas SET status = %s, version = version + 1, changed_at = %s WHERE "
# The rows of `CASQuerySet.cancellable`, and of `CASQuerySet.expire`.
CANCELLED = "licence_id = %s AND (status = 'ASSIGNED' OR status = 'EXPIRED' AND applied_on IS NOT NULL)"
OUT_OF_DATE = "status = 'ASSIGNED' AND expires_on < %s"


def prepare() -> Iterator[Race | Count]:
    level1, caseworker = people()
    licence = level1.sponsor
    with transaction.atomic():
        end_all_live()
        made = 0
        for size in REVOKED:
            live(level1, size - made, clock.today())
            made = size
            analyse()
            undone(lambda: revoke(licence, by=caseworker))()  # the first call asks the database for its features
            what = f"statements of the portal to revoke a licence with {size:,} live CAS"
            yield Count(what, statements(lambda: revoke(licence, by=caseworker)), at_most=16)
        allocation(licence, by=caseworker)
        for pk in ready(level1, ORDERS):
            order_of(level1, [pk])
        yield race(f"revoking {REVOKED[-1]:,}", lambda: revoke(licence, by=caseworker), lambda: cancel_raw(licence))
        made = 0
        for size in EXPIRED:
            live(level1, size - made, clock.today() - relativedelta(months=6) - timedelta(days=5))
            made = size
            analyse()
            yield Count(f"statements of the portal to expire {size:,} CAS", statements(expire), at_most=5)
        yield race(f"expiring {EXPIRED[-1]:,}", expire, expire_raw)
        transaction.set_rollback(True)
    if not connection.in_atomic_block:
        maintain()  # rows that were rolled back still take space in the tables


def end_all_live() -> None:
    """End the live CAS of the invented rows, so that only those made here are live."""
    everything = CAS.objects.all()
    everything.expire(by=User.objects.system())
    everything.cancel(by=User.objects.system())


def race(what: str, portal: Callable[[], object], raw: Callable[[], object]) -> Race:
    ours, floor = f"{PORTAL}, {what}", f"{RAW}, {what}"
    return Race({ours: undone(portal), floor: undone(raw)}, [Goal(ours, floor, at_most=2.5)])


def revoke(licence: Licence, *, by: User) -> None:
    Licence.objects.get(pk=licence.pk).revoke(by=by, reason="Benchmark")


def cancel_raw(licence: Licence) -> None:
    with connection.cursor() as cursor:
        cursor.execute(UPDATE + CANCELLED, [CASStatus.CANCELLED, clock.now(), licence.pk])


def expire() -> None:
    CAS.objects.expire(by=User.objects.system())


def expire_raw() -> None:
    with connection.cursor() as cursor:
        cursor.execute(UPDATE + OUT_OF_DATE, [CASStatus.EXPIRED, clock.now(), clock.today()])
