"""Characters: which are invisible, which are a space, and which stand for an ASCII one. The only table of them.

Most classes follow from the properties that Unicode gives a character. The ranges here do not.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from anyascii import anyascii

_NOT_CHARACTERS = "\ufdd0-\ufdef" + "".join(
    chr(plane | last) for plane in range(0, 0x110000, 0x10000) for last in (0xFFFE, 0xFFFF)
)
_SURROGATES = "\ud800-\udfff"

BREAKS = re.compile("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
"""Line breaks other than the plain one: Word and macOS write some of them."""

UNUSABLE = re.compile(f"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f{_SURROGATES}{_NOT_CHARACTERS}]")
"""Controls, halves of surrogate pairs and code points that are no characters. No database, PDF or XML file takes all of
them. Tabs and line breaks are not among them."""

UNSTORABLE = re.compile(f"[\x00{_SURROGATES}]")
"""Characters that PostgreSQL does not take, not even in JSON."""

LAST = "\U0010ffff"
"""The character after all others. No text that is kept has it."""

ACCENTS = re.compile("[\u0300-\u036f\u0640]")
"""The accents of Latin, Greek and Cyrillic letters, and the stroke that stretches an Arabic word. Other marks of other
scripts are letters."""

# The segment separator, and letters and symbols without ink: Hangul fillers, a Braille pattern, a note.
_BLANKS = re.compile("[\x1f\u115f\u1160\u2800\u3164\uffa0\U0001d159]")
# What Unicode calls default ignorable without calling it a format character; and the place of a pasted picture.
_IGNORABLE = re.compile("[\u034f\u17b4\u17b5\u2065\ufff0-\ufff8\ufffc\U000e0000-\U000e0fff]")
_SEEN_FORMATS = re.compile("[\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd\U00013430-\U0001345f]")
_JOINERS = "\u200c\u200d"
_SELECTORS = "\u180b-\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef"  # of another form of the character before
_ATTACHED = re.compile(f"[{_JOINERS}{_SELECTORS}]")
_VIRAMA = 9  # the combining class of the mark that joins consonants

SIGNS = frozenset(" '`\"-.,<>")
"""The spaces, quotes, dashes, full stops and commas, by their ASCII forms, that do not count in keys."""

# Letters that look like a Latin one of the same case, each followed by that one: Cyrillic, then Greek.
_PAIRS = (
    "\u0410A\u0412B\u0415E\u0405S\u0406I\u0408J\u041aK\u041cM\u041dH\u041eO\u0420P\u0421C\u0422T\u0423Y\u0425X"
    "\u04aeY\u051aQ\u051cW\u0430a\u0435e\u0455s\u0456i\u0458j\u043eo\u0440p\u0441c\u0443y\u0445x\u04bbh\u0501d\u051bq\u051dw"
    "\u0391A\u0392B\u0395E\u0396Z\u0397H\u0399I\u039aK\u039cM\u039dN\u039fO\u03a1P\u03a4T\u03a5Y\u03a7X\u037fJ\u03f9C"
    "\u03b1a\u03b9i\u03bdv\u03bfo\u03c1p\u03c5u\u03f2c\u03f3j"
)
_LOOK_ALIKES = dict(zip(_PAIRS[::2], _PAIRS[1::2], strict=True))

_DASH_NAMES = re.compile("(HYPHEN|DASH|MINUS|MINUS SIGN)$")
_SIGN_NAMES = re.compile("MODIFIER LETTER|.*(APOSTROPHE|SALTILLO)")  # letters, to Unicode, that people take for signs
_ODD = re.compile(r"[^\t\n -~]")
_ATTACHED_ONES = re.compile(f"{_ATTACHED.pattern}+")


@lru_cache(maxsize=4096)
def seen(character: str) -> str:
    """Return what a reader sees of a character by itself: " " for every space, "" for nothing, otherwise itself."""
    category = unicodedata.category(character)
    if category == "Zs" or _BLANKS.match(character):
        return " "
    is_unseen_format = category == "Cf" and not _SEEN_FORMATS.match(character)
    return "" if is_unseen_format or _IGNORABLE.match(character) or _ATTACHED.match(character) else character


@lru_cache(maxsize=4096)
def in_ascii(character: str) -> str:
    """Return the ASCII of a figure of any script, a letter of another width, or one of `SIGNS`; otherwise as `seen`."""
    shown = seen(character)
    if shown.isascii():
        return shown
    if shown.isdecimal():
        return str(unicodedata.decimal(shown))
    if (other := unicodedata.decomposition(shown)).startswith(("<wide>", "<narrow>", "<font>")):
        return in_ascii(chr(int(other.split()[1], 16)))
    category = unicodedata.category(shown)
    if category == "Pd" or (category[0] in "PS" and _DASH_NAMES.search(unicodedata.name(shown, ""))):
        return "-"
    if category[0] in "PS" or _SIGN_NAMES.match(unicodedata.name(shown, "")):
        sign = anyascii(shown)
        return sign if SIGNS.issuperset(sign) and sign else shown
    return shown


def plain(typed: str) -> str:
    """Return a short text with each character `in_ascii`, without space around it: a number, a date or a code."""
    return typed.strip() if typed.isascii() and typed.isprintable() else "".join(map(in_ascii, typed)).strip()


def bare(typed: str) -> str:
    """Return an identifier without the characters that do not count in it: spaces, and `SIGNS`."""
    return "".join(character for character in plain(typed) if character not in SIGNS and not character.isspace())


def look_alikes(identifier: str) -> str:
    """Return a sentence about the Cyrillic and Greek letters that look like Latin ones; "" if there are none."""
    found = {letter: _LOOK_ALIKES[letter] for letter in identifier if letter in _LOOK_ALIKES}
    each = [f"“{letter}” is {_script(letter)} and looks like {latin}" for letter, latin in found.items()]
    return f"{', '.join(each)}. Enter it again in Latin letters" if each else ""


def _script(letter: str) -> str:
    return unicodedata.name(letter).split()[0].title()


def with_plain_breaks(value: str) -> str:
    """Return text with a single character for each line break; browsers send two."""
    return BREAKS.sub("\n", value)


def without_unseen(value: str) -> str:
    """Return text without the invisible characters, joiners and selectors included."""
    return value if value.isascii() else "".join(each for each in value if seen(each))


def visible(value: str) -> str:
    """Return text with plain line breaks and spaces, without invisible characters.

    Joiners and selectors stay where a script needs them: in Persian, Malayalam and Bengali words, for example.
    """
    value = _ODD.sub(lambda odd: odd[0] if _ATTACHED.match(odd[0]) else seen(odd[0]), with_plain_breaks(value))
    return _ATTACHED_ONES.sub(_attached, value)


def _attached(found: re.Match[str]) -> str:
    """Return the selector and the joiner that belong to the character before: a joiner joins two, or ends a virama."""
    start, end = found.span()
    before, after = found.string[max(start - 1, 0) : start], found.string[end : end + 1]
    if not before.strip():
        return ""
    selector = "" if found[0][0] in _JOINERS else found[0][0]
    is_joining = bool(after.strip()) or unicodedata.combining(before) == _VIRAMA
    return selector + (found[0][-1] if is_joining and found[0][-1] in _JOINERS else "")
