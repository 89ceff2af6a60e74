"""`Students`, the home of everything about CAS; the list of CAS; and the page of one."""

from __future__ import annotations

from datetime import timedelta

from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cas import fields
from cas.drafts import unsaved
from cas.lifecycle import CASStatus, OrderStatus
from cas.models import CAS, Order
from cas.timeline import timeline
from cas.views.loading import load_cas, requires
from licences.models import Allocation
from licences.requests import SignedInRequest
from sms.core import clock
from sms.core.govuk.pages import pagination

A_PAGE = 25
SOON = timedelta(days=14)


@require_safe
@requires("cas.see")
def students(request: SignedInRequest) -> HttpResponse:
    mine = CAS.objects.for_user(request.user)
    orders = Order.objects.for_user(request.user)
    drafts = unsaved(request.user)
    edited = [draft.cas_id for draft in drafts if draft.cas_id]
    unfinished = mine.unassigned().filter(owner=request.user).exclude(pk__in=edited)
    return render(
        request,
        "cas/students.html",
        {
            "licence": request.user.sponsor,
            "allocations": Allocation.objects.for_user(request.user).in_force(),
            "counts": counts(request),
            "drafts": drafts,
            "unfinished": unfinished.select_related("owner")[:5],
            "expiring": mine.expiring_by(clock.today() + SOON).count(),
            "open_orders": orders.filter(status=OrderStatus.OPEN),
            "refunds": orders.filter(status=OrderStatus.REFUND_DUE),
        },
    )


@require_safe
@requires("cas.see")
def cas_list(request: SignedInRequest) -> HttpResponse:
    """All CAS that the user may see, newest first; or those of one status."""
    wanted = request.GET.get("status", "")
    wanted = wanted if wanted in CASStatus.values else ""
    rows = CAS.objects.for_user(request.user).select_related("owner").order_by("-pk")
    if wanted:
        rows = rows.filter(status=wanted)
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "pagination": pagination(page, request.GET), "wanted": wanted}
    return render(request, "cas/list.html", {**context, "counts": counts(request)})


@require_safe
@requires("cas.see")
def cas_page(request: SignedInRequest, pk: int) -> HttpResponse:
    cas = load_cas(request, pk)
    return render(
        request,
        "cas/cas.html",
        {
            "cas": cas,
            "why_not_save": cas.why_not("save"),
            "why_not_delete": cas.why_not("delete"),
            "order": Order.objects.open_for(cas),
            "warnings": fields.warnings(cas),
            "sections": fields.displayed(cas),
            "timeline": timeline(cas),
        },
    )


def counts(request: SignedInRequest) -> dict[str, int]:
    """How many CAS of each status the user may see, in the order of the statuses."""
    rows = CAS.objects.for_user(request.user).order_by().values_list("status").annotate(Count("pk"))
    found = dict(rows)
    return {status: found.get(status, 0) for status in CASStatus.values}
