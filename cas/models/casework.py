"""The verbs of a caseworker on one assigned CAS: applications, decisions and reviews. They are methods of `CAS`."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import F

from cas import refusals
from cas.duties import DECIDE_AGAIN, REVIEW, Duty
from cas.lifecycle import Outcome
from cas.models.applications import Recorded, record_each
from cas.models.assigned_together import held
from licences.models import Event, User
from licences.models.event import changes
from licences.permissions import require
from sms.core import clock
from sms.core.refused import Refused

if TYPE_CHECKING:
    from cas.models.cas import CAS


def record_application(cas: CAS, applied_on: date, *, by: User) -> None:
    """Record the day on which an application for leave was made with this CAS. The day can be corrected later.

    After an application was closed, this records a new application. Raises `Refused` unless the CAS is ASSIGNED or
    EXPIRED, and was valid on that day.
    """
    _record(cas, Recorded(applied_on=applied_on), by=by)


def close_application(cas: CAS, closed_as: str, closed_on: date, *, by: User) -> None:
    """Close the application as rejected as invalid, void or withdrawn. The CAS keeps its status.

    Raises `Refused` unless an application is open.
    """
    _record(cas, Recorded(closed_as=closed_as, closed_on=closed_on), by=by)


def use(cas: CAS, *, by: User, decided_on: date, outcome: str, also: Collection[int] = ()) -> None:
    """Mark this CAS as used: its application was decided on `decided_on`, with `outcome`.

    Other CAS become OBSOLETE as with `record_each`. The caseworker confirmed that those in `also` are for the same
    individual. Raises `Refused` if no application is open, or if the licence or the route has ended.
    """
    _record(cas, Recorded(decided_on=decided_on, outcome=Outcome(outcome), also=also), by=by)


def _record(cas: CAS, recorded: Recorded, *, by: User) -> None:
    made = record_each(type(cas).objects.all(), {cas.pk: recorded}, by=by)
    cas.refresh_from_db()
    _raise(made.refused.get(cas.pk))


def why_not_review(cas: CAS, reviewed_on: date) -> Refused | None:
    """Return why no successful administrative review of this day can be recorded on this CAS; None if it can."""
    if refused := REVIEW.why_not(cas):
        return refused
    if cas.outcome != Outcome.REFUSED:
        return refusals.NOT_REFUSED()
    assert cas.decided_on, "it was refused"
    if not cas.decided_on <= reviewed_on <= clock.today():
        return refusals.REVIEW_DAY_IMPOSSIBLE.about("reviewed_on")
    return None


@transaction.atomic
def record_review(cas: CAS, reviewed_on: date, *, by: User) -> None:
    """Record a successful administrative review of the refusal. Its day can be corrected until it is decided again.

    The status and the outcome stay. Raises `Refused` unless the CAS is USED and its application was refused.
    """
    now = _held(cas, REVIEW, by=by)
    _raise(why_not_review(now, reviewed_on))
    _write(cas, now, "record_review", {"reviewed_on": reviewed_on}, by=by)


def why_not_decide_again(cas: CAS, decided_on: date) -> Refused | None:
    """Return why the application cannot be decided again on this day; None if it can."""
    if refused := DECIDE_AGAIN.why_not(cas):
        return refused
    if not cas.reviewed_on:
        return refusals.NO_REVIEW()
    if not cas.reviewed_on <= decided_on <= clock.today():
        return refusals.NEW_DECISION_DAY_IMPOSSIBLE.about("decided_on")
    return None


@transaction.atomic
def decide_again(cas: CAS, *, by: User, decided_on: date, outcome: str) -> None:
    """Record the new decision after a successful administrative review. The status stays.

    The new day and outcome replace those of the first decision, which stay in the history. Raises `Refused` unless a
    review was recorded.
    """
    now = _held(cas, DECIDE_AGAIN, by=by)
    _raise(why_not_decide_again(now, decided_on))
    written = {"decided_on": decided_on, "outcome": Outcome(outcome), "reviewed_on": None}
    _write(cas, now, "decide_again", written, by=by)


def _held(cas: CAS, duty: Duty, *, by: User) -> CAS:
    """Lock this CAS and return it with its current values."""
    require(by, duty.action)
    [now] = held(type(cas).objects, [cas.pk], by=by)
    return now


def _raise(refused: Refused | None) -> None:
    if refused:
        raise refused


def _write(cas: CAS, now: CAS, verb: str, written: dict[str, Any], *, by: User) -> None:
    """Save the columns `written` of `now`, which is locked, and record `verb` in the history, if anything changes."""
    if data := changes({name: getattr(now, name) for name in written}, written):
        rows = type(cas).objects.filter(pk=cas.pk)
        rows.update(**written, version=F("version") + 1, changed_at=clock.now())
        Event.objects.record(verb, now, by=by, data=data)
    cas.refresh_from_db()
