"""What is known of a visitor before they sign in: their network, and the kind of their browser."""

from __future__ import annotations

import ipaddress

from allauth.account.adapter import get_adapter
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpRequest
from ua_parser import parse

IPV6_PREFIX = 64  # bits: what one household or one machine is given
LONGEST_USER_AGENT = 300  # characters that are looked at


def address(request: HttpRequest) -> str | None:
    """Return where the request comes from, as far as the proxies that we know of (PROXIES) can be believed."""
    try:
        return str(get_adapter().get_client_ip(request))
    except (ImproperlyConfigured, PermissionDenied):
        return None


def network(request: HttpRequest) -> str:
    """Return the IPv4 address of the request, or the first 64 bits of its IPv6 address; "" where it is unknown."""
    try:
        found = ipaddress.ip_address(address(request) or "")
    except ValueError:
        return ""
    if found.version == 4:
        return str(found)
    return str(ipaddress.ip_network((int(found), IPV6_PREFIX), strict=False))


def browser(request: HttpRequest) -> str:
    """Return the kind of browser, such as "Firefox on Windows"; "" where it does not say."""
    found = parse(request.headers.get("User-Agent", "")[:LONGEST_USER_AGENT])
    parts = (found.user_agent, found.os)
    return " on ".join(part.family for part in parts if part)[:100]
