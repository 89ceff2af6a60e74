"""Let users who must have a second factor set it up before they do anything else (specification, section 9).

Caseworkers must, except in demo mode, and the users of a sponsor if its Level 1 users say so. All pages of the portal
and of the admin are covered. The user of the request was read with what this needs, so it costs no statement.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from licences import drafts
from licences.accounts import second_factor
from licences.time_out import POLLING, page_that_sent

ViewT = TypeVar("ViewT", bound=Callable[..., HttpResponseBase])


def opens_without_second_factor(view: ViewT) -> ViewT:
    """Decorate a view that a user needs to set up their second factor."""
    view.opens_without_second_factor = True  # type: ignore[attr-defined]
    return view


class SecondFactorFirst:
    """Send a user who has no second factor, and must have it, to the page that sets it up."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, *arguments: Any) -> HttpResponseBase | None:
        is_public = not getattr(view, "login_required", True)
        if is_public or hasattr(view, "opens_without_second_factor") or not _is_missing(request):
            return None
        draft = drafts.keep_sent(request)
        if drafts.is_in_background(request):
            return drafts.answer(request, draft)
        if POLLING in request.headers:
            return HttpResponse(status=401)
        is_read = request.method in {"GET", "HEAD"}
        back = draft.address if draft else request.get_full_path() if is_read else page_that_sent(request)
        return redirect(f"{reverse('set_up_second_factor')}?{urlencode({'next': back})}")


def _is_missing(request: HttpRequest) -> bool:
    user = request.user
    return user.is_authenticated and user.must_have_second_factor and not second_factor.is_on(user)
