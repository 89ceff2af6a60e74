"""Licence numbers and User IDs (specification, sections 4 and 9), drawn at random.

A licence number is 8 letters or digits, and then a digit or X. No check is computed. A User ID is 9 letters and digits.
"""

from __future__ import annotations

import secrets

PATTERN = r"[A-Z0-9]{8}[0-9X]"
LETTERS = "ABCDEFGHJKMNPQRTUVWXYZ0123456789"
"""The characters of new numbers. They leave out the letters that are easily misread."""

LAST = "0123456789X"


def draw() -> str:
    """Return a random licence number. Another licence may have it already, though it is very unlikely."""
    return "".join(secrets.choice(LETTERS) for _ in range(8)) + secrets.choice(LAST)


SIZE_OF_USER_ID = 9
IN_USER_IDS = "CDFGHJKMNPQRTVWXY34679"
"""The characters of User IDs, in any case. None looks like another, and without vowels they make no words."""


def draw_user_id() -> str:
    """Return a random User ID, with a letter and a digit. Another user may have it already, though it is unlikely."""
    while True:
        drawn = "".join(secrets.choice(IN_USER_IDS) for _ in range(SIZE_OF_USER_ID))
        if not drawn.isalpha() and not drawn.isdigit():
            return drawn
