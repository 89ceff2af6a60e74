"""Transfer of ownership by Level 1 users: one CAS, several, a batch, or all that a user owns (section 10)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.http import require_http_methods, require_POST

from cas.finding.selection import Selection, selection_of
from cas.forms.transfers import EverythingForm, TransferForm
from cas.lifecycle import UNASSIGNED
from cas.models import CAS, Batch
from cas.models.batch import transfer_everything
from cas.models.queryset import CASQuerySet
from cas.views.loading import load_cas
from cas.views.selected import NAMED
from licences import confirming
from licences.access import requires
from licences.models import User
from licences.permissions import Action
from licences.requests import SignedInRequest
from sms.core.govuk.answers import render_form
from sms.core.govuk.banners import nothing_selected
from sms.core.limits import MOST_SELECTED

FORM = ["GET", "HEAD", "POST"]
PAYING = "They are being paid for. Finish or cancel the payment first."


@require_http_methods(FORM)
@requires(Action.CAS_TRANSFER)
def transfer_cas(request: SignedInRequest, pk: int) -> HttpResponse:
    """Transfer one CAS, from its page."""
    cas = load_cas(request, pk)
    rows = CAS.objects.filter(pk=cas.pk)
    return _page(request, rows, lambda to: rows.change_owner(to, by=request.user), reverse("cas", args=[pk]))


@require_http_methods(FORM)
@requires(Action.CAS_TRANSFER)
def transfer_batch(request: SignedInRequest, pk: int) -> HttpResponse:
    """Transfer a batch with all of its CAS."""
    batch = get_object_or_404(Batch.objects.for_user(request.user), pk=pk)
    rows = CAS.objects.filter(batch=batch)
    back = reverse("batch", args=[pk])

    def transfer(to: User) -> int:
        batch.transfer(to, by=request.user)
        return rows.count()

    return _page(request, rows, transfer, back, batch=batch)


@require_POST
@requires(Action.CAS_TRANSFER)
def transfer_selected(request: SignedInRequest) -> HttpResponse:
    """Transfer the CAS selected in a list. The first POST asks for the new owner, and the second transfers them."""
    selection = selection_of(request)
    rows = CAS.objects.for_user(request.user).filter(pk__any_of=selection.ids)
    if not rows.exists():
        return nothing_selected(request, selection.back, "transfer")
    paying = rows.filter(order_lines__is_open=True)
    going = rows.exclude(pk__in=paying.values("pk"))
    return _page(
        request,
        going,
        lambda to: going.change_owner(to, by=request.user),
        selection.back,
        selection=selection,
        left=paying,
    )


@require_http_methods(FORM)
@requires(Action.CAS_TRANSFER)
def transfer_user(request: SignedInRequest) -> HttpResponse:
    """Transfer all CAS and batches of a user, who may have left."""
    users = User.objects.for_user(request.user)  # type: ignore[attr-defined]
    owned = CAS.objects.for_user(request.user).order_by().values_list("owner")
    counts: dict[int, int] = dict(owned.annotate(Count("pk")))
    form = EverythingForm(request.POST if request.method == "POST" else None, users=users, counts=counts)
    if form.is_valid():
        of, to = (users.get(pk=form.cleaned_data[name]) for name in ("of", "to"))
        if "confirmed" not in request.POST:
            batches = Batch.objects.for_user(request.user).filter(owner=of).count()
            going = {"of": of, "to": to, "count": counts.get(of.pk, 0), "batches": batches}
            return render(request, "cas/transfer_user_confirm.html", going)
        with form.refusals():
            count = _transfer_everything(request, of, to)
            messages.success(request, format_html("{} transferred from {} to {}.", _counted(count), of, to))
            return redirect("students")
    return render_form(request, "cas/transfer_user.html", {"form": form})


def _transfer_everything(request: SignedInRequest, of: User, to: User) -> int:
    confirming.require_recent(request)
    return transfer_everything(of, to, by=request.user)


def _page(
    request: SignedInRequest,
    rows: CASQuerySet,
    transfer: Callable[[User], int],
    back: str,
    *,
    batch: Batch | None = None,
    selection: Selection | None = None,
    left: CASQuerySet | None = None,
) -> HttpResponse:
    users = User.objects.for_user(request.user).filter(is_active=True)  # type: ignore[attr-defined]
    is_asked = request.method == "POST" and ("to" in request.POST or not selection)
    form = TransferForm(request.POST if is_asked else None, users=users)
    if form.is_valid():
        to = users.get(pk=form.cleaned_data["to"])
        with form.refusals():
            count = transfer(to)
            messages.success(request, format_html("{} transferred to {}.", _counted(count), to))
            return HttpResponseRedirect(back)
    context: dict[str, Any] = {
        "form": form,
        "batch": batch,
        "back": back,
        "count": rows.count(),
        "first": rows.select_related("owner").order_by("family_key", "pk")[:NAMED],
        "leaving": 0 if batch else rows.filter(status__in=UNASSIGNED, batch__isnull=False).count(),
        "left": {PAYING: list(left.order_by("family_key", "pk"))} if left else {},
        "named": NAMED,
        "selection": selection,
        "ids": list(rows.values_list("pk", flat=True)) if selection else [],
        "most": MOST_SELECTED,
    }
    return render_form(request, "cas/transfer.html", context)


def _counted(count: int) -> str:
    return "1 CAS was" if count == 1 else f"{count:,} CAS were"
