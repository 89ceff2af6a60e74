"""Create the rows that the program needs, after every migration."""

from __future__ import annotations

from django.db import transaction

from licences.models import Event, User
from licences.models.event import changes
from sponsorship_duties.activity_types import ASKING_COMPLETION_DATE, FIRST_TYPES, NO_SHOWS
from sponsorship_duties.models import ActivityReason, ActivityType
from sponsorship_duties.models.activity_type import ActivityTypeQuerySet


def refill(using: str, **_: object) -> None:
    """Create the first activity types and their reasons, if there are none. Caseworkers can change them.

    A database that was made before there were graduate notifications gets their type.
    """
    types = ActivityType.objects.using(using)
    if types.exists():
        if not types.filter(is_graduation=True).exists():
            _add_graduation(types)
        return
    for position, first in enumerate(FIRST_TYPES, start=1):
        words = {name: value for name, value in vars(first).items() if name != "reasons"}
        made = ActivityType.objects.using(using).create(position=position, **words)
        ActivityReason.objects.using(using).bulk_create(
            ActivityReason(
                type=made,
                name=name,
                position=place,
                has_completion_date=name in ASKING_COMPLETION_DATE,
                is_no_show=name in NO_SHOWS,
                counts_as=counts_as,
            )
            for place, (name, counts_as) in enumerate(first.reasons.items(), start=1)
        )


@transaction.atomic
def _add_graduation(types: ActivityTypeQuerySet) -> None:
    """Add the type of graduate notifications. Rename a type of a caseworker that has its name."""
    [first] = [each for each in FIRST_TYPES if each.is_graduation]
    if clash := types.filter(name__iexact=first.name).first():
        before, clash.name = clash.name, f"{clash.name} (earlier)"
        clash.save(update_fields=["name"])
        renamed = changes({"name": before}, {"name": clash.name})
        Event.objects.record("amend", clash, by=User.objects.system(), data=renamed)
    position = max(types.values_list("position", flat=True)) + 1
    words = {name: value for name, value in vars(first).items() if name != "reasons"}
    types.create(position=position, **words)
