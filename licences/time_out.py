"""Sign users out after 20 minutes without activity (specification, section 9).

Every request counts as activity, except those that a script repeats by itself: they have the header `X-Polling`.
Real time counts, even if the portal's clock is set to another day.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.contrib.sessions.models import Session
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import url_has_allowed_host_and_scheme

from licences import drafts, sign_in_notice
from licences.models import Draft
from licences.sign_in_notice import Notice
from sms.core import clock

POLLING = "X-Polling"
WARNED = 120  # seconds before the time-out
ACTIVE_AT = "active_at"  # in the session: when the user was last active, in seconds since 1970
LATELY = timedelta(hours=12)  # a draft kept since then is of the work that the time-out ended
A_MINUTE = 60  # seconds: activity is written at most this often
SESSION_COOKIE = re.compile("[a-z0-9]{32}")  # the form of Django's session keys


class TimeOut:
    """End the session of a user who was not active for 20 minutes. Record activity at most once a minute."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        key = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
        if key and not SESSION_COOKIE.fullmatch(key):
            key, request.session = "", type(request.session)()  # not one of ours, so do not ask the database
        if SESSION_KEY in request.session:  # the user has signed in
            idle = _idle_seconds(request)
            if _has_ended(idle):
                user = request.session[SESSION_KEY]
                request.session.flush()
                sign_in_notice.leave(request, _timed_out(user))
            elif POLLING not in request.headers and (idle is None or not 0 <= idle < A_MINUTE):
                request.session[ACTIVE_AT] = clock.real_now().timestamp()
        elif key and request.session.session_key is None:
            sign_in_notice.leave(request, _timed_out(_delete(request, key)))
        response = self.get_response(request)
        sign_in_notice.keep(request, response)
        return response


def _timed_out(user: str) -> Notice:
    """Return the notice for this user, who is "" if not known. It says so if a draft of theirs was kept lately."""
    lately = {"user": user, "kept_at__gte": clock.now() - LATELY}
    return Notice.TIMED_OUT_TYPING if user and Draft.objects.open().filter(**lately).exists() else Notice.TIMED_OUT


def _delete(request: HttpRequest, key: str) -> str:
    """Delete the row of an expired session, which Django does not load. Return the id of its user; "" if none."""
    row = Session.objects.filter(pk=key).first()
    if row is None:  # a false cookie has no row, and must not cause a write
        return ""
    request.session.delete(key)
    return str(row.get_decoded().get(SESSION_KEY, ""))


class SignInFirst(LoginRequiredMiddleware):
    """Send visitors who have not signed in to the sign-in page. First keep what they typed into a form."""

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
        elif getattr(request, "has_lost_file", False):
            sign_in_notice.leave(request, Notice.LOST_FILE)
        back = draft.address if draft else page_that_sent(request)
        return redirect_to_login(back) if back else to_sign_in


def page_that_sent(request: HttpRequest) -> str:
    """Return the address of the page that sent a form, to return to after sign-in; "" if there is none.

    The address that a button sends to often has no page of its own.
    """
    if request.method in {"GET", "HEAD"}:
        return ""
    sender = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(sender, {request.get_host()}, require_https=request.is_secure()):
        return ""
    return urlsplit(sender)._replace(scheme="", netloc="").geturl()


def seconds_left(request: HttpRequest) -> int:
    """Return how long a signed-in user stays signed in without activity; 0 for a visitor."""
    if SESSION_KEY not in request.session:
        return 0
    return math.ceil(settings.SESSION_COOKIE_AGE - max(_idle_seconds(request) or 0, 0))


def _has_ended(idle: float | None) -> bool:
    """Return whether the session has timed out. Activity far ahead was written by a wrong clock and does not count."""
    return idle is not None and abs(idle) >= settings.SESSION_COOKIE_AGE


def _idle_seconds(request: HttpRequest) -> float | None:
    """Return the seconds since the last activity in this session; None if no activity is recorded yet."""
    active_at = request.session.get(ACTIVE_AT)
    return None if active_at is None else clock.real_now().timestamp() - active_at
