"""Find the CAS of graduates: those to choose from, and those of a pasted list (specification, section 8)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from dateutil.relativedelta import relativedelta
from django.db.models import Exists, OuterRef

from cas.keys import text_key
from cas.lifecycle import CASStatus, Outcome
from cas.models import CAS
from cas.models.queryset import CASQuerySet
from licences.models import User
from sms.core import clock
from sponsorship_duties import refusals
from sponsorship_duties.chosen import Chosen, Way, divided
from sponsorship_duties.models import Activity
from sponsorship_duties.models.graduating import why_not_notify_each

LOOKED_BACK, LOOKED_AHEAD = relativedelta(months=12), relativedelta(months=1)  # of the course end, unless users ask

GRADUATION = Way(
    lambda cas: (cas.status, cas.outcome) == (CASStatus.USED, Outcome.GRANTED),
    why_not_notify_each,
    refusals.GRADUATE_OF_SEVERAL_CAS,
)


def to_notify(user: User, *, since: date | None = None, until: date | None = None, course_id: str = "") -> CASQuerySet:
    """Return the CAS about which a graduate notification can be made, the last end of a course first.

    `since` and `until` limit the course end date. Without them, the courses ended in the last 12 months, or end within
    a month.
    """
    today = clock.today()
    rows = CAS.objects.for_user(user).filter(
        number__isnull=False,  # lets SQLite use a partial index
        status=CASStatus.USED,
        outcome=Outcome.GRANTED,
        course_end_date__gte=since or today - LOOKED_BACK,
        course_end_date__lte=until or today + LOOKED_AHEAD,
    )
    notified = Activity.objects.filter(cas=OuterRef("pk"), is_standing_graduation=True)
    found: CASQuerySet = rows.filter(~Exists(notified)).order_by("-course_end_date", "-pk")
    return found.filter(course_key=text_key(course_id)) if course_id else found


def sorted_out(asked: Mapping[str, list[str]], user: User) -> Chosen:
    """Divide the selected CAS, or those of a pasted list, into those to report and those left out."""
    return divided(asked, user, GRADUATION)
