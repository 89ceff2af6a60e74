"""The courses of the demo data. Each is a row of `courses.csv`; `EXTRAS` has details for some of them."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from dateutil.relativedelta import relativedelta

from licences.routes import Route
from sms.demo.people import ELSEWHERE, NORTHGATE, RIVERSIDE, UNIVERSITY

Row = dict[str, str]

STUDY_ADDRESSES = {
    UNIVERSITY.name: ("1 Learning Lane", "Exampleford", "EX4 9ZZ"),
    ELSEWHERE.name: ("20 Other Street", "Elsewhere", "LS2 9ZZ"),
    NORTHGATE.name: ("The Old Rectory, North Gate", "Northgate", "YO1 9ZZ"),
    RIVERSIDE.name: ("Mill House, Waterside", "Riverside", "NR3 9ZZ"),
}

COPIED = (
    "course_id",
    "course_title",
    "academic_level",
    "hours_per_week",
    "course_fees_first_year",
    "is_atas_required",
)

AGENTS: dict[str, dict[str, str]] = {
    "compass": {
        "agent_name": "Compass Study Abroad Ltd",
        "agent_contact_name": "Layla Haddad",
        "agent_address_line_1": "3rd floor, 40 King Hussein Street",
        "agent_city": "Amman",
        "agent_country": "JOR",
    },
    "orbit": {
        "agent_name": "Orbit Education Services",
        "agent_contact_name": "Chukwuemeka Eze",
        "agent_address_line_1": "Suite 12, 5 Marina Road",
        "agent_city": "Lagos",
        "agent_country": "NGA",
    },
    "harbour": {
        "agent_name": "Harbour Overseas Admissions",
        "agent_contact_name": "Mei Lin",
        "agent_address_line_1": "Unit 801, 88 Seaview Road",
        "agent_city": "Xiamen",
        "agent_country": "CHN",
    },
}
"""The agents in the register of the university. The last of them is retired."""

EXTRAS: dict[str, dict[str, object]] = {
    "selt": {
        "is_selt_required": True,
        "reason_selt_not_required": "",
        "selt_provider": "IELTS",
        "english_level_attained": "B2",
        "selt_reference": "DEMO/000000/UKVI",
        "selt_speaking": "6.5",
        "selt_listening": "7.0",
        "selt_reading": "6.5",
        "selt_writing": "6.0",
    },
    "english_degree": {"reason_selt_not_required": "ENG_DEGREE", "english_level_attained": ""},
    "studied": {
        "has_previous_uk_study": True,
        "previous_academic_level": "RQF3",
        "level_comparison": "HIGHER",
    },
    "scholarship": {"financial_sponsor": "Example Global Scholarship: full fees and £1,250 a month"},
    "compass": {"is_agent_used": True, **AGENTS["compass"]},
    "orbit": {"is_agent_used": True, **AGENTS["orbit"]},
    "placement": {
        "has_work_placement": True,
        "placement_address_line_1": "Example Aerostructures plc",
        "placement_address_line_2": "Hangar Road",
        "placement_city": "Exampleford",
        "placement_postcode": "EX5 9ZZ",
        "placement_country": "GBR",
        "placement_percent": 33,
    },
    "remote": {"is_remote_delivery": True, "remote_delivery_percent": 15},
    "abroad": {
        "overseas_name": "Technische Universität Beispielstadt",
        "overseas_address_line_1": "Hauptstraße 1",
        "overseas_city": "Beispielstadt",
        "overseas_country": "DEU",
    },
    "boarder": {
        "living_arrangements": "BOARDING",
        "living_details": "Lives in the school's house in term time, and with a guardian nearby in the holidays.",
        "is_accommodation_provided": True,
        "boarding_fees": "12450",
        "boarding_fees_paid": "4150",
    },
}

STUDENT = {
    "has_previous_uk_study": False,
    "is_selt_required": False,
    "reason_selt_not_required": "HEI",
    "english_level_attained": "B2",
}

CHILD = {"living_arrangements": "RELATIVE", "living_details": "Lives with an aunt near the school."}


@cache
def table(name: str, key: str) -> dict[str, Row]:
    """Return the rows of a file in this folder, by the column `key`."""
    with Path(__file__).with_name(name).open(encoding="utf-8", newline="") as file:
        return {row[key]: row for row in csv.DictReader(file)}


def route_of(course_id: str) -> Route:
    return Route(_course(course_id)["route"])


def on_course(course_id: str, starts_on: date, extras: str) -> dict[str, Any]:
    """Return the details of a CAS that come from the course and from `extras`, a student's keys of `EXTRAS`."""
    course = _course(course_id)
    line, city, postcode = STUDY_ADDRESSES[course["sponsor"]]
    details: dict[str, Any] = {
        **{field: course[field] for field in COPIED},
        "course_start_date": starts_on,
        "latest_acceptance_date": starts_on + timedelta(weeks=2),
        "course_end_date": starts_on + relativedelta(months=int(course["months"]), days=-3),
        "attendance": "FULL_TIME",
        "is_remote_delivery": False,
        "study_address_line_1": line,
        "study_city": city,
        "study_postcode": postcode,
        "has_work_placement": False,
        "is_accommodation_in_fee": False,
        "course_fees_paid": "2000",
        "is_agent_used": False,
        "is_dean_certificate_required": False if course["academic_level"].startswith(("RQF7", "RQF8")) else None,
        **(CHILD if course["route"] == Route.CHILD_STUDENT else STUDENT),
    }
    for extra in f"{course['extras']} {extras}".split():
        details |= EXTRAS[extra]
    return details


def _course(course_id: str) -> Row:
    return table("courses.csv", "course_id")[course_id]
