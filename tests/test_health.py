"""/health reports problems quickly, for the monitoring that restarts the portal."""

import shutil
import time
from collections import namedtuple

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from sms import health
from sms.ready import NotMigrated
from tests.outages import away, full_file, locked, terminated
from tests.plain_sql import execute

transactional = pytest.mark.django_db(transaction=True)
on_postgresql = pytest.mark.skipif(connection.vendor != "postgresql", reason="only PostgreSQL has it")
on_sqlite = pytest.mark.skipif(connection.vendor != "sqlite", reason="only SQLite has it")

WELL = {"database": "ok", "disk": "ok", "clock": "ok"}
NO_SPACE = WELL | {"database": "has no disk space left", "clock": health.NOT_CHECKED}


@pytest.fixture(autouse=True)
def _forget():
    """Forget the result of the last write, which another test may have made a second ago."""
    health._problem_of_writing.cache_clear()


def said(client=None):
    answer = (client or Client()).get("/health")
    assert "no-store" in answer["Cache-Control"]
    return answer.status_code, answer.json()


@pytest.mark.django_db
def test_all_is_well(client):
    assert said() == (200, WELL)


@pytest.mark.django_db
def test_health_leaves_nothing_in_the_database(client):
    said()
    assert "sms_probe" not in connection.introspection.table_names()


@pytest.mark.django_db
def test_health_writes_at_most_once_in_ten_seconds(monkeypatch):
    for now, writes in ((1000.0, True), (1009.0, False), (1010.0, True)):
        monkeypatch.setattr(time, "monotonic", lambda now=now: now)
        with CaptureQueriesContext(connection) as queries:
            said()
        assert any("sms_probe" in query["sql"] for query in queries) == writes


@transactional
def test_an_unreachable_database_is_reported():
    with away():
        status, checks = said()
    assert (status, checks["database"]) == (503, "does not answer")
    assert said() == (200, WELL)


@transactional
@on_postgresql
def test_a_connection_that_the_server_has_closed_is_reported_once():
    connection.ensure_connection()
    with terminated():
        assert said()[0] == 503
    assert said() == (200, WELL)


@pytest.mark.django_db
def test_a_database_without_our_tables_is_reported(monkeypatch):
    """The clock is not checked, because that needs a table too."""
    monkeypatch.setattr(connection.introspection, "table_names", lambda cursor: ["other_table"])
    monkeypatch.setitem(health.NOTES, "clock", lambda: pytest.fail("the clock was checked"))
    unknown = {"database": "is not migrated: run manage.py migrate", "clock": health.NOT_CHECKED}
    assert said() == (503, WELL | unknown)


@transactional
def test_a_database_that_the_portal_refuses_at_its_first_connection_is_reported(monkeypatch):
    def refuse():
        raise NotMigrated("run manage.py migrate")

    connection.close()
    with monkeypatch.context() as patch:
        patch.setattr(connection, "connect", refuse)
        status, checks = said()
    assert (status, checks["database"]) == (503, "is not migrated: run manage.py migrate")


@transactional
@pytest.mark.parametrize("table", ["licences_user", "licences_session", "django_migrations"])
def test_a_locked_table_does_not_make_the_portal_look_dead(table):
    with locked(table, patience=5000):
        asked = time.monotonic()
        assert said() == (200, WELL)
        assert time.monotonic() - asked < 1


@transactional
@on_sqlite
def test_the_test_above_would_see_a_probe_that_waits(monkeypatch):
    monkeypatch.setattr(health, "MOST_WAITING", 1500)
    with locked("licences_user", patience=5000):
        asked = time.monotonic()
        said()
        assert time.monotonic() - asked > 1


@transactional
@on_sqlite
def test_health_does_not_change_how_long_a_page_waits_for_a_lock():
    before = execute_one("PRAGMA busy_timeout")
    said()
    assert execute_one("PRAGMA busy_timeout") == before == 60_000


def execute_one(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()[0]


@transactional
@on_sqlite
def test_a_sqlite_file_that_cannot_grow_is_reported():
    with full_file():
        assert said() == (503, NO_SPACE)


@pytest.mark.django_db
@on_postgresql
def test_a_server_whose_disk_is_full_is_reported():
    """An event trigger raises the server's own error before any table is made."""
    execute(
        "CREATE FUNCTION disk_full() RETURNS event_trigger LANGUAGE plpgsql AS "
        "$$BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full'; END$$"
    )
    with transaction.atomic():
        execute("CREATE EVENT TRIGGER disk_full ON ddl_command_start EXECUTE FUNCTION disk_full()")
        assert said() == (503, NO_SPACE)
        transaction.set_rollback(True)


@pytest.mark.django_db
@on_postgresql
def test_a_server_that_has_become_a_standby_is_reported():
    with transaction.atomic():
        execute("SET TRANSACTION READ ONLY")
        assert said()[0] == 503
        transaction.set_rollback(True)


@pytest.mark.django_db
@pytest.mark.parametrize("megabytes", [49, 51])
def test_a_nearly_full_disk_is_reported(megabytes, monkeypatch):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: usage(10**9, 0, megabytes * 1024**2))
    low = {"disk": "has less than 50 MB left for temporary files"}
    assert said() == ((503, WELL | low) if megabytes == 49 else (200, WELL))


@pytest.mark.django_db
@on_sqlite
def test_a_nearly_full_disk_of_the_database_is_reported_too(monkeypatch, tmp_path):
    usage, folder = namedtuple("usage", "total used free"), str(tmp_path)
    monkeypatch.setattr(health.tempfile, "gettempdir", lambda: folder)
    monkeypatch.setattr(shutil, "disk_usage", lambda of: usage(10**9, 0, 10**9 if str(of) == folder else 0))
    assert said() == (503, WELL | {"disk": "has less than 50 MB left for the database"})


@pytest.mark.django_db
def test_another_check_needs_one_line(monkeypatch):
    monkeypatch.setitem(health.CHECKS, "post", lambda: "is two days late")
    assert said() == (503, WELL | {"post": "is two days late"})


@pytest.mark.django_db
def test_a_problem_that_leaves_the_portal_usable_does_not_change_the_code(monkeypatch):
    monkeypatch.setitem(health.NOTES, "clock", lambda: "is two hours slow")
    assert said() == (200, WELL | {"clock": "is two hours slow"})


@transactional
@on_postgresql
def test_health_does_not_wait_for_the_clock_check_either(settings):
    settings.DEMO = False
    with locked("licences_clockcheck", patience=5000):
        asked = time.monotonic()
        assert said() == (200, WELL | {"clock": "cannot be checked without the database"})
        assert time.monotonic() - asked < 1


@pytest.mark.django_db
def test_a_program_error_is_not_reported_as_an_outage(monkeypatch):
    monkeypatch.setattr(health, "PROBE", "many")
    assert Client(raise_request_exception=False).get("/health").status_code == 500
