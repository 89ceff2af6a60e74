"""The status of a sponsor (specification, section 9). It is apart from the status of its licence."""

from django.db.models import TextChoices


class SponsorStatus(TextChoices):
    PROBATIONARY = "PROBATIONARY", "Probationary Sponsor"
    STUDENT = "STUDENT", "Student Sponsor"
    TRACK_RECORD = "TRACK_RECORD", "Student Sponsor – Track Record"
