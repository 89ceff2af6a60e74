"""Users of sponsors, and caseworkers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.utils.crypto import get_random_string

from licences import refusals
from licences.casework.decisions import Decision, DecisionForm
from licences.casework.pages import RecordAdmin, link_to
from licences.casework.parts import Table
from licences.casework.searching import AT_MOST
from licences.casework.sign_in import sign_ins_of
from licences.detail_forms import EmailField
from licences.models import User
from licences.roles import SPONSOR_ROLES, Role
from licences.user_fields import PASSWORD_LENGTH, NewPasswordField, NewUsernameField, check_password
from sms.core.characters import bare
from sms.core.govuk import formats
from sms.core.govuk.fields import RadiosField, TextField, YesNoField


class AmendUserForm(DecisionForm):
    name = TextField("Name", required="Enter the name", max_length=200)
    email = EmailField("Email address", max_length=254)
    is_active = YesNoField("May this user sign in?", required="Select whether this user may sign in")


class NewPasswordForm(DecisionForm):
    password = NewPasswordField("New password")

    def clean(self) -> None:
        check_password(self, self.subject)


class NewUserForm(DecisionForm):
    """The details of any new user. The caseworker can replace the proposed password."""

    username = NewUsernameField()
    name = TextField("Name", required="Enter the name", max_length=200)
    email = EmailField("Email address", max_length=254)
    password = NewPasswordField()

    def clean(self) -> None:
        given = {name: self.cleaned_data.get(name, "") for name in ("username", "name", "email")}
        check_password(self, User(**given))


class NewSponsorUserForm(NewUserForm):
    role = RadiosField(
        "Kind of user",
        required="Select the kind of user",
        choices=[(role, role.label) for role in Role if role in SPONSOR_ROLES],
        hints={Role.LEVEL_1: "Everything of the sponsor", Role.LEVEL_2: "Their own CAS only"},
    )
    field_order = ("username", "name", "email", "role", "password")


class AddCaseworker(Decision[User]):
    name, label, done = "add", "Add caseworker", "Caseworker added"
    form_class = NewUserForm

    def initial(self) -> dict[str, Any]:
        return {"password": get_random_string(PASSWORD_LENGTH)}

    def decide(self, *, by: User, **values: Any) -> User:
        return User.objects.add(by=by, role=Role.CASEWORKER, **values)


class AmendUser(Decision[User]):
    name, label, done = "amend", "Amend", "User amended"
    is_amendment = True
    form_class = AmendUserForm

    def is_open(self) -> bool:
        return self.subject.role != Role.SYSTEM

    def initial(self) -> dict[str, Any]:
        user = self.subject
        return {"name": user.name, "email": user.email, "is_active": user.is_active}

    def decide(self, *, by: User, **values: Any) -> User:
        if by == self.subject and not values["is_active"]:
            raise refusals.OWN_SIGN_IN()
        self.subject.amend(by=by, **values)
        return self.subject


class GiveNewPassword(Decision[User]):
    name, label, done = "password", "Give a new password", "New password given: pass it on safely"
    form_class = NewPasswordForm

    def is_open(self) -> bool:
        return self.subject.role != Role.SYSTEM

    def initial(self) -> dict[str, Any]:
        return {"password": get_random_string(PASSWORD_LENGTH)}

    def decide(self, *, by: User, **values: Any) -> User:
        self.subject.give_new_password(values["password"], by=by)
        return self.subject


class Unlock(Decision[User]):
    name, label, done = "unlock", "Unlock", "Unlocked: the user can try again at once"

    def is_open(self) -> bool:
        return self.subject.is_locked

    def decide(self, *, by: User, **values: Any) -> User:
        self.subject.unlock(by=by)
        return self.subject


@admin.register(User)
class UserAdmin(RecordAdmin[User]):
    columns = ("Name", "User ID", "Kind of user", "Sponsor", "May sign in")
    decisions = (Unlock, AmendUser, GiveNewPassword)
    added_by = AddCaseworker
    intro = "Add users of a sponsor on the page of its licence."

    list_filter = ("role", "is_active")
    list_select_related = ("licence",)
    ordering = ("name",)
    sought = TextField(
        "Name or user ID, or licence number of the sponsor", required="Enter a name or a user ID", max_length=AT_MOST
    )

    def search(self, records: QuerySet[User], text: str) -> QuerySet[User]:
        of_person = Q(name__icontains=text) | Q(username__iexact=text)
        return records.filter(of_person | Q(licence__number=bare(text).upper()))

    def cells(self, user: User) -> Sequence[object]:
        sponsor = user.licence.name if user.licence else "–"
        return link_to(user), user.username, user.get_role_display(), sponsor, "Yes" if user.is_active else "No"

    def facts(self, user: User) -> Sequence[tuple[str, object]]:
        return (
            ("User ID", user.username),
            ("Kind of user", user.get_role_display()),
            ("Sponsor", link_to(user.licence) if user.licence else ""),
            ("Email address", user.email),
            ("May sign in", "Yes" if user.is_active else "No"),
            *_locks(user),
        )

    def tables(self, user: User) -> Iterable[Table]:
        yield sign_ins_of(user)


def _locks(user: User) -> list[tuple[str, str]]:
    """Return until when the account is locked, and for which browsers."""
    return [
        (
            "Locked",
            f"until {formats.moment(lock.locked_until)}, "
            + (
                "in a browser that has signed in before"
                if lock.browser
                else "in browsers that have not signed in before"
            ),
        )
        for lock in user.sign_in_counts.locked()
    ]
