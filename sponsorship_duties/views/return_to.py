"""Remember the list or the search from which a user opened a CAS, so that `Back` leads there."""

from __future__ import annotations

from dataclasses import replace

from django.urls import reverse

from cas.finding.way_back import WayBack
from licences.models import StoredSearch
from licences.requests import SignedInRequest
from sponsorship_duties.students_to_check import CHECKS
from sponsorship_duties.views.finding import SCREENS


def return_to(request: SignedInRequest) -> WayBack:
    """Return the way back to a list of *Students to check* or to the user's own search.

    Without either it leads to `Student search` (manual 5, reporting, step 8).
    """
    way = WayBack.of(request, search="change_duties_search", found="found_duties")
    if way.key in CHECKS:
        return replace(way, address=reverse("students_to_check", args=[way.key]))
    mine = StoredSearch.objects.for_user(request.user).filter(screen__in=SCREENS)
    if way.key and mine.filter(key=way.key).exists():
        return way
    return WayBack(address=reverse("report_by_number"))
