"""What is done at once with the CAS that were ticked in a list: assign as a new batch, or delete.

The first POST counts what will happen, and names what will not and why; the second does it.
"""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from cas.batch_forms import BatchNameForm, ids_in
from cas.lifecycle import CASStatus
from cas.models import CAS, Batch
from cas.models.assigning import obstacles
from cas.views.loading import requires
from licences.requests import SignedInRequest
from licences.routes import Route
from sms.core.refused import Refused

Left = list[tuple[CAS, str]]
"""CAS with which nothing happens, and why."""


@require_POST
@requires("cas.delete")
def delete_ticked(request: SignedInRequest) -> HttpResponse:
    """Delete those that are not assigned and not being paid for."""
    cases = ticked(request)
    left = [(cas, reason) for cas in cases if (reason := cas.why_not("delete"))]
    going = [cas for cas in cases if cas not in dict(left)]
    if not cases:
        return _nothing(request, "delete")
    if "confirmed" not in request.POST:
        return render(request, "cas/delete_ticked.html", {"going": going, "left": left})
    deleted = 0
    for cas in going:
        try:
            cas.remove(by=request.user)
            deleted += 1
        except Refused as refused:  # somebody was quicker
            messages.error(request, f"{cas.event_label}: {refused}")
    messages.success(request, f"{deleted:,} CAS {'was' if deleted == 1 else 'were'} deleted.")
    return redirect("cas_list")


@require_POST
@requires("cas.assign")
def assign_ticked(request: SignedInRequest) -> HttpResponse:
    """Make a new batch of those that can be assigned, and go on to assign it (manual 4, guide 5)."""
    cases = ticked(request)
    if not cases:
        return _nothing(request, "assign")
    going, left = _assignable(cases, request)
    form = BatchNameForm(request.POST if "confirmed" in request.POST else None)
    if going and form.is_valid():
        try:
            return _as_batch(request, form.cleaned_data["name"], going)
        except Refused as refused:
            form.add_error("name", str(refused))
    context = {"form": form, "going": going, "left": left}
    return render(request, "cas/assign_ticked.html", context, status=422 if form.errors else 200)


def ticked(request: SignedInRequest) -> list[CAS]:
    """The CAS that were ticked and that the user may see, in the order of the list."""
    ids = ids_in(request.POST.getlist("cas"))
    found = CAS.objects.for_user(request.user).select_related("licence", "owner", "batch").in_bulk(ids)
    return [found[pk] for pk in dict.fromkeys(ids) if pk in found]


def _assignable(cases: list[CAS], request: SignedInRequest) -> tuple[list[CAS], Left]:
    """Those that can be assigned together; and the others. They are of the route, and the owner, of the first."""
    going: list[CAS] = []
    left: Left = []
    paying = set(
        CAS.objects.filter(pk__in=[cas.pk for cas in cases], order_lines__is_open=True).values_list("pk", flat=True)
    )
    for cas in cases:
        first = next(obstacles(cas, cas.licence), None)
        if cas.status == CASStatus.WORK_IN_PROGRESS:
            left.append((cas, "Fields are still to fill."))
        elif first:
            left.append((cas, first.sentence))
        elif cas.pk in paying:
            left.append((cas, "This CAS is being paid for."))
        elif going and cas.route != going[0].route:
            left.append((cas, f"It is for the {Route(cas.route).label} route: a batch has one route."))
        elif going and cas.owner_id != going[0].owner_id:
            left.append(
                (cas, f"It is {cas.owner}’s: a batch has one owner. Transfer it first, or assign it by itself.")
            )
        else:
            going.append(cas)
    return going, left


def _as_batch(request: SignedInRequest, name: str, going: list[CAS]) -> HttpResponse:
    with transaction.atomic():
        batch = Batch.objects.all().add(name, route=going[0].route, by=request.user, owner=going[0].owner)
        batch.put([cas.pk for cas in going], by=request.user)
    return redirect("assign_batch", batch.pk)


def _nothing(request: SignedInRequest, verb: str) -> HttpResponseRedirect:
    messages.error(request, f"There is nothing to {verb}: tick the CAS first.")
    return redirect("cas_list")
