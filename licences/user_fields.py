"""Fields of forms that add a user or give a password."""

from __future__ import annotations

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from licences.models import User
from sms.core.govuk.fields import IdentifierField, TextField

PASSWORD_LENGTH = 16  # characters of a proposed password
PASSWORD_HINT = "At least 12 characters. Pass it on safely: it is not shown again"


class NewUsernameField(IdentifierField):
    """The User ID of a new user."""

    def __init__(self) -> None:
        super().__init__("User ID", required="Enter the User ID", max_length=150, width="20")

    def validate(self, value: str) -> None:
        super().validate(value)
        if " " in value or not value.isprintable():
            raise ValidationError("User ID must not contain spaces")
        if User.objects.filter(username__iexact=value).exists():
            raise ValidationError("This User ID is taken: choose another")


class NewPasswordField(TextField):
    """A password for another user. The caseworker sees it, to pass it on. The form checks its strength."""

    def __init__(self, label: str = "First password") -> None:
        super().__init__(label, required="Enter a password", max_length=128, help_text=PASSWORD_HINT)


def check_password(form: forms.Form, user: User) -> None:
    """Add an error to the form's password if it is too weak for `user`."""
    if password := form.cleaned_data.get("password"):
        try:
            validate_password(password, user)
        except ValidationError as error:
            form.add_error("password", error)
