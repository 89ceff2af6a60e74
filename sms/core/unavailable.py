"""Distinguish a database or disk that cannot serve at present from a program error.

Pages answer 503 instead of 500 (`sms.unavailable`), and jobs try again later.
"""

from __future__ import annotations

import errno
import sqlite3
from enum import StrEnum

import psycopg
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.exceptions import SessionInterrupted
from django.db import Error
from django.db.transaction import TransactionManagementError


class Why(StrEnum):
    """Why something is unavailable. The values appear in the log and in /health."""

    AWAY = "away"
    BUSY = "busy"
    FULL = "full"


SQLSTATES = {
    "25006": Why.AWAY,  # read-only: this server is a standby now
    "25P03": Why.BUSY,  # idle in a transaction for too long
    "25P04": Why.BUSY,  # the transaction took too long
    "40001": Why.BUSY,  # serialization failure
    "40P01": Why.BUSY,  # deadlock
    "53100": Why.FULL,  # disk full
    "53200": Why.BUSY,  # out of memory
    "53300": Why.BUSY,  # too many connections
    "55P03": Why.BUSY,  # lock time-out
    "57014": Why.BUSY,  # statement time-out
    "57P01": Why.AWAY,  # the server shuts down
    "57P02": Why.AWAY,  # the server crashed
    "57P03": Why.AWAY,  # the server is starting
    "57P05": Why.AWAY,  # the session was idle for too long
    "58030": Why.AWAY,  # the server cannot read or write its files
}
CONNECTION_EXCEPTION = "08"  # a class of SQLSTATE: its first two characters

SQLITE_CODES = {
    sqlite3.SQLITE_BUSY: Why.BUSY,
    sqlite3.SQLITE_LOCKED: Why.BUSY,
    sqlite3.SQLITE_PROTOCOL: Why.BUSY,  # the locks of the write-ahead log are contended
    sqlite3.SQLITE_FULL: Why.FULL,
    sqlite3.SQLITE_IOERR_WRITE: Why.FULL,  # a quota
    sqlite3.SQLITE_IOERR_SHMSIZE: Why.FULL,  # no space for the index of the write-ahead log
    sqlite3.SQLITE_CANTOPEN: Why.AWAY,
    sqlite3.SQLITE_IOERR: Why.AWAY,
    sqlite3.SQLITE_READONLY: Why.AWAY,
}
PRIMARY = 0xFF  # selects the primary part of a SQLite code; the rest is detail

# Django raises these instead of the database's error, which is then their cause or context.
STAND_INS = (SessionInterrupted, TransactionManagementError, UpdateError)


def why(error: BaseException | None) -> Why | None:
    """Return why the database or a disk was unavailable, or None if the error has another cause."""
    said = root(error)
    if isinstance(said, psycopg.Error):
        return _of_postgresql(said)
    if isinstance(said, sqlite3.Error):
        return _of_sqlite(said)
    if isinstance(said, OSError) and said.errno in {errno.ENOSPC, errno.EDQUOT}:
        return Why.FULL
    return None


def root(error: BaseException | None) -> BaseException | None:
    """Return the error of the driver or the operating system that Django's error stands for, or the error itself."""
    while isinstance(error, STAND_INS):
        error = error.__cause__ or error.__context__
    return error.__cause__ if isinstance(error, Error) else error


def _of_postgresql(error: psycopg.Error) -> Why | None:
    if error.sqlstate is None:  # the server never answered: there is no connection
        return Why.AWAY if isinstance(error, psycopg.OperationalError) else None
    if error.sqlstate.startswith(CONNECTION_EXCEPTION):
        return Why.AWAY
    return SQLSTATES.get(error.sqlstate)


def _of_sqlite(error: sqlite3.Error) -> Why | None:
    code = getattr(error, "sqlite_errorcode", None)  # absent when Python itself raised it
    return None if code is None else SQLITE_CODES.get(code, SQLITE_CODES.get(code & PRIMARY))
