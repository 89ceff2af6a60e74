"""The form that each kind of value has in XML, in words, for the sentences about faults."""

from __future__ import annotations

from bulk_data_transfer.xml.layout import Leaf
from cas.details.field import CASField
from cas.details.partial_dates import CASPartialDate
from cas.details.types import (
    CASChoice,
    CASCode,
    CASCountry,
    CASDate,
    CASHours,
    CASLicenceNumber,
    CASMoney,
    CASNumber,
    CASUcasId,
    CASUKPostcode,
    CASYesNo,
)

_WORDS: tuple[tuple[type[CASField], str], ...] = (
    (CASYesNo, "true or false"),
    (CASDate, "a date, as 2027-03-27"),
    (CASPartialDate, "a date as 2027-03-27, a month as 2027-03, or a year"),
    (CASMoney, "an amount from 0 to 999999999.99, with 2 decimals at most"),
    (CASHours, "a number from 0.0 to 168.0, with 1 decimal at most"),
    (CASNumber, "a whole number from 1 to 100"),
    (CASCountry, "3 capital letters, as GBR"),
    (CASUKPostcode, "a UK postcode, as LS2 9JT"),
    (CASUcasId, "1, then 9 letters or digits"),
    (CASLicenceNumber, "8 letters or digits, then a digit or X"),
    (CASCode, "a code of its list"),
)


def form_of(leaf: Leaf | None) -> str:
    """Return the words for the form of a leaf, to follow "must be"."""
    field = leaf.field if leaf else None
    if field and field.name == "attendance":
        return "true or false"
    if field and field.name == "route":
        return "General or Child"
    for kind, words in _WORDS:
        if isinstance(field, kind):
            return words
    if isinstance(field, CASChoice):
        return f"one of {', '.join(field.labels)}"
    return "as the schema says"
