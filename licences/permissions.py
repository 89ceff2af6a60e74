"""What a Level 1 and a Level 2 user may do: one table (specification, section 7).

The lifecycles, the pages, the tests and `docs/permissions.md` read it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from licences.roles import OWNER, Role


class Reach(Enum):
    """On which of the sponsor's records an action is allowed."""

    ALL = "all of the sponsor's"
    OWN = "own or transferred"
    NONE = "no"


@dataclass(frozen=True)
class Action:
    name: str
    label: str
    level_1: Reach
    level_2: Reach

    @property
    def refusal(self) -> str:
        """Return the sentence for a user who cannot do this: who can."""
        who = "a Level 1 user" if self.level_2 is Reach.NONE else "a user of a sponsor"
        return f"Only {who} can {self.label[0].lower()}{self.label[1:]}."


ACTIONS: dict[str, Action] = {
    action.name: action
    for action in (
        Action("cas.create", "Create CAS and batches", Reach.ALL, Reach.ALL),
        Action("cas.see", "See CAS and their history", Reach.ALL, Reach.OWN),
        Action("cas.edit", "Edit a CAS that is not assigned", Reach.ALL, Reach.OWN),
        Action("cas.delete", "Delete a CAS that is not assigned", Reach.ALL, Reach.OWN),
        Action("cas.assign", "Assign CAS and pay for them", Reach.ALL, Reach.OWN),
        Action("cas.print", "Print CAS", Reach.ALL, Reach.OWN),
        Action("cas.report", "Report activity and withdraw a report", Reach.ALL, Reach.OWN),
        Action("cas.note", "Edit the sponsor note of a CAS", Reach.ALL, Reach.OWN),
        Action("cas.fees", "Update the fees of a live CAS", Reach.ALL, Reach.OWN),
        Action("cas.withdraw", "Withdraw an assigned CAS", Reach.ALL, Reach.NONE),
        Action("cas.transfer", "Transfer CAS and batches to another user", Reach.ALL, Reach.NONE),
        Action("addresses.keep", "Add, change and delete study addresses", Reach.ALL, Reach.NONE),
        Action("allocation.request", "Request a CoS/CAS increase", Reach.ALL, Reach.NONE),
    )
}


def reach(role: str, action: str) -> Reach:
    """How far `action` reaches for a user of this role; nowhere for those who are not a sponsor's."""
    if role == Role.LEVEL_1:
        return ACTIONS[action].level_1
    if role == Role.LEVEL_2:
        return ACTIONS[action].level_2
    return Reach.NONE


def who_may(action: str) -> frozenset[str]:
    """The kinds of user to whom `action` is open, the owner of a record among them, for a lifecycle's table."""
    kinds = {role for role in (Role.LEVEL_1, Role.LEVEL_2) if reach(role, action) is Reach.ALL}
    if reach(Role.LEVEL_2, action) is Reach.OWN:
        kinds.add(OWNER)  # type: ignore[arg-type]
    return frozenset(str(kind) for kind in kinds)


def as_markdown() -> str:
    """The table as `docs/permissions.md` shows it."""
    lines = [
        "# Permissions",
        "",
        "What the users of a sponsor may do. Written by `manage.py document` from `licences/permissions.py`.",
        "",
        "| action | Level 1 user | Level 2 user | name in the code |",
        "|---|---|---|---|",
        *(
            f"| {action.label} | {action.level_1.value} | {action.level_2.value} | `{action.name}` |"
            for action in ACTIONS.values()
        ),
        "",
        "A sponsor sees nothing of another sponsor. Records outside a user's reach are answered with 404, as if",
        "they were not there; actions that a level lacks altogether with 403 and a sentence that says who can:",
        f"“{ACTIONS['cas.withdraw'].refusal}”",
        "",
    ]
    return "\n".join(lines)
