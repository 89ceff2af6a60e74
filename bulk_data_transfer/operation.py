"""The operations of bulk files: the name, the permission and the columns of each (specification, section 11).

`bulk_data_transfer.operations` has what they do. Pages, forms, reading and checking take everything else from here.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from bulk_data_transfer.columns import WHICH, label_of
from cas.details import fields
from licences.permissions import Action, Person

_NAMES = ("family_name", "given_names")


@dataclass(frozen=True)
class Operation:
    """An operation. It is done by users who may do `action`, and `columns` are those that its sheets can have.

    A sheet with one of the columns `signs` is taken for this operation, if its other columns fit. `done` says what
    became of the CAS, and `warning` what to think of before the import. An operation that `makes_cas` needs a route and
    a batch. The others change CAS that exist, which can be pasted as a list if the operation `takes_lists`.
    """

    name: str
    label: str
    action: Action
    columns: tuple[str, ...]
    done: str
    hint: str
    signs: tuple[str, ...] = ()
    warning: str = ""
    makes_cas: bool = False
    takes_lists: bool = False

    @property
    def headings(self) -> list[str]:
        """Return the headings that its sheets can have."""
        return [label_of(name) for name in self.columns]

    @property
    def in_template(self) -> tuple[str, ...]:
        """Return the columns of its template. The others have their meaning already, under another name."""
        return tuple(name for name in self.columns if name not in {"cas", "enrolment_on", "notes"})

    def fits(self, columns: Collection[str]) -> bool:
        """Return whether a sheet with these columns can be meant for this operation."""
        if self.signs and not set(self.signs) & set(columns):
            return False
        return self.makes_cas or set(columns) <= {*self.columns, *_NAMES}


CREATE = Operation(
    "create",
    "Create CAS",
    Action.CAS_CREATE,
    columns=tuple(fields.BY_NAME),
    done="CAS created",
    hint="The file becomes a batch",
    makes_cas=True,
)
FEES = Operation(
    "fees",
    "Update fees",
    Action.CAS_FEES,
    columns=(*WHICH, *fields.UPDATABLE_FEES),
    done="CAS with updated fees",
    hint="On ASSIGNED CAS. An empty cell leaves a fee unchanged",
    signs=fields.UPDATABLE_FEES,
)
REPORT = Operation(
    "report",
    "Report activity",
    Action.CAS_REPORT,
    columns=(
        *WHICH,
        *("activity_type", "reason", "happened_on", "completed_on", "details", "enrolment_on", "notes"),
    ),
    done="reports made",
    hint="On ASSIGNED, USED and EXPIRED CAS",
    signs=("activity_type", "reason", "happened_on", "enrolment_on"),
    takes_lists=True,
)
WITHDRAW = Operation(
    "withdraw",
    "Withdraw CAS",
    Action.CAS_WITHDRAW,
    columns=(*WHICH, "withdrawal_reason"),
    done="CAS withdrawn",
    hint="On ASSIGNED CAS",
    warning="You cannot undo a withdrawal. The fees are not refunded, and the places of the allocation stay used.",
    signs=("withdrawal_reason",),
    takes_lists=True,
)
GRADUATES = Operation(
    "graduates",
    "Graduate notification",
    Action.CAS_REPORT,
    columns=WHICH,
    done="graduate notifications made",
    hint="On USED CAS whose application was granted",
    takes_lists=True,
)

DECISION = ("decided_on", "outcome")
CLOSING = ("application_closed_as", "application_closed_on")
# The sentences for one part of a decision or of a closing that has only the other part
MISSING = {
    "decided_on": "Enter the date of the decision",
    "outcome": "Enter the outcome",
    "application_closed_as": "Enter how the application was closed",
    "application_closed_on": "Enter the date of closing",
}

DECIDE = Operation(
    "decide",
    "Record applications and decisions",
    Action.CAS_DECIDE,
    columns=("number", "cas", "applied_on", *DECISION, *CLOSING),
    done="CAS with applications or decisions",
    hint="On ASSIGNED and EXPIRED CAS of any sponsor",
    warning="You cannot undo a decision. Other live CAS of the same individual become OBSOLETE. CAS that "
    "are perhaps of the same individual stay unchanged. To select them, mark the CAS as used on its page.",
    signs=("applied_on", *DECISION, *CLOSING),
    takes_lists=True,
)

OPERATIONS = {each.name: each for each in (CREATE, FEES, REPORT, WITHDRAW, GRADUATES, DECIDE)}


def guessed(columns: Collection[str], by: Person) -> Operation:
    """Return the operation that a sheet with these columns is probably meant for.

    A user who may do only one operation means that one. If none fits, a sheet with CAS numbers and without names is
    taken for the notification of graduates, and any other sheet creates CAS.
    """
    allowed = open_to(by)
    if len(allowed) == 1:
        return allowed[0]
    given = set(columns)
    if given & set(WHICH):
        for each in OPERATIONS.values():
            if not each.makes_cas and each.fits(columns) and by.may(each.action):
                return each
    return GRADUATES if given & {"number", "cas"} and "family_name" not in given else CREATE


def open_to(by: Person, *, lists_only: bool = False) -> list[Operation]:
    """Return the operations that this user may do; with `lists_only`, those that take a pasted list."""
    return [each for each in OPERATIONS.values() if by.may(each.action) and (each.takes_lists or not lists_only)]
