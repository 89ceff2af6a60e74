"""The pages of `docs` that are generated from tables in the code, and the list of decisions.

Specification, sections 3 and 7.
"""

import re

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from cas.details import fields
from cas.lifecycle import CAS_LIFECYCLE, ORDER_LIFECYCLE
from licences.lifecycle import LICENCE_LIFECYCLE, REQUEST_LIFECYCLE
from licences.permissions import Action
from sms import documents


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    monkeypatch.setattr(documents, "FOLDER", tmp_path / "docs")
    return tmp_path / "docs"


def rows(text):
    """Return the cells of each line of the tables."""
    lines = [line for line in text.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


def test_the_generated_pages_agree_with_the_code():
    assert documents.outdated() == []


@pytest.mark.parametrize(
    "lifecycle", [CAS_LIFECYCLE, ORDER_LIFECYCLE, LICENCE_LIFECYCLE, REQUEST_LIFECYCLE], ids=lambda one: one.name
)
def test_every_status_and_every_move_is_in_the_page_of_statuses(lifecycle):
    text = documents.statuses()
    part = text[text.index(f"## The {lifecycle.name}\n") :].split("\n## ")[0]
    assert [row[1] for row in rows(part)[1:]] == [move.name for move in lifecycle.moves]
    assert all(f'state "{status}" as ' in part for status in lifecycle.statuses)
    assert f"Final: {', '.join(status for status in lifecycle.statuses if status in lifecycle.final)}." in part


def test_the_page_of_statuses_gives_the_start_the_end_and_the_user_of_each_move():
    of_cas = documents.statuses().split("## The order")[0]
    moves = {row[1]: row for row in rows(of_cas)}
    assert moves["assign"][:4] == ["READY TO GO", "assign", "ASSIGNED", "The system"]
    assert moves["create"][0] == "none"
    assert moves["delete"][2] == "gone"
    assert moves["withdraw"][3] == "Level 1 user"
    assert moves["save"][3] == "Level 1 user, its owner"


def test_every_field_with_its_label_and_element_is_in_the_page_of_fields():
    text = documents.DOCUMENTS["fields.md"]()
    for field in fields.FIELDS:
        assert any(field.element in line and field.label in line for line in text.splitlines()), field.name


def test_every_action_is_in_the_page_of_permissions():
    found = {row[0]: row[1:4] for row in rows(documents.DOCUMENTS["permissions.md"]())}
    for action in Action:
        assert found[action.label] == [action.level_1.value, action.level_2.value, action.caseworker.value]


def test_a_page_that_is_out_of_date_is_named_and_written_again(elsewhere):
    call_command("document")
    call_command("document", check=True)
    (elsewhere / "fields.md").write_text("by hand", encoding="utf-8")
    (elsewhere / "statuses.md").unlink()
    with pytest.raises(CommandError, match=r"Out of date: statuses\.md, fields\.md\."):
        call_command("document", check=True)
    assert (elsewhere / "fields.md").read_text(encoding="utf-8") == "by hand", "checking writes nothing"
    call_command("document")
    assert documents.outdated() == []


def test_every_decision_is_listed_with_its_title():
    folder = settings.BASE_DIR / "docs/decisions"
    titles = {path.name: path.read_text().splitlines()[0][2:] for path in folder.glob("[0-9]*.md")}
    listed = re.findall(r"^(\d+)\. \[(.+)\]\((.+)\)$", (folder / "README.md").read_text(), re.MULTILINE)
    assert {name: title for _, title, name in listed} == titles
    assert [int(number) for number, _, _ in listed] == [int(name[:2]) for _, _, name in listed]
