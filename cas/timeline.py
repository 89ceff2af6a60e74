"""The history of a CAS or a batch in words, with the history of its orders (specification, section 12)."""

from __future__ import annotations

from dataclasses import replace

from django.db.models import Q, QuerySet
from django.http import QueryDict

from cas.models import CAS, Batch, Order
from licences.models import Event
from licences.timeline import Timeline, entries, page_of, subject_names


def timeline(cas: CAS, query: QueryDict | None = None) -> Timeline:
    """Return the page that `query` asks for of the history of this CAS and of its orders, newest first."""
    return page_of(events_of(cas), query)


def events_of(cas: CAS) -> QuerySet[Event]:
    """Return the events about this CAS and its orders."""
    orders = Order.objects.filter(lines__cas=cas).values("pk")
    return Event.objects.filter(Q(kind="cas", subject_id=cas.pk) | Q(kind="order", subject_id__in=orders))


FOLDED = frozenset({("batch", "put_in"), ("batch", "take_out"), ("batch", "delete_cas")})
"""The events of a batch that fold into one line. Their data are the ids of the CAS."""


def batch_timeline(batch: Batch, query: QueryDict, *, with_names: bool) -> Timeline:
    """Return the page that `query` asks for of the history of this batch and its orders, newest first.

    Without `with_names`, leave out the names of students, which some readers must not see.
    """
    found = page_of(events_of_batch(batch), query, folded=FOLDED)
    if not with_names:
        found[:] = [
            replace(each, changes=[change for change in each.changes if change.name != "cas"]) for each in found
        ]
    return found


def events_of_batch(batch: Batch) -> QuerySet[Event]:
    """Return the events about this batch and its orders."""
    orders = batch.orders.values("pk")
    return Event.objects.filter(Q(kind="batch", subject_id=batch.pk) | Q(kind="order", subject_id__in=orders))


def with_names(events: list[Event]) -> list[tuple[Event, str]]:
    """Return each event of a batch or a CAS with the names of the CAS that it is about, as the history shows them."""
    of_batches = [
        next((change.after for change in each.changes if change.name == "cas"), "") for each in entries(events)
    ]
    of_cas = subject_names(event for event in events if event.kind == "cas")
    return [(event, of_cas.get(event.pk, names)) for event, names in zip(events, of_batches, strict=True)]
