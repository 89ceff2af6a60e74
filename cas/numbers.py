"""CAS numbers (specification, section 4): `E4G`, ten random characters and a check character.

The characters stand for the elements of the field GF(32). A number is valid if the sum of its characters, each
multiplied by its own power of a primitive element, is zero. One wrong character changes one term of the sum. Swapping
two neighbours changes the sum by their difference, times a non-zero factor. So neither mistake leaves a sum of zero.
"""

from __future__ import annotations

import secrets
from functools import reduce
from operator import xor

from sms.core.characters import bare, look_alikes
from sms.core.values import Invalid

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # no I, L, O, U
PREFIX = "E4G"
LENGTH = 14

_VALUE = {character: value for value, character in enumerate(ALPHABET)}
_READ_AS = str.maketrans("OIL", "011")
_MODULUS = 0b100101  # x^5 + x^2 + 1, primitive over GF(2)


class NotANumber(Invalid):
    """Raised for text that cannot be a CAS number. The message says why."""


def _doubled(value: int) -> int:
    value <<= 1
    return value ^ _MODULUS if value & 0b100000 else value


def _powers(count: int) -> list[int]:
    powers = [1]
    while len(powers) < count:
        powers.append(_doubled(powers[-1]))
    return powers


def _product(left: int, right: int) -> int:
    product = 0
    while right:
        if right & 1:
            product ^= left
        left, right = _doubled(left), right >> 1
    return product


# The check character has the weight 1, so it equals the sum of the other terms.
_WEIGHTS = _powers(LENGTH)[::-1]
_TERMS = [{character: _product(weight, value) for character, value in _VALUE.items()} for weight in _WEIGHTS]


def _sum(characters: str) -> int:
    return reduce(xor, (terms[character] for terms, character in zip(_TERMS, characters, strict=False)), 0)


def draw() -> str:
    """Return a new random number. It does not show how many CAS exist. The database refuses a number twice."""
    bits = secrets.randbits(50)
    body = PREFIX + "".join(ALPHABET[bits >> shift & 31] for shift in range(0, 50, 5))
    return body + ALPHABET[_sum(body)]


def draw_many(count: int) -> list[str]:
    """Return `count` new numbers, all different."""
    numbers: set[str] = set()
    while len(numbers) < count:
        numbers.add(draw())
    return list(numbers)


def read(typed: str) -> str:
    """Return the number that a user typed, forgiving case, spaces, hyphens, width, O for 0, and I or L for 1.

    Raises `NotANumber` when it cannot be one, so that no search is needed.
    """
    number = bare(typed).upper().translate(_READ_AS)
    if len(number) != LENGTH:
        raise NotANumber(f"A CAS number has {LENGTH} characters. You entered {len(number)}.")
    if mistaken := look_alikes(typed):
        raise NotANumber(f"A CAS number has Latin letters only: {mistaken}")
    if wrong := sorted(set(number) - set(ALPHABET)):
        raise NotANumber(f"A CAS number cannot contain {' '.join(wrong)}.")
    if not number.startswith(PREFIX) or _sum(number):
        raise NotANumber("This is not a CAS number. Check each character.")
    return number
