"""A million CAS against a hundred thousand: how times grow with the number of rows (goal P11).

The contestants are three kinds of query or page: the first rows that each search of `search` finds; page 1 and the last
page of a list; and the list as a whole page, as in `pages`. Each runs on the database of this run and on one of 100,000
CAS on the same server, which is made the first time. Both have the same sponsors, each a tenth as large in the smaller
database: a name that finds 2,000 CAS here finds 200 there. A contestant that uses the smaller database reads nothing
from the large one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from django.conf import settings

from benchmarks.databases import smaller
from benchmarks.parts import search
from benchmarks.races import Count, Goal, Race
from benchmarks.sites import browser, people
from cas.finding.listing import A_PAGE
from sms.core.limits import IN_REACH

BESIDE = 100_000  # CAS in the smaller database

LARGE, SMALL = "of all", f"of {BESIDE:,}"


def prepare() -> Iterator[Race | Count]:
    here = asked()
    with smaller():
        there = asked()
    for name, ask in here.items():
        large, small = f"{name}, {LARGE}", f"{name}, {SMALL}"
        contestants = {large: ask, small: partial(in_smaller, there[name])}
        yield Race(contestants, [Goal(large, small, at_most=1.3)], seconds=15)


def asked() -> dict[str, Callable[[], Any]]:
    """Return the queries and pages to time, by name, for the current database."""
    level1, _ = people()
    rows = {name: search.by_the_portal(level1, sought) for name, sought in search.searches(level1).items()}
    return {
        **rows,
        search.FIRST: search.page(level1, 0),
        search.LAST: search.page(level1, IN_REACH // A_PAGE - 1),
        "the list": browser(settings.MIDDLEWARE, level1, "/students/cas/"),
    }


def in_smaller(ask: Callable[[], Any]) -> Any:
    with smaller():
        return ask()
