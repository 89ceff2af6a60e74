"""Twenty minutes without activity sign out (specification, section 9).

Activity is what a person does: every request, except those that a script repeats by itself, which say so in the
header `X-Polling`. Real time counts, wherever the portal's clock is set.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import url_has_allowed_host_and_scheme

from licences import drafts, sign_in_notice
from licences.sign_in_notice import Notice
from sms.core import clock

POLLING = "X-Polling"
WARNED = 120  # seconds before the time-out
ACTIVE_AT = "active_at"  # in the session: when somebody was last active, in seconds since 1970
A_MINUTE = 60  # seconds: activity within it is not written again
SESSION_COOKIE = re.compile("[a-z0-9]{32}")  # as Django makes them


class TimeOut:
    """Ends the session of whoever was not active for 20 minutes, and writes down activity once a minute."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        key = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
        if key and not SESSION_COOKIE.fullmatch(key):
            key, request.session = "", type(request.session)()  # made up, so do not ask the database
        if SESSION_KEY in request.session:  # somebody has signed in
            idle = _idle_seconds(request)
            if _has_ended(idle):
                request.session.flush()
                sign_in_notice.leave(request, Notice.TIMED_OUT)
            elif POLLING not in request.headers and (idle is None or not 0 <= idle < A_MINUTE):
                request.session[ACTIVE_AT] = clock.real_now().timestamp()
        elif key and request.session.session_key is None:
            _delete(request, key)
            sign_in_notice.leave(request, Notice.TIMED_OUT)
        response = self.get_response(request)
        sign_in_notice.keep(request, response)
        return response


def _delete(request: HttpRequest, key: str) -> None:
    """Delete the row of an expired session, which Django does not load."""
    if request.session.exists(key):  # a false cookie has no row, and must cause no write
        request.session.delete(key)


class SignInFirst(LoginRequiredMiddleware):
    """Sends whoever has not signed in to the sign-in page. What they typed into a form is kept before."""

    def process_view(self, request: HttpRequest, *view: Any) -> HttpResponseBase | None:
        to_sign_in = super().process_view(request, *view)
        if to_sign_in is None:
            return None
        draft = drafts.keep_sent(request)
        if drafts.is_in_background(request):
            return drafts.answer(request, draft)
        if POLLING in request.headers:
            return HttpResponse(status=401)
        if draft and sign_in_notice.left(request) == Notice.TIMED_OUT:
            sign_in_notice.leave(request, Notice.TIMED_OUT_TYPING)
        back = draft.address if draft else page_that_sent(request)
        return redirect_to_login(back) if back else to_sign_in


def page_that_sent(request: HttpRequest) -> str:
    """The page whose button was selected, where signing in leads back to: what a button does has no page of its own."""
    if request.method in {"GET", "HEAD"}:
        return ""
    sender = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(sender, {request.get_host()}, require_https=request.is_secure()):
        return ""
    return urlsplit(sender)._replace(scheme="", netloc="").geturl()


def seconds_left(request: HttpRequest) -> int:
    """How long whoever has signed in stays so without activity; 0 for everybody else."""
    if SESSION_KEY not in request.session:
        return 0
    return math.ceil(settings.SESSION_COOKIE_AGE - max(_idle_seconds(request) or 0, 0))


def _has_ended(idle: float | None) -> bool:
    """Return whether the session has timed out. Activity that lies ahead, by a clock that ran ahead, proves none."""
    return idle is not None and abs(idle) >= settings.SESSION_COOKIE_AGE


def _idle_seconds(request: HttpRequest) -> float | None:
    """How long nobody was active in this session; None when that was not written down yet."""
    active_at = request.session.get(ACTIVE_AT)
    return None if active_at is None else clock.real_now().timestamp() - active_at
