"""Decisions of caseworkers about a licence."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError

from licences import numbers
from licences.accounts import verbs
from licences.casework.decisions import Decision, DecisionForm, ReasonForm
from licences.casework.detail_decisions import SponsorStatusForm
from licences.casework.user import BY_LINK, NewSponsorUserForm
from licences.detail_forms import ContactForm
from licences.lifecycle import ENDED, LICENCE_LIFECYCLE
from licences.models import Allocation, Licence, User
from licences.models.allocation import MOST_PLACES
from licences.models.licence import why_not_last
from licences.routes import Route
from licences.sponsor_status import SponsorStatus
from sms.core import clock
from sms.core.characters import bare
from sms.core.govuk.fields import (
    CheckboxesField,
    DateField,
    IdentifierField,
    NumberField,
    RadiosField,
    TextField,
    YesNoField,
)

FINAL = "You cannot undo this. Users of the sponsor can still sign in, read and print."


class DaysForm(DecisionForm):
    """The name of a sponsor, and the first and last day of its licence."""

    name = TextField("Sponsor", required="Enter the name of the sponsor", max_length=250)
    starts_on = DateField("First day", required="Enter the first day")
    expires_on = DateField("Last day", help_text="Leave empty if the licence has no last day")

    def clean_expires_on(self) -> date | None:
        expires_on: date | None = self.cleaned_data["expires_on"]
        starts_on = self.cleaned_data.get("starts_on")
        if expires_on and starts_on and (refused := why_not_last(expires_on, starts_on)):
            raise ValidationError(str(refused))
        return expires_on


class GrantLicenceForm(DaysForm, SponsorStatusForm):
    number = IdentifierField(
        "Licence number",
        required="Enter the licence number",
        max_length=9,
        help_text="8 letters or digits, and then a digit or X. A new number is filled in",
    )
    routes = CheckboxesField("Routes", required="Select the routes that the licence covers", choices=Route.choices)
    field_order = ("number", "name", "sponsor_status", "routes", "starts_on", "expires_on")

    def clean_number(self) -> str:
        number: str = bare(self.cleaned_data["number"]).upper()
        for validate in Licence._meta.get_field("number").validators:
            validate(number)
        if Licence.objects.filter(number=number).exists():
            raise ValidationError("A licence with this number already exists")
        return number


class GrantLicence(Decision[Licence]):
    name, label, done = "add", "Grant a licence", "Licence granted"
    form_class = GrantLicenceForm

    def initial(self) -> dict[str, Any]:
        return {"number": numbers.draw(), "starts_on": clock.today(), "sponsor_status": SponsorStatus.STUDENT}

    def decide(self, *, by: User, **values: Any) -> Licence:
        return Licence.objects.grant(by=by, **values)


class AmendLicenceForm(DaysForm, ContactForm):
    field_order = ("name", "address", "telephone", "website", "starts_on", "expires_on")


class AmendLicence(Decision[Licence]):
    name, label, done = "amend", "Amend", "Licence amended"
    is_amendment = True
    form_class = AmendLicenceForm

    def is_open(self) -> bool:
        return self.subject.status not in ENDED

    def initial(self) -> dict[str, Any]:
        return {name: getattr(self.subject, name) for name in AmendLicenceForm.base_fields}

    def decide(self, *, by: User, **values: Any) -> Licence:
        self.subject.amend(by=by, **values)
        return self.subject


class AutomaticRenewalForm(DecisionForm):
    is_renewed_automatically = YesNoField(
        "Do the allocations renew automatically?", required="Select yes if the allocations renew automatically"
    )


class SetAutomaticRenewal(Decision[Licence]):
    name, label, done = "automatic-renewal", "Change the automatic renewal", "Automatic renewal changed"
    is_amendment = True
    form_class = AutomaticRenewalForm

    def is_open(self) -> bool:
        return self.subject.status not in ENDED

    def initial(self) -> dict[str, Any]:
        return {"is_renewed_automatically": self.subject.is_renewed_automatically}

    def consequences(self) -> list[str]:
        return [
            "If you select yes, each new year of an allocation starts by itself while the licence is ACTIVE.",
            "It has the last total, including increases. While the compliance rating is red, it has 10% less.",
        ]

    def decide(self, *, by: User, **values: Any) -> Licence:
        self.subject.set_automatic_renewal(values["is_renewed_automatically"], by=by)
        return self.subject


class LicenceMove(Decision[Licence]):
    """A move in the licence's lifecycle. It asks for a reason, and calls the verb of the same name."""

    form_class = ReasonForm

    def is_open(self) -> bool:
        return self.subject.status in LICENCE_LIFECYCLE[self.name].sources

    def decide(self, *, by: User, **values: Any) -> Licence:
        getattr(self.subject, self.name)(by=by, reason=values["reason"])
        return self.subject


