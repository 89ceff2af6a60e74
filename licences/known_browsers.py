"""Recognise browsers that have signed in before, by a signed cookie (specification, section 9).

Each has its own count of wrong tries, so that a stranger who guesses passwords cannot lock out a user.
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from licences.models import User

KEPT_FOR = timedelta(days=365)
MOST_USERS = 20  # of one browser, the latest: a cookie holds 4 kB
SALT = "known-browser"


def key_for(request: HttpRequest, user: User) -> str:
    """Return the key of the browser if `user` has signed in with it before, else ""."""
    key, users = _read(request)
    return key if user.pk in users else ""


def remember(request: HttpRequest, response: HttpResponse, user: User) -> None:
    """Set the cookie that says that `user` has signed in with this browser."""
    key, users = _read(request)
    users = [*(pk for pk in users if pk != user.pk), user.pk][-MOST_USERS:]
    response.set_cookie(
        settings.KNOWN_BROWSER_COOKIE_NAME,
        signing.dumps({"key": key or secrets.token_urlsafe(16), "users": users}, salt=SALT),
        max_age=KEPT_FOR,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _read(request: HttpRequest) -> tuple[str, list[int]]:
    cookie = request.COOKIES.get(settings.KNOWN_BROWSER_COOKIE_NAME, "")
    try:
        known: dict[str, Any] = signing.loads(cookie, salt=SALT, max_age=KEPT_FOR)
    except signing.BadSignature:
        return "", []
    return known["key"], known["users"]
