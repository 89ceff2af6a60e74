"""Invented sponsors, users and CAS, the same ones each time, in any number.

The rows are loaded without triggers and foreign key checks, but they are rows that those would have accepted. They have
no history, orders or allocations.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import accumulate, islice
from random import Random
from typing import Any

from dateutil.relativedelta import relativedelta
from django.core.management.color import no_style
from django.db import connection, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from benchmarks.people import Census
from cas import numbers
from cas.details import fields
from cas.lifecycle import CASStatus, Outcome
from cas.models import CAS
from cas.models.queryset import expiry_date
from cas.models.values import keys_of
from licences.models import Licence, User
from licences.models.licence import LicensedRoute
from licences.roles import Role
from licences.routes import Route
from sms.core import clock, triggers
from sms.core.clock import LONDON
from sms.demo import courses, students

SPONSORS = 300
STEEPNESS = 1.15  # of the sponsors' sizes: the n-th sponsor has 1 / n^STEEPNESS of the CAS of the first
YEARS = 6  # age of the oldest CAS
COURSE_DAYS = ("course_start_date", "course_end_date", "latest_acceptance_date")
AT_ONCE = 10_000  # rows in one INSERT of SQLite

# How many of a hundred CAS have each status: CAS of the last six months, and older CAS.
RECENT = {"WORK IN PROGRESS": 6, "READY TO GO": 4, "ASSIGNED": 48, "USED": 36, "WITHDRAWN": 4, "OBSOLETE": 2}
OLDER = {
    "WORK IN PROGRESS": 1,
    "USED": 76,
    "EXPIRED": 12,
    "WITHDRAWN": 5,
    "OBSOLETE": 3,
    "CANCELLED": 3,
}


def make(rows: int, *, sponsors: int = SPONSORS, seed: int = 1) -> None:
    """Fill an empty database with `rows` CAS."""
    invented = Invented(sponsors, Random(seed))
    columns = [column for column in CAS._meta.concrete_fields if column.db_default is models.NOT_PROVIDED]
    triggers.drop(connection)
    load(columns, invented.rows(columns, rows))
    triggers.install(connection)
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), [CAS]):
            cursor.execute(statement)


def load(columns: list[models.Field[Any, Any]], rows: Iterator[list[Any]]) -> None:
    """Write rows of database values into the table of CAS, unchecked, in the quickest way of the engine."""
    names = ", ".join(f'"{column.column}"' for column in columns)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")  # checks no foreign key
            with cursor.copy(f"COPY cas_cas ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            cursor.execute("SET session_replication_role = DEFAULT")
        return
    places = ", ".join(["%s"] * len(columns))
    with connection.cursor() as cursor, transaction.atomic():
        cursor.execute("PRAGMA cache_size = -500000")  # kilobytes: all indexes stay in memory while they grow
        while some := list(islice(rows, AT_ONCE)):
            cursor.executemany(f"INSERT INTO cas_cas ({names}) VALUES ({places})", some)
        cursor.execute("PRAGMA cache_size = -2000")


def largest_sponsor() -> Licence:
    """Return the sponsor with the most CAS: more than a fifth of all."""
    return Licence.objects.order_by("pk")[0]


@dataclass
class Sponsor:
    licence: Licence
    users: list[User]
    weights: list[float] = field(init=False)

    def __post_init__(self) -> None:
        self.weights = list(accumulate(1 / (rank + 1) for rank in range(len(self.users))))


class Invented:
    """A source of CAS of invented students for invented sponsors."""

    def __init__(self, sponsors: int, random: Random) -> None:
        self.random = random
        self.census = Census(random)
        self.sponsors = [self._sponsor(rank) for rank in range(1, sponsors + 1)]
        self.sizes = list(accumulate(rank**-STEEPNESS for rank in range(1, sponsors + 1)))
        self.today = clock.today()

    def _sponsor(self, rank: int) -> Sponsor:
        licence = Licence.objects.create(
            number=f"B{rank:08}", name=f"University No. {rank}", starts_on=date(2015, 4, 6), expires_on=None
        )
        LicensedRoute.objects.bulk_create(LicensedRoute(licence=licence, route=route) for route in Route)
        users = [
            User(
                username=f"b{rank}-{number}",
                name=" ".join(reversed(self.census.draw()[:2])),
                role=Role.LEVEL_2 if number else Role.LEVEL_1,
                licence=licence,
                password="!",
            )
            for number in range(3 + 60 // rank)
        ]
        return Sponsor(licence, User.objects.bulk_create(users))

    def rows(self, columns: list[models.Field[Any, Any]], count: int) -> Iterator[list[Any]]:
        """Yield the database values of `count` CAS, in the order of `columns`, oldest first."""
        written = Written(columns, connection)
        patterns = self._patterns()
        numbers_of = {route: iter(numbers.draw_many(count, route, taken=lambda drawn: ())) for route in Route}
        for pk in range(1, count + 1):
            made_on = self.today - timedelta(days=int(YEARS * 365 * (1 - pk / count)))
            [status] = self._status(made_on)
            [sponsor] = self.random.choices(self.sponsors, cum_weights=self.sizes)
            [owner] = self.random.choices(sponsor.users, cum_weights=sponsor.weights)
            pattern = self.random.choice(patterns[status == CASStatus.WORK_IN_PROGRESS])
            person = self._person(pk, status)
            yield written.row(
                pattern,
                {
                    "id": pk,
                    **person,
                    **keys_of({**person, "course_id": pattern["course_id"]}),
                    **self._life(status, made_on, next(numbers_of[pattern["route"]])),
                    **self._course(pattern, made_on),
                    "licence_id": sponsor.licence.pk,
                    "owner_id": owner.pk,
                    "created_by_id": owner.pk,
                    "assigned_by_id": owner.pk if status not in {"WORK IN PROGRESS", "READY TO GO"} else None,
                },
            )

    def _status(self, made_on: date) -> list[str]:
        shares = RECENT if made_on > self.today - relativedelta(months=5) else OLDER
        return self.random.choices(list(shares), shares.values())

    def _patterns(self) -> dict[bool, list[dict[str, Any]]]:
        """Return patterns of CAS details, by whether they are unfinished. The student's own details are drawn later."""
        found: dict[bool, list[dict[str, Any]]] = {False: [], True: []}
        for name in courses.table("students.csv", "name"):
            student = students.student(name)
            details, errors = fields.checked({**student.values(), "route": student.route})
            if errors or fields.missing(details):
                continue
            found[False].append(details)
            found[True].append({**details, "passport_number": "", "course_end_date": None, "evidence_for_offer": ""})
        return found

    def _person(self, pk: int, status: str) -> dict[str, Any]:
        family_name, given_names, nationality = self.census.draw()
        has_passport = status != CASStatus.WORK_IN_PROGRESS
        passport = f"{nationality[0]}{pk * 7 % 90_000_000 + 10_000_000:08}" if has_passport else ""
        return {
            "family_name": family_name,
            "given_names": given_names,
            "other_names": "",
            "nationality": nationality,
            "country_of_birth": nationality,
            "applicant_id": f"A-{pk:07}",
            "date_of_birth": str(self.today - timedelta(days=self.random.randint(18 * 366, 35 * 365))),
            "passport_number": passport,
        }

    def _course(self, pattern: dict[str, Any], made_on: date) -> dict[str, Any]:
        """Return the days of the pattern's course, as many years ago as the CAS was made."""
        ago = timedelta(days=365 * ((self.today - made_on).days // 365))
        return {name: pattern[name] - ago for name in COURSE_DAYS if ago and pattern[name]}

    def _life(self, status: str, made_on: date, number: str) -> dict[str, Any]:
        """Return the values that the system sets, for a CAS that was made on this day and has this status today."""
        assigned_on = min(made_on + timedelta(days=self.random.randint(0, 6)), self.today)
        life = {
            "status": status,
            "version": 2,
            "outcome": "",
            "withdrawal_reason": "",
            "applied_on": None,
            "decided_on": None,
            "created_at": _office_hour(made_on),
            "changed_at": _office_hour(assigned_on),
        }
        if status in {CASStatus.WORK_IN_PROGRESS, CASStatus.READY_TO_GO}:
            nothing = dict.fromkeys(("number", "assigned_at", "assigned_on", "expires_on"))
            return life | nothing
        life |= {
            "number": number,
            "assigned_at": _office_hour(assigned_on),
            "assigned_on": assigned_on,
            "expires_on": expiry_date(assigned_on),
        }
        if status == CASStatus.USED:
            life["applied_on"] = min(assigned_on + timedelta(days=self.random.randint(0, 90)), self.today)
            life["decided_on"] = min(life["applied_on"] + timedelta(days=21), self.today)
            life["outcome"] = Outcome.REFUSED if self.random.random() < 0.04 else Outcome.GRANTED
        if status == CASStatus.WITHDRAWN:
            life["withdrawal_reason"] = "Enrolled elsewhere"
        return life


class Written:
    """A converter of values by column name into database rows. It converts each different value once."""

    def __init__(self, columns: list[models.Field[Any, Any]], connection: BaseDatabaseWrapper) -> None:
        self.columns = columns
        self.connection = connection
        self.places = {column.attname: place for place, column in enumerate(columns)}
        self.known: dict[Any, Any] = {}
        self.patterns: dict[int, list[Any]] = {}

    def row(self, pattern: dict[str, Any], values: dict[str, Any]) -> list[Any]:
        """Return the row of `pattern`, which is cached, with some values replaced by `values`."""
        if id(pattern) not in self.patterns:
            values_of = [(column, pattern.get(column.attname, column.get_default())) for column in self.columns]
            self.patterns[id(pattern)] = [self._write(column, value) for column, value in values_of]
        row = self.patterns[id(pattern)].copy()
        for name, value in values.items():
            row[self.places[name]] = self._day(self.places[name], value) if isinstance(value, date) else value
        return row

    def _day(self, place: int, value: date) -> Any:
        """Return the database value of a date or moment from the cache: few of them differ."""
        if (place, value) not in self.known:
            self.known[place, value] = self._write(self.columns[place], value)
        return self.known[place, value]

    def _write(self, column: models.Field[Any, Any], value: Any) -> Any:
        return column.get_db_prep_save(value, self.connection)


def _office_hour(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 10, 30, tzinfo=LONDON)


def maintain() -> None:
    """Do what a database does by itself after a while: gather statistics, and update the visibility map."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
