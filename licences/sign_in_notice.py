"""A notice that the sign-in page shows once, kept in a signed cookie and not in a session.

Visitors who have not signed in get no session: otherwise, requests with false cookies could fill the database.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from enum import StrEnum
from functools import wraps

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponse

KEPT_FOR = timedelta(minutes=20)
SALT = "sign-in-notice"
_LEFT = "sms.sign_in_notice"  # in request.META: the notice that the answer keeps, "" for none


class Notice(StrEnum):
    TIMED_OUT = "timed out"
    TIMED_OUT_TYPING = "timed out typing"
    NOT_SAVED = "not saved"


SENTENCES = {
    Notice.TIMED_OUT: "You were signed out after 20 minutes without activity.",
    Notice.TIMED_OUT_TYPING: "You were signed out after 20 minutes without activity. "
    "What you typed is kept: sign in to go on with it.",
    Notice.NOT_SAVED: "Nothing is saved yet, because you are signed out. "
    "What you typed is kept: sign in to go on with it.",
}


def left(request: HttpRequest) -> Notice | None:
    """Return the notice that waits for the sign-in page: from this request, or from an earlier one."""
    if _LEFT not in request.META:
        kept = request.get_signed_cookie(settings.NOTICE_COOKIE_NAME, "", salt=SALT, max_age=KEPT_FOR)
        request.META[_LEFT] = kept if kept in set(Notice) else ""
    return Notice(request.META[_LEFT]) if request.META[_LEFT] else None


def leave(request: HttpRequest, notice: Notice) -> None:
    """Leave a notice for the sign-in page, in place of one that waits already."""
    request.META[_LEFT] = notice


def keep(request: HttpRequest, response: HttpResponse) -> None:
    """Have the browser keep the notice that was left, and forget it once it was shown or is of no use."""
    name, notice = settings.NOTICE_COOKIE_NAME, left(request)
    if notice and SESSION_KEY not in request.session:
        response.set_signed_cookie(
            name,
            notice,
            salt=SALT,
            max_age=KEPT_FOR,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
    elif name in request.COOKIES:
        response.delete_cookie(name, samesite="Lax")


def shown(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Show the notice on the page of `view`, the sign-in page, when it is opened."""

    @wraps(view)
    def showing(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        notice = left(request)
        if notice and request.method == "GET" and SESSION_KEY not in request.session:
            messages.info(request, SENTENCES[notice])  # the page takes it at once: it is never in a session
            request.META[_LEFT] = ""
        return view(request, *args, **kwargs)

    return showing
