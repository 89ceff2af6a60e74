"""The statuses of a licence, and the moves between them (specification, section 9)."""

from __future__ import annotations

from django.db.models import TextChoices

from licences.roles import Role
from sms.core.lifecycle import Lifecycle, Move


class LicenceStatus(TextChoices):
    ACTIVE = "ACTIVE", "ACTIVE"
    SUSPENDED = "SUSPENDED", "SUSPENDED"
    REVOKED = "REVOKED", "REVOKED"
    EXPIRED = "EXPIRED", "EXPIRED"
    SURRENDERED = "SURRENDERED", "SURRENDERED"


ENDED = frozenset({LicenceStatus.REVOKED, LicenceStatus.EXPIRED, LicenceStatus.SURRENDERED})

_IN_FORCE = frozenset({LicenceStatus.ACTIVE, LicenceStatus.SUSPENDED})
_CASEWORKER = frozenset({Role.CASEWORKER})
_CANCELS = "cancels the live CAS in the same step"

LICENCE_LIFECYCLE = Lifecycle(
    "licence",
    LicenceStatus.values,
    [
        Move(
            "grant",
            "Grant",
            frozenset(),
            frozenset({LicenceStatus.ACTIVE}),
            _CASEWORKER,
            done="Licence granted",
        ),
        Move(
            "suspend",
            "Suspend",
            frozenset({LicenceStatus.ACTIVE}),
            frozenset({LicenceStatus.SUSPENDED}),
            _CASEWORKER,
            "nothing can be assigned",
            done="Suspended",
        ),
        Move(
            "reinstate",
            "Reinstate",
            frozenset({LicenceStatus.SUSPENDED}),
            frozenset({LicenceStatus.ACTIVE}),
            _CASEWORKER,
            done="Reinstated",
        ),
        Move(
            "revoke",
            "Revoke",
            _IN_FORCE,
            frozenset({LicenceStatus.REVOKED}),
            _CASEWORKER,
            _CANCELS,
            done="Revoked",
        ),
        Move(
            "surrender",
            "Surrender",
            _IN_FORCE,
            frozenset({LicenceStatus.SURRENDERED}),
            _CASEWORKER,
            _CANCELS,
            done="Surrendered",
        ),
        Move(
            "expire",
            "Expire",
            _IN_FORCE,
            frozenset({LicenceStatus.EXPIRED}),
            frozenset({Role.SYSTEM}),
            f"the day after its last day; {_CANCELS}",
            done="Expired",
        ),
    ],
)
