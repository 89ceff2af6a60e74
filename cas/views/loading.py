"""What every view about a CAS starts with: may this user be here, and is this CAS theirs."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TypeVar, cast

from django.core.exceptions import PermissionDenied
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse

from cas.forms import input_id
from cas.models import CAS, Batch, Order, Printout, StoredSearch
from cas.models.assigning import obstacles
from cas.models.printout import KEPT_FOR as PRINTOUT_KEPT_FOR
from cas.models.search import KEPT_FOR as SEARCH_KEPT_FOR
from licences.permissions import ACTIONS
from licences.requests import SignedInRequest
from sms.core.refused import NotThere

ViewT = TypeVar("ViewT", bound=Callable[..., HttpResponseBase])


def requires(action: str) -> Callable[[ViewT], ViewT]:
    """Answer 403, with a sentence, to users whose level lacks the action of `licences.permissions`."""

    def decorate(view: ViewT) -> ViewT:
        @wraps(view)
        def guarded(request: SignedInRequest, *args: object, **kwargs: object) -> HttpResponseBase:
            if not request.user.may(action):
                raise PermissionDenied(f"Your user ID may not do this: {ACTIONS[action].label}.")
            return view(request, *args, **kwargs)

        return cast(ViewT, guarded)

    return decorate


def load_cas(request: SignedInRequest, pk: int) -> CAS:
    """The CAS, if it is this user's to see; otherwise 404, as if it were not there."""
    rows = CAS.objects.for_user(request.user).select_related("licence", "owner", "assigned_by", "batch")
    return get_object_or_404(rows, pk=pk)


def load_batch(request: SignedInRequest, pk: int) -> Batch:
    """The batch, if it is this user's to see; otherwise 404, as if it were not there."""
    rows = Batch.objects.for_user(request.user).select_related("owner", "assigned_by", "created_by")
    return get_object_or_404(rows, pk=pk)


def reasons(cas: CAS) -> dict[str, list[tuple[str, str]]]:
    """Why `cas` cannot be assigned yet, by section: the labels of missing fields, and sentences; each with a link.

    What is no field's stands under "", first.
    """
    found: dict[str, list[tuple[str, str]]] = {}
    can_edit = not cas.why_not("save")
    for obstacle in obstacles(cas, cas.licence):
        section, text, href = "", obstacle.sentence, ""
        if field := obstacle.field:
            section = field.section.name
            text = field.label if obstacle.is_missing else obstacle.sentence
            href = f"{reverse('edit_cas', args=[cas.pk])}#{input_id(cas.route, field.name)}" if can_edit else ""
        found.setdefault(section, []).append((text, href))
    return found


def load_search(request: SignedInRequest, key: str, *screens: str, what: str = "Searches") -> StoredSearch:
    """The search, or `what` else is kept as one, if this user made it, at one of these screens; otherwise 404."""
    mine = StoredSearch.objects.all().for_user(request.user).filter(screen__in=screens).select_related("user")
    if kept := mine.filter(key=key).first():
        return kept
    raise NotThere(f"{what} are kept for {SEARCH_KEPT_FOR.days} days, for who made them. Begin again from Students.")


def load_printout(request: SignedInRequest, key: str) -> Printout:
    """What this user asked to be printed; otherwise 404."""
    if asked := Printout.objects.for_user(request.user).filter(key=key).first():
        return asked
    days = PRINTOUT_KEPT_FOR.days
    raise NotThere(f"What was printed is kept for {days} days, for who asked for it. Print it again from the list.")


def load_order(request: SignedInRequest, reference: str) -> Order:
    """The order, if it is this user's to see; otherwise 404."""
    rows = Order.objects.for_user(request.user).select_related("licence", "allocation", "opened_by")
    return get_object_or_404(rows, reference=reference)
