"""Add a user, and email a link to one, as a Level 1 user of their sponsor or as a caseworker."""

from __future__ import annotations

from django.db import transaction

from licences import refusals
from licences.accounts import emails
from licences.models import Event, Licence, User
from licences.permissions import Action, require
from licences.roles import SPONSOR_ROLES, Role


@transaction.atomic
def add(*, name: str, email: str, role: str, licence: Licence | None = None, by: User) -> User:
    """Add a user with a new User ID, and email a link by which they choose their password. Return the user.

    Level 1 users add Level 2 users of their own sponsor. Raises `Refused` to all others except caseworkers.
    """
    if by.role in SPONSOR_ROLES:
        require(by, Action.USERS_MANAGE)
        if role != Role.LEVEL_2 or licence != by.licence:
            raise refusals.FOR_THE_HOME_OFFICE(what="add")
    else:
        require(by, Action.USERS_KEEP)
    user = User.objects.add(name=name, email=email, role=role, licence=licence, by=by)
    emails.queue(user)
    return user


@transaction.atomic
def send_link(user: User, *, by: User) -> None:
    """Email a link by which the user chooses a new password. The present password works until then.

    Raises `Refused` if `by` may not do so, or if the user is deactivated or has no email address.
    """
    user.require_over(by)
    if not user.is_active:
        raise refusals.DEACTIVATED_SO_NO_LINK()
    if not user.email:
        raise refusals.NO_EMAIL_ADDRESS()
    emails.queue(user)
    Event.objects.record("send_link", user, by=by)
