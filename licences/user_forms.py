"""Forms about users and their passwords."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from licences.detail_forms import EmailField
from licences.models import User
from licences.passwords import SHORTEST
from sms.core.govuk.fields import IdentifierField, PasswordField, SelectField, TextField
from sms.core.govuk.forms import GovukForm

LEAVE = "leave"  # the choice to transfer nothing


class UserForm(GovukForm):
    """The details of a user. The User ID is drawn by the portal, and the user chooses the password."""

    name = TextField("Name", required="Enter the name", max_length=200)
    email = EmailField(
        "Email address",
        required="Enter the email address",
        max_length=254,
        help_text="Links to choose a password go to this address",
    )


class NewPasswordField(PasswordField):
    """A password that the user chooses, now and for themself."""

    def __init__(self) -> None:
        hint = f"At least {SHORTEST} characters. Three or more unusual words are easy to remember and hard to guess"
        super().__init__("New password", required="Enter a new password", autocomplete="new-password", help_text=hint)


class ChoosePasswordForm(GovukForm):
    """The password that the user chooses by a link."""

    new_password = NewPasswordField()

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        self.user = user

    def clean_new_password(self) -> str:
        password: str = self.cleaned_data["new_password"]
        validate_password(password, self.user)
        return password


class ChangePasswordForm(ChoosePasswordForm):
    """The old password and the new one."""

    old_password = PasswordField("Old password", required="Enter your old password")
    field_order = ("old_password", "new_password")

    def clean_new_password(self) -> str:
        password = super().clean_new_password()
        if password == self.cleaned_data.get("old_password"):
            raise ValidationError("New password must differ from the old one")
        return password


class ForgottenPasswordForm(GovukForm):
    """Who has forgotten their password. Most users know their email address better than their User ID."""

    who = IdentifierField(
        "User ID or email address",
        required="Enter your User ID or your email address",
        max_length=254,
        autocomplete="username",
    )


class DeactivateForm(GovukForm):
    """Who owns the CAS and batches of the user that is deactivated; nothing to choose if there are none."""

    to = SelectField("New owner of their CAS and batches", choices=[], required="Select the new owner")

    def __init__(self, *args: Any, user: User, owns: str, others: Iterable[User], **options: Any) -> None:
        super().__init__(*args, **options)
        if not owns:
            del self.fields["to"]
            return
        people = [(str(each.pk), f"{each.name} ({each.username})") for each in others]
        stay = (LEAVE, f"Leave them with {user.name}: Level 1 users can transfer them later")
        self.fields["to"].choices = [*people, stay]  # type: ignore[attr-defined]

    def new_owner(self, others: Iterable[User]) -> User | None:
        """Return the user to whom everything is transferred; None to transfer nothing."""
        chosen = self.cleaned_data.get("to", LEAVE)
        return next((each for each in others if str(each.pk) == chosen), None)
