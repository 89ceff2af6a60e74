"""Requests for pages, as a browser sends them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from io import BytesIO

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.core import signals
from django.core.handlers.wsgi import WSGIHandler
from django.db import close_old_connections
from django.test.utils import override_settings

from benchmarks.rows import largest_sponsor
from licences.models import User
from licences.roles import Role

TOKEN = "b" * 32  # the CSRF token, which a browser that has been here before sends with each request

BARE_MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]


def people() -> tuple[User, User]:
    """Return the Level 1 user of the largest sponsor, who sends the requests, and a caseworker."""
    level1 = User.objects.get(licence=largest_sponsor(), role=Role.LEVEL_1)
    caseworker = User.objects.filter(role=Role.CASEWORKER).first()
    return level1, caseworker or User.objects.create(username="bench", name="Bench", role=Role.CASEWORKER, password="!")


@contextmanager
def connection_kept() -> Iterator[None]:
    """Let requests leave the connection open, so that they can be made within a transaction."""
    for signal in (signals.request_started, signals.request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (signals.request_started, signals.request_finished):
        signal.connect(close_old_connections)


def browser(middleware: list[str], user: User, path: str) -> Callable[[], bytes]:
    """Return a function that requests the page at `path`, signed in, from a site with this middleware.

    It returns the body of the page, and raises RuntimeError if the answer is not 200.
    """
    with override_settings(MIDDLEWARE=middleware):
        handler = WSGIHandler()
    cookies = f"{settings.SESSION_COOKIE_NAME}={_signed_in(user)}; {settings.CSRF_COOKIE_NAME}={TOKEN}"
    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_COOKIE": cookies,
        "wsgi.url_scheme": "http",
    }

    def ask() -> bytes:
        statuses: list[str] = []
        response = handler({**environ, "wsgi.input": BytesIO()}, lambda status, *_: statuses.append(status))
        body = b"".join(response)
        response.close()
        if statuses != ["200 OK"]:
            raise RuntimeError(f"{path} answered {statuses}")
        return body

    return ask


def _signed_in(user: User) -> str:
    """Return the key of a new session of this user."""
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return str(session.session_key)
