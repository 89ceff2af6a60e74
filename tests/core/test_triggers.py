"""The triggers in the database are those of the models, and a check warns if they differ."""

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
on_sqlite = pytest.mark.skipif(connection.vendor != "sqlite", reason="about SQLite's own syntax")


@pytest.fixture(autouse=True)
def _no_pending_checks(db):
    connection.check_constraints()


def drop(name=NAME, table=TABLE):
    execute(f'DROP TRIGGER "{name}"' + (f' ON "{table}"' if connection.vendor == "postgresql" else ""))


def make(name=NAME, table=TABLE, guard=None):
    guard = guard or Guard(name, "UPDATE", "OLD.id = 0", "Lines of history are never changed")
    execute(triggers._statement(connection.vendor, name, table, guard))


def test_after_migrating_the_triggers_are_those_of_the_models():
    assert triggers.differences(connection) == []
    assert check_triggers(databases=["default"]) == []


def test_a_missing_trigger_is_reported():
    drop()
    assert triggers.differences(connection) == [f"The trigger {NAME} is missing."]


def test_a_trigger_of_the_same_name_that_guards_less_is_reported():
    drop()
    make()
    assert triggers.differences(connection) == [f"The trigger {NAME} differs from the models."]


def test_a_trigger_with_another_message_is_reported():
    drop()
    make(guard=Guard("append_only_update", "UPDATE", "1 = 1", "No"))
    assert triggers.differences(connection) == [f"The trigger {NAME} differs from the models."]


def test_an_unknown_trigger_with_our_prefix_is_reported():
    make("sms_guard_of_another_program")
    assert triggers.differences(connection) == ["The trigger sms_guard_of_another_program should not exist."]


def test_triggers_of_other_programs_are_ignored():
    make("audit_log")
    assert triggers.differences(connection) == []
    triggers.drop(connection)
    drop("audit_log")


@on_postgresql
@pytest.mark.parametrize("how", ["DISABLE TRIGGER", "ENABLE REPLICA TRIGGER"])
def test_a_disabled_trigger_is_reported(how):
    execute(f'ALTER TABLE "{TABLE}" {how} "{NAME}"')
    assert triggers.differences(connection) == [f"The trigger {NAME} differs from the models."]


@on_postgresql
def test_a_changed_function_is_reported_for_every_trigger():
    execute("CREATE OR REPLACE FUNCTION sms_refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'")
    wanted = list(triggers.statements(connection))
    assert len(triggers.differences(connection)) == len(wanted)


@on_postgresql
def test_a_forged_comment_does_not_hide_a_change():
    """A wrong trigger is reported even if it has the comment of the right one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT obj_description(oid, 'pg_trigger') FROM pg_trigger WHERE tgname = %s", [NAME])
        (comment,) = cursor.fetchone()
    drop()
    make()
    execute(f'COMMENT ON TRIGGER "{NAME}" ON "{TABLE}" IS \'{comment}\'')
    assert triggers.differences(connection) == [f"The trigger {NAME} differs from the models."]


def test_installing_the_triggers_again_corrects_all_differences():
    drop()
    make("sms_guard_of_another_program")
    triggers.install(connection)
    assert triggers.differences(connection) == []


def test_dropping_the_triggers_leaves_none():
    triggers.drop(connection)
    assert len(triggers.differences(connection)) == len(list(triggers.statements(connection)))


def test_migrating_corrects_all_differences():
    drop()
    make("sms_guard_of_another_program")
    call_command("migrate", verbosity=0)
    assert triggers.differences(connection) == []


def test_manage_py_check_warns_of_differences():
    drop()
    said = StringIO()
    call_command("check", databases=["default"], stderr=said, stdout=StringIO())
    assert NAME in said.getvalue()
    assert "sms.W001" in said.getvalue()


def test_a_refused_statement_is_an_integrity_error_with_the_guards_message(caseworker):
    with pytest.raises(IntegrityError, match="Lines of history are never changed"), transaction.atomic():
        execute(f"UPDATE {TABLE} SET verb = 'x'")


def test_a_message_can_contain_an_apostrophe(caseworker):
    make(guard=Guard("x", "UPDATE", "1 = 1", "Don't"), name="sms_guard_a")
    with pytest.raises(IntegrityError, match="Don't"), transaction.atomic():
        execute(f"UPDATE {TABLE} SET verb = 'x'")


def test_values_in_conditions_are_quoted():
    assert triggers.quoted(["b", "a'; DROP TABLE x; --"]) == "'a''; DROP TABLE x; --', 'b'"


@on_sqlite
def test_older_versions_of_sqlite_accept_the_conditions():
    assert not [sql for _, _, sql in triggers.statements(connection) if "DISTINCT" in sql]


def test_names_of_triggers_are_unique_and_short_enough_for_postgresql():
    names = [name for name, _, _ in triggers.statements(connection)]
    assert len(names) == len(set(names)) > 20
    assert max(map(len, names)) <= 63
