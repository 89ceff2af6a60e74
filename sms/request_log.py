"""Log one line for each request, with a reference. Error pages show it, so that users can quote it."""

from __future__ import annotations

import contextlib
import re
import secrets
import time
from typing import Any

import structlog
from django.db import Error
from django.http import HttpRequest, HttpResponse
from django_structlog.middlewares import RequestMiddleware

from licences import visitor
from sms.core.unavailable import why

REFERENCE = "X-Request-ID"


def reference() -> str:
    """Return the reference of the current request; "" outside a request. It is never taken from the request."""
    return str(structlog.contextvars.get_contextvars().get("request_id", ""))


class RequestLog(RequestMiddleware):
    """Log requests as django-structlog does, but without addresses and browsers. It comes before all that can fail."""

    def prepare(self, request: HttpRequest) -> None:
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=secrets.token_hex(6), ip=visitor.address(request))
        request.META["sms.started"] = time.perf_counter()

    def process_view(self, request: HttpRequest, *view: Any) -> None:
        """Add the user to the line. If the database is unavailable, the request ends here, after only one wait."""
        RequestMiddleware.bind_user_id(request)

    def _process_exception(self, request: HttpRequest, exception: Exception) -> None:
        """Log the exception, unless the answer is 503, which `sms.unavailable` logs in one line."""
        if why(exception) is None:
            super()._process_exception(request, exception)

    def handle_response(self, request: HttpRequest, response: HttpResponse) -> None:
        response[REFERENCE] = reference()
        milliseconds = (time.perf_counter() - request.META["sms.started"]) * 1000
        structlog.contextvars.bind_contextvars(milliseconds=round(milliseconds))
        super().handle_response(request, response)

    @staticmethod
    def bind_user_id(request: HttpRequest) -> None:
        with contextlib.suppress(Error):  # a failure of the database is logged already
            RequestMiddleware.bind_user_id(request)

    @staticmethod
    def format_request(request: HttpRequest) -> str:
        """Return the method and the path. Only keys are filled in, because users can type anything into an address."""
        match = request.resolver_match
        path = _PLACE.sub(lambda place: _key(match.kwargs.get(place[1])), f"/{match.route}") if match else "(nowhere)"
        return f"{request.method} {path}"


_PLACE = re.compile(r"(?<!\?P)<(?:\w+:)?(\w+)>")  # in a route


def _key(value: object) -> str:
    """Return the number of a record, or one of our random keys, which are long and contain digits; else "…"."""
    return str(value) if re.fullmatch(r"\d+|(?=.*\d)[A-Za-z0-9_-]{20,}", str(value), re.ASCII) else "…"
