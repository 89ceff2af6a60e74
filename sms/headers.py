"""Set the headers that neither Django nor a library sets."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from csp.middleware import CSPMiddleware, PolicyParts
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

from cas.payments import checkout


def same_origin_resources(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Return middleware by which no other site can load our files or pages into its own pages."""

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return response

    return answer


class ContentSecurityPolicy(CSPMiddleware):
    """Allow forms to lead to the payment provider's pages. Otherwise browsers would refuse the redirect after `OK`."""

    def get_policy_parts(
        self, request: HttpRequest, response: HttpResponseBase, report_only: bool = False
    ) -> PolicyParts:
        parts = super().get_policy_parts(request, response, report_only)
        parts.update = {**(parts.update or {}), "form-action": checkout.page_origins()}
        return parts


class CompressedPages(GZipMiddleware):
    """Compress pages, with the random bytes that Django adds: docs/decisions/39.

    Other answers stay as they are: most files are compressed already, and a download needs its length.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        is_page = response.headers.get("Content-Type", "").startswith("text/html")
        return super().process_response(request, response) if is_page else response


def not_stored(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Return middleware by which no cache, not even the browser's, stores the pages of a signed-in user."""

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if request.user.is_authenticated:
            response.setdefault("Cache-Control", "no-store, private")
        return response

    return answer


def clears_site_data(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Make the browser delete what it stores of the portal after `view` has signed a user out.

    Cookies stay: they identify a known browser, and say whether the / key is switched off.
    """

    @wraps(view)
    def clearing(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if request.method == "POST" and response.status_code < 400:
            response.headers["Clear-Site-Data"] = '"cache", "storage"'
        return response

    return clearing
