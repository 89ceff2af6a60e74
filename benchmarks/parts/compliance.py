"""The compliance page of the sponsor with the most CAS (goal P13).

The sponsor has about 200,000 of a million CAS. The rows of `benchmarks/rows.py` have no reports, so this part makes
some for as long as it runs: about one in five of the CAS that were granted lately has one. The portal's figures, and
the whole page, are compared with one statement that was written by hand and counts the same CAS by month. The page of a
rate by course, nationality and agent is compared with one statement that counts the same groups.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from random import Random
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from benchmarks.races import Count, Goal, Race
from benchmarks.sites import browser, connection_kept, people
from cas.models import CAS
from licences.models import User
from sms.core import clock
from sponsorship_duties.activity_types import CountsAs
from sponsorship_duties.compliance.assessment import assess
from sponsorship_duties.compliance.breakdown import DIMENSIONS, breakdown
from sponsorship_duties.compliance.metrics import METRICS
from sponsorship_duties.compliance.rates import Period
from sponsorship_duties.models import Activity, ActivityReason, ActivityType

PAGE = "/students/sponsorship-duties/compliance/"
FIGURES, WHOLE, GROUPS = "the figures by the portal", "the page", "the page of a rate by course, nationality and agent"
HAND, HAND_GROUPS = "the figures by hand", "the groups by hand"

# How many of a hundred granted CAS have a standing report that counts as each. "" is a graduate notification.
SHARES = {"": 12, CountsAs.NOT_COMPLETED: 4, CountsAs.NOT_ENROLLED: 2, CountsAs.COMPLETED: 1, CountsAs.LEFT_OUT: 1}

# What the reports of the sponsor say about each CAS that has one.
REPORTED = """
WITH reported AS (
    SELECT activity.cas_id,
        MAX(CASE WHEN reason.counts_as = 'NOT_ENROLLED' THEN 1 ELSE 0 END) AS not_enrolled,
        MAX(CASE WHEN reason.counts_as = 'NOT_COMPLETED' THEN 1 ELSE 0 END) AS not_completed,
        MAX(CASE WHEN reason.counts_as = 'COMPLETED' OR activity.is_standing_graduation THEN 1 ELSE 0 END) AS completed,
        MAX(CASE WHEN reason.counts_as = 'LEFT_OUT' AND activity.happened_on >= %s THEN 1 ELSE 0 END) AS is_delayed
    FROM sponsorship_duties_activity AS activity
    JOIN sponsorship_duties_activitytype AS kind ON kind.id = activity.type_id AND NOT kind.is_withdrawal
    LEFT JOIN sponsorship_duties_activityreason AS reason ON reason.id = activity.reason_id
    LEFT JOIN sponsorship_duties_activity AS withdrawal ON withdrawal.withdraws_id = activity.id
    WHERE activity.licence_id = %s AND withdrawal.id IS NULL
    GROUP BY activity.cas_id
)
"""

# The part of each CAS in a rate, and the condition that it is about the rate. Only USED CAS have a decision; that they
# have a number lets the database use an index of the assigned.
PART = {
    "refusal": (
        "CASE WHEN reviewed_on IS NOT NULL THEN 'left-out' WHEN outcome = 'REFUSED' THEN 'failed' ELSE 'passed' END",
        "decided_on BETWEEN %s AND %s",
    ),
    "enrolment": (
        "CASE WHEN is_delayed = 1 THEN 'left-out' WHEN not_enrolled = 1 THEN 'failed' ELSE 'passed' END",
        "outcome = 'GRANTED' AND number IS NOT NULL AND course_start_date BETWEEN %s AND %s",
    ),
    "completion": (
        """CASE WHEN is_delayed = 1 OR not_enrolled = 1 THEN 'left-out'
        WHEN not_completed = 1 AND completed = 0 THEN 'failed' ELSE 'passed' END""",
        "outcome = 'GRANTED' AND number IS NOT NULL AND course_end_date BETWEEN %s AND %s",
    ),
}


def prepare() -> Iterator[Race | Count]:
    level1, _ = people()
    with connection_kept(), transaction.atomic():
        report(level1)
        page = browser(settings.MIDDLEWARE, level1, PAGE)
        with CaptureQueriesContext(connection) as captured:
            page()
        yield Count("statements of the page", len(captured), at_most=20)
        contestants = {FIGURES: figures(level1), WHOLE: page, HAND: by_hand(level1)}
        goals = [Goal(WHOLE, HAND, at_most=3), Goal(FIGURES, HAND, at_most=3)]
        yield Race(contestants, goals, seconds=60)
        yield Race(
            {GROUPS: groups(level1), HAND_GROUPS: groups_by_hand(level1)},
            [Goal(GROUPS, HAND_GROUPS, at_most=3)],
            seconds=60,
        )
        transaction.set_rollback(True)


def report(user: User, *, seed: int = 1) -> None:
    """Make reports about some of the sponsor's CAS that were granted and whose course began in the last two years."""
    random, today = Random(seed), clock.today()
    reasons = {each.counts_as: each for each in ActivityReason.objects.select_related("type")}
    graduation = ActivityType.objects.graduation()
    rows = CAS.objects.for_user(user).filter(outcome="GRANTED", course_start_date__gte=today - timedelta(days=730))
    granted = rows.order_by("pk").values_list("pk", flat=True)
    drawn = random.choices([*SHARES, None], [*SHARES.values(), 100 - sum(SHARES.values())], k=granted.count())
    Activity.objects.bulk_create(
        (
            Activity(
                licence_id=user.licence_id,
                cas_id=pk,
                type=reasons[counts_as].type if counts_as else graduation,
                type_name="Report",
                reason=reasons[counts_as] if counts_as else None,
                happened_on=today + timedelta(days=random.randint(-300, 30)) if counts_as else None,
                details="As agreed" if counts_as else "",
                is_standing_graduation=not counts_as,
                is_late=False,
                is_before_assignment=False,
                by=user,
                at=clock.now(),
                reported_on=today,
            )
            for pk, counts_as in zip(granted, drawn, strict=True)
            if counts_as is not None
        ),
        batch_size=2000,
    )
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {Activity._meta.db_table}")


