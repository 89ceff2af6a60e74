"""The namespaces, roots and categories of bulk files in XML. Fee updates and reports of ours get their roots here."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from licences.routes import Route

HOME_OFFICE = "http://homeoffice.gov.uk/immigration/migrant/cas/"
UPLOAD = f"{HOME_OFFICE}bulk-cas-upload-200910"
COMMON = f"{HOME_OFFICE}bulk-cas-common-200910"
GRADUATED = f"{HOME_OFFICE}bulk-cas-reporting-graduated-202102"
OURS = "urn:x-sms-sponsor-portal:bulk-data-cas:1"
"""The namespace of our own format. Its last part grows only when files of the part before would become wrong."""

XSI = "http://www.w3.org/2001/XMLSchema-instance"

CATEGORIES = {"General": Route.STUDENT, "Child": Route.CHILD_STUDENT}
ROUTES = {route: category for category, route in CATEGORIES.items()}

SCHEMA_IDS = {category: f"T4{category} Ready To Go" for category in CATEGORIES}
TIER = "Tier 4"


class Kind(Enum):
    """The kind of a bulk file in XML."""

    V2_1 = "The Home Office's schema v2.1"
    OURS = "Our own format"
    GRADUATES = "Graduate notifications"


@dataclass(frozen=True)
class Root:
    """The root element of a kind of file, with the tags of its header and of its records.

    `route` is the only route of the file's CAS, if its root says so.
    """

    kind: Kind
    tag: str
    header: str
    record: str
    route: Route | None = None


ROOTS = {
    root.tag: root
    for root in (
        Root(
            Kind.V2_1,
            f"{{{UPLOAD}}}BulkFileUploadGeneralRootElement",
            f"{{{COMMON}}}Header",
            f"{{{COMMON}}}CAS",
            Route.STUDENT,
        ),
        Root(  # by analogy: no file of this kind has been seen
            Kind.V2_1,
            f"{{{UPLOAD}}}BulkFileUploadChildRootElement",
            f"{{{COMMON}}}Header",
            f"{{{COMMON}}}CAS",
            Route.CHILD_STUDENT,
        ),
        Root(Kind.OURS, f"{{{OURS}}}BulkDataCAS", f"{{{OURS}}}Header", f"{{{OURS}}}CAS"),
        Root(
            Kind.GRADUATES,
            f"{{{GRADUATED}}}BulkReportingRootElement",
            f"{{{GRADUATED}}}BulkReportingFileHeader",
            f"{{{GRADUATED}}}BulkReportingCASData",
        ),
    )
}


def local(tag: str) -> str:
    """Return the name of a tag without its namespace."""
    return tag.rpartition("}")[2]
