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
from cas.forms.batches import BatchNameForm, GroupForm
from cas.models import CAS, Batch
from cas.models.assigning import too_few_places
from cas.models.several import Parted, assignable, deletable, groups, of_group
from licences.access import requires
from licences.models import Allocation
from licences.permissions import Action
from licences.requests import SignedInRequest
from sms.core.govuk.answers import render_form
from sms.core.govuk.banners import nothing_selected
from sms.core.limits import MOST_SELECTED

NAMED = 10  # the number of names shown: of the CAS affected, and of the CAS left out for each reason


@require_POST
@requires(Action.CAS_DELETE)
def delete_selected(request: SignedInRequest) -> HttpResponse:
    """Delete the selected CAS that are neither assigned nor being paid for."""
    selection = selection_of(request)
    cas_list = found_in(request, selection)
    if not cas_list:
        return nothing_selected(request, selection.back, "delete")
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
    cas_list = found_in(request, selection)
    if not cas_list:
        return nothing_selected(request, selection.back, "assign")
    parted, choose = one_group(request, assignable(cas_list, request.user.sponsor), selection, "assign")
    if parted is None:
        return choose
    form = BatchNameForm(request.POST if "confirmed" in request.POST else None)
    if parted.going and form.is_valid():
        with form.refusals("name"):
            batch = Batch.objects.add_with(parted.going, name=form.cleaned_data["name"], by=request.user)
            return redirect("assign_batch", batch.pk)
    context = {"form": form, **_context(selection, parted), **_before_assigning(request, parted.going)}
    return render_form(request, "cas/assign_selected.html", context)


def found_in(request: SignedInRequest, selection: Selection) -> list[CAS]:
    """Return the selected CAS that the user may see, in list order."""
    mine = CAS.objects.for_user(request.user).filter(pk__any_of=selection.ids)
    found = {cas.pk: cas for cas in mine.select_related("owner", "batch")}
    return [found[pk] for pk in dict.fromkeys(selection.ids) if pk in found]


def one_group(
    request: SignedInRequest, each: Parted, selection: Selection | None, what: str, *, with_owners: bool = True
) -> tuple[Parted | None, HttpResponse]:
    """Return the CAS of the group that the user chose; or None, and the page that asks for it if there are several."""
    found = groups(each.going, with_owners=with_owners)
    chosen = [group for group in found if group.key == request.POST.get("group")]
    if selection is None or len(found) < 2 or chosen or "confirmed" in request.POST or "to" in request.POST:
        return (of_group(each, (chosen or found)[0]) if found else each), HttpResponse()
    form = GroupForm(request.POST if "choosing" in request.POST else None, groups=found)
    form.is_valid()
    context = {"form": form, "groups": found, "what": what, "with_owners": with_owners, **_context(selection, each)}
    return None, render_form(request, "cas/choose_group.html", context)


def _before_assigning(request: SignedInRequest, going: list[CAS]) -> dict[str, object]:
    """Return which of these CAS look like the same individual's as others, and if there are too few places for all."""
    mine = CAS.objects.for_user(request.user).filter(pk__any_of=[cas.pk for cas in going])
    too_few = None
    if going:
        allocation = Allocation.objects.current(going[0].licence_id, going[0].route)
        too_few = too_few_places(allocation, len(going), request.user)
    return {"alike": alike(mine, request.user), "too_few": too_few}


def _context(selection: Selection, parted: Parted) -> dict[str, object]:
    going, left = parted.going, parted.left
    ids = [cas.pk for cas in going]
    return {"selection": selection, "going": going, "ids": ids, "left": left, "named": NAMED, "most": MOST_SELECTED}


def _counted(count: int) -> str:
    return "1 CAS was" if count == 1 else f"{count:,} CAS were"
