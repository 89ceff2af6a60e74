"""The students of the demo data. Each is a row of `students.csv`, with a passport number that no country issues."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from licences.routes import Route
from sms.core import clock
from sms.demo import courses, days

COPIED = (
    "family_name",
    "given_names",
    "other_names",
    "gender",
    "nationality",
    "place_of_birth",
    "evidence_for_offer",
)


@dataclass(frozen=True)
class Student:
    """A student's details, and the course that they have been offered."""

    person: dict[str, Any] = field(repr=False)
    course_id: str
    extras: str
    starts_on: date | None = None  # None for the next intake

    @property
    def route(self) -> Route:
        return courses.route_of(self.course_id) if self.course_id else Route.STUDENT

    def on(self, course_id: str) -> Student:
        """Return the same student on another course."""
        return replace(self, course_id=course_id)

    def values(self) -> dict[str, Any]:
        """Return all details of the student's CAS, by the name of the field."""
        if not self.course_id:
            return self.person
        starts_on = self.starts_on or days.next_intake()
        return {**self.person, **courses.on_course(self.course_id, starts_on, self.extras)}


def student(name: str, starts_on: date | None = None) -> Student:
    rows = courses.table("students.csv", "name")
    row, number = rows[name], list(rows).index(name) * 37 + 10123
    year = str(clock.today().year - int(row["age"]))
    person = {
        **{column: row[column] for column in COPIED},
        "applicant_id": f"A-{number}",
        "application_id": f"A-{number}-1",
        "date_of_birth": "-".join(filter(None, [year, row["birthday"]])),  # a passport may show no day, or no month
        "country_of_birth": "AFG" if row["nationality"] == "XXA" else row["nationality"],
        "passport_number": f"DEMO{number}",
    }
    return Student(person, row["course_id"], row["extras"], starts_on)


def many() -> list[str]:
    """Return the names of students who came in one year to the same course of a small college."""
    return [name for name in courses.table("students.csv", "name") if name.startswith("one-of-many-")]
