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
from licences.permissions import Action
from licences.requests import SignedInRequest
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
def add_study_address(request: SignedInRequest) -> HttpResponse:
    form = StudyAddressForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with form.refusals():
            StudyAddress.objects.add(form.cleaned_data, by=request.user)
            messages.success(request, "The address is saved. You can now choose it on the CAS form.")
            return redirect("study_addresses")
    return render(request, "cas/study_address.html", {"form": form, "address": None})


@require_http_methods(FORM)
@requires(Action.ADDRESSES_KEEP)
def edit_study_address(request: SignedInRequest, pk: int) -> HttpResponse:
    address = _load(request, pk)
    initial = {"name": address.name, **address.lines}
    form = StudyAddressForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        with form.refusals():
            address.amend(form.cleaned_data, by=request.user)
            messages.success(request, "The address is saved. Existing CAS have not changed.")
            return redirect("study_addresses")
    return render(request, "cas/study_address.html", {"form": form, "address": address})


@require_http_methods(FORM)
@requires(Action.ADDRESSES_KEEP)
def delete_study_address(request: SignedInRequest, pk: int) -> HttpResponse:
    address = _load(request, pk)
    if request.method == "POST":
        address.remove(by=request.user)
        messages.success(request, f"The address {address.name} was deleted.")
        return redirect("study_addresses")
    return render(request, "cas/study_address_delete.html", {"address": address})


def _load(request: SignedInRequest, pk: int) -> StudyAddress:
    address: StudyAddress = get_object_or_404(StudyAddress.objects.for_user(request.user), pk=pk)
    return address
