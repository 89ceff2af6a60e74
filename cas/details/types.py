"""The kinds of field of a CAS: model fields that also know their section, need, tag and check.

A field is declared once, in `cas.details.declarations`. Migrations see only its column, as one of Django's own fields.
So a new hint, label or list of choices needs no migration.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date as Date
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Generic

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.module_loading import import_string

from cas.details import checks
from cas.details.countries import COUNTRIES, NATIONALITIES
from cas.details.needs import ALWAYS, OPTIONAL, AnyFilled, Need, Optional_, is_empty
from cas.details.sections import Section
from sms.core import values
from sms.core.characters import look_alikes
from sms.core.govuk import fields as govuk
from sms.core.govuk import formats
from sms.core.govuk.fields.base import ReadField

if TYPE_CHECKING:
    from typing_extensions import TypeVar

    Set = TypeVar("Set", default=Any)
    Get = TypeVar("Get", default=Any)
    Column = models.Field
else:
    from typing import TypeVar

    Set, Get = TypeVar("Set"), TypeVar("Get")

    class Column(models.Field, Generic[Set, Get]):
        """A field that accepts type parameters at run time. Django's fields accept them only in a type checker."""


class CASField(Column[Set, Get]):
    """A field of a CAS: the base class of all kinds.

    `needed` says when a CAS is incomplete without the field, and `asked` when the form shows it. By default, a
    conditional field is shown when it is needed, and any other field always. `tag` is its element in a bulk file.
    `size` is the maximum number of characters, 0 if the field is not text. `limits` is a note for the documents.
    """

    kind: ClassVar[str]
    form_class: type[ReadField]
    empty: ClassVar[Any] = None
    size: int = 0
    limits: str = ""

    def __init__(
        self,
        section: Section,
        label: str,
        *,
        tag: str,
        needed: Need = OPTIONAL,
        asked: Need | None = None,
        hint: str = "",
        changes_while_assigned: bool = False,
        **column: Any,
    ) -> None:
        super().__init__(verbose_name=label, blank=True, **column)
        self.section = section
        self.label = label
        self.tag = tag
        self.needed = needed
        self.asked = asked or (ALWAYS if isinstance(needed, Optional_ | AnyFilled) else needed)
        self.hint = hint
        self.changes_while_assigned = changes_while_assigned

    @property
    def section_name(self) -> str:
        return self.section.name

    @cached_property
    def subject(self) -> str:
        """Return the name of the field for a sentence: with its section, if other fields have the same label."""
        label = self.label.removesuffix(" (£)").removesuffix(" (%)")
        namesakes = [field for field in self.model._meta.fields if field.verbose_name == self.label]
        return f"{self.section.name}: {label}" if len(namesakes) > 1 else label

    def check_filled(self, value: Any, subject: str) -> Any:
        """Return the value to store for a `value` that is not blank. Raises `values.Invalid`."""
        raise NotImplementedError

    def checked(self, value: Any) -> Any:
        """Return the value to store for `value`; `empty` if it is blank. Raises `values.Invalid`."""
        return self.empty if values.is_blank(value) else self.check_filled(value, self.subject)

    def display(self, value: Any) -> str:
        """Return the value as text for people; "" for an empty value."""
        return "" if is_empty(value) else self.display_filled(value)

    def display_filled(self, value: Any) -> str:
        return str(value)

    def clean(self, value: Any, model_instance: models.Model | None) -> Any:
        try:
            return self.checked(value)
        except values.Invalid as invalid:
            raise ValidationError(str(invalid), code="invalid") from invalid

    def formfield(self, **kwargs: Any) -> ReadField:
        """Return a form field that validates with `checked`. It is not required unless `kwargs` say so."""
        options = {"subject": self.subject, "help_text": self.hint, **self.form_options(), **kwargs}
        return self.form_class(self.label, check=self.checked, **options)

    def form_options(self) -> dict[str, Any]:
        """Return the arguments of `form_class` other than the label, the subject and the hint."""
        return {}

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        name, _, args, kwargs = super().deconstruct()
        column = {key: value for key, value in kwargs.items() if key not in {"verbose_name", "choices"}}
        return name, f"django.db.models.{self.get_internal_type()}", list(args), column

    def clone(self) -> Any:
        """Return the plain Django field that migrations see."""
        _, path, args, kwargs = self.deconstruct()
        return import_string(path)(*args, **kwargs)


class CASText(CASField[str, str], models.CharField):  # type: ignore[type-arg]
    """Text on one line, of at most `size` characters."""

    kind = "text"
    form_class = govuk.TextField
    empty = ""

    def __init__(self, section: Section, label: str, *, size: int, **options: Any) -> None:
        super().__init__(section, label, max_length=size, default="", **options)
        self.size = size

    def check_filled(self, value: Any, subject: str) -> str:
        return values.text(value, subject, size=self.size)

    def form_options(self) -> dict[str, Any]:
        return {"max_length": self.size}


class CASIdentifier(CASText):
    """A number or code on one line, kept as typed. `warning` names letters that are taken for Latin ones."""

    def check_filled(self, value: Any, subject: str) -> str:
        return values.identifier(value, subject, size=self.size)

    def warning(self, value: str) -> str:
        """Return a sentence about the letters that only look Latin; "" if there are none."""
        mistaken = look_alikes(value)
        return f"{self.subject}: {mistaken}" if mistaken else ""


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
    size = 4000

    def __init__(self, section: Section, label: str, **options: Any) -> None:
        super().__init__(section, label, default="", **options)

    def check_filled(self, value: Any, subject: str) -> str:
        return values.text(value, subject, size=self.size, is_long=True)

    def form_options(self) -> dict[str, Any]:
        return {"max_length": self.size}


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

    def form_options(self) -> dict[str, Any]:
        return {"choices": list(self.labels.items())}


class CASCountry(CASChoice):
    """A country by its ISO 3166-1 alpha-3 code."""

    kind = "country"
    form_class = govuk.CountryField
    limits = "ISO 3166-1 alpha-3; XKX (Kosovo)"
    codes: ClassVar[Mapping[str, str]] = COUNTRIES

    def __init__(self, section: Section, label: str, **rest: Any) -> None:
        super().__init__(section, label, self.codes.items(), max_length=9, **rest)

    def check_filled(self, value: Any, subject: str) -> str:
        return checks.country(value, subject, codes=self.codes)


class CASNationality(CASCountry):
    """A nationality: the code of a country, or of a nationality without a country."""

    limits = "ISO 3166-1 alpha-3; STATELESS; XKX (Kosovo); GBD, GBN, GBO, GBP, GBS"
    codes = NATIONALITIES


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
        super().__init__(section, label, null=True, max_digits=10, decimal_places=2, **options)

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

    def form_options(self) -> dict[str, Any]:
        return {"minimum": self.least, "maximum": self.most, "suffix": self.unit}

    def display_filled(self, value: Any) -> str:
        return f"{value}{self.unit}"


class CASYesNo(CASField[bool | None, bool | None], models.BooleanField):  # type: ignore[type-arg]
    kind = "yes/no"
    form_class = govuk.YesNoField

    def __init__(self, section: Section, label: str, **options: Any) -> None:
        super().__init__(section, label, null=True, **options)

    def check_filled(self, value: Any, subject: str) -> bool:
        return values.yes_no(value, subject)

    def display_filled(self, value: Any) -> str:
        return "Yes" if value else "No"
