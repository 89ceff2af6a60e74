"""Create the rows that the program needs, after every migration."""

from __future__ import annotations

from licences.models import User
from licences.models.user import SYSTEM_USERNAME
from licences.roles import Role


def refill(using: str, **_: object) -> None:
    """Create the user in whose name scheduled jobs act, if it is missing. This user can never sign in."""
    User._base_manager.using(using).get_or_create(
        username=SYSTEM_USERNAME,
        defaults={"name": "The system", "role": Role.SYSTEM, "password": "!", "is_active": False},
    )
