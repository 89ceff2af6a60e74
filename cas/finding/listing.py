"""Lists of CAS: their pages, their order, and how many there are of each status."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from django.core.paginator import Paginator
from django.db.models import F
from django.db.models.expressions import OrderBy
from django.http import HttpRequest, QueryDict

from cas.columns import Column, in_cells, of_lists
from cas.finding.marking import marking
from cas.lifecycle import CASStatus
from cas.models import CAS
from cas.models.queryset import CASQuerySet
from licences.requests import SignedInRequest
from licences.scoping import Person, Reach
from sms.core.counting import Tally, prepared_by, tallies_by
from sms.core.govuk.pages import page_size, page_sizes, pagination
from sms.core.limits import IN_REACH, ROUGHLY

A_PAGE = 25


class Heading(NamedTuple):
    """A column with its heading: the link that sorts by it, or reverses the order, and how it is sorted now."""

    name: str
    label: str
    kind: str
    href: str = ""
    sorted: str = ""


def wanted_status(request: HttpRequest) -> str:
    """Return the status that the address picks; "" for all."""
    wanted = request.GET.get("status", "")
    return wanted if wanted in CASStatus.values else ""


def listing(
    request: SignedInRequest,
    rows: CASQuerySet,
    counts: Mapping[str, Tally | None],
    *,
    named: str,
    is_search: bool = False,
) -> dict[str, Any]:
    """Return what `cas/listed.html` needs to show `rows` of the status that the address picks, as it sorts them.

    `named` is what `cas.finding.selection` calls the list. `counts` says how many there are of each status and, by "",
    in all: None where they were not counted.
    """
    wanted = wanted_status(request)
    found = counts.get(wanted) or Tally(0)
    rows, order = in_order(rows.of_status(wanted), found, request.GET.get("sort", ""), is_search=is_search)
    pages = Paginator(rows, page_size(request, A_PAGE))
    pages.count = found.number
    page = pages.get_page(request.GET.get("page"))
    return {
        "rows": CAS.objects.listed(page.object_list, *order),
        "wanted": wanted,
        "counts": counts,
        "pagination": pagination(page, request.GET),
        "page_sizes": page_sizes(page, request.GET),
        "headings": headings(request),
        **marking(request, named, wanted),
    }


def in_order(rows: CASQuerySet, found: Tally, sort: str = "", *, is_search: bool = False) -> tuple[CASQuerySet, Order]:
    """Return the part of `rows` that is in reach, in the order of `sort`, and that order. So many rows were `found`.

    The database finds the rows of a search by its values, unless there are very many. It reads other lists in order.
    """
    order = ordering(sort)
    if is_search and order == NEWEST and not found.is_more:
        order = NEWEST_OF_FEW
    if order != NEWEST and found.is_more:  # the newest are in reach, in every order
        rows = CAS.objects.filter(pk__in=rows.order_by(*NEWEST).values("pk")[:IN_REACH])
    return rows.order_by(*order), order


Order = tuple[str | OrderBy, ...]

NEWEST: Order = ("-pk",)
# The same, but in no order that an index has: the database would read that index from its end, past all the rows that
# do not fit.
NEWEST_OF_FEW: Order = (OrderBy(-F("pk")),)


def ordering(sort: str) -> Order:
    """Return the columns to sort by, empty values last. The newest come first if `sort` names no column."""
    for column in of_lists():
        if column.sorts_as and column.sorts_as == sort.removeprefix("-"):
            falls = sort.startswith("-")
            return (*(OrderBy(F(name), descending=falls, nulls_last=True) for name in column.sorts_by), *NEWEST)
    return NEWEST


def headings(request: SignedInRequest) -> list[list[Heading]]:
    """Return the headings of each cell of a list. The sponsor's column is for caseworkers, who see all sponsors."""
    cells = in_cells(of_lists(all_sponsors=request.user.licence_id is None))
    return [[_heading(column, request.GET) for column in cell] for cell in cells]


def _heading(column: Column, asked: QueryDict) -> Heading:
    if not column.sorts_as:
        return Heading(column.name, column.label, column.kind)
    now = asked.get("sort", "")
    is_now = now.removeprefix("-") == column.sorts_as
    falls = not now.startswith("-") if is_now else column.falls_first
    query = asked.copy()
    query.pop("page", None)
    query["sort"] = f"{'-' if falls else ''}{column.sorts_as}"
    sorted_now = ("descending" if now.startswith("-") else "ascending") if is_now else ""
    return Heading(column.name, column.label, column.kind, f"?{query.urlencode()}", sorted_now)


def counts_of(rows: CASQuerySet, wanted: str | None = None) -> dict[str, Tally]:
    """Return how many of `rows` there are: in all, under "", and then of each status, in the usual order.

    The status `wanted` is counted as far as the pages of its list lead, and the others less far.
    """
    statuses = ("", *CASStatus.values)
    return tallies_by("status", rows, {each: IN_REACH if each == wanted else ROUGHLY for each in statuses})


def counts_for(user: Person) -> dict[str, Tally]:
    """Return how many CAS this user sees, in all and of each status, counted roughly."""
    return _counting(Reach.of(user))()


@lru_cache(maxsize=500)
def _counting(reach: Reach) -> Callable[[], dict[str, Tally]]:
    """Return a function that counts them. Kept, because home counts them each time that it is shown."""
    return prepared_by("status", CAS.objects.for_user(reach), dict.fromkeys(("", *CASStatus.values), ROUGHLY))


def counted(rows: CASQuerySet, wanted: str) -> dict[str, Tally | None]:
    """Return how many of `rows` there are of each status and, by "", in all.

    If there are very many, only the status that is `wanted` is counted: the others could be anywhere among them.
    """
    some = rows.by_status(ROUGHLY)
    if sum(some.values()) <= ROUGHLY:
        return {"": Tally(sum(some.values())), **{status: Tally(some.get(status, 0)) for status in CASStatus.values}}
    known = tallies_by("status", rows, dict.fromkeys({"", wanted}, IN_REACH))
    return {status: known.get(status) for status in ("", *CASStatus.values)}
