"""The kinds of field of a CAS. `cas.details.field` has the base class of all kinds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date as Date
from decimal import Decimal
from types import MappingProxyType
from typing import Any, ClassVar

from django.db import models

from cas.details import checks
from cas.details.characters import ASCII, LATIN_1, LATIN_1_LINES, is_latin
from cas.details.codes import Code
from cas.details.countries import COUNTRIES, NATIONALITIES, NOT_OFFERED, OTHER_NATIONALITIES
from cas.details.field import CASField
from cas.details.sections import Section
from sms.core import clock, values
from sms.core.govuk import fields as govuk
from sms.core.govuk import formats
from sms.core.govuk.fields.base import ReadField


class CASText(CASField[str, str], models.CharField):  # type: ignore[type-arg]
    """Text on one line, of at most `size` characters."""

    kind = "text"
    form_class = govuk.TextField
    empty = ""
    characters = LATIN_1

    def __init__(
        self, section: Section, label: str, *, size: int, suggestions: tuple[str, ...] = (), **options: Any
    ) -> None:
        super().__init__(section, label, max_length=size, default="", **options)
        self.size = size
        self.suggestions = suggestions

    def check_filled(self, value: Any, subject: str) -> str:
        return values.text(value, subject, size=self.size)

    def form_options(self, route: str) -> dict[str, Any]:
        return {"max_length": self.size, "suggestions": self.suggestions}


class CASFamilyName(CASText):
    """A family name. Every passport has it in Latin letters, so a name without any is kept but no answer."""

    answer = r"\p{Script=Latin}"

    def why_no_answer(self, value: Any) -> str:
        if any(map(is_latin, value)):
            return ""
        return f"{self.subject} must have Latin letters. Enter it as in the machine-readable lines of the passport"


class CASAddressText(CASText):
    """A line of an address, or the name of a place."""

    characters = ASCII

    def __init__(self, section: Section, label: str, *, size: int = 35, **options: Any) -> None:
        super().__init__(section, label, size=size, **options)


class CASIdentifier(CASText):
    """A number or code on one line, kept as typed."""

    def check_filled(self, value: Any, subject: str) -> str:
        return values.identifier(value, subject, size=self.size)


class CASUcasId(CASText):
    """A UCAS or UKPASS ID."""

    limits = "1, then 9 letters or digits"

    def check_filled(self, value: Any, subject: str) -> str:
        return checks.ucas_id(value, subject)


class CASLicenceNumber(CASText):
    """The licence number of another sponsor."""

    limits = "8 letters or digits, then a digit or X"

    def check_filled(self, value: Any, subject: str) -> str:
        return checks.licence_number(value, subject)


class CASUKPostcode(CASText):
    """A postcode of the United Kingdom."""

    limits = "A UK postcode"

    def check_filled(self, value: Any, subject: str) -> str:
        return checks.uk_postcode(value, subject)


class CASLongText(CASField[str, str], models.TextField):  # type: ignore[type-arg]
    """Text of several lines, of at most `size` characters."""

    kind = "long text"
    form_class = govuk.LongTextField
    empty = ""
    characters = LATIN_1_LINES

    def __init__(self, section: Section, label: str, *, size: int, **options: Any) -> None:
        super().__init__(section, label, default="", **options)
        self.size = size

    def check_filled(self, value: Any, subject: str) -> str:
        return values.text(value, subject, size=self.size, is_long=True)

    def form_options(self, route: str) -> dict[str, Any]:
        return {"max_length": self.size, "rows": 4}


class CASChoice(CASField[str, str], models.CharField):  # type: ignore[type-arg]
    """A choice from a list: the code is stored, and the label is shown."""

    kind = "choice"
    form_class: type[ReadField] = govuk.SelectField
    empty = ""
    IN_SIGHT: ClassVar[int] = 5  # up to this many options are radios; more are a list

    def __init__(self, section: Section, label: str, options: Iterable[tuple[str, str]], **rest: Any) -> None:
        self.labels: Mapping[str, str] = dict(options)
        rest = {"max_length": 30, **rest}
        super().__init__(section, label, choices=list(self.labels.items()), default="", **rest)
        if not self.limits:
            self.limits = "; ".join(f"{code} ({text})" for code, text in self.labels.items())
        if len(self.labels) <= self.IN_SIGHT:
            self.form_class = govuk.RadiosField

    def check_filled(self, value: Any, subject: str) -> str:
        return values.choice(value, subject, codes=self.labels)

    def display_filled(self, value: Any) -> str:
        return self.labels.get(value, value)

    def form_options(self, route: str) -> dict[str, Any]:
        return {"choices": list(self.labels.items())}


class CASCode(CASChoice):
    """A code of a dated list. The form offers the codes of the day and of its route; a CAS keeps any code.

    The codes of a list that is `for_any_route` do not depend on the route of the CAS.
    """

    def __init__(
        self, section: Section, label: str, options: Iterable[Code], *, for_any_route: bool = False, **rest: Any
    ) -> None:
        self.codes = tuple(options)
        self.for_any_route = for_any_route
        super().__init__(section, label, ((code.code, code.name) for code in self.codes), **rest)

    def form_options(self, route: str) -> dict[str, Any]:
        def offered() -> list[tuple[str, str]]:
            day = clock.today()
            own = "" if self.for_any_route else route
            return [(code.code, code.name) for code in self.codes if code.is_offered(day, own)]

        return {"choices": offered, "kept": self.labels}


class CASCountry(CASChoice):
    """A country by its ISO 3166-1 alpha-3 code."""

    kind = "country"
    form_class = govuk.CountryField
    limits = "ISO 3166-1 alpha-3; XXK (Kosovo)"
    codes: ClassVar[Mapping[str, str]] = COUNTRIES

    def __init__(self, section: Section, label: str, **rest: Any) -> None:
        super().__init__(section, label, self.codes.items(), max_length=3, **rest)

    def check_filled(self, value: Any, subject: str) -> str:
        return checks.country(value, subject, codes=self.codes)


class CASNationality(CASCountry):
    """A nationality: the code of a country, or of a nationality without a country."""

    limits = "; ".join(
        ["ISO 3166-1 alpha-3", "XXK", *map(", ".join, OTHER_NATIONALITIES), f"read only: {', '.join(NOT_OFFERED)}"]
    )
    codes = MappingProxyType({**NATIONALITIES, **NOT_OFFERED})

    def form_options(self, route: str) -> dict[str, Any]:
        return {"choices": list(NATIONALITIES.items()), "kept": NOT_OFFERED}


class CASDate(CASField[Date | None, Date | None], models.DateField):  # type: ignore[type-arg]
    kind = "date"
    form_class = govuk.DateField

    def __init__(self, section: Section, label: str, **options: Any) -> None:
        super().__init__(section, label, null=True, **options)

    def check_filled(self, value: Any, subject: str) -> Date:
        return values.date(value, subject)

    def display_filled(self, value: Any) -> str:
        return formats.day(value)


class CASMoney(CASField[Decimal | int | None, Decimal | None], models.DecimalField):  # type: ignore[type-arg]
    """An amount in pounds, with pence."""

    kind = "money"
    form_class = govuk.MoneyField
    limits = "1234 or 1234.99; 0 is allowed"

    def __init__(self, section: Section, label: str, **options: Any) -> None:
        super().__init__(section, label, null=True, max_digits=11, decimal_places=2, **options)

    def check_filled(self, value: Any, subject: str) -> Decimal:
        return values.money(value, subject)

    def display_filled(self, value: Any) -> str:
        return formats.sterling(value)


class CASNumber(CASField[int | None, int | None], models.PositiveSmallIntegerField):  # type: ignore[type-arg]
    """A whole number from `least` to `most`."""

    kind = "number"
    form_class = govuk.NumberField

    def __init__(self, section: Section, label: str, *, least: int, most: int, unit: str = "", **rest: Any) -> None:
        super().__init__(section, label, null=True, **rest)
        self.least, self.most, self.unit = least, most, unit
        self.limits = f"{least} to {most}"

    def check_filled(self, value: Any, subject: str) -> int:
        return values.number(value, subject, least=self.least, most=self.most)

    def form_options(self, route: str) -> dict[str, Any]:
        return {"minimum": self.least, "maximum": self.most, "suffix": self.unit}

    def display_filled(self, value: Any) -> str:
        return f"{value}{self.unit}"


class CASHours(CASField[Decimal | int | None, Decimal | None], models.DecimalField):  # type: ignore[type-arg]
    """Hours from 0.0 to `most`, with one decimal. A file has 0.0 where no hours are needed, so 0 is no answer."""

    kind = "number"
    form_class = govuk.DecimalField
    answer = "[1-9]"

    def __init__(self, section: Section, label: str, *, most: int, **options: Any) -> None:
        super().__init__(section, label, null=True, max_digits=4, decimal_places=1, **options)
        self.most = most
        self.limits = f"0.0 to {most}.0"

    def check_filled(self, value: Any, subject: str) -> Decimal:
        return values.decimal(value, subject, most=self.most)

    def form_options(self, route: str) -> dict[str, Any]:
        return {"maximum": self.most}

    def why_no_answer(self, value: Any) -> str:
        return "" if value else f"{self.subject} must be more than 0"

    def display_filled(self, value: Any) -> str:
        return formats.decimal(value)


class CASYesNo(CASField[bool | None, bool | None], models.BooleanField):  # type: ignore[type-arg]
    kind = "yes/no"
    form_class = govuk.YesNoField

    def __init__(self, section: Section, label: str, **options: Any) -> None:
        super().__init__(section, label, null=True, **options)

    def check_filled(self, value: Any, subject: str) -> bool:
        return values.yes_no(value, subject)

    def display_filled(self, value: Any) -> str:
        return "Yes" if value else "No"
