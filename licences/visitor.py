"""Find the network and the kind of browser of a visitor, who may not have signed in."""

from __future__ import annotations

import ipaddress

from allauth.account.adapter import get_adapter
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpRequest
from ua_parser import parse

IPV6_PREFIX = 64  # bits: one household or machine usually has all the addresses behind it
LONGEST_USER_AGENT = 300  # characters that are read


def address(request: HttpRequest) -> str | None:
    """Return the IP address of the visitor, as the proxies that we trust (PROXIES) report it; None if unknown."""
    try:
        return str(get_adapter().get_client_ip(request))
    except (ImproperlyConfigured, PermissionDenied):
        return None


def network(request: HttpRequest) -> str:
    """Return the visitor's IPv4 address, or the first 64 bits of the IPv6 address; "" if it is unknown."""
    try:
        found = ipaddress.ip_address(address(request) or "")
    except ValueError:
        return ""
    if found.version == 4:
        return str(found)
    return str(ipaddress.ip_network((int(found), IPV6_PREFIX), strict=False))


def browser(request: HttpRequest) -> str:
    """Return the kind of browser, such as "Firefox on Windows"; "" if the browser does not say."""
    found = parse(request.headers.get("User-Agent", "")[:LONGEST_USER_AGENT])
    parts = (found.user_agent, found.os)
    return " on ".join(part.family for part in parts if part)[:100]
