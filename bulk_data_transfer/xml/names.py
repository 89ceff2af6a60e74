"""The namespaces, roots and categories of bulk files in XML."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from bulk_data_transfer.operation import CREATE, FEES, GRADUATES, REPORT, WITHDRAW, Operation
from cas.details.fields import BY_NAME, UPDATABLE_FEES
from licences.routes import Route

HOME_OFFICE = "http://homeoffice.gov.uk/immigration/migrant/cas/"
UPLOAD = f"{HOME_OFFICE}bulk-cas-upload-200910"
COMMON = f"{HOME_OFFICE}bulk-cas-common-200910"
GRADUATED = f"{HOME_OFFICE}bulk-cas-reporting-graduated-202102"
OURS = "urn:x-sms-sponsor-portal:bulk-data-cas:1"
"""The namespace of our own format. Its last part grows only when files of the part before would become wrong."""

RESULTS = "urn:x-sms-sponsor-portal:bulk-data-results:1"
"""The namespace of the results of a file."""

XSI = "http://www.w3.org/2001/XMLSchema-instance"

CATEGORIES = {"General": Route.STUDENT, "Child": Route.CHILD_STUDENT}
ROUTES = {route: category for category, route in CATEGORIES.items()}

SCHEMA_IDS = {category: f"T4{category} Ready To Go" for category in CATEGORIES}
TIER = "Tier 4"


class Kind(Enum):
    """The kind of a bulk file in XML."""

    V2_1 = "The Home Office's schema v2.1"
    OURS = "Our own format"
    OUR_CHANGES = "Changes of existing CAS in our own format"
    GRADUATES = "Graduate notifications"


@dataclass(frozen=True)
class Root:
    """The root element of a kind of file, with the tags of its header and of its records.

    `route` is the only route of the file's CAS, if its root says so. `operation` is the name of what the file is for.
    `file_id` is the name of the element with the file ID. If records are flat, `elements` has the name of the column of
    each element.
    """

    kind: Kind
    tag: str
    header: str
    record: str
    route: Route | None = None
    operation: str = CREATE.name
    file_id: str = "BulkUploadFileId"
    elements: Mapping[str, str] = field(default_factory=dict)

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(self.elements.values())


def _of_ours(name: str, record: str, operation: Operation, file_id: str, **elements: str) -> Root:
    """Return a root of our own format for changes of existing CAS, by analogy with the Home Office's."""
    which = {"CASNumber": "number", "ApplicantID": "applicant_id"}
    return Root(
        Kind.OUR_CHANGES,
        f"{{{OURS}}}{name}",
        f"{{{OURS}}}Header",
        f"{{{OURS}}}{record}",
        operation=operation.name,
        file_id=file_id,
        elements={**which, **elements},
    )


_FEES = {BY_NAME[name].element.rpartition("/")[2].removeprefix("x:"): name for name in UPDATABLE_FEES}

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
            operation=GRADUATES.name,
            file_id="BulkReportingId",
            elements={"CASNumber": "number"},
        ),
        _of_ours("BulkDataFees", "FeeUpdate", FEES, "BulkUpdateFileId", **_FEES),
        _of_ours(
            "BulkDataReports",
            "Report",
            REPORT,
            "BulkReportingId",
            ActivityType="activity_type",
            Reason="reason",
            Date="happened_on",
            EarlierCourseCompletionDate="completed_on",
            Details="details",
            ExpectedEnrollmentDate="enrolment_on",
            Notes="notes",
        ),
        _of_ours("BulkDataWithdrawals", "Withdrawal", WITHDRAW, "BulkUpdateFileId", Reason="withdrawal_reason"),
    )
}


def local(tag: str) -> str:
    """Return the name of a tag without its namespace."""
    return tag.rpartition("}")[2]
