"""Selections: the CAS of a list that are changed at once, either selected or all that a list has."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse

from cas.finding.marking import KEPT, ids_of, keep, marked_in
from cas.finding.screens import SELECTABLE, found_rows, page_of_search
from cas.finding.standing import STANDING
from cas.finding.way_back import KEY
from cas.lifecycle import CASStatus
from cas.models import CAS, Agent, Batch
from cas.models.queryset import CASQuerySet
from licences.models import StoredSearch
from licences.requests import SignedInRequest
from sms.core.ids import id_in
from sms.core.limits import MOST_SELECTED


@dataclass(frozen=True)
class CASList:
    """A list in which users select CAS: the `rows` that this user may select, first those to take if they are too many.

    `address` is its page, and `name` is what the name of an export calls it. A list of one of several statuses
    `has_statuses`.
    """

    rows: CASQuerySet
    address: str
    name: str
    has_statuses: bool = False


Finder = Callable[[SignedInRequest, str], CASList | None]

LISTS: dict[str, Finder] = {}
"""The kinds of list that are no searches. Forms name a list "kind:rest", such as "batch:12". Apps above add theirs."""


def all_cas(request: SignedInRequest, rest: str) -> CASList:
    rows = CAS.objects.for_user(request.user).order_by("-pk")
    return CASList(rows, reverse("cas_list"), "CAS from a list", has_statuses=True)


def of_batch(request: SignedInRequest, rest: str) -> CASList | None:
    batch = Batch.objects.for_user(request.user).filter(pk=id_in(rest)).first()
    if batch is None:
        return None
    rows = CAS.objects.for_user(request.user).filter(batch=batch).order_by("pk")
    return CASList(rows, reverse("batch", args=[batch.pk]), f"CAS of the batch {batch.name}")


def of_agent(request: SignedInRequest, rest: str) -> CASList | None:
    agent = Agent.objects.for_user(request.user).filter(pk=id_in(rest)).first()
    if agent is None:
        return None
    rows = CAS.objects.for_user(request.user).filter(agent=agent).order_by("-pk")
    return CASList(rows, reverse("agent", args=[agent.pk]), f"CAS of the agent {agent}", has_statuses=True)


LISTS |= {"all": all_cas, "batch": of_batch, "agent": of_agent}


@dataclass(frozen=True)
class Selection:
    """The `ids`, in the order of the list, and the `search` and `status` that name the list in forms.

    `back` is the address of the list, and `list_name` what the name of an export calls it. `is_search` says that it is
    what a search found. `is_cut` says that the list has more CAS than can be selected at once.
    """

    ids: list[int]
    search: str
    status: str
    back: str
    list_name: str
    is_search: bool = False
    is_cut: bool = False


def selection_of(request: SignedInRequest, *, most: int = 0) -> Selection:
    """Return what was selected in the list that sent this request, or in the confirmation that it led to.

    If everything in a list was selected, these are the first `most`: 0 is as many as can be changed at once.
    """
    most = most or MOST_SELECTED
    found, marked = list_of(request), marked_in(request)
    if found is None:
        found, search = CASList(CAS.objects.none(), reverse("cas_list"), "CAS from a list", has_statuses=True), ""
    else:
        search = request.POST["search"]
    status = _status(request) if found.has_statuses else ""
    rows = found.rows.of_status(status) if status else found.rows
    ids = ids_of(marked, rows, most)
    return Selection(
        ids,
        search,
        status,
        f"{found.address}?{urlencode({'status': status})}" if status else found.address,
        found.name,
        is_search=bool(search) and ":" not in search,
        is_cut=marked.is_all and len(ids) + len(marked.ids) >= most and rows[most : most + 1].exists(),
    )


def list_of(request: SignedInRequest) -> CASList | None:
    """Return the list that sent this request; None if there is none, or this user may not see it."""
    named = request.POST.get("search", "")
    kind, is_kind, rest = named.partition(":")
    if is_kind:
        find = LISTS.get(kind)
        return find(request, rest) if find else None
    if named in STANDING:
        standing = STANDING[named]
        if not request.user.may(standing.action):
            return None
        return CASList(standing.of(request.user).order_by("-pk"), standing.address, standing.heading)
    mine = StoredSearch.objects.for_user(request.user).filter(screen__in=SELECTABLE)
    if not (KEY.fullmatch(named) and mine.filter(key=named).exists()):
        return None
    rows = found_rows(request, named).order_by("-pk")
    return CASList(rows, page_of_search(named), "CAS from a search", has_statuses=True)


def page_that_keeps(request: SignedInRequest) -> str:
    """Keep what is marked in the list that sent this request. Return the page of the list to show now.

    `to` is the query of that page. It names the page of the list, its order and so on, never another address.
    """
    found, query = list_of(request), QueryDict(request.POST.get("to", "").lstrip("?"), mutable=True)
    query.pop(KEPT, None)
    if found and (key := keep(request)):
        query[KEPT] = key
    path = (found.address if found else reverse("cas_list")).partition("?")[0]
    return f"{path}?{query.urlencode()}" if query else path


def _status(request: SignedInRequest) -> str:
    status = request.POST.get("status", "")
    return status if status in CASStatus.values else ""
