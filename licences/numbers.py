"""Licence numbers (specification, section 4): 8 letters or digits, and then a digit or X. No check is computed."""

from __future__ import annotations

import secrets

PATTERN = r"[A-Z0-9]{8}[0-9X]"
LETTERS = "ABCDEFGHJKMNPQRTUVWXYZ0123456789"
"""The characters of new numbers. They leave out the letters that are easily misread."""

LAST = "0123456789X"


def draw() -> str:
    """Return a random licence number. Another licence may have it already, though it is very unlikely."""
    return "".join(secrets.choice(LETTERS) for _ in range(8)) + secrets.choice(LAST)
