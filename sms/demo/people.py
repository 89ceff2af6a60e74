"""The sponsors of the demo data, their users and allocations, and the caseworker."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from licences.models import Allocation, KeyPerson, Licence, User
from licences.models.key_person import Post
from licences.roles import Role
from licences.routes import Route
from licences.sponsor_status import SponsorStatus
from sms.core import clock
from sms.demo import days
from sms.demo.playback import Story

PASSWORD = "sponsor-demo-2026"


@dataclass(frozen=True)
class Person:
    username: str
    name: str
    role: Role
    months_ago: int
    note: str = ""


@dataclass(frozen=True)
class Sponsor:
    """A sponsor, and its number of places this year on each of its routes.

    `officer` and `contact` are its Authorising Officer and its Key Contact, each with a job title.
    """

    number: str
    name: str
    address: str
    officer: tuple[str, str]
    contact: tuple[str, str]
    years_ago: int
    places: dict[Route, int]
    people: tuple[Person, ...]
    status: SponsorStatus = SponsorStatus.STUDENT


CASEWORKER = Person("caseworker", "Sam Carter", Role.CASEWORKER, 84, "opens the admin")

UNIVERSITY = Sponsor(
    "4NUV7KB58",
    "University of Example",
    "Old Court\nExampleford\nEX4 9ZZ",
    ("Ruth Hargreaves", "Director of Student Services"),
    ("Priya Raman", "Compliance Manager"),
    6,
    {Route.STUDENT: 60, Route.CHILD_STUDENT: 5},
    (
        Person("level1", "Priya Raman", Role.LEVEL_1, 70, "sees and does everything of the sponsor"),
        Person("deputy", "Martin Oduya", Role.LEVEL_1, 41),
        Person("level2", "Tom Ashworth", Role.LEVEL_2, 38, "sees their own CAS only"),
        Person("colleague", "Zofia Nowak", Role.LEVEL_2, 14, "sees their own CAS only"),
    ),
    SponsorStatus.TRACK_RECORD,
)
ELSEWHERE = Sponsor(
    "7XKQ2MD93",
    "Elsewhere College",
    "20 Other Street\nElsewhere\nLS2 9ZZ",
    ("Alan Whitby", "Principal"),
    ("Helen Pryce", "Head of Admissions"),
    4,
    {Route.STUDENT: 45},
    (Person("outsider", "Helen Pryce", Role.LEVEL_1, 45, "sponsor with the Student route only"),),
)
NORTHGATE = Sponsor(
    "2HWC9TR46",
    "Northgate School",
    "The Old Rectory\nNorth Gate\nNorthgate\nYO1 9ZZ",
    ("Catherine Moss", "Head Teacher"),
    ("Grace Lindqvist", "Registrar"),
    3,
    {Route.CHILD_STUDENT: 8},
    (Person("suspended", "Grace Lindqvist", Role.LEVEL_1, 33, "the licence is SUSPENDED"),),
)
RIVERSIDE = Sponsor(
    "9PLB3XE71",
    "Riverside College of Arts",
    "Mill House\nWaterside\nRiverside\nNR3 9ZZ",
    ("Daniel Osei", "Director"),
    ("Owen Bright", "Academic Registrar"),
    5,
    {Route.STUDENT: 10},
    (Person("former", "Owen Bright", Role.LEVEL_1, 55, "the licence is SURRENDERED"),),
)
SPONSORS = (UNIVERSITY, ELSEWHERE, NORTHGATE, RIVERSIDE)


def stories() -> list[Story[None]]:
    """Return the stories that create the licences, users and allocations."""
    caseworker = _joined(CASEWORKER, None)
    people = [_joined(person, sponsor) for sponsor in SPONSORS for person in sponsor.people]
    places = [_allocated(sponsor, route, number) for sponsor in SPONSORS for route, number in sponsor.places.items()]
    return [caseworker, *map(_licensed, SPONSORS), *people, *places]


def _licensed(sponsor: Sponsor) -> Story[None]:
    """Grant the licence. The day after, record how to reach the sponsor, and its key people."""
    day = clock.today() - relativedelta(years=sponsor.years_ago, day=6)
    yield days.exactly(day, "10:30")
    caseworker = User.objects.get(username=CASEWORKER.username)
    licence = Licence.objects.grant(
        by=caseworker,
        number=sponsor.number,
        name=sponsor.name,
        routes=list(sponsor.places),
        starts_on=day,
        expires_on=None,
        sponsor_status=sponsor.status,
    )
    yield days.exactly(day + timedelta(days=1), "10:15")
    licence.amend(by=caseworker, address=sponsor.address, telephone="01632 960100", website=f"www.{_domain(sponsor)}")
    people = {Post.AUTHORISING_OFFICER: sponsor.officer, Post.KEY_CONTACT: sponsor.contact}
    for number, (post, (name, job_title)) in enumerate(people.items(), start=101):
        email = f"{name.split()[-1].lower()}@{_domain(sponsor)}"
        details = {"name": name, "job_title": job_title, "email": email, "telephone": f"01632 960{number}"}
        KeyPerson.objects.replace(licence, post, details, by=caseworker, from_on=day)


def _domain(sponsor: Sponsor | None) -> str:
    return f"{sponsor.name.split()[-1].lower() if sponsor else 'homeoffice'}.example"


def _joined(person: Person, sponsor: Sponsor | None) -> Story[None]:
    yield days.exactly(clock.today() - relativedelta(months=person.months_ago, day=9), "11:15")
    users = User.objects
    User.objects.add(
        by=users.get(username=CASEWORKER.username) if sponsor else users.system(),
        username=person.username,
        name=person.name,
        email=f"{person.username}@{_domain(sponsor)}",
        role=person.role,
        licence=Licence.objects.get(number=sponsor.number) if sponsor else None,
        password=PASSWORD,
    )


def _allocated(sponsor: Sponsor, route: Route, places: int) -> Story[None]:
    """Grant the places of last year, and of this year, which began 8 months ago, before any CAS was assigned."""
    this_year = clock.today() - relativedelta(months=8, day=1)
    for starts_on, number in ((this_year - relativedelta(years=1), max(places - 8, 3)), (this_year, places)):
        yield days.exactly(starts_on - relativedelta(days=20), "14:20")
        _grant(sponsor, route, starts_on, number)


def _grant(sponsor: Sponsor, route: Route, starts_on: date, number: int) -> None:
    Allocation.objects.grant(
        by=User.objects.get(username=CASEWORKER.username),
        licence=Licence.objects.get(number=sponsor.number),
        route=route,
        starts_on=starts_on,
        number=number,
    )


def sign_ins() -> str:
    """Return the users who can sign in, and their password, as `script/server` prints them."""
    lines = [f"User IDs of the demo data. All have the password {PASSWORD}", _line(CASEWORKER)]
    lines += [_line(person, sponsor) for sponsor in SPONSORS for person in sponsor.people]
    return "\n".join(lines)


def _line(person: Person, sponsor: Sponsor | None = None) -> str:
    who = f"{person.role.label}, {sponsor.name}" if sponsor else person.role.label
    return f"  {person.username:<12}{who}{f': {person.note}' if person.note else ''}"