class Suspend(LicenceMove):
    name, label, done = "suspend", "Suspend", "Licence suspended"

    def consequences(self) -> list[str]:
        return ["Nothing can be assigned while the licence is SUSPENDED. Assigned CAS do not change."]


class Reinstate(LicenceMove):
    name, label, done = "reinstate", "Reinstate", "Licence reinstated"

    def consequences(self) -> list[str]:
        return ["The licence will be ACTIVE again, and CAS can be assigned."]


class Ending(LicenceMove):
    is_final = asks_again = True

    def consequences(self) -> list[str]:
        return [*self.subject.what_would_end(Route.values), FINAL]


class Revoke(Ending):
    name, label, done = "revoke", "Revoke", "Licence revoked"


class Surrender(Ending):
    name, label, done = "surrender", "Surrender", "Licence surrendered"


class RouteForm(DecisionForm):
    """A form that starts with one of the routes that the licence covers."""

    route = RadiosField("Route", required="Select the route")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        routes = self.subject.open_routes()
        self.fields["route"].choices = [(route, route.label) for route in routes]  # type: ignore[attr-defined]
        if len(routes) == 1:
            self.initial["route"] = routes[0]


class SurrenderRouteForm(RouteForm, ReasonForm):
    field_order = ("route", "reason")


class SurrenderRoute(Decision[Licence]):
    name, label, done = "surrender-route", "Surrender a route", "Route surrendered"
    form_class = SurrenderRouteForm
    is_final = asks_again = True

    def is_open(self) -> bool:
        return self.subject.status not in ENDED and bool(self.subject.open_routes())

    def consequences(self) -> list[str]:
        return [
            f"{route.label} route: {sentence}"
            for route in self.subject.open_routes()
            for sentence in self.subject.what_would_end([route])
        ] + ["You cannot undo this. Unassigned CAS for the route can then only be deleted."]

    def decide(self, *, by: User, **values: Any) -> Licence:
        self.subject.surrender_route(values["route"], by=by, reason=values["reason"])
        return self.subject


class AddSponsorUser(Decision[Licence]):
    name, label, done = "add-user", "Add user", "User added, and a link to choose a password emailed"
    asks_again = True
    form_class = NewSponsorUserForm

    def consequences(self) -> list[str]:
        return [BY_LINK]

    def decide(self, *, by: User, **values: Any) -> User:
        return verbs.add(by=by, licence=self.subject, **values)


class GrantAllocationForm(RouteForm):
    starts_on = DateField("First day", required="Enter the first day", help_text="An allocation lasts one year")
    number = NumberField("Places granted", required="Enter the number of places", minimum=1, maximum=MOST_PLACES)

    def clean(self) -> None:
        """Add an error if the route cannot have an allocation from this day (specification, section 5)."""
        route, starts_on = self.cleaned_data.get("route"), self.cleaned_data.get("starts_on")
        if not route or not starts_on:
            return
        if refused := Allocation.objects.why_not_grant(self.subject, route, starts_on):
            self.add_error("starts_on", str(refused))


class GrantAllocation(Decision[Licence]):
    name, label, done = "grant-allocation", "Grant an allocation", "Allocation granted"
    form_class = GrantAllocationForm

    def is_open(self) -> bool:
        return self.subject.status not in ENDED and bool(self.subject.open_routes())

    def consequences(self) -> list[str]:
        """Return what to grant for each route: the last total, and 10% less while the compliance rating is red."""
        found = [Allocation.objects.latest_of(self.subject.pk, route) for route in self.subject.open_routes()]
        less = " (10% less, because the compliance rating is red)" if self.subject.is_red else ""
        return [
            f"The {last} has {last.granted:,} places. We propose {last.next_number:,} for the next year{less}."
            for last in found
            if last
        ]

    def decide(self, *, by: User, **values: Any) -> Allocation:
        return Allocation.objects.grant(by=by, licence=self.subject, **values)
