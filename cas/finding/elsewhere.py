"""Say where the CAS are that match a search but cannot be found at its screen (manual 4, guides 3 and 4)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from django.urls import reverse

from cas.lifecycle import UNASSIGNED
from cas.models import CAS
from cas.models.order_line import OrderLine
from cas.models.queryset import CASQuerySet

MOST_ELSEWHERE = 10  # CAS that are named


class Elsewhere(NamedTuple):
    """A CAS, a sentence that says where it is, and a link with its text."""

    cas: CAS
    sentence: str
    href: str
    link: str


def elsewhere(rows: CASQuerySet) -> list[Elsewhere]:
    """Return where these CAS are, the newest first: `MOST_ELSEWHERE` and one more at most. It takes two statements."""
    found = list(rows.select_related("batch").order_by("-pk")[: MOST_ELSEWHERE + 1])
    paying = references(cas.pk for cas in found)
    return [_where(cas, paying.get(cas.pk, "")) for cas in found]


def references(ids: Iterable[int]) -> dict[int, str]:
    """Return the references of the open orders of these CAS, by the id of the CAS."""
    lines = OrderLine.objects.filter(cas__id__any_of=list(ids), is_open=True)
    return dict(lines.values_list("cas", "order__reference"))


def _where(cas: CAS, reference: str) -> Elsewhere:
    if cas.status not in UNASSIGNED:
        return Elsewhere(cas, f"It is {cas.status}.", reverse("cas", args=[cas.pk]), "See the CAS")
    if reference:
        href = reverse("order", args=[reference])
        return Elsewhere(cas, "It is being paid for.", href, "Continue or cancel the payment")
    if cas.batch:
        sentence = f"It is in the batch “{cas.batch.name}”. Assign it with the batch."
        return Elsewhere(cas, sentence, reverse("assign_batch", args=[cas.batch.pk]), "Assign the batch")
    return Elsewhere(cas, "", reverse("cas", args=[cas.pk]), "See the CAS")
