"""Users of sponsors, and caseworkers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from licences.accounts import emails, second_factor, verbs
from licences.casework.decisions import Decision, DecisionForm
from licences.casework.pages import RecordAdmin, link_to
from licences.casework.parts import Table
from licences.casework.searching import AT_MOST
from licences.casework.sign_in import sign_ins_of
from licences.models import User
from licences.roles import SPONSOR_ROLES, Role
from licences.user_forms import UserForm
from sms.core.characters import bare
from sms.core.govuk import formats
from sms.core.govuk.fields import RadiosField, TextField
from sms.core.govuk.forms import GovukForm


class CaseworkersUserForm(DecisionForm, UserForm):
    """The details of a user, for a caseworker."""


class NewSponsorUserForm(CaseworkersUserForm):
    role = RadiosField(
        "Kind of user",
        required="Select the kind of user",
        choices=[(role, role.label) for role in Role if role in SPONSOR_ROLES],
        hints={Role.LEVEL_1: "Everything of the sponsor", Role.LEVEL_2: "Their own CAS only"},
    )


BY_LINK = "The portal draws the User ID, and emails a link by which the user chooses a password."


class AddCaseworker(Decision[User]):
    name, label, done = "add", "Add caseworker", "Caseworker added, and a link to choose a password emailed"
    asks_again = True
    form_class = CaseworkersUserForm

    def consequences(self) -> list[str]:
        return [BY_LINK]

    def decide(self, *, by: User, **values: Any) -> User:
        return verbs.add(by=by, role=Role.CASEWORKER, **values)


class AmendUser(Decision[User]):
    name, label, done = "amend", "Amend", "User amended"
    is_amendment = True
    form_class = CaseworkersUserForm

    def is_open(self) -> bool:
        return self.subject.role != Role.SYSTEM

    def consequences(self) -> list[str]:
        return ["If you change the email address, an email to the old address says so."] if self.subject.email else []

    def must_confirm(self, form: GovukForm) -> bool:
        """Return whether links to choose a password would go to another address."""
        return bool(form.cleaned_data["email"] != self.subject.email)

    def initial(self) -> dict[str, Any]:
        return {"name": self.subject.name, "email": self.subject.email}

    def decide(self, *, by: User, **values: Any) -> User:
        self.subject.amend(by=by, **values)
        return self.subject


class SendLink(Decision[User]):
    name, label = "send-link", "Send a sign-in link"
    done = "A link to choose a password is on its way"
    asks_again = True

    def is_open(self) -> bool:
        return self.subject.is_active and bool(self.subject.email)

    def consequences(self) -> list[str]:
        return [
            f"{self.subject.email} gets a link by which the user chooses a new password. It works once, and for a day.",
            "The present password works until then.",
        ]

    def decide(self, *, by: User, **values: Any) -> User:
        verbs.send_link(self.subject, by=by)
        return self.subject


class Deactivate(Decision[User]):
    name, label, done = "deactivate", "Deactivate", "User deactivated, and signed out everywhere"

    def is_open(self) -> bool:
        return self.subject.is_active

    def consequences(self) -> list[str]:
        return ["The user is signed out at once, and can no longer sign in. Their CAS and batches stay theirs."]

    def decide(self, *, by: User, **values: Any) -> User:
        self.subject.deactivate(by=by)
        return self.subject


class Reactivate(Decision[User]):
    name, label, done = "reactivate", "Reactivate", "User reactivated"
    asks_again = True

    def is_open(self) -> bool:
        return not self.subject.is_active and self.subject.role != Role.SYSTEM

    def consequences(self) -> list[str]:
        return ["The user can sign in again, with the password that they had."]

    def decide(self, *, by: User, **values: Any) -> User:
        self.subject.reactivate(by=by)
        return self.subject


class Unlock(Decision[User]):
    name, label, done = "unlock", "Unlock", "Unlocked: the user can try again at once"

    def is_open(self) -> bool:
        return self.subject.is_locked

    def decide(self, *, by: User, **values: Any) -> User:
        self.subject.unlock(by=by)
        return self.subject


class ResetSecondFactor(Decision[User]):
    name, label = "reset-second-factor", "Reset second factor"
    done = "Second factor reset, and the user signed out everywhere"
    asks_again = True

    def is_open(self) -> bool:
        return second_factor.is_on(self.subject)

    def consequences(self) -> list[str]:
        return [
            "Do this only if you are sure that the user asks for it, because they have lost their phone.",
            "The user is signed out at once, and can then sign in with their password alone.",
        ]

    def decide(self, *, by: User, **values: Any) -> User:
        second_factor.reset(self.subject, by=by)
        return self.subject


@admin.register(User)
class UserAdmin(RecordAdmin[User]):
    columns = ("Name", "User ID", "Kind of user", "Sponsor", "May sign in")
    decisions = (Unlock, AmendUser, SendLink, ResetSecondFactor, Deactivate, Reactivate)
    added_by = AddCaseworker
    intro = "Add users of a sponsor on the page of its licence."

    list_filter = ("role", "is_active")
    list_select_related = ("licence",)
    ordering = ("name",)
    sought = TextField(
        "Name or user ID, or licence number of the sponsor", required="Enter a name or a user ID", max_length=AT_MOST
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return second_factor.with_state(super().get_queryset(request))

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
            ("Last sign-in", formats.moment(user.last_login) or "Never"),
            ("Password", "Chosen by the user" if user.has_usable_password() else "Not chosen yet"),
            ("Latest link to choose a password", emails.state_of_latest(user)),
            ("Second factor", "On" if second_factor.is_on(user) else "Off"),
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
