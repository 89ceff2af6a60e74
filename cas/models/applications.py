"""The verbs of the Home Office on an assigned CAS: applications for leave, and decisions. They are methods of `CAS`.

A function `why_not_…` is the rule of a verb. It reads only the CAS that it is given, so a file can be checked by it.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import F

from cas import refusals
from cas.duties import APPLICATION, CLOSING, DECIDE_AGAIN, REVIEW, Duty
from cas.lifecycle import CAS_LIFECYCLE, Closing, Outcome
from cas.models.assigned_together import held
from cas.models.individuals import perhaps_same_individual, same_individual
from licences.models import Event, Licence, User
from licences.models.event import changes
from licences.permissions import require
from sms.core import clock
from sms.core.refused import WRONG_STATUS, Refused

if TYPE_CHECKING:
    from cas.models.cas import CAS


def why_not_apply(cas: CAS, applied_on: date) -> Refused | None:
    """Return why no application of this day can be recorded on this CAS; None if it can."""
    if refused := APPLICATION.why_not(cas):
        return refused
    assert cas.assigned_on and cas.expires_on, "it was assigned"
    if not cas.assigned_on <= applied_on <= min(cas.expires_on, clock.today()):
        return refusals.APPLICATION_OUTSIDE_VALIDITY.about("applied_on")
    return None


@transaction.atomic
def record_application(cas: CAS, applied_on: date, *, by: User) -> None:
    """Record the day on which an application for leave was made with this CAS. The day can be corrected later.

    After an application was closed, this records another one. Raises `Refused` unless the CAS is ASSIGNED or EXPIRED,
    and was valid on that day.
    """
    now = _held(cas, APPLICATION, by=by)
    _raise(why_not_apply(now, applied_on))
    written = {"applied_on": applied_on, "application_closed_as": "", "application_closed_on": None}
    _write(cas, now, "record_application", written, by=by)


def why_not_close(cas: CAS, closed_on: date) -> Refused | None:
    """Return why the application made with this CAS cannot be closed on this day; None if it can."""
    if refused := CLOSING.why_not(cas):
        return refused
    if not cas.has_open_application:
        return refusals.NO_APPLICATION_TO_CLOSE()
    assert cas.applied_on, "an application is open"
    if not cas.applied_on <= closed_on <= clock.today():
        return refusals.CLOSING_DAY_IMPOSSIBLE.about("application_closed_on")
    return None


@transaction.atomic
def close_application(cas: CAS, closed_as: str, closed_on: date, *, by: User) -> None:
    """Close the application as rejected as invalid, void or withdrawn. The CAS keeps its status.

    Raises `Refused` unless an application is open.
    """
    now = _held(cas, CLOSING, by=by)
    _raise(why_not_close(now, closed_on))
    written = {"application_closed_as": Closing(closed_as), "application_closed_on": closed_on}
    _write(cas, now, "close_application", written, by=by)


def why_not_use(cas: CAS, decided_on: date, *, has_ended: bool) -> Refused | None:
    """Return why this CAS cannot be marked as used with a decision of this day; None if it can.

    `has_ended` says whether its licence or route has ended.
    """
    if has_ended:
        return refusals.LICENCE_ENDED_SO_NOT_USED()
    if cas.status not in CAS_LIFECYCLE["use"].sources:
        return WRONG_STATUS(name="CAS", status=cas.status, move=CAS_LIFECYCLE["use"].label)
    if not cas.has_open_application:
        return refusals.NO_APPLICATION()
    assert cas.applied_on, "an application is open"
    if not cas.applied_on <= decided_on <= clock.today():
        return refusals.DECISION_DAY_IMPOSSIBLE.about("decided_on")
    return None


@transaction.atomic
def use(cas: CAS, *, by: User, decided_on: date, outcome: str, also: Collection[int] = ()) -> None:
    """Mark this CAS as used: its application was decided on `decided_on`, with `outcome`.

    Every other live CAS of the same individual that was valid on that day becomes OBSOLETE. So do the CAS with ids in
    `also`, if they were valid: they are perhaps for the same individual, and the caseworker confirmed it. Raises
    `Refused` if no application is open, or if the licence or the route has ended.
    """
    rows = type(cas).objects
    rows.movable("use", by=by)
    has_ended = Licence.objects.lock(cas.licence_id).has_ended(cas.route)
    same = rows.filter(same_individual(cas)).values_list("pk", flat=True)
    # Lock in the order of ids: another caseworker may be marking one of the other CAS as used.
    ids = rows.filter(pk__any_of=[cas.pk, *same, *also]).locked()
    if also and rows.filter(perhaps_same_individual(cas), pk__any_of=list(also)).count() != len(set(also)):
        raise refusals.NOT_PERHAPS_THE_SAME()
    cas.refresh_from_db()
    _raise(why_not_use(cas, decided_on, has_ended=has_ended))
    rows.filter(pk=cas.pk).move("use", by=by, decided_on=decided_on, outcome=Outcome(outcome))
    others = rows.filter(pk__any_of=[pk for pk in ids if pk != cas.pk])
    valid = others.filter(assigned_on__lte=decided_on, expires_on__gte=decided_on)
    valid.move("make_obsolete", by=User.objects.system())
    cas.refresh_from_db()


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
