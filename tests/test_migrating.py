"""The database always has its guards, even after a migration has failed or its process has died."""

import contextlib
import shutil
import signal
import subprocess
import sys

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import IntegrityError, connection
from django.db.backends.signals import connection_created
from django.db.migrations.loader import MigrationLoader

from experiments.processes import environment
from licences.models import Event
from sms import ready
from sms.core import triggers
from sms.management.commands import migrate
from tests.failing_migrations import LAST
from tests.outages import away
from tests.plain_sql import columns_of, execute
from tests.serving import manage, served

pytestmark = pytest.mark.django_db(transaction=True)

GUARD, TABLE = "sms_guard_licences_event_append_only_update", "licences_event"
MODULES = {"licences": "tests.failing_migrations"}
MIGRATING = f"""
import django
from django.conf import settings
settings.MIGRATION_MODULES = {MODULES}
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
"""


@pytest.fixture
def a_failing_migration(settings):
    settings.MIGRATION_MODULES = MODULES


def drop_a_guard():
    execute(f'DROP TRIGGER "{GUARD}"' + (f" ON {TABLE}" if connection.vendor == "postgresql" else ""))


def columns():
    return {column for event in Event.objects.all()[:1] for column in columns_of(event)}


def the_schema_and_the_guards_are_unchanged():
    assert triggers.differences(connection) == []
    assert "colour" not in columns()
    with pytest.raises(IntegrityError, match="never changed"):
        execute(f"UPDATE {TABLE} SET verb = 'x'")


# Migrating


@pytest.mark.usefixtures("caseworker", "a_failing_migration")
def test_a_migration_that_fails_changes_nothing():
    with pytest.raises(RuntimeError, match="goes wrong"):
        call_command("migrate", verbosity=0)
    the_schema_and_the_guards_are_unchanged()


@pytest.mark.usefixtures("caseworker", "a_failing_migration")
def test_the_test_above_would_see_missing_guards(monkeypatch):
    monkeypatch.setattr(migrate, "all_or_nothing", lambda connection: contextlib.nullcontext())
    with pytest.raises(RuntimeError, match="goes wrong"):
        call_command("migrate", verbosity=0)
    assert len(triggers.differences(connection)) == len(list(triggers.statements(connection)))


@pytest.fixture
def a_migration_of_guarded_tables(a_failing_migration, monkeypatch):
    """Let the same migration succeed, and undo it after the test."""
    monkeypatch.setenv("GO_WRONG", "no")
    yield
    monkeypatch.undo()
    call_command("migrate", "licences", LAST, verbosity=0)


@pytest.mark.usefixtures("licence", "a_migration_of_guarded_tables")
def test_tables_that_a_migration_alters_keep_their_guards():
    """SQLite drops the triggers of a table that it alters."""
    call_command("migrate", verbosity=0)
    assert "colour" in columns()
    assert triggers.differences(connection) == []
    with pytest.raises(IntegrityError, match="Lines of history are never changed"):
        execute(f"UPDATE {TABLE} SET verb = 'x'")
    with pytest.raises(IntegrityError, match="No licence with this status is ever deleted"):
        execute("DELETE FROM licences_licence")


