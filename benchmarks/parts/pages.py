"""The list of CAS (goal P9), and the other main pages compared with it (P12), as the portal serves them.

All requests come from a Level 1 user of the sponsor with the most CAS. They go through the WSGI handler, signed in,
with warm caches.

The floor of the list is a bare view: the same template, user and queries, without any other part of the portal except
the session and the user.

Each other page is compared with the list by processor time, on PostgreSQL without that of the database server. `the
search` is the screen on which a user enters what to search for, and `a search's list` is the list that it leads to. The
batch has 100 CAS that are ready to be assigned. Its page must take as many statements as that of a batch of one CAS.
`assigning the batch` is `Confirm assignment of batch`.
There are 20 students on each list to check. A rollback removes all this afterwards.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import cache, partial
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from benchmarks.orders import allocation
from benchmarks.parts.search import PREFIX
from benchmarks.races import Count, Goal, Race
from benchmarks.sites import BARE_MIDDLEWARE, browser, connection_kept, people
from cas.finding.listing import A_PAGE, headings
from cas.finding.marking import Marked, Marking
from cas.lifecycle import CASStatus
from cas.models import CAS, Batch
from licences.models import StoredSearch, User
from licences.routes import Route
from sms.core import clock, triggers
from sms.core.counting import tallies_by
from sms.core.limits import IN_REACH, ROUGHLY

LIST = "the list"
BARE = "a bare view"
BATCH = "a batch of 100"
CONFIRM = "assigning the batch"
FORMS = ("the form of a new CAS", "the form, filled")


def prepare() -> Iterator[Race | Count]:
    level1, caseworker = people()
    ask = partial(browser, settings.MIDDLEWARE, level1)
    the_list = ask(reverse("cas_list"))
    yield Count("statements of the list", statements(the_list), at_most=5)
    yield Race({LIST: the_list, BARE: browser(BARE_MIDDLEWARE, level1, "/bare/")}, [Goal(LIST, BARE, at_most=1.15)])
    with connection_kept(), transaction.atomic():
        allocation(level1.sponsor, by=caseworker)
        let_be_due(level1)
        let_batches_be_found()
        batches = {size: batch_of(level1, size) for size in (1, 100)}
        pages = {name: ask(address) for name, address in addresses(level1, batches[100]).items()}
        of_one = statements(ask(reverse("batch", args=[batches[1].pk])))
        for name, page in pages.items():
            yield Count(f"statements of {name}", statements(page), at_most=of_one if name == BATCH else None)
        for name, page in pages.items():
            most = 2 if name in FORMS else 1.3
            yield Race({name: page, LIST: the_list}, [Goal(name, LIST, at_most=most, of_processor=True)], seconds=20)
        transaction.set_rollback(True)


def addresses(user: User, batch: Batch) -> dict[str, str]:
    """Return the addresses of the main pages, by name."""
    mine = CAS.objects.for_user(user).filter(route=Route.STUDENT, batch=None)
    assigned = mine.exclude(number=None).latest("pk").pk
    unassigned = mine.filter(status=CASStatus.READY_TO_GO).latest("pk").pk
    found = StoredSearch.objects.keep("any", {"family_name": [PREFIX]}, by=user)
    return {
        FORMS[0]: reverse("create_cas", args=[Route.STUDENT]),
        FORMS[1]: reverse("edit_cas", args=[unassigned]),
        "home": reverse("students"),
        "sponsorship duties": reverse("sponsorship_duties"),
        "the search": reverse("search_cas"),
        "a search's list": reverse("found_cas", args=[found.key]),
        "an assigned CAS": reverse("cas", args=[assigned]),
        "an unassigned CAS": reverse("cas", args=[unassigned]),
        "a CAS, saved": reverse("saved_cas", args=[unassigned]),
        "assign": reverse("assign_cas", args=[unassigned]),
        BATCH: reverse("batch", args=[batch.pk]),
        CONFIRM: reverse("assign_batch", args=[batch.pk]),
    }


def batch_of(user: User, size: int) -> Batch:
    """Return a new batch of CAS that the user's sponsor has already, which are ready to be assigned."""
    batch = Batch.objects.add(f"{size} CAS", route=Route.STUDENT, by=user)
    loose = CAS.objects.for_user(user).filter(route=Route.STUDENT, batch=None, status=CASStatus.READY_TO_GO)
    some = list(loose.order_by("-pk").values_list("pk", flat=True)[1 : size + 1])  # `addresses` needs the newest
    CAS.objects.filter(pk__in=some).update(batch=batch, owner=user)
    return batch


def let_batches_be_found() -> None:
    """Let SQLite expect 500 CAS in a batch. The invented CAS are in none, so it would expect all CAS in each."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("UPDATE sqlite_stat1 SET stat = '1000000 500' WHERE idx LIKE 'cas_cas_batch_id%'")
            cursor.execute("ANALYZE sqlite_schema")


def let_be_due(user: User) -> None:
    """Put 20 CAS on each list of students to check. No verb of the portal does that to a CAS that is assigned."""
    today, day = clock.today(), timedelta(days=1)
    live = CAS.objects.for_user(user).filter(status=CASStatus.ASSIGNED).order_by("-pk")
    triggers.drop(connection)
    CAS.objects.filter(pk__in=list(live.values_list("pk", flat=True)[:20])).update(
        course_start_date=today - 300 * day,
        latest_acceptance_date=today - 290 * day,
        course_end_date=today - 20 * day,
        expires_on=today + 10 * day,
    )
    triggers.install(connection)


def statements(page: Callable[[], object]) -> int:
    """Return how many statements the page takes, after a first request, which also records the time of its session."""
    page()
    with CaptureQueriesContext(connection) as captured:
        page()
    return len(captured)


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
        "page_sizes": [(str(number), f"?rows={number}") for number in (25, 50, 100)],
        "marking": Marking(Marked(), "all:", "", "?"),
        "navigation": [{"text": "Students", "href": "/students/", "current": False, "active": True}],
        "help_address": "/help/find-and-print-cas/#step-4",
        "time_out": {"left": 1200, "warned": 120, "is_final": False},
        "csp_nonce": "",
    }
