"""Partial dates of birth in the database, against a plain model in Python (specification, sections 3 and 8)."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import Exists, OuterRef
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from cas.births import agrees, born_on
from cas.finding.duplicates import alike, duplicates
from cas.models import CAS
from sms.core.partial_dates import PartialDate
from tests.constraints import no_constraint
from tests.core.test_partial_dates import NEAR, PARTIAL_DATES
from tests.factories import a_cas, a_draft
from tests.plain_sql import refusal, update

pytestmark = pytest.mark.django_db

ONE_DATABASE = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

NEARLY = st.from_regex(r"[0-9]{3,4}-?([0-9]{1,2}-?([0-9]{1,2})?)?", fullmatch=True)
ALMOST_DATES = st.builds(
    "{}-{:02}-{:02}".format,
    st.sampled_from([1899, 1900, 1999, 2000, 2024, 2026, 2100, 2200, 2201]),
    st.integers(0, 13),
    st.integers(0, 32),
)


def is_one(text):
    try:
        return bool(PartialDate(text))
    except ValueError:
        return text == ""


def check_of_database(cas, text):
    try:
        return not refusal(update, cas, date_of_birth=text)
    except DatabaseError:  # longer than the column, on PostgreSQL
        return False


@ONE_DATABASE
@given(text=NEARLY | ALMOST_DATES | PARTIAL_DATES)
@example(text="")
@example(text="1990-5")
@example(text="abcd")
@example(text="1990-05-1 ")
@example(text="1990      ")
@example(text="1990-05-01\n")
@example(text="2000-02-29")
@example(text="1900-02-29")
@example(text="2100-02-29")
@example(text="2200-02-29")
@example(text="2200-12-31")
@example(text="2201")
def test_the_database_keeps_exactly_the_dates_that_exist(text, level1):
    cas = CAS.objects.last() or a_draft(level1)
    assert check_of_database(cas, text) is is_one(text)


@pytest.mark.django_db(transaction=True)
def test_without_its_constraint_it_would_keep_others(level1):
    cas = a_draft(level1)
    assert refusal(update, cas, date_of_birth="1990-5")
    with no_constraint(CAS, "cas_date_of_birth_exists"):
        assert not refusal(update, cas, date_of_birth="1990-5")


def test_it_is_compared_letter_by_letter_on_every_database():
    columns = {column.name: column for column in described()}
    assert columns["date_of_birth"].collation in {"C", "BINARY"}
    assert columns["date_of_birth"].collation == columns["family_key"].collation


def described():
    with connection.cursor() as cursor:
        return connection.introspection.get_table_description(cursor, "cas_cas")


@pytest.mark.parametrize("born", ["1990-05-12", "1990-05", "1990", ""])
def test_what_is_kept_is_read_again_as_a_partial_date(born, level1):
    cas = CAS.objects.get(pk=a_draft(level1, date_of_birth=born).pk)
    assert cas.date_of_birth == born
    assert type(cas.date_of_birth) is (PartialDate if born else str)
    assert type(CAS.objects.values_list("date_of_birth", flat=True).get()) is type(cas.date_of_birth)


# Searching and comparing


def drafts_born(births, by):
    """Add a draft for each of these dates of birth."""
    CAS.objects.bulk_create(
        CAS(
            family_name="Ng",
            date_of_birth=born,
            licence=by.licence,
            owner=by,
            created_by=by,
            status="WORK IN PROGRESS",
            created_at="2026-11-21 12:00Z",
            changed_at="2026-11-21 12:00Z",
        )
        for born in births
    )
    return list(CAS.objects.order_by("pk"))


BIRTHS = st.lists(NEAR | PARTIAL_DATES | st.just(""), max_size=12)


def agreeing(born, other):
    return bool(born and other) and born.agrees_with(other)


@ONE_DATABASE
@given(births=BIRTHS, sought=NEAR)
@example(births=["1990", "1990-05", "1990-06", "1990-05-12", "1990-05-13", "1991", "1989-12-31"], sought="1990-05-12")
@example(births=["1990", "1990-05", "1990-06", "1990-05-31", "1990-06-01", "1991", "1990-04-30"], sought="1990-05")
@example(births=["1990", "1990-05", "1990-12-31", "1991", "1991-01", "1989", "1989-12-31", ""], sought="1990")
def test_a_search_finds_the_dates_that_agree_with_the_one_sought(births, sought, level1):
    sought, births = PartialDate(sought), [born and PartialDate(born) for born in births]
    with transaction.atomic():
        rows = drafts_born(births, level1)
        expected = {cas.pk for cas in rows if agreeing(cas.date_of_birth, sought)}
        found = CAS.objects.filter(born_on("date_of_birth", sought)).values_list("pk", flat=True)
        compared = CAS.objects.filter(agrees("date_of_birth", sought)).values_list("pk", flat=True)
        assert sorted(found) == sorted(compared) == sorted(expected)
        transaction.set_rollback(True)


@ONE_DATABASE
@given(births=BIRTHS)
def test_rows_are_compared_with_each_other_alike(births, level1):
    with transaction.atomic():
        rows = drafts_born(births, level1)
        others = CAS.objects.filter(agrees("date_of_birth", OuterRef("date_of_birth"))).exclude(pk=OuterRef("pk"))
        found = set(CAS.objects.filter(Exists(others)).values_list("pk", flat=True))
        assert found == {
            cas.pk
            for cas in rows
            if any(agreeing(cas.date_of_birth, other.date_of_birth) for other in rows if other.pk != cas.pk)
        }
        transaction.set_rollback(True)


# Duplicates

PEOPLE = st.fixed_dictionaries(
    {
        "given_names": st.sampled_from(["An", "Bo"]),
        "passport_number": st.sampled_from(["", "P101", "p-101", "P202"]),
        "nationality": st.sampled_from(["", "VNM", "AFG"]),
        "date_of_birth": st.sampled_from(["", "1990", "1990-05", "1990-06", "1990-05-12", "1990-05-13"]),
    }
)


def looks_like(one, other):
    same_passport = bool(one.passport_key) and one.passport_key == other.passport_key
    return (
        one.pk != other.pk
        and (same_passport or one.given_key == other.given_key)
        and one.nationality == other.nationality != ""
        and agreeing(one.date_of_birth, other.date_of_birth)
    )


@settings(ONE_DATABASE, max_examples=40)
@given(people=st.lists(PEOPLE, min_size=2, max_size=5))
def test_duplicates_are_those_whose_dates_of_birth_agree(people, level1):
    with transaction.atomic():
        rows = [a_draft(level1, **person) for person in people]
        for cas in rows:
            assert {other.pk for other in duplicates(cas, level1).seen} == {
                other.pk for other in rows if looks_like(cas, other)
            }
        found = alike(CAS.objects.all(), level1)
        with_some = [cas.pk for cas in rows if any(looks_like(cas, other) for other in rows)]
        assert [cas.pk for cas in found.named] == with_some
        assert found.number == len(with_some)
        transaction.set_rollback(True)


def test_a_year_is_like_two_months_of_it_that_are_not_like_each_other(level1):
    may, year, june = (a_cas(level1, date_of_birth=born) for born in ("1990-05", "1990", "1990-06"))
    assert {cas.pk for cas in duplicates(year, level1).seen} == {may.pk, june.pk}
    assert {cas.pk for cas in duplicates(may, level1).seen} == {year.pk}
    assert {cas.pk for cas in duplicates(june, level1).seen} == {year.pk}
