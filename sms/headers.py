"""The headers that neither Django nor a library of ours sets."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from csp.middleware import CSPMiddleware, PolicyParts
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from cas.payments import checkout


def same_origin_resources(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: no other site may load anything of ours into a page of its own."""

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return response

    return answer


class ContentSecurityPolicy(CSPMiddleware):
    """Let forms lead to the pages of the payment provider, too: browsers would refuse the redirect after `OK`."""

    def get_policy_parts(
        self, request: HttpRequest, response: HttpResponseBase, report_only: bool = False
    ) -> PolicyParts:
        parts = super().get_policy_parts(request, response, report_only)
        parts.update = {**(parts.update or {}), "form-action": checkout.page_origins()}
        return parts


def not_stored(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: what a page says to somebody signed in stays in no cache, the browser's own included."""

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if request.user.is_authenticated:
            response.setdefault("Cache-Control", "no-store, private")
        return response

    return answer


def clears_site_data(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Have the browser delete what it keeps of the portal once `view` has signed a user out.

    Cookies stay: the browser is still known, and its key / may be switched off.
    """

    @wraps(view)
    def clearing(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if request.method == "POST" and response.status_code < 400:
            response.headers["Clear-Site-Data"] = '"cache", "storage"'
        return response

    return clearing
