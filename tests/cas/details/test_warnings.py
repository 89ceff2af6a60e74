"""Warnings about the details of a CAS, by the rules of the day (specification, section 8)."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from cas.declared_rules import RULES, rules_of
from cas.details import fields
from cas.details.warnings import warnings
from licences.sponsor_status import SponsorStatus
from sms.core.partial_dates import PartialDate
from tests.factories import COMPLETE

TODAY = date(2026, 11, 21)
TODAYS_RULES = rules_of(
    TODAY,
    {rule.name: next(rule.first[day] for day in sorted(rule.first, reverse=True) if day <= TODAY) for rule in RULES},
)


def warned(rules=TODAYS_RULES, sponsor_status=SponsorStatus.STUDENT, **values):
    return [name for name, _ in warnings({**values, **vars(rules.limits(sponsor_status))}, rules)]


@pytest.mark.parametrize(
    "values",
    [
        {"route": "STUDENT", "academic_level": "RQF6", "is_dean_certificate_required": False},
        {"route": "STUDENT", "academic_level": "RQF6", "hours_per_week": Decimal("0.0")},
        {"route": "CHILD_STUDENT", "is_atas_required": False, "boarding_fees": Decimal(0)},
    ],
)
def test_no_and_0_give_no_warning_where_they_are_not_asked(values):
    assert [each for each in fields.warnings(values, TODAYS_RULES) if "applies only" in each.sentence] == []
    answered = {name: True if value is False else 5 for name, value in values.items() if not value}
    found = [each.field.name for each in fields.warnings({**values, **answered}, TODAYS_RULES)]
    assert set(answered) <= set(found)


def test_an_ordinary_cas_gives_no_warning():
    dates = {"course_start_date": date(2027, 1, 11), "course_end_date": date(2027, 12, 10)}
    name = {"family_name": "Nguyen", "given_names": "Thi Minh"}
    assert fields.warnings({**COMPLETE, **dates, **name, "route": "STUDENT"}, TODAYS_RULES) == []


def test_a_course_that_has_started_gives_a_warning():
    assert warned(course_start_date=date(2026, 11, 20)) == ["course_start_date"]
    assert warned(course_start_date=TODAY) == []


def test_a_course_more_than_six_months_ahead_gives_a_warning_with_the_last_day_of_a_cas_assigned_today():
    assert warned(course_start_date=date(2027, 5, 21)) == []
    ((name, sentence),) = warnings({"course_start_date": date(2027, 5, 22)}, TODAYS_RULES)
    assert name == "course_start_date"
    assert sentence.endswith("A CAS assigned today is valid until 21 May 2027")


def test_a_latest_acceptance_after_the_end_gives_a_warning():
    dates = {"course_end_date": date(2027, 6, 1), "latest_acceptance_date": date(2027, 6, 2)}
    assert warned(**dates) == ["latest_acceptance_date"]
    assert warned(**{**dates, "latest_acceptance_date": date(2027, 6, 1)}) == []


def test_a_course_of_more_than_ten_years_gives_a_warning():
    start = date(2027, 1, 11)
    assert warned(course_start_date=start, course_end_date=date(2037, 9, 1)) == []
    assert warned(course_start_date=start, course_end_date=date(2072, 9, 1)) == ["course_end_date"]


@pytest.mark.parametrize(
    ("share", "sentence"), [(20, ""), (21, "permission"), (40, "permission"), (41, "not permitted")]
)
def test_remote_delivery_over_20_percent_needs_permission_and_over_40_is_not_permitted(share, sentence):
    found = warnings({"remote_delivery_percent": share}, TODAYS_RULES)
    assert [sentence in text for _, text in found] == ([True] if sentence else [])


def test_another_rule_from_that_day_gives_another_warning():
    rules = replace(TODAYS_RULES, remote_warned=30)
    assert warned(rules, remote_delivery_percent=30) == []
    assert warned(rules, remote_delivery_percent=31) == ["remote_delivery_percent"]


@pytest.mark.parametrize("nationality", ["AFG", "CMR", "MMR", "SDN"])
def test_the_visa_brake_gives_a_warning_on_the_student_route_only(nationality):
    assert warned(route="STUDENT", nationality=nationality) == ["nationality"]
    assert warned(route="CHILD_STUDENT", nationality=nationality) == []
    before = replace(TODAYS_RULES, visa_brake=frozenset())
    assert warned(before, route="STUDENT", nationality=nationality) == []


@pytest.mark.parametrize("nationality", ["GBR", "IRL"])
def test_a_british_or_irish_citizen_gives_a_warning(nationality):
    assert warned(nationality=nationality) == ["nationality"]


@pytest.mark.parametrize(
    ("route", "born", "is_warned"),
    [
        ("STUDENT", "2010-11-21", False),
        ("STUDENT", "2010-11-22", True),
        ("STUDENT", "2010", False),  # perhaps 16 already
        ("STUDENT", "2011", True),
        ("STUDENT", "2010-11", False),
        ("STUDENT", "2010-12", True),
        ("CHILD_STUDENT", "2022-11-21", False),
        ("CHILD_STUDENT", "2022-11-22", True),
        ("CHILD_STUDENT", "2008-11-22", False),
        ("CHILD_STUDENT", "2008-11-21", True),
        ("CHILD_STUDENT", "2008", False),  # perhaps 17 still
        ("CHILD_STUDENT", "2007", True),
    ],
)
def test_an_age_gives_a_warning_if_it_is_certain_for_every_day_that_a_partial_date_can_mean(route, born, is_warned):
    assert warned(route=route, date_of_birth=PartialDate(born)) == ["date_of_birth"] * is_warned


SELT = dict.fromkeys(("selt_speaking", "selt_listening", "selt_reading", "selt_writing"), "6.5") | {
    "is_selt_required": True
}


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"route": "CHILD_STUDENT", "academic_level": "RQF4"}, "academic_level"),
        ({"route": "STUDENT", "academic_level": "RQF6", "attendance": "PART_TIME"}, "attendance"),
        ({"route": "STUDENT", "academic_level": "RQF3", "hours_per_week": Decimal("14.5")}, "hours_per_week"),
        ({**SELT, "academic_level": "RQF6", "english_level_attained": "B1"}, "english_level_attained"),
        ({**SELT, "academic_level": "B2", "english_level_attained": "A2"}, "english_level_attained"),
        ({"route": "CHILD_STUDENT", "academic_level": "RQF3", "attendance": "PART_TIME"}, "attendance"),
        ({"is_selt_required": False, "reason_selt_not_required": "HEI"}, "english_level_attained"),
        ({"course_fees_first_year": Decimal(100), "course_fees_paid": Decimal(101)}, "course_fees_paid"),
    ],
)
def test_other_unusual_values_give_a_warning(values, field):
    assert warned(**values) == [field]


@pytest.mark.parametrize(
    "values",
    [
        {"route": "CHILD_STUDENT", "academic_level": "RQF3"},
        {"route": "STUDENT", "academic_level": "RQF7", "attendance": "PART_TIME"},
        {"route": "STUDENT", "academic_level": "RQF3", "hours_per_week": Decimal(15)},
        {"route": "STUDENT", "academic_level": "RQF6", "hours_per_week": Decimal("14.5")},
        {**SELT, "academic_level": "RQF5", "english_level_attained": "B1"},
        {"academic_level": "RQF6", "english_level_attained": "B1"},
        {"course_fees_first_year": Decimal(100), "course_fees_paid": Decimal(100)},
    ],
)
def test_values_on_the_limit_give_no_warning(values):
    assert warned(**values) == []


def test_each_result_of_a_selt_that_is_not_given_gives_a_warning():
    results = ["selt_speaking", "selt_listening", "selt_reading", "selt_writing"]
    assert warned(is_selt_required=True) == results
    assert warned(is_selt_required=True, selt_speaking="6.5") == results[1:]
    assert warned(is_selt_required=False) == []


@pytest.mark.parametrize(("born", "is_warned"), [("2010-11-21", False), ("2010-11-22", True), ("2010", False)])
@pytest.mark.parametrize(
    "values",
    [{"has_work_placement": True}, {"living_arrangements": "INDEPENDENT"}],
    ids=lambda values: next(iter(values)),
)
def test_work_or_living_alone_gives_a_warning_for_a_child_who_is_certainly_under_16(born, is_warned, values):
    child = {"route": "CHILD_STUDENT", "date_of_birth": PartialDate(born), **values}
    assert warned(**child) == list(values) * is_warned


@pytest.mark.parametrize("number", ["TBC", "n/a", "000-000", "Pending", "to be confirmed", "XXXX", "12"])
def test_a_document_number_that_can_match_nothing_gives_a_warning(number):
    assert warned(passport_number=number) == ["passport_number"]
    assert warned(passport_number="B123") == []


@pytest.mark.parametrize(
    ("level", "status", "most"),
    [
        ("RQF6", SponsorStatus.TRACK_RECORD, 50),
        ("RQF5", SponsorStatus.TRACK_RECORD, 33),
        ("RQF6", SponsorStatus.STUDENT, 33),
    ],
)
def test_a_placement_over_the_usual_share_gives_a_warning(level, status, most):
    placed = {"sponsor_status": status, "academic_level": level, "has_work_placement": True}
    assert warned(**placed, placement_percent=most) == []
    assert warned(**placed, placement_percent=most + 1) == ["placement_percent"]
    assert warned(**{**placed, "has_work_placement": False}, placement_percent=most + 1) == []


@pytest.mark.parametrize(
    ("this", "previous", "comparison", "is_odd"),
    [
        ("RQF7", "RQF6", "HIGHER", False),
        ("RQF7", "RQF6", "SAME", True),
        ("RQF7", "RQF6", "LOWER", True),
        ("RQF6", "RQF7", "LOWER", False),
        ("RQF6", "RQF7", "HIGHER", True),
        ("RQF6", "RQF6", "SAME", False),
        ("RQF6", "RQF6", "HIGHER", False),
        ("RQF6", "RQF6", "LOWER", True),
        ("B2", "RQF7", "HIGHER", False),
        ("SCQF11", "QCF_NQF6", "SAME", True),
        ("RQF7_RE", "RQF7", "SAME", False),
        ("RQF6", "RQF7", "", False),
        ("", "RQF7", "HIGHER", False),
    ],
)
def test_a_comparison_that_contradicts_the_levels_gives_a_warning(this, previous, comparison, is_odd):
    values = {"academic_level": this, "previous_academic_level": previous, "level_comparison": comparison}
    assert (warned(has_previous_uk_study=True, **values) == ["level_comparison"]) is is_odd
    assert warned(has_previous_uk_study=False, **values) == []
