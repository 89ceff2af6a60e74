"""Orders for invented CAS, ready to be settled, with an allocation that has enough places."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from cas.lifecycle import CASStatus
from cas.models import CAS, Batch, Order
from cas.models.order_line import OrderLine
from cas.validity import expiry_date
from licences.models import Allocation, Licence, User
from licences.routes import Route
from sms.core import clock, triggers

ROUTE = Route.STUDENT
PLACES = 1_000_000

COPIES = """
WITH RECURSIVE series(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM series WHERE n < {count})
INSERT INTO cas_cas ({columns}) SELECT {values} FROM cas_cas, series WHERE cas_cas.id = %s
"""


def allocation(licence: Licence, *, by: User) -> Allocation:
    """Return the sponsor's allocation of this year. Grant it with enough places if it is missing, by a caseworker."""
    starts_on = clock.today().replace(day=1)
    return Allocation.objects.current(licence.pk, ROUTE) or Allocation.objects.grant(
        by=by, licence=licence, route=ROUTE, starts_on=starts_on, number=PLACES
    )


def ready(by: User, count: int, batch: Batch | None = None) -> list[int]:
    """Make `count` new READY TO GO CAS of `by`, with the details of an assigned one, and return their ids."""
    return copies(
        by,
        count,
        **dict.fromkeys(("number", "assigned_at", "assigned_on", "assigned_by_id", "expires_on"), "NULL"),
        status=f"'{CASStatus.READY_TO_GO}'",
        batch_id=str(batch.pk) if batch else "NULL",
    )


def live(by: User, count: int, assigned_on: date) -> list[int]:
    """Make `count` new ASSIGNED CAS of `by`, and return their ids. A trigger would refuse new CAS of this status."""
    triggers.drop(connection)
    made = copies(
        by,
        count,
        status=f"'{CASStatus.ASSIGNED}'",
        number=f"'E4G' || (20000000000 + n + {_last()})",
        assigned_on=f"'{assigned_on}'",
        expires_on=f"'{expiry_date(assigned_on)}'",
        batch_id="NULL",
    )
    triggers.install(connection)
    return made


def copies(by: User, count: int, **given: str) -> list[int]:
    """Copy an assigned CAS `count` times for `by`, as if it was neither used nor withdrawn, and return the ids.

    `given` has SQL for some columns. The number `n` in it differs in each row.
    """
    last = _last()
    finished = CAS.objects.filter(licence=by.licence, route=ROUTE).exclude(number=None)
    model = finished.order_by("-pk").values_list("pk", flat=True)[0]
    given = {
        **dict.fromkeys(("applied_on", "decided_on"), "NULL"),
        **dict.fromkeys(("outcome", "withdrawal_reason"), "''"),
        "owner_id": str(by.pk),
        "passport_key": "'m' || n",
        **given,
    }
    columns = [field.column for field in CAS._meta.concrete_fields if field.column not in {"id", "recorded_at"}]
    values = [given.get(column, column) for column in columns]
    with connection.cursor() as cursor:
        cursor.execute(COPIES.format(count=count, columns=", ".join(columns), values=", ".join(values)), [model])
    return list(CAS.objects.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True))


def _last() -> int:
    return CAS.objects.order_by("-pk").values_list("pk", flat=True)[0]


def batch_order(by: User, count: int) -> Order:
    """Open an order for a new batch of `count` CAS. The sponsor must have an allocation."""
    batch = Batch.objects.add(f"{count} CAS", route=ROUTE, by=by)
    ready(by, count, batch)
    versions = dict(batch.cas.values_list("pk", "version"))
    return Order.objects.open(versions, by=by, provider="sandbox", batch=batch)


def order_of(by: User, cas_list: list[int]) -> Order:
    """Open an order for these CAS, which are in no batch."""
    versions = dict(CAS.objects.filter(pk__any_of=cas_list).values_list("pk", "version"))
    return Order.objects.open(versions, by=by, provider="sandbox")


def undone(act: Callable[[], object]) -> Callable[[], None]:
    """Return a function that does `act` and rolls it back, after checking the constraints that wait for a commit."""

    def do() -> None:
        with transaction.atomic():
            act()
            if connection.vendor == "postgresql":
                connection.check_constraints()
            transaction.set_rollback(True)

    return do


def statements(act: Callable[[], object]) -> int:
    """Do `act`, roll it back, and return the number of its statements, without those of savepoints."""
    with CaptureQueriesContext(connection) as captured:
        undone(act)()
    return len([each for each in captured if "SAVEPOINT" not in each["sql"] and "CONSTRAINTS" not in each["sql"]])


def analyse() -> None:
    """Gather statistics, as the database does by itself soon after so many rows were added."""
    with connection.cursor() as cursor:
        for model in (CAS, Batch, Order, OrderLine):
            cursor.execute(f"ANALYZE {model._meta.db_table}")
