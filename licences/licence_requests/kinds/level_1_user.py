"""Request changes to licence details: a new Level 1 user, whom a caseworker adds (specification, section 9)."""

from __future__ import annotations

from typing import Any

from django.utils.crypto import get_random_string

from licences.detail_forms import EmailField
from licences.licence_requests.kind import CHANGES, GrantForm, Kind, RequestForm
from licences.models import LicenceRequest, User
from licences.permissions import Action
from licences.roles import Role
from licences.user_fields import PASSWORD_LENGTH, NewPasswordField, NewUsernameField, check_password
from sms.core.govuk.fields import TextField


class NewUserForm(RequestForm):
    name = TextField("Name", required="Enter the name of the user", max_length=200)
    email = EmailField("Email address", required="Enter the email address of the user", max_length=254)


class AddUserForm(GrantForm):
    username = NewUsernameField()
    password = NewPasswordField()

    def clean(self) -> None:
        details = self.subject.details
        user = User(username=self.cleaned_data.get("username", ""), name=details["name"], email=details["email"])
        check_password(self, user)


class NewLevel1User(Kind):
    name = "level-1-user"
    label = button = "Request a new Level 1 user"
    group = CHANGES
    action = Action.REQUESTS_MAKE
    form_class = NewUserForm
    grant_form_class = AddUserForm

    def topic(self, route: str, details: Any) -> str:
        """Let a sponsor request several users at once."""
        return ""

    def consequences(self, request: LicenceRequest) -> list[str]:
        return [f"{request.details['name']} can sign in as a Level 1 user, and do everything of the sponsor."]

    def proposed(self, request: LicenceRequest) -> dict[str, Any]:
        return {"password": get_random_string(PASSWORD_LENGTH)}

    def carry_out(self, request: LicenceRequest, *, by: User, **decided: Any) -> dict[str, Any]:
        """Add the user. The outcome does not contain the password."""
        username, details = decided["username"], request.details
        User.objects.add(
            by=by,
            licence=request.licence,
            role=Role.LEVEL_1,
            username=username,
            name=details["name"],
            email=details["email"],
            password=decided["password"],
        )
        return {"username": username}
