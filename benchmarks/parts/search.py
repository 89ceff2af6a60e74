"""Searching: the queries alone, and very long lists (goals P1 and P2).

First, the queries. A Level 1 user of the sponsor with the most CAS searches. The portal reads the rows of the first
page through the ORM. It is compared with the same rows by SQL that was written by hand for that search alone.

Then, a list of all CAS of the sponsor. The last page that a user can reach is compared with the first. The first page
with its counts, which stop at 10,000 and at 1,000, is compared with the same page with exact counts: one of all CAS,
for the number of pages, and one for each status.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Count as CountOf

from benchmarks.races import Count, Goal, Race
from benchmarks.sites import people
from cas.finding.listing import A_PAGE, NEWEST, counted, in_order
from cas.keys import name_key
from cas.lifecycle import CASStatus
from cas.models import CAS
from cas.models.queryset import CASQuerySet
from cas.models.search_fields import is_in_order
from licences.models import User
from sms.core.counting import Tally, tallies_by
from sms.core.limits import IN_REACH, ROUGHLY

FIRST = "page 1"
LAST = "the last page"
FIRST_COUNTED = "page 1 with its counts"
FIRST_EXACT = "page 1 with exact counts"

PREFIX = "Okon"  # of the family names that are searched for

# A page of a list. The inner query finds the ids, in an order that lets the database find them fastest.
LISTED = """
SELECT cas_cas.id, family_name, given_names, cas_cas.status, cas_cas.number, course_title, course_start_date,
    assigned_on, changed_at, licences_user.name, username, licences_licence.name
