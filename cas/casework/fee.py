"""Admin pages of the fee for a CAS, and the decision that adds a new fee."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError

from cas.models import Fee
from licences.casework.decisions import Decision, DecisionForm
from licences.casework.pages import RecordAdmin, link_to
from licences.models import User
from sms.core.govuk import formats
from sms.core.govuk.fields import DateField, MoneyField

HIGHEST = Decimal(10_000)  # pounds; more is a typing mistake


class AddFeeForm(DecisionForm):
    from_on = DateField(
        "From", required="Enter the day", help_text="Today or later. An order keeps the fee from when it was opened"
    )
    fee = MoneyField("Fee for one CAS (£)", required="Enter the fee", subject="Fee for one CAS", maximum=HIGHEST)

    def clean_fee(self) -> Decimal:
        fee: Decimal = self.cleaned_data["fee"]
        if not fee:
            raise ValidationError("Fee for one CAS must be more than £0")
        return fee


class AddFee(Decision[Fee]):
    name, label, done = "add", "Add a fee", "Fee added"
    form_class = AddFeeForm

    def consequences(self) -> list[str]:
        return ["You cannot change or delete this fee later. To replace it, add a fee with a later first day."]

    def decide(self, *, by: User, **values: Any) -> Fee:
        return Fee.objects.add(by=by, from_on=values["from_on"], pence=int(values["fee"] * 100))


@admin.register(Fee)
class FeeAdmin(RecordAdmin[Fee]):
    columns = ("From", "Fee for one CAS")
    added_by = AddFee

    ordering = ("-from_on",)

    def cells(self, fee: Fee) -> Sequence[object]:
        return link_to(fee, formats.day(fee.from_on)), formats.pounds(fee.pence)

    def facts(self, fee: Fee) -> Sequence[tuple[str, object]]:
        return ("From", formats.day(fee.from_on)), ("Fee for one CAS", formats.pounds(fee.pence))
