"""The apostrophe that keeps a spreadsheet from taking text for a formula.

`guarded` writes it and `unguarded` takes it off. Together they return every text unchanged, even one that begins with
an apostrophe of its own.
"""

from __future__ import annotations

import re

_BEGINS_A_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_GUARDED = re.compile(r"''*[=+\-@\t\r]")

BEGINNINGS = frozenset("'=+-@\t\r")
"""The first characters of all texts that `guarded` changes."""


def guarded(text: str) -> str:
    """Return text for a cell. It has one more apostrophe if it could be taken for a formula."""
    return f"'{text}" if _BEGINS_A_FORMULA.match(text) else text


def in_workbook(text: str) -> str:
    """Return text for a cell of a workbook, whose format is the guard, so that `unguarded` gives this text again."""
    return text if unguarded(text) == text else guarded(text)


def unguarded(text: str) -> str:
    """Return the text from which `guarded` made this one."""
    return text[1:] if text[:1] == "'" and _GUARDED.match(text) else text
