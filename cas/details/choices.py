"""The codes of short lists that do not change by date. `cas.details.codes` has the dated lists."""

from django.db.models import TextChoices


class Gender(TextChoices):
    """The codes of the Home Office's files. OTHER is newer than schema v2.1."""

    MALE = "1", "Male"
    FEMALE = "2", "Female"
    OTHER = "OTHER", "Other"


class Attendance(TextChoices):
    FULL_TIME = "FULL_TIME", "Full-time"
    PART_TIME = "PART_TIME", "Part-time"


class LevelComparison(TextChoices):
    HIGHER = "HIGHER", "Higher"
    SAME = "SAME", "Same"
    LOWER = "LOWER", "Lower"


class LivingArrangements(TextChoices):
    """Where a Child Student lives."""

    BOARDING = "BOARDING", "Boarding at the school"
    PARENT = "PARENT", "With a parent or legal guardian"
    RELATIVE = "RELATIVE", "With a close relative"
    FOSTER = "FOSTER", "With a private foster carer"
    INDEPENDENT = "INDEPENDENT", "Independently (16 and 17 year olds only)"
