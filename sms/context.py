"""Give every page the values that its view does not give."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse

from licences import time_out
from licences.licence_notice import notice_for
from licences.models import User
from licences.permissions import Action
from sms import shortcut
from sms.core.govuk.answers import errors_of
from sms.help.contents import address_for


class Place(NamedTuple):
    """An item of the service navigation.

    `action` is the permission that it needs (`licences.permissions`). The addresses of its pages start with one of
    `beneath`.
    """

    label: str
    view: str
    action: Action
    beneath: tuple[str, ...]


NAVIGATION = (
    Place("Students", "students", Action.CAS_SEE, ("/students/", "/payments/")),
    Place("Licence summary, applications and services", "licence_summary", Action.LICENCE_SEE, ("/licence/",)),
    Place("Users", "users", Action.USERS_MANAGE, ("/users/",)),
    Place("Messages", "message_board", Action.MESSAGES_READ, ("/messages/",)),
)


def service(request: HttpRequest) -> dict[str, Any]:
    """Return what every page shows: the nonce of its scripts, the header, help, notices, the time-out, a refusal."""
    return {
        "csp_nonce": str(getattr(request, "csp_nonce", "")),
        "navigation": navigation(request),
        "licence_notice": notice_for(request.user) if request.user.is_authenticated else [],
        "may_search": request.user.is_authenticated and request.user.may(Action.CAS_SEE),
        "has_shortcut": shortcut.is_on(request),
        "refused": errors_of(request),
        "help_address": address_for(request),
        "time_out": {
            "left": time_out.seconds_left(request),  # seconds
            "warned": time_out.WARNED,
            "is_final": time_out.is_final(request),
        },
    }


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the items of the service navigation, for caseworkers those of the admin. The page's own item is marked."""
    if not request.user.is_authenticated:
        return []
    if request.user.is_staff:
        places: list[dict[str, Any]] = admin.site.each_context(request)["places"]
        return places
    return [
        {
            "text": _text(place, request.user),
            "href": (href := reverse(place.view)),
            "current": request.path == href,
            "active": request.path.startswith(place.beneath),
        }
        for place in NAVIGATION
        if request.user.may(place.action)
    ]


def _text(place: Place, user: User) -> str:
    """Return the label, for `Messages` with the number of unread messages."""
    is_counted = place.action is Action.MESSAGES_READ and user.unread_messages
    return f"{place.label} ({user.unread_messages:,} unread)" if is_counted else place.label
