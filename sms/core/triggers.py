"""Guard the database with triggers, written from the same tables as the rules in Python.

A model lists its `guards`. If `manage.py migrate` has anything to migrate, it first drops the triggers: they could
refuse the migration, and SQLite silently drops those of a table that it alters. At its end it installs the triggers if
any are missing or wrong, even if there was nothing to migrate. All of this is one transaction. A refused statement
raises `django.db.IntegrityError`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import connections, models
from django.db.backends.base.base import BaseDatabaseWrapper

from sms.core.lifecycle import Lifecycle

PREFIX = "sms_guard_"

REFUSE = """
BEGIN
    RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'integrity_constraint_violation';
END
"""


@dataclass(frozen=True)
class Guard:
    """A trigger that refuses `event` (INSERT, UPDATE or DELETE) on a row where the SQL condition `when` is true.

    `when` calls the columns OLD.name and NEW.name, in SQL that both databases accept.
    """

    name: str
    event: str
    when: str
    message: str


def quoted(values: Iterable[str]) -> str:
    return ", ".join("'" + value.replace("'", "''") + "'" for value in sorted(values))


def append_only(what: str) -> tuple[Guard, ...]:
    """Return guards against changing or deleting rows. `what` names them in the message."""
    return (
        Guard("append_only_update", "UPDATE", "1 = 1", f"{what} are never changed"),
        Guard("append_only_delete", "DELETE", "1 = 1", f"{what} are never deleted"),
    )


def never_deleted(what: str) -> Guard:
    return Guard("never_deleted", "DELETE", "1 = 1", f"{what} are never deleted")


def follows(lifecycle: Lifecycle) -> tuple[Guard, ...]:
    """Return guards against any new status, move or deletion that the lifecycle does not allow."""
    edges = quoted(f"{source}>{target}" for source, target in lifecycle.edges())
    removable = f"OLD.status NOT IN ({quoted(lifecycle.removable)})" if lifecycle.removable else "1 = 1"
    return (
        Guard(
            "status_insert",
            "INSERT",
            f"NEW.status NOT IN ({quoted(lifecycle.initial)})",
            f"No new {lifecycle.name} has this status",
        ),
        Guard(
            "status_update",
            "UPDATE",
            f"(OLD.status || '>' || NEW.status) NOT IN ({edges})",
            f"No {lifecycle.name} can move between these statuses",
        ),
        Guard("status_delete", "DELETE", removable, f"No {lifecycle.name} with this status is ever deleted"),
    )


def frozen(name: str, columns: Iterable[str], message: str, *, when: str = "1 = 1") -> Guard:
    """Return a guard against changing any of `columns` where `when` is true."""
    changes = " OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in columns)
    return Guard(name, "UPDATE", f"({when}) AND ({changes})", message)


def guarded_models() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if getattr(model, "guards", ())]


def statements(connection: BaseDatabaseWrapper) -> Iterator[tuple[str, str, str]]:
    """Yield the name, the table and the SQL of each trigger, for the guarded tables that exist."""
    tables = set(connection.introspection.table_names())
    for model in guarded_models():
        table = model._meta.db_table
        if table not in tables:
            continue
        for guard in model.guards:  # type: ignore[attr-defined]
            name = f"{PREFIX}{table}_{guard.name}"
            yield name, table, _statement(connection.vendor, name, table, guard)
        if connection.vendor == "postgresql":
            name = f"{PREFIX}{table}_truncate"
            yield (
                name,
                table,
                (
                    f'CREATE TRIGGER "{name}" BEFORE TRUNCATE ON "{table}" FOR EACH STATEMENT '
                    f"EXECUTE FUNCTION sms_refuse('This table is never emptied')"
                ),
            )


def _statement(vendor: str, name: str, table: str, guard: Guard) -> str:
    message = guard.message.replace("'", "''")
    start = f'CREATE TRIGGER "{name}" BEFORE {guard.event} ON "{table}" FOR EACH ROW'
    if vendor == "postgresql":
        return f"{start} WHEN ({guard.when}) EXECUTE FUNCTION sms_refuse('{message}')"
    # SQLite writes IS NOT. Only its newest versions accept IS DISTINCT FROM.
    when = guard.when.replace("IS DISTINCT FROM", "IS NOT")
    return f"{start} WHEN {when} BEGIN SELECT RAISE(ABORT, '{message}'); END"


def drop(connection: BaseDatabaseWrapper) -> None:
    """Drop all our triggers, to migrate or to empty a test database."""
    if connection.vendor == "postgresql" and connection.in_atomic_block:
        connection.check_constraints()  # PostgreSQL cannot drop triggers of a table with pending checks
    with connection.cursor() as cursor:
        for name, table in _present(cursor, connection.vendor):
            on = f' ON "{table}"' if connection.vendor == "postgresql" else ""
            cursor.execute(f'DROP TRIGGER "{name}"{on}')


def install(connection: BaseDatabaseWrapper) -> None:
    """Drop all triggers and write them again from the models."""
    drop(connection)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"CREATE OR REPLACE FUNCTION sms_refuse() RETURNS trigger LANGUAGE plpgsql AS $${REFUSE}$$")
        for name, table, sql in statements(connection):
            cursor.execute(sql)
            if connection.vendor == "postgresql":
                # PostgreSQL rewrites the SQL, so a digest of its version is kept in the trigger's comment.
                cursor.execute(f'COMMENT ON TRIGGER "{name}" ON "{table}" IS \'{_digest(sql)}\'')
                written = _written(cursor)[name]
                cursor.execute(f'COMMENT ON TRIGGER "{name}" ON "{table}" IS \'{_digest(sql)} {written}\'')


def differences(connection: BaseDatabaseWrapper) -> list[str]:
    """Return sentences about the triggers in the database that differ from those of the models."""
    wanted = {name: sql for name, _, sql in statements(connection)}
    with connection.cursor() as cursor:
        there = _definitions(cursor, connection.vendor, wanted)
    missing = [f"The trigger {name} is missing." for name in sorted(wanted.keys() - there.keys())]
    strange = [f"The trigger {name} should not exist." for name in sorted(there.keys() - wanted.keys())]
    changed = [
        f"The trigger {name} differs from the models."
        for name in sorted(wanted.keys() & there.keys())
        if there[name] != wanted[name]
    ]
    return missing + strange + changed


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def _present(cursor: Any, vendor: str) -> list[tuple[str, str]]:
    if vendor == "postgresql":
        cursor.execute(
            "SELECT tgname, relname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid "
            "WHERE NOT tgisinternal AND starts_with(tgname, %s) AND pg_table_is_visible(tgrelid)",
            [PREFIX],
        )
    else:
        cursor.execute(
            "SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger' AND substr(name, 1, %s) = %s",
            [len(PREFIX), PREFIX],
        )
    return list(cursor.fetchall())


def _written(cursor: Any) -> dict[str, str]:
    """Return a digest of each trigger: PostgreSQL's definition, the text of its function and whether it is enabled."""
    cursor.execute(
        "SELECT tgname, pg_get_triggerdef(pg_trigger.oid) || tgenabled::text || prosrc "
        "FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid "
        "WHERE NOT tgisinternal AND starts_with(tgname, %s) AND pg_table_is_visible(tgrelid)",
        [PREFIX],
    )
    return {name: _digest(definition) for name, definition in cursor.fetchall()}


