"""Answer monitoring at /health: 200 and "ok" for each check, or 503 and what is wrong.

A check returns what is wrong, or None. It must not wait: a locked table would make the portal look dead. To add a
check, add a line to CHECKS, or to NOTES if the portal can be used even when the check fails.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

from django.contrib.auth import get_user_model
from django.contrib.auth.decorators import login_not_required
from django.db import Error, connection, transaction
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from licences.clock_guard import clock_problem
from sms.core.unavailable import Why, why
from sms.ready import NotMigrated

LEAST_FREE = 50 * 1024 * 1024  # bytes: enough for pages, though not for a printout of 10,000 CAS
PROBE = 64 * 1024  # bytes: more than fit into the last page of a table
PROBED_EVERY = 10  # seconds: /health needs no sign-in, and a probe writes
MOST_WAITING = 200  # milliseconds to wait for a lock

NOT_CHECKED = "cannot be checked without the database"
NOT_MIGRATED = "is not migrated: run manage.py migrate"
SAYS = {Why.AWAY: "does not answer", Why.BUSY: "is too busy to answer", Why.FULL: "has no disk space left"}


@login_not_required
@never_cache
@require_safe
def health(request: HttpRequest) -> JsonResponse:
    found = {name: check() for name, check in CHECKS.items()}
    status = 503 if any(found.values()) else 200
    found |= {name: NOT_CHECKED if found["database"] else note() for name, note in NOTES.items()}
    return JsonResponse({name: problem or "ok" for name, problem in found.items()}, status=status)


def database() -> str | None:
    """Check that the database answers, has our tables, and can be written to."""
    try:
        with connection.cursor() as cursor:
            tables = connection.introspection.table_names(cursor)
        if get_user_model()._meta.db_table not in tables:
            return NOT_MIGRATED
        return _problem_of_writing(int(time.monotonic() // PROBED_EVERY))
    except NotMigrated:
        return NOT_MIGRATED
    except Error as error:
        reason = why(error)
        if reason is None:
            raise
        return SAYS[reason]


def disk() -> str | None:
    """Check that there is space for SQLite's file, and for temporary files such as those of printouts."""
    folders = {"temporary files": Path(tempfile.gettempdir())}
    if connection.vendor == "sqlite":
        folders["the database"] = Path(connection.settings_dict["NAME"]).parent
    for purpose, folder in folders.items():
        try:
            free = shutil.disk_usage(folder).free
        except OSError:
            return f"has no folder for {purpose}"
        if free < LEAST_FREE:
            return f"has less than {LEAST_FREE // 1024**2} MB left for {purpose}"
    return None


def clock() -> str | None:
    """Check whether the jobs wait because the clock is in doubt."""
    try:
        with _waiting_little():
            return clock_problem()
    except Error as error:
        if why(error) is None:
            raise
        return NOT_CHECKED


CHECKS: dict[str, Callable[[], str | None]] = {"database": database, "disk": disk}
NOTES: dict[str, Callable[[], str | None]] = {"clock": clock}


@contextmanager
def _waiting_little() -> Iterator[None]:
    """Let the block read without waiting for a lock. On SQLite, readers never wait."""
    if connection.vendor == "sqlite":
        yield
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL lock_timeout = {MOST_WAITING}")
        yield


@lru_cache(maxsize=1)
def _problem_of_writing(moment: int) -> str | None:
    """Write something and roll it back, at most once for each `moment`. Return what is wrong, or None."""
    try:
        if connection.vendor == "sqlite":
            _write_to_sqlite()
        else:
            _write("TEMPORARY")  # needs no lock on a table in use
    except Error as error:
        reason = why(error)
        if reason is None:
            raise
        return None if reason is Why.BUSY else SAYS[reason]  # when it is busy, others are writing
    return None


def _write(kind: str = "") -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"CREATE {kind} TABLE sms_probe (content bytea)")
        cursor.execute("INSERT INTO sms_probe VALUES (%s)", [os.urandom(PROBE)])
        transaction.set_rollback(True)


def _write_to_sqlite() -> None:
    """Write to SQLite, which has one lock for all writers, without waiting for it as long as a page does."""
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA busy_timeout = {MOST_WAITING}")
        try:
            _write()
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {connection.settings_dict['OPTIONS']['timeout'] * 1000}")
