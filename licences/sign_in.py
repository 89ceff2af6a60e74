"""Signing in: allauth does it, with our form, our sentences, and without its sign-up."""

from __future__ import annotations

from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import LoginForm
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest

from sms.core.govuk.fields import PasswordField, TextField
from sms.core.govuk.forms import GovukForm


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are made by caseworkers and Level 1 users, never by a visitor."""

    error_messages: ClassVar[dict[str, str]] = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": "The User ID or the password is not right. Check both and try again",
        "account_inactive": "This User ID is deactivated. Ask a Level 1 user of your organisation",
        "too_many_login_attempts": "There were too many attempts. Wait five minutes, then try again",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def authenticate(self, request: HttpRequest, **credentials: Any) -> AbstractBaseUser | None:
        """Says to whoever knows the password, and to nobody else, that the account is deactivated."""
        user = super().authenticate(request, **credentials)
        if user and not user.is_active:
            raise self.validation_error("account_inactive")
        return user

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Nothing: the page that follows says well enough that somebody signed in or out."""


class SignInForm(GovukForm, LoginForm):  # type: ignore[misc]
    """User ID and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields = {
            "login": TextField(
                "User ID", required="Enter your User ID", max_length=150, width="20", autocomplete="username"
            ),
            "password": PasswordField("Password", required="Enter your password"),
        }
