"""Check the settings that must be set before the portal is deployed."""

from __future__ import annotations

from django.conf import settings
from django.core import checks


def check_proxies(**_: object) -> list[checks.CheckMessage]:
    """Warn if no proxy is in front, except in demo mode. It must end TLS and buffer requests of slow senders."""
    if settings.DEMO or settings.PROXIES:
        return []
    hint = "Every request is redirected to https for ever, as X-Forwarded-Proto is not trusted. See docs/deployment.md."
    return [checks.Warning("PROXIES is 0.", hint=hint, id="sms.W001")]
