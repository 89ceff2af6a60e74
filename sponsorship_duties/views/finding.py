"""The four ways to find an assigned CAS (manual 5, each function, steps 2 to 4)."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from cas.finding.screens import SELECTABLE, Screen, ask, change, show
from cas.finding.way_back import SEARCH
from cas.lifecycle import EVER_ASSIGNED, CASStatus
from cas.models import CAS
from cas.models.listed import ListedCAS
from licences.access import requires
from licences.permissions import Action
from licences.requests import SignedInRequest
from sponsorship_duties.views.loading import ever_assigned

FORM = ["GET", "HEAD", "POST"]
STATUSES = tuple(status for status in CASStatus.values if status in EVER_ASSIGNED)
BY_NUMBER = ("number",)


def to_report(cas: CAS | ListedCAS) -> str:
    return reverse("report_result", args=[cas.pk])


def to_manage(cas: CAS | ListedCAS) -> str:
    return reverse("manage_cas", args=[cas.pk])


SCREENS = {
    screen.name: screen
    for screen in (
        Screen(
            name,
            heading,
            ever_assigned,
            leads_to,
            address=address,
            back="sponsorship_duties",
            choose=choose,
            found="found_duties",
            change="change_duties_search",
            statuses=STATUSES,
            names=names,
            way_back=SEARCH,
            template="duties",
            title=f"{heading}: CAS number" if names else f"{heading}: details" if "manage" in name else "",
        )
        for name, heading, leads_to, address, choose, names in (
            (
                "report-number",
                "Student search",
                to_report,
                "report_by_number",
                "Select the CAS on which to report",
                BY_NUMBER,
            ),
            ("report-search", "CAS search", to_report, "report_by_search", "Select the CAS on which to report", ()),
            ("manage-number", "Manage live CAS", to_manage, "manage_by_number", "Select the CAS to manage", BY_NUMBER),
            ("manage-search", "Manage live CAS", to_manage, "manage_by_search", "Select the CAS to manage", ()),
        )
    )
}

SELECTABLE.update(SCREENS)


@require_http_methods(FORM)
@requires(Action.CAS_REPORT)
def report_by_number(request: SignedInRequest) -> HttpResponse:
    return ask(request, SCREENS["report-number"])


@require_http_methods(FORM)
@requires(Action.CAS_REPORT)
def report_by_search(request: SignedInRequest) -> HttpResponse:
    return ask(request, SCREENS["report-search"])


@require_http_methods(FORM)
@requires(Action.CAS_SEE)
def manage_by_number(request: SignedInRequest) -> HttpResponse:
    return ask(request, SCREENS["manage-number"])


@require_http_methods(FORM)
@requires(Action.CAS_SEE)
def manage_by_search(request: SignedInRequest) -> HttpResponse:
    return ask(request, SCREENS["manage-search"])


@require_safe
@requires(Action.CAS_SEE)
def found_duties(request: SignedInRequest, key: str) -> HttpResponse:
    return show(request, key, SCREENS)


@require_safe
@requires(Action.CAS_SEE)
def change_duties_search(request: SignedInRequest, key: str) -> HttpResponse:
    return change(request, key, SCREENS)
