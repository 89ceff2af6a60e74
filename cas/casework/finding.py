"""The caseworkers' search for CAS of every sponsor (specification, section 8)."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from cas.finding.screens import Screen, ask, change, show
from cas.models import CAS
from cas.models.queryset import CASQuerySet
from licences.models import Licence, User
from licences.requests import SignedInRequest


def of_all_sponsors(user: User) -> CASQuerySet:
    """Return every CAS. The filter by licence changes no result, but lets the database use its indexes."""
    rows: CASQuerySet = CAS.objects.for_user(user)
    return rows.filter(licence__in=Licence.objects.values("pk"))


CASEWORK = Screen(
    "casework",
    "Find CAS",
    of_all_sponsors,
    lambda cas: reverse("admin:cas_cas_change", args=[cas.pk]),
    address="admin:find_cas",
    back="admin:cas_cas_changelist",
    choose="CAS found",
    found="admin:found_cas",
    change="admin:change_search",
    template="admin",
    around=lambda request: admin.site.each_context(request),
)
_SCREENS = {CASEWORK.name: CASEWORK}


@require_http_methods(["GET", "HEAD", "POST"])
def find_cas(request: SignedInRequest) -> HttpResponse:
    return ask(request, CASEWORK)


@require_safe
def found_cas(request: SignedInRequest, key: str) -> HttpResponse:
    return show(request, key, _SCREENS)


@require_safe
def change_search(request: SignedInRequest, key: str) -> HttpResponse:
    return change(request, key, _SCREENS)
