"""The notice on every page of a sponsor whose licence is not ACTIVE (specification, section 9)."""

from __future__ import annotations

from licences.lifecycle import ENDED, LicenceStatus
from licences.models import User
from licences.roles import Role
from sms.core.govuk import formats

WHILE_SUSPENDED = (
    "You cannot assign CAS until the Home Office reinstates it. You can still create and change CAS, and report on "
    "your students."
)
ONCE_ENDED = (
    "You can no longer create, change or assign CAS. You can still read, print and export them, report on USED CAS, "
    "and delete CAS that are not assigned."
)
WHOM_TO_ASK = {
    Role.LEVEL_1: "If you have questions, ask the Home Office.",
    Role.LEVEL_2: "If you have questions, ask a Level 1 user of your sponsor.",
}


def notice_for(user: User) -> list[str]:
    """Return sentences: since when the user's licence is not ACTIVE, what is still possible, and whom to ask.

    The list is empty for an ACTIVE licence, and for users without one.
    """
    licence = user.licence
    if licence is None or licence.status == LicenceStatus.ACTIVE:
        return []
    since = f"Your licence has been {licence.status} since {formats.day(licence.status_since)}."
    possible = ONCE_ENDED if licence.status in ENDED else WHILE_SUSPENDED
    return [since, possible, WHOM_TO_ASK[Role(user.role)]]
