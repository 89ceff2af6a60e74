"""Switch the / key off or on. Users of speech recognition, or with a tremor, can press it by mistake.

See WCAG 2.2, success criterion 2.1.4. The choice is kept in the browser, because it depends on the keyboard and not on
the user.
"""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpRequest, HttpResponse

COOKIE = "shortcut"
OFF = "off"
REMEMBERED = timedelta(days=365)

SWITCHED = {
    True: "The / key is on. In this browser, it moves you to the search box.",
    False: "The / key is off. In this browser, it does nothing.",
}


def is_on(request: HttpRequest) -> bool:
    """Return whether the / key is on in this browser."""
    return request.COOKIES.get(COOKIE) != OFF


def switch(answer: HttpResponse, *, on: bool, securely: bool) -> None:
    """Set or delete the cookie that says that the key is off."""
    if on:
        answer.delete_cookie(COOKIE)
    else:
        answer.set_cookie(COOKIE, OFF, max_age=REMEMBERED, secure=securely, httponly=True, samesite="Lax")
