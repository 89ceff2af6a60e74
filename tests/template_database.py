"""The test database: a copy of a template that has every table and no rows.

Running all migrations takes two seconds, which is most of the time of a single test file. Copying their result takes a
few milliseconds. Django then migrates the copy as any database. Nothing is left to migrate, but this writes the guards
and the reference data from the current code, so the template does not hold them.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import django
from django.core.management import call_command
from django.db import connection
from django.test.utils import setup_databases, teardown_databases

from sms.core import triggers
from tests.kept_files import FOLDER, ROOT, kept


@contextmanager
def ready(folder: Path = FOLDER) -> Iterator[None]:
    """Set up the test database for a run of the tests, and remove it afterwards."""
    is_sqlite = connection.vendor == "sqlite"
    if is_sqlite:  # PostgreSQL copies its template itself: tests/settings.py names it
        name = Path(connection.settings_dict["TEST"]["NAME"])
        for leftover in name.parent.glob(f"{name.name}*"):
            leftover.unlink()  # of a killed process with the same process id: SQLite would replay its log
        with kept("sqlite3", make, folder=folder) as template:
            shutil.copyfile(template, name)
    made = setup_databases(verbosity=0, interactive=False, keepdb=is_sqlite, serialized_aliases=set())
    try:
        yield
    finally:
        teardown_databases(made, verbosity=0)


def make(name: Path | str) -> None:
    """Write a template of this name, in another process, because this one is set up for the tests."""
    subprocess.run([sys.executable, "-m", "tests.template_database", str(name)], cwd=ROOT, check=True)


def _write(name: str) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    django.setup()
    connection.settings_dict["TEST"]["NAME"] = name
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    triggers.drop(connection)
    call_command("flush", interactive=False, inhibit_post_migrate=True, verbosity=0)
    connection.close()


if __name__ == "__main__":
    _write(sys.argv[1])
