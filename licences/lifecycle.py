"""The statuses of licences and of requests, and the moves between them (specification, section 9)."""

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


class RequestStatus(TextChoices):
    SAVED = "SAVED", "SAVED"
    SUBMITTED = "SUBMITTED", "SUBMITTED"
    WITHDRAWN = "WITHDRAWN", "WITHDRAWN"
    GRANTED = "GRANTED", "GRANTED"
    REFUSED = "REFUSED", "REFUSED"


OPEN_REQUEST = frozenset({RequestStatus.SAVED, RequestStatus.SUBMITTED})

_SPONSOR = frozenset({Role.LEVEL_1})
_SAVED = frozenset({RequestStatus.SAVED})
_SUBMITTED = frozenset({RequestStatus.SUBMITTED})

REQUEST_LIFECYCLE = Lifecycle(
    "request",
    RequestStatus.values,
    [
        Move("save", "Save", frozenset(), _SAVED, _SPONSOR, "the kind of request is open to the sponsor", "Saved"),
        Move("amend", "Change", _SAVED, _SAVED, _SPONSOR, done="Changed"),
        Move("delete", "Delete", _SAVED, frozenset(), _SPONSOR, done="Deleted"),
        Move("submit", "Submit", _SAVED, _SUBMITTED, _SPONSOR, "still open to the sponsor; not frozen", "Submitted"),
        Move("withdraw", "Withdraw", _SUBMITTED, frozenset({RequestStatus.WITHDRAWN}), _SPONSOR, done="Withdrawn"),
        Move(
            "grant",
            "Grant",
            _SUBMITTED,
            frozenset({RequestStatus.GRANTED}),
            _CASEWORKER,
            "with a sentence; not frozen; carried out in the same step",
            "Granted",
        ),
        Move(
            "refuse",
            "Refuse",
            _SUBMITTED,
            frozenset({RequestStatus.REFUSED}),
            _CASEWORKER,
            "with a sentence",
            "Refused",
        ),
    ],
)
