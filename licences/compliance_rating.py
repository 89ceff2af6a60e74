"""The compliance rating of a sponsor (specification, section 9). It is apart from the status of the sponsor."""

from django.db.models import TextChoices


class ComplianceRating(TextChoices):
    GREEN = "GREEN", "Green"
    AMBER = "AMBER", "Amber"
    RED = "RED", "Red"
