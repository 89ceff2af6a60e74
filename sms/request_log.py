"""One line in the log for each request, with a reference that error pages show, so that a person can quote it."""

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
    """The reference of the request that is being answered; "" outside of one. It is never taken from outside."""
    return str(structlog.contextvars.get_contextvars().get("request_id", ""))


class RequestLog(RequestMiddleware):
    """django-structlog's, without what it says of addresses and browsers: it stands before all that can fail."""

    def prepare(self, request: HttpRequest) -> None:
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=secrets.token_hex(6), ip=visitor.address(request))
        request.META["sms.started"] = time.perf_counter()

    def process_view(self, request: HttpRequest, *view: Any) -> None:
        """Bind the user, who is known by now. If the database is unavailable, the request ends here, after one wait."""
        RequestMiddleware.bind_user_id(request)

    def _process_exception(self, request: HttpRequest, exception: Exception) -> None:
        """Log the exception, unless it is answered with 503: `sms.unavailable` logs that in one line."""
        if why(exception) is None:
            super()._process_exception(request, exception)

    def handle_response(self, request: HttpRequest, response: HttpResponse) -> None:
        response[REFERENCE] = reference()
        milliseconds = (time.perf_counter() - request.META["sms.started"]) * 1000
        structlog.contextvars.bind_contextvars(milliseconds=round(milliseconds))
        super().handle_response(request, response)

    @staticmethod
    def bind_user_id(request: HttpRequest) -> None:
        with contextlib.suppress(Error):  # when the database fails, that is being told already
            RequestMiddleware.bind_user_id(request)

    @staticmethod
    def format_request(request: HttpRequest) -> str:
        """The method and the path: its keys only, because people type anything into an address."""
        match = request.resolver_match
        path = _PLACE.sub(lambda place: _key(match.kwargs.get(place[1])), f"/{match.route}") if match else "(nowhere)"
        return f"{request.method} {path}"


_PLACE = re.compile(r"(?<!\?P)<(?:\w+:)?(\w+)>")  # in a route


def _key(value: object) -> str:
    """A record's number, or a random key of ours, which is long and has digits."""
    return str(value) if re.fullmatch(r"\d+|(?=.*\d)[A-Za-z0-9_-]{20,}", str(value), re.ASCII) else "…"
