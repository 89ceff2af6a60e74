"""Check the details of a CAS before it is saved, and work out its status and its keys."""

from __future__ import annotations

from collections.abc import Mapping
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
    return {name: value for name, value in details.items() if not is_empty(value)}


def keys_of(details: Mapping[str, Any]) -> dict[str, str]:
    """Return the key columns, by which a CAS is found and compared."""
    return {
        "family_key": name_key(details.get("family_name", "")),
        "given_key": name_key(details.get("given_names", "")),
        "applicant_key": passport_key(details.get("applicant_id", "")),
        "course_key": passport_key(details.get("course_id", "")),
        "passport_key": passport_key(details.get("passport_number", "")),
    }
