"""Find CAS (manual 4, guides 3 and 4; the search box of every page)."""

from __future__ import annotations

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cas.finding.screens import SCREENS, ask, change, show
from cas.finding.selection import page_that_keeps
from licences.access import requires
from licences.permissions import Action
from licences.requests import SignedInRequest
from licences.routes import Route


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Action.CAS_SEE)
def find_cas(request: SignedInRequest, route: str) -> HttpResponse:
    """Show the last `Create a CAS` screen, a search (guide 3, step 4).

    It works for surrendered routes too, because their CAS can still be deleted.
    """
    if route not in Route.values:
        raise Http404
    return ask(request, SCREENS["edit"], route=route)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Action.CAS_ASSIGN)
def find_cas_to_assign(request: SignedInRequest) -> HttpResponse:
    """Search for a CAS to assign (guide 4, step 3)."""
    return ask(request, SCREENS["assign"])


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Action.CAS_SEE)
def search_cas(request: SignedInRequest) -> HttpResponse:
    """Search all CAS that the user may see. The search box on every page also uses this view."""
    return ask(request, SCREENS["any"])


@require_POST
@requires(Action.CAS_SEE)
def keep_selection(request: SignedInRequest) -> HttpResponse:
    """Keep which CAS are selected in a list, and redirect to the page of the list that the user asked for."""
    return HttpResponseRedirect(page_that_keeps(request))


@require_safe
@requires(Action.CAS_SEE)
def found_cas(request: SignedInRequest, key: str) -> HttpResponse:
    return show(request, key, SCREENS)


@require_safe
@requires(Action.CAS_SEE)
def change_search(request: SignedInRequest, key: str) -> HttpResponse:
    return change(request, key, SCREENS)
