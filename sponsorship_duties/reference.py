"""Create the rows that the program needs, after every migration."""

from __future__ import annotations

from sponsorship_duties.activity_types import ASKING_COMPLETION_DATE, FIRST_TYPES
from sponsorship_duties.models import ActivityReason, ActivityType


def refill(using: str, **_: object) -> None:
    """Create the first activity types and their reasons, if there are none. Caseworkers can change them."""
    if ActivityType.objects.using(using).exists():
        return
    for position, first in enumerate(FIRST_TYPES, start=1):
        words = {name: value for name, value in vars(first).items() if name != "reasons"}
        made = ActivityType.objects.using(using).create(position=position, **words)
        ActivityReason.objects.using(using).bulk_create(
            ActivityReason(type=made, name=name, position=place, has_completion_date=name in ASKING_COMPLETION_DATE)
            for place, name in enumerate(first.reasons, start=1)
        )
