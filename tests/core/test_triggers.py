"""The triggers in the database are those that the models would write today, and a check says when they are not."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from sms.core import triggers
from sms.core.checks import check_triggers
from sms.core.triggers import Guard
from tests.plain_sql import execute

pytestmark = pytest.mark.django_db

NAME, TABLE = "sms_guard_licences_event_append_only_update", "licences_event"
on_postgresql = pytest.mark.skipif(connection.vendor != "postgresql", reason="only PostgreSQL can do it")
on_sqlite = pytest.mark.skipif(connection.vendor != "sqlite", reason="how SQLite spells it")


@pytest.fixture(autouse=True)
def _nothing_left_to_check(db):
    connection.check_constraints()


def drop(name=NAME, table=TABLE):
    execute(f'DROP TRIGGER "{name}"' + (f' ON "{table}"' if connection.vendor == "postgresql" else ""))


def make(name=NAME, table=TABLE, guard=None):
    guard = guard or Guard(name, "UPDATE", "OLD.id = 0", "Lines of history are never changed")
    execute(triggers._statement(connection.vendor, name, table, guard))


def test_after_migrating_nothing_differs():
    assert triggers.differences(connection) == []
    assert check_triggers(databases=["default"]) == []


def test_a_missing_trigger_is_named():
    drop()
    assert triggers.differences(connection) == [f"The trigger {NAME} is missing."]


def test_a_trigger_of_the_same_name_that_guards_less_is_named():
    drop()
    make()
    assert triggers.differences(connection) == [f"The trigger {NAME} differs from the models."]


def test_a_trigger_that_says_something_else_is_named():
    drop()
    make(guard=Guard("append_only_update", "UPDATE", "1 = 1", "No"))
    assert triggers.differences(connection) == [f"The trigger {NAME} differs from the models."]


def test_a_strange_trigger_is_named():
    make("sms_guard_of_another_program")
    assert triggers.differences(connection) == ["The trigger sms_guard_of_another_program should not exist."]


def test_a_trigger_of_another_product_is_none_of_our_business():
    make("audit_log")
    assert triggers.differences(connection) == []
    triggers.drop(connection)
    drop("audit_log")


@on_postgresql
@pytest.mark.parametrize("how", ["DISABLE TRIGGER", "ENABLE REPLICA TRIGGER"])
def test_a_trigger_that_was_switched_off_is_named(how):
    execute(f'ALTER TABLE "{TABLE}" {how} "{NAME}"')
    assert triggers.differences(connection) == [f"The trigger {NAME} differs from the models."]


@on_postgresql
def test_a_function_that_refuses_no_more_is_noticed_in_every_trigger():
    execute("CREATE OR REPLACE FUNCTION sms_refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'")
    wanted = list(triggers.statements(connection))
    assert len(triggers.differences(connection)) == len(wanted)


@on_postgresql
def test_a_forged_comment_does_not_hide_a_change():
    """Whoever copies the comment of the right trigger onto a wrong one is still found out."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT obj_description(oid, 'pg_trigger') FROM pg_trigger WHERE tgname = %s", [NAME])
        (comment,) = cursor.fetchone()
    drop()
    make()
    execute(f'COMMENT ON TRIGGER "{NAME}" ON "{TABLE}" IS \'{comment}\'')
    assert triggers.differences(connection) == [f"The trigger {NAME} differs from the models."]


def test_installing_them_again_mends_everything():
    drop()
    make("sms_guard_of_another_program")
    triggers.install(connection)
    assert triggers.differences(connection) == []


def test_dropping_them_leaves_none():
    triggers.drop(connection)
    assert len(triggers.differences(connection)) == len(list(triggers.statements(connection)))


def test_migrating_mends_everything():
    drop()
    make("sms_guard_of_another_program")
    call_command("migrate", verbosity=0)
    assert triggers.differences(connection) == []


def test_manage_py_check_tells_of_them():
    drop()
    said = StringIO()
    call_command("check", databases=["default"], stderr=said, stdout=StringIO())
    assert NAME in said.getvalue()
    assert "sms.W001" in said.getvalue()


def test_a_refusal_is_an_integrity_error_with_the_guards_sentence(caseworker):
    with pytest.raises(IntegrityError, match="Lines of history are never changed"), transaction.atomic():
        execute(f"UPDATE {TABLE} SET verb = 'x'")


def test_a_sentence_with_an_apostrophe_arrives(caseworker):
    make(guard=Guard("x", "UPDATE", "1 = 1", "Don't"), name="sms_guard_a")
    with pytest.raises(IntegrityError, match="Don't"), transaction.atomic():
        execute(f"UPDATE {TABLE} SET verb = 'x'")


def test_values_in_conditions_are_quoted():
    assert triggers.quoted(["b", "a'; DROP TABLE x; --"]) == "'a''; DROP TABLE x; --', 'b'"


@on_sqlite
def test_sqlite_is_told_in_words_that_its_older_versions_know():
    assert not [sql for _, _, sql in triggers.statements(connection) if "DISTINCT" in sql]


def test_each_name_is_its_own_and_short_enough_for_postgresql():
    names = [name for name, _, _ in triggers.statements(connection)]
    assert len(names) == len(set(names)) > 20
    assert max(map(len, names)) <= 63
