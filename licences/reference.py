"""Rows that the program cannot do without, written after every migration."""

from __future__ import annotations

from licences.models import User
from licences.models.user import SYSTEM_USERNAME
from licences.roles import Role


def refill(using: str, **_: object) -> None:
    """The user in whose name scheduled jobs act, who can never sign in."""
    User._base_manager.using(using).get_or_create(
        username=SYSTEM_USERNAME,
        defaults={"name": "The system", "role": Role.SYSTEM, "password": "!", "is_active": False},
    )
