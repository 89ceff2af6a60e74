"""Checks of the settings before the portal starts."""

from __future__ import annotations

from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.core.exceptions import ImproperlyConfigured

from cas.payments import checkout


def check_payment_provider(**_: object) -> list[CheckMessage]:
    """Check that the payment provider has its variables and, outside demo mode, that it is not the sandbox."""
    try:
        provider = checkout.provider_named(settings.PAYMENT_PROVIDER)
    except ImproperlyConfigured as error:
        return [Error(str(error), hint="There is no default provider outside demo mode.", id="sms.E001")]
    return [Error(problem, hint="See .env.example.", id="sms.E002") for problem in provider.problems()]
