"""Pages where Level 1 users edit pre-stored study addresses, which all users can choose (section 10)."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from cas.forms.study_addresses import StudyAddressForm
from cas.models import StudyAddress
from licences.access import requires
from licences.drafts import FormDraft, keeps_drafts
from licences.permissions import Action
from licences.requests import SignedInRequest
from sms.core.govuk.answers import render_form
from sms.core.govuk.banners import saved
from sms.core.govuk.pages import pagination

A_PAGE = 50
FORM = ["GET", "HEAD", "POST"]


@require_safe
@requires(Action.ADDRESSES_KEEP)
def study_addresses(request: SignedInRequest) -> HttpResponse:
    page = Paginator(StudyAddress.objects.for_user(request.user), A_PAGE).get_page(request.GET.get("page"))
    return render(request, "cas/study_addresses.html", {"page": page, "pagination": pagination(page, request.GET)})


@require_http_methods(FORM)
@requires(Action.ADDRESSES_KEEP)
@keeps_drafts(StudyAddressForm.parameters, is_new=True)
def add_study_address(request: SignedInRequest, draft: FormDraft) -> HttpResponse:
    form = draft.shown(StudyAddressForm(draft.typed))
    if form.is_valid():
        with form.refusals():
            mine = StudyAddress.objects.for_user(request.user)
            draft.save_once(mine, lambda: StudyAddress.objects.add(form.cleaned_data, by=request.user))
            messages.success(request, "The address is saved. You can now choose it on the CAS form.")
            return redirect("study_addresses")
    return _form_page(request, form, draft)


@require_http_methods(FORM)
@requires(Action.ADDRESSES_KEEP)
@keeps_drafts(StudyAddressForm.parameters)
def edit_study_address(request: SignedInRequest, draft: FormDraft, pk: int) -> HttpResponse:
    address = _load(request, pk)
    form = draft.shown(StudyAddressForm(draft.typed, initial={"name": address.name, **address.lines}))
    if form.is_valid():
        with form.refusals():
            changed = address.amend(form.cleaned_data, by=request.user)
            draft.finish()
            saved(request, changed, "The address is saved. Existing CAS have not changed.")
            return redirect("study_addresses")
    return _form_page(request, form, draft, address)


@require_http_methods(FORM)
@requires(Action.ADDRESSES_KEEP)
def delete_study_address(request: SignedInRequest, pk: int) -> HttpResponse:
    address = _load(request, pk)
    if request.method == "POST":
        address.remove(by=request.user)
        messages.success(request, f"The address {address.name} was deleted.")
        return redirect("study_addresses")
    return render(request, "cas/study_address_delete.html", {"address": address})


def _form_page(
    request: SignedInRequest, form: StudyAddressForm, draft: FormDraft, address: StudyAddress | None = None
) -> HttpResponse:
    context = {"form": form, "draft": draft, "address": address}
    return render_form(request, "cas/study_address.html", context)


def _load(request: SignedInRequest, pk: int) -> StudyAddress:
    address: StudyAddress = get_object_or_404(StudyAddress.objects.for_user(request.user), pk=pk)
    return address
