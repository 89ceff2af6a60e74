"""The history of one CAS or one batch in words, with that of its orders (specification, section 12)."""

from __future__ import annotations

from dataclasses import replace

from django.db.models import Q

from cas.models import CAS, Batch, Order
from licences.models import Event
from licences.timeline import Entry, entries


def timeline(cas: CAS) -> list[Entry]:
    """Return everything that happened to this CAS, newest first."""
    orders = Order.objects.filter(lines__cas=cas).values("pk")
    about = Q(kind="cas", subject_id=cas.pk) | Q(kind="order", subject_id__in=orders)
    return entries(Event.objects.filter(about).select_related("by").order_by("-id"))


def batch_timeline(batch: Batch, *, most: int, with_names: bool) -> list[Entry]:
    """Return the last `most` things that happened to this batch, newest first; `with_names` of its students."""
    about = Q(kind="batch", subject_id=batch.pk) | Q(kind="order", subject_id__in=batch.orders.values("pk"))
    found = entries(Event.objects.filter(about).select_related("by").order_by("-id")[:most])
    if with_names:
        return found
    return [replace(each, changes=[change for change in each.changes if change.name != "cas"]) for each in found]


def with_names(events: list[Event]) -> list[tuple[Event, str]]:
    """Return each event of a batch with the names of the CAS that came and went, as the history shows them."""
    names = [next((change.after for change in each.changes if change.name == "cas"), "") for each in entries(events)]
    return list(zip(events, names, strict=True))
