"""`Students`, the start page for CAS; the list of CAS; and the page of a CAS."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cas.details import fields
from cas.finding.listing import counts_of, listing, wanted_status
from cas.forms.drafts import edited, unsaved
from cas.hooks import needs_attention
from cas.lifecycle import OrderStatus
from cas.models import CAS, Batch, Order, Printout, Rule
from cas.timeline import timeline
from cas.views.batches import listed
from cas.views.loading import load_cas, warned
from licences.access import requires
from licences.lifecycle import ENDED
from licences.models import Allocation, Licence, User
from licences.permissions import Action
from licences.requests import SignedInRequest
from sms.core import clock

A_DAY = timedelta(days=1)


@require_safe
@requires(Action.CAS_SEE)
def students(request: SignedInRequest) -> HttpResponse:
    allowed = _allowed(request.user.sponsor)
    context = {
        "licence": request.user.sponsor,
        "allocations": Allocation.objects.for_user(request.user).in_force(),
        "counts": counts_of(CAS.objects.for_user(request.user)),
        "attention": [line for lines in needs_attention(request.user) for line in lines],
        "printouts": Printout.objects.for_user(request.user).asked_since(clock.now() - A_DAY),
    }
    work = _unfinished_work(request.user, can_save=allowed["can_create"])
    return render(request, "cas/students.html", context | allowed | _orders(request.user) | work)


def _allowed(licence: Licence) -> dict[str, bool]:
    """Return whether the licence allows to create CAS, and to assign them. The page offers only what is allowed."""
    has_routes = bool(licence.open_routes())
    return {
        "can_create": has_routes and licence.status not in ENDED,
        "can_assign": has_routes and not licence.why_not_assign_at_all(),
    }


def _orders(user: User) -> dict[str, object]:
    """Return the orders that wait for a payment, and those that wait for a refund."""
    orders = list(Order.objects.for_user(user).filter(status__in=[OrderStatus.OPEN, OrderStatus.REFUND_DUE]))
    return {
        "open_orders": [order for order in orders if order.status == OrderStatus.OPEN],
        "refunds": [order for order in orders if order.status == OrderStatus.REFUND_DUE],
    }


def _unfinished_work(user: User, *, can_save: bool) -> dict[str, object]:
    """Return the user's unfinished work: batches, CAS without a batch or a draft, and drafts if they can be saved."""
    drafts = unsaved(user) if can_save else []
    edited = [draft.cas_id for draft in drafts if draft.cas_id]
    unfinished = CAS.objects.for_user(user).unassigned().filter(owner=user, batch=None).exclude(pk__in=edited)
    batches = Batch.objects.unassigned().filter(owner=user).values_list("pk", flat=True)
    return {
        "drafts": drafts,
        "batches": listed(batches[:5]),
        "unfinished": unfinished.only("status", "family_name", "given_names", "course_title")[:5],
    }


@require_safe
@requires(Action.CAS_SEE)
def cas_list(request: SignedInRequest) -> HttpResponse:
    """List the CAS that the user may see, or those of one status, newest first."""
    rows = CAS.objects.for_user(request.user)
    return render(request, "cas/list.html", listing(request, rows, counts_of(rows, wanted_status(request))))


@require_safe
@requires(Action.CAS_SEE)
def cas_page(request: SignedInRequest, pk: int) -> HttpResponse:
    cas = load_cas(request, pk)
    why_not_save = cas.why_not("save")
    context = {
        "cas": cas,
        "why_not_save": why_not_save,
        "why_not_delete": cas.why_not("delete"),
        "order": Order.objects.open_for(cas),
        "warned": [] if cas.number else warned(cas, Rule.objects.on(), can_edit=not why_not_save),
        "is_unsaved": not cas.number and cas.pk in edited(request.user),
        "sections": fields.displayed(cas),
        "timeline": timeline(cas),
    }
    return render(request, "cas/cas.html", context)
