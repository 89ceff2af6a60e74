"""Which CAS of a list a user has marked, on all of its pages.

The browser sends only the checkboxes of one page. The server keeps the others under a random key, as it keeps searches,
and the address of each page of the list names it. So nothing is lost between pages, also without JavaScript.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from django.db.models import QuerySet

from cas.finding.way_back import KEY
from licences.models import StoredSearch
from licences.requests import SignedInRequest
from sms.core.ids import ids_in
from sms.core.limits import MOST_SELECTED

SCREEN = "marked"  # of a stored search that keeps what is marked
KEPT = "marked"  # the parameter that names it, in addresses and in forms


@dataclass(frozen=True)
class Marked:
    """The marked CAS: those with these `ids`; or if `is_all`, every CAS of the list but these."""

    ids: tuple[int, ...] = ()
    is_all: bool = False
    key: str = ""

    def __contains__(self, pk: object) -> bool:
        return (pk in self.ids) != self.is_all

    @property
    def is_any(self) -> bool:
        return self.is_all or bool(self.ids)

    def number(self, of: int) -> int:
        """Return how many CAS are marked, of a list `of` so many."""
        return max(of - len(self.ids), 0) if self.is_all else len(self.ids)

    def elsewhere(self, shown: Iterable[int]) -> int:
        """Return how many of the `ids` are not among the rows `shown`."""
        return len(set(self.ids).difference(shown))


def marked_in(request: SignedInRequest) -> Marked:
    """Return what is marked in the list that sent this request, on its page and on the pages before.

    A browser sends `all` if everything is marked. Then the boxes of the page that are not marked are exceptions, but
    only if the page showed them as marked: because it was sent so, or because the script has marked them (`drawn`).
    """
    sent, before = request.POST, kept_as(request, request.POST.get(KEPT, ""))
    boxes, shown = ids_in(sent.getlist("cas")), set(ids_in(sent.getlist("on-page")))
    are_drawn = before.is_all or sent.get("drawn") == "all"
    is_all = "all" in sent
    if is_all and not are_drawn:
        return Marked((), True, before.key)
    if is_all:
        others = [pk for pk in before.ids if pk not in shown] if before.is_all else []
        return Marked((*others, *sorted(shown.difference(boxes))), True, before.key)
    others = [] if are_drawn else [pk for pk in before.ids if pk not in shown]
    return Marked(tuple(dict.fromkeys([*others, *boxes]))[:MOST_SELECTED], False, before.key)


def marked_ids(
    request: SignedInRequest, rows: QuerySet[Any, Any], most: int = MOST_SELECTED, pk: str = "pk"
) -> list[int]:
    """Return the ids of what is marked in the list of `rows`: the first `most` of them, if everything is marked."""
    return ids_of(marked_in(request), rows, most, pk)


def ids_of(marked: Marked, rows: QuerySet[Any, Any], most: int = MOST_SELECTED, pk: str = "pk") -> list[int]:
    """Return the ids of what is `marked`: if everything is, the first `most` of `rows`, without the exceptions."""
    if not marked.is_all:
        return list(marked.ids)
    exceptions = set(marked.ids)
    return [each for each in rows.values_list(pk, flat=True)[:most] if each not in exceptions]


def keep(request: SignedInRequest) -> str:
    """Keep what is marked in the list that sent this request. Return the key; "" if nothing is marked."""
    return _kept(request, marked_in(request))


def _kept(request: SignedInRequest, marked: Marked) -> str:
    if not marked.is_any:
        return ""
    asked = {"cas": [str(pk) for pk in marked.ids], "all": ["yes"] if marked.is_all else []}
    return StoredSearch.objects.keep(SCREEN, asked, by=request.user).key


def _sent_again(request: SignedInRequest, rows: QuerySet[Any, Any] | None) -> Marked:
    """Return what is marked of `rows` in the list that sent this request, and keep it for the page that answers."""
    marked = marked_in(request)
    if rows is not None and marked.ids:
        there = set(rows.filter(pk__in=marked.ids).values_list("pk", flat=True))
        marked = replace(marked, ids=tuple(pk for pk in marked.ids if pk in there))
    return replace(marked, key=_kept(request, marked))


def kept_as(request: SignedInRequest, key: str) -> Marked:
    """Return what this user's list keeps under this key; nothing if it no longer exists."""
    mine = StoredSearch.objects.for_user(request.user).filter(screen=SCREEN)
    if not KEY.fullmatch(key) or (kept := mine.filter(key=key).first()) is None:
        return Marked()
    return Marked(tuple(ids_in(kept.asked["cas"])), bool(kept.asked["all"]), key)


class Marking(NamedTuple):
    """The state of the form of a list: what is marked, the `search` and `status` that name the list, and its query."""

    marked: Marked
    search: str
    status: str
    query: str


def marking(
    request: SignedInRequest,
    search: str,
    status: str = "",
    *,
    selected: Iterable[int] = (),
    rows: QuerySet[Any, Any] | None = None,
    first: Marked | None = None,
) -> dict[str, Marking]:
    """Return the context of `cas/selection.html` for this list. After an action that was refused, nothing is lost.

    `selected` are the CAS of an action that did not begin in the list itself. `rows` are those of a list that is shown
    in answer to a form. `first` is what is marked when the list is opened.
    """
    if request.method == "POST":
        marked = _sent_again(request, rows)
    else:
        marked = kept_as(request, request.GET[KEPT]) if KEPT in request.GET else first or Marked()
    marked = marked if marked.is_any else Marked(tuple(selected))
    query = request.GET.copy()
    query.pop(KEPT, None)
    return {"marking": Marking(marked, search, status, f"?{query.urlencode()}")}
