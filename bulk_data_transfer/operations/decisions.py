"""Recording applications and decisions from a caseworker's file, on CAS of any sponsor (specification, section 3).

A record says that an application was made, and perhaps that it was decided or closed. The verbs are those of the page
of a CAS, so other CAS of the same individual become OBSOLETE in the same way.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from datetime import date
from typing import Any

from django.db import transaction

from bulk_data_transfer import refusals
from bulk_data_transfer.columns import label_of
from bulk_data_transfer.models import Upload
from bulk_data_transfer.operation import CLOSING, DECISION, MISSING
from bulk_data_transfer.operations.changes import Answers, Change, Made, Reader, Values
from bulk_data_transfer.records import Record, Remark
from cas import refusals as of_cas
from cas.keys import matches_nothing, text_key
from cas.lifecycle import CAS_LIFECYCLE, Closing, Outcome
from cas.models import CAS
from cas.models.applications import why_not_apply, why_not_close, why_not_use
from licences.lifecycle import ENDED
from licences.models import Licence, User
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


def _date(values: Values, name: str) -> date | None:
    return date.fromisoformat(values[name]) if values.get(name) else None


def _why_not(values: Mapping[CAS, Values]) -> Answers:
    licences = Licence.objects.filter(pk__in={cas.licence_id for cas in values}).prefetch_related("routes")
    open_routes = {
        (licence.pk, held.route)
        for licence in licences
        for held in licence.routes.all()
        if held.surrendered_on is None and licence.status not in ENDED
    }
    return {
        cas: _why_not_one(copy(cas), each, has_ended=(cas.licence_id, cas.route) not in open_routes)
        for cas, each in values.items()
    }


def _why_not_one(cas: CAS, values: Values, *, has_ended: bool) -> Refused | None:
    """Return why these values cannot be recorded on this CAS, a copy; None if they can."""
    if applied_on := _date(values, "applied_on"):
        if refused := why_not_apply(cas, applied_on):
            return refused
        cas.applied_on, cas.application_closed_as, cas.application_closed_on = applied_on, "", None
    if closed_on := _date(values, "application_closed_on"):
        return why_not_close(cas, closed_on)
    if decided_on := _date(values, "decided_on"):
        return why_not_use(cas, decided_on, has_ended=has_ended)
    return None


def _make(values: Mapping[int, Values], by: User) -> Made:
    """Record what each record says, the earliest decision first. A CAS that became OBSOLETE meanwhile is refused."""
    found = _lock(values)
    refused: dict[int, Refused] = {}
    obsolete = 0
    for pk in sorted(values, key=lambda pk: (values[pk].get("decided_on", ""), pk)):
        try:
            with transaction.atomic():
                obsolete += _record(found[pk], values[pk], by=by)
        except Refused as reason:
            refused[pk] = reason
    return Made(refused, {"obsolete": obsolete})


def _lock(values: Mapping[int, Values]) -> dict[int, CAS]:
    """Lock these CAS and those of the same individuals, in the order of their ids, and return these.

    The verbs lock them again, one by one. Without this lock, two imports could wait for each other.
    """
    found = CAS.objects.filter(pk__any_of=list(values)).in_bulk()
    keys = {cas.passport_key for pk, cas in found.items() if values[pk].get("decided_on")}
    of_individuals = CAS.objects.filter(passport_key__any_of=sorted(key for key in keys if not matches_nothing(key)))
    CAS.objects.filter(pk__any_of=[*found, *of_individuals.values_list("pk", flat=True)]).locked()
    return found


def _record(cas: CAS, values: Values, *, by: User) -> int:
    """Record what one record says. Return how many other CAS became OBSOLETE."""
    if applied_on := _date(values, "applied_on"):
        cas.record_application(applied_on, by=by)
    if closed_on := _date(values, "application_closed_on"):
        cas.close_application(values["application_closed_as"], closed_on, by=by)
    if decided_on := _date(values, "decided_on"):
        return cas.use(by=by, decided_on=decided_on, outcome=values["outcome"])
    return 0


def _is_possible(cas: CAS) -> bool:
    return cas.status in CAS_LIFECYCLE["use"].sources


change = Change(_is_possible, _reader, _why_not, _make, by_number=True)
