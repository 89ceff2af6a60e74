"""Request renewal of annual CoS/CAS allocations: the places of the next year (specification, sections 5 and 9)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError

from licences import refusals
from licences.licence_requests.kind import REASONS, RENEWAL, Facts, GrantForm, Kind, PlacesField, RequestForm
from licences.models import Allocation, Licence, LicenceRequest, User
from licences.models.licence_request import LONGEST_REASONS
from licences.permissions import Action
from licences.routes import Route
from sms.core import clock
from sms.core.govuk import formats
from sms.core.govuk.fields import LongTextField
from sms.core.refused import Refused

TOTAL = "the last total, including increases"
LESS = "10% less than the last total, because the compliance rating is red"


class RenewalForm(RequestForm):
    number_requested = PlacesField(
        "Number requested", help_text="How many places you need in the whole of the next year"
    )
    reasons = LongTextField(
        "Give reasons",
        max_length=LONGEST_REASONS,
        help_text="You only need reasons to ask for more than the number proposed",
    )

    def clean(self) -> None:
        """Ask for reasons if more places are requested than are proposed."""
        number, latest = self.cleaned_data.get("number_requested"), _latest(self.licence, self.route)
        if number and latest and number > latest.next_number and not self.cleaned_data.get(REASONS):
            refused = refusals.GIVE_REASONS_FOR_NUMBER(number=f"{latest.next_number:,}")
            self.add_error(REASONS, ValidationError(str(refused)))


class GrantRenewalForm(GrantForm):
    number_granted = PlacesField(
        "Number granted", help_text="The places for the whole year. You can grant another number than requested"
    )


class Renewal(Kind):
    name = "renewal"
    label = "Request renewal of annual CoS/CAS allocations"
    button = "Request renewal"
    group = RENEWAL
    action = Action.RENEWAL_REQUEST
    has_route = True
    form_class = RenewalForm
    grant_form_class = GrantRenewalForm

    def why_not_ask(self, licence: Licence, route: str) -> Refused | None:
        """Return the usual reason, or that there is nothing to renew, or not until three months before the last day."""
        if refused := super().why_not_ask(licence, route):
            return refused
        latest = _latest(licence, route)
        if latest is None:
            return refusals.NOTHING_TO_RENEW(route=Route(route).label)
        if clock.today() < latest.renewal_opens_on:
            last_day, day = formats.day(latest.expires_on), formats.day(latest.renewal_opens_on)
            return refusals.RENEWAL_NOT_OPEN(allocation=latest, last_day=last_day, day=day)
        return None

    def now(self, licence: Licence, route: str) -> Facts:
        latest = _latest(licence, route)
        if latest is None:
            return [("Allocation", "None yet")]
        return [
            ("Allocation", str(latest)),
            ("Limit", formats.number(latest.granted)),
            ("Used", formats.number(latest.used)),
            ("Last day", formats.day(latest.expires_on)),
            ("First day of the next year", formats.day(latest.next_starts_on)),
            ("Renews automatically", "Yes" if licence.is_renewed_automatically else "No"),
        ]

    def notes(self, licence: Licence, route: str) -> list[str]:
        latest = _latest(licence, route)
        if latest is None:
            return []
        why = LESS if licence.is_red else TOTAL
        sentences = [f"We propose {latest.next_number:,} places: {why}."]
        if licence.is_renewed_automatically:
            day = formats.day(latest.next_starts_on)
            sentences.append(f"Your allocations renew automatically. On {day} the next year starts with this number.")
        return sentences

    def initial(self, licence: Licence, route: str) -> dict[str, Any]:
        latest = _latest(licence, route)
        return {"number_requested": latest.next_number or None} if latest else {}

    def completed(self, licence: Licence, route: str, details: Mapping[str, Any]) -> dict[str, Any]:
        """Keep the first day of the year that is requested."""
        latest = _latest(licence, route)
        return {**details, "starts_on": str(latest.next_starts_on) if latest else None}

    def asked(self, request: LicenceRequest) -> Facts:
        starts_on = formats.day(date.fromisoformat(request.details["starts_on"]))
        return [("First day of the year", starts_on), *super().asked(request)]

    def consequences(self, request: LicenceRequest) -> list[str]:
        number = request.details["number_requested"]
        if there := self._allocation(request):
            return [f"The {there} has already been granted, with {there.granted:,} places. It changes to {number:,}."]
        route, day = Route(request.route).label, formats.day(date.fromisoformat(request.details["starts_on"]))
        return [f"An allocation of {number:,} places for the {route} route starts on {day}, for one year."]

    def proposed(self, request: LicenceRequest) -> dict[str, Any]:
        """Propose the number requested; while the rating is red, at most 10% less than the last total."""
        number, latest = request.details["number_requested"], _latest(request.licence, request.route)
        most = latest.next_number if latest and request.licence.is_red else number
        return {"number_granted": min(number, most)}

    def carry_out(self, request: LicenceRequest, *, by: User, **decided: Any) -> dict[str, Any]:
        """Start the next year with these places, or change its number if it has started by itself."""
        places = decided["number_granted"]
        if there := self._allocation(request):
            there.change_granted(places, by=by, reason=f"{self.label}: {request}")
        else:
            starts_on = date.fromisoformat(request.details["starts_on"])
            Allocation.objects.grant(
                by=by, licence=request.licence, route=request.route, starts_on=starts_on, number=places
            )
        return {"number_granted": places}

    def _allocation(self, request: LicenceRequest) -> Allocation | None:
        """Return the allocation of the year that was requested, if it exists already."""
        return Allocation.objects.filter(
            licence_id=request.licence_id, route=request.route, starts_on=request.details["starts_on"]
        ).first()


def _latest(licence: Licence, route: str) -> Allocation | None:
    latest = Allocation.objects.latest_of(licence.pk, route)
    if latest:
        latest.licence = licence  # already read
    return latest
