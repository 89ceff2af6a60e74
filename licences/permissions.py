"""Who may do what: one table (specification, section 7).

The lifecycles, the views, the pages, the tests and `docs/permissions.md` read it.
"""

from __future__ import annotations

from enum import Enum, StrEnum
from typing import Protocol, Self

from licences import refusals
from licences.roles import OWNER, Role, named
from sms.core.lifecycle import Move
from sms.core.refused import Refused


class Reach(Enum):
    """The records on which an action is allowed."""

    ALL = "all"
    OF_SPONSOR = "all of the sponsor's"
    OWN = "own or transferred"
    NONE = "no"


class Action(StrEnum):
    """Something that a user may do, and its reach for each kind of user."""

    label: str
    level_1: Reach
    level_2: Reach
    caseworker: Reach

    def __new__(cls, name: str, label: str, level_1: Reach, level_2: Reach, caseworker: Reach = Reach.NONE) -> Self:
        action = str.__new__(cls, name)
        action._value_ = name
        action.label, action.level_1, action.level_2, action.caseworker = label, level_1, level_2, caseworker
        return action

    CAS_CREATE = "cas.create", "Create CAS and batches", Reach.OF_SPONSOR, Reach.OF_SPONSOR
    CAS_SEE = "cas.see", "See CAS and their history", Reach.OF_SPONSOR, Reach.OWN
    CAS_EDIT = "cas.edit", "Edit a CAS that is not assigned", Reach.OF_SPONSOR, Reach.OWN
    CAS_DELETE = "cas.delete", "Delete a CAS that is not assigned", Reach.OF_SPONSOR, Reach.OWN
    CAS_ASSIGN = "cas.assign", "Assign CAS and pay for them", Reach.OF_SPONSOR, Reach.OWN
    CAS_PRINT = "cas.print", "Print CAS", Reach.OF_SPONSOR, Reach.OWN
    CAS_EXPORT = "cas.export", "Export CAS, reports and orders", Reach.OF_SPONSOR, Reach.OWN
    FILES_SEND = "files.send", "Send, check and import files", Reach.OF_SPONSOR, Reach.OWN, Reach.ALL
    CAS_REPORT = "cas.report", "Report activity and withdraw a report", Reach.OF_SPONSOR, Reach.OWN
    CAS_NOTE = "cas.note", "Edit the sponsor note of a CAS", Reach.OF_SPONSOR, Reach.OWN
    CAS_FEES = "cas.fees", "Update the fees of a live CAS", Reach.OF_SPONSOR, Reach.OWN
    CAS_WITHDRAW = "cas.withdraw", "Withdraw an assigned CAS", Reach.OF_SPONSOR, Reach.NONE
    COMPLIANCE_SEE = "compliance.see", "See the compliance figures", Reach.OF_SPONSOR, Reach.NONE
    CAS_AFFECTED = "cas.affected", "See the live CAS affected by the visa brake", Reach.OF_SPONSOR, Reach.NONE
    CAS_TRANSFER = "cas.transfer", "Transfer CAS and batches to another user", Reach.OF_SPONSOR, Reach.NONE
    CAS_DECIDE = "cas.decide", "Record applications, decisions and reviews", Reach.NONE, Reach.NONE, Reach.ALL
    ADDRESSES_KEEP = "addresses.keep", "Add, change and delete study addresses", Reach.OF_SPONSOR, Reach.NONE
    AGENTS_SEE = "agents.see", "See and choose agents of the register", Reach.OF_SPONSOR, Reach.OF_SPONSOR
    AGENTS_KEEP = "agents.keep", "Add, change, retire and reinstate agents", Reach.OF_SPONSOR, Reach.NONE
    TEMPLATES_KEEP = "templates.keep", "Add, change and retire course templates", Reach.OF_SPONSOR, Reach.OF_SPONSOR
    LICENCE_SEE = (
        "licence.see",
        "See the licence summary, applications and services",
        Reach.OF_SPONSOR,
        Reach.NONE,
    )
    ACTION_PLANS_ANSWER = "action_plans.answer", "Accept or decline an action plan", Reach.OF_SPONSOR, Reach.NONE
    LICENCES_KEEP = (
        "licences.keep",
        "Change the ratings, key people and services of a licence",
        Reach.NONE,
        Reach.NONE,
        Reach.ALL,
    )
    ALLOCATION_REQUEST = "allocation.request", "Request a CoS/CAS increase", Reach.OF_SPONSOR, Reach.NONE
    RENEWAL_REQUEST = (
        "renewal.request",
        "Request renewal of annual CoS/CAS allocations",
        Reach.OF_SPONSOR,
        Reach.NONE,
    )
    REQUESTS_MAKE = (
        "requests.make",
        "See, submit and withdraw requests",
        Reach.OF_SPONSOR,
        Reach.NONE,
    )
    REQUESTS_DECIDE = "requests.decide", "Grant and refuse requests of sponsors", Reach.NONE, Reach.NONE, Reach.ALL
    MESSAGES_READ = "messages.read", "Read and acknowledge messages", Reach.OF_SPONSOR, Reach.NONE
    MESSAGES_KEEP = "messages.keep", "Write, send and end messages to sponsors", Reach.NONE, Reach.NONE, Reach.ALL
    ALLOCATION_GRANT = "allocation.grant", "Grant or reduce an allocation", Reach.NONE, Reach.NONE, Reach.ALL
    RULES_SET = "rules.set", "Set the rules that change by date, such as the fee", Reach.NONE, Reach.NONE, Reach.ALL
    REPORTS_READ = "reports.read", "Mark reports as read", Reach.NONE, Reach.NONE, Reach.ALL
    ACTIVITY_TYPES_KEEP = "activity_types.keep", "Change activity types and reasons", Reach.NONE, Reach.NONE, Reach.ALL
    USERS_MANAGE = "users.manage", "Manage Level 1 and 2 users", Reach.OF_SPONSOR, Reach.NONE
    USERS_KEEP = "users.keep", "Add, change and deactivate users of any kind", Reach.NONE, Reach.NONE, Reach.ALL
    JOBS_KEEP = "jobs.keep", "Retry and discard background jobs", Reach.NONE, Reach.NONE, Reach.ALL

    @property
    def refusal(self) -> Refused:
        """Return the refusal for a user who may not do this, which says who can."""
        kinds = {
            "a Level 1 user": self.level_1 is not Reach.NONE and self.level_2 is Reach.NONE,
            "a user of a sponsor": self.level_2 is not Reach.NONE,
            "a Home Office caseworker": self.caseworker is Reach.ALL,
        }
        who = " or ".join(kind for kind, may in kinds.items() if may)
        return refusals.NOT_ALLOWED(who=who, what=f"{self.label[0].lower()}{self.label[1:]}")


