"""The simple type of each field: in our own schema, and in the schema that is equivalent to v2.1."""

from __future__ import annotations

from lxml import etree

from bulk_data_transfer.xml.layout import Leaf
from bulk_data_transfer.xml.names import CATEGORIES
from cas.details.characters import CHARACTERS, LATIN_1
from cas.details.choices import Gender
from cas.details.field import CASField
from cas.details.partial_dates import CASPartialDate
from cas.details.types import (
    CASChoice,
    CASCode,
    CASCountry,
    CASDate,
    CASFamilyName,
    CASHours,
    CASLicenceNumber,
    CASLongText,
    CASMoney,
    CASNationality,
    CASNumber,
    CASUcasId,
    CASUKPostcode,
    CASYesNo,
)
from licences import numbers as licence_numbers

XS = "http://www.w3.org/2001/XMLSchema"

_COUNTRY = "[A-Z]{3}"
_POSTCODE = (
    "([Gg][Ii][Rr] 0[Aa]{2})|([A-Za-z]([0-9]{1,2}|[A-Ha-hJ-Yj-y][0-9]{1,2}|[0-9][A-Za-z]|[A-Ha-hJ-Yj-y][0-9]?[A-Za-z])"
    " [0-9][A-Za-z]{2})"
)
_FORMS: tuple[tuple[type[CASField], dict[str, object]], ...] = (
    (CASUcasId, {"length": 10, "pattern": "1[A-Za-z0-9]{9}"}),
    (CASLicenceNumber, {"length": 9, "pattern": licence_numbers.PATTERN}),
    (CASUKPostcode, {"minLength": 1, "maxLength": 10, "pattern": _POSTCODE}),
)
_PARTS_OF_DATES = (
    ("FullDate", "date", "[0-9]{4}-[0-9]{2}-[0-9]{2}"),
    ("Year", "gYear", "[0-9]{4}"),
    ("YearMonth", "gYearMonth", "[0-9]{4}-[0-9]{2}"),
)
_MONEY = {"fractionDigits": 2, "maxExclusive": 1000000000, "minInclusive": 0}
_LONGEST_CODE = {"academic_level": 250}  # v2.1 gives no other code a maximum
_SIGNS = {"\t": r"\t", "\n": r"\n", "\r": r"\r"} | {sign: f"\\{sign}" for sign in r"\|.?*+(){}[]^-"}
_FACTS = {"changed_at": "dateTime"}


def xs(kind: str, *children: etree._Element, text: str | None = None, **attributes: str) -> etree._Element:
    """Return an element of XML Schema."""
    element = etree.Element(f"{{{XS}}}{kind}", attributes, nsmap={"xs": XS})
    element.text = text
    element.extend(children)
    return element


def restricted(base: str, **facets: object) -> etree._Element:
    """Return a simple type: a restriction of a built-in type. A list is the values of an enumeration."""
    each = [
        xs(name, value=str(value))
        for name, values in facets.items()
        for value in (values if isinstance(values, list) else [values])
    ]
    return xs("simpleType", xs("restriction", *each, base=f"xs:{base}"))


def partial_date() -> etree._Element:
    """Return the complex type of a date of birth, which is the same in both schemas."""
    parts = (xs("element", restricted(base, pattern=form), name=name) for name, base, form in _PARTS_OF_DATES)
    return xs("complexType", xs("choice", *parts))


def ours(leaf: Leaf) -> etree._Element:
    """Return the type of a leaf in our own format.

    Text can have any characters, and be empty, which means not answered. The codes of dated lists are not part of it:
    a file stays valid when a list changes.
    """
    field = leaf.field
    if field is None:
        return restricted(_FACTS.get(leaf.key, "token"))
    if (common := _common(field)) is not None:
        return common
    if isinstance(field, CASNumber):
        return restricted("integer", minInclusive=field.least, maxInclusive=field.most)
    for kind, facets in _FORMS:
        if isinstance(field, kind):
            return restricted("token", **facets)
    if field.name == "route":
        return restricted("token", enumeration=list(CATEGORIES))
    if isinstance(field, CASCountry):
        return restricted("token", pattern=_COUNTRY)
    if isinstance(field, CASCode):
        return restricted("token", maxLength=field.max_length)
    if isinstance(field, CASChoice):
        return restricted("token", enumeration=list(field.labels))
    base = "string" if isinstance(field, CASLongText) else "normalizedString"
    least = {"minLength": 1} if isinstance(field, CASFamilyName) else {}
    return restricted(base, **least, maxLength=field.size)


def v2_1(leaf: Leaf) -> etree._Element:
    """Return the type of a leaf that accepts the same as the one of v2.1."""
    field = leaf.field
    assert field is not None, "v2.1 has no facts"
    if (common := _common(field)) is not None:
        return common
    if isinstance(field, CASNumber):
        return restricted("integer")
    for kind, facets in _FORMS:
        if isinstance(field, kind):
            return restricted("string", **facets)
    if isinstance(field, CASNationality):
        return restricted("string", pattern=f'{_COUNTRY}|"STATELESS"')
    if isinstance(field, CASCountry):
        return restricted("string", pattern=_COUNTRY)
    if field.name == "gender":
        return restricted("byte", pattern=[Gender.MALE.value, Gender.FEMALE.value])
    if isinstance(field, CASChoice) and not isinstance(field, CASCode):
        return restricted("string", enumeration=list(field.labels))
    size = _LONGEST_CODE.get(field.name, field.size)
    most = {"maxLength": size} if size else {}
    return restricted("string", minLength=1, **most, pattern=f"{character_class(field.characters or LATIN_1)}+")


def _common(field: CASField) -> etree._Element | None:
    """Return the type of a field that has the same one in both schemas, or None."""
    if isinstance(field, CASPartialDate):
        return partial_date()
    if isinstance(field, CASYesNo) or field.name == "attendance":
        return restricted("boolean")
    if isinstance(field, CASDate):
        return restricted("date")
    if isinstance(field, CASMoney):
        return restricted("decimal", **_MONEY)
    if isinstance(field, CASHours):
        return restricted("decimal", minInclusive=0, maxInclusive=field.most, fractionDigits=1)
    return None


def character_class(characters: str) -> str:
    """Return the character class of XML Schema for the characters of this name.

    Neighbours are ranges, those of ASCII first and then the longest, because libxml2 tries one after the other.
    """
    codes = sorted(map(ord, CHARACTERS[characters]))
    starts = [code for code in codes if code - 1 not in codes]
    ends = [code for code in codes if code + 1 not in codes]
    signs, ranges = [], []
    for start, end in zip(starts, ends, strict=True):
        first, last = start, end
        while first <= last and chr(first) in _SIGNS:
            first += 1
        while last > first and chr(last) in _SIGNS:
            last -= 1
        signs += [chr(code) for code in (*range(start, first), *range(last + 1, end + 1))]
        ranges += [(first, last)] if first <= last else []
    ranges.sort(key=lambda both: (both[0] > 0x7F, both[0] - both[1]))
    written = (chr(first) if first == last else f"{chr(first)}-{chr(last)}" for first, last in ranges)
    return f"[{''.join(written)}{''.join(_SIGNS[sign] for sign in signs)}]"
