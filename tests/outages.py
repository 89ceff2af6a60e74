"""A database that cannot serve. Each outage is real, so that the drivers raise the same errors as in production.

Tests that use it must be `transaction=True`, because connections are lost.
"""

import sqlite3
from contextlib import contextmanager

from django.db import OperationalError, connection, connections

from tests.plain_sql import execute


@contextmanager
def away():
    """Make the database unreachable, and lose the connection."""
    changed = {"NAME": "/nowhere/sms.sqlite3"} if connection.vendor == "sqlite" else {"HOST": "127.0.0.1", "PORT": "9"}
    before = dict(connection.settings_dict)
    connection.close()
    connection.settings_dict.update(changed)
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.update(before)


@contextmanager
def terminated():
    """Let the server close the connection, which the portal notices only at its next statement."""
    pid = connection.connection.info.backend_pid
    with another_connection() as other, other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
    yield
    connection.close()


@contextmanager
def locked(table, *, patience):
    """Hold a lock on the table (on SQLite on all tables). The portal waits `patience` milliseconds for it."""
    with another_connection() as other:
        if other.vendor == "sqlite":
            execute(f"PRAGMA busy_timeout = {patience}")
            lock = "BEGIN IMMEDIATE"
        else:
            execute(f"SET lock_timeout = {patience}")
            other.set_autocommit(False)
            lock = f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE"
        with other.cursor() as cursor:
            cursor.execute(lock)
        try:
            yield
        finally:
            with other.cursor() as cursor:
                cursor.execute("ROLLBACK")
            connection.close()  # this also ends the changed time limit


@contextmanager
def full(table):
    """Make the disk seem full for every write to the table."""
    if connection.vendor == "sqlite":
        with connection.execute_wrapper(_refuses_to_write(table)):
            yield
        return
    execute(
        "CREATE FUNCTION disk_full() RETURNS trigger LANGUAGE plpgsql AS "
        "$$BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full'; END$$"
    )
    execute(f"CREATE TRIGGER disk_full BEFORE INSERT OR UPDATE ON {table} EXECUTE FUNCTION disk_full()")
    try:
        yield
    finally:
        execute("DROP FUNCTION disk_full CASCADE")


def _refuses_to_write(table):
    def refuse(execute, sql, params, many, context):
        if sql.startswith(("INSERT", "UPDATE")) and f'"{table}"' in sql.partition(" SET ")[0]:
            raise OperationalError("database or disk is full") from sqlite_error(sqlite3.SQLITE_FULL)
        return execute(sql, params, many, context)

    return refuse


@contextmanager
def full_file():
    """Keep SQLite's file from growing. Writes that fit into its existing pages still succeed."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM")
        pages = cursor.execute("PRAGMA page_count").fetchone()[0]
        cursor.execute(f"PRAGMA max_page_count = {pages}")
    try:
        yield
    finally:
        execute("PRAGMA max_page_count = 1073741823")


@contextmanager
def another_connection():
    other = connections.create_connection("default")
    try:
        yield other
    finally:
        other.close()


def sqlite_error(code):
    """Return an error with a code, as SQLite raises it. Python sets the code only on such errors."""
    error = sqlite3.OperationalError("as SQLite says it")
    error.sqlite_errorcode = code
    return error


def an_outage():
    """Return the error of a database that another process keeps busy."""
    error = OperationalError("database is locked")
    error.__cause__ = sqlite_error(sqlite3.SQLITE_BUSY)
    return error
