"""Forms of the own profile, and those that ask for a code or a password."""

from __future__ import annotations

from typing import Any

from licences.accounts import second_factor
from licences.detail_forms import EmailField
from licences.models import User
from sms.core.govuk.fields import IdentifierField, PasswordField, RadiosField
from sms.core.govuk.forms import GovukForm

SIX = "The 6 digits that the app on your phone shows now"


class CodeField(IdentifierField):
    """A code of an authenticator app, or a recovery code. Spaces and hyphens do not matter."""

    def __init__(self, hint: str) -> None:
        super().__init__(
            "Code",
            required="Enter the code",
            max_length=20,
            width="10",
            autocomplete="one-time-code",
            inputmode="numeric",
            help_text=hint,
        )


class CodeForm(GovukForm):
    """A code at sign-in."""

    code = CodeField(f"{SIX}. If you have lost your phone, enter one of your recovery codes")


class AppCodeForm(GovukForm):
    """The first code of an app that is set up."""

    code = CodeField(SIX)


class ConfirmForm(GovukForm):
    """The password; or a code, if the user has a second factor."""

    password = PasswordField("Password", required="Enter your password")
    code = CodeField(f"{SIX}, or one of your recovery codes")

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        del self.fields["password" if second_factor.is_on(user) else "code"]


class OwnEmailForm(GovukForm):
    email = EmailField("Email address", required="Enter your email address", max_length=254, autocomplete="email")


class PolicyForm(GovukForm):
    """Who of a sponsor needs a second factor."""

    required = RadiosField(
        "Who must have a second factor?",
        required="Select who must have a second factor",
        choices=[("all", "All users"), ("none", "No user must. Each can turn it on")],
    )
