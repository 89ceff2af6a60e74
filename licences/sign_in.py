"""Sign in with allauth, with our own form, sentences and lock (specification, section 9), and without sign-up."""

from __future__ import annotations

from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.forms import LoginForm
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest, HttpResponse

from licences import known_browsers, refusals, visitor
from licences.models import SignIn, SignInCount, User
from licences.models.sign_in import Outcome
from licences.requests import SignedInRequest
from sms.core.govuk.fields import IdentifierField, PasswordField
from sms.core.govuk.forms import GovukForm


class Backend(AuthenticationBackend):  # type: ignore[misc]
    """Read the user of a session together with their licence, because every page needs both."""

    def get_user(self, user_id: int) -> User | None:
        user = User.objects.select_related("licence").filter(pk=user_id).first()
        return user if user and self.user_can_authenticate(user) else None


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Check sign-ins. Only caseworkers and Level 1 users create accounts, never a visitor."""

    error_messages: ClassVar[dict[str, str]] = DefaultAccountAdapter.error_messages | {
        # One sentence for a wrong password, an unknown user ID and a locked account: a stranger learns nothing from it.
        "username_password_mismatch": "Your User ID or password is wrong. "
        "After 3 wrong tries, you must wait 30 minutes before you can sign in",
        "account_inactive": "This User ID is deactivated. Ask a Level 1 user of your organisation",
        "too_many_login_attempts": refusals.NETWORK_LIMITED.sentence,
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """Return the user whose password is right, or None.

        Raises `ValidationError` for a right password of a deactivated account, and when the network is limited.
        """
        account = User.objects.for_sign_in(credentials["username"])
        browser = known_browsers.key_for(request, account) if account else ""
        network = visitor.network(request)
        if not browser and SignIn.objects.is_network_limited(network):
            raise self.validation_error("too_many_login_attempts")
        user, outcome = self._check(request, account, browser, credentials)
        SignIn.objects.record(outcome, user=account, browser=visitor.browser(request), network=network)
        if outcome == Outcome.DEACTIVATED:
            raise self.validation_error("account_inactive")
        return user

    def _check(
        self, request: HttpRequest, account: User | None, browser: str, credentials: dict[str, Any]
    ) -> tuple[User | None, Outcome]:
        """Check the password. For a locked account take as long, because a quick answer would reveal the lock."""
        counts = SignInCount.objects.all()
        if account and not counts.count_try(account, browser):
            make_password(credentials["password"])
            return None, Outcome.LOCKED
        user: User | None = super().authenticate(request, **credentials)
        if account is None:
            return None, Outcome.UNKNOWN
        if user is None:
            counts.lock_after_wrong_try(account, browser)
            return None, Outcome.WRONG
        counts.take_back_try(account, browser)
        return user, Outcome.RIGHT if user.is_active else Outcome.DEACTIVATED

    def post_login(self, request: HttpRequest, user: User, **options: Any) -> HttpResponse:
        response: HttpResponse = super().post_login(request, user, **options)
        known_browsers.remember(request, response, user)
        return response

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Add no message: the next page shows that the user has signed in or out."""


def check_own_password(request: SignedInRequest, password: str) -> None:
    """Raise `Refused` unless this is the password of the signed-in user. Wrong tries count as those of a sign-in."""
    user, counts = request.user, SignInCount.objects.all()
    browser = known_browsers.key_for(request, user)
    if not counts.count_try(user, browser):
        make_password(password)  # takes as long as to check it
        outcome = Outcome.LOCKED
    elif user.check_password(password):
        counts.take_back_try(user, browser)
        return
    else:
        counts.lock_after_wrong_try(user, browser)
        outcome = Outcome.WRONG
    network = visitor.network(request)
    SignIn.objects.record(outcome, user=user, browser=visitor.browser(request), network=network)
    raise refusals.PASSWORD_WRONG()


class SignInForm(GovukForm, LoginForm):  # type: ignore[misc]
    """User ID and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields = {
            "login": IdentifierField(
                "User ID", required="Enter your User ID", max_length=150, width="20", autocomplete="username"
            ),
            "password": PasswordField("Password", required="Enter your password"),
        }
