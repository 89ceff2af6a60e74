"""`any_of`: one parameter for a list of any length."""

import pytest
from django.db import connection

from licences.models import User
from licences.roles import Role
from tests.factories import a_user

pytestmark = pytest.mark.django_db


def test_any_of_finds_the_same_as_in(licence):
    ids = [a_user(f"user{number}", Role.LEVEL_2, licence).pk for number in range(5)]
    for wanted in ([], ids[:1], ids, [0, *ids[1:3]]):
        found = User.objects.filter(pk__any_of=wanted).values_list("pk", flat=True)
        assert set(found) == set(wanted) - {0}


def test_any_of_finds_texts_with_quotes_and_accents(licence):
    for username in ("o'neill", 'the "boss"', "nguyễn"):
        a_user(username, Role.LEVEL_2, licence)
    names = ["o'neill", 'the "boss"', "nguyễn", "unknown"]
    assert User.objects.filter(username__any_of=names).count() == 3


def test_100_000_values_are_one_parameter(licence):
    statements = []

    def listen(execute, sql, params, many, context):
        statements.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(listen):
        for ids in ([0], range(100_000)):
            set(User.objects.filter(pk__any_of=ids).values_list("pk"))
    (few, few_params), (many, many_params) = statements
    assert few == many
    assert len(few_params) == len(many_params) == 1
