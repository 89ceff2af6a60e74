"""What must be set before the portal is deployed."""

from __future__ import annotations

from django.conf import settings
from django.core import checks


def check_proxies(**_: object) -> list[checks.CheckMessage]:
    """Outside demo mode a proxy is in front: TLS ends there, and it keeps slow senders away from the workers."""
    if settings.DEMO or settings.PROXIES:
        return []
    hint = "Nobody gets past the redirect to https, because no X-Forwarded-Proto is believed. See docs/deployment.md."
    return [checks.Warning("PROXIES is 0.", hint=hint, id="sms.W001")]
