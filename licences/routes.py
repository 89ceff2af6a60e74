"""The routes that an education sponsor can be licensed for."""

from django.db.models import TextChoices


class Route(TextChoices):
    STUDENT = "STUDENT", "Student"
    CHILD_STUDENT = "CHILD_STUDENT", "Child Student"
