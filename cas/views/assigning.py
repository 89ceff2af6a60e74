"""Assigning one CAS: `Assign CAS`, `Online payment`, `Confirmation of assigned CAS` (guide 1, steps 6 to 8)."""

from __future__ import annotations

import logging

from django.contrib import messages
from django.db.models import prefetch_related_objects
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cas.details import fields
from cas.finding.duplicates import duplicates
from cas.finding.way_back import WayBack
from cas.forms.drafts import is_edited
from cas.models import CAS, Order, Rule
from cas.payments import checkout
from cas.payments.provider import ProviderUnavailable
from cas.printing.document import file_name, printed
from cas.views.loading import load_cas, reasons, warned
from licences.access import requires
from licences.models import Allocation
from licences.permissions import Action
from licences.requests import SignedInRequest
from sms.core.govuk.banners import refused_to
from sms.core.ids import id_in
from sms.core.refused import Refused

logger = logging.getLogger(__name__)


@require_safe
@requires(Action.CAS_ASSIGN)
def assign_cas(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show the details, the current allocation, and why the CAS cannot be assigned yet (guide 1, step 6)."""
    cas = load_cas(request, pk, "batch")
    if order := Order.objects.open_for(cas):
        return redirect("order", order.reference)
    return render(request, "cas/assign.html", _assignment_of(request, cas))


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Action.CAS_ASSIGN)
def online_payment(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show the fee and the total. `OK` opens the order and goes to the provider (guide 1, step 7)."""
    cas = load_cas(request, pk, "batch")
    if order := Order.objects.open_for(cas):
        return redirect("order", order.reference)
    context = _assignment_of(request, cas)
    if context["reasons"]:
        return redirect("assign_cas", pk)
    if request.method == "POST":
        return _open_order(request, cas)
    # The version of the CAS that `Assign CAS` showed. The order is refused if the CAS has changed since.
    version = request.GET.get("version", cas.version)
    return render(request, "cas/online_payment.html", {**context, "version": version})


@require_safe
@requires(Action.CAS_SEE)
def assigned_cas(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show `Confirmation of assigned CAS` (guide 1, step 8)."""
    cas = load_cas(request, pk)
    if not cas.number:
        return redirect("cas", pk)
    context = {"cas": cas, "order": Order.objects.latest_for(cas), "sections": fields.displayed(cas)}
    return render(request, "cas/assigned.html", context)


@require_POST
@requires(Action.CAS_PRINT)
def print_cas(request: SignedInRequest, pk: int) -> HttpResponse:
    """Send the CAS as a PDF. This is a POST, because it adds a line to the history."""
    cas = load_cas(request, pk)
    response = HttpResponse(printed(cas, by=request.user), content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{file_name(cas)}"'
    return response


def _assignment_of(request: SignedInRequest, cas: CAS) -> dict[str, object]:
    """Return what the pages of the assignment show of a CAS that has no open order."""
    prefetch_related_objects([cas.licence], "routes")  # to save it and to assign it
    allocation = Allocation.objects.current(cas.licence_id, cas.route)
    rules, can_edit = Rule.objects.on(), not cas.why_not("save", is_being_paid_for=False)
    return {
        "cas": cas,
        "way_back": WayBack.of(request),
        "allocation": allocation,
        "fee_pence": rules.fee_pence,
        "reasons": reasons(request, cas, rules, can_edit=can_edit, allocation=allocation),
        "warned": warned(cas, rules, can_edit=can_edit),
        "is_unsaved": is_edited(request.user, cas),
        "duplicates": duplicates(cas, request.user),
        "sections": fields.displayed(cas),
    }


def _open_order(request: SignedInRequest, cas: CAS) -> HttpResponse:
    """Open the order for the version of the CAS that was shown, and go to the provider's page."""
    try:
        order = checkout.open_for_cas(cas, id_in(request.POST.get("version", "")), by=request.user)
    except Refused as refused:
        return refused_to(request, refused, "assign_cas", cas.pk)
    return to_provider(request, order)


def to_provider(request: SignedInRequest, order: Order) -> HttpResponse:
    """Redirect to the provider's page for this order, or to the order's own page if the provider cannot be reached."""
    return_url = request.build_absolute_uri(reverse("payment_return", args=[order.reference]))
    try:
        return redirect(checkout.start(order, return_url))
    except ProviderUnavailable:
        logger.warning("The payment provider cannot be reached for order %s", order.pk)
        messages.error(request, "We cannot reach the payment service. You have not paid. Try again in a few minutes.")
    except Refused as refused:
        return refused_to(request, refused, "order", order.reference)
    return redirect("order", order.reference)
