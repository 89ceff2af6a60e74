"""The verbs of an assigned CAS. They are methods of `CAS`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import F, Q

from cas import refusals
from cas.duties import NOTE, Duty
from cas.keys import identifying
from cas.lifecycle import CAS_LIFECYCLE, Outcome
from cas.models.assigned_together import held, update_fees_each, withdraw_each
from licences.models import Event, Licence, User
from licences.models.event import Changes, changes
from licences.permissions import require
from sms.core import clock
from sms.core.refused import WRONG_STATUS, InvalidValues, Stale
from sms.core.values import trimmed

if TYPE_CHECKING:
    from cas.models.cas import CAS

NOTE_SIZE = 5000  # characters


def withdraw(cas: CAS, *, by: User, reason: str) -> None:
    """Withdraw this CAS. The fee is not refunded, and the place stays used. Raises `Refused` unless it is ASSIGNED."""
    withdraw_each(type(cas).objects, {cas.pk: reason}, by=by)
    cas.refresh_from_db()


@transaction.atomic
def write_note(cas: CAS, text: str, *, by: User, version: int) -> None:
    """Replace the sponsor note with `text` (manual 5, sponsor notes, step 5). The history keeps the earlier note.

    Raises `InvalidValues` if the text is too long; `Refused` unless the CAS is ASSIGNED or EXPIRED; `Stale` if another
    user has changed the note since `version` of this CAS.
    """
    now = _held(cas, NOTE, by=by)
    text = trimmed(text)
    if len(text) > NOTE_SIZE:
        raise InvalidValues({"sponsor_note": f"Sponsor note must be {NOTE_SIZE:,} characters or fewer"})
    _write(cas, now, "note", {"sponsor_note": text}, by=by, version=version)


def update_fees(cas: CAS, values: Mapping[str, Any], *, by: User, version: int) -> None:
    """Save the fees: `values` in pounds, by field name (manual 5, fee updates, step 5).

    Only the fields of `fields.UPDATABLE_FEES` are saved. Raises `InvalidValues`; `Refused` unless the CAS is ASSIGNED;
    `Stale` if another user has updated the fees since `version` of this CAS.
    """
    update_fees_each(type(cas).objects, {cas.pk: values}, by=by, versions={cas.pk: version})
    cas.refresh_from_db()


@transaction.atomic
def record_application(cas: CAS, applied_on: date, *, by: User) -> None:
    """Record the day on which an application for leave was made with this CAS. The day can be corrected later.

    Raises `Refused` unless the CAS is ASSIGNED or EXPIRED, and was valid on that day.
    """
    rows = type(cas).objects
    rows.movable("use", by=by)
    now = rows.select_for_update().get(pk=cas.pk)
    if now.status not in CAS_LIFECYCLE["use"].sources:
        raise refusals.NO_APPLICATION_IN_THIS_STATUS(status=now.status)
    if not now.assigned_on <= applied_on <= min(now.expires_on, clock.today()):
        raise refusals.APPLICATION_OUTSIDE_VALIDITY()
    if applied_on == now.applied_on:
        return
    rows.filter(pk=cas.pk).update(applied_on=applied_on, version=F("version") + 1, changed_at=clock.now())
    data = changes({"applied_on": now.applied_on}, {"applied_on": applied_on})
    Event.objects.record("record_application", now, by=by, data=data)
    cas.refresh_from_db()


@transaction.atomic
def use(cas: CAS, *, by: User, decided_on: date, outcome: str, also: Iterable[int] = ()) -> None:
    """Mark this CAS as used: its application was decided on `decided_on`, with `outcome`.

    Every other live CAS of the same individual that was valid on that day becomes OBSOLETE. So do the CAS with ids in
    `also`, if they were valid: the caseworker confirmed that they are for the same individual. Raises `Refused` if no
    application was recorded, or if the licence or the route has ended.
    """
    rows = type(cas).objects
    rows.movable("use", by=by)
    if Licence.objects.lock(cas.licence_id).has_ended(cas.route):
        raise refusals.LICENCE_ENDED_SO_NOT_USED()
    together = rows.filter(Q(pk=cas.pk) | _same_individual(cas) | Q(pk__in=list(also)))
    # Lock in the order of ids: another caseworker may be marking one of the other CAS as used.
    list(together.order_by("id").select_for_update(of=("self",)).values_list("pk"))
    cas.refresh_from_db()
    if not cas.applied_on:
        raise refusals.NO_APPLICATION()
    if not cas.applied_on <= decided_on <= clock.today():
        raise refusals.DECISION_DAY_IMPOSSIBLE()
    move_one(cas, "use", by=by, decided_on=decided_on, outcome=Outcome(outcome))
    valid = together.exclude(pk=cas.pk).filter(assigned_on__lte=decided_on, expires_on__gte=decided_on)
    valid.move("make_obsolete", by=User.objects.system())


def move_one(cas: CAS, name: str, *, by: User, **written: Any) -> None:
    """Make the move `name` on this CAS, and save the columns `written`. Raises `Refused` if the status forbids it."""
    if type(cas).objects.filter(pk=cas.pk).move(name, by=by, **written) != 1:
        cas.refresh_from_db()
        raise WRONG_STATUS(name="CAS", status=cas.status, move=CAS_LIFECYCLE[name].label)
    cas.refresh_from_db()


def _same_individual(cas: CAS) -> Q:
    """Return the condition for the same passport or travel document number, nationality and full date of birth.

    A partial date of birth is too little: no CAS fits.
    """
    if not (cas.date_of_birth and cas.date_of_birth.is_full):
        return Q(pk__in=[])
    same = Q(passport_key=cas.passport_key, nationality=cas.nationality, date_of_birth=cas.date_of_birth)
    return same & identifying("passport_key")


def _held(cas: CAS, duty: Duty, *, by: User) -> CAS:
    """Lock this CAS and return it with its current values. Raises `Refused` if `duty` is not possible with it."""
    require(by, duty.action)
    [now] = held(type(cas).objects, [cas.pk], by=by)
    if refused := duty.why_not(now):
        raise refused
    return now


def _write(cas: CAS, now: CAS, verb: str, written: dict[str, Any], *, by: User, version: int) -> None:
    """Save the columns `written` of `now`, which is locked, and record `verb` in the history.

    Raises `Stale` if another user has done `verb` since `version`.
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
