"""Files of invented CAS, as a student-record system sends them: in XML of schema v2.1, or as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import timedelta
from random import Random
from typing import IO, Any

from benchmarks.people import Census
from bulk_data_transfer.xml import writing_v2_1
from cas.details import fields
from licences.models import Licence
from licences.routes import Route
from sms.core import clock
from sms.demo import courses, students

ROUTE = Route.STUDENT
NAMES = tuple(field.name for field in fields.FIELDS)


def xml(file: IO[bytes], licence: Licence, count: int) -> None:
    """Write a file of `count` complete CAS of different students as the Home Office's schema v2.1 has them."""
    text = io.TextIOWrapper(file, writing_v2_1.ENCODING, newline="")
    text.write(writing_v2_1.opening(route=ROUTE, file_id="BENCHMARK-1", licence_number=licence.number))
    write = writing_v2_1.writer(ROUTE, NAMES)
    for details in complete(count):
        written = write([details[name] for name in NAMES])
        assert not written.reasons, written.reasons
        text.write(written.text)
    text.write(writing_v2_1.closing(ROUTE))
    text.detach()


def sheet(file: IO[bytes], licence: Licence, count: int) -> None:
    """Write the same CAS as CSV."""
    text = io.TextIOWrapper(file, "utf-8", newline="")
    rows = csv.writer(text)
    rows.writerow(NAMES)
    rows.writerows([details[name] for name in NAMES] for details in complete(count))
    text.detach()


def complete(count: int) -> Iterator[dict[str, Any]]:
    """Yield the checked details of `count` complete CAS, the same ones each time."""
    random = Random(2)
    census, today, patterns = Census(random), clock.today(), list(_patterns())
    for number in range(1, count + 1):
        family_name, given_names, nationality = census.draw()
        person = {
            "family_name": family_name,
            "given_names": given_names,
            "nationality": nationality,
            "country_of_birth": nationality,
            "applicant_id": f"N-{number:07}",
            "application_id": f"N-{number:07}-1",
            "date_of_birth": str(today - timedelta(days=random.randint(19 * 366, 35 * 365))),
            "passport_number": f"{nationality[0]}N{number:07}",
        }
        yield random.choice(patterns) | person


def _patterns() -> Iterator[dict[str, Any]]:
    """Yield the details of the complete students of the demo data that v2.1 can carry."""
    write = writing_v2_1.writer(ROUTE, NAMES)
    for name in courses.table("students.csv", "name"):
        student = students.student(name)
        details, errors = fields.checked({**student.values(), "route": student.route})
        is_complete = student.route == ROUTE and not errors and not fields.missing(details)
        if is_complete and not write([details[name] for name in NAMES]).reasons:
            yield details
