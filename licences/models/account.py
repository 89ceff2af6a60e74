"""The verbs of a user's account: its details, whether the user may sign in, its sessions, password and lock."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, cast

from django.contrib.auth.password_validation import validate_password
from django.db import models, transaction
from django.db.models import Q

from licences import refusals
from licences.hooks import account_changed, owner_leaves
from licences.models.event import Changes, Event, changes
from licences.permissions import Action, require
from licences.roles import SPONSOR_ROLES, Role
from sms.core.refused import Refused

if TYPE_CHECKING:
    from licences.models.user import User

EMAIL_FIELDS = ("email", "email_confirmed_at", "new_email", "new_email_at")


class Account(models.Model):
    """The part of a user that other users and the user themself change."""

    class Meta:
        abstract = True

    @property
    def _user(self) -> User:
        return cast("User", self)

    # Who may

    def require_over(self, by: User) -> None:
        """Raise `Refused` unless `by` manages this user: as a Level 1 user of the same sponsor, or a caseworker."""
        if by.role == Role.SYSTEM:
            return None
        if by.role not in SPONSOR_ROLES:
            return require(by, Action.USERS_KEEP)
        require(by, Action.USERS_MANAGE)
        if self._user.licence_id != by.licence_id:
            raise refusals.USER_NOT_FOUND()
        return None

    def why_not(self, what: str, *, by: User) -> Refused | None:
        """Return why `by`, who manages this user, cannot do this to them: `what` is a verb such as "unlock"."""
        if by.role in SPONSOR_ROLES and self._user.role == Role.LEVEL_1:
            return refusals.FOR_THE_HOME_OFFICE(what=what)
        return None

    def why_not_deactivate(self, *, by: User) -> Refused | None:
        """Return why `by`, who manages this user, cannot deactivate them; None if they can."""
        user = self._user
        if user.pk == by.pk:
            return refusals.OWN_SIGN_IN(who="Level 1 user" if by.role in SPONSOR_ROLES else "caseworker")
        if not user.is_active:
            return refusals.DEACTIVATED_ALREADY()
        if user.role == Role.LEVEL_1 and not self._others_of_level_1().exists():
            return refusals.LAST_USER_IN_CHARGE()
        return None

    def _others_of_level_1(self) -> models.QuerySet[User]:
        user = self._user
        rows = type(user)._base_manager.filter(licence=user.licence_id, role=Role.LEVEL_1, is_active=True)
        return rows.exclude(pk=user.pk)

    # What they do

    @transaction.atomic
    def amend(self, *, by: User, name: str, email: str, seen: int | None = None) -> None:
        """Change the name and the email address, and email the old address. Raises `Refused` if `by` may not.

        `seen` is what `last_amended` returned when `by` saw the details. Raises `Refused` if they changed since then.
        """
        user = self._locked(by)
        self._raise(self.why_not("change the details of", by=by))
        if seen is not None and seen != self.last_amended():
            raise refusals.CHANGED_SINCE_SHOWN()
        before = user.visible()
        user.name = name
        user.set_email(email)
        user.save(update_fields=["name", *EMAIL_FIELDS])
        if changed := changes(before, user.visible()):
            self.record("amend", by=by, data=changed)
        if "email" in changed and before["email"]:
            account_changed(user, "change_email", by, "", before["email"])

    def set_email(self, email: str, *, confirmed_at: datetime | None = None) -> None:
        """Set the email address, without saving it. A change makes the link to a new address invalid.

        `confirmed_at` is when the user has shown that they read what is sent to it.
        """
        user = self._user
        if email != user.email or confirmed_at:
            user.email, user.email_confirmed_at = email, confirmed_at
            user.new_email, user.new_email_at = "", None

    def last_amended(self) -> int:
        """Return the id of the line of history about the last change of the details; 0 if there was none."""
        lines = Event.objects.about("user", self.pk).filter(verb__in=("amend", "change_email")).order_by("-id")
        return lines.values_list("pk", flat=True).first() or 0

    @transaction.atomic
    def deactivate(self, *, by: User, to: User | None = None) -> None:
        """Take away the right to sign in, and end all sessions. Transfer everything to the user `to`, if given.

        Raises `Refused`, and changes nothing, if `by` may not do so, if this is the last active Level 1 user of the
        sponsor, or if something cannot be transferred.
        """
        user = self._user
        # All of them, in one order: two users who deactivate each other at once must not both succeed.
        involved = Q(pk__in=[user.pk, by.pk])
        if user.role == Role.LEVEL_1:
            involved |= Q(licence=user.licence_id, role=Role.LEVEL_1)
        everyone = type(user)._base_manager.filter(involved)
        list(everyone.order_by("pk").select_for_update(no_key=True).values_list("pk"))
        by.refresh_from_db(fields=["is_active"])
        self._locked(by)
        self._raise(self.why_not_deactivate(by=by))
        if to:
            owner_leaves(user, to, by)
        user.is_active = False
        user.sessions_ended += 1
        user.save(update_fields=["is_active", "sessions_ended"])
        data: Changes = {"is_active": [True, False], **({"new_owner": [None, to.username]} if to else {})}
        self.record("deactivate", by=by, data=data)

    @transaction.atomic
    def reactivate(self, *, by: User) -> None:
        """Let the user sign in again, with the password that they had, and email them.

        Raises `Refused` if the user is active, or if `by` may not do so.
        """
        user = self._locked(by)
        self._raise(refusals.ACTIVE_ALREADY() if user.is_active else self.why_not("reactivate", by=by))
        user.is_active = True
        user.save(update_fields=["is_active"])
        self.record("reactivate", by=by, data={"is_active": [False, True]})
        if user.has_usable_password():
            account_changed(user, "reactivate", by, "", "")

    @transaction.atomic
    def end_sessions(self, *, by: User) -> None:
        """End all sessions of the user, and all links that they were sent. Users do so for themselves."""
        user = self._locked(None if by.pk == self.pk else by)
        user.sessions_ended += 1
        user.save(update_fields=["sessions_ended"])
        Event.objects.record("end_sessions", user, by=by)

    @transaction.atomic
    def write_password(self, password: str, verb: str, *, unlocks: bool = True, browser: str = "") -> None:
        """Set the password that the user has chosen, which ends all other sessions and links. Email the user.

        If it `unlocks`, it also ends a lock after wrong tries. The history says that it was set, but does not contain
        it. Raises `ValidationError` if it is too weak.
        """
        user = self._user
        had_password = user.has_usable_password()
        validate_password(password, user)
        user.set_password(password)
        user.save(update_fields=["password"])
        Event.objects.record(verb, user, by=user)
        if had_password:
            account_changed(user, verb, user, browser, "")
        if unlocks and self.is_locked:
            self._unlock(by=user)

    @property
    def is_locked(self) -> bool:
        """Return whether three wrong tries have locked this account, at least for some browsers."""
        return self._user.sign_in_counts.locked().exists()

    @transaction.atomic
    def unlock(self, *, by: User) -> None:
        """Let this user try to sign in again at once. Raises `Refused` if they are not locked, or `by` may not."""
        self.require_over(by)
        self._raise(self.why_not("unlock", by=by) if self.is_locked else refusals.NOT_LOCKED())
        self._unlock(by=by)

    def _unlock(self, *, by: User) -> None:
        self._user.sign_in_counts.all().delete()
        Event.objects.record("unlock", self._user, by=by)

    # How

    def record(self, verb: str, *, by: User, data: Changes) -> None:
        """Add a line to the history of this user, and to that of the sponsor's licence, which names the user."""
        user = self._user
        Event.objects.record(verb, user, by=by, data=data)
        if user.licence:
            # The User ID, because looking up names would be one more statement on each page of a licence.
            Event.objects.record(f"{verb}_user", user.licence, by=by, data={"username": [None, user.username]})

    def _locked(self, by: User | None = None) -> User:
        """Lock this user and read it again. Raises `Refused` unless `by` manages them."""
        user = self._user
        user.refresh_from_db(from_queryset=type(user)._base_manager.select_for_update(no_key=True))
        if by:
            self.require_over(by)
        return user

    def _raise(self, refused: Refused | None) -> None:
        if refused:
            raise refused
