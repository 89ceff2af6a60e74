"""Apply for or renew premium customer service, which lasts a year (specification, section 9)."""

from __future__ import annotations

from typing import Any

from licences.detail_forms import FeeField, pence
from licences.licence_requests.kind import SERVICES, Facts, GrantForm, Kind, RequestForm
from licences.models import Licence, LicenceRequest, PremiumService, User
from licences.models.licence_request import LONGEST_REASONS
from licences.permissions import Action
from sms.core.govuk import formats
from sms.core.govuk.fields import DateField, LongTextField


class PremiumForm(RequestForm):
    reasons = LongTextField("Comments", max_length=LONGEST_REASONS, help_text="You can leave this empty")


class GrantPremiumForm(GrantForm):
    service_from_on = DateField("First day of the service", required="Enter the first day of the service")
    fee = FeeField(help_text="It is paid outside the portal")


class Premium(Kind):
    name = "premium"
    label = "Apply for or renew premium customer service"
    button = "Apply for or renew the service"
    group = SERVICES
    action = Action.REQUESTS_MAKE
    form_class = PremiumForm
    grant_form_class = GrantPremiumForm

    def now(self, licence: Licence, route: str) -> Facts:
        last = PremiumService.objects.filter(licence=licence).order_by("-from_on").first()
        return [("Service", str(last) if last else "None yet")]

    def consequences(self, request: LicenceRequest) -> list[str]:
        first_day = formats.day(PremiumService.objects.next_first_day(request.licence))
        return [f"The sponsor gets the service for a year. It can begin on {first_day} at the earliest."]

    def proposed(self, request: LicenceRequest) -> dict[str, Any]:
        return {"service_from_on": PremiumService.objects.next_first_day(request.licence)}

    def carry_out(self, request: LicenceRequest, *, by: User, **decided: Any) -> dict[str, Any]:
        from_on, fee_pence = decided["service_from_on"], pence(decided["fee"])
        PremiumService.objects.add(request.licence, by=by, from_on=from_on, fee_pence=fee_pence)
        return {"service_from_on": str(from_on), "fee": formats.pounds(fee_pence)}