@pytest.mark.usefixtures("licence", "a_migration_of_guarded_tables")
def test_the_test_above_would_see_that_guards_are_not_written_again(monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(triggers, "install", lambda connection: None)
        call_command("migrate", verbosity=0)
    assert "colour" in columns()
    assert execute(f"UPDATE {TABLE} SET verb = 'x'") > 0


def killed():
    """Migrate in a process that is killed during the migration, and return the signal."""
    command = [sys.executable, "-c", MIGRATING]
    answer = subprocess.run(command, env=environment() | {"GO_WRONG": "die"}, cwd=settings.BASE_DIR, timeout=60)
    connection.close()
    return -answer.returncode


@pytest.mark.long
@pytest.mark.usefixtures("caseworker")
def test_a_process_that_dies_while_migrating_changes_nothing():
    assert killed() == signal.SIGKILL
    the_schema_and_the_guards_are_unchanged()


@pytest.mark.usefixtures("caseworker")
def test_with_nothing_to_migrate_no_guard_is_dropped_or_written(monkeypatch):
    touched = []
    with monkeypatch.context() as patch:
        patch.setattr(triggers, "drop", touched.append)
        patch.setattr(triggers, "install", touched.append)
        call_command("migrate", verbosity=0)
    assert touched == []


@pytest.mark.usefixtures("caseworker")
def test_with_nothing_to_migrate_a_missing_guard_is_put_back():
    drop_a_guard()
    call_command("migrate", verbosity=0)
    the_schema_and_the_guards_are_unchanged()


def test_each_migration_can_be_part_of_one_transaction():
    """A migration that cannot, such as an index made CONCURRENTLY, first needs a change to `migrate`."""
    migrations = MigrationLoader(connection).disk_migrations.values()
    assert len(migrations) > 30
    assert [str(migration) for migration in migrations if not migration.atomic] == []


# Starting


@pytest.fixture
def looked():
    """Stop checking new connections after the test."""
    yield
    connection_created.disconnect(ready._look)


@pytest.mark.usefixtures("looked")
def test_a_database_that_matches_is_checked_once(monkeypatch):
    ready.require()
    monkeypatch.setattr(ready, "_problem", lambda connection: pytest.fail("checked again"))
    connection.close()
    connection.ensure_connection()


@pytest.mark.usefixtures("looked")
def test_without_a_guard_the_portal_does_not_start():
    drop_a_guard()
    with pytest.raises(ready.NotMigrated, match=rf"^The trigger {GUARD} is missing\. Run manage\.py migrate"):
        ready.require()


@pytest.mark.usefixtures("looked", "a_failing_migration")
def test_with_a_migration_to_run_the_portal_does_not_start():
    with pytest.raises(ready.NotMigrated, match=r"^1 migrations have not run. The first is licences\.9999"):
        ready.require()


@pytest.mark.usefixtures("looked")
@pytest.mark.parametrize("is_right", [True, False])
def test_while_the_database_is_unreachable_the_portal_starts_and_checks_it_later(is_right, log_lines):
    if not is_right:
        drop_a_guard()
    with away():
        ready.require()
    assert [line["level"] for line in log_lines] == ["warning"]
    for _ in range(2):
        connection.close()
        with contextlib.nullcontext() if is_right else pytest.raises(ready.NotMigrated):
            connection.ensure_connection()
    assert (connection.connection is not None) == is_right


@pytest.mark.long
def test_neither_the_portal_nor_the_worker_starts_without_the_guards():
    drop_a_guard()
    with served() as portal:
        (said, *_) = [line["exception"] for line in portal.lines() if "exception" in line]
        assert f"sms.ready.NotMigrated: The trigger {GUARD} is missing. Run manage.py migrate" in said
        with pytest.raises(OSError, match="refused"):
            portal.ask("/health")
    for command in ("worker", "run_jobs"):
        answer = manage(command)
        assert answer.returncode != 0
        assert f"The trigger {GUARD} is missing. Run manage.py migrate" in answer.stdout + answer.stderr
    assert manage("migrate", "--verbosity=0").returncode == 0
    with served() as portal:
        assert portal.ask("/health")[0] == 200


@pytest.mark.long
@pytest.mark.skipif(connection.vendor != "sqlite", reason="only SQLite's database is a file, which can appear later")
def test_a_portal_that_is_started_before_its_database_answers_503_and_recovers(tmp_path):
    connection.close()
    there = tmp_path / "sms.sqlite3"
    there.mkdir()  # otherwise SQLite makes an empty file
    with served(DATABASE_URL=f"sqlite:///{there}") as portal:
        assert portal.ask("/students/", Cookie=f"sessionid={'x' * 32}")[0] == 503
        there.rmdir()
        shutil.copy(connection.settings_dict["NAME"], there)
        assert portal.ask("/health")[0] == 200
