"""Searching, against a plain model of what should be found (specification, section 8)."""

from datetime import date, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cas import numbers
from cas.details import fields
from cas.finding.form import SearchForm, restored
from cas.keys import name_key, passport_key, text_key
from cas.models import CAS
from cas.models.search_fields import RANGES, SEARCH_FIELDS
from cas.validity import about_assigned, expiry_date
from licences.roles import Role
from sms.core import clock
from sms.core.partial_dates import PartialDate
from tests.cas.finding.test_search_plans import SEARCHES, of_level_1
from tests.factories import a_batch, a_cas, a_draft, an_allocation, assigned
from tests.pages import typed_in

pytestmark = pytest.mark.django_db


def born(text):
    return text and PartialDate(text)


# In many scripts, with and without accents, some with the same beginning, and one that begins as CAS numbers do.
FAMILY_NAMES = (
    "Nguyễn",
    "NGUYEN",
    "Ng",
    "O’Brien-Đặng",
    "Obrien",
    "Løvås",
    "Straße",
    "Иванов",
    "Παπαδόπουλος",
    "王",
    "王小明",
    "김",
    "محمد",
    "अग्रवाल",
    "אברהם",
    "ഗീത",
    "Ñandú",
    "İnönü",
    "4G",
    "D'Souza",
    "Müller",
    "-",
)
GIVEN_NAMES = ("", "Thị Minh", "Thi", "Анна", "小", "Zoë", "Zoe-Ann", "muhammad", "Ngọc")
BIRTHDAYS = tuple(map(born, ("", "2002-05-17", "2002-05-18", "2001-12-31", "2002-05", "2002", "2002-06")))
PASSPORTS = ("", "B1234567", "b 123-4567", "王12", "X/1")
APPLICANTS = ("", "A-1", "a1", "A 11", "Ng")
COURSES = ("", "MSc-1", "msc 1", "MSC1")
NATIONALITIES = ("", "VNM", "NGA", "XXA")
STARTS = (None, date(2099, 9, 14), date(2099, 9, 15), date(2100, 1, 31))
ASSIGNED_ON = (date(2026, 2, 28), date(2026, 8, 28), date(2026, 8, 31), date(2026, 9, 1))


