"""Errors that mean that a database or disk is unavailable, by their codes, and program errors."""

import errno
import sqlite3

import psycopg
import pytest
from django.contrib.sessions.backends.base import UpdateError
from django.db import (
    DatabaseError,
    IntegrityError,
    InterfaceError,
    InternalError,
    OperationalError,
    ProgrammingError,
)
from django.db.transaction import TransactionManagementError

from sms.core.unavailable import SQLSTATES, Why, why
from tests.outages import sqlite_error


def raised(cause, kind=OperationalError):
    """Return the error that Django raises for `cause`, an error of the driver."""
    try:
        raise kind("in Django's words") from cause
    except kind as error:
        return error


def replaced_by(error, kind):
    """Return the error of `kind` that Django raises while it handles `error`."""
    try:
        try:
            raise error
        except DatabaseError:
            raise kind("something else")  # noqa: B904 Django does not say from what, either
    except kind as stand_in:
        return stand_in


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (sqlite3.SQLITE_BUSY, Why.BUSY),
        (sqlite3.SQLITE_BUSY_SNAPSHOT, Why.BUSY),
        (sqlite3.SQLITE_LOCKED, Why.BUSY),
        (sqlite3.SQLITE_FULL, Why.FULL),
        (sqlite3.SQLITE_IOERR_SHMSIZE, Why.FULL),
        (sqlite3.SQLITE_IOERR_READ, Why.AWAY),
        (sqlite3.SQLITE_CANTOPEN, Why.AWAY),
        (sqlite3.SQLITE_READONLY, Why.AWAY),
        (sqlite3.SQLITE_ERROR, None),
        (sqlite3.SQLITE_CONSTRAINT_UNIQUE, None),
    ],
)
def test_errors_of_sqlite_are_judged_by_their_codes(code, reason):
    assert why(raised(sqlite_error(code))) is reason


@pytest.mark.parametrize("sqlstate", [*SQLSTATES, "08006", "08001"])
def test_errors_of_postgresql_are_judged_by_their_codes(sqlstate):
    error = psycopg.errors.lookup(sqlstate) if sqlstate in SQLSTATES else psycopg.OperationalError
    cause = error("as the server says it")
    cause.sqlstate = sqlstate
    for kind in (OperationalError, InternalError):
        assert why(raised(cause, kind)) is SQLSTATES.get(sqlstate, Why.AWAY)


@pytest.mark.parametrize(
    "error",
    [
        raised(psycopg.errors.UndefinedTable("x"), ProgrammingError),
        raised(psycopg.errors.UniqueViolation("x"), IntegrityError),
        raised(psycopg.InterfaceError("the cursor is closed"), InterfaceError),
        raised(sqlite3.InterfaceError("Error binding parameter"), InterfaceError),
        OperationalError("raised by hand"),
        OSError(errno.ENOENT, "No such file"),
        ValueError(),
        None,
    ],
    ids=repr,
)
def test_a_program_error_does_not_mean_that_the_database_is_unavailable(error):
    assert why(error) is None


@pytest.mark.parametrize("kind", [UpdateError, TransactionManagementError])
def test_an_error_that_replaces_another_is_judged_by_the_other(kind):
    assert why(replaced_by(raised(sqlite_error(sqlite3.SQLITE_FULL)), kind)) is Why.FULL
    assert why(replaced_by(raised(sqlite_error(sqlite3.SQLITE_ERROR)), kind)) is None
    assert why(kind("raised by itself")) is None


def test_a_full_folder_of_temporary_files_is_a_full_disk():
    assert why(OSError(errno.ENOSPC, "No space left on device")) is Why.FULL
