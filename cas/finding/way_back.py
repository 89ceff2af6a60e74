"""The way back to the search from which a user opened a CAS or a batch. The address of each page names the search."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse

KEY = re.compile(r"[-\w]{1,30}", re.ASCII)
SEARCH, LIST = "search", "from"
"""The parameters of the address, with the key of a stored search: it found only this, or a list of several."""


@dataclass(frozen=True)
class WayBack:
    """The `parameter` and its `key`, and the `address` of the search or of its list; all empty without a search."""

    parameter: str = ""
    key: str = ""
    address: str = ""

    @classmethod
    def of(cls, request: HttpRequest, *, search: str = "change_search", found: str = "found_cas") -> WayBack:
        """Return the way back that the address of this page names. `search` and `found` are names of views."""
        for parameter, view in ((SEARCH, search), (LIST, found)):
            key = request.GET.get(parameter, "")
            if KEY.fullmatch(key):
                return cls(parameter, key, reverse(view, args=[key]))
        return cls()

    def along(self, name: str, *args: object) -> str:
        """Return the address of the next page, which keeps the way back. `name` is its view's."""
        address = reverse(name, args=args)
        return along(address, self.parameter, self.key) if self.key else address


def along(address: str, parameter: str, key: str) -> str:
    """Return the address of a page with the way back to the search with this key."""
    return f"{address}?{urlencode({parameter: key})}"