@pytest.fixture(scope="module")
def drawn():
    """Details of two dozen CAS, each value several times, the same each time."""
    return [
        {
            "family_name": FAMILY_NAMES[n % len(FAMILY_NAMES)],
            "given_names": GIVEN_NAMES[n * 5 % len(GIVEN_NAMES)],
            "date_of_birth": BIRTHDAYS[n * 3 % len(BIRTHDAYS)],
            "passport_number": PASSPORTS[n * 7 % len(PASSPORTS)],
            "applicant_id": APPLICANTS[n * 11 % len(APPLICANTS)],
            "course_id": COURSES[n // 2 % len(COURSES)],
            "nationality": NATIONALITIES[n // 3 % len(NATIONALITIES)],
            "course_start_date": STARTS[n // 4 % len(STARTS)],
        }
        for n in range(24)
    ]


def noon(day):
    return clock.set_to(datetime(day.year, day.month, day.day, 12, tzinfo=clock.LONDON))


@pytest.fixture
def cas_list(drawn, level1, level2, licence, caseworker, outsider):
    """Add these CAS of two users on both routes: some assigned on different days, some in a batch; and a stranger's."""
    for n, details in enumerate(drawn):
        route = "CHILD_STUDENT" if n % 5 == 0 else "STUDENT"
        CAS.objects.add(details, route=route, by=(level1, level2)[n % 2])
    with noon(date(2026, 2, 1)):
        an_allocation(licence, by=caseworker)
    for n, day in enumerate(ASSIGNED_ON):
        with noon(day):
            assigned(a_cas(level2, family_name=FAMILY_NAMES[n], passport_number=f"N{n}"))
    a_batch(level2, *CAS.objects.filter(owner=level2, route="STUDENT", number=None)[:2], name="Autumn PGT")
    a_draft(outsider, family_name="Nguyễn")
    return list(CAS.objects.select_related("owner", "batch", "licence"))


def written(name):
    """Draw the same name as a user may write it: whole or its beginning, in capitals, without its accents."""
    return st.tuples(st.sampled_from((str.upper, str.lower, name_key, str)), st.integers(1, max(len(name), 1))).map(
        lambda way: way[0](name[: way[1]])
    )


def texts(values, key):
    return st.sampled_from([value for value in values if value]).flatmap(written).filter(key)


def days(values):
    return st.sampled_from([value for value in values if value])


# The names of some students as users write them: as in lists, and in either order.
BOTH = [
    (f"{family}, {given}", f"{given} {family}", f"{family} {given}")
    for family, given in ((FAMILY_NAMES[n], GIVEN_NAMES[n * 5 % len(GIVEN_NAMES)]) for n in (1, 2, 3, 5, 10))
]

SOUGHT = {
    "family_name": texts(FAMILY_NAMES, name_key),
    "given_names": texts(GIVEN_NAMES, name_key),
    "date_of_birth": days(BIRTHDAYS),
    "nationality": st.sampled_from(NATIONALITIES[1:]),
    "passport_number": st.sampled_from([*PASSPORTS[1:], "B-1234567", "N0"]),
    "applicant_id": st.sampled_from([*APPLICANTS[1:], "A/1"]),
    "course_id": st.sampled_from([*COURSES[1:], "msc  1"]),
    "route": st.sampled_from(("STUDENT", "CHILD_STUDENT")),
    "status": st.lists(
        st.sampled_from(("WORK IN PROGRESS", "READY TO GO", "ASSIGNED", "USED")), min_size=1, max_size=3, unique=True
    ),
    "owner": st.sampled_from(("level1", "level2", "outsider")),
    "batch": st.sampled_from(("aut", "AUTUMN-PGT", "tumn")),
    "assigned_from": days(ASSIGNED_ON),
    "assigned_to": days(ASSIGNED_ON),
    "starts_from": days(STARTS),
    "starts_to": days(STARTS),
    "expires_from": days([expiry_date(day) for day in ASSIGNED_ON]),
    "expires_to": days([expiry_date(day) for day in ASSIGNED_ON]),
    "anything": texts(
        [*FAMILY_NAMES, *GIVEN_NAMES, "A-1", "B-1234567", *(order for pair in BOTH for order in pair)], name_key
    ),
}


def has_names(cas, value):
    """Return whether it is the beginning of both names, in either order, or as in lists: with a comma between them."""
    family, comma, given = value.partition(",")
    words = value.split()
    splits = [(" ".join(words[:n]), " ".join(words[n:])) for n in range(1, len(words))]
    ways = [(family, given)] if comma else [way for first, last in splits for way in ((first, last), (last, first))]
    return any(begin(cas.family_name, family) and begin(cas.given_names, given) for family, given in ways)


def begin(name, text):
    return bool(name_key(text)) and name_key(name).startswith(name_key(text))


# What fits, of one CAS and one value, in plain Python.
FITS = {
    "number": lambda cas, value: cas.number == value,
    "family_name": lambda cas, value: name_key(cas.family_name).startswith(name_key(value)),
    "given_names": lambda cas, value: name_key(cas.given_names).startswith(name_key(value)),
    "date_of_birth": lambda cas, value: bool(cas.date_of_birth) and cas.date_of_birth.agrees_with(value),
    "nationality": lambda cas, value: cas.nationality == value,
    "passport_number": lambda cas, value: passport_key(cas.passport_number) == passport_key(value),
    "applicant_id": lambda cas, value: passport_key(cas.applicant_id) == passport_key(value),
    "course_id": lambda cas, value: passport_key(cas.course_id) == passport_key(value),
    "route": lambda cas, value: cas.route == value,
    "status": lambda cas, value: cas.status in value,
    "owner": lambda cas, value: cas.owner.username == value,
    "batch": lambda cas, value: bool(cas.batch) and text_key(cas.batch.name).startswith(text_key(value)),
    "assigned_from": lambda cas, value: bool(cas.assigned_on) and cas.assigned_on >= value,
    "assigned_to": lambda cas, value: bool(cas.assigned_on) and cas.assigned_on <= value,
    "starts_from": lambda cas, value: bool(cas.course_start_date) and cas.course_start_date >= value,
    "starts_to": lambda cas, value: bool(cas.course_start_date) and cas.course_start_date <= value,
    "expires_from": lambda cas, value: bool(cas.expires_on) and cas.expires_on >= value,
    "expires_to": lambda cas, value: bool(cas.expires_on) and cas.expires_on <= value,
    "anything": lambda cas, value: (
        begin(cas.family_name, value)
        or begin(cas.given_names, value)
        or has_names(cas, value)
        or passport_key(value) in {passport_key(cas.passport_number), passport_key(cas.applicant_id)} - {""}
    ),
    "sponsor": lambda cas, value: cas.licence.number == value.upper(),
    "owner_id": lambda cas, value: cas.owner.username == value.lower(),
}


def visible(cas, user):
    if user.role == Role.CASEWORKER:
        return True
    return cas.licence_id == user.licence_id and (user.role == Role.LEVEL_1 or cas.owner_id == user.pk)


def asked_of(asked, people):
    return {name: str(people[value].pk) if name == "owner" else value for name, value in asked.items()}


def found_by(user, asked):
    return set(CAS.objects.for_user(user).search(asked).values_list("pk", flat=True))


@pytest.fixture
def people(level1, level2, outsider, caseworker):
    return {user.username: user for user in (level1, level2, outsider, caseworker)}


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_combination_finds_what_a_plain_loop_finds(data, cas_list, people):
    names = data.draw(st.lists(st.sampled_from(sorted(SOUGHT)), min_size=1, max_size=4, unique=True))
    asked = {name: data.draw(SOUGHT[name], label=name) for name in names}
    user = people[data.draw(st.sampled_from(("level1", "level2", "outsider", "caseworker")))]
    expected = {
        cas.pk
        for cas in cas_list
        if visible(cas, user) and all(FITS[name](cas, value) for name, value in asked.items())
    }
    assert found_by(user, asked_of(asked, people)) == expected


def test_each_field_alone_finds_something_in_that_model_and_not_everything(cas_list, people, level1):
    """The twin: a field that did nothing, or found nothing, would not be noticed above."""
    assert set(FITS) == set(SEARCH_FIELDS)
    values = {
        "family_name": "nguye",
        "given_names": "thi",
        "passport_number": "B-1234567",
        "applicant_id": "a.1",
        "batch": "aut",
        "owner": "level2",
        "status": ["ASSIGNED"],
        "number": next(cas.number for cas in cas_list if cas.number),
        "sponsor": "7xkq2md93",
        "owner_id": "Outsider",
        "anything": "ng",
        "course_id": "msc 1",
        "nationality": "VNM",
        "route": "STUDENT",
        "date_of_birth": BIRTHDAYS[1],
        **dict.fromkeys(("starts_from", "starts_to"), STARTS[2]),
        **dict.fromkeys(("assigned_from", "assigned_to"), ASSIGNED_ON[2]),
        **{name: expiry_date(ASSIGNED_ON[1]) for name in ("expires_from", "expires_to")},
    }
    for name in SEARCH_FIELDS:
        found = found_by(people["caseworker"], asked_of({name: values[name]}, people))
        assert 0 < len(found) < len(cas_list), name
        assert found == {cas.pk for cas in cas_list if FITS[name](cas, values[name])}, name


@given(st.dates(date(2020, 1, 1), date(2040, 12, 31)))
def test_a_cas_was_assigned_about_when_its_expiry_date_says(assigned_on):
    first, last = about_assigned(expiry_date(assigned_on))
    assert first <= assigned_on <= last


def test_the_labels_are_those_of_the_cas():
    for name, sought in SEARCH_FIELDS.items():
        if name in fields.BY_NAME:
            assert sought.field.label == fields.BY_NAME[name].label
    assert RANGES == (("assigned_from", "assigned_to"), ("starts_from", "starts_to"), ("expires_from", "expires_to"))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_what_is_kept_of_a_search_asks_the_same_again(data, level1, level2):
    """The answers are sent as the texts that a browser sends."""
    names = data.draw(st.lists(st.sampled_from(sorted(set(SOUGHT) - {"owner"})), min_size=1, max_size=4, unique=True))
    asked = {name: data.draw(SOUGHT[name], label=name) for name in names}
    sent = {name: [text] for name, text in typed_in({**asked, "status": ""}).items() if text}
    form = SearchForm(restored(sent | {"status": asked.get("status", [])}), user=level1)
    if not form.is_valid():
        assert any(name.endswith("_to") for name in form.errors), form.errors
        return
    again = SearchForm(restored(form.typed()), user=level1)
    assert again.is_valid()
    trimmed = {name: value.strip() if isinstance(value, str) else value for name, value in asked.items()}
    assert again.asked() == form.asked() == trimmed
    assert len(form.in_words()) == len(asked)


@pytest.mark.parametrize("typed", ["e4g", "E4G 0", "e-4-g", "E4G0000000000Z"])
def test_what_begins_as_numbers_do_is_read_as_one(typed, level1):
    form = SearchForm(restored({"anything": [typed]}), user=level1)
    assert "CAS number" in form.errors["anything"][0]


def test_a_number_in_the_box_is_looked_for_as_it_is_kept(level1):
    number = numbers.draw("STUDENT")
    form = SearchForm(restored({"anything": [f" {number.lower()} "]}), user=level1)
    assert form.is_valid()
    assert form.asked() == {"anything": number}


# Each field has its index


NO_INDEX = {"route", "owner_id", "sponsor"}  # tests/cas/finding/test_search_plans.py says why


def without_a_plan(searched):
    """Return the fields of the search that `searched`, a table of test_search_plans, does not try."""
    tried = set().union(*(asked for asked, _ in searched.values()))
    return SEARCH_FIELDS.keys() - tried - NO_INDEX


def test_every_search_field_is_among_those_whose_plan_is_looked_at():
    assert without_a_plan(SEARCHES | of_level_1("")) == set()


def test_a_field_that_is_not_among_them_would_be_seen():
    assert "owner" in without_a_plan(SEARCHES)
