"""Countries and nationalities: the codes of the Home Office's files and familiar names, sorted by name."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from types import MappingProxyType

import pycountry

# Familiar names, where the standard's official and common names are both unfamiliar.
_FAMILIAR = {
    "BRN": "Brunei",
    "CIV": "Ivory Coast",
    "COD": "Congo (Democratic Republic)",
    "COG": "Congo (Republic)",
    "FLK": "Falkland Islands",
    "FSM": "Micronesia",
    "PSE": "Palestine",
    "RUS": "Russia",
    "TUR": "Turkey",
    "VAT": "Vatican City",
    "VGB": "British Virgin Islands",
    "VIR": "United States Virgin Islands",
    "XXK": "Kosovo",
}
OTHER_NATIONALITIES = (
    {
        "BNO": "British national (overseas)",
        "BOC": "British overseas citizen",
        "BTC": "British overseas territories citizen",
        "GBP": "British protected person",
        "GBS": "British subject",
    },
    {
        "XXA": "Stateless",
        "XXB": "Refugee (1951 Convention)",
        "XXC": "Refugee (other)",
        "XXX": "Unspecified nationality",
    },
    {
        "UNO": "United Nations official",
        "UNA": "United Nations agency official",
        "UNS": "United Nations (other)",
    },
)
"""Names of the nationalities that belong to no country, by code, in groups."""

NOT_OFFERED = MappingProxyType({"LES": "LES", "XXT": "XXT"})
"""Codes of nationalities in old files. They are read, kept and shown as codes, but no form offers them."""


def _by_name(names: dict[str, str]) -> Mapping[str, str]:
    def without_accents(item: tuple[str, str]) -> str:
        letters = unicodedata.normalize("NFKD", item[1])
        return "".join(letter for letter in letters if not unicodedata.combining(letter)).casefold()

    return MappingProxyType(dict(sorted(names.items(), key=without_accents)))


_standard = {country.alpha_3: str(getattr(country, "common_name", country.name)) for country in pycountry.countries}

COUNTRIES = _by_name(_standard | _FAMILIAR)
"""Names of countries by code: of birth and of addresses."""

NATIONALITIES = _by_name({code: name for names in (COUNTRIES, *OTHER_NATIONALITIES) for code, name in names.items()})
"""Names of the nationalities that forms offer, by code: the countries, and those that belong to no country."""
