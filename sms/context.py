"""What every page of ours is given, besides what its view says."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

# The service navigation: label, view, and the action of `licences.permissions` that opens it (None: to all).
NAVIGATION: tuple[tuple[str, str, str | None], ...] = (("Students", "students", None),)


def service(request: HttpRequest) -> dict[str, Any]:
    """The nonce of the page's scripts, and the items of the navigation that are open to the user."""
    return {"csp_nonce": str(getattr(request, "csp_nonce", "")), "navigation": navigation(request)}


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """The parameters of the items; the one that the page is, or belongs to, is marked."""
    if not request.user.is_authenticated:
        return []
    items = []
    for label, view, action in NAVIGATION:
        if action is None or request.user.may(action):
            href = reverse(view)
            is_current = request.path == href
            items.append(
                {
                    "text": label,
                    "href": href,
                    "current": is_current,
                    "active": request.path.startswith(href),
                }
            )
    return items
