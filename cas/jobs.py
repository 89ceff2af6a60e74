"""What the system does by itself with CAS and orders. Each job may run twice, and at once."""

from __future__ import annotations

from cas.models import CAS
from cas.payments import checkout
from licences.models import User


def expire_cas() -> int:
    """Expire each CAS the day after its expiry date; returns how many."""
    return CAS.objects.expire(by=User.objects.system())


def chase_silent_orders() -> int:
    """Ask the providers about orders that stay silent; returns how many."""
    return checkout.chase_silent_orders()
