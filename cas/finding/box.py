"""The answers to the search box: batches by their names, and how each CAS was found (specification, section 8)."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Case, Value, When

from cas.keys import beginning_with, text_key
from cas.models import CAS, Batch
from cas.models.listed import ListedCAS
from cas.models.search_box import is_a_number, kinds_of
from licences.models import User

FOUND_BY = "Found by"
MOST_BATCHES = 10  # that are named


def batches_named(text: str, user: User) -> list[Batch]:
    """Return the batches whose name begins with the text, newest first: `MOST_BATCHES` and one more at most."""
    if is_a_number(text) or not (key := text_key(text)):
        return []
    rows = Batch.objects.for_user(user).filter(beginning_with("name_key", key)).select_related("owner")
    return list(rows.order_by("-pk")[: MOST_BATCHES + 1])


def ways_found(rows: Iterable[ListedCAS], text: str) -> dict[int, str]:
    """Return the label of what the text finds each of these CAS by, by the id of the CAS. It takes one statement."""
    label = Case(*(When(fits, then=Value(label)) for label, fits in kinds_of(text).items()))
    return dict(CAS.objects.filter(pk__in=[cas.pk for cas in rows]).order_by().values_list("pk", label))
