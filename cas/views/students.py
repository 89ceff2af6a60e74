"""`Students`, the start page for CAS; the list of CAS; and the page of a CAS."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import prefetch_related_objects
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cas.details import fields
from cas.finding.listing import counts_for, counts_of, listing, wanted_status
from cas.finding.standing import STANDING
from cas.finding.unfinished import MOST_ORDERS, batches_of, cas_of, orders_of
from cas.forms.drafts import is_edited, unsaved
from cas.hooks import Line, needs_attention
from cas.lifecycle import OrderStatus
from cas.models import CAS, Printout, Rule
from cas.models.assigning import too_few_places
from cas.timeline import timeline
from cas.views.loading import load_cas, standing_of
from licences.access import requires
from licences.lifecycle import ENDED
from licences.models import Allocation, Licence, User
from licences.permissions import Action, require
from licences.requests import SignedInRequest
from sms.core import clock
from sms.core.counting import Tally, tallies
from sms.core.limits import IN_REACH
from sms.core.refused import Refused

A_DAY = timedelta(days=1)


@require_safe
@requires(Action.CAS_SEE)
def students(request: SignedInRequest) -> HttpResponse:
    prefetch_related_objects([request.user.sponsor], "routes")  # several parts of the page ask for them
    allowed = _allowed(request.user.sponsor)
    allocations = Allocation.objects.of_today(request.user)
    context = {
        "licence": request.user.sponsor,
        "allocations": allocations,
        "why_not_assign": _why_nothing_can_be_assigned(request.user, allocations),
        "counts": counts_for(request.user),
        "attention": _attention(request.user),
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


def _attention(user: User) -> list[tuple[Line, str]]:
    """Return the lines of *Needs attention*, each with the name of the first student, and the number of the others."""
    lines = [line for lines in needs_attention(user) for line in lines]
    firsts = {line.cas.first for line in lines if line.cas}
    rows = CAS.objects.filter(pk__in=firsts).only("family_name", "given_names") if firsts else []
    names = {cas.pk: cas.student_name for cas in rows}
    return [(line, _and_others(names.get(line.cas.first, ""), line.cas) if line.cas else "") for line in lines]


def _and_others(name: str, cas: Tally) -> str:
    if cas.is_more:
        return f"{name} and others"
    return f"{name} and {cas.number - 1:,} more" if cas.number > 1 else name


def _orders(user: User) -> dict[str, object]:
    """Return the newest orders that wait for a payment, those that wait for a refund, and whether there are more."""
    orders = orders_of(user)
    return {
        "open_orders": [order for order in orders[:MOST_ORDERS] if order.status == OrderStatus.OPEN],
        "refunds": [order for order in orders[:MOST_ORDERS] if order.status == OrderStatus.REFUND_DUE],
        "has_more_orders": len(orders) > MOST_ORDERS,
    }


def _why_nothing_can_be_assigned(user: User, allocations: list[Allocation]) -> Refused | None:
    """Return why the user can assign no CAS at present, on any route; None if some CAS could be assigned."""
    licence, by_route = user.sponsor, {each.route: each for each in allocations}
    routes = licence.open_routes()
    if routes and (refused := licence.why_not_assign_at_all()):
        return refused
    found = [too_few_places(by_route.get(route), 1, user) for route in routes]
    return found[0] if found and None not in found else None


def _unfinished_work(user: User, *, can_save: bool) -> dict[str, object]:
    """Return the user's unfinished work: batches, CAS without a batch or a draft, and drafts if they can be saved."""
    drafts = unsaved(user) if can_save else []
    edited = {draft.cas_id for draft in drafts if draft.cas_id}
    return {"drafts": drafts, "batches": batches_of(user), "unfinished": cas_of(user, without=edited)}


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
    expiring = [allocation for allocation in Allocation.objects.of_today(request.user) if allocation.is_about_to_expire]
    return render(request, "cas/expiring_allocations.html", {"allocations": expiring})


@require_safe
@requires(Action.CAS_SEE)
def cas_page(request: SignedInRequest, pk: int) -> HttpResponse:
    cas = load_cas(request, pk)
    context = {
        "cas": cas,
        **standing_of(request, cas),
        "is_unsaved": is_edited(request.user, cas),
        "sections": fields.displayed(cas),
        "timeline": timeline(cas, request.GET),
    }
    return render(request, "cas/cas.html", context)
