"""The history of a licence, a user or an allocation in words (specification, section 12)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from licences.models import Event
from licences.models.event import EMPTY
from licences.roles import Role
from licences.routes import Route
from sms.core.govuk import formats

TITLES = {
    ("licence", "grant"): "Licence granted",
    ("licence", "add_route"): "Route added",
    ("licence", "amend"): "Amended",
    ("licence", "suspend"): "Suspended",
    ("licence", "reinstate"): "Reinstated",
    ("licence", "revoke"): "Revoked",
    ("licence", "surrender"): "Surrendered",
    ("licence", "surrender_route"): "Route surrendered",
    ("licence", "expire"): "Expired",
    ("user", "add"): "User added",
    ("user", "amend"): "Amended",
    ("user", "set_password"): "New password given",
    ("user", "lock"): "Locked for 30 minutes after three wrong passwords",
    ("user", "unlock"): "Unlocked",
    ("allocation", "grant"): "Allocation granted",
    ("allocation", "change_granted"): "Number of places changed",
    ("fee", "add"): "Fee added",
}

LABELS = {
    "number": "Licence number",
    "name": "Name",
    "starts_on": "First day",
    "expires_on": "Last day",
    "username": "User ID",
    "email": "Email address",
    "role": "Kind of user",
    "is_active": "May sign in",
    "granted": "Places granted",
    "from_on": "From",
    "pence": "Fee of each CAS",
}


class Subject(Protocol):
    """A record that has a history."""

    pk: Any
    event_kind: str


@dataclass(frozen=True)
class Change:
    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Entry:
    """One line of the timeline: what happened, who did it and when, and what it changed."""

    title: str
    by: str
    at: datetime
    changes: list[Change]


def timeline(subject: Subject) -> list[Entry]:
    """Everything that happened to `subject`, newest first."""
    events = Event.objects.about(subject.event_kind, subject.pk).select_related("by")
    return [entry(event) for event in events.order_by("-id")]


def entry(event: Event) -> Entry:
    return Entry(title(event.kind, event.verb), event.by.name, event.at, list(_changes(event.data)))


def title(kind: str, verb: str) -> str:
    return TITLES.get((kind, verb)) or verb.replace("_", " ").capitalize()


def _changes(data: dict[str, Any]) -> Iterator[Change]:
    for name, (before, after) in data.items():
        label = LABELS.get(name) or name.replace("_", " ").capitalize()
        yield Change(label, _display(name, before), _display(name, after))


def _display(name: str, value: Any) -> str:
    """A value of the history, which is as JSON keeps it, as people read it."""
    if value in EMPTY:
        return ""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if name == "pence":
        return formats.pounds(value)
    if name.endswith("_on"):
        return formats.day(datetime.fromisoformat(value).date())
    if name == "route":
        return Route(value).label
    return Role(value).label if name == "role" else str(value)
