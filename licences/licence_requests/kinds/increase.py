"""Request CoS/CAS increase: more places in the current year (specification, section 9; manual 3)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from licences import refusals
from licences.licence_requests.kind import INCREASE, Facts, GrantForm, Kind, PlacesField, RequestForm
from licences.models import Allocation, Licence, LicenceRequest, User
from licences.permissions import Action
from licences.routes import Route
from sms.core import clock
from sms.core.govuk import formats
from sms.core.refused import Refused


class IncreaseForm(RequestForm):
    number_requested = PlacesField(
        "Number requested", help_text="How many places you need in addition to those you have"
    )


class GrantIncreaseForm(GrantForm):
    number_granted = PlacesField(
        "Number granted", help_text="The places to add. You can grant another number than requested"
    )


class Increase(Kind):
    name = "increase"
    label = "Request CoS/CAS increase"
    button = "Request an increase"
    group = INCREASE
    action = Action.ALLOCATION_REQUEST
    has_route = True
    form_class = IncreaseForm
    grant_form_class = GrantIncreaseForm

    def why_not_ask(self, licence: Licence, route: str) -> Refused | None:
        """Return the usual reason, or that the year has not started or has ended. A first allocation can be asked."""
        if refused := super().why_not_ask(licence, route):
            return refused
        latest = Allocation.objects.latest_of(licence.pk, route)
        if latest is None or Allocation.objects.current(licence.pk, route):
            return None
        if latest.starts_on > clock.today():
            return refusals.NOT_STARTED_SO_NO_INCREASE(allocation=latest, day=formats.day(latest.starts_on))
        return refusals.YEAR_ENDED_SO_NO_INCREASE(allocation=latest, day=formats.day(latest.expires_on))

    def why_frozen(self, licence: Licence) -> Refused | None:
        return refusals.INCREASE_FROZEN() if licence.is_amber else None

    def now(self, licence: Licence, route: str) -> Facts:
        allocation = Allocation.objects.current(licence.pk, route)
        if allocation is None:
            return [("Allocation", "None yet")]
        return [
            ("Allocation", str(allocation)),
            ("Limit", formats.number(allocation.granted)),
            ("Used", formats.number(allocation.used)),
            ("Held for payments", formats.number(allocation.held)),
            ("Remaining", formats.number(allocation.unused)),
            ("Last day", formats.day(allocation.expires_on)),
        ]

    def completed(self, licence: Licence, route: str, details: Mapping[str, Any]) -> dict[str, Any]:
        """Keep the first day of the year to which the places are to be added; None if it is the first allocation."""
        allocation = Allocation.objects.current(licence.pk, route)
        return {**details, "starts_on": str(allocation.starts_on) if allocation else None}

    def consequences(self, request: LicenceRequest) -> list[str]:
        allocation, number = self._allocation(request), request.details["number_requested"]
        if allocation is None:
            route = Route(request.route).label
            return [f"An allocation of {number:,} places starts for the {route} route on the day of the decision."]
        before, after = f"{allocation.granted:,}", f"{allocation.granted + number:,}"
        taken = f"Used now: {allocation.used:,}. Held for payments: {allocation.held:,}."
        return [f"The limit of the {allocation} rises by {number:,}, from {before} to {after}. {taken}"]

    def proposed(self, request: LicenceRequest) -> dict[str, Any]:
        return {"number_granted": request.details["number_requested"]}

    def carry_out(self, request: LicenceRequest, *, by: User, **decided: Any) -> dict[str, Any]:
        """Add the places to the allocation of the year for which they were requested."""
        number, allocation = decided["number_granted"], self._allocation(request)
        if allocation is None:
            Allocation.objects.grant(
                by=by, licence=request.licence, route=request.route, starts_on=clock.today(), number=number
            )
        elif allocation.expires_on < clock.today():
            last_day = formats.day(allocation.expires_on)
            raise refusals.YEAR_ENDED_SO_NO_INCREASE(allocation=allocation, day=last_day)
        else:
            allocation.increase(number, by=by, reason=f"{self.label}: {request}")
        return {"number_granted": number}

    def _allocation(self, request: LicenceRequest) -> Allocation | None:
        """Return the allocation of the year for which the places were requested; None if it would be the first."""
        starts_on = request.details["starts_on"]
        if starts_on is None:
            return Allocation.objects.current(request.licence_id, request.route)
        return Allocation.objects.get(
            licence_id=request.licence_id, route=request.route, starts_on=date.fromisoformat(starts_on)
        )
