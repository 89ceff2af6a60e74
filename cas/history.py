"""The words of the history about CAS, batches, orders, templates, addresses, agents and rules (section 12)."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import partial
from typing import Any

from cas.columns import BY_NAME, full_name, label_of
from cas.declared_rules import RULES
from cas.details import fields
from cas.lifecycle import CAS_LIFECYCLE, ORDER_LIFECYCLE, PaymentState
from cas.models import CAS
from licences.models import Event
from licences.words import EMPTY, Words
from sms.core.values import Invalid


def names_of_cas(ids: Collection[int]) -> dict[int, str]:
    """Return the students' names by the id of their CAS. The name of a deleted CAS comes from its history."""
    rows = CAS.objects.filter(pk__any_of=list(ids)).values_list("pk", "family_name", "given_names")
    names: dict[int, str] = {pk: full_name(family, given) for pk, family, given in rows}
    if deleted := set(ids) - names.keys():
        for event in Event.objects.filter(kind="cas", verb="delete", subject_id__any_of=list(deleted)):
            before = [event.data.get(name, [""])[0] or "" for name in ("family_name", "given_names")]
            names[event.subject_id] = full_name(*before)
    return names


def show_detail(name: str, value: Any) -> str:
    """Return a detail of a CAS as its page shows it. Show a value that breaks today's rules unchanged."""
    if value in EMPTY:
        return ""
    field = fields.BY_NAME[name]
    try:
        return field.display(field.checked(value))
    except Invalid:
        return str(value)


DETAILS: dict[str, Callable[[Any], str]] = {name: partial(show_detail, name) for name in fields.BY_NAME}

FACTS = (
    "status",
    "batch",
    "agent",
    "owner",
    "number",
    "assigned_on",
    "expires_on",
    "applied_on",
    "application_closed_as",
    "application_closed_on",
    "decided_on",
    "outcome",
    "reviewed_on",
    "withdrawal_reason",
    "sponsor_note",
)
"""The columns whose values events keep, apart from the details."""

WORDS = Words(
    kinds={
        "cas": "CAS",
        "batch": "Batch",
        "course_template": "Course template",
        "order": "Order",
        "study_address": "Study address",
        "agent": "Agent",
        "rule": "Rule",
    },
    titles={
        **CAS_LIFECYCLE.titles("cas"),
        **ORDER_LIFECYCLE.titles("order"),
        ("cas", "record_application"): "Application for leave recorded",
        ("cas", "close_application"): "Application for leave closed",
        ("cas", "record_review"): "Successful administrative review recorded",
        ("cas", "decide_again"): "Decided again after the administrative review",
        ("cas", "note"): "Sponsor note saved",
        ("cas", "update_fees"): "Fees updated",
        ("cas", "print"): "Printed",
        ("cas", "move_in"): "Moved into a batch",
        ("cas", "take_out"): "Taken out of its batch",
        ("cas", "transfer"): "Transferred to another user",
        ("study_address", "create"): "Created",
        ("study_address", "save"): "Changed",
        ("study_address", "delete"): "Deleted",
        ("agent", "create"): "Created",
        ("agent", "save"): "Changed",
        ("agent", "retire"): "Retired",
        ("agent", "reinstate"): "Reinstated",
        ("course_template", "create"): "Created",
        ("course_template", "save"): "Changed",
        ("course_template", "retire"): "Retired",
        ("course_template", "reinstate"): "Reinstated",
        ("batch", "create"): "Created",
        ("batch", "rename"): "Renamed",
        ("batch", "put_in"): "CAS added",
        ("batch", "take_out"): "CAS taken out",
        ("batch", "delete_cas"): "CAS deleted",
        ("batch", "set_field"): "One field set",
        ("batch", "delete"): "Deleted",
        ("batch", "transfer"): "Transferred to another user",
        ("batch", "assign"): "Assigned",
        ("order", "print_receipt"): "Receipt printed",
        ("order", "differ"): "The payment service and the portal differ",
        ("rule", "add"): "New value set",
        ("rule", "remove"): "Value removed before it started",
    },
    labels={
        **{name: field.subject for name, field in fields.BY_NAME.items()},
        **{name: label_of(name) for name in FACTS},
        **{rule.name: rule.label for rule in RULES},
        "cas": "CAS",
        "name": "Name",
        "count": "Number of CAS",
        "refusal": "Reason",
        "refunded_on": "Date of the refund",
        "refund_reference": "Reference of the refund",
        "provider_state": "State at the payment service",
        "other_amount": "Amount at the payment service",
        "from_on": "From",
        "retired_on": "Date retired",
        "emptied": "Emptied",
    },
    shown={
        **DETAILS,
        **{rule.name: rule.show for rule in RULES},
        "outcome": BY_NAME["outcome"].show,
        "application_closed_as": BY_NAME["application_closed_as"].show,
        "emptied": lambda name: fields.BY_NAME[name].subject,
        "provider_state": lambda value: str(PaymentState(value).label),
    },
    references={"cas": "cas"},
    names={"cas": names_of_cas},
)


def words() -> Words:
    return WORDS
