"""The history of one CAS in words: its own and that of its orders (specification, section 12)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db.models import Q, TextChoices

from cas.details import fields
from cas.details.checks import Invalid
from cas.lifecycle import PaymentState
from cas.models import CAS, Batch, Order
from cas.models.assigned import Outcome
from licences.models import Event
from licences.timeline import Change, Entry
from sms.core.govuk import formats

TITLES = {
    ("cas", "create"): "Created",
    ("cas", "save"): "Changed",
    ("cas", "delete"): "Deleted",
    ("cas", "assign"): "Assigned",
    ("cas", "withdraw"): "Withdrawn",
    ("cas", "use"): "Marked as used",
    ("cas", "expire"): "Expired",
    ("cas", "make_obsolete"): "Became obsolete: another CAS of the same individual was used",
    ("cas", "cancel"): "Cancelled with the licence or the route",
    ("cas", "record_application"): "Application for leave recorded",
    ("cas", "note"): "Sponsor note saved",
    ("cas", "update_fees"): "Fees updated",
    ("cas", "print"): "Printed",
    ("cas", "move_in"): "Moved into a batch",
    ("cas", "take_out"): "Taken out of its batch",
    ("cas", "transfer"): "Transferred to another user",
    ("study_address", "create"): "Created",
    ("study_address", "save"): "Changed",
    ("study_address", "delete"): "Deleted",
    ("batch", "create"): "Created",
    ("batch", "rename"): "Renamed",
    ("batch", "put_in"): "CAS put in",
    ("batch", "take_out"): "CAS taken out",
    ("batch", "delete_cas"): "CAS deleted",
    ("batch", "delete"): "Deleted",
    ("batch", "transfer"): "Transferred to another user",
    ("batch", "assign"): "Assigned",
    ("order", "open"): "Payment started",
    ("order", "pay"): "Payment received",
    ("order", "owe"): "Payment received, but the CAS could not be assigned: a refund is due",
    ("order", "decline"): "Payment declined",
    ("order", "cancel"): "Payment cancelled",
    ("order", "lapse"): "Payment lapsed: nothing was heard of it",
    ("order", "refund"): "Refunded",
    ("order", "hear"): "The payment service says something else than the portal",
}

# What the system keeps of a CAS or an order besides the fields of the form. What is not here is not shown.
LABELS = {
    "status": "Status",
    "batch": "Batch",
    "cas": "CAS",
    "owner": "Owner",
    "name": "Name",
    "count": "Number of CAS",
    "number": "CAS number",
    "assigned_on": "Date assigned",
    "expires_on": "Expiry date",
    "applied_on": "Date of application",
    "decided_on": "Date used",
    "outcome": "Outcome",
    "withdrawal_reason": "Reason for withdrawing",
    "sponsor_note": "Sponsor note",
    "refusal": "Reason",
    "fee_pence": "Fee of each CAS",
    "heard": "State of the payment there",
    "other_money": "Amount that it names",
}

CODED: dict[str, type[TextChoices]] = {"outcome": Outcome, "heard": PaymentState}


def timeline(cas: CAS) -> list[Entry]:
    """Everything that happened to this CAS, newest first."""
    orders = Order.objects.filter(lines__cas=cas).values("pk")
    about = Q(kind="cas", subject_id=cas.pk) | Q(kind="order", subject_id__in=orders)
    events = Event.objects.filter(about).select_related("by").order_by("-id")
    return [entry(event) for event in events]


def batch_timeline(batch: Batch, *, most: int, with_names: bool) -> list[Entry]:
    """The last `most` things that happened to this batch, newest first; `with_names` of the CAS that came and went."""
    about = Q(kind="batch", subject_id=batch.pk) | Q(kind="order", subject_id__in=batch.orders.values("pk"))
    events = Event.objects.filter(about).select_related("by").order_by("-id")[:most]
    entries = [entry(event) for event in events]
    if with_names:
        return entries
    hidden = LABELS["cas"]
    return [replace(each, changes=[line for line in each.changes if line.label != hidden]) for each in entries]


def entry(event: Event) -> Entry:
    title = TITLES.get((event.kind, event.verb), event.verb)
    return Entry(title, event.by.name, event.at, list(_changes(event.data)))


def _changes(data: dict[str, Any]) -> Iterator[Change]:
    for name, (before, after) in data.items():
        if label := _label(name):
            yield Change(label, display(name, before), display(name, after))


def _label(name: str) -> str:
    field = fields.BY_NAME.get(name)
    return field.subject if field else LABELS.get(name, "")


def display(name: str, value: Any) -> str:
    """A value of the history, which is as JSON keeps it, as people read it."""
    if value in (None, ""):
        return ""
    if name == "fee_pence":
        return formats.pounds(value)
    if name.endswith("_on"):
        return formats.day(datetime.fromisoformat(value).date())
    if name in CODED:
        return str(CODED[name](value).label)
    field = fields.BY_NAME.get(name)
    if field is None:
        return str(value)
    try:
        return field.display(field.checked(value))
    except Invalid:  # by today's rules, not by those of its day
        return str(value)
