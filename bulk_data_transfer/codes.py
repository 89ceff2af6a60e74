"""The codes that the result of a file, or the page of an export, can have: the same refusals that the rules declare."""

from __future__ import annotations

from types import ModuleType

from bulk_data_transfer import refusals
from cas import refusals as of_cas
from sms.core.refused import Refusal
from sponsorship_duties import refusals as of_duties

OF_SCREENS = {403, 404, 429}
"""The statuses of refusals that only pages show."""


def groups() -> dict[str, list[Refusal]]:
    """Return the codes under headings: those of files, of values, and of the rules about CAS that exist."""
    values = [of_cas.FIELD_MISSING, of_cas.FIELD_INVALID]
    others = [each for each in (*declared(of_cas), *declared(of_duties)) if each not in values]
    return {
        "Values": values,
        "Files and records": [each for each in declared(refusals) if each.status not in OF_SCREENS],
        "CAS and reports": [each for each in others if each.status not in OF_SCREENS],
    }


def by_code() -> dict[str, Refusal]:
    """Return every refusal that a record can have, by its code."""
    return {each.code: each for module in (refusals, of_cas, of_duties) for each in declared(module)}


def declared(module: ModuleType) -> list[Refusal]:
    """Return the refusals of a module, in the order of their declaration."""
    return [each for each in vars(module).values() if isinstance(each, Refusal)]
