"""Recording applications and decisions from a caseworker's file, on CAS of any sponsor (specification, section 3).

A record says that an application was made, and perhaps that it was decided or closed. The verbs are those of the page
of a CAS, so other CAS of the same individual become OBSOLETE in the same way.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from bulk_data_transfer import refusals
from bulk_data_transfer.columns import label_of
from bulk_data_transfer.models import Upload
from bulk_data_transfer.operation import CLOSING, DECISION, MISSING
from bulk_data_transfer.operations.changes import Answers, Change, Made, Reader, Values
from bulk_data_transfer.records import Record, Remark
from cas import refusals as of_cas
from cas.keys import text_key
from cas.lifecycle import CAS_LIFECYCLE, Closing, Outcome
from cas.models import CAS
from cas.models.applications import Recorded, record_each, routes_in_force
from licences.models import User
from sms.core import values as reading
from sms.core.refused import Refused
from sms.core.values import Invalid

DAYS = ("applied_on", "decided_on", "application_closed_on")
CHOICES = {"outcome": Outcome, "application_closed_as": Closing}
PAIRS = (DECISION, CLOSING)


def _reader(upload: Upload) -> Reader:
    same = upload.answers

    def read(record: Record, cas: CAS) -> tuple[Values, list[Remark], list[Remark]]:
        given, values, errors = {**same, **record.given}, {}, {}
        for name in (*DAYS, *CHOICES):
            try:
                values[name] = _day(given.get(name), name) if name in DAYS else _choice(given.get(name), name)
            except Invalid as invalid:
                errors[name] = str(invalid)
        missing = [_missing(pair, values) for pair in PAIRS] if not errors else []
        errors |= {name: MISSING[name] for name in missing if name}
        faults = [_fault(name, sentence, record) for name, sentence in errors.items()]
        if not faults and not record.faults and (refused := _contradiction(values)):
            faults.append(Remark.of(refused, place=record.place))
        return {name: value for name, value in values.items() if value}, faults, []

    return read


def _day(given: Any, name: str) -> str:
    return reading.date(given, label_of(name)).isoformat() if given else ""


def _choice(given: Any, name: str) -> str:
    """Return the code of an outcome, which is given by its code or by its label."""
    if not given:
        return ""
    kind = CHOICES[name]
    by_key = {text_key(text): code for code, label in kind.choices for text in (code, str(label))}
    if code := by_key.get(text_key(str(given))):
        return code
    *others, last = map(str, kind.labels)
    raise Invalid(f"{label_of(name)} must be {', '.join(others)} or {last}")


def _missing(pair: tuple[str, ...], values: Values) -> str:
    """Return the name of the column of `pair` that is empty while the other one is filled; "" if neither is."""
    empty = [name for name in pair if not values[name]]
    return empty[0] if len(empty) == 1 else ""


def _contradiction(values: Values) -> Refused | None:
    """Return why these values cannot be recorded for any CAS; None if they can."""
    if not any(values.values()):
        return refusals.NOTHING_TO_RECORD()
    if values["decided_on"] and values["application_closed_on"]:
        return refusals.DECIDED_OR_CLOSED()
    return None


def _fault(name: str, sentence: str, record: Record) -> Remark:
    place = record.places.get(name, record.place)
    return Remark.of(of_cas.FIELD_INVALID(error=sentence), place=place, field=name, value=record.given.get(name, ""))


def _recorded(values: Values) -> Recorded:
    """Return what a record says, from values that JSON has kept."""
    days = {name: date.fromisoformat(values[name]) if values.get(name) else None for name in DAYS}
    return Recorded(
        applied_on=days["applied_on"],
        closed_as=values.get("application_closed_as", ""),
        closed_on=days["application_closed_on"],
        decided_on=days["decided_on"],
        outcome=values.get("outcome", ""),
    )


def _why_not(values: Mapping[CAS, Values]) -> Answers:
    in_force = routes_in_force(cas.licence_id for cas in values)
    return {
        cas: _recorded(each).why_not(cas, has_ended=(cas.licence_id, cas.route) not in in_force)
        for cas, each in values.items()
    }


def _make(values: Mapping[int, Values], by: User) -> Made:
    made = record_each(CAS.objects.all(), {pk: _recorded(each) for pk, each in values.items()}, by=by)
    return Made(made.refused, {"obsolete": len(made.obsolete)})


def _is_possible(cas: CAS) -> bool:
    return cas.status in CAS_LIFECYCLE["use"].sources


change = Change(_is_possible, _reader, _why_not, _make, by_number=True)
