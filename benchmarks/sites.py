"""Requests for pages, as a browser sends them, to the portal and to what Django provides without work."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from io import BytesIO
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.admin import AdminSite, ModelAdmin
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.core.handlers.wsgi import WSGIHandler
from django.test.utils import override_settings

from benchmarks.rows import largest_sponsor
from cas.models import CAS
from licences.models import User
from licences.roles import Role

TOKEN = "b" * 32  # the CSRF token: the same in the cookie and in the form

BARE_MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]
STARTPROJECT_MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]


class StockCASAdmin(ModelAdmin):
    list_display = ("student_name", "status", "number", "course_title", "owner", "changed_at")
    search_fields = ("family_name", "given_names", "number", "passport_number", "applicant_id", "course_id")


stock = AdminSite("stock")
stock.register(CAS, StockCASAdmin)


def people() -> tuple[User, User]:
    """Return the users who send the requests: the Level 1 user of the largest sponsor, and a caseworker."""
    level1 = User.objects.get(licence=largest_sponsor(), role=Role.LEVEL_1)
    caseworker = User.objects.filter(role=Role.CASEWORKER).first()
    return level1, caseworker or User.objects.create(username="bench", name="Bench", role=Role.CASEWORKER, password="!")


def browser(middleware: list[str], user: User, path: str, sent: Mapping[str, str] | None = None) -> Callable[[], bytes]:
    """Return a function that requests the page at `path`, signed in, from a site with this middleware.

    It returns the body of the page. If there is `sent`, it posts that, and returns the page of the redirect.
    """
    with override_settings(MIDDLEWARE=middleware):
        handler = WSGIHandler()
    cookies = f"{settings.SESSION_COOKIE_NAME}={_signed_in(user)}; {settings.CSRF_COOKIE_NAME}={TOKEN}"
    form = None if sent is None else urlencode({**sent, "csrfmiddlewaretoken": TOKEN}).encode()

    def ask() -> bytes:
        address = path if form is None else _answer(handler, cookies, path, "302 Found", form)[0]["Location"]
        return _answer(handler, cookies, address, "200 OK")[1]

    return ask


def _answer(
    handler: WSGIHandler, cookies: str, address: str, expected: str, form: bytes = b""
) -> tuple[dict[str, str], bytes]:
    """Return the headers and the body of the answer. Raise RuntimeError unless it has the `expected` status."""
    path, _, query = address.partition("?")
    answered: list[tuple[str, dict[str, str]]] = []
    environ = {
        "REQUEST_METHOD": "POST" if form else "GET",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "CONTENT_TYPE": "application/x-www-form-urlencoded",
        "CONTENT_LENGTH": str(len(form)),
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_COOKIE": cookies,
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(form),
    }
    response = handler(environ, lambda status, headers, *_: answered.append((status, dict(headers))))
    body = b"".join(response)
    response.close()
    [(status, headers)] = answered
    if status != expected:
        raise RuntimeError(f"{path} answered {status}")
    return headers, body


def _signed_in(user: User) -> str:
    """Return the key of a new session of this user."""
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return str(session.session_key)
