"""The check of our prose refuses each phrase on the list of docs/style.md (tests/prose.py)."""

from pathlib import Path

import pytest
from django.conf import settings

from tests import prose

STYLE = Path(settings.BASE_DIR, prose.STYLE).read_text(encoding="utf-8")
PHRASES = prose.phrases(STYLE)  # not written out here, because the check reads this file too
each_phrase = pytest.mark.parametrize("phrase", PHRASES)


def found(text):
    """Return the line and the phrase of each fault in the text."""
    return [(line, fault.split("“")[1].split("”")[0]) for line, fault in prose.faults(text, prose.pattern(STYLE))]


def test_the_list_has_at_least_forty_phrases():
    assert len(PHRASES) == len(set(PHRASES)) >= 40


@each_phrase
def test_a_refused_phrase_in_a_comment_is_found(phrase):
    assert found(f"x = 1\ny = 2  # {phrase} the portal\n") == [(2, phrase)]
    assert found(phrase.capitalize()) == [(1, phrase.capitalize())]


@each_phrase
def test_a_refused_phrase_in_the_name_of_a_test_is_found(phrase):
    assert found(f"def test_{phrase.replace(' ', '_')}_once():\n    pass\n") == [(1, phrase)]


@pytest.mark.parametrize(
    "text",
    ["The user sees the reason.", "a recommended retold ticket", "travel(moment, tick=False)", ""],
    ids=["plain", "part of a word", "argument of a library", "empty"],
)
def test_plain_text_is_accepted(text):
    assert found(text) == []


@pytest.mark.parametrize("word", ["What", "Whether", "Those", "Of", "One"])
@pytest.mark.parametrize("definition", ["def act():", "async def act():", "class Act:", "if True:\n  def act():"])
def test_a_docstring_that_begins_with_a_refused_word_is_found(word, definition):
    source = f'{definition}\n    """{word} the user sees."""\n'
    assert [fault for _, fault in prose.docstring_faults(source)] == [f"a docstring begins with “{word}”"]


def test_a_docstring_of_a_module_is_checked_too():
    assert list(prose.docstring_faults('"""What the user sees."""\n')) == [(1, "a docstring begins with “What”")]


@pytest.mark.parametrize("text", ["Return what the user sees.", "Oneself.", "An order."])
def test_a_docstring_that_begins_with_another_word_is_accepted(text):
    assert list(prose.docstring_faults(f'def act():\n    """{text}"""\n')) == []


def test_the_check_prints_each_fault_with_its_file_and_line(tmp_path, monkeypatch, capsys):
    (tmp_path / "docs").mkdir()
    (tmp_path / prose.STYLE).write_text(STYLE)
    (tmp_path / "act.py").write_text(f'"""Whether it fails."""\n\n# {PHRASES[0]}\n')
    (tmp_path / "plain.py").write_text('"""An act."""\n')
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(prose.subprocess, "check_output", lambda *_, **__: f"act.py\nplain.py\n{prose.STYLE}\n")
    assert prose.main([]) == 1
    assert [line.partition(": ")[0] for line in capsys.readouterr().out.splitlines()] == ["act.py:1", "act.py:3"]
    assert prose.main(["plain"]) == 0
    assert capsys.readouterr().out == ""
