"""A page waits for the database only for a short time. Commands may work for longer."""

import time

import pytest
from django.db import connection
from django.test import Client

from sms import time_limits
from tests.outages import another_connection, locked
from tests.serving import manage, served

POSTGRESQL = "django.db.backends.postgresql"
on_postgresql = pytest.mark.skipif(connection.vendor != "postgresql", reason="only PostgreSQL has it")


def applied(engine, *more, **options):
    database = {"ENGINE": engine, "OPTIONS": options} if options else {"ENGINE": engine}
    for each in more:
        time_limits.apply(each, database)
    return database["OPTIONS"]


PAGES, COMMANDS = time_limits.Limits(statement=30, lock=5, idle=60), time_limits.Limits(statement=0, lock=90, idle=60)


def test_sqlite_waits_for_the_limit_while_another_process_writes():
    assert applied(time_limits.SQLITE, PAGES) == {"timeout": 5}
    assert applied(time_limits.SQLITE, COMMANDS, PAGES) == {"timeout": 5}


def test_a_limit_of_0_lets_sqlite_wait_for_a_day():
    assert applied(time_limits.SQLITE, time_limits.Limits(0, 0, 0)) == {"timeout": 24 * 3600}


def test_postgresql_gets_the_limits_at_the_start_of_each_connection():
    said = applied(POSTGRESQL, PAGES)
    for limit in ("statement_timeout=30s", "lock_timeout=5s", "idle_in_transaction_session_timeout=60s"):
        assert f"-c {limit}" in said["options"]


def test_the_later_of_two_limits_wins_and_options_of_database_url_stay():
    said = applied(POSTGRESQL, COMMANDS, PAGES, options="-c search_path=sms", connect_timeout=2)
    assert said["options"].startswith("-c search_path=sms -c statement_timeout=0s")
    assert said["options"].rindex("lock_timeout=5s") > said["options"].rindex("lock_timeout=90s")
    assert said["connect_timeout"] == 2


def test_a_connection_to_a_server_that_never_answers_is_closed_too():
    said = applied(POSTGRESQL, PAGES)
    silence = said["keepalives_idle"] + said["keepalives_interval"] * said["keepalives_count"]
    assert (said["connect_timeout"], silence, said["tcp_user_timeout"]) == (5, 30, 30_000)


# In processes, on the real database


@pytest.fixture
def session(level1):
    """Return the cookie header of a user who has signed in."""
    client = Client()
    client.force_login(level1)
    return {"Cookie": f"sessionid={client.cookies['sessionid'].value}"}


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
@on_postgresql
@pytest.mark.parametrize("table", ["licences_user", "licences_session", "cas_cas"])
def test_a_locked_table_stops_a_page_for_a_second_and_health_not_at_all(table, session):
    with served(DATABASE_LOCK_SECONDS="1") as portal:
        assert portal.ask("/students/", **session)[0] == 200
        with locked(table, patience=0):
            status, headers, _, seconds = portal.ask("/students/", **session)
            assert (status, headers["Retry-After"]) == (503, "10")
            assert 0.9 < seconds < 2
            status, _, _, seconds = portal.ask("/health")
            assert status == 200
            assert seconds < 1
        assert portal.ask("/students/", **session)[0] == 200


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
@on_postgresql
def test_without_the_limit_the_page_above_would_wait(session):
    with served(DATABASE_LOCK_SECONDS="0", DATABASE_STATEMENT_SECONDS="3") as portal, locked("cas_cas", patience=0):
        status, _, _, seconds = portal.ask("/students/", **session)
        assert status == 503
        assert seconds > 2.5


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_a_page_that_writes_waits_no_longer_for_another_process_that_writes(session):
    """The first page after signing in records the activity in the session."""
    with served(DATABASE_LOCK_SECONDS="1") as portal:
        with locked("licences_session", patience=0):
            status, _, _, seconds = portal.ask("/students/", **session)
            assert status == 503
            assert 0.9 < seconds < 2.5
            assert portal.ask("/health")[0] == 200
        assert portal.ask("/students/", **session)[0] == 200


SHOW = """
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute("SELECT name || ' ' || setting FROM pg_settings WHERE name LIKE '%\\_timeout'")
    print(*(line for (line,) in cursor.fetchall()), sep="\\n")
"""


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
@on_postgresql
def test_commands_have_no_time_limit_for_a_statement():
    said = manage("shell", "--no-imports", "-c", SHOW, DATABASE_STATEMENT_SECONDS="1").stdout.splitlines()
    assert {"statement_timeout 0", "lock_timeout 60000", "idle_in_transaction_session_timeout 60000"} <= set(said)


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_a_migration_that_cannot_get_its_lock_fails_instead_of_blocking_all_pages():
    with another_connection() as other, other.cursor() as cursor:
        if other.vendor == "sqlite":
            cursor.execute("BEGIN IMMEDIATE")
        else:
            other.set_autocommit(False)
            cursor.execute("LOCK TABLE django_migrations IN ACCESS EXCLUSIVE MODE")
        began = time.monotonic()
        answer = manage("migrate", DATABASE_COMMAND_LOCK_SECONDS="1")
        cursor.execute("ROLLBACK")
    assert answer.returncode != 0
    assert time.monotonic() - began < 15
