"""Warnings about the details of a CAS: values that are allowed but may be a mistake or a problem for the student.

Each warning is a function of the values and the rules of the day. It yields the name of a field and a sentence. The
values also hold `sponsor_status` and `is_assigned`, which are not fields. A warning never stops anything.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date as Date
from decimal import Decimal
from typing import Any

from dateutil.relativedelta import relativedelta

from cas.details import conditions as when
from cas.details.choices import AcademicLevel, Attendance, LevelComparison, ReasonSELTNotRequired
from cas.keys import matches_nothing
from cas.rules import Rules
from cas.validity import expiry_date
from licences.routes import Route
from sms.core.govuk import formats
from sms.core.partial_dates import PartialDate

LONGEST_COURSE = 10  # years, beyond which a slip of the finger is likelier
LEAST_HOURS = 15  # a week, below degree level
MONTHS_AHEAD = 6
VISA_BRAKE = (
    "At present the Home Office refuses entry clearance from abroad for this nationality, whenever the CAS was "
    "assigned. An application made in the UK is not affected. The fee and the place do not come back"
)

_RANKS = {level.value: rank for rank, level in enumerate(AcademicLevel) if level.name.startswith("RQF")}

Values = Mapping[str, Any]
Found = Iterator[tuple[str, str]]


def warnings(values: Values, rules: Rules) -> list[tuple[str, str]]:
    """Return the name of a field and a sentence for each warning about checked values, by the rules of a day."""
    return [warning for about in WARNINGS for warning in about(values, rules)]


def _course_dates(values: Values, rules: Rules) -> Found:
    start, end = values.get("course_start_date"), values.get("course_end_date")
    latest = values.get("latest_acceptance_date")
    if isinstance(start, Date) and not values.get("is_assigned"):
        if start < rules.day:
            yield "course_start_date", "The course start date is in the past"
        elif start > rules.day + relativedelta(months=MONTHS_AHEAD):
            today = f"A CAS assigned today is valid until {formats.day(expiry_date(rules.day))}"
            yield "course_start_date", f"The course starts in more than {MONTHS_AHEAD} months. {today}"
    if isinstance(start, Date) and isinstance(end, Date) and end.year - start.year > LONGEST_COURSE:
        yield "course_end_date", f"The course lasts more than {LONGEST_COURSE} years"
    if isinstance(latest, Date) and isinstance(end, Date) and latest > end:
        yield "latest_acceptance_date", "The latest date for acceptance is after the course ends"


def _remote_delivery(values: Values, rules: Rules) -> Found:
    share = values.get("remote_delivery_percent")
    if not isinstance(share, int):
        return
    if share > rules.remote_most:
        yield "remote_delivery_percent", f"More than {rules.remote_most}% of remote delivery is not permitted"
    elif share > rules.remote_warned:
        sentence = f"More than {rules.remote_warned}% of remote delivery needs the Home Office's permission"
        yield "remote_delivery_percent", sentence


def _visa_brake(values: Values, rules: Rules) -> Found:
    if values.get("route") == Route.STUDENT and values.get("nationality") in rules.visa_brake:
        yield "nationality", VISA_BRAKE


def _no_need_of_a_cas(values: Values, rules: Rules) -> Found:
    if values.get("nationality") in {"GBR", "IRL"}:
        yield "nationality", "British and Irish citizens do not need a CAS"


def _age(values: Values, rules: Rules) -> Found:
    """Warn only if the age is certain for every day that a partial date of birth can mean."""
    born = values.get("date_of_birth")
    if not isinstance(born, PartialDate):
        return
    most, least = (relativedelta(rules.day, day).years for day in (born.earliest, born.latest))
    if values.get("route") == Route.STUDENT and most < rules.student_least_age:
        yield "date_of_birth", f"A Student must be {rules.student_least_age} or over"
    if values.get("route") == Route.CHILD_STUDENT and most < rules.child_least_age:
        yield "date_of_birth", f"A Child Student must be {rules.child_least_age} or over"
    if values.get("route") == Route.CHILD_STUDENT and least > rules.child_most_age:
        yield "date_of_birth", f"A Child Student must be {rules.child_most_age} or under"


def _level(values: Values, rules: Rules) -> Found:
    level, route = values.get("academic_level"), values.get("route")
    if route == Route.CHILD_STUDENT and _RANKS.get(str(level), 0) > _RANKS[AcademicLevel.RQF_3]:
        yield "academic_level", "A Child Student's course is usually at RQF level 3 or below"
    if route != Route.STUDENT or not level:
        return
    if values.get("attendance") == Attendance.PART_TIME and not when.POSTGRADUATE.holds(values):
        yield "attendance", "A part-time course must be at RQF level 7 or above"
    hours = values.get("hours_per_week")
    if when.BELOW_DEGREE.holds(values) and isinstance(hours, int) and hours < LEAST_HOURS:
        yield "hours_per_week", f"A course below degree level must have at least {LEAST_HOURS} hours of study each week"


def _comparison(values: Values, rules: Rules) -> Found:
    if _contradicts_levels(values):
        yield "level_comparison", "This does not match the 2 academic levels. Check which is higher"


def _contradicts_levels(values: Values) -> bool:
    """Return whether the comparison with the previous course contradicts the RQF levels of the two courses."""
    this = _RANKS.get(str(values.get("academic_level")))
    previous = _RANKS.get(str(values.get("previous_academic_level")))
    if this is None or previous is None or values.get("has_previous_uk_study") is not True:
        return False
    if this == previous:  # the new course may still be higher: RQF 6 covers two SCQF levels
        return values.get("level_comparison") == LevelComparison.LOWER
    expected = LevelComparison.HIGHER if this > previous else LevelComparison.LOWER
    return values.get("level_comparison") not in {None, "", expected}


def _english(values: Values, rules: Rules) -> Found:
    is_assessed = values.get("reason_selt_not_required") == ReasonSELTNotRequired.HE_PROVIDER_ASSESSED
    level, score = values.get("academic_level"), values.get("english_level_attained")
    if score == "B1" and _RANKS.get(str(level), 0) >= _RANKS[AcademicLevel.RQF_6] and not is_assessed:
        yield "english_level_attained", "A course at RQF level 6 or above needs CEFR level B2"


def _fees(values: Values, rules: Rules) -> Found:
    fee, paid = values.get("course_fees_first_year"), values.get("course_fees_paid")
    if isinstance(fee, Decimal) and isinstance(paid, Decimal) and paid > fee:
        yield "course_fees_paid", "The course fees paid are more than the fees of the first year"


def _document(values: Values, rules: Rules) -> Found:
    number = values.get("passport_number")
    if number and matches_nothing(str(number)):
        sentence = "This number cannot identify the student. Enter the number of the passport or travel document"
        yield "passport_number", sentence


def _placement(values: Values, rules: Rules) -> Found:
    share = values.get("placement_percent")
    if not isinstance(share, int) or not values.get("academic_level"):
        return
    is_degree = not when.BELOW_DEGREE.holds(values)
    most = rules.placement_most(values.get("sponsor_status", ""), is_rqf_6_or_above=is_degree)
    if share > most:
        sentence = f"More than {most}% of the course on placement is permitted only if UK law requires it"
        yield "placement_percent", sentence


WARNINGS = (
    _course_dates,
    _remote_delivery,
    _visa_brake,
    _no_need_of_a_cas,
    _age,
    _level,
    _comparison,
    _english,
    _fees,
    _document,
    _placement,
)
