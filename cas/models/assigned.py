"""The verbs of a sponsor on an assigned CAS. They are methods of `CAS`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import F

from cas import refusals
from cas.duties import NOTE, Duty
from cas.models.assigned_together import held, update_fees_each, withdraw_each
from licences.models import Event, User
from licences.models.event import Changes, changes
from licences.permissions import require
from sms.core import clock
from sms.core.refused import InvalidValues, Stale
from sms.core.values import trimmed

if TYPE_CHECKING:
    from cas.models.cas import CAS

NOTE_SIZE = 5000  # characters


def withdraw(cas: CAS, *, by: User, reason: str) -> None:
    """Withdraw this CAS. The fee is not refunded, and the place stays used. Raises `Refused` unless it is ASSIGNED."""
    withdraw_each(type(cas).objects, {cas.pk: reason}, by=by)
    cas.refresh_from_db()


@transaction.atomic
def write_note(cas: CAS, text: str, *, by: User, version: int) -> bool:
    """Replace the sponsor note with `text` (manual 5, sponsor notes, step 5). The history keeps the earlier note.

    Return whether it changed. Raises `InvalidValues` if the text is too long, or if there is no note to empty;
    `Refused` unless the CAS is ASSIGNED or EXPIRED; `Stale` if another user has changed the note since `version` of
    this CAS.
    """
    now = _held(cas, NOTE, by=by)
    text = trimmed(text)
    if len(text) > NOTE_SIZE:
        raise InvalidValues({"sponsor_note": f"Sponsor note must be {NOTE_SIZE:,} characters or fewer"})
    if not text and not now.sponsor_note:
        raise InvalidValues({"sponsor_note": "Enter the sponsor note"})
    return _write(cas, now, "note", {"sponsor_note": text}, by=by, version=version)


def update_fees(cas: CAS, values: Mapping[str, Any], *, by: User, version: int) -> bool:
    """Save the fees: `values` in pounds, by field name (manual 5, fee updates, step 5).

    Only the fields of `fields.UPDATABLE_FEES` are saved. Return whether one changed.

    Raises `InvalidValues`; `Refused` unless the CAS is ASSIGNED;
    `Stale` if another user has updated the fees since `version` of this CAS.
    """
    changed = update_fees_each(type(cas).objects, {cas.pk: values}, by=by, versions={cas.pk: version})
    cas.refresh_from_db()
    return bool(changed)


def _held(cas: CAS, duty: Duty, *, by: User) -> CAS:
    """Lock this CAS and return it with its current values. Raises `Refused` if `duty` is not possible with it."""
    require(by, duty.action)
    [now] = held(type(cas).objects, [cas.pk], by=by)
    if refused := duty.why_not(now):
        raise refused
    return now


def _write(cas: CAS, now: CAS, verb: str, written: dict[str, Any], *, by: User, version: int) -> bool:
    """Save the columns `written` of `now`, which is locked, and record `verb` in the history.

    Return whether one changed. Raises `Stale` if another user has done `verb` since `version`.
    """
    changed: Changes = changes({name: getattr(now, name) for name in written}, written)
    since = now.saves_since(version, verb)
    if changed and since:
        raise Stale(refusals.SAVED_MEANWHILE, since)
    if changed:
        rows = type(cas).objects.filter(pk=cas.pk, status=now.status)
        rows.update(**written, version=F("version") + 1, changed_at=clock.now())
        data = {**changed, "version": [now.version, now.version + 1]}
        Event.objects.record(verb, now, by=by, data=data)
    cas.refresh_from_db()
    return bool(changed)
