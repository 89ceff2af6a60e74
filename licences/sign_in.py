"""Sign in with allauth, with our own form, sentences and lock (specification, section 9), and without sign-up."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import lru_cache, partial
from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.forms import LoginForm
from allauth.account.stages import LoginStage
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.crypto import constant_time_compare

from licences import known_browsers, refusals, visitor
from licences.accounts import second_factor
from licences.message_board import after_sign_in
from licences.models import SignIn, SignInCount, User
from licences.models.sign_in import Outcome
from licences.requests import SignedInRequest
from sms.core import clock
from sms.core.govuk.fields import IdentifierField, PasswordField
from sms.core.govuk.forms import GovukForm
from sms.core.prepared import LATER, reading_records
from sms.core.refused import Refusal


class Backend(AuthenticationBackend):  # type: ignore[misc]
    """Read the user of a session with what every page needs: licence, second factor and unread messages."""

    def get_user(self, user_id: int) -> User | None:
        user = next(iter(_reading_user(clock.today())(user_id)), None)
        return user if user and self.user_can_authenticate(user) else None


@lru_cache(maxsize=2)
def _reading_user(day: date) -> Callable[..., list[User]]:
    """Return what reads a user by id. Every page needs it, so its statement is written once a day."""
    users = second_factor.with_state(User.objects.with_unread_messages())
    return reading_records(users.filter(pk=LATER), "licence")


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
        if not user.is_active:
            return user, Outcome.DEACTIVATED
        return user, Outcome.CODE_DUE if second_factor.is_on(user) else Outcome.RIGHT

    def get_login_stages(self) -> list[str]:
        return ["licences.sign_in.CodeStage"]

    def post_login(self, request: HttpRequest, user: User, **options: Any) -> HttpResponse:
        response: HttpResponse = super().post_login(request, user, **options)
        response = after_sign_in.messages_first(user, response)
        known_browsers.remember(request, response, user)
        return response

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Add no message: the next page shows that the user has signed in or out."""


class CodeStage(LoginStage):  # type: ignore[misc]
    """Ask for a code after the right password. Until then the visitor is not signed in, and has only this page."""

    key = urlname = "enter_code"

    def handle(self) -> tuple[HttpResponse | None, bool]:
        user = self.login.user
        if not second_factor.is_on(user):
            return None, True
        self.request.session.cycle_key()  # another person may have planted the session
        self.state["key"] = user.get_session_auth_hash()
        return redirect(self.urlname), True

    def is_valid(self) -> bool:
        """Return whether the user is still active, with the same password, since they entered it."""
        user, key = self.login.user, self.state.get("key", "")
        return bool(user and user.is_active and constant_time_compare(key, user.get_session_auth_hash()))


def check_own_password(request: SignedInRequest, password: str, refusal: Refusal = refusals.PASSWORD_WRONG) -> None:
    """Raise `refusal` unless this is the password of the signed-in user. Wrong tries count as those of a sign-in."""
    user = request.user
    outcome = _counted(request, user, lambda: user.check_password(password), wrong=Outcome.WRONG)
    if outcome == Outcome.LOCKED:
        make_password(password)  # takes as long as to check it
    if outcome != Outcome.RIGHT:
        raise refusal()


def check_code(request: HttpRequest, user: User, code: str) -> None:
    """Raise `Refused` unless this is a code of this user's second factor, and use it up. Wrong tries count as well."""
    browser = visitor.browser(request)
    is_right = partial(second_factor.use_code, user, code, browser=browser)
    outcome = _counted(request, user, is_right, wrong=Outcome.WRONG_CODE)
    if outcome != Outcome.RIGHT:
        raise refusals.CODE_WRONG()


def end_other_sessions(request: SignedInRequest) -> None:
    """End all sessions of this user, except the present session, which gets a new key."""
    request.user.end_sessions(by=request.user)
    update_session_auth_hash(request, request.user)


def record(request: HttpRequest, user: User, outcome: Outcome) -> None:
    """Record a sign-in of this user, or a try that failed."""
    browser, network = visitor.browser(request), visitor.network(request)
    SignIn.objects.record(outcome, user=user, browser=browser, network=network)


def _counted(request: HttpRequest, user: User, is_right: Callable[[], bool], *, wrong: Outcome) -> Outcome:
    """Count a try and check it, unless the account is locked. Return the outcome, which is recorded if it failed."""
    counts, browser = SignInCount.objects.all(), known_browsers.key_for(request, user)
    if not counts.count_try(user, browser):
        outcome = Outcome.LOCKED
    elif is_right():
        counts.take_back_try(user, browser)
        return Outcome.RIGHT
    else:
        counts.lock_after_wrong_try(user, browser)
        outcome = wrong
    record(request, user, outcome)
    return outcome


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
