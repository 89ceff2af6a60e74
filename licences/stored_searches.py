"""Load a stored search by the random key in its address."""

from __future__ import annotations

from licences import refusals
from licences.models import StoredSearch
from licences.models.stored_search import KEPT_FOR
from licences.requests import SignedInRequest


def load_search(request: SignedInRequest, key: str, *screens: str, what: str = "Searches") -> StoredSearch:
    """Return the search with this key that the user made at one of these screens.

    Raises `Refused` (404) if there is none. `what` is how the refusal calls what is kept as a search.
    """
    mine = StoredSearch.objects.for_user(request.user).filter(screen__in=screens)
    if kept := mine.filter(key=key).first():
        kept.user = request.user
        return kept
    raise refusals.SEARCH_NOT_KEPT(what=what, days=KEPT_FOR.days)
