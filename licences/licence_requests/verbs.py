"""Save, change, delete, submit and withdraw a request, as a Level 1 user; grant or refuse it, as a caseworker.

Locks are taken in the order: request, licence, and what the kind changes, with the allocation last.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.urls import reverse

from licences import refusals
from licences.licence_requests.kind import Kind
from licences.licence_requests.table import kind_of
from licences.lifecycle import REQUEST_LIFECYCLE
from licences.models import Event, Licence, LicenceRequest, Message, User
from licences.models.event import as_new, changes
from licences.permissions import Action, require, require_move
from sms.core import clock
from sms.core.moves import move_one
from sms.core.refused import Stale


@transaction.atomic
def save(kind: Kind, *, details: Mapping[str, Any], reasons: str = "", route: str = "", by: User) -> LicenceRequest:
    """Save a new request, which only the sponsor sees. Raises `Refused` if the sponsor cannot ask for this now."""
    require(by, kind.action)
    require_move(by, REQUEST_LIFECYCLE["save"])
    licence = by.sponsor
    _check(kind, licence, route)
    details = kind.completed(licence, route, details)
    request = LicenceRequest(
        licence=licence,
        kind=kind.name,
        route=route,
        topic=kind.topic(route, details),
        details=dict(details),
        reasons=reasons,
        saved_at=clock.now(),
        saved_by=by,
    )
    _write(request, force_insert=True)
    asked = {"request": kind.name, "route": route, **details, "reasons": reasons}
    Event.objects.record("save", request, by=by, data={**as_new(asked), "status": [None, request.status]})
    return request


@transaction.atomic
def amend(request: LicenceRequest, *, details: Mapping[str, Any], reasons: str = "", version: int, by: User) -> None:
    """Change a saved request. Raises `Refused`; `Stale` if another user has changed it since `version`."""
    kind = _locked(request, "amend", by=by)
    if request.version != version:
        raise Stale(refusals.REQUEST_SAVED_MEANWHILE, request.changes_since(version))
    _check(kind, request.licence, request.route)
    details = kind.completed(request.licence, request.route, {**request.details, **details})
    before = {**request.details, "reasons": request.reasons}
    changed = changes(before, {**dict.fromkeys(before), **details, "reasons": reasons})
    if not changed:
        return
    request.details, request.reasons = dict(details), reasons
    request.topic, request.version = kind.topic(request.route, details), version + 1
    _write(request, update_fields=["details", "reasons", "topic", "version"])
    Event.objects.record("amend", request, by=by, data={**changed, "version": [version, version + 1]})


@transaction.atomic
def delete(request: LicenceRequest, *, by: User) -> None:
    """Delete a saved request, but keep its history. Raises `Refused` once it is submitted."""
    _locked(request, "delete", by=by)
    Event.objects.record("delete", request, by=by, data={"status": [request.status, None]})
    request.delete()


@transaction.atomic
def submit(seen: Mapping[int, int], *, by: User) -> list[LicenceRequest]:
    """Submit saved requests together: all of them or none. Return them.

    `seen` has the version of each request that the user saw, by its id. Raises `Refused` if there are none, if another
    user has changed one, or if one can no longer be asked or is frozen.
    """
    require(by, Action.REQUESTS_MAKE)
    if not seen:
        raise refusals.NOTHING_TO_SUBMIT()
    mine = LicenceRequest.objects.for_user(by).filter(pk__in=seen)
    requests = list(mine.select_for_update(of=("self",), no_key=True).select_related("licence").order_by("pk"))
    if {request.pk: request.version for request in requests if request.is_saved} != dict(seen):
        raise refusals.REQUESTS_CHANGED_MEANWHILE()
    for request in requests:
        kind = _permitted(request, "submit", by=by)
        _check(kind, request.licence, request.route)
        if refused := kind.why_frozen(request.licence):
            raise refused
        details = kind.completed(request.licence, request.route, request.details)  # the year may have ended since
        changed = {name: value for name, value in details.items() if value != request.details.get(name)}
        _move(request, "submit", by=by, data=changed, details=details, submitted_at=clock.now(), submitted_by=by)
    return requests


@transaction.atomic
def withdraw(request: LicenceRequest, *, by: User) -> None:
    """Withdraw a request that is not decided yet. Raises `Refused` if it is decided."""
    _locked(request, "withdraw", by=by)
    _move(request, "withdraw", by=by, **_closing(by))


@transaction.atomic
def grant(request: LicenceRequest, *, answer: str, by: User, **decided: Any) -> None:
    """Grant a request with a sentence, and carry it out in the same transaction.

    `decided` has the answers to the questions of its kind. Raises `Refused`, and changes nothing, if it is decided or
    withdrawn already, if it is frozen, if the licence or its route has ended, or if it can no longer be carried out.
    """
    kind = _locked(request, "grant", by=by)
    licence = Licence.objects.select_for_update(no_key=True).get(pk=request.licence_id)
    request.licence = licence
    if refused := kind.why_not_grant(licence, request.route):
        raise refused
    outcome = kind.carry_out(request, by=by, **decided)
    _move(request, "grant", by=by, data=outcome, **_closing(by), answer=answer, outcome=outcome)
    _write_to_sponsor(request, kind, "granted", by=by)


@transaction.atomic
def refuse(request: LicenceRequest, *, answer: str, by: User) -> None:
    """Refuse a request with a sentence. Raises `Refused` if it is decided or withdrawn already."""
    kind = _locked(request, "refuse", by=by)
    _move(request, "refuse", by=by, **_closing(by), answer=answer)
    _write_to_sponsor(request, kind, "refused", by=by)


def _check(kind: Kind, licence: Licence, route: str) -> None:
    if refused := kind.why_not_ask(licence, route):
        raise refused


def _locked(request: LicenceRequest, move: str, *, by: User) -> Kind:
    """Lock the request and read it again. Return its kind. Raises `Refused` unless `by` may make this move now."""
    rows = LicenceRequest.objects.select_for_update(of=("self",), no_key=True).select_related("licence")
    try:
        request.refresh_from_db(from_queryset=rows)
    except LicenceRequest.DoesNotExist:
        raise refusals.REQUEST_NOT_FOUND() from None  # another user has deleted it
    kind = _permitted(request, move, by=by)
    if request.status not in REQUEST_LIFECYCLE[move].sources:
        move_one(request, REQUEST_LIFECYCLE, move, is_locked=True)  # refuses with the usual sentence
    return kind


def _permitted(request: LicenceRequest, move: str, *, by: User) -> Kind:
    kind = kind_of(request)
    require_move(by, REQUEST_LIFECYCLE[move])
    require(by, Action.REQUESTS_DECIDE if move in {"grant", "refuse"} else kind.action)
    return kind


def _write(request: LicenceRequest, **options: Any) -> None:
    try:
        with transaction.atomic():
            request.save(**options)
    except IntegrityError:
        if _is_about_an_open_topic(request):
            raise refusals.REQUEST_OPEN_ALREADY() from None
        raise


def _is_about_an_open_topic(request: LicenceRequest) -> bool:
    others = LicenceRequest.objects.open().filter(licence=request.licence, topic=request.topic).exclude(pk=request.pk)
    return request.topic != "" and others.exists()


def _move(
    request: LicenceRequest, name: str, *, by: User, data: Mapping[str, Any] | None = None, **written: Any
) -> None:
    before = move_one(request, REQUEST_LIFECYCLE, name, is_locked=True, **written)
    said = {"decision": written["answer"]} if "answer" in written else {}
    after = as_new({**(data or {}), **said})
    Event.objects.record(name, request, by=by, data={"status": [before, request.status], **after})


def _write_to_sponsor(request: LicenceRequest, kind: Kind, decided: str, *, by: User) -> None:
    """Write a message about the decision. It does not quote the caseworker, because it may be sent by email."""
    title = kind.title(request.route)
    text = f"The Home Office has {decided} your request “{title}” (request {request.pk}). Its page shows the decision."
    link = reverse("licence_request", args=[request.pk])
    Message.objects.write_to(request.licence, f"{decided.capitalize()}: {title}", text, link=link, by=by)


def _closing(by: User) -> dict[str, Any]:
    return {"closed_at": clock.now(), "closed_by": by}
