"""Applications for leave: what a caseworker records on assigned CAS of any sponsor, one or many of them.

A function `why_not_…` is a rule. It reads only the CAS that it is given, so a file can be checked by it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from copy import copy
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import transaction

from cas import refusals
from cas.duties import APPLICATION, CLOSING
from cas.keys import matches_nothing
from cas.lifecycle import CAS_LIFECYCLE, CASStatus, Closing, Outcome
from cas.models.individuals import COMPARED, Identity, identity, perhaps_same_individual
from cas.models.queryset import CASQuerySet
from licences.lifecycle import ENDED
from licences.models import Event, Licence, LicensedRoute, User
from licences.models.event import Changes, changes
from licences.permissions import Action, require
from sms.core import clock
from sms.core.each_row import update_each
from sms.core.refused import WRONG_STATUS, Refused

if TYPE_CHECKING:
    from cas.models.cas import CAS


@dataclass(frozen=True)
class Recorded:
    """A record about the application of a CAS: that it was made, and its closing or its decision.

    `also` are the ids of CAS of perhaps the same individual that become OBSOLETE with the decision.
    """

    applied_on: date | None = None
    closed_as: str = ""
    closed_on: date | None = None
    decided_on: date | None = None
    outcome: str = ""
    also: Collection[int] = ()

    def why_not(self, cas: CAS, *, has_ended: bool) -> Refused | None:
        """Return why this cannot be recorded on `cas`; None if it can. `has_ended` is as that of `why_not_use`."""
        now = copy(cas)
        if self.applied_on:
            if refused := why_not_apply(now, self.applied_on):
                return refused
            now.applied_on, now.application_closed_as = self.applied_on, ""
        if self.closed_on:
            return why_not_close(now, self.closed_on)
        return why_not_use(now, self.decided_on, has_ended=has_ended) if self.decided_on else None


@dataclass
class Made:
    """The effect of recording: why some CAS were `refused`, by id, and which others became `obsolete`."""

    refused: dict[int, Refused] = field(default_factory=dict)
    obsolete: set[int] = field(default_factory=set)


def why_not_apply(cas: CAS, applied_on: date) -> Refused | None:
    """Return why no application of this day can be recorded on this CAS; None if it can."""
    if refused := APPLICATION.why_not(cas):
        return refused
    assert cas.assigned_on is not None, "it was assigned"
    assert cas.expires_on is not None, "it was assigned"
    if not cas.assigned_on <= applied_on <= min(cas.expires_on, clock.today()):
        return refusals.APPLICATION_OUTSIDE_VALIDITY.about("applied_on")
    return None


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


class Live:
    """The ASSIGNED CAS of the individuals whose applications are decided, of every sponsor. They are locked.

    The licences are locked before them: one that is ending waits, and then cancels what was not used. The CAS are
    locked in the order of their ids, because another caseworker may be deciding about others of them.
    """

    def __init__(self, rows: CASQuerySet, each: Mapping[int, Recorded]) -> None:
        decided = rows.filter(pk__any_of=[pk for pk, recorded in each.items() if recorded.decided_on]).order_by()
        about = list(decided.values_list("licence", "passport_key"))
        Licence.objects.lock_all({licence for licence, _ in about})
        keys = {key for _, key in about if not matches_nothing(key)}
        alike = rows.filter(passport_key__any_of=sorted(keys)).values_list("pk", flat=True) if keys else ()
        selected = (pk for recorded in each.values() for pk in recorded.also)
        locked = rows.filter(pk__any_of=[*each, *alike, *selected]).locked()
        live = rows.filter(pk__any_of=locked, status=CASStatus.ASSIGNED).only(*COMPARED, "assigned_on", "expires_on")
        self.rows: dict[int, CAS] = live.in_bulk()
        self.of: dict[Identity, list[int]] = {}  # their ids, by individual
        for cas in self.rows.values():
            if same := identity(cas):
                self.of.setdefault(same, []).append(cas.pk)

    def was_valid(self, pk: int, day: date) -> bool:
        """Return whether the CAS with this id is among them, and was valid on this day."""
        cas = self.rows.get(pk)
        return bool(cas and cas.assigned_on and cas.expires_on and cas.assigned_on <= day <= cas.expires_on)


def routes_in_force(licences: Iterable[int]) -> set[tuple[int, str]]:
    """Return the open routes of those of these licences that have not ended, each with the id of its licence."""
    found = LicensedRoute.objects.filter(licence__in=set(licences), surrendered_on=None)
    return set(found.exclude(licence__status__in=ENDED).values_list("licence", "route"))


@transaction.atomic
def record_each(rows: CASQuerySet, each: Mapping[int, Recorded], *, by: User) -> Made:
    """Record on the CAS with these ids what a caseworker says about each. Leave out those that a rule refuses.

    Every other live CAS of the same individual that was valid on the day of a decision becomes OBSOLETE, as do those
    in `also` if they were valid. The decisions are made in the order of their days: a CAS that became OBSOLETE by an
    earlier one is refused. This takes as many statements for 1,000 CAS as for 10.
    """
    require(by, Action.CAS_DECIDE)
    alive = Live(rows, each)
    found: dict[int, CAS] = rows.in_bulk(list(each))
    in_force = routes_in_force(cas.licence_id for cas in found.values())
    made = Made()
    going: dict[CAS, Recorded] = {}
    used: set[int] = set()
    for pk in sorted(found, key=lambda pk: (each[pk].decided_on or date.min, pk)):
        cas, recorded = found[pk], each[pk]
        if pk in made.obsolete:
            cas.status = CASStatus.OBSOLETE
        is_ended = (cas.licence_id, cas.route) not in in_force
        refused = recorded.why_not(cas, has_ended=is_ended) or _wrongly_selected(rows, cas, recorded.also)
        if refused:
            made.refused[pk] = refused
            continue
        going[cas] = recorded
        if recorded.decided_on:
            same = identity(cas)
            alike = {*recorded.also, *(alive.of.get(same, ()) if same else ())} - used - {pk}
            made.obsolete |= {other for other in alike if alive.was_valid(other, recorded.decided_on)}
            used.add(pk)
    _write_each(rows, going, by=by)
    if made.obsolete:
        rows.filter(pk__any_of=sorted(made.obsolete)).move("make_obsolete", by=User.objects.system())
    return made


def _wrongly_selected(rows: CASQuerySet, cas: CAS, also: Collection[int]) -> Refused | None:
    """Return the refusal if a selected CAS is not for perhaps the same individual as `cas`."""
    if also and rows.filter(perhaps_same_individual(cas), pk__any_of=list(also)).count() != len(set(also)):
        return refusals.NOT_PERHAPS_THE_SAME()
    return None


def _write_each(rows: CASQuerySet, going: Mapping[CAS, Recorded], *, by: User) -> None:
    """Write what each of these CAS gets: its application, the closing, and the decision."""
    opened = {"application_closed_as": "", "application_closed_on": None}
    applied = {cas: {"applied_on": each.applied_on, **opened} for cas, each in going.items() if each.applied_on}
    _write_columns(rows, "record_application", applied, by=by)
    closed = {
        cas: {"application_closed_as": Closing(each.closed_as), "application_closed_on": each.closed_on}
        for cas, each in going.items()
        if each.closed_on
    }
    _write_columns(rows, "close_application", closed, by=by)
    used = {
        cas.pk: {"decided_on": each.decided_on, "outcome": Outcome(each.outcome)}
        for cas, each in going.items()
        if each.decided_on
    }
    if used:
        rows.move_each("use", used, by=by)


def _write_columns(rows: CASQuerySet, verb: str, written: Mapping[CAS, dict[str, Any]], *, by: User) -> None:
    """Write these columns, and record `verb` in the history of the CAS in which they change."""
    lines: dict[Any, Changes] = {}
    for cas, values in written.items():
        if data := changes({name: getattr(cas, name) for name in values}, values):
            lines[cas] = data
    each = {cas.pk: written[cas] for cas in lines}
    update_each(rows.model, each, same={"changed_at": clock.now()}, counted="version")
    Event.objects.record_all(verb, lines, by=by)
    for cas, values in written.items():  # a closing is compared with the application that it closes
        for name, value in values.items():
            setattr(cas, name, value)
