"""Forms about an organisation, its key people and its action plan, for caseworkers and sponsors."""

from __future__ import annotations

import re
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from licences.models.action_plan import Answer
from licences.models.licence import ADDRESS_SIZE, TELEPHONE_SIZE, WEBSITE_SIZE
from sms.core.govuk.fields import IdentifierField, LongTextField, MoneyField, RadiosField, TextField
from sms.core.govuk.forms import GovukForm

_TELEPHONE = re.compile(r"\+?[0-9 ()-]{5,}( ?(ext|x)\.? ?[0-9]+)?", re.IGNORECASE)
_WEBSITE = re.compile(r"(https?://)?[^\s/:@.]+(\.[^\s/:@.]+)+(:[0-9]+)?(/\S*)?", re.IGNORECASE)


class EmailField(IdentifierField):
    """An email address. It may be left empty unless it is required."""

    def validate(self, value: str) -> None:
        super().validate(value)
        if value:
            try:
                validate_email(value)
            except ValidationError:
                more = "" if self.required else ", or leave it empty"
                raise ValidationError(f"Enter an email address, such as name@example.ac.uk{more}") from None


class TelephoneField(TextField):
    """A telephone number, with or without an extension."""

    def validate(self, value: str) -> None:
        super().validate(value)
        if value and not _TELEPHONE.fullmatch(value):
            raise ValidationError("Enter a telephone number, such as 020 7946 0000 or +44 20 7946 0000")


class FeeField(MoneyField):
    """A fee in pounds, which is paid outside the portal."""

    def __init__(self, *, help_text: str = "") -> None:
        super().__init__("Fee", required="Enter the fee", maximum=Decimal(100_000), help_text=help_text)


def pence(pounds: Decimal) -> int:
    return int(pounds * 100)


class WebsiteField(IdentifierField):
    """The address of a website, with or without https://. Pages show it as text, never as a link."""

    def validate(self, value: str) -> None:
        super().validate(value)
        if value and not _WEBSITE.fullmatch(value):
            raise ValidationError("Enter the address of a website, such as www.example.ac.uk")


class ContactForm(GovukForm):
    """How to reach an organisation."""

    address = LongTextField("Trading address", max_length=ADDRESS_SIZE, rows=4, spellcheck=False)
    telephone = TelephoneField("Telephone", max_length=TELEPHONE_SIZE, width="20", inputmode="tel")
    website = WebsiteField("Website", max_length=WEBSITE_SIZE)


class KeyPersonForm(GovukForm):
    """A key person of a sponsor."""

    name = TextField("Name", required="Enter the name of the person", max_length=200)
    job_title = TextField("Job title", required="Enter the job title of the person", max_length=200)
    email = EmailField("Email address", required="Enter the email address of the person", max_length=254)
    telephone = TelephoneField(
        "Telephone",
        required="Enter the telephone number of the person",
        max_length=TELEPHONE_SIZE,
        width="20",
        inputmode="tel",
    )


class AnswerForm(GovukForm):
    answer = RadiosField(
        "Do you accept the action plan?",
        required="Select whether you accept the action plan",
        choices=[(Answer.ACCEPTED, "Accept"), (Answer.DECLINED, "Decline")],
        hints={
            Answer.ACCEPTED: "Any fee is paid outside this portal. The Home Office records the payment here",
            Answer.DECLINED: "The Home Office then decides about your licence",
        },
        label_size="m",
    )
