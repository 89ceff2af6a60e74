"""Giving CAS their numbers, thousands in one statement."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction

from cas import numbers
from sms.core.each_row import update_each

if TYPE_CHECKING:
    from cas.models.cas import CAS


def number_each(model: type[CAS], pks: list[int], route: str, *, before: str, written: dict[str, Any]) -> int:
    """Give each of these CAS a number of its route, and the columns `written`. Return how many were in status `before`.

    Another assignment can take a number between the draw and the UPDATE. The unique constraint then refuses the
    UPDATE, and all numbers are drawn again.
    """

    def taken(drawn: Collection[str]) -> set[str]:
        return set(model.objects.filter(number__any_of=list(drawn)).values_list("number", flat=True))

    for _ in range(numbers.MOST_DRAWS):
        drawn = numbers.draw_many(len(pks), route, taken=taken)
        try:
            with transaction.atomic():
                own = {pk: {"number": number} for pk, number in zip(pks, drawn, strict=True)}
                return update_each(model, own, where={"status": before}, same=written, counted="version")
        except IntegrityError:
            if not taken(drawn):
                raise
    raise RuntimeError("Other assignments took the numbers that were drawn, again and again")
