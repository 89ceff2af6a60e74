"""Links by which users choose their password: the first one, or a new one if they have forgotten it.

A link works once and for a day. A change of the password, of the email address or of the kind of user, a sign-in,
deactivation and the end of all sessions make it invalid. Only the user gets it, by email; no page and no log shows it.
Only the command line prints a link, for the first caseworker. That link does not confirm the email address.
"""

from __future__ import annotations

from datetime import UTC, datetime

from allauth.mfa.models import Authenticator
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.db import transaction

from licences import mail, refusals
from licences.models import Event, User
from sms.core import clock
from sms.core.ids import id_in


class Keys(PasswordResetTokenGenerator):
    """Make and check the secret part of a link. The setting PASSWORD_RESET_TIMEOUT says how long it works."""

    key_salt = "licences.accounts.links"

    def _make_hash_value(self, user: User, timestamp: int) -> str:
        state = f"{user.is_active} {user.role} {user.sessions_ended}"
        return f"{super()._make_hash_value(user, timestamp)} {state}"

    def _now(self) -> datetime:
        """Return the real time, without the hour by which London's clocks change."""
        return clock.real_now().astimezone(UTC).replace(tzinfo=None)


class PrintedKeys(Keys):
    """The same for links that are printed. Their user has not read an email."""

    key_salt = "licences.accounts.links.printed"


_EMAILED, _PRINTED = Keys(), PrintedKeys()


def make(user: User, *, is_printed: bool = False) -> str:
    """Return the whole address of a new link for this user, to email it, or to print it."""
    keys = _PRINTED if is_printed else _EMAILED
    return mail.address("password_link", key=f"{user.pk}-{keys.make_token(user)}")


def user_of(key: str, *, lock: bool = False) -> User | None:
    """Return the user whose link has this key, if it still works. With `lock`, lock the user and read it again."""
    pk, _, token = key.partition("-")
    rows = User.objects.filter(pk=id_in(pk), is_active=True)
    if lock:
        rows = rows.select_for_update(no_key=True)
    user = rows.first()
    return user if user and any(keys.check_token(user, token) for keys in (_EMAILED, _PRINTED)) else None


@transaction.atomic
def choose_password(key: str, password: str, *, browser: str = "") -> User:
    """Set the password that a user chose by a link. Return the user. Raises `Refused` if the link no longer works.

    A link that was emailed also confirms the email address, because the user has read what was sent to it.

    Raises `ValidationError` for a password that is too weak; the link then still works.
    """
    user = user_of(key, lock=True)
    if user is None:
        raise refusals.LINK_NOT_VALID()
    is_emailed = bool(user.email) and _EMAILED.check_token(user, key.partition("-")[2])
    if is_emailed and user.email_confirmed_at is None:
        user.email_confirmed_at = clock.real_now()
        user.save(update_fields=["email_confirmed_at"])
        Event.objects.record("confirm_email", user, by=user)
    # Wrong codes lock an account too. A person who can read the user's emails must not end that lock.
    has_second_factor = Authenticator.objects.filter(user=user).exists()
    user.write_password(password, "choose_password", unlocks=not has_second_factor, browser=browser)
    return user
