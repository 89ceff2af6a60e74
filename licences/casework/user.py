"""Users of sponsors, and caseworkers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib import admin
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.crypto import get_random_string

from licences import refusals
from licences.casework.decisions import Decision, DecisionForm
from licences.casework.pages import RecordAdmin, Table, link_to
from licences.casework.sign_in import sign_ins_of
from licences.models import User
from licences.roles import SPONSOR_ROLES, Role
from sms.core.govuk import formats
from sms.core.govuk.fields import IdentifierField, RadiosField, TextField, YesNoField

PASSWORD_LENGTH = 16  # characters of a proposed password
PASSWORD_HINT = "At least 12 characters. Pass it on safely: it is not shown again"


class EmailField(IdentifierField):
    """An email address, or nothing."""

    def validate(self, value: str) -> None:
        super().validate(value)
        if value:
            try:
                validate_email(value)
            except ValidationError:
                raise ValidationError("Enter an email address, such as name@example.ac.uk, or leave it empty") from None


class NewPasswordField(TextField):
    """A password for another user. The caseworker sees it, to pass it on. The form checks its strength."""


def check_password(form: DecisionForm, user: User) -> None:
    """Add an error to the form's password if it is too weak for `user`."""
    if password := form.cleaned_data.get("password"):
        try:
            validate_password(password, user)
        except ValidationError as error:
            form.add_error("password", error)


class AmendUserForm(DecisionForm):
    name = TextField("Name", required="Enter the name", max_length=200)
    email = EmailField("Email address", max_length=254)
    is_active = YesNoField("May this user sign in?", required="Select whether this user may sign in")


class NewPasswordForm(DecisionForm):
    password = NewPasswordField("New password", required="Enter a password", max_length=128, help_text=PASSWORD_HINT)

    def clean(self) -> None:
        check_password(self, self.subject)


class NewUserForm(DecisionForm):
    """The details of any new user. The caseworker can replace the proposed password."""

    username = IdentifierField("User ID", required="Enter the User ID", max_length=150, width="20")
    name = TextField("Name", required="Enter the name", max_length=200)
    email = EmailField("Email address", max_length=254)
    password = NewPasswordField("First password", required="Enter a password", max_length=128, help_text=PASSWORD_HINT)

    def clean_username(self) -> str:
        username: str = self.cleaned_data["username"]
        if " " in username or not username.isprintable():
            raise ValidationError("User ID must not contain spaces")
        if User.objects.filter(username__iexact=username).exists():
            raise ValidationError("This User ID is taken: choose another")
        return username

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
