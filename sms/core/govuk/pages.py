"""Links between the pages of a list."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Page
from django.http import QueryDict


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
