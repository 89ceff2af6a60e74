"""The second factor of a user: the codes of an authenticator app, and recovery codes in case it is lost.

allauth makes and compares the codes. Here they are used once: a code of the app is refused if it, or a later one, was
used before (RFC 6238, section 5.2). allauth remembers used codes in a cache, for less time than they are accepted.
"""

from __future__ import annotations

from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from allauth.mfa.utils import decrypt
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from licences import refusals
from licences.accounts import notices
from licences.models import Event, User
from licences.models.event import Changes
from sms.core import clock

APP, RECOVERY = Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES
STEP = "last_step"  # in the data of an app: the half minute whose code was used last
LEFT = "recovery_codes_left"


def with_state(users: QuerySet[User]) -> QuerySet[User]:
    """Return the users with `has_second_factor`, in the same statement."""
    return users.annotate(has_second_factor=Exists(Authenticator.objects.filter(user=OuterRef("pk"), type=APP)))


def without(users: QuerySet[User]) -> QuerySet[User]:
    """Return those of the users who have no second factor."""
    return users.exclude(authenticator__type=APP)


def is_on(user: User) -> bool:
    """Return whether the user has a second factor, without a statement if `with_state` has read the user."""
    known: bool | None = getattr(user, "has_second_factor", None)
    return Authenticator.objects.filter(user=user, type=APP).exists() if known is None else known


def app_of(user: User) -> Authenticator | None:
    """Return the row of the user's app, with when it was set up and last used; None without a second factor."""
    found: Authenticator | None = Authenticator.objects.filter(user=user, type=APP).first()
    return found


def recovery_codes_left(user: User) -> int:
    return len(_left(Authenticator.objects.filter(user=user, type=RECOVERY).first()))


@transaction.atomic
def turn_on(user: User, secret: str, code: str, *, browser: str = "") -> list[str]:
    """Turn the second factor on, or replace the app, with a code that the app shows. Return new recovery codes.

    Raises `Refused` if the app with this secret does not show this code now.
    """
    step = _step_of(secret, code)
    if step is None:
        raise refusals.CODE_NOT_OF_THE_APP()
    rows = _locked(user)
    verb = "replace_second_factor" if rows.filter(type=APP).exists() else "turn_on_second_factor"
    rows.delete()
    app = TOTP.activate(user, secret).instance
    app.data[STEP] = step
    app.save(update_fields=["data"])
    _record(verb, user, browser)
    return _codes_of(user)


@transaction.atomic
def use_code(user: User, code: str, *, browser: str = "") -> bool:
    """Return whether this is the present code of the user's app, or one of their recovery codes. Use it up."""
    rows = {row.type: row for row in _locked(user)}
    if (app := rows.get(APP)) is None:
        return False
    step = _step_of(decrypt(app.data["secret"]), code)
    if step is None:
        return _use_recovery_code(user, rows.get(RECOVERY), code, browser)
    if step <= app.data[STEP]:
        return False
    app.data[STEP], app.last_used_at = step, clock.real_now()
    app.save(update_fields=["data", "last_used_at"])
    return True


@transaction.atomic
def make_recovery_codes(user: User, *, browser: str = "") -> list[str]:
    """Replace the recovery codes, and return the new ones. Raises `Refused` without a second factor."""
    rows = _locked(user)
    if not rows.filter(type=APP).exists():
        raise refusals.NO_SECOND_FACTOR()
    rows.filter(type=RECOVERY).delete()
    _record("make_recovery_codes", user, browser)
    return _codes_of(user)


@transaction.atomic
def turn_off(user: User, *, browser: str = "") -> None:
    """Turn the own second factor off. Raises `Refused` if the user must have it, or has none."""
    require_can_turn_off(user)
    _delete(user)
    _record("turn_off_second_factor", user, browser)


def require_can_turn_off(user: User) -> None:
    """Raise `Refused` if the user must have a second factor, or has none."""
    if not is_on(user):
        raise refusals.NO_SECOND_FACTOR()
    if user.must_have_second_factor:
        raise refusals.SECOND_FACTOR_REQUIRED()


@transaction.atomic
def reset(user: User, *, by: User) -> None:
    """Remove the second factor that the user has lost, end their sessions, and email them.

    A Level 1 user does so for Level 2 users of their sponsor, and a caseworker for other users. Raises `Refused`.
    """
    user.require_over(by)
    if by.pk == user.pk:
        raise refusals.OWN_SECOND_FACTOR()
    if refused := user.why_not("reset the second factor of", by=by):
        raise refused
    _delete(user)
    user.end_sessions(by=by)
    Event.objects.record("reset_second_factor", user, by=by)
    notices.inform(user, "reset_second_factor", by)


def _record(verb: str, user: User, browser: str, data: Changes | None = None) -> None:
    """Add a line to the history of what the user did to their own second factor, and email them."""
    Event.objects.record(verb, user, by=user, data=data)
    notices.inform(user, verb, user, browser)


def _delete(user: User) -> None:
    rows = _locked(user)
    if not rows.exists():
        raise refusals.NO_SECOND_FACTOR()
    rows.delete()


def _locked(user: User) -> QuerySet[Authenticator]:
    """Lock the user, so that of two requests at once the second sees what the first has done."""
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    rows: QuerySet[Authenticator] = Authenticator.objects.filter(user=user)
    return rows


def _codes_of(user: User) -> list[str]:
    codes: list[str] = RecoveryCodes.activate(user).generate_codes()
    return codes


def _left(row: Authenticator | None) -> list[str]:
    codes: list[str] = RecoveryCodes(row).get_unused_codes() if row else []
    return codes


def _use_recovery_code(user: User, row: Authenticator | None, code: str, browser: str) -> bool:
    before = len(_left(row))
    if row is None or not RecoveryCodes(row).validate_code(code):
        return False
    _record("use_recovery_code", user, browser, {LEFT: [before, before - 1]})
    return True


def _step_of(secret: str, code: str) -> int | None:
    """Return the half minute in which the app shows this code, if it is about now."""
    for step in yield_hotp_counters_from_time():
        if compare_user_code(actual=code, expected=format_hotp_value(hotp_value(secret, step))):
            return step
    return None
