"""The pages of a list: how many rows a page has, and the links between pages."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Page
from django.http import HttpRequest, QueryDict

SIZES = (25, 50, 100)
"""The numbers of rows that a page of a long list can have."""

SIZE = "rows"
"""The parameter of an address that chooses one of them. The session keeps the choice, for every list."""


def page_size(request: HttpRequest, usual: int) -> int:
    """Return how many rows a page has: as the address says, or the user's last choice in this session, or `usual`."""
    chosen = {str(size): size for size in SIZES}.get(request.GET.get(SIZE, ""))
    if chosen is None:
        kept = request.session.get(SIZE)
        return kept if kept in SIZES else usual
    if request.session.get(SIZE) != chosen:
        request.session[SIZE] = chosen
    return chosen


def page_sizes(page: Page[Any], query: QueryDict) -> list[tuple[int, str]]:
    """Return the sizes of a page with their links, "" for the current size. Return none for a short list."""
    if page.paginator.count <= min(SIZES):
        return []
    found = []
    for size in SIZES:
        changed = query.copy()
        changed.pop("page", None)
        changed[SIZE] = str(size)
        found.append((size, "" if size == page.paginator.per_page else f"?{changed.urlencode()}"))
    return found


def pagination(page: Page[Any], query: QueryDict, parameter: str = "page") -> dict[str, Any] | None:
    """Return the parameters of `govukPagination`; None for a single page.

    `parameter` is the name of the page number in the address. The rest of the address stays unchanged.
    """
    if page.paginator.num_pages == 1:
        return None

    def address(number: int | str) -> str:
        changed = query.copy()
        changed[parameter] = str(number)
        return f"?{changed.urlencode()}"

    elided = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    items = [
        {"number": number, "href": address(number), "current": number == page.number}
        if isinstance(number, int)
        else {"ellipsis": True}
        for number in elided
    ]
    previous = {"href": address(page.previous_page_number())} if page.has_previous() else None
    following = {"href": address(page.next_page_number())} if page.has_next() else None
    return {"items": items, "previous": previous, "next": following}
