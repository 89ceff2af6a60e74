"""Show a notice once on the sign-in page. It is kept in a signed cookie, not in a session.

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
_LEFT = "sms.sign_in_notice"  # in request.META: the notice that the response sets as a cookie, "" for none


class Notice(StrEnum):
    TIMED_OUT = "timed out"
    TIMED_OUT_TYPING = "timed out typing"
    TOO_LONG = "too long"
    TOO_LONG_TYPING = "too long typing"
    CODE_TOO_LATE = "code too late"
    LOST_FILE = "lost file"
    NOT_SAVED = "not saved"
    PASSWORD_CHOSEN = "password chosen"


SENTENCES = {
    Notice.TIMED_OUT: "You were signed out after 20 minutes without activity.",
    Notice.TIMED_OUT_TYPING: "You were signed out after 20 minutes without activity. "
    "What you typed is kept. Sign in to continue.",
    Notice.TOO_LONG: f"You were signed out, because you had been signed in for {settings.SESSION_HOURS} hours.",
    Notice.TOO_LONG_TYPING: f"You were signed out, because you had been signed in for {settings.SESSION_HOURS} hours. "
    "What you typed is kept. Sign in to continue.",
    Notice.CODE_TOO_LATE: "You did not enter your code in time. Sign in again.",
    Notice.LOST_FILE: "You are signed out, so the file that you sent was not kept. Sign in, and send it again.",
    Notice.PASSWORD_CHOSEN: "Your new password is set. Sign in with it.",
    Notice.NOT_SAVED: "Nothing is saved yet, because you are signed out. What you typed is kept. Sign in to continue.",
}

# The notice that also says that a text is kept.
TYPING = {Notice.TIMED_OUT: Notice.TIMED_OUT_TYPING, Notice.TOO_LONG: Notice.TOO_LONG_TYPING}


def left(request: HttpRequest) -> Notice | None:
    """Return the notice that waits for the sign-in page, left by this request or an earlier one."""
    if _LEFT not in request.META:
        kept = request.get_signed_cookie(settings.NOTICE_COOKIE_NAME, "", salt=SALT, max_age=KEPT_FOR)
        request.META[_LEFT] = kept if kept in set(Notice) else ""
    return Notice(request.META[_LEFT]) if request.META[_LEFT] else None


def leave(request: HttpRequest, notice: Notice) -> None:
    """Leave a notice for the sign-in page. It replaces one that waits already."""
    request.META[_LEFT] = notice


def keep(request: HttpRequest, response: HttpResponse) -> None:
    """Set the cookie of the notice that was left, or delete it once it is shown or no longer needed."""
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
    """Decorate the view of the sign-in page so that its page shows the notice."""

    @wraps(view)
    def showing(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        notice = left(request)
        if notice and request.method == "GET" and SESSION_KEY not in request.session:
            messages.info(request, SENTENCES[notice])  # this page shows it, so it is never stored in a session
            request.META[_LEFT] = ""
        return view(request, *args, **kwargs)

    return showing
