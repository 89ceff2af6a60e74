"""A migration that has landed never changes, and the list of their digests only grows (tests/landed_migrations.py)."""

import subprocess
from pathlib import Path

import pytest
from django.conf import settings

from tests.landed_migrations import ADD, LIST, add, main, migrations

FIRST, SECOND = "cas/migrations/0001_initial.py", "cas/migrations/0002_more.py"


def git(*arguments):
    who = ("-c", "user.name=A", "-c", "user.email=a@example.ac.uk")
    subprocess.run(["git", *who, *arguments], check=True, capture_output=True)


def commit():
    git("add", "--all")
    git("commit", "--quiet", "--message=Land")


@pytest.fixture(autouse=True)
def checkout(tmp_path, monkeypatch):
    """Make a repository in which the first migration has landed, and work in it."""
    monkeypatch.chdir(tmp_path)
    git("init", "--quiet")
    for path in (FIRST, LIST):
        Path(path).parent.mkdir(parents=True)
    Path(FIRST).with_name("__init__.py").touch()
    Path(FIRST).write_text("operations = []\n")
    add()
    commit()


@pytest.fixture
def said(capsys):
    """Return a function that runs the check, and returns the lines that it printed and whether it passed."""

    def check(*arguments):
        passed = main(list(arguments)) == 0
        return passed, capsys.readouterr().out.splitlines()

    return check


def test_a_landed_migration_that_is_unchanged_passes(said):
    assert said() == (True, [])


def test_a_landed_migration_that_was_changed_is_refused(said):
    Path(FIRST).write_text("operations = [1]\n")
    sentence = f"{FIRST} was changed after it had landed. Restore it, and write a new migration."
    assert said() == (False, [sentence])
    assert said("--add") == (False, [sentence])


def test_a_landed_migration_that_was_deleted_is_refused(said):
    Path(FIRST).unlink()
    assert said() == (False, [f"{FIRST} was deleted after it had landed. Restore it, and write a new migration."])


def test_a_landed_migration_that_was_renamed_is_refused(said):
    Path(FIRST).rename(SECOND)
    passed, lines = said()
    assert not passed
    assert [line.split()[0] for line in lines] == [FIRST, SECOND]


def test_a_new_migration_is_refused_until_it_is_listed(said):
    Path(SECOND).write_text("operations = []\n")
    assert said() == (False, [f"{SECOND} is not in {LIST}. When it is finished, run: {ADD}"])
    before = LIST.read_text()
    assert said("--add") == (True, [])
    assert LIST.read_text() == f"{before}{migrations()[SECOND]}\n"


@pytest.mark.parametrize("is_committed", [False, True])
def test_a_line_removed_from_the_list_is_refused(said, is_committed):
    Path(FIRST).unlink()
    LIST.write_text("")
    if is_committed:
        commit()
    sentence = f"{LIST} has lost or changed the line of {FIRST}. Restore the line: the list only grows."
    assert said() == (False, [sentence])


@pytest.mark.parametrize("is_committed", [False, True])
def test_a_digest_changed_with_its_migration_is_refused(said, is_committed):
    Path(FIRST).write_text("operations = [1]\n")
    LIST.write_text(f"{migrations()[FIRST]}\n")
    if is_committed:
        commit()
    assert said() == (
        False,
        [f"{LIST} has lost or changed the line of {FIRST}. Restore the line: the list only grows."],
    )


def test_a_second_digest_for_a_migration_is_refused(said):
    Path(FIRST).write_text("operations = [1]\n")
    LIST.write_text(f"{LIST.read_text()}{migrations()[FIRST]}\n")
    assert said() == (False, [f"{FIRST} was changed after it had landed. Restore it, and write a new migration."])


def test_a_deleted_list_is_refused(said):
    LIST.unlink()
    passed, lines = said()
    assert not passed
    assert lines[0].startswith(f"{LIST} has lost or changed the line of {FIRST}.")


def test_a_line_that_only_another_branch_added_is_kept_by_a_merge(said):
    git("checkout", "--quiet", "-b", "other")
    Path(SECOND).write_text("operations = []\n")
    add()
    commit()
    git("checkout", "--quiet", "-")
    git("merge", "--quiet", "--no-ff", "other")
    assert said() == (True, [])
    LIST.write_text(LIST.read_text().splitlines()[0] + "\n")
    Path(SECOND).unlink()
    assert said() == (
        False,
        [f"{LIST} has lost or changed the line of {SECOND}. Restore the line: the list only grows."],
    )


def test_the_check_sees_every_migration_of_the_portal(monkeypatch):
    monkeypatch.chdir(settings.BASE_DIR)
    assert {path.partition("/")[0] for path in migrations()} == {
        "bulk_data_transfer",
        "cas",
        "licences",
        "sponsorship_duties",
    }
    assert "python tests/landed_migrations.py" in Path("script/check").read_text()
    assert ADD in Path("docs/changing.md").read_text()
