"""The names by which users know countries and nationalities: in other spellings, of citizens, former and short ones.

The packages are loaded on the first use, which takes about 0.2 seconds and 9 MB of memory.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator
from functools import cache

import pycountry

from cas.details.countries import COUNTRIES, NATIONALITIES
from cas.details.country_exceptions import MEANT, OTHER_NAMES
from cas.keys import text_key

_BETWEEN_WORDS = re.compile(r"[\s,./()&-]+")
_LEFT_OUT = frozenset({"and", "of", "the"})


def country_key(name: str) -> str:
    """Return the `text_key` of a name without its small words and signs. St at the beginning of a name is Saint.

    static/combobox.js does the same.
    """
    words = [word for word in map(_letters, _BETWEEN_WORDS.split(name)) if word]
    words = [word for word in words if word not in _LEFT_OUT] or words
    if len(words) > 1 and words[0] == "st":
        words[0] = "saint"
    return "".join(words)


def _letters(word: str) -> str:
    return "".join(sign for sign in text_key(word) if unicodedata.category(sign)[0] in "LMN")


def named(typed: str, codes: Collection[str]) -> list[str]:
    """Return those of `codes` that a name means, in alphabetical order of their own names."""
    return [code for code in codes_by_key().get(country_key(typed), ()) if code in codes]


@cache
def codes_by_key() -> dict[str, tuple[str, ...]]:
    """Return what each key means. Codes and own names come before `MEANT`, and this before all other names."""
    found: dict[str, set[str]] = {}
    for code, name in _other_names():
        found.setdefault(country_key(name), set()).add(code)
    for names, codes in MEANT.items():
        found |= {country_key(name): set(codes.split()) for name in names.split(", ")}
    found |= {key: {code} for code, name in NATIONALITIES.items() for key in (country_key(name), code.lower())}
    found.pop("", None)
    order = list(NATIONALITIES)
    return {key: tuple(sorted(codes, key=order.index)) for key, codes in found.items()}


def other_keys() -> dict[str, list[str]]:
    """Return the keys of each code, other than that of its own name, as the script of the pages needs them."""
    own = {code: country_key(name) for code, name in NATIONALITIES.items()}
    found: dict[str, list[str]] = {}
    for key, codes in sorted(codes_by_key().items()):
        for code in codes:
            if key != own[code]:
                found.setdefault(code, []).append(key)
    return found


def _other_names() -> Iterator[tuple[str, str]]:
    """Yield codes with their names."""
    from babel import Locale
    from countryinfo import all_countries

    territories = Locale("en").territories
    for country in pycountry.countries:
        names = [getattr(country, kind, "") for kind in ("alpha_2", "name", "official_name", "common_name")]
        yield from ((country.alpha_3, name) for name in [*names, territories[country.alpha_2]])
    for known in all_countries():
        if (code := known.iso(3)) in COUNTRIES:
            demonyms = re.split("[,/]", known.demonym() or "")
            native = (known.native_name() or "").split(" / ")
            names = [known.name(), *native, *known.alt_spellings(), *demonyms]
            yield from ((code, name) for name in names)
    for code, joined in OTHER_NAMES.items():
        yield from ((code, name) for name in joined.split(", "))
