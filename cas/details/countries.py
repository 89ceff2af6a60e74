"""Countries and nationalities: ISO 3166-1 alpha-3 codes and familiar names, sorted by name."""

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
    "FLK": "Falkland Islands",
    "FSM": "Micronesia",
    "PSE": "Palestine",
    "RUS": "Russia",
    "TUR": "Turkey",
    "VAT": "Vatican City",
    "VGB": "British Virgin Islands",
    "VIR": "United States Virgin Islands",
    "XKX": "Kosovo",
}
_OTHER_NATIONALITIES = {
    "STATELESS": "Stateless",
    "GBD": "British overseas territories citizen",
    "GBN": "British national (overseas)",
    "GBO": "British overseas citizen",
    "GBP": "British protected person",
    "GBS": "British subject",
}


def _by_name(names: dict[str, str]) -> Mapping[str, str]:
    def without_accents(item: tuple[str, str]) -> str:
        letters = unicodedata.normalize("NFKD", item[1])
        return "".join(letter for letter in letters if not unicodedata.combining(letter)).casefold()

    return MappingProxyType(dict(sorted(names.items(), key=without_accents)))


_standard = {country.alpha_3: str(getattr(country, "common_name", country.name)) for country in pycountry.countries}

COUNTRIES = _by_name(_standard | _FAMILIAR)
"""Names of countries by code: for places of birth, homes and institutions."""

NATIONALITIES = _by_name({**COUNTRIES, **_OTHER_NATIONALITIES})
"""Names of nationalities by code: the countries, stateless, and the British nationalities without a country."""
