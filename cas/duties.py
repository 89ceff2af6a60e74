"""The table of what a sponsor can do with an assigned CAS, and in which statuses (specification, section 8).

The verbs, the pages, the tests, the database triggers and `docs/statuses.md` read it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol

from cas import refusals
from cas.columns import label_of
from cas.lifecycle import CAS_LIFECYCLE, CASStatus
from licences.permissions import Action, Person
from sms.core.refused import Refused


class Subject(Protocol):
    """A `cas.models.CAS`, which this module may not import."""

    status: str
    route: str
    licence: Any


@dataclass(frozen=True)
class Duty:
    """A duty: something that a sponsor does with an assigned CAS.

    `action` is the permission that the user needs, and `label` the text of the button. The duty is possible in
    `statuses`. After the licence or its route has ended, it is possible only in `after_the_end`.
    """

    action: Action
    label: str
    what: str  # the words after “You can”
    statuses: frozenset[str]
    after_the_end: frozenset[str] = frozenset()

    def why_not(self, cas: Subject, *, has_ended: bool | None = None) -> Refused | None:
        """Return the refusal of this duty for `cas` now; None if it is possible.

        `has_ended` says whether its licence or route has ended. Without it, this method asks the database.
        """
        if cas.status not in self.statuses:
            return refusals.NOT_IN_THIS_STATUS(status=cas.status, what=self.what, statuses=_or(self.statuses))
        if cas.status in self.after_the_end:
            return None
        if has_ended is None:
            has_ended = cas.licence.has_ended(cas.route)
        if not has_ended:
            return None
        if self.after_the_end:
            return refusals.LICENCE_ENDED_SO_ONLY_IN(what=self.what, statuses=_or(self.after_the_end))
        return refusals.LICENCE_ENDED(what=self.what)

    def why_not_each(self, cas_list: Iterable[Any]) -> list[tuple[Any, Refused | None]]:
        """Return each CAS with why the duty is not possible; None if it is. All CAS must be of one sponsor."""
        ended: dict[str, bool] = {}
        answers = []
        for cas in cas_list:
            if cas.route not in ended:
                ended[cas.route] = cas.licence.has_ended(cas.route)
            answers.append((cas, self.why_not(cas, has_ended=ended[cas.route])))
        return answers

    def why_not_by(self, user: Person, cas: Subject) -> Refused | None:
        """Return the refusal of this duty for `cas`, for this user; None if they can do it now."""
        return self.why_not(cas) if user.may(self.action) else self.action.refusal


REPORT = Duty(
    Action.CAS_REPORT,
    "Report activity",
    "report activity on it",
    frozenset({CASStatus.ASSIGNED, CASStatus.USED, CASStatus.EXPIRED}),
    after_the_end=frozenset({CASStatus.USED}),
)
NOTE = Duty(
    Action.CAS_NOTE,
    label_of("sponsor_note"),
    "edit its sponsor note",
    frozenset({CASStatus.ASSIGNED, CASStatus.EXPIRED}),
)
FEES = Duty(Action.CAS_FEES, "Update fees", "update its fees", frozenset({CASStatus.ASSIGNED}))
WITHDRAW = Duty(Action.CAS_WITHDRAW, "Withdraw CAS", "withdraw it", CAS_LIFECYCLE["withdraw"].sources)

DUTIES = (REPORT, NOTE, FEES, WITHDRAW)


def _casework(label: str, what: str, *statuses: str) -> Duty:
    """Return what a caseworker does with an assigned CAS, also after the licence or its route has ended."""
    return Duty(Action.CAS_DECIDE, label, what, frozenset(statuses), after_the_end=frozenset(statuses))


_UNDECIDED = (CASStatus.ASSIGNED, CASStatus.EXPIRED)

APPLICATION = _casework("Record an application", "record an application on it", *_UNDECIDED)
CLOSING = _casework("Close the application", "close its application", *_UNDECIDED)
REVIEW = _casework("Record an administrative review", "record an administrative review of it", CASStatus.USED)
DECIDE_AGAIN = _casework("Record the new decision", "decide its application again", CASStatus.USED)

CASEWORK = {
    APPLICATION: "made between the date assigned and the expiry date; its day can be corrected",
    CLOSING: "rejected as invalid, void or withdrawn; the CAS keeps its status, and another can be recorded",
    REVIEW: "successful, of a refusal; the outcome stays, and the refusal leaves the refusal rate",
    DECIDE_AGAIN: "after a successful administrative review; the status stays",
}
"""What a caseworker can record on an assigned CAS. It does not change the status. A rule says when it is possible."""


def as_markdown() -> list[str]:
    """Return the lines of `docs/statuses.md` about the duties."""
    return [
        "## What a sponsor can do with an assigned CAS",
        "",
        "| what | while the CAS is | after the licence or its route has ended | name in the code |",
        "|---|---|---|---|",
        *(
            f"| {duty.label} | {_or(duty.statuses)} | {_or(duty.after_the_end) or 'never'} | `{duty.action}` |"
            for duty in DUTIES
        ),
        "",
        "## What a caseworker records on an assigned CAS",
        "",
        "| what | while the CAS is | rule | name in the code |",
        "|---|---|---|---|",
        *(f"| {duty.label} | {_or(duty.statuses)} | {rule} | `{duty.action}` |" for duty, rule in CASEWORK.items()),
        "",
    ]


def _or(statuses: frozenset[str]) -> str:
    """Return the statuses in their usual order, joined for a sentence: “ASSIGNED, USED or EXPIRED”."""
    *others, last = [status for status in CASStatus.values if status in statuses] or [""]
    return f"{', '.join(others)} or {last}" if others else last