def _definitions(cursor: Any, vendor: str, wanted: dict[str, str]) -> dict[str, str]:
    """Return the SQL of each trigger in the database. On PostgreSQL, return the wanted SQL for an unchanged trigger."""
    if vendor != "postgresql":
        cursor.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND substr(name, 1, %s) = %s",
            [len(PREFIX), PREFIX],
        )
        return dict(cursor.fetchall())
    written = _written(cursor)
    cursor.execute(
        "SELECT tgname, obj_description(oid, 'pg_trigger') FROM pg_trigger "
        "WHERE NOT tgisinternal AND starts_with(tgname, %s) AND pg_table_is_visible(tgrelid)",
        [PREFIX],
    )
    remembered = dict(cursor.fetchall())
    return {
        name: wanted.get(name, "")
        if remembered.get(name) == f"{_digest(wanted.get(name, ''))} {digest}"
        else f"changed: {remembered.get(name)}"
        for name, digest in written.items()
    }


def drop_before_migrating(using: str, plan: Sequence[object], **_: object) -> None:
    """Drop the triggers before a migration, which they could refuse. Do nothing if there is nothing to migrate."""
    if plan:
        drop(connections[using])


def install_after_migrating(using: str, **_: object) -> None:
    """Install the triggers unless they are already right."""
    if differences(connections[using]):
        install(connections[using])
