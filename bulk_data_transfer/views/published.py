"""Pages of all that senders of files need: templates, our schema with examples, and the codes of results."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from bulk_data_transfer import codes
from bulk_data_transfer.operation import OPERATIONS, open_to
from bulk_data_transfer.sheets.template import template
from bulk_data_transfer.sheets.template_of_changes import template_of
from bulk_data_transfer.writing.formats import FORMATS
from bulk_data_transfer.xml import schema
from bulk_data_transfer.xml.examples import example
from licences.access import requires
from licences.permissions import Action
from licences.requests import SignedInRequest
from licences.routes import Route
from sms.core import clock


@require_safe
@requires(Action.FILES_SEND)
def formats(request: SignedInRequest) -> HttpResponse:
    """Show what files can be, with links to the templates, the schema, the examples and the codes."""
    changes = [each for each in open_to(request.user) if not each.makes_cas]
    return render(request, "files/formats.html", {"routes": list(Route), "changes": changes})


@require_safe
@requires(Action.FILES_SEND)
def result_codes(request: SignedInRequest) -> HttpResponse:
    """List all codes that a result can have."""
    return render(request, "files/codes.html", {"groups": codes.groups()})


@require_safe
@requires(Action.FILES_SEND)
def fetch_template(request: SignedInRequest, route: str) -> HttpResponse:
    """Send the workbook to fill in for a route."""
    content = template(_route(route), clock.today())
    return _file(content, f"cas-{_slug(route)}.xlsx", FORMATS["xlsx"].content_type)


@require_safe
@requires(Action.FILES_SEND)
def fetch_template_of_changes(request: SignedInRequest, operation: str) -> HttpResponse:
    """Send the workbook to fill in for an operation on CAS that exist. The page links to those that the user may do."""
    wanted = OPERATIONS.get(operation)
    if wanted is None or wanted.makes_cas:
        raise Http404
    return _file(template_of(wanted), f"{wanted.name}.xlsx", FORMATS["xlsx"].content_type)


@require_safe
@requires(Action.FILES_SEND)
def fetch_schema(request: SignedInRequest) -> HttpResponse:
    """Send the schema of our own format."""
    return _file(schema.ours().encode(), "bulk-data-cas.xsd", FORMATS["xml"].content_type)


@require_safe
@requires(Action.FILES_SEND)
def fetch_example(request: SignedInRequest, route: str) -> HttpResponse:
    """Send an example of our own format for a route."""
    return _file(example(_route(route)).encode(), f"cas-{_slug(route)}.xml", FORMATS["xml"].content_type)


def _route(name: str) -> Route:
    if name not in Route.values:
        raise Http404
    return Route(name)


def _slug(route: str) -> str:
    return route.lower().replace("_", "-")


def _file(content: bytes, name: str, content_type: str) -> HttpResponse:
    headers = {"Content-Disposition": content_disposition_header(True, name) or ""}
    return HttpResponse(content, content_type=content_type, headers=headers)
