"""The characters that the Home Office's bulk files can carry, and the spelling to use for others.

A CAS keeps text as typed, in any script. Its fields name one of `CHARACTERS`, and text outside it gets a warning.
"""

from __future__ import annotations

import string
import unicodedata

from anyascii import anyascii

from sms.core.characters import in_ascii

ASCII, LATIN_1, LATIN_1_LINES = "ascii", "latin-1", "latin-1 lines"

_LATIN_1 = frozenset(map(chr, (*range(0x20, 0x7F), *range(0xA0, 0x100))))

CHARACTERS = {
    ASCII: frozenset(f"{string.ascii_letters}{string.digits} ~!@%()*+,-./:;=?^_{{}}&'"),
    LATIN_1: _LATIN_1,
    LATIN_1_LINES: _LATIN_1 | frozenset("\t\n\r"),
}
"""The characters by name (specification, section 8)."""

_MACHINE_READABLE = {"Ä": "AE", "Å": "AA", "Æ": "AE", "Ö": "OE", "Ø": "OE", "Ü": "UE"}
"""The letters that a passport spells with two in its machine-readable lines (ICAO 9303)."""

_NEAREST = str.maketrans('"`[]<>\\|', "''()()//")  # ASCII characters that addresses cannot carry


def is_latin_text(text: str) -> bool:
    """Return whether every letter of `text` is of the Latin script."""
    return all(is_latin(character) for character in text if character.isalpha())


def outside(text: str, characters: str) -> list[str]:
    """Return the characters of `text` that a file cannot carry in a field with these `characters`, each once."""
    carried = CHARACTERS[characters]
    return list(dict.fromkeys(character for character in text if character not in carried))


def spelling(text: str, characters: str) -> str:
    """Return `text` as a passport's machine-readable lines would spell it: ễ becomes e, and a curly quote straight.

    Return "" if a character has no such spelling, as in a script that is not Latin.
    """
    carried = CHARACTERS[characters]
    spelled = "".join(character if character in carried else _in_latin(character) for character in text)
    if characters == ASCII:
        spelled = spelled.translate(_NEAREST)
    return spelled if carried.issuperset(spelled) else ""


def _in_latin(character: str) -> str:
    if spelled := _MACHINE_READABLE.get(character.upper()):
        return spelled if character.isupper() else spelled.lower()
    plain = in_ascii(character)
    if plain.isascii() or not (is_latin(character) or unicodedata.category(character)[0] in "MPSZ"):
        return plain
    return anyascii(character)


def is_latin(character: str) -> bool:
    """Return whether this is a letter of the Latin script, of any width and with any accent."""
    return character.isalpha() and "LATIN" in unicodedata.name(character, "")
