"""Check the settings that must be set before the portal is deployed."""

from __future__ import annotations

from email.utils import parseaddr
from urllib.parse import urlsplit

from django.conf import settings
from django.core import checks
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

SHORTEST_KEY = 32  # characters
MAIL_SERVERS = (
    "smtp",
    "smtp+tls",
    "smtps",
    "smtp+ssl",
)  # a file or a console would keep links that only their reader may see


def check_proxies(**_: object) -> list[checks.CheckMessage]:
    """Warn if no proxy is in front, except in demo mode. It must end TLS and buffer requests of slow senders."""
    if settings.DEMO or settings.PROXIES:
        return []
    hint = "Every request is redirected to https for ever, as X-Forwarded-Proto is not trusted. See docs/deployment.md."
    return [checks.Warning("PROXIES is 0.", hint=hint, id="sms.W001")]


def check_email(**_: object) -> list[checks.CheckMessage]:
    """Check that emails can be sent, except in demo mode: without them, no new user can choose a password."""
    if settings.DEMO:
        return []
    problems = []
    url = urlsplit(settings.EMAIL_URL)
    if not settings.EMAIL_URL:
        problems.append("EMAIL_URL is missing.")
    elif url.scheme not in MAIL_SERVERS or not url.hostname:
        problems.append("EMAIL_URL must name a mail server, and begin with smtp+tls://, smtp+ssl:// or smtp://.")
    try:
        validate_email(parseaddr(settings.DEFAULT_FROM_EMAIL)[1])
    except ValidationError:
        is_given = bool(settings.DEFAULT_FROM_EMAIL)
        problems.append("EMAIL_FROM must be an email address." if is_given else "EMAIL_FROM is missing.")
    return [checks.Error(problem, hint="See .env.example.", id="sms.E003") for problem in problems]


def check_second_factor_keys(**_: object) -> list[checks.CheckMessage]:
    """Check the keys that encrypt the secrets of second factors, except in demo mode."""
    keys = settings.SECOND_FACTOR_KEYS
    if settings.DEMO:
        return []
    hint = "Put a long random text, without commas, into it: see docs/deployment.md. Never lose it."
    if not keys:
        return [checks.Error("SECOND_FACTOR_KEYS is missing.", hint=hint, id="sms.E004")]
    if settings.SECRET_KEY in keys:
        return [checks.Error("SECOND_FACTOR_KEYS must differ from SECRET_KEY.", hint=hint, id="sms.E004")]
    if min(map(len, keys)) < SHORTEST_KEY:
        said = f"A key of SECOND_FACTOR_KEYS has fewer than {SHORTEST_KEY} characters."
        return [checks.Error(said, hint=hint, id="sms.E004")]
    return []
