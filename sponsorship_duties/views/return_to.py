"""Remember the list or the search from which a user opened a CAS, so that `Back` leads there.

The address of each page names it.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from cas.finding.way_back import KEY, LIST, SEARCH
from licences.models import StoredSearch
from licences.requests import SignedInRequest
from sponsorship_duties.students_to_check import CHECKS
from sponsorship_duties.views.finding import SCREENS


@dataclass(frozen=True)
class ReturnTo:
    """The place to return to. `name` is a list of *Students to check*, or the key of the user's search; else "".

    `parameter` is `SEARCH` for a search that found only this CAS, and `LIST` for any list.
    """

    name: str
    parameter: str = LIST

    @classmethod
    def of(cls, request: SignedInRequest) -> ReturnTo:
        parameter = SEARCH if SEARCH in request.GET else LIST
        name = request.GET.get(parameter, "")
        if not KEY.fullmatch(name):
            return cls("")
        mine = StoredSearch.objects.for_user(request.user).filter(screen__in=SCREENS)
        return cls(name if name in CHECKS or mine.filter(key=name).exists() else "", parameter)

    @property
    def address(self) -> str:
        """Return the address of the list, or else of `Student search` (manual 5, reporting, step 8)."""
        if self.name in CHECKS:
            return reverse("students_to_check", args=[self.name])
        if not self.name:
            return reverse("report_by_number")
        return reverse("change_duties_search" if self.parameter == SEARCH else "found_duties", args=[self.name])

    def along(self, name: str, *args: object) -> str:
        """Return the address of the next page, which keeps the list to return to."""
        address = reverse(name, args=args)
        return f"{address}?{self.parameter}={self.name}" if self.name else address
