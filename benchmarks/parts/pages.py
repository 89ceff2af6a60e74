"""The list of CAS, as the portal serves it, for a Level 1 user of the sponsor with the most CAS (goal P9).

The floor is a bare view: the same template, user and queries, and nothing of the portal around it but the session and
the user. The usual way is what Django gives for nothing: a stock `ModelAdmin` with the same columns, in a project as
`startproject` makes it. All three are asked through their WSGI handlers, signed in, with warm caches.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from importlib import import_module
from io import BytesIO
from typing import Any

from django.conf import settings
from django.contrib.admin import AdminSite, ModelAdmin
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.test.utils import CaptureQueriesContext, override_settings

from benchmarks.races import Count, Goal, Race
from benchmarks.rows import largest_sponsor
from cas.lifecycle import CASStatus
from cas.models import CAS
from cas.views.listing import A_PAGE, IN_REACH, ROUGHLY, headings
from licences.models import User
from licences.roles import Role
from sms.core.counting import tallies

LIST = "the list"
BARE = "a bare view"
STOCK = "a stock ModelAdmin"

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
    list_display = ("event_label", "status", "number", "course_title", "owner", "changed_at")
    search_fields = ("family_name", "given_names", "number", "passport_number", "applicant_id", "course_id")


stock = AdminSite("stock")
stock.register(CAS, StockCASAdmin)


def prepare() -> Iterator[Race | Count]:
    level1 = User.objects.get(licence=largest_sponsor(), role=Role.LEVEL_1)
    caseworker = User.objects.filter(role=Role.CASEWORKER).first() or _caseworker()
    the_list = browser(settings.MIDDLEWARE, level1, "/students/cas/")
    the_list()  # the first of a session also notes when it was
    with CaptureQueriesContext(connection) as statements:
        the_list()
    yield Count("statements of the list", len(statements), at_most=6)
    yield Race(
        {
            LIST: the_list,
            BARE: browser(BARE_MIDDLEWARE, level1, "/bare/"),
            STOCK: browser(STARTPROJECT_MIDDLEWARE, caseworker, "/stock/cas/cas/"),
        },
        [Goal(LIST, BARE, at_most=1.2), Goal(LIST, STOCK, faster_by=50)],
    )


def bare_list(request: HttpRequest) -> HttpResponse:
    """The floor: the same queries and template by the shortest way; what the template wants besides is at hand."""
    mine = CAS.objects.filter(licence_id=request.user.licence_id)
    found = tallies(
        {"": (mine, IN_REACH)} | {status: (mine.filter(status=status), ROUGHLY) for status in CASStatus.values}
    )
    page = {
        "request": request,
        "csrf_input": "",
        "messages": (),
        "wanted": "",
        "counts": found,
        "headings": headings(request),
        "rows": CAS.objects.listed(mine.order_by("-pk")[:A_PAGE]),
        **_at_hand(),
    }
    return HttpResponse(engines["jinja2"].env.get_template("cas/list.html").render(page))


@cache
def _at_hand() -> dict[str, Any]:
    """What is around the list: links to its pages, the navigation, and the time that is left."""
    links = [{"number": number, "href": f"?page={number}", "current": number == 1} for number in (1, 2)]
    last = IN_REACH // A_PAGE
    return {
        "pagination": {
            "items": [*links, {"ellipsis": True}, {"number": last, "href": f"?page={last}", "current": False}],
            "previous": None,
            "next": {"href": "?page=2"},
        },
        "navigation": [{"text": "Students", "href": "/students/", "current": False, "active": True}],
        "time_out": {"left": 1200, "warned": 120},
        "csp_nonce": "",
    }


def browser(middleware: list[str], user: User, path: str) -> Callable[[], bytes]:
    """A function that asks a site with this middleware for the page at `path`, signed in, and returns its body."""
    with override_settings(MIDDLEWARE=middleware):
        handler = WSGIHandler()
    cookie = f"{settings.SESSION_COOKIE_NAME}={_signed_in(user)}"

    def ask() -> bytes:
        answered = []
        environ = {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": path,
            "QUERY_STRING": "",
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "HTTP_COOKIE": cookie,
            "wsgi.url_scheme": "http",
            "wsgi.input": BytesIO(),
        }
        response = handler(environ, lambda status, headers, *_: answered.append(status))
        body = b"".join(response)
        response.close()
        if answered != ["200 OK"]:
            raise RuntimeError(f"{path} answered {answered}")
        return body

    return ask


def _signed_in(user: User) -> str:
    """The key of a new session of this user."""
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return str(session.session_key)


def _caseworker() -> User:
    return User.objects.create(username="bench", name="Bench", role=Role.CASEWORKER, password="!")
