"""CAS numbers (specification, section 4), in the pattern of the Home Office's schema.

A number is `E4`, the letter of its route, ten random places and a check character. Letters have the values 0 to 10 in
the order of `LETTERS`. The check character is the sum of the ten values, each multiplied by its place (1 to 10), plus 5
for a Child Student, modulo 11, where 10 is written X. Because 11 is a prime number, every single wrong character and
every swap of neighbours changes it.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Collection
from itertools import islice
from math import prod

from licences.routes import Route
from sms.core.characters import bare, look_alikes
from sms.core.values import Invalid

LETTERS = "ACEHJKMPRTW"
DIGITS = "0123456789"
PREFIXES = {Route.STUDENT: "E4G", Route.CHILD_STUDENT: "E4C"}
LENGTH = 14
MOST_DRAWS = 100
"""Rounds of drawing. They are enough while at least a quarter of all numbers is free."""
SPARE = 3
"""Numbers that are drawn in addition, beside one for each hundred."""

PATTERN = re.compile(r"E4[CG][0-9][A-Z]{2}[0-9][A-Z][0-9]{2}[A-Z][0-9][A-Z][0-9X]")

_PLACES = tuple(DIGITS if place == "9" else LETTERS for place in "9AA9A99A9A")
_ADDED = {"E4G": 0, "E4C": 5}
_CHECKS = "0123456789X"
_VALUES = {character: characters.index(character) for characters in (DIGITS, LETTERS) for character in characters}
_AS_DIGIT = str.maketrans("OIL", "011")
_IS_DIGIT = (False, True, False, *(place == DIGITS for place in _PLACES), True)  # each of the 14 places


class NotANumber(Invalid):
    """The text cannot be a CAS number; the sentence says why."""


def check_character(body: str) -> str:
    """Return the check character for the first 13 characters of a number of ours."""
    total = sum(place * _VALUES[character] for place, character in enumerate(body[3:], start=1))
    return _CHECKS[(total + _ADDED[body[:3]]) % 11]


def is_checked(number: str) -> bool:
    """Return whether a number of the right pattern has the letters and the check character that we would give it.

    The Home Office has issued numbers by a scheme that is not published, so this is a hint and no reason to refuse.
    """
    return set(number[3:-1]) <= _VALUES.keys() and number[-1] == check_character(number[:-1])


def draw(route: str) -> str:
    """Return a random number for a CAS of this route. It does not tell how many were issued."""
    body = PREFIXES[Route(route)]
    left = secrets.randbelow(prod(map(len, _PLACES)))  # one random number, because ten take five times as long
    for characters in _PLACES:
        left, index = divmod(left, len(characters))
        body += characters[index]
    return body + check_character(body)


def draw_many(count: int, route: str, *, taken: Callable[[Collection[str]], Collection[str]]) -> list[str]:
    """Return `count` different new numbers for CAS of this route.

    `taken` returns which of the numbers that it is given are in use. There are 16 thousand million numbers for each
    route: with three million issued, a draw of 10,000 nearly always meets one of them. A few spare numbers are drawn,
    so that `taken` is asked once. Raises `RuntimeError` when too few are free.
    """
    free: set[str] = set()
    for _ in range(MOST_DRAWS):
        missing = count - len(free)
        if missing <= 0:
            break
        drawn = {draw(route) for _ in range(missing + missing // 100 + SPARE)}
        free |= drawn.difference(taken(drawn))
    if len(free) < count:
        raise RuntimeError(f"Only {len(free)} of {count} CAS numbers could be drawn. Too many are in use")
    return list(islice(free, count))


def read(typed: str) -> str:
    """Return the number in `typed`, which may have small letters, spaces and hyphens.

    O stands for 0, and I and L for 1, where a digit belongs. Raises `NotANumber` for any other pattern. A number that
    fails its check is returned all the same: see `is_checked`.
    """
    characters = bare(typed).upper()
    if len(characters) != LENGTH:
        raise NotANumber(f"A CAS number has {LENGTH} characters. You entered {len(characters)}.")
    if mistaken := look_alikes(typed):
        raise NotANumber(f"A CAS number has Latin letters only: {mistaken}")
    number = "".join(
        character.translate(_AS_DIGIT) if is_digit else character
        for character, is_digit in zip(characters, _IS_DIGIT, strict=True)
    )
    if not PATTERN.fullmatch(number):
        raise NotANumber("This is not a CAS number. Check each character.")
    return number
