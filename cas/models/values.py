"""Check the details of a CAS before it is saved, and work out its status and its keys."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from cas.details import fields
from cas.details.needs import is_empty
from cas.keys import name_key, passport_key
from cas.lifecycle import CASStatus
from cas.rules import Limits
from sms.core.refused import InvalidValues


def checked(values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the details to save, and an error sentence for each field that prevents saving, by field name."""
    details, errors = fields.checked(values)
    absent = [name for name in fields.TO_SAVE if is_empty(details[name])]
    return details, {name: f"Enter the {fields.BY_NAME[name].label.lower()}" for name in absent} | errors


def valid(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the details to save. Raises `InvalidValues` if they cannot be saved."""
    details, errors = checked(values)
    if errors:
        raise InvalidValues(errors)
    return details


def status_of(details: Mapping[str, Any], limits: Limits) -> str:
    """Return the status of an unassigned CAS with these details: WORK IN PROGRESS or READY TO GO."""
    return CASStatus.WORK_IN_PROGRESS if fields.missing(details, limits) else CASStatus.READY_TO_GO


def filled(details: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in details.items() if value is not None and value != ""}


_KEYS: Mapping[str, tuple[str, Callable[[str], str]]] = {
    "family_key": ("family_name", name_key),
    "given_key": ("given_names", name_key),
    "applicant_key": ("applicant_id", passport_key),
    "course_key": ("course_id", passport_key),
    "passport_key": ("passport_number", passport_key),
}


def keys_of(details: Mapping[str, Any]) -> dict[str, str]:
    """Return the key columns, by which a CAS is found and compared."""
    return {column: key_of(column, details) for column in _KEYS}


def key_of(column: str, details: Mapping[str, Any]) -> str:
    """Return the value of one of the key columns."""
    name, key = _KEYS[column]
    return key(details.get(name, ""))
