"""The sections of a CAS, in the order of the form."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Section:
    """A group of fields under one legend. `slug` is its id on pages and in addresses.

    `block` is the element of a bulk file that holds most of its fields.
    """

    name: str
    slug: str
    block: str = ""

    def path(self, element: str) -> str:
        """Return the path of an element of this section in the CAS block of a bulk file.

        The path of an element outside the block of the section begins with `/`. Our own elements, which schema v2.1
        lacks, begin with `x:` and are complete already.
        """
        return element.removeprefix("/") if element.startswith(("/", "x:")) else f"{self.block}/{element}"


_INSTITUTIONS = "NonSponsorEducationInstitutionData"

CATEGORY = Section("Category", "category", "Header")
STUDENT = Section("Student details", "student-details", "ApplicantData")
PARTNER = Section("Partner institution", "partner-institution", f"{_INSTITUTIONS}/PartnerInstitutionDetails")
OVERSEAS = Section(
    "Overseas institution", "overseas-institution", f"{_INSTITUTIONS}/OverseasHigherEducationInstitutionDetails"
)
COURSE = Section("Course details", "course-details", "CourseDetails")
STUDY = Section("Main study address", "main-study-address", "CourseDetails/MainSiteOfStudy")
PLACEMENT = Section("Work placement", "work-placement", "WorkPlacementDetails")
DOCUMENTATION = Section("Documentation", "documentation", "Documentation")
EVIDENCE = Section("Evidence", "evidence", "EvidenceDetails")
ENGLISH = Section("English language", "english-language", "EvidenceDetails")
CHILD = Section("Child Student", "child-student")
FEES = Section("Fees and accommodation", "fees-and-accommodation", "FinancialAndAccommodationDetails")
AGENT = Section("Agent", "agent", "x:AgentDetails")
