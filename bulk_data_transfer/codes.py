"""The codes that the result of a file, or the page of an export, can have: the same refusals that the rules declare."""

from __future__ import annotations

from bulk_data_transfer import refusals
from cas import refusals as of_cas
from sms.core.refused import Refusal

OF_SCREENS = {403, 404, 429}
"""The statuses of refusals that only pages show."""


def groups() -> dict[str, list[Refusal]]:
    """Return the codes under headings: those of a value that the rules of the screens refuse, and those of files."""
    return {
        "Values": [of_cas.FIELD_MISSING, of_cas.FIELD_INVALID],
        "Files and records": [each for each in declared() if each.status not in OF_SCREENS],
    }


def declared() -> list[Refusal]:
    """Return the refusals of files, in the order of their declaration."""
    return [each for each in vars(refusals).values() if isinstance(each, Refusal)]
