"""Warnings about the details of a CAS: values that are allowed but may be a mistake or a problem for the student.

Each warning is a function of the values and the rules of the day. It yields the name of a field and a sentence. The
values also hold the `Limits` of the sponsor, which are not fields. A warning is about a CAS that is not assigned, and
never stops anything.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date as Date
from decimal import Decimal
from typing import Any

from cas.details import conditions as when
from cas.details.choices import Attendance, LevelComparison, LivingArrangements
from cas.details.codes import CEFR, rqf
from cas.keys import matches_nothing
from cas.rules import Rules
from cas.validity import VALID_MONTHS, expiry_date
from licences.routes import Route
from sms.core.govuk import formats
from sms.core.partial_dates import PartialDate

LONGEST_COURSE = 10  # years, beyond which a slip of the finger is likelier
LEAST_HOURS = 15  # a week, below degree level
SELT_SCORES = ("selt_speaking", "selt_listening", "selt_reading", "selt_writing")
VISA_BRAKE = (
    "At present the Home Office refuses entry clearance from abroad for this nationality, whenever the CAS was "
    "assigned. An application made in the UK is not affected. The fee and the place do not come back"
)

Values = Mapping[str, Any]
Found = Iterator[tuple[str, str]]


def warnings(values: Values, rules: Rules) -> list[tuple[str, str]]:
    """Return the name of a field and a sentence for each warning about checked values, by the rules of a day."""
    return [warning for about in WARNINGS for warning in about(values, rules)]


def _course_dates(values: Values, rules: Rules) -> Found:
    start, end = values.get("course_start_date"), values.get("course_end_date")
    latest = values.get("latest_acceptance_date")
    if isinstance(start, Date):
        if start < rules.day:
            yield "course_start_date", "The course start date is in the past"
        elif start > (valid_until := expiry_date(rules.day)):
            today = f"A CAS assigned today is valid until {formats.day(valid_until)}"
            yield "course_start_date", f"The course starts in more than {VALID_MONTHS} months. {today}"
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
    most, least = _age_of(born.earliest, rules.day), _age_of(born.latest, rules.day)
    if values.get("route") == Route.STUDENT and most < rules.student_least_age:
        yield "date_of_birth", f"A Student must be {rules.student_least_age} or over"
    if values.get("route") == Route.CHILD_STUDENT and most < rules.child_least_age:
        yield "date_of_birth", f"A Child Student must be {rules.child_least_age} or over"
    if values.get("route") == Route.CHILD_STUDENT and least > rules.child_most_age:
        yield "date_of_birth", f"A Child Student must be {rules.child_most_age} or under"


def _age_of(born: Date, day: Date) -> int:
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def _young_child(values: Values, rules: Rules) -> Found:
    """Warn of work and of living alone, if the child is certainly too young for every day that the date can mean."""
    born = values.get("date_of_birth")
    if values.get("route") != Route.CHILD_STUDENT or not isinstance(born, PartialDate):
        return
    if _age_of(born.earliest, rules.day) >= rules.child_least_age_alone:
        return
    if values.get("has_work_placement"):
        yield "has_work_placement", f"A Child Student under {rules.child_least_age_alone} cannot do a work placement"
    if values.get("living_arrangements") == LivingArrangements.INDEPENDENT:
        yield "living_arrangements", f"A Child Student under {rules.child_least_age_alone} cannot live independently"


def _level(values: Values, rules: Rules) -> Found:
    level, route = values.get("academic_level"), values.get("route")
    if route == Route.CHILD_STUDENT and rqf(level) > 3:
        yield "academic_level", "A Child Student's course is usually at RQF level 3 or below"
    if level and values.get("attendance") == Attendance.PART_TIME and not when.FROM_RQF_7.holds(values):
        yield "attendance", "A part-time course must be at RQF level 7 or above"
    hours = values.get("hours_per_week")
    if (
        route == Route.STUDENT
        and when.BELOW_RQF_6.holds(values)
        and isinstance(hours, Decimal)
        and 0 < hours < LEAST_HOURS
    ):
        yield "hours_per_week", f"A course below degree level must have at least {LEAST_HOURS} hours of study each week"


def _comparison(values: Values, rules: Rules) -> Found:
    if _contradicts_levels(values):
        yield "level_comparison", "This does not match the 2 academic levels. Check which is higher"


def _contradicts_levels(values: Values) -> bool:
    """Return whether the comparison with the previous course contradicts the RQF levels of the two courses."""
    this, previous = rqf(values.get("academic_level")), rqf(values.get("previous_academic_level"))
    if not this or not previous or values.get("has_previous_uk_study") is not True:
        return False
    if this == previous:  # the new course may still be higher: RQF 6 covers two SCQF levels
        return values.get("level_comparison") == LevelComparison.LOWER
    expected = LevelComparison.HIGHER if this > previous else LevelComparison.LOWER
    return values.get("level_comparison") not in {None, "", expected}


def _english(values: Values, rules: Rules) -> Found:
    level, score = values.get("academic_level"), values.get("english_level_attained")
    is_asked = when.SELT.holds(values) or when.ASSESSED_BY_PROVIDER.holds(values)
    if is_asked and level and score and CEFR.index(score) < CEFR.index(least := _least_english(level)):
        yield "english_level_attained", f"A course at this level needs CEFR level {least}"
    if when.ASSESSED_BY_PROVIDER.holds(values) and not score:
        yield "english_level_attained", "The English language level that your institution assessed is not given"
    if when.SELT.holds(values):
        for name in SELT_SCORES:
            if not values.get(name):
                yield name, f"The {name.removeprefix('selt_')} result of the SELT is not given"


def _least_english(level: object) -> str:
    """Return the least level of English for a course (Appendix Student): B2 from RQF level 6, otherwise B1."""
    return "B2" if rqf(level) >= 6 else "B1"


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
    if not isinstance(share, int) or not values.get("academic_level") or not when.WITH_PLACEMENT.holds(values):
        return
    kind = "below" if when.BELOW_RQF_6.holds(values) else "from"
    most = values.get(f"placement_most_{kind}_rqf_6", share)
    if share > most:
        sentence = f"More than {most}% of the course on placement is permitted only if UK law requires it"
        yield "placement_percent", sentence


WARNINGS = (
    _course_dates,
    _remote_delivery,
    _visa_brake,
    _no_need_of_a_cas,
    _age,
    _young_child,
    _level,
    _comparison,
    _english,
    _fees,
    _document,
    _placement,
)
