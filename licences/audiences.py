"""The sponsors that a message can be for: all, some that fit conditions, or one (specification, section 9)."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from django.db.models import TextChoices

from licences.compliance_rating import ComplianceRating
from licences.lifecycle import LicenceStatus
from licences.routes import Route
from licences.sponsor_status import SponsorStatus

NOT_RATED = "NOT_RATED"


class Audience(TextChoices):
    ALL = "ALL", "All sponsors"
    SOME = "SOME", "Some sponsors"
    ONE = "ONE", "One sponsor"


class Condition(NamedTuple):
    """A condition for sponsors. A sponsor fits if it fits one of the values that were chosen."""

    name: str
    label: str
    choices: list[tuple[str, str]]

    def in_words(self, chosen: Collection[str]) -> str:
        return f"{self.label}: {' or '.join(label for value, label in self.choices if value in chosen)}"


CONDITIONS = (
    Condition("routes", "Licensed routes", Route.choices),
    Condition("sponsor_statuses", "Status of the sponsor", SponsorStatus.choices),
    Condition("ratings", "Compliance rating", [*ComplianceRating.choices, (NOT_RATED, "Not rated yet")]),
    Condition("statuses", "Status of the licence", LicenceStatus.choices),
)
"""A sponsor is in an audience of SOME if it fits every condition for which a value was chosen."""
