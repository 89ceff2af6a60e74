"""`Licence summary, applications and services`, and the action plan (specification, section 9). For Level 1 users."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from licences.access import requires
from licences.allocation_use import pictures
from licences.casework import details
from licences.casework.parts import Link, Table, number
from licences.detail_forms import AnswerForm
from licences.licence_requests.options import asked
from licences.licence_requests.table import GROUPS
from licences.models import ActionPlan, Allocation, Licence, LicenceRequest
from licences.permissions import Action
from licences.requests import SignedInRequest
from licences.timeline import Timeline, entries, events_of_licence, page_of
from sms.core import clock
from sms.core.govuk import formats
from sms.core.govuk.answers import render_form
from sms.core.govuk.banners import refused_to
from sms.core.refused import Refused

LATEST_REQUESTS = 5
MOST_YEARS = 20  # of allocations
MOST_ENTRIES = 5  # of the history


@require_safe
@requires(Action.LICENCE_SEE)
def licence_summary(request: SignedInRequest) -> HttpResponse:
    licence = request.user.sponsor
    allocations = list(licence.allocations.order_by("-starts_on", "-route")[:MOST_YEARS])
    latest = events_of_licence(licence).select_related("by").order_by("-id")[:MOST_ENTRIES]
    context = {
        "licence": licence,
        "groups": GROUPS,
        "tables": [details.key_people(licence), _routes(licence), details.dated_values(licence)],
        "services": _services(licence),
        "allocations": _allocations(allocations),
        "pictures": pictures(allocations),
        "asked": [asked(each) for each in _latest_requests(licence)],
        "timeline": Timeline(entries(latest, licence.event_kind)),
    }
    return render(request, "licences/summary.html", context)


def _services(licence: Licence) -> list[Table]:
    plans = details.action_plans(licence, _link_to_plan)
    return [details.assessments(licence), details.premium_services(licence), plans]


def _routes(licence: Licence) -> Table:
    rating = licence.get_compliance_rating_display() or "Not rated yet"
    rows = [
        (
            str(each),
            f"Surrendered on {formats.day(each.surrendered_on)}" if each.surrendered_on else "Licensed",
            licence.get_sponsor_status_display(),
            rating,
        )
        for each in licence.routes.order_by("-route")
    ]
    return Table("Licensed routes", ("Route", "State", "Status of the sponsor", "Compliance rating"), rows)


def _allocations(allocations: Sequence[Allocation]) -> Table:
    """Return the allocations whose year has not ended."""
    rows = [
        (
            str(each),
            *map(number, (each.granted, each.used, each.held, each.unused)),
            formats.day(each.expires_on),
        )
        for each in allocations
        if each.expires_on >= clock.today()
    ]
    columns = ("Allocation", "Limit", "Used", "Held for payments", "Remaining", "Expires")
    return Table("Allocations", columns, rows, empty="You have no allocation for this year, so you cannot assign CAS.")


def _latest_requests(licence: Licence) -> list[LicenceRequest]:
    latest = list(licence.requests.order_by("-pk")[:LATEST_REQUESTS])
    for each in latest:
        each.licence = licence
    return latest


def _link_to_plan(plan: ActionPlan) -> Link:
    return Link(formats.day(plan.issued_on), reverse("action_plan", args=[plan.pk]))


@require_safe
@requires(Action.LICENCE_SEE)
def licence_history(request: SignedInRequest) -> HttpResponse:
    """Show the history of the licence, of its allocations and of its requests."""
    licence = request.user.sponsor
    events = events_of_licence(licence)
    shown = page_of(events, request.GET, subject_kind=licence.event_kind)
    return render(request, "licences/history.html", {"timeline": shown})


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Action.ACTION_PLANS_ANSWER)
def action_plan(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show an action plan, and let the sponsor accept or decline it."""
    plan = get_object_or_404(ActionPlan.objects.for_user(request.user).select_related("licence"), pk=pk)
    form = AnswerForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            plan.accept_or_decline(form.cleaned_data["answer"], by=request.user)
        except Refused as refused:
            return refused_to(request, refused, "action_plan", pk)
        messages.success(request, f"The action plan is {plan.get_answer_display().lower()}.")
        return redirect("action_plan", pk)
    return render_form(request, "licences/action_plan.html", {"plan": plan, "form": form})
