"""Selections: the CAS of a list that are changed at once, either selected or all that a search found."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from cas.finding.screens import SELECTABLE, found_ids, page_of_search
from cas.finding.standing import STANDING
from cas.finding.way_back import KEY
from cas.lifecycle import CASStatus
from licences.models import StoredSearch
from licences.requests import SignedInRequest
from sms.core.ids import ids_in
from sms.core.limits import MOST_SELECTED


@dataclass(frozen=True)
class Selection:
    """The `ids`, in the order of the list, and the search that found them, if any, with the `status` of the list.

    The search is the key of a kept search, or the name of a standing list.
    `is_cut` says that the search found more CAS than can be selected at once.
    """

    ids: list[int]
    search: str
    status: str
    is_cut: bool = False

    @property
    def list_name(self) -> str:
        """Return what the list in which they were selected is called in the name of an export."""
        if self.search in STANDING:
            return STANDING[self.search].heading
        return f"CAS from a {'search' if self.search else 'list'}"

    @property
    def back(self) -> str:
        """Return the address of the list in which they were selected."""
        if self.search in STANDING:
            return STANDING[self.search].address
        address = page_of_search(self.search) if self.search else reverse("cas_list")
        return f"{address}?{urlencode({'status': self.status})}" if self.status else address


def selection_of(request: SignedInRequest, *, most: int = 0) -> Selection:
    """Return what was selected in the list that sent this request, or in the confirmation that it led to.

    If everything that a search found was selected, these are the newest `most`: 0 is as many as can be changed at once.
    """
    most = most or MOST_SELECTED
    search, status = _search(request), request.POST.get("status", "")
    status = status if status in CASStatus.values else ""
    if not (search and "all" in request.POST):
        return Selection(ids_in(request.POST.getlist("cas")), search, status)
    if search in STANDING:
        ids = list(STANDING[search].of(request.user).order_by("-pk").values_list("pk", flat=True)[: most + 1])
    else:
        ids = found_ids(request, search, most + 1)
    return Selection(ids[:most], search, status, is_cut=len(ids) > most)


def _search(request: SignedInRequest) -> str:
    """Return the key of the search whose list sent this; "" for another list, or a search that is no longer kept."""
    key = request.POST.get("search", "")
    if key in STANDING and request.user.may(STANDING[key].action):
        return key
    mine = StoredSearch.objects.for_user(request.user).filter(screen__in=SELECTABLE)
    return key if KEY.fullmatch(key) and mine.filter(key=key).exists() else ""
