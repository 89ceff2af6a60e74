"""Actions on the CAS selected in a list: assign them as a new batch, or delete them.

The first POST shows what will happen, and which CAS are left out and why. The second POST does it.
"""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from cas.finding.duplicates import alike
from cas.finding.selection import Selection, selection_of
from cas.forms.batches import BatchNameForm
from cas.models import CAS, Batch
from cas.models.several import Parted, assignable_together, deletable
from licences.access import requires
from licences.permissions import Action
from licences.requests import SignedInRequest
from sms.core.limits import MOST_SELECTED

NAMED = 10  # the number of names shown: of the CAS affected, and of the CAS left out for each reason


@require_POST
@requires(Action.CAS_DELETE)
def delete_selected(request: SignedInRequest) -> HttpResponse:
    """Delete the selected CAS that are neither assigned nor being paid for."""
    selection = selection_of(request)
    cas_list = _found(request, selection)
    if not cas_list:
        return _nothing(request, selection, "delete")
    parted = deletable(cas_list)
    if "confirmed" not in request.POST:
        return render(request, "cas/delete_selected.html", _context(selection, parted))
    deleted = CAS.objects.filter(pk__any_of=[cas.pk for cas in parted.going]).remove(by=request.user)
    if deleted:
        messages.success(request, f"{_counted(deleted)} deleted.")
    if kept := len(set(selection.ids)) - deleted:
        messages.error(
            request, f"{_counted(kept)} not deleted, because another user deleted, assigned or paid for it first."
        )
    return HttpResponseRedirect(selection.back)


@require_POST
@requires(Action.CAS_ASSIGN)
def assign_selected(request: SignedInRequest) -> HttpResponse:
    """Create a batch of the selected CAS that can be assigned, and redirect to assign it (manual 4, guide 5)."""
    selection = selection_of(request)
    cas_list = _found(request, selection)
    if not cas_list:
        return _nothing(request, selection, "assign")
    parted = assignable_together(cas_list, request.user.sponsor)
    form = BatchNameForm(request.POST if "confirmed" in request.POST else None)
    if parted.going and form.is_valid():
        with form.refusals("name"):
            batch = Batch.objects.add_with(parted.going, name=form.cleaned_data["name"], by=request.user)
            return redirect("assign_batch", batch.pk)
    mine = CAS.objects.for_user(request.user).filter(pk__any_of=[cas.pk for cas in parted.going])
    context = {"form": form, "alike": alike(mine, request.user), **_context(selection, parted)}
    return render(request, "cas/assign_selected.html", context, status=422 if form.errors else 200)


def _found(request: SignedInRequest, selection: Selection) -> list[CAS]:
    """Return the selected CAS that the user may see, in list order."""
    mine = CAS.objects.for_user(request.user).filter(pk__any_of=selection.ids)
    found = {cas.pk: cas for cas in mine.select_related("owner", "batch")}
    return [found[pk] for pk in dict.fromkeys(selection.ids) if pk in found]


def _context(selection: Selection, parted: Parted) -> dict[str, object]:
    going, left = parted.going, parted.left
    ids = [cas.pk for cas in going]
    return {"selection": selection, "going": going, "ids": ids, "left": left, "named": NAMED, "most": MOST_SELECTED}


def _nothing(request: SignedInRequest, selection: Selection, verb: str) -> HttpResponseRedirect:
    messages.error(request, f"Select the CAS to {verb}.")
    return HttpResponseRedirect(selection.back)


def _counted(count: int) -> str:
    return "1 CAS was" if count == 1 else f"{count:,} CAS were"
