"""What the system does by itself with licences. Each job may run twice, and at once."""

from __future__ import annotations

from licences.lifecycle import LICENCE_LIFECYCLE
from licences.models import Licence, User
from sms.core import clock


def expire_licences() -> int:
    """Expire each licence the day after its last day; returns how many."""
    sources = LICENCE_LIFECYCLE["expire"].sources
    ended = list(Licence.objects.filter(status__in=sources, expires_on__lt=clock.today()))
    for licence in ended:
        licence.expire(by=User.objects.system())
    return len(ended)
