"""The history of a CAS or a batch in words, with the history of its orders (specification, section 12)."""

from __future__ import annotations

from dataclasses import replace

from django.db.models import Q

from cas.models import CAS, Batch, Order
from licences.models import Event
from licences.timeline import Entry, entries, subject_names


def timeline(cas: CAS) -> list[Entry]:
    """Return the history of this CAS and of its orders, newest first."""
    orders = Order.objects.filter(lines__cas=cas).values("pk")
    about = Q(kind="cas", subject_id=cas.pk) | Q(kind="order", subject_id__in=orders)
    return entries(Event.objects.filter(about).select_related("by").order_by("-id"))


def batch_timeline(batch: Batch, *, most: int, with_names: bool) -> list[Entry]:
    """Return the latest `most` entries about this batch and its orders, newest first.

    Without `with_names`, leave out the names of students, which some readers must not see.
    """
    about = Q(kind="batch", subject_id=batch.pk) | Q(kind="order", subject_id__in=batch.orders.values("pk"))
    found = entries(Event.objects.filter(about).select_related("by").order_by("-id")[:most])
    if with_names:
        return found
    return [replace(each, changes=[change for change in each.changes if change.name != "cas"]) for each in found]


def with_names(events: list[Event]) -> list[tuple[Event, str]]:
    """Return each event of a batch or a CAS with the names of the CAS that it is about, as the history shows them."""
    of_batches = [
        next((change.after for change in each.changes if change.name == "cas"), "") for each in entries(events)
    ]
    of_cas = subject_names(event for event in events if event.kind == "cas")
    return [(event, of_cas.get(event.pk, names)) for event, names in zip(events, of_batches, strict=True)]