FROM (SELECT id FROM cas_cas WHERE licence_id = %s AND {fits} ORDER BY {order} LIMIT {number}) AS page
JOIN cas_cas ON cas_cas.id = page.id
JOIN licences_user ON licences_user.id = cas_cas.owner_id
JOIN licences_licence ON licences_licence.id = cas_cas.licence_id
ORDER BY cas_cas.id DESC
"""
IN_ORDER = "id DESC"  # an index has the ids in this order
SORTED = "-id"  # no index has it: the database finds all ids, which are few, and sorts them


@dataclass(frozen=True)
class Sought:
    """A search, as the form gives it, and as written by hand in SQL, with its parameters."""

    asked: Mapping[str, Any]
    fits: str
    params: tuple[Any, ...]
    order: str = SORTED


def searches(user: User) -> dict[str, Sought]:
    mine = CAS.objects.for_user(user)
    number = mine.exclude(number=None).order_by("pk").values_list("number", flat=True)[0]
    unfinished = [CASStatus.WORK_IN_PROGRESS.value, CASStatus.READY_TO_GO.value]
    owner = mine.order_by("pk").values_list("owner", flat=True)[0]
    known = mine.exclude(passport_number="").latest("pk")
    prefix, after = from_to(PREFIX.lower())
    return {
        "an exact number": Sought({"number": number}, "number = %s", (number,)),
        "a name": Sought({"family_name": PREFIX}, "family_key >= %s AND family_key < %s", (prefix, after)),
        "a name and a status": Sought(
            {"family_name": PREFIX, "status": ["USED"]},
            "family_key >= %s AND family_key < %s AND status = %s",
            (prefix, after, "USED"),
        ),
        "both names in the box": in_the_box(f"{known.given_names.split()[0]} {known.family_name[:4]}"),
        "a passport number in the box": in_the_box(known.passport_number),
        "a status": Sought({"status": ["USED"]}, "status = %s", ("USED",), IN_ORDER),
        "two statuses": Sought({"status": unfinished}, "status IN (%s, %s)", tuple(unfinished)),
        "an owner's of a status": Sought(
            {"owner": owner, "status": ["USED"]}, "owner_id = %s AND status = %s", (owner, "USED"), IN_ORDER
        ),
        "an owner's of two statuses": Sought(
            {"owner": owner, "status": unfinished},
            "owner_id = %s AND status IN (%s, %s)",
            (owner, *unfinished),
        ),
    }


def in_the_box(text: str) -> Sought:
    """Return a search of the box on every page, for all kinds of answer that a text of one or two words can have."""
    first, _, last = map(name_key, text.partition(" "))
    whole, both = name_key(text), [(last, first), (first, last)] if last else []
    begins = "{0}_key >= %s AND {0}_key < %s".format
    fits = ["passport_key = %s", "applicant_key = %s", begins("family"), begins("given")]
    fits += [f"{begins('family')} AND {begins('given')}" for _ in both]
    params = [whole, whole, *from_to(whole), *from_to(whole)]
    params += [each for names in both for name in names for each in from_to(name)]
    return Sought({"anything": text}, f"({' OR '.join(fits)})", tuple(params))


def from_to(prefix: str) -> tuple[str, str]:
    """Return the limits of the keys that begin with `prefix`."""
    return prefix, prefix + "\U0010ffff"


def prepare() -> Iterator[Race | Count]:
    level1, _ = people()
    for name, sought in searches(level1).items():
        ours, raw = f"{name}, by the portal", f"{name}, by hand"
        yield Race(
            {ours: by_the_portal(level1, sought), raw: by_hand(level1, sought)},
            [_goal(ours, raw)],
            seconds=15,
        )
    yield far(level1)
    yield counting(level1)


def _goal(ours: str, raw: str) -> Goal:
    """Return the goal of a search. SQLite finds rows by hand in 0.1 ms, so there it is a time and not a ratio."""
    return Goal(ours, raw, at_most=2.5) if connection.vendor == "postgresql" else Goal(ours, raw, at_most_more=0.7)


def by_the_portal(user: User, sought: Sought) -> Callable[[], list[CAS]]:
    """Return a function that runs the queries of `cas.finding.screens`, without the counts."""
    mine = CAS.objects.for_user(user)
    found = counted(mine.search(sought.asked), "")[""] or Tally(0)

    def ask() -> list[CAS]:
        rows, order = in_order(mine.search(sought.asked), found, is_search=not is_in_order(sought.asked))
        return list(CAS.objects.listed(rows[:A_PAGE], *order))

    return ask


def by_hand(user: User, sought: Sought) -> Callable[[], list[tuple[Any, ...]]]:
    sql = LISTED.format(fits=sought.fits, order=sought.order, number=A_PAGE)

    def ask() -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(sql, [user.licence_id, *sought.params])
            return cursor.fetchall()

    return ask


def far(user: User) -> Race:
    reach = tallies_by("status", CAS.objects.for_user(user), {"": IN_REACH})[""]
    last = (reach.number - 1) // A_PAGE
    return Race({FIRST: page(user, 0), LAST: page(user, last)}, [Goal(LAST, FIRST, at_most=2)], seconds=20)


def page(user: User, number: int) -> Callable[[], list[CAS]]:
    """Return a function that reads a page of all CAS of the user, as the portal does. The first page is number 0."""

    def ask() -> list[CAS]:
        rows = CAS.objects.for_user(user).order_by(*NEWEST)
        return list(CAS.objects.listed(rows[number * A_PAGE : (number + 1) * A_PAGE], *NEWEST))

    return ask


def counting(user: User) -> Race:
    first = page(user, 0)
    return Race(
        {
            FIRST_COUNTED: lambda: (counted_in_reach(CAS.objects.for_user(user)), first()),
            FIRST_EXACT: lambda: (counted_exactly(CAS.objects.for_user(user)), first()),
        },
        [Goal(FIRST_COUNTED, FIRST_EXACT, faster_by=10)],
        seconds=20,
    )


def counted_in_reach(rows: CASQuerySet) -> dict[str, Tally]:
    """Count as the list of all CAS does, up to the limits of its counts."""
    return tallies_by("status", rows, {"": IN_REACH, **dict.fromkeys(CASStatus.values, ROUGHLY)})


def counted_exactly(rows: CASQuerySet) -> dict[str, Tally]:
    by_status = rows.order_by().values_list("status").annotate(CountOf("pk"))
    return {"": Tally(rows.count()), **{status: Tally(number) for status, number in by_status}}