def figures(user: User) -> Callable[[], dict[str, Any]]:
    """Return a function that computes the figures of the page, as the portal does."""
    return lambda: assess(CAS.objects.for_user(user)).counts


def by_hand(user: User) -> Callable[[], list[tuple[Any, ...]]]:
    """Return a function that counts the parts of each rate by month, in one statement."""
    month = "to_char({}, 'YYYY-MM')" if connection.vendor == "postgresql" else "substr({}, 1, 7)"
    selects = []
    for name, (part, about) in PART.items():
        by = month.format(METRICS[name].day)
        reported = "" if name == "refusal" else "LEFT JOIN reported ON cas_id = cas_cas.id "
        selects.append(
            f"SELECT '{name}', {by}, {part}, COUNT(*) FROM cas_cas {reported}"
            f"WHERE licence_id = %s AND {about} GROUP BY 1, 2, 3"
        )
    return _asking(user, REPORTED + " UNION ALL ".join(selects), times=len(selects))


def groups(user: User) -> Callable[[], list[Any]]:
    """Return a function that counts the CAS of a rate by course, nationality and agent, as the portal does."""

    def ask() -> list[Any]:
        mine, day = CAS.objects.for_user(user), clock.today()
        metric, period = METRICS["completion"], Period.before(clock.today())
        return [breakdown(each, metric, mine, period, day) for each in DIMENSIONS.values()]

    return ask


def groups_by_hand(user: User) -> Callable[[], list[tuple[Any, ...]]]:
    """Return a function that counts the same in one statement."""
    part, about = PART["completion"]
    keys = (
        "course_key, CASE WHEN course_key <> '' THEN '' ELSE course_title END",
        "nationality, ''",
        "CAST(agent_id AS TEXT), CASE WHEN agent_id IS NOT NULL THEN '' ELSE agent_name END",
    )
    selects = [
        f"SELECT {number}, {key}, {part}, COUNT(*), MIN(cas_cas.id) FROM cas_cas "
        f"LEFT JOIN reported ON cas_id = cas_cas.id WHERE licence_id = %s AND {about} GROUP BY 2, 3, 4"
        for number, key in enumerate(keys)
    ]
    return _asking(user, REPORTED + " UNION ALL ".join(selects), times=len(selects))


def _asking(user: User, sql: str, *, times: int) -> Callable[[], list[tuple[Any, ...]]]:
    today: date = clock.today()
    params = [today, user.licence_id, *[user.licence_id, *Period.before(today)] * times]

    def ask() -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(sql, params)
            return cursor.fetchall()

    return ask
