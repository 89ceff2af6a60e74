"""A database made before version 0.1 is refused: its first migrations have the names of ours, but made other tables."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.backends.signals import connection_created
from django.db.migrations.recorder import MigrationRecorder

from sms import ready
from tests.serving import manage, served

pytestmark = pytest.mark.django_db(transaction=True)

SENTENCE = "was made before version 0.1, and nothing can be taken over from it. Make a new database:"


@pytest.fixture(params=sorted(ready.BEFORE_0_1), ids=".".join)
def old(request):
    """Make the database one from before version 0.1, which ran a migration that no longer exists."""
    recorder = MigrationRecorder(connection)
    recorder.record_applied(*request.param)
    yield
    connection_created.disconnect(ready._look)  # it would refuse the connection
    recorder.record_unapplied(*request.param)


@pytest.mark.usefixtures("old")
def test_migrate_refuses_an_old_database():
    with pytest.raises(CommandError, match=SENTENCE):
        call_command("migrate", verbosity=0)


@pytest.mark.usefixtures("old")
def test_without_the_check_migrate_would_accept_it(monkeypatch):
    monkeypatch.setattr(ready, "BEFORE_0_1", frozenset())
    call_command("migrate", verbosity=0)
    ready.require()


@pytest.mark.usefixtures("old")
def test_the_portal_refuses_an_old_database_and_names_it():
    with pytest.raises(ready.NotMigrated) as refused:
        ready.require()
    name = connection.settings_dict["NAME"]
    assert str(refused.value).startswith(f"The database {name} {SENTENCE}")
    assert str(refused.value).endswith("delete this one, or name another in DATABASE_URL. Then run manage.py migrate.")


def test_a_new_database_is_accepted():
    assert ready.from_before_0_1(connection) == ""


@pytest.mark.long
@pytest.mark.parametrize("old", [("cas", "0002_heard")], indirect=True)
@pytest.mark.usefixtures("old")
def test_the_portal_the_worker_and_migrate_do_not_start_on_an_old_database():
    with served() as portal:
        (said, *_) = [line["exception"] for line in portal.lines() if "exception" in line]
        assert SENTENCE in said
        with pytest.raises(OSError, match="refused"):
            portal.ask("/health")
    for command in ("migrate", "worker", "run_jobs"):
        answer = manage(command)
        assert answer.returncode != 0, command
        assert SENTENCE in answer.stdout + answer.stderr
