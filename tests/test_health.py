"""/health says what is wrong, in time: for whatever watches over the portal and starts it again."""

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
    """What was written a second ago is no news of this test."""
    health._problem_of_writing.cache_clear()


def said(client=None):
    answer = (client or Client()).get("/health")
    assert "no-store" in answer["Cache-Control"]
    return answer.status_code, answer.json()


@pytest.mark.django_db
def test_all_is_well(client):
    assert said() == (200, WELL)


@pytest.mark.django_db
def test_it_leaves_nothing_behind(client):
    said()
    assert "sms_probe" not in connection.introspection.table_names()


@pytest.mark.django_db
def test_whoever_asks_often_makes_it_write_once_in_ten_seconds(monkeypatch):
    for now, writes in ((1000.0, True), (1009.0, False), (1010.0, True)):
        monkeypatch.setattr(time, "monotonic", lambda now=now: now)
        with CaptureQueriesContext(connection) as queries:
            said()
        assert any("sms_probe" in query["sql"] for query in queries) == writes


@transactional
def test_a_database_that_is_away():
    with away():
        status, checks = said()
    assert (status, checks["database"]) == (503, "does not answer")
    assert said() == (200, WELL)


@transactional
@on_postgresql
def test_a_connection_that_the_server_has_closed():
    connection.ensure_connection()
    with terminated():
        assert said()[0] == 503
    assert said() == (200, WELL)


@pytest.mark.django_db
def test_a_database_without_our_tables(monkeypatch):
    """The clock is not asked for: it has a table, too."""
    monkeypatch.setattr(connection.introspection, "table_names", lambda cursor: ["somebody_elses"])
    monkeypatch.setitem(health.NOTES, "clock", lambda: pytest.fail("asked"))
    unknown = {"database": "is not migrated: run manage.py migrate", "clock": health.NOT_CHECKED}
    assert said() == (503, WELL | unknown)


@transactional
def test_a_database_that_was_found_not_to_fit_when_the_portal_first_reached_it(monkeypatch):
    def refuse():
        raise NotMigrated("run manage.py migrate")

    connection.close()
    with monkeypatch.context() as patch:
        patch.setattr(connection, "connect", refuse)
        status, checks = said()
    assert (status, checks["database"]) == (503, "is not migrated: run manage.py migrate")


@transactional
@pytest.mark.parametrize("table", ["licences_user", "django_session", "django_migrations"])
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
def test_a_page_waits_as_long_for_a_lock_as_before():
    before = execute_one("PRAGMA busy_timeout")
    said()
    assert execute_one("PRAGMA busy_timeout") == before == 60_000


def execute_one(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()[0]


@transactional
@on_sqlite
def test_a_file_of_sqlite_that_cannot_grow():
    with full_file():
        assert said() == (503, NO_SPACE)


@pytest.mark.django_db
@on_postgresql
def test_a_server_whose_disk_is_full():
    """Its own words for it, from an event trigger, which is asked before any table is made."""
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
def test_a_server_that_has_become_a_standby():
    with transaction.atomic():
        execute("SET TRANSACTION READ ONLY")
        assert said()[0] == 503
        transaction.set_rollback(True)


@pytest.mark.django_db
@pytest.mark.parametrize("megabytes", [49, 51])
def test_a_disk_that_is_nearly_full(megabytes, monkeypatch):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: usage(10**9, 0, megabytes * 1024**2))
    low = {"disk": "has less than 50 MB left for temporary files"}
    assert said() == ((503, WELL | low) if megabytes == 49 else (200, WELL))


@pytest.mark.django_db
@on_sqlite
def test_the_disk_of_the_database_counts_too(monkeypatch, tmp_path):
    usage, folder = namedtuple("usage", "total used free"), str(tmp_path)
    monkeypatch.setattr(health.tempfile, "gettempdir", lambda: folder)
    monkeypatch.setattr(shutil, "disk_usage", lambda of: usage(10**9, 0, 10**9 if str(of) == folder else 0))
    assert said() == (503, WELL | {"disk": "has less than 50 MB left for the database"})


@pytest.mark.django_db
def test_another_check_needs_one_line(monkeypatch):
    monkeypatch.setitem(health.CHECKS, "post", lambda: "is two days late")
    assert said() == (503, WELL | {"post": "is two days late"})


@pytest.mark.django_db
def test_what_the_portal_is_of_use_without_leaves_the_code_as_it_is(monkeypatch):
    monkeypatch.setitem(health.NOTES, "clock", lambda: "is two hours slow")
    assert said() == (200, WELL | {"clock": "is two hours slow"})


@transactional
@on_postgresql
def test_the_clock_is_not_waited_for_either(settings):
    settings.DEMO = False
    with locked("licences_clockcheck", patience=5000):
        asked = time.monotonic()
        assert said() == (200, WELL | {"clock": "cannot be checked without the database"})
        assert time.monotonic() - asked < 1


@pytest.mark.django_db
def test_a_mistake_of_ours_is_not_taken_for_an_outage(monkeypatch):
    monkeypatch.setattr(health, "PROBE", "many")
    assert Client(raise_request_exception=False).get("/health").status_code == 500
