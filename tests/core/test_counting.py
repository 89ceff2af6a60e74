"""Counting rows up to a limit."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from licences.models import User
from licences.roles import Role
from sms.core.counting import Tally, tallies, tallies_by
from tests.factories import a_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def four(db):
    for number in range(4):
        a_user(f"person-{number}", Role.CASEWORKER)
    return User.objects.filter(role=Role.CASEWORKER)


@pytest.mark.parametrize(
    ("most", "expected"), [(5, Tally(4)), (4, Tally(4)), (3, Tally(3, is_more=True)), (0, Tally(0, is_more=True))]
)
def test_rows_are_counted_up_to_the_limit(most, expected, four):
    assert tallies({"all": (four, most)}) == {"all": expected}


def test_several_querysets_are_counted_in_order_in_one_statement(four):
    with CaptureQueriesContext(connection) as statements:
        found = tallies(
            {
                "named": (four.filter(username="person-2"), 9),
                "all": (four.select_related("licence").order_by("name"), 2),
                "none": (four.none(), 9),
                "strange": (four.filter(name="'; %s --"), 9),
            }
        )
    assert list(found.items()) == [
        ("named", Tally(1)),
        ("all", Tally(2, is_more=True)),
        ("none", Tally(0)),
        ("strange", Tally(0)),
    ]
    assert len(statements) == 1


def test_the_database_itself_stops_counting(four):
    with CaptureQueriesContext(connection) as statements:
        tallies({"all": (four, 1000)})
    assert "LIMIT 1001" in statements[0]["sql"]


def test_counting_by_the_values_of_a_column_gives_the_same_as_counting_each(four):
    people = User.objects.filter(username__startswith="person").exclude(username="person-3")
    a_user("person-9", Role.CASEWORKER)
    with CaptureQueriesContext(connection) as statements:
        found = tallies_by("username", people, {"": 2, "person-1": 9, "person-3": 9, "person-9": 9, "'; %s --": 0})
    assert found == {
        "": Tally(2, is_more=True),
        **tallies(
            {name: (people.filter(username=name), 9) for name in ("person-1", "person-3", "person-9", "'; %s --")}
        ),
    }
    assert [str(tally) for tally in found.values()] == ["2+", "1", "0", "1", "0"]
    assert len(statements) == 1
    assert tallies_by("username", people.none(), {"": 9, "person-1": 9}) == {"": Tally(0), "person-1": Tally(0)}


@pytest.mark.parametrize(
    ("tally", "text"), [(Tally(0), "0"), (Tally(1234), "1,234"), (Tally(1000, is_more=True), "1,000+")]
)
def test_a_tally_shows_if_there_are_more(tally, text):
    assert str(tally) == text
