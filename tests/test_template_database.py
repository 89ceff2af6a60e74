"""Tests start from a kept template of the database, which is never out of date (tests/template_database.py)."""

import fcntl
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from threading import Barrier

import pytest
from django.apps import apps

from tests.kept_files import ROOT, SOURCES, fingerprint, kept

MIGRATION = "cas/migrations/0001_initial.py"


@pytest.fixture
def checkout(tmp_path):
    """Make a checkout with one migration."""
    root = tmp_path / "checkout"
    (root / MIGRATION).parent.mkdir(parents=True)
    (root / MIGRATION).write_text("operations = []\n")
    return root


@pytest.fixture
def lend(tmp_path, checkout):
    """Return a function that reads the template of this checkout. Its text is "1" if it was made once, and so on."""
    made = []

    def write(path):
        made.append(path)
        path.write_text(str(len(made)))

    def lend(make=write):
        with kept("txt", make, folder=tmp_path / "kept", root=checkout) as path:
            return path.read_text()

    return lend


def edit(root):
    (root / MIGRATION).write_text("operations = [1]\n")


def add(root):
    (root / MIGRATION).with_name("0002_more.py").write_text("")


def delete(root):
    (root / MIGRATION).unlink()


def rename(root):
    (root / MIGRATION).rename(root / "cas/migrations/0001_first.py")


def upgrade(root):
    (root / "requirements-dev.lock").write_text("django==6.0\n")


def test_the_template_is_made_once(lend):
    assert [lend(), lend()] == ["1", "1"]


@pytest.mark.parametrize("change", [edit, add, delete, rename, upgrade])
def test_the_template_is_made_again_when_a_migration_or_a_package_changes(lend, checkout, tmp_path, change):
    lend()
    change(checkout)
    assert lend() == "2"
    assert [path.name for path in (tmp_path / "kept").glob("*.txt")] == [f"{fingerprint(checkout)}.txt"]


def test_the_template_depends_on_every_migration():
    ours = [path for app in apps.get_app_configs() if ROOT in {(path := Path(app.path)).parent, path.parent.parent}]
    migrations = {path for folder in ours for path in folder.glob("migrations/0*.py")}
    assert migrations
    assert migrations <= {path for pattern in SOURCES for path in ROOT.glob(pattern)}


def test_an_unfinished_template_is_not_used(lend):
    def fail(path):
        path.write_text("half")
        raise RuntimeError("interrupted")

    with pytest.raises(RuntimeError, match="interrupted"):
        lend(fail)
    assert lend() == "1"


def how_often_eight_at_once_make_it(lend):
    made, together = [], Barrier(8)

    def slowly(path):
        made.append(path)
        time.sleep(0.05)
        path.write_text("made")

    def come(_):
        together.wait()
        with suppress(FileNotFoundError):  # without the lock, another may have renamed it
            lend(slowly)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(come, range(8)))
    return len(made)


def test_processes_that_start_at_once_make_the_template_once(lend):
    assert how_often_eight_at_once_make_it(lend) == 1


def test_without_the_lock_the_template_would_be_made_more_than_once(lend, monkeypatch):
    monkeypatch.setattr(fcntl, "flock", lambda *_: None)
    assert how_often_eight_at_once_make_it(lend) > 1


REUSED = """
import sqlite3, sys
from contextlib import closing
from pathlib import Path

import django

django.setup()
from django.db import connection

from cas.models import Rule
from licences.models import User
from sms.core import triggers
from tests import template_database

folder, statement = Path(sys.argv[1]), sys.argv[2]
with template_database.ready(folder):
    pass
[template] = folder.glob("*.sqlite3")
with closing(sqlite3.connect(template, isolation_level=None)) as database:
    database.execute(statement)
with template_database.ready(folder):
    fees = [rule.value for rule in Rule.objects.filter(name="fee_pence")]
    print(triggers.differences(connection), User.objects.system(), fees)
"""


def reused(folder, statement):
    """Change the template by `statement` after a first run, and return what a second run prints."""
    command = [sys.executable, "-c", REUSED, str(folder), statement]
    environment = {"DJANGO_SETTINGS_MODULE": "tests.settings", "PATH": ""}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True).stdout.strip()


@pytest.mark.once
def test_guards_and_reference_data_come_from_the_code_and_not_from_the_template(tmp_path):
    stale = "CREATE TRIGGER sms_guard_stale BEFORE INSERT ON cas_cas BEGIN SELECT 1; END"
    assert reused(tmp_path, stale) == "[] The system [5500]"


@pytest.mark.once
def test_rows_in_the_template_would_hide_the_reference_data_of_the_code(tmp_path):
    """The template is therefore emptied."""
    row = "INSERT INTO cas_rule (name, from_on, value) VALUES ('fee_pence', '2020-01-01', '1')"
    assert reused(tmp_path, row) == "[] The system [1]"
