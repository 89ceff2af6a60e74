"""The sections of a CAS, in the order of the form."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Section:
    """A group of fields under one legend. `slug` is its id on pages and in addresses."""

    name: str
    slug: str


CATEGORY = Section("Category", "category")
STUDENT = Section("Student details", "student-details")
HOME = Section("Home address", "home-address")
COURSE = Section("Course details", "course-details")
STUDY = Section("Main study address", "main-study-address")
PARTNER = Section("Partner institution", "partner-institution")
OVERSEAS = Section("Overseas institution", "overseas-institution")
PLACEMENT = Section("Work placement", "work-placement")
EVIDENCE = Section("Evidence", "evidence")
ENGLISH = Section("English language", "english-language")
FEES = Section("Fees", "fees")
FINANCE = Section("Finance", "finance")
AGENT = Section("Agent", "agent")
CHILD = Section("Child Student", "child-student")
