"""Sign-ins, for caseworkers who help a user who cannot sign in, or who look for guessed passwords."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import admin

from licences.casework.pages import RecordAdmin, link_to, list_of
from licences.casework.parts import Link, Table
from licences.models import SignIn, User
from sms.core.govuk import formats

COLUMNS = ("When", "Outcome", "Browser", "Network")
LATEST = 10  # sign-ins on the page of a user
LATEST_FOR_SPONSOR = 20


@admin.register(SignIn)
class SignInAdmin(RecordAdmin[SignIn]):
    columns = ("When", "User", "Outcome", "Browser", "Network")
    name = "Sign-ins"
    intro = "Successful and failed sign-ins of the last 90 days. User IDs that do not exist are not kept."

    list_filter = ("outcome", "tried_at")
    list_select_related = ("user",)
    ordering = ("-tried_at",)

    def cells(self, sign_in: SignIn) -> Sequence[object]:
        when, *rest = _cells(sign_in)
        return link_to(sign_in, when), _user(sign_in), *rest

    def facts(self, sign_in: SignIn) -> Sequence[tuple[str, object]]:
        return (("User", _user(sign_in)), *zip(COLUMNS, _cells(sign_in), strict=True))


def sign_ins_of(user: User) -> Table:
    """Return the latest sign-ins of one user, with a link to all of them."""
    rows = [_cells(sign_in) for sign_in in user.sign_ins.order_by("-tried_at")[:LATEST]]
    more = Link("All sign-ins of this user", list_of(SignIn, user__id__exact=user.pk)) if rows else None
    return Table("Latest sign-ins", COLUMNS, rows, more=more)


def sign_ins_for_sponsor(user: User) -> Table:
    """Return the latest sign-ins of one user, for a Level 1 user of the same sponsor: without the network."""
    rows = [_cells(sign_in)[:-1] for sign_in in user.sign_ins.order_by("-tried_at")[:LATEST_FOR_SPONSOR]]
    return Table("Latest sign-ins", COLUMNS[:-1], rows, empty="None in the last 90 days.")


def _cells(sign_in: SignIn) -> Sequence[object]:
    when, outcome = formats.moment(sign_in.tried_at), sign_in.get_outcome_display()
    return when, outcome, sign_in.browser or "–", sign_in.network or "–"


def _user(sign_in: SignIn) -> object:
    return link_to(sign_in.user) if sign_in.user else "–"
