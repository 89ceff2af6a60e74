"""The unfinished work that `Students` lists: orders, and the user's batches and CAS that are not assigned.

The statements are kept for each user, because `Students` needs them each time that it is shown.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import lru_cache
from typing import Any, NamedTuple

from django.db.models import Count, Exists, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from cas.columns import IDENTITY, full_name
from cas.lifecycle import CASStatus, OrderStatus
from cas.models import CAS, Batch, Order
from licences.scoping import Person, Reach
from sms.core.govuk.formats import Name
from sms.core.partial_dates import PartialDate
from sms.core.prepared import reading, reading_records

A_FEW = 5
MOST_ORDERS = 10  # under Needs attention


class UnfinishedBatch(NamedTuple):
    """A batch that is not assigned, with the numbers of its CAS and of those that are READY TO GO."""

    pk: int
    name: str
    is_being_paid_for: bool
    size: int
    ready: int
    assigned_at: None = None


class UnfinishedCAS(NamedTuple):
    """A CAS that is not assigned and in no batch."""

    pk: int
    status: str
    family_name: str
    given_names: str
    date_of_birth: PartialDate | None
    applicant_id: str
    course_title: str

    @property
    def student_name(self) -> Name:
        return full_name(self.family_name, self.given_names)


def orders_of(user: Person) -> list[Order]:
    """Return the newest orders that wait for a payment or a refund: `MOST_ORDERS`, and another if there are more."""
    return _reading_orders(Reach.of(user))()


def batches_of(user: Person) -> list[UnfinishedBatch]:
    """Return the newest few of the user's own batches."""
    return [UnfinishedBatch(*row) for row in _reading_batches(user.pk)()]


def cas_of(user: Person, *, without: Collection[int]) -> list[UnfinishedCAS]:
    """Return the few of the user's own CAS that were changed last, except those with the ids `without`."""
    rows = (UnfinishedCAS(*row) for row in _reading_cas(Reach.of(user), A_FEW + len(without))())
    return [cas for cas in rows if cas.pk not in without][:A_FEW]


@lru_cache(maxsize=500)
def _reading_orders(reach: Reach) -> Callable[..., list[Order]]:
    waiting = Order.objects.for_user(reach).filter(status__in=[OrderStatus.OPEN, OrderStatus.REFUND_DUE])
    return reading_records(waiting.with_student(reach)[: MOST_ORDERS + 1], "batch")


@lru_cache(maxsize=500)
def _reading_batches(owner: int) -> Callable[[], list[tuple[Any, ...]]]:
    paying = Order.objects.filter(batch=OuterRef("pk"), status=OrderStatus.OPEN)
    inside = CAS.objects.filter(batch=OuterRef("pk"))
    ready = inside.filter(status=CASStatus.READY_TO_GO)
    mine = Batch.objects.unassigned().filter(owner=owner)
    rows = mine.annotate(paying=Exists(paying), size=_number(inside), ready=_number(ready))
    return reading(rows.values_list("pk", "name", "paying", "size", "ready")[:A_FEW])


def _number(rows: QuerySet[CAS]) -> Coalesce:
    counted = rows.order_by().values("batch").annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


@lru_cache(maxsize=500)
def _reading_cas(reach: Reach, most: int) -> Callable[[], list[tuple[Any, ...]]]:
    rows = CAS.objects.for_user(reach).unassigned().filter(owner=reach.pk, batch=None)
    names = ("family_name", "given_names", *IDENTITY)
    return reading(rows.values_list("pk", "status", *names, "course_title")[:most])
