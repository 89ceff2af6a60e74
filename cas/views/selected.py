"""What is done at once with the CAS that were picked from a list: assign as a new batch, or delete.

The first POST counts what will happen, and names what will not and why; the second does it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from cas.finding.duplicates import alike
from cas.finding.selection import Selection, selection_of
from cas.forms.batches import BatchNameForm
from cas.lifecycle import CASStatus
from cas.models import CAS, Batch
from cas.models.assigning import obstacles
from licences.access import requires
from licences.permissions import Action
from licences.requests import SignedInRequest
from licences.routes import Route
from sms.core.limits import MOST_SELECTED
from sms.core.refused import Refused

NAMED = 10  # of those with which something happens; and of those with which nothing does, for each reason

Left = dict[str, list[CAS]]
"""CAS with which nothing happens, by the reason."""


@require_POST
@requires(Action.CAS_DELETE)
def delete_selected(request: SignedInRequest) -> HttpResponse:
    """Delete those that are not assigned and not being paid for."""
    selection = selection_of(request)
    cas_list = _found(request, selection)
    if not cas_list:
        return _nothing(request, selection, "delete")
    paying = _being_paid_for(cas_list)
    going, left = _parted(cas_list, lambda cas: str(cas.why_not("delete", is_being_paid_for=cas.pk in paying) or ""))
    if "confirmed" not in request.POST:
        return render(request, "cas/delete_selected.html", _context(selection, going, left))
    rows = CAS.objects.for_user(request.user).filter(pk__any_of=[cas.pk for cas in going])
    deleted = rows.remove(by=request.user)
    if deleted:
        messages.success(request, f"{_so_many(deleted)} deleted.")
    if kept := len(set(selection.ids)) - deleted:
        messages.error(
            request, f"{_so_many(kept)} not deleted, because another user deleted, assigned or paid for it first."
        )
    return HttpResponseRedirect(selection.back)


@require_POST
@requires(Action.CAS_ASSIGN)
def assign_selected(request: SignedInRequest) -> HttpResponse:
    """Make a new batch of those that can be assigned, and go on to assign it (manual 4, guide 5)."""
    selection = selection_of(request)
    cas_list = _found(request, selection)
    if not cas_list:
        return _nothing(request, selection, "assign")
    going, left = _assignable(cas_list, request)
    form = BatchNameForm(request.POST if "confirmed" in request.POST else None)
    if going and form.is_valid():
        try:
            return _as_batch(request, form.cleaned_data["name"], going)
        except Refused as refused:
            form.add_error("name", str(refused))
    mine = CAS.objects.for_user(request.user).filter(pk__any_of=[cas.pk for cas in going])
    context = {"form": form, "alike": alike(mine, request.user), **_context(selection, going, left)}
    return render(request, "cas/assign_selected.html", context, status=422 if form.errors else 200)


def _found(request: SignedInRequest, selection: Selection) -> list[CAS]:
    """The CAS that were picked and that the user may see, in the order of the list."""
    mine = CAS.objects.for_user(request.user).filter(pk__any_of=selection.ids)
    found = {cas.pk: cas for cas in mine.select_related("owner", "batch")}
    return [found[pk] for pk in dict.fromkeys(selection.ids) if pk in found]


def _parted(cas_list: Iterable[CAS], why_not: Callable[[CAS], str]) -> tuple[list[CAS], Left]:
    """Those that `why_not` says nothing against; and the others."""
    going: list[CAS] = []
    left: Left = {}
    for cas in cas_list:
        if reason := why_not(cas):
            left.setdefault(reason, []).append(cas)
        else:
            going.append(cas)
    return going, left


def _assignable(cas_list: list[CAS], request: SignedInRequest) -> tuple[list[CAS], Left]:
    """Those that can be assigned together; and the others. They are of the route, and the owner, of the first."""
    licence, paying = request.user.sponsor, _being_paid_for(cas_list)
    of_route = {route: licence.why_not_assign(route) for route in {cas.route for cas in cas_list}}

    def why_not(cas: CAS) -> str:
        if cas.status == CASStatus.WORK_IN_PROGRESS:
            return "Some mandatory fields are not complete."
        if obstacle := next(obstacles(cas, None), None):
            return obstacle.sentence
        return "This CAS is being paid for." if cas.pk in paying else str(of_route[cas.route] or "")

    def why_not_with_the_first(cas: CAS) -> str:
        if cas.route != going[0].route:
            return f"For the {Route(cas.route).label} route. A batch has one route."
        if cas.owner_id != going[0].owner_id:
            return f"Owned by {cas.owner}. A batch has one owner. Transfer the CAS first, or assign it on its own."
        return ""

    going, left = _parted(cas_list, why_not)
    together, others = _parted(going, why_not_with_the_first)
    return together, left | others


def _being_paid_for(cas_list: list[CAS]) -> set[int]:
    rows = CAS.objects.filter(pk__any_of=[cas.pk for cas in cas_list], order_lines__is_open=True)
    return set(rows.values_list("pk", flat=True))


def _as_batch(request: SignedInRequest, name: str, going: list[CAS]) -> HttpResponse:
    with transaction.atomic():
        batch = Batch.objects.add(name, route=going[0].route, by=request.user, owner=going[0].owner)
        batch.put([cas.pk for cas in going], by=request.user)
    return redirect("assign_batch", batch.pk)


def _context(selection: Selection, going: list[CAS], left: Left) -> dict[str, object]:
    ids = [cas.pk for cas in going]
    return {"selection": selection, "going": going, "ids": ids, "left": left, "named": NAMED, "most": MOST_SELECTED}


def _nothing(request: SignedInRequest, selection: Selection, verb: str) -> HttpResponseRedirect:
    messages.error(request, f"Select the CAS to {verb}.")
    return HttpResponseRedirect(selection.back)


def _so_many(count: int) -> str:
    return "1 CAS was" if count == 1 else f"{count:,} CAS were"
