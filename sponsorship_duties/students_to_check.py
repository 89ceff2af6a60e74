"""*Students to check*: lists of CAS about which a report may be due (specification, section 8).

A CAS leaves a list when activity is reported, when a user selects *Nothing to report*, or when it no longer meets the
conditions of the list.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from django.db.models import DateField, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Greatest

from cas.columns import IDENTITY, full_name, label_of
from cas.lifecycle import CASStatus, Outcome
from cas.models import CAS
from cas.models.queryset import CASQuerySet
from licences.scoping import Person, Reach
from sms.core import clock
from sms.core.counting import Tally, prepared
from sms.core.govuk.formats import Name
from sms.core.limits import ROUGHLY
from sms.core.partial_dates import PartialDate
from sms.core.prepared import reading
from sponsorship_duties.deadlines import due_on
from sponsorship_duties.models import Activity, NothingToReport

SOON = timedelta(days=30)  # a CAS is about to expire this long before its expiry date
LOOKED_BACK = timedelta(days=90)  # courses of USED CAS that started, or that ended, this long ago are still listed


@dataclass(frozen=True)
class Check:
    """A list. `rows` selects the CAS on it today, and annotates each with a date `since`.

    `due` returns the day by which a CAS must be checked, from its `since`. `short` follows the number of CAS on
    `Students`. A list that `has_graduates` offers the graduate notification.
    """

    name: str
    heading: str
    why: str
    since_label: str
    short: str
    rows: Callable[[CASQuerySet, date], CASQuerySet]
    due: Callable[[date], date]
    has_graduates: bool = False

    def of(self, user: Person) -> CASQuerySet:
        """Return the CAS on this user's list, earliest due first."""
        return self.on(clock.today(), user)

    def on(self, today: date, user: Person) -> CASQuerySet:
        """Return the CAS on this user's list of that day, earliest due first."""
        said = NothingToReport.objects.standing().filter(cas=OuterRef("pk"), check_name=self.name)
        rows = self.rows(CAS.objects.for_user(user), today).filter(~Exists(said))
        return rows.order_by(F("since"), "pk")


def _standing(**more: object) -> QuerySet[Activity]:
    return Activity.objects.filter(cas=OuterRef("pk"), **more).standing()


def _not_started(mine: CASQuerySet, today: date) -> CASQuerySet:
    """Return the ASSIGNED CAS whose latest date for acceptance, or else course start, has passed.

    Any report takes a CAS off the list, but a report of a delay only until its date.
    """
    return _expected_before(today, mine.filter(status=CASStatus.ASSIGNED, course_start_date__lt=today))


def _visa_granted(mine: CASQuerySet, today: date) -> CASQuerySet:
    """Return the USED CAS of students who can have come, and of whom nothing is known since the course started."""
    days = (today - LOOKED_BACK, today - timedelta(days=1))
    # The condition on the number lets SQLite use a partial index.
    rows = mine.filter(number__isnull=False, status=CASStatus.USED, outcome=Outcome.GRANTED)
    return _expected_before(today, rows.filter(course_start_date__range=days))


def _expected_before(today: date, rows: CASQuerySet) -> CASQuerySet:
    """Return the CAS whose students were expected before today, without any report but delays until such a day."""
    delays = _standing(type__is_delay=True).order_by("-happened_on").values("happened_on")[:1]
    start = Coalesce("latest_acceptance_date", "course_start_date", output_field=DateField())
    delayed = Coalesce(Subquery(delays), start, output_field=DateField())
    since = Greatest(start, delayed, output_field=DateField())
    return rows.filter(~Exists(_standing(type__is_delay=False))).annotate(since=since).filter(since__lt=today)


def _about_to_expire(mine: CASQuerySet, today: date) -> CASQuerySet:
    """Return the CAS that expire soon, unless an application was recorded or sponsorship has ended."""
    rows = mine.expiring_by(today + SOON).filter(~Exists(_standing(type__is_end_of_sponsorship=True)), applied_on=None)
    return rows.annotate(since=F("expires_on"))


