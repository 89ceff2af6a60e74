"""Values of a licence with their dates: the status of its sponsor, and its compliance rating (section 9).

The licence has a copy of the current value of each kind, because most pages need it.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q, TextChoices

from licences.compliance_rating import ComplianceRating
from licences.models.succession import Succession, SuccessionQuerySet, guards
from licences.sponsor_status import SponsorStatus
from sms.core.constraints import known


class ValueKind(TextChoices):
    SPONSOR_STATUS = "SPONSOR_STATUS", "Status of the sponsor"
    RATING = "RATING", "Compliance rating"


CHOICES: dict[str, type[TextChoices]] = {
    ValueKind.SPONSOR_STATUS: SponsorStatus,
    ValueKind.RATING: ComplianceRating,
}


class DatedValueQuerySet(SuccessionQuerySet["DatedValue"]):
    pass


class DatedValue(Succession):
    licence = models.ForeignKey("licences.Licence", models.PROTECT, related_name="dated_values")
    kind = models.CharField(max_length=20, choices=ValueKind.choices)
    value = models.CharField(max_length=20)

    objects = DatedValueQuerySet.as_manager()

    guards: ClassVar = guards("dated values")

    class Meta:
        ordering: ClassVar = ["kind", "-from_on"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["licence", "kind", "from_on"], name="dated_value_once_a_day"),
            known("kind", ValueKind.values, table="dated_value"),
            models.CheckConstraint(
                condition=Q(kind=ValueKind.SPONSOR_STATUS, value__in=SponsorStatus.values)
                | Q(kind=ValueKind.RATING, value__in=ComplianceRating.values),
                name="dated_value_value_known",
            ),
        ]

    def __str__(self) -> str:
        return str(CHOICES[self.kind](self.value).label)
