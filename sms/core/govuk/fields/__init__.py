"""The fields of our forms; `sms.core.govuk` says how to use them."""

from sms.core.govuk.fields.base import GovukBoundField, GovukField, HiddenField
from sms.core.govuk.fields.choices import (
    CheckboxesField,
    CheckboxField,
    ChoosingField,
    CountryField,
    RadiosField,
    SelectField,
    YesNoField,
)
from sms.core.govuk.fields.dates import DateField, PartialDateField
from sms.core.govuk.fields.files import FileField
from sms.core.govuk.fields.numbers import DecimalField, MoneyField, NumberField
from sms.core.govuk.fields.text import IdentifierField, LongTextField, PasswordField, TextField

__all__ = [
    "CheckboxField",
    "CheckboxesField",
    "ChoosingField",
    "CountryField",
    "DateField",
    "DecimalField",
    "FileField",
    "GovukBoundField",
    "GovukField",
    "HiddenField",
    "IdentifierField",
    "LongTextField",
    "MoneyField",
    "NumberField",
    "PartialDateField",
    "PasswordField",
    "RadiosField",
    "SelectField",
    "TextField",
    "YesNoField",
]
