"""Withdraw several CAS for one reason (specification, section 7)."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from cas.duties import WITHDRAW
from cas.finding.selection import selection_of
from cas.models import CAS
from cas.models.several import Parted, parted
from licences import confirming
from licences.access import requires
from licences.drafts import FormDraft, keeps_drafts
from licences.models import StoredSearch
from licences.permissions import Action
from licences.requests import SignedInRequest
from licences.stored_searches import load_search
from sms.core.govuk import formats
from sms.core.govuk.answers import render_form
from sms.core.govuk.banners import nothing_selected
from sms.core.ids import ids_in
from sms.core.limits import MOST_SELECTED
from sponsorship_duties import refusals
from sponsorship_duties.chosen import seal
from sponsorship_duties.forms import WithdrawForm
from sponsorship_duties.views.several import NAMED, SELECTIONS

FORM = ["GET", "HEAD", "POST"]
TO_WITHDRAW = "to-withdraw"  # the screen of a stored search that keeps which CAS were selected
NAMED_APPLIED = 500  # CAS with a recorded application that are named


@require_POST
@requires(Action.CAS_WITHDRAW)
def withdraw_found(request: SignedInRequest) -> HttpResponse:
    """Keep the CAS selected in a list, and redirect to withdraw them. The address does not say which."""
    selection = selection_of(request)
    if not selection.ids:
        return nothing_selected(request, selection.back, "withdraw")
    cut = ["yes"] if selection.is_cut else []
    asked = {"cas": [str(pk) for pk in selection.ids], "back": [selection.back], "cut": cut}
    return redirect("withdraw_several", StoredSearch.objects.keep(TO_WITHDRAW, asked, by=request.user).key)


@require_http_methods(FORM)
@requires(Action.CAS_WITHDRAW)
@keeps_drafts(WithdrawForm.parameters)
def withdraw_several(request: SignedInRequest, draft: FormDraft, key: str) -> HttpResponse:
    """Name the CAS, those with a recorded application first, and withdraw all that were shown for one reason."""
    kept = load_search(request, key, TO_WITHDRAW, what=SELECTIONS)
    chosen = _withdrawable(request, kept)
    form = draft.shown(WithdrawForm(draft.typed))
    if chosen.going and form.is_valid():
        confirming.require_recent(request)
        with form.refusals():
            number = _withdraw(request, form, chosen)
            draft.finish()
            messages.success(request, f"{formats.number(number)} CAS {'is' if number == 1 else 'are'} WITHDRAWN.")
            return HttpResponseRedirect(kept.asked["back"][0])
    return _page(request, form, draft, kept, chosen)


def _withdraw(request: SignedInRequest, form: WithdrawForm, chosen: Parted) -> int:
    """Withdraw exactly the CAS that the page showed. Return how many. Raises `Refused` if they have changed since."""
    if request.POST.get("shown") != seal(chosen.going):
        raise refusals.SELECTION_CHANGED()
    reasons = dict.fromkeys((cas.pk for cas in chosen.going), form.cleaned_data["reason"])
    number: int = CAS.objects.withdraw(reasons, by=request.user)
    return number


def _withdrawable(request: SignedInRequest, kept: StoredSearch) -> Parted:
    """Divide the selected CAS that the user may see into those that can be withdrawn and those that cannot."""
    rows = CAS.objects.for_user(request.user).filter(pk__any_of=ids_in(kept.asked["cas"]))
    found = dict(WITHDRAW.why_not_each(rows.select_related("licence").order_by("family_key", "given_key", "pk")))
    return parted(found, found.__getitem__)


def _page(
    request: SignedInRequest, form: WithdrawForm, draft: FormDraft, kept: StoredSearch, chosen: Parted
) -> HttpResponse:
    applied = [cas for cas in chosen.going if cas.has_open_application]
    context = {
        "form": form,
        "draft": draft,
        "asked": kept.asked,
        "going": chosen.going,
        "applied": applied,
        "others": [cas for cas in chosen.going if not cas.has_open_application],
        "left": chosen.left,
        "seal": seal(chosen.going),
        "named": NAMED,
        "named_applied": NAMED_APPLIED,
        "most": MOST_SELECTED,
    }
    return render_form(request, "duties/withdraw_several.html", context)
