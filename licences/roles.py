"""The kinds of user, and the owner of a record."""

from collections.abc import Collection

from django.db.models import TextChoices


class Role(TextChoices):
    LEVEL_1 = "LEVEL_1", "Level 1 user"
    LEVEL_2 = "LEVEL_2", "Level 2 user"
    CASEWORKER = "CASEWORKER", "Home Office caseworker"
    SYSTEM = "SYSTEM", "The system"


SPONSOR_ROLES = frozenset({Role.LEVEL_1, Role.LEVEL_2})

# The user who created a CAS, or to whom it was transferred. This is not a role, because it differs from CAS to CAS.
OWNER = "OWNER"

WHO_LABELS: dict[str, str] = {**dict(Role.choices), OWNER: "its owner"}

_IN_A_SENTENCE: dict[str, str] = {
    OWNER: "its owner",
    Role.LEVEL_1: "a Level 1 user",
    Role.LEVEL_2: "a Level 2 user",
    Role.CASEWORKER: "a Home Office caseworker",
    Role.SYSTEM: "the system",
}


def named(kinds: Collection[str]) -> str:
    """Return these kinds of user as part of a sentence: "its owner or a Level 1 user"."""
    return " or ".join(name for kind, name in _IN_A_SENTENCE.items() if kind in kinds)
