"""Printing many CAS: asked for, watched while it goes on, and fetched (specification, section 10)."""

from __future__ import annotations

from django.contrib import messages
from django.http import FileResponse, HttpResponse, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from cas.finding.selection import selection_of
from cas.models import CAS, Printout
from cas.models.printout import too_many
from cas.printing.printouts import document
from cas.views.loading import load_batch, load_printout
from licences.access import requires
from licences.permissions import Action
from licences.requests import SignedInRequest
from sms.core.govuk.banners import refused_to
from sms.core.refused import Refused


@require_safe
@requires(Action.CAS_PRINT)
def printouts(request: SignedInRequest) -> HttpResponse:
    """What the user had printed in the last days."""
    mine = Printout.objects.for_user(request.user).order_by("-pk").defer("cas_ids")
    return render(request, "cas/printouts.html", {"printouts": mine[:50]})


@require_POST
@requires(Action.CAS_PRINT)
def print_selected(request: SignedInRequest) -> HttpResponse:
    """Print the CAS that were selected in a list, or all that a search found."""
    selection = selection_of(request)
    if selection.is_cut:
        messages.error(request, str(too_many()))
        return HttpResponseRedirect(selection.back)
    mine = set(CAS.objects.for_user(request.user).filter(pk__any_of=selection.ids).values_list("pk", flat=True))
    wanted = [pk for pk in dict.fromkeys(selection.ids) if pk in mine]
    if not wanted:
        messages.error(request, "Select the CAS to print.")
        return HttpResponseRedirect(selection.back)
    return _ask(
        request, wanted, f"{len(wanted):,} CAS {'from a search' if selection.search else 'from a list'}", selection.back
    )


@require_POST
@requires(Action.CAS_PRINT)
def print_batch(request: SignedInRequest, pk: int) -> HttpResponse:
    """Print the CAS of a batch that are the user's."""
    batch = load_batch(request, pk)
    ids = CAS.objects.for_user(request.user).filter(batch=batch).order_by("pk").values_list("pk", flat=True)
    return _ask(request, list(ids), f"Batch {batch.name}", reverse("batch", args=[pk]))


@require_safe
@requires(Action.CAS_PRINT)
def printout(request: SignedInRequest, key: str) -> HttpResponse:
    """How far it is; and the file, once it is there."""
    return render(request, "cas/printout.html", {"printout": load_printout(request, key)})


@require_safe
@requires(Action.CAS_PRINT)
def printout_state(request: SignedInRequest, key: str) -> HttpResponse:
    """For the script of the page above."""
    return JsonResponse({"state": state_of(load_printout(request, key))})


@require_safe
@requires(Action.CAS_PRINT)
def fetch_printout(request: SignedInRequest, key: str) -> HttpResponseBase:
    """The file."""
    wanted = load_printout(request, key)
    if not wanted.finished_at:
        return redirect("printout", key)
    try:
        name, file = document(wanted)
    except Refused as refused:
        return refused_to(request, refused, "printout", key)
    return FileResponse(file, filename=name, as_attachment=name.endswith(".zip"))


def state_of(wanted: Printout) -> str:
    return f"{wanted.printed_count} {bool(wanted.finished_at)}"


def _ask(request: SignedInRequest, ids: list[int], name: str, back: str) -> HttpResponse:
    try:
        asked = Printout.objects.ask(ids, name=name, by=request.user)
    except Refused as refused:
        return refused_to(request, refused, back)
    return redirect("printout", asked.key)
