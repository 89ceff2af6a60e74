"""Remember the list from which a user opened a CAS, so that `Back` leads there. `?from=` names it on each page."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.urls import reverse

from licences.models import StoredSearch
from licences.requests import SignedInRequest
from sponsorship_duties.students_to_check import CHECKS
from sponsorship_duties.views.finding import SCREENS

NAME = re.compile(r"[-\w]{1,30}", re.ASCII)


@dataclass(frozen=True)
class ReturnTo:
    """The list to return to. `name` is a list of *Students to check*, or the key of the user's search; else ""."""

    name: str

    @classmethod
    def of(cls, request: SignedInRequest) -> ReturnTo:
        name = request.GET.get("from", "")
        if not NAME.fullmatch(name):
            return cls("")
        mine = StoredSearch.objects.for_user(request.user).filter(screen__in=SCREENS)
        return cls(name if name in CHECKS or mine.filter(key=name).exists() else "")

    @property
    def address(self) -> str:
        """Return the address of the list, or else of `Student search` (manual 5, reporting, step 8)."""
        if self.name in CHECKS:
            return reverse("students_to_check", args=[self.name])
        return reverse("found_duties", args=[self.name]) if self.name else reverse("report_by_number")

    def along(self, name: str, *args: object) -> str:
        """Return the address of the next page, which keeps the list to return to."""
        address = reverse(name, args=args)
        return f"{address}?from={self.name}" if self.name else address
