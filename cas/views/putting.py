"""`Put into a batch`: put one CAS, or those selected in a list, into an unassigned batch (section 10)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from cas.finding.selection import Selection, selection_of
from cas.forms.batches import PutForm
from cas.models import CAS
from cas.models.several import puttable
from cas.views.batches import MOST_TARGETS, targets
from cas.views.loading import load_cas
from cas.views.selected import NAMED, found_in, one_group
from licences.access import requires
from licences.permissions import Action
from licences.requests import SignedInRequest
from sms.core.govuk.answers import render_form
from sms.core.govuk.banners import link, nothing_selected
from sms.core.limits import MOST_SELECTED


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Action.CAS_EDIT)
def put_cas(request: SignedInRequest, pk: int) -> HttpResponse:
    """Put one CAS into a batch. The page asks which batch."""
    return _page(request, [load_cas(request, pk)], reverse("cas", args=[pk]))


@require_POST
@requires(Action.CAS_EDIT)
def put_selected(request: SignedInRequest) -> HttpResponse:
    """Put the selected CAS into a batch. The first POST asks which batch, and the second puts them into it."""
    selection = selection_of(request)
    cas_list = found_in(request, selection)
    if not cas_list:
        return nothing_selected(request, selection.back, "put into a batch")
    return _page(request, cas_list, selection.back, selection)


def _page(request: SignedInRequest, cas_list: list[CAS], back: str, selection: Selection | None = None) -> HttpResponse:
    """Ask which group of CAS, if there are several, and which batch; then put them into it."""
    each = puttable(cas_list)
    together, choose = one_group(request, each, selection, "put into a batch", with_owners=False)
    if together is None:
        return choose
    going = together.going
    batches = targets(request, going[0].route) if going else []
    is_asked = request.method == "POST" and ("to" in request.POST or not selection)
    form = PutForm(request.POST if is_asked and going else None, batches=batches)
    if going and form.is_valid():
        with form.refusals("to"):
            number = form.chosen.put([cas.pk for cas in going], by=request.user, only_from_outside=True)
            see = link("See the batch", reverse("batch", args=[form.chosen.pk]))
            messages.success(request, f"{number:,} CAS put into “{form.chosen.name}”.", extra_tags=see)
            return HttpResponseRedirect(back)
    context: dict[str, Any] = {"form": form, "selection": selection, "back": back, "going": going}
    context |= {"ids": [cas.pk for cas in going], "left": together.left, "named": NAMED, "most": MOST_SELECTED}
    context |= {"targets": batches, "most_targets": MOST_TARGETS}
    return render_form(request, "cas/put_into_batch.html", context)