def _ended(mine: CASQuerySet, today: date) -> CASQuerySet:
    """Return the CAS whose course ended recently, unless sponsorship has ended.

    A USED CAS that was granted leaves the list only by a graduate notification, even if it was made before the course
    ended. Another CAS, about which none can be made, leaves it by any report since the course ended.
    """
    days = (today - LOOKED_BACK, today - timedelta(days=1))
    # The condition on the number lets SQLite use a partial index.
    assigned = mine.filter(number__isnull=False, course_end_date__range=days)
    rows = assigned.filter(status__in=[CASStatus.ASSIGNED, CASStatus.USED])
    stopped = Exists(_standing(type__is_end_of_sponsorship=True))
    notified = Exists(_standing(is_standing_graduation=True))
    reported = Exists(_standing(reported_on__gt=OuterRef("course_end_date")))
    can_be_notified = Q(status=CASStatus.USED, outcome=Outcome.GRANTED)
    rows = rows.filter(~stopped, ~notified).filter(can_be_notified | Q(~reported))
    return rows.annotate(since=F("course_end_date"))


CHECKS = {
    check.name: check
    for check in (
        Check(
            "not-started",
            "Course started, nothing reported",
            "ASSIGNED CAS past the latest date for acceptance, the course start or the expected enrolment date that "
            "was reported. If the student did not enrol, report it within 10 working days.",
            "Expected by",
            "CAS past the course start without a report",
            _not_started,
            due_on,
        ),
        Check(
            "visa-granted",
            "Visa granted, nothing reported",
            "USED CAS whose application was granted and whose course started in the last 90 days. If the student did "
            "not enrol, report it within 10 working days. If the student did, select Nothing to report.",
            "Expected by",
            "USED CAS past the course start without a report",
            _visa_granted,
            due_on,
        ),
        Check(
            "expiring",
            "About to expire",
            "ASSIGNED CAS that expire within 30 days, without an application. A student who has not applied by "
            "the expiry date needs a new CAS.",
            label_of("expires_on"),
            "CAS about to expire",
            _about_to_expire,
            lambda day: day,
        ),
        Check(
            "ended",
            "Course ended, no graduate notification",
            "ASSIGNED and USED CAS whose course ended in the last 90 days. Report the students who completed it by a "
            "graduate notification.",
            label_of("course_end_date"),
            "CAS whose course ended, without a graduate notification",
            _ended,
            due_on,
            has_graduates=True,
        ),
    )
}


class Shown(NamedTuple):
    """The columns of a CAS that the lists show."""

    pk: int
    status: str
    number: str
    family_name: str
    given_names: str
    date_of_birth: PartialDate | None
    applicant_id: str
    course_title: str
    owner_name: str

    @property
    def student_name(self) -> Name:
        return full_name(self.family_name, self.given_names)


SHOWN = ("pk", "status", "number", "family_name", "given_names", *IDENTITY, "course_title", "owner__name", "since")
A_FEW = 5


def first(check: Check, user: Person) -> list[tuple[Any, ...]]:
    """Return the columns `SHOWN` of the first few CAS on a list of this user."""
    return _reading_first(check.name, Reach.of(user), clock.today())()


@lru_cache(maxsize=2000)
def _reading_first(name: str, reach: Reach, today: date) -> Callable[[], list[tuple[Any, ...]]]:
    """Return a function that reads the first few CAS on a list. Kept, because users open these lists all the time."""
    return reading(CHECKS[name].on(today, reach).values_list(*SHOWN)[:A_FEW])


def counts(user: Person) -> dict[str, Tally]:
    """Return the number of CAS on each list of this user, in one statement."""
    return _counting(Reach.of(user), clock.today())()


@lru_cache(maxsize=500)
def _counting(reach: Reach, today: date) -> Callable[[], dict[str, Tally]]:
    """Return a function that counts the CAS on each list. Kept, because home counts them each time that it is shown."""
    return prepared({check.name: (check.on(today, reach), ROUGHLY) for check in CHECKS.values()}, has_first=True)
