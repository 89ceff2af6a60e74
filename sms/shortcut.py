"""The key / of every page, which can be switched off: who speaks to a computer, or trembles, presses it unawares.

WCAG 2.2, success criterion 2.1.4. The browser remembers it, because it goes with the keyboard and not with the user.
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
    """Whether the key means something in this browser."""
    return request.COOKIES.get(COOKIE) != OFF


def switch(answer: HttpResponse, *, on: bool, securely: bool) -> None:
    """Have the browser remember it from this answer on."""
    if on:
        answer.delete_cookie(COOKIE)
    else:
        answer.set_cookie(COOKIE, OFF, max_age=REMEMBERED, secure=securely, httponly=True, samesite="Lax")
