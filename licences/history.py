"""Words of the history for licences, users, allocations and jobs (specification, section 12)."""

from __future__ import annotations

from collections.abc import Collection

from licences.lifecycle import LICENCE_LIFECYCLE
from licences.models import User
from licences.roles import Role
from licences.routes import Route
from licences.sponsor_status import SponsorStatus
from licences.words import Words


def names_of_users(ids: Collection[int]) -> dict[int, str]:
    """Return the name and user ID of each user, by the user's key."""
    users = User.objects.filter(pk__in=ids).values_list("pk", "name", "username")
    return {pk: f"{name} ({username})" for pk, name, username in users}


WORDS = Words(
    kinds={"licence": "Licence", "user": "User", "allocation": "Allocation", "job": "Background job"},
    titles={
        **LICENCE_LIFECYCLE.titles("licence"),
        ("licence", "add_route"): "Route added",
        ("licence", "amend"): "Amended",
        ("licence", "set_sponsor_status"): "Status of the sponsor changed",
        ("licence", "set_automatic_renewal"): "Automatic renewal changed",
        ("licence", "surrender_route"): "Route surrendered",
        ("user", "add"): "User added",
        ("user", "amend"): "Amended",
        ("user", "set_password"): "New password given",
        ("user", "lock"): "Locked for 30 minutes after 3 wrong passwords",
        ("user", "unlock"): "Unlocked",
        ("allocation", "grant"): "Allocation granted",
        ("allocation", "renew"): "Renewed automatically",
        ("allocation", "change_granted"): "Number of places changed",
        ("job", "retry"): "Retried",
        ("job", "discard"): "Discarded",
    },
    labels={
        "number": "Licence number",
        "name": "Name",
        "status": "Status",
        "sponsor_status": "Status of the sponsor",
        "is_renewed_automatically": "Allocations renew automatically",
        "starts_on": "First day",
        "expires_on": "Last day",
        "route": "Route",
        "reason": "Reason",
        "username": "User ID",
        "email": "Email address",
        "role": "Kind of user",
        "is_active": "May sign in",
        "granted": "Places granted",
    },
    shown={
        "sponsor_status": lambda value: str(SponsorStatus(value).label),
        "route": lambda value: str(Route(value).label),
        "role": lambda value: str(Role(value).label),
    },
    names={"user": names_of_users},
)


def words() -> Words:
    return WORDS
