"""Lists of CAS: their pages, their order, and how many there are of each status."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.paginator import Paginator
from django.db.models import F
from django.db.models.expressions import OrderBy
from django.http import HttpRequest

from cas.lifecycle import CASStatus
from cas.models import CAS
from cas.models.queryset import CASQuerySet
from sms.core.counting import Tally, tallies_by
from sms.core.govuk.pages import pagination
from sms.core.limits import IN_REACH, ROUGHLY

A_PAGE = 25

# What a list can be sorted by, with the heading of its column: what the address says, the columns, and whether the
# first select of the heading gives the last first.
HEADINGS: dict[str, tuple[str, tuple[str, ...], bool]] = {
    "Name": ("name", ("family_key", "given_key"), False),
    "Status": ("status", ("status",), False),
    "Course start date": ("start", ("course_start_date",), True),
    "Date assigned": ("assigned", ("assigned_on",), True),
    "Last changed": ("changed", ("changed_at",), True),
}


def wanted_status(request: HttpRequest) -> str:
    """The status that the address picks; "" for all."""
    wanted = request.GET.get("status", "")
    return wanted if wanted in CASStatus.values else ""


def listing(
    request: HttpRequest, rows: CASQuerySet, counts: Mapping[str, Tally | None], *, is_search: bool = False
) -> dict[str, Any]:
    """What `cas/listed.html` needs to show `rows` of the status that the address picks, as it sorts them.

    `counts` says how many there are of each status and, by "", in all: None where nobody has counted.
    """
    wanted = wanted_status(request)
    found = counts[wanted] or Tally(0)
    rows, order = in_order(rows.of_status(wanted), found, request.GET.get("sort", ""), is_search=is_search)
    pages = Paginator(rows, A_PAGE)
    pages.count = found.number
    page = pages.get_page(request.GET.get("page"))
    return {
        "rows": CAS.objects.listed(page.object_list, *order),
        "wanted": wanted,
        "counts": counts,
        "pagination": pagination(page, request.GET),
        "headings": headings(request),
    }


def in_order(rows: CASQuerySet, found: Tally, sort: str = "", *, is_search: bool = False) -> tuple[CASQuerySet, Order]:
    """Those of `rows` that are in reach, as `sort` says, and that order. So many were `found`.

    The database finds the rows of a search by what was searched for, unless there are very many: those of other lists
    are in order.
    """
    order = ordering(sort)
    if is_search and order == NEWEST and not found.is_more:
        order = NEWEST_OF_FEW
    if order != NEWEST and found.is_more:  # those that are in reach are the newest, however they are sorted
        rows = CAS.objects.filter(pk__in=rows.order_by(*NEWEST).values("pk")[:IN_REACH])
    return rows.order_by(*order), order


Order = tuple[str | OrderBy, ...]

NEWEST: Order = ("-pk",)
# The same, but in no order that an index has: the database would go through that one from its end, past all the rows
# that do not fit.
NEWEST_OF_FEW: Order = (OrderBy(-F("pk")),)


def ordering(sort: str) -> Order:
    """By which columns; what is empty comes last. The newest first, if `sort` is nothing that is known."""
    name = sort.removeprefix("-")
    for known, columns, _ in HEADINGS.values():
        if name == known:
            falls = sort.startswith("-")
            return (*(OrderBy(F(column), descending=falls, nulls_last=True) for column in columns), *NEWEST)
    return NEWEST


def headings(request: HttpRequest) -> dict[str, dict[str, str]]:
    """Of each column that sorts: the link that sorts by it, or the other way round, and how it is sorted now."""
    now = request.GET.get("sort", "")
    found = {}
    for label, (name, _, falls_first) in HEADINGS.items():
        is_now = now.removeprefix("-") == name
        falls = not now.startswith("-") if is_now else falls_first
        query = request.GET.copy()
        query.pop("page", None)
        query["sort"] = f"{'-' if falls else ''}{name}"
        sorted_now = ("descending" if now.startswith("-") else "ascending") if is_now else ""
        found[label] = {"href": f"?{query.urlencode()}", "sorted": sorted_now}
    return found


def counted(rows: CASQuerySet, wanted: str) -> dict[str, Tally | None]:
    """How many of `rows` there are of each status and, by "", in all.

    Of very many only those of the status that is `wanted` are counted: the others could be anywhere among them.
    """
    some = rows.by_status(ROUGHLY)
    if sum(some.values()) <= ROUGHLY:
        return {"": Tally(sum(some.values())), **{status: Tally(some.get(status, 0)) for status in CASStatus.values}}
    known = tallies_by("status", rows, dict.fromkeys({"", wanted}, IN_REACH))
    return {status: known.get(status) for status in ("", *CASStatus.values)}
