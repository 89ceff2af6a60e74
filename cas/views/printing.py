"""Printing many CAS: request a printout, watch its progress, and get its file (specification, section 10)."""

from __future__ import annotations

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from cas.finding.selection import selection_of
from cas.models import CAS, Printout
from cas.models.printout import too_many
from cas.printing.printouts import document, state_of
from cas.views.loading import load_batch, load_printout
from licences.access import requires
from licences.jobs import verbs
from licences.models import Job
from licences.models.job import JobState
from licences.permissions import Action
from licences.requests import SignedInRequest
from sms.core.govuk.banners import nothing_selected, refused_to
from sms.core.govuk.progress import Progress
from sms.core.refused import Refused

ENDED = {
    JobState.DONE: "Your printout is ready.",
    JobState.FAILED: "Some CAS could not be printed.",
    JobState.CANCELLED: "Printing cancelled.",
}


@require_safe
@requires(Action.CAS_PRINT)
def printouts(request: SignedInRequest) -> HttpResponse:
    """List the user's latest printouts, newest first."""
    mine = Printout.objects.for_user(request.user).select_related("job").order_by("-pk").defer("cas_ids")
    places = Job.objects.places()
    rows = [(each, state_of(each, places)) for each in mine[:50]]
    return render(request, "cas/printouts.html", {"printouts": rows})


@require_POST
@requires(Action.CAS_PRINT)
def print_selected(request: SignedInRequest) -> HttpResponse:
    """Print the CAS that were selected in a list, or all CAS that a search found."""
    selection = selection_of(request)
    if selection.is_cut:
        return refused_to(request, too_many(), selection.back)
    mine = set(CAS.objects.for_user(request.user).filter(pk__any_of=selection.ids).values_list("pk", flat=True))
    wanted = [pk for pk in dict.fromkeys(selection.ids) if pk in mine]
    if not wanted:
        return nothing_selected(request, selection.back, "print")
    return _ask(
        request,
        wanted,
        f"{len(wanted):,} CAS {'from a search' if selection.is_search else 'from a list'}",
        selection.back,
    )


@require_POST
@requires(Action.CAS_PRINT)
def print_batch(request: SignedInRequest, pk: int) -> HttpResponse:
    """Print the CAS of a batch that the user may see."""
    batch = load_batch(request, pk)
    ids = CAS.objects.for_user(request.user).filter(batch=batch).order_by("pk").values_list("pk", flat=True)
    return _ask(request, list(ids), f"Batch {batch.name}", reverse("batch", args=[pk]))


@require_safe
@requires(Action.CAS_PRINT)
def printout(request: SignedInRequest, key: str) -> HttpResponse:
    """Show the progress of a printout, and a link to its file when it is ready."""
    wanted = load_printout(request, key)
    state = state_of(wanted, Job.objects.places())
    context = {"printout": wanted, "job": wanted.job, "state": state, "progress": _progress(wanted, state)}
    return render(request, "cas/printout.html", context)


@require_safe
@requires(Action.CAS_PRINT)
def printout_state(request: SignedInRequest, key: str) -> HttpResponse:
    """Send the progress to the script of the page `printout`."""
    wanted = load_printout(request, key)
    return _progress(wanted, state_of(wanted, Job.objects.places())).answer()


@require_POST
@requires(Action.CAS_PRINT)
def cancel_printout(request: SignedInRequest, key: str) -> HttpResponse:
    """Cancel a printout, unless it has finished."""
    wanted = load_printout(request, key)
    try:
        verbs.cancel(wanted.job, by=request.user)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, f"Printout cancelled: {wanted.name}")
    return redirect("printout", key)


@require_safe
@requires(Action.CAS_PRINT)
def fetch_printout(request: SignedInRequest, key: str) -> HttpResponseBase:
    """Send the file of a printout."""
    wanted = load_printout(request, key)
    if wanted.job.is_open:
        return redirect("printout", key)
    try:
        name, file = document(wanted)
    except Refused as refused:
        return refused_to(request, refused, "printout", key)
    return FileResponse(file, filename=name, as_attachment=name.endswith(".zip"))


def _progress(wanted: Printout, state: str) -> Progress:
    """Return how many CAS have been printed; while the printout waits, where it stands; or how it has ended."""
    job = wanted.job
    done = f"{wanted.printed_count:,} of {wanted.count:,} CAS have been printed."
    text = ENDED.get(JobState(job.state)) or (done if job.state == JobState.RUNNING else f"{done} {state}.")
    heading = "Printing" if job.is_open else text.rstrip(".")
    return Progress(text, wanted.printed_count, wanted.count, has_ended=not job.is_open, heading=heading)


def _ask(request: SignedInRequest, ids: list[int], name: str, back: str) -> HttpResponse:
    try:
        asked = Printout.objects.ask(ids, name=name, by=request.user)
    except Refused as refused:
        return refused_to(request, refused, back)
    return redirect("printout", asked.key)
