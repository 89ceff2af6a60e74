"""Ask for the password or a code again before an act that cannot be undone (specification, section 9).

It is also asked for before an act that could let another person sign in, such as a new user or another address.

A view calls `require_recent(request)` just before it calls the verb. If the user has neither signed in nor confirmed
within the last ten minutes, what they sent is kept in their session, and the page `Confirm that it is you` asks. Then
the same view gets it again. allauth can do this too, but it forgets the query and the form's address, which drafts
need.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import resolve

from licences.models.session import SIGNED_IN_AT, Session
from sms.core import clock

LASTS = 10 * 60  # seconds
CONFIRMED_AT = "confirmed_at"  # in the session: when the user last confirmed, in seconds since 1970
WAITING = "waiting"  # in the session: the request that waits for it


class ConfirmationNeeded(Exception):
    """The user must first confirm that it is them. `back` is where Cancel leads; "" for the address of the request."""

    def __init__(self, back: str = "") -> None:
        super().__init__()
        self.back = back


class Confirming:
    """Redirect to the page that asks, when a view raises `ConfirmationNeeded`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, ConfirmationNeeded):
            return None
        key = secrets.token_urlsafe(9)  # so that a page left open in another tab cannot confirm this request
        sent = request.POST.urlencode() if request.method == "POST" else None
        address = request.get_full_path()
        kept = {"key": key, "address": address, "sent": sent, "back": exception.back or address}
        request.session[WAITING] = kept
        return redirect("confirm", key)


def require_recent(request: HttpRequest, *, back: str = "") -> None:
    """Raise `ConfirmationNeeded` unless the user has signed in or confirmed within the last minutes.

    A view that answers only to a form names the page `back` to which Cancel leads.
    """
    now = clock.real_now().timestamp()
    known = [request.session[name] for name in (CONFIRMED_AT, SIGNED_IN_AT) if name in request.session]
    if not any(0 <= now - at < LASTS for at in known):
        raise ConfirmationNeeded(back)


def waiting(request: HttpRequest, key: str) -> dict[str, Any] | None:
    """Return the request that waits under this key; None if there is none, or a later one has replaced it."""
    kept = request.session.get(WAITING)
    return kept if kept and secrets.compare_digest(kept["key"].encode(), key.encode()) else None


def confirm(request: HttpRequest, key: str) -> HttpResponseBase | None:
    """Record that the user has confirmed, and answer the request that waits. Return None if it was answered already."""
    with transaction.atomic():
        Session.objects.select_for_update(no_key=True).filter(pk=request.session.session_key).first()
        kept = request.session.load().get(WAITING)  # read with the row locked, so that two confirmations act once
        if not kept or kept["key"] != key:
            return None
        request.session[CONFIRMED_AT] = clock.real_now().timestamp()
        del request.session[WAITING]
        request.session.save()
    return redirect(kept["address"]) if kept["sent"] is None else _answer(request, kept["address"], kept["sent"])


def _answer(request: Any, address: str, sent: str) -> HttpResponseBase:
    """Call the view of this address with what was sent to it, as its own request."""
    found = urlsplit(address)
    request.path = request.path_info = request.META["PATH_INFO"] = found.path
    request.META["QUERY_STRING"] = found.query
    request.GET, request.POST = QueryDict(found.query), QueryDict(sent)
    request.resolver_match = resolve(found.path)
    request.form_address = address  # a form on the page that answers must not go to the page that asked
    view, args, kwargs = request.resolver_match
    answer: HttpResponseBase = view(request, *args, **kwargs)
    return answer
