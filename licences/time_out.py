"""Sign users out after 20 minutes without activity, and 12 hours after they signed in (specification, section 9).

Every request counts as activity, except those that a script repeats by itself: they have the header `X-Polling`.
Real time counts, even if the portal's clock is set to another day.
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

from licences import drafts, sign_in_notice, visitor
from licences.models import Draft, Session
from licences.models.session import ACTIVE_AT, BROWSER, SIGNED_IN_AT
from licences.sign_in_notice import TYPING, Notice
from sms.core import clock

POLLING = "X-Polling"
WARNED = 120  # seconds before the time-out
A_MINUTE = 60  # seconds: activity is written at most this often
AN_HOUR = 60 * A_MINUTE
SESSION_COOKIE = re.compile("[a-z0-9]{32}")  # the form of Django's session keys


class TimeOut:
    """End a session after 20 minutes without activity, or after 12 hours. Record activity at most once a minute."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        key = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
        if key and not SESSION_COOKIE.fullmatch(key):
            key, request.session = "", type(request.session)()  # not one of ours, so do not ask the database
        if SESSION_KEY in request.session:  # the user has signed in
            if why := _why_ended(request):
                user = request.session[SESSION_KEY]
                request.session.flush()
                sign_in_notice.leave(request, _notice(why, user))
            else:
                _record_activity(request)
        elif key and request.session.session_key is None:
            sign_in_notice.leave(request, _notice(Notice.TIMED_OUT, _delete(request, key)))
        response = self.get_response(request)
        sign_in_notice.keep(request, response)
        return response


def _record_activity(request: HttpRequest) -> None:
    """Record when and where the user signed in, once, and the activity that this request is."""
    idle, now = _idle_seconds(request), clock.real_now().timestamp()
    if SIGNED_IN_AT not in request.session:
        request.session[SIGNED_IN_AT], request.session[BROWSER] = now, visitor.browser(request)
    if POLLING not in request.headers and (idle is None or not 0 <= idle < A_MINUTE):
        request.session[ACTIVE_AT] = now


def _notice(why: Notice, user: str) -> Notice:
    """Return the notice for this user, who is "" if not known. It says so if a draft of theirs was kept lately."""
    has_draft = user and Draft.objects.filter(user__pk=user).kept_lately().exists()
    return TYPING[why] if has_draft else why


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
        left = sign_in_notice.left(request)
        if draft and left in TYPING:
            sign_in_notice.leave(request, TYPING[left])
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
    idle = max(_idle_seconds(request) or 0, 0)
    return math.ceil(min(settings.SESSION_COOKIE_AGE - idle, _longest() - _age(request)))


def is_final(request: HttpRequest) -> bool:
    """Return whether activity can no longer prolong the session by as much as usual."""
    return SESSION_KEY in request.session and _longest() - _age(request) < settings.SESSION_COOKIE_AGE


def _why_ended(request: HttpRequest) -> Notice | None:
    """Return why the session has ended; None if it has not."""
    if _has_ended(_idle_seconds(request)):
        return Notice.TIMED_OUT
    return Notice.TOO_LONG if _age(request) >= _longest() else None


def _has_ended(idle: float | None) -> bool:
    """Return whether the session has timed out. Activity far ahead was written by a wrong clock and does not count."""
    return idle is not None and abs(idle) >= settings.SESSION_COOKIE_AGE


def _idle_seconds(request: HttpRequest) -> float | None:
    """Return the seconds since the last activity in this session; None if no activity is recorded yet."""
    return _seconds_since(request, ACTIVE_AT)


def _longest() -> int:
    return settings.SESSION_HOURS * AN_HOUR


def _age(request: HttpRequest) -> float:
    """Return the seconds since the user signed in; 0 on the first page."""
    return _seconds_since(request, SIGNED_IN_AT) or 0


def _seconds_since(request: HttpRequest, name: str) -> float | None:
    """Return the seconds since this time of the session; None if it is not recorded yet."""
    at = request.session.get(name)
    return None if at is None else clock.real_now().timestamp() - at
