"""The list of CAS (goal P9) and the form of a CAS (P12), as the portal serves them to a Level 1 user.

The user is one of the sponsor with the most CAS. The form is compared with the list, both for a new CAS and for one
that is not assigned yet.

The floor of the list is a bare view: the same template, user and queries, without any other part of the portal except
the session and the user. The usual way is what Django provides without work: a stock `ModelAdmin` with the same
columns, in a project as `startproject` makes it. All three get requests through their WSGI handlers, signed in, with
warm caches.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.test.utils import CaptureQueriesContext

from benchmarks.races import Count, Goal, Race
from benchmarks.sites import BARE_MIDDLEWARE, STARTPROJECT_MIDDLEWARE, browser, people
from cas.finding.listing import A_PAGE, headings
from cas.lifecycle import CASStatus
from cas.models import CAS
from licences.routes import Route
from sms.core.counting import tallies_by
from sms.core.limits import IN_REACH, ROUGHLY

LIST = "the list"
BARE = "a bare view"
STOCK = "a stock ModelAdmin"
NEW_FORM = "the form of a new CAS"
FILLED_FORM = "the form, filled"


def prepare() -> Iterator[Race | Count]:
    level1, caseworker = people()
    the_list = browser(settings.MIDDLEWARE, level1, "/students/cas/")
    the_list()  # the first request of a session also records its time
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
    unassigned = CAS.objects.for_user(level1).unassigned().filter(route=Route.STUDENT).latest("pk")
    yield Race(
        {
            LIST: the_list,
            NEW_FORM: browser(settings.MIDDLEWARE, level1, f"/students/create-cas/{Route.STUDENT}/new/"),
            FILLED_FORM: browser(settings.MIDDLEWARE, level1, f"/students/cas/{unassigned.pk}/edit/"),
        },
        [Goal(NEW_FORM, LIST, at_most=2), Goal(FILLED_FORM, LIST, at_most=2)],
    )


def bare_list(request: HttpRequest) -> HttpResponse:
    """Render the list by the shortest way: the same queries and template, with constants for the rest of the page."""
    mine = CAS.objects.filter(licence_id=request.user.licence_id)
    found = tallies_by("status", mine, {"": IN_REACH, **dict.fromkeys(CASStatus.values, ROUGHLY)})
    page = {
        "request": request,
        "csrf_input": "",
        "messages": (),
        "wanted": "",
        "counts": found,
        "headings": headings(request),
        "rows": CAS.objects.listed(mine.order_by("-pk")[:A_PAGE]),
        **_around_the_list(),
    }
    return HttpResponse(engines["jinja2"].env.get_template("cas/list.html").render(page))


@cache
def _around_the_list() -> dict[str, Any]:
    """Return the rest of the page: links to other pages of the list, the navigation, and the time left."""
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