def action_named(name: str) -> Action:
    """Return the action with this name, such as "cas.edit". Raises `ValueError` for an unknown one."""
    return Action(name)  # type: ignore[call-arg]  # mypy expects the row of the table


class Person(Protocol):
    """A `licences.models.User`, which this module may not import."""

    def may(self, action: str) -> bool: ...

    def may_make(self, move: Move) -> bool: ...


def reach(role: str, action: Action) -> Reach:
    """Return how far `action` reaches for a user of this role."""
    reaches: dict[str, Reach] = {
        Role.LEVEL_1: action.level_1,
        Role.LEVEL_2: action.level_2,
        Role.CASEWORKER: action.caseworker,
    }
    return reaches.get(role, Reach.NONE)


def require(by: Person, action: Action) -> None:
    """Raise `NotAllowed` unless `action` is open to this user, at least on their own records."""
    if not by.may(action):
        raise action.refusal


def require_move(by: Person, move: Move) -> None:
    """Raise `NotAllowed` unless a lifecycle opens `move` to this user, at least on their own records."""
    if not by.may_make(move):
        raise not_open(move)


def not_open(move: Move) -> Refused:
    """Return the refusal for a user who may not make this move, which says who can."""
    return refusals.MOVE_NOT_ALLOWED(who=named(move.by), move=move.label)


def who_may(action: Action) -> frozenset[str]:
    """Return the kinds of sponsor's user to whom `action` is open, for a lifecycle's table. They include `OWNER`."""
    kinds = {str(role) for role in (Role.LEVEL_1, Role.LEVEL_2) if reach(role, action) is Reach.OF_SPONSOR}
    return frozenset(kinds | {OWNER} if action.level_2 is Reach.OWN else kinds)


def as_markdown() -> str:
    """Return the table as `docs/permissions.md` shows it."""
    lines = [
        "# Permissions",
        "",
        "Who may do what. Written by `manage.py document` from `licences/permissions.py`.",
        "",
        "| action | Level 1 user | Level 2 user | Home Office caseworker | name in the code |",
        "|---|---|---|---|---|",
        *(
            f"| {action.label} | {action.level_1.value} | {action.level_2.value} | {action.caseworker.value} | "
            f"`{action}` |"
            for action in Action
        ),
        "",
        "Users of a sponsor see no records of another sponsor. A request for a record that the user may not see gets",
        "404, like a record that does not exist. A request for an action that the user's level does not allow gets",
        "403, with a sentence that says who can do it:",
        f"“{Action.CAS_WITHDRAW.refusal}”",
        "",
    ]
    return "\n".join(lines)
