"""Request changes to licence details: the organisation's name and how to reach it (specification, section 9)."""

from __future__ import annotations

from typing import Any

from licences.detail_forms import ContactForm
from licences.licence_requests.kind import CHANGES, Kind, RequestForm
from licences.models import Licence, LicenceRequest, User
from licences.permissions import Action
from sms.core.govuk.fields import TextField

FIELDS = {"organisation_name": "name", "address": "address", "telephone": "telephone", "website": "website"}


class OrganisationForm(RequestForm, ContactForm):
    organisation_name = TextField(
        "Name of the organisation", required="Enter the name of the organisation", max_length=250
    )
    field_order = ("organisation_name", "address", "telephone", "website")


class ChangeOrganisation(Kind):
    name = "organisation"
    label = "Change organisation details"
    button = "Change organisation details"
    group = CHANGES
    action = Action.REQUESTS_MAKE
    form_class = OrganisationForm

    def initial(self, licence: Licence, route: str) -> dict[str, Any]:
        return {asked: getattr(licence, name) for asked, name in FIELDS.items()}

    def consequences(self, request: LicenceRequest) -> list[str]:
        """Say what would change. The caseworker and the sponsor compare the details as they are now."""
        now = self.initial(request.licence, "")
        fields = self.form_class.base_fields
        return [
            f"{fields[name].label} changes from “{now[name] or 'nothing'}” to “{value or 'nothing'}”."
            for name, value in request.details.items()
            if value != now[name]
        ] or ["Nothing changes: the licence has these details already."]

    def carry_out(self, request: LicenceRequest, *, by: User, **decided: Any) -> dict[str, Any]:
        request.licence.amend(by=by, **{FIELDS[name]: value for name, value in request.details.items()})
        return {}
