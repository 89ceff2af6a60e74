"""The caseworkers' searches for CAS of every sponsor: by any details, or by the number (specification, section 8)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from cas.finding.screens import Screen, ask, change, show
from cas.models import CAS
from cas.models.queryset import CASQuerySet
from cas.models.search_fields import AnythingSoughtField
from licences.models import Licence, User
from licences.requests import SignedInRequest
from sms.core.characters import bare

MOST_FOUND = 1000  # CAS whose records are listed


def of_all_sponsors(user: User) -> CASQuerySet:
    """Return every CAS. The filter by licence changes no result, but lets the database use its indexes."""
    rows: CASQuerySet = CAS.objects.for_user(user)
    return rows.filter(licence__in=Licence.objects.values("pk"))


class OfStudentField(AnythingSoughtField):
    """The text that finds the records about a student, or all records of a sponsor."""

    def __init__(
        self, label: str = "Name, CAS or passport number, Applicant ID, or licence number of the sponsor"
    ) -> None:
        super().__init__(label, required="Enter what to search for")


def of_student(records: QuerySet[Any], text: str, about: Callable[[list[int]], Q]) -> QuerySet[Any]:
    """Return the records of the licence with this number; without one, those about the CAS that the text finds.

    `about` returns the condition for records about the CAS with these ids.
    """
    if licence := Licence.objects.filter(number=bare(text).upper()).first():
        return records.filter(licence=licence)
    everything: CASQuerySet = CAS.objects.filter(licence__in=Licence.objects.values("pk"))
    found = everything.search({"anything": text}).order_by().values_list("pk", flat=True)[:MOST_FOUND]
    return records.filter(about(list(found)))


def _screen(name: str, heading: str, address: str, names: tuple[str, ...] = ()) -> Screen:
    return Screen(
        name,
        heading,
        of_all_sponsors,
        lambda cas: reverse("admin:cas_cas_change", args=[cas.pk]),
        address=address,
        back="admin:cas_cas_changelist",
        choose="CAS found",
        found="admin:found_cas",
        change="admin:change_search",
        names=names,
        template="admin",
        may_be_empty=False,  # there are all CAS of all sponsors
        around=lambda request: admin.site.each_context(request),
    )


CASEWORK = _screen("casework", "Find CAS", "admin:find_cas")
CHECK = _screen("cas-check", "CAS check", "admin:check_cas", ("number",))
_SCREENS = {screen.name: screen for screen in (CASEWORK, CHECK)}


@require_http_methods(["GET", "HEAD", "POST"])
def find_cas(request: SignedInRequest) -> HttpResponse:
    return ask(request, CASEWORK)


@require_http_methods(["GET", "HEAD", "POST"])
def check_cas(request: SignedInRequest) -> HttpResponse:
    """Take a CAS number, and lead to everything about that CAS."""
    return ask(request, CHECK)


@require_safe
def found_cas(request: SignedInRequest, key: str) -> HttpResponse:
    return show(request, key, _SCREENS)


@require_safe
def change_search(request: SignedInRequest, key: str) -> HttpResponse:
    return change(request, key, _SCREENS)
