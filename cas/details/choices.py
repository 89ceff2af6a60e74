"""The codes of the choice fields of a CAS, spelled as in a bulk file, with their labels."""

from django.db.models import TextChoices


class Gender(TextChoices):
    MALE = "Male", "Male"
    FEMALE = "Female", "Female"
    OTHER = "Other", "Other"


class AcademicLevel(TextChoices):
    RQF_3 = "RQF_3", "RQF 3 (SCQF 6)"
    RQF_4 = "RQF_4", "RQF 4 (SCQF 7)"
    RQF_5 = "RQF_5", "RQF 5 (SCQF 8)"
    RQF_6 = "RQF_6", "RQF 6 (SCQF 9 or 10)"
    RQF_7 = "RQF_7", "RQF 7 (SCQF 11)"
    RQF_8 = "RQF_8", "RQF 8 (SCQF 12)"
    PRE_SESSIONAL_B1 = "PRE_SESSIONAL_B1", "Pre-sessional, CEFR B1"
    PRE_SESSIONAL_B2 = "PRE_SESSIONAL_B2", "Pre-sessional, CEFR B2"


class StudyMode(TextChoices):
    RESEARCH = "RESEARCH", "Research"
    TAUGHT = "TAUGHT", "Taught"


class Attendance(TextChoices):
    FULL_TIME = "FULL_TIME", "Full-time"
    PART_TIME = "PART_TIME", "Part-time"


class LevelComparison(TextChoices):
    HIGHER = "HIGHER", "Higher"
    SAME = "SAME", "Same"
    LOWER = "LOWER", "Lower"


class ReasonSELTNotRequired(TextChoices):
    ENG_COUNTRY = "ENG_COUNTRY", "National of a majority English-speaking country"
    HE_PROVIDER_ASSESSED = "HE_PROVIDER_ASSESSED", "Assessed by the higher education provider"
    DEGREE_IN_ENGLISH = "DEGREE_IN_ENGLISH", "Degree taught in English"
    UK_SCHOOL_QUALIFICATION = "UK_SCHOOL_QUALIFICATION", "Qualification gained at a school in the UK"
    PREVIOUSLY_MET = "PREVIOUSLY_MET", "Requirement met in an earlier application"
    CHILD_STUDENT = "CHILD_STUDENT", "Child Student"
    STUDY_ABROAD_UNDER_6_MONTHS = "STUDY_ABROAD_UNDER_6_MONTHS", "Study abroad programme of under 6 months"


class SELTProvider(TextChoices):
    IELTS_SELT_CONSORTIUM = "IELTS_SELT_CONSORTIUM", "IELTS SELT Consortium"
    LANGUAGECERT = "LANGUAGECERT", "LanguageCert"
    PEARSON = "PEARSON", "Pearson"
    PSI = "PSI", "PSI"
    TRINITY = "TRINITY", "Trinity College London"


class EnglishLevel(TextChoices):
    B1 = "B1", "B1"
    B2 = "B2", "B2"
    C1 = "C1", "C1"
    C2 = "C2", "C2"
