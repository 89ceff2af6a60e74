"""The sections of a CAS, in the order of the form."""

from dataclasses import dataclass
from enum import Enum


class About(Enum):
    """The subject of a field. It decides into which new CAS the portal may copy the answer.

    A course template holds what is about the course. A copy for the same student has that, and what is about the
    student. An answer about one CAS is a statement that the sponsor makes again for each CAS, so it is never copied.
    """

    COURSE = "the course"
    STUDENT = "the student"
    CAS = "one CAS"


@dataclass(frozen=True)
class Section:
    """A group of fields under one legend. `slug` is its id on pages and in addresses.

    `block` is the element of a bulk file that holds most of its fields, and `about` what most of them are about.
    """

    name: str
    slug: str
    block: str = ""
    about: About = About.STUDENT

    def path(self, element: str) -> str:
        """Return the path of an element of this section in the CAS block of a bulk file.

        The path of an element outside the block of the section begins with `/`. Our own elements, which schema v2.1
        lacks, begin with `x:` and are complete already.
        """
        return element.removeprefix("/") if element.startswith(("/", "x:")) else f"{self.block}/{element}"


_INSTITUTIONS = "NonSponsorEducationInstitutionData"

CATEGORY = Section("Category", "category", "Header")
STUDENT = Section("Student details", "student-details", "ApplicantData")
PARTNER = Section(
    "Partner institution", "partner-institution", f"{_INSTITUTIONS}/PartnerInstitutionDetails", About.COURSE
)
OVERSEAS = Section(
    "Overseas institution", "overseas-institution", f"{_INSTITUTIONS}/OverseasHigherEducationInstitutionDetails"
)
COURSE = Section("Course details", "course-details", "CourseDetails", About.COURSE)
STUDY = Section("Main study address", "main-study-address", "CourseDetails/MainSiteOfStudy", About.COURSE)
PLACEMENT = Section("Work placement", "work-placement", "WorkPlacementDetails", About.COURSE)
DOCUMENTATION = Section("Documentation", "documentation", "Documentation")
EVIDENCE = Section("Evidence", "evidence", "EvidenceDetails", About.CAS)
ENGLISH = Section("English language", "english-language", "EvidenceDetails", About.CAS)
CHILD = Section("Child Student", "child-student")
FEES = Section("Fees and accommodation", "fees-and-accommodation", "FinancialAndAccommodationDetails")
AGENT = Section("Agent", "agent", "x:AgentDetails", About.CAS)
