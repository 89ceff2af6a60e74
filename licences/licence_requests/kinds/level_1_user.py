"""Request changes to licence details: a new Level 1 user, whom a caseworker adds (specification, section 9)."""

from __future__ import annotations

from typing import Any

from licences.accounts import verbs
from licences.detail_forms import EmailField
from licences.licence_requests.kind import CHANGES, Facts, Kind, RequestForm
from licences.models import LicenceRequest, User
from licences.permissions import Action
from licences.roles import Role
from sms.core.govuk.fields import TextField

USER_ID = "User ID"


class NewUserForm(RequestForm):
    name = TextField("Name", required="Enter the name of the user", max_length=200)
    email = EmailField("Email address", required="Enter the email address of the user", max_length=254)


class NewLevel1User(Kind):
    name = "level-1-user"
    label = button = "Request a new Level 1 user"
    group = CHANGES
    action = Action.REQUESTS_MAKE
    adds_a_user = True
    form_class = NewUserForm

    def topic(self, route: str, details: Any) -> str:
        """Let a sponsor request several users at once."""
        return ""

    def consequences(self, request: LicenceRequest) -> list[str]:
        name, email = request.details["name"], request.details["email"]
        return [
            f"{name} gets a User ID, and a link to choose a password, by email to {email}.",
            f"{name} can then sign in as a Level 1 user, and do everything of the sponsor.",
        ]

    def carry_out(self, request: LicenceRequest, *, by: User, **decided: Any) -> dict[str, Any]:
        """Add the user, who gets a link by email."""
        details = request.details
        user = verbs.add(
            name=details["name"], email=details["email"], role=Role.LEVEL_1, licence=request.licence, by=by
        )
        return {"username": user.username}

    def granted(self, request: LicenceRequest) -> Facts:
        return [(USER_ID, request.outcome["username"])] if request.outcome else []

    @classmethod
    def labels(cls) -> dict[str, str]:
        return {**super().labels(), "username": USER_ID}
