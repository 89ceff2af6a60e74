"""Answer only requests for one of our hosts, and always under its canonical name.

Django checks the name in the Host header, but then uses the header unchanged, with any port or a dot at the end.
These would appear in redirects and links, and in any key that contains the host.
"""

from __future__ import annotations

from collections.abc import Callable

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.request import split_domain_port, validate_host

from licences import visitor

logger = structlog.get_logger(__name__)


def ours_only(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Return the middleware. It comes first, because other middleware may redirect to the host."""

    def answer(request: HttpRequest) -> HttpResponse:
        host = _host(request)
        if not host:
            logger.warning("A request for another host was refused", code=400, ip=visitor.address(request))
            return HttpResponse("This is not an address of the portal.", status=400, content_type="text/plain")
        request.META["HTTP_HOST"] = host
        return get_response(request)

    return answer


def _host(request: HttpRequest) -> str:
    """Return the host of the request in its canonical form, or "" if it is not ours."""
    usual_port = "443" if request.is_secure() else "80"
    own_port = str(request.META["SERVER_PORT"])
    asked = request.META.get("HTTP_HOST", f"{request.META['SERVER_NAME']}:{own_port}")
    name, port = split_domain_port(asked)
    if not name or not validate_host(name, settings.ALLOWED_HOSTS):
        return ""
    if port in {"", usual_port}:
        return name
    # Behind a proxy, no visitor uses the port of this process.
    is_ours = port in settings.ALLOWED_PORTS or (port == own_port and not settings.PROXIES)
    return f"{name}:{port}" if is_ours else ""
