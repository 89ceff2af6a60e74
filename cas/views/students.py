"""`Students`, the start page for CAS; the list of CAS; and the page of a CAS."""

from __future__ import annotations

from datetime import timedelta

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cas.columns import IDENTITY
from cas.details import fields
from cas.finding.listing import counts_of, listing, wanted_status
from cas.finding.standing import STANDING
from cas.forms.drafts import edited, unsaved
from cas.hooks import needs_attention
from cas.lifecycle import OrderStatus
from cas.models import CAS, Batch, Order, Printout, Rule
from cas.models.assigning import too_few_places
from cas.timeline import timeline
from cas.views.batches import listed
from cas.views.loading import load_cas, standing_of
from licences.access import requires
from licences.lifecycle import ENDED
from licences.models import Allocation, Licence, User
from licences.permissions import Action, require
from licences.requests import SignedInRequest
from sms.core import clock
from sms.core.counting import tallies
from sms.core.limits import IN_REACH
from sms.core.refused import Refused

A_DAY = timedelta(days=1)


@require_safe
@requires(Action.CAS_SEE)
def students(request: SignedInRequest) -> HttpResponse:
    allowed = _allowed(request.user.sponsor)
    allocations = list(Allocation.objects.for_user(request.user).in_force().with_next())
    context = {
        "licence": request.user.sponsor,
        "allocations": allocations,
        "why_not_assign": _why_nothing_can_be_assigned(request.user, allocations),
        "counts": counts_of(CAS.objects.for_user(request.user)),
        "attention": [line for lines in needs_attention(request.user) for line in lines],
        "printouts": Printout.objects.for_user(request.user).asked_since(clock.now() - A_DAY),
    }
    context |= _to_ask(request.user, allocations) | _orders(request.user)
    work = _unfinished_work(request.user, can_save=allowed["can_create"])
    return render(request, "cas/students.html", context | allowed | work)


def _to_ask(user: User, allocations: list[Allocation]) -> dict[str, object]:
    """Return what the user can ask of the Home Office: an increase, and the renewal of which allocations."""
    if user.sponsor.status in ENDED:
        return {"can_increase": False, "to_renew": []}
    can_renew = user.may(Action.RENEWAL_REQUEST)
    expiring = [each for each in allocations if each.is_about_to_expire and not each.next_on]
    return {"can_increase": user.may(Action.ALLOCATION_REQUEST), "to_renew": expiring if can_renew else []}


def _allowed(licence: Licence) -> dict[str, bool]:
    """Return whether the licence allows creating CAS and assigning them. The page offers only what is allowed."""
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


def _why_nothing_can_be_assigned(user: User, allocations: list[Allocation]) -> Refused | None:
    """Return why the user can assign no CAS at present, on any route; None if some CAS could be assigned."""
    licence, by_route = user.sponsor, {each.route: each for each in allocations}
    routes = licence.open_routes()
    if routes and (refused := licence.why_not_assign(routes[0])):
        return refused
    found = [too_few_places(by_route.get(route), 1, user) for route in routes]
    return found[0] if found and None not in found else None


def _unfinished_work(user: User, *, can_save: bool) -> dict[str, object]:
    """Return the user's unfinished work: batches, CAS without a batch or a draft, and drafts if they can be saved."""
    drafts = unsaved(user) if can_save else []
    edited = [draft.cas_id for draft in drafts if draft.cas_id]
    unfinished = CAS.objects.for_user(user).unassigned().filter(owner=user, batch=None).exclude(pk__in=edited)
    batches = Batch.objects.unassigned().filter(owner=user).values_list("pk", flat=True)
    return {
        "drafts": drafts,
        "batches": listed(batches[:5]),
        "unfinished": unfinished.only("status", "family_name", "given_names", *IDENTITY, "course_title")[:5],
    }


@require_safe
@requires(Action.CAS_SEE)
def cas_list(request: SignedInRequest) -> HttpResponse:
    """List the CAS that the user may see, or those of one status, newest first."""
    rows = CAS.objects.for_user(request.user)
    context = listing(request, rows, counts_of(rows, wanted_status(request)), named="all:")
    return render(request, "cas/list.html", context)


@require_safe
@requires(Action.CAS_SEE)
def standing_list(request: SignedInRequest, name: str) -> HttpResponse:
    """List the CAS that share a fact, such as those affected by the visa brake, newest first."""
    standing = STANDING.get(name)
    if standing is None:
        raise Http404
    require(request.user, standing.action)
    rules = Rule.objects.on()
    rows = standing.on(rules, request.user)
    context = listing(request, rows, tallies({"": (rows, IN_REACH)}), named=name, is_search=True)
    return render(request, "cas/standing.html", {**context, "standing": standing, "detail": standing.detail(rules)})


@require_safe
@requires(Action.RENEWAL_REQUEST)
def expiring_allocations(request: SignedInRequest) -> HttpResponse:
    """List the allocations that expire soon, and say whether the next year's is granted."""
    allocations = Allocation.objects.for_user(request.user).in_force().with_next()
    expiring = [allocation for allocation in allocations if allocation.is_about_to_expire]
    return render(request, "cas/expiring_allocations.html", {"allocations": expiring})


@require_safe
@requires(Action.CAS_SEE)
def cas_page(request: SignedInRequest, pk: int) -> HttpResponse:
    cas = load_cas(request, pk)
    context = {
        "cas": cas,
        **standing_of(request, cas),
        "is_unsaved": not cas.number and cas.pk in edited(request.user),
        "sections": fields.displayed(cas),
        "timeline": timeline(cas, request.GET),
    }
    return render(request, "cas/cas.html", context)
