"""Bulk files for the tests: two CAS in schema v2.1, and functions that put records into files and read them."""

from __future__ import annotations

from io import BytesIO

from bulk_data_transfer.xml.names import COMMON, GRADUATED, OURS, UPLOAD, XSI
from bulk_data_transfer.xml.opening import opening
from bulk_data_transfer.xml.reading import records

ADDRESS = """<AddressLine>1 Test Road</AddressLine><AddressLine>Block B</AddressLine><City>Leeds</City>
<CountyAreaDistrict>Yorkshire</CountyAreaDistrict><PostCode>LS2 9JT</PostCode><Country>GBR</Country>"""

STUDENT = f"""<CAS>
<ApplicantData>
<ApplicantID>T-1</ApplicantID>
<ApplicationID>T-1-1</ApplicationID>
<UCAS_UKPASS_Id>1234567890</UCAS_UKPASS_Id>
<FamilyName>Silva</FamilyName>
<GivenName>Zoë</GivenName>
<OtherNames>Maria</OtherNames>
<Nationality>BRA</Nationality>
<Gender>2</Gender>
<CountryOfBirth>BRA</CountryOfBirth>
<PlaceOfBirth>Recife</PlaceOfBirth>
<DateOfBirth><FullDate>2005-03-27</FullDate></DateOfBirth>
<ApplicantPassportOrTravelDocumentNumber>AB123456</ApplicantPassportOrTravelDocumentNumber>
</ApplicantData>
<NonSponsorEducationInstitutionData>
<PartnerInstitutionDetails><Name>Partner College</Name><SponsorLicenseNumber>ABCD12349</SponsorLicenseNumber>
<AddressDetails>{ADDRESS}</AddressDetails></PartnerInstitutionDetails>
<OverseasHigherEducationInstitutionDetails><Name>Overseas College</Name>
<Address>{ADDRESS}</Address></OverseasHigherEducationInstitutionDetails>
</NonSponsorEducationInstitutionData>
<CourseDetails>
<CourseCurriculumTitle>Testing</CourseCurriculumTitle>
<CourseID>T101</CourseID>
<AcademicLevel>RQF7</AcademicLevel>
<SecondaryAcademicLevel>RQF6</SecondaryAcademicLevel>
<CourseStartDate>2027-09-20</CourseStartDate>
<LatestDateForAcceptanceOnCourse>2027-10-01</LatestDateForAcceptanceOnCourse>
<ExpectedCourseEndDate>2028-09-20</ExpectedCourseEndDate>
<CourseIsFullTime>true</CourseIsFullTime>
<CourseHoursPerWeek>17.5</CourseHoursPerWeek>
<MainSiteOfStudy><AddressLine>2 Test Road</AddressLine><City>Leeds</City>
<CountyAreaDistrict>Yorkshire</CountyAreaDistrict><PostCode>LS2 9JT</PostCode></MainSiteOfStudy>
<ApplicantHasWorkPlacement>true</ApplicantHasWorkPlacement>
</CourseDetails>
<WorkPlacementDetails>
<WorkPlacementPercentage>40</WorkPlacementPercentage>
<WorkPlacementJustificationText>A statute
demands it</WorkPlacementJustificationText>
<WorkPlacementAddress>{ADDRESS}</WorkPlacementAddress>
</WorkPlacementDetails>
<Documentation>
<DocumentsUsedToObtainOffer>Degree, first class</DocumentsUsedToObtainOffer>
<CourseRequiresATAS>true</CourseRequiresATAS>
<PostgraduateDeanCertificateRequired>true</PostgraduateDeanCertificateRequired>
</Documentation>
<EvidenceDetails>
<SELTRequired>true</SELTRequired>
<ReasonSELTNotRequired>HEI</ReasonSELTNotRequired>
<EnglishLanguageLevelAttained>B2</EnglishLanguageLevelAttained>
<SELTSpeakingLevel>6.5</SELTSpeakingLevel>
<SELTListeningLevel>7.0</SELTListeningLevel>
<SELTReadingLevel>6.0</SELTReadingLevel>
<SELTWritingLevel>5.5</SELTWritingLevel>
<TestProvider>IELTS</TestProvider>
<PreviousUKStudy>true</PreviousUKStudy>
<PreviousAcademicLevel>RQF6</PreviousAcademicLevel>
<CurrentPreviousCourseLevelComparison>HIGHER</CurrentPreviousCourseLevelComparison>
<ProgressionJustification>It is higher</ProgressionJustification>
</EvidenceDetails>
<FinancialAndAccommodationDetails>
<AccomodationProvided>false</AccomodationProvided>
<CourseFeeIncludesAccomodationCosts>false</CourseFeeIncludesAccomodationCosts>
<CourseFeesForFirstYearOnly>9250.00</CourseFeesForFirstYearOnly>
<CourseFeesPaidToDate>1000</CourseFeesPaidToDate>
<AccommodationFeesPaidToDate>0</AccommodationFeesPaidToDate>
<BoardingFeesForFirstYearOnly>1500</BoardingFeesForFirstYearOnly>
<BoardingFeesPaidToDate>20.5</BoardingFeesPaidToDate>
</FinancialAndAccommodationDetails>
</CAS>"""
"""A CAS of a Student with every element of v2.1 but the second address of the placement."""


def without(text: str, *blocks: str) -> str:
    """Return text without these blocks or elements, which occur in it once."""
    for block in blocks:
        before, _, rest = text.partition(f"<{block}>")
        text = before + rest.partition(f"</{block}>")[2]
    return text


CHILD = without(STUDENT, "WorkPlacementDetails", "EvidenceDetails").replace(
    "</ApplicantHasWorkPlacement>",
    f"</ApplicantHasWorkPlacement><WorkPlacementAddress>{ADDRESS}</WorkPlacementAddress>",
)

HEADER = """<Header><BulkUploadFileId>Intake 1</BulkUploadFileId><SchemaID>T4{category} Ready To Go</SchemaID>
<TierID>Tier 4</TierID><Category>{category}</Category><SponsorLicenceNumber>ABCD12349</SponsorLicenceNumber></Header>"""

LEAST = "<CAS><ApplicantData><FamilyName>Silva</FamilyName></ApplicantData></CAS>"
"""The least CAS of our own format."""


def v2_1(*cas: str, category: str = "General", header: str = HEADER, encoding: str = "ISO-8859-1") -> bytes:
    """Return a file of schema v2.1."""
    root = f"up:BulkFileUpload{category}RootElement"
    text = f"""<?xml version="1.0" encoding="{encoding}"?>
<{root} xmlns:up="{UPLOAD}" xmlns="{COMMON}" xmlns:xsi="{XSI}">
{header.format(category=category)}
{"".join(cas)}</{root}>"""
    return text.encode(encoding)


def ours(*cas: str, header: str = "", declaration: str = "") -> bytes:
    """Return a file of our own format."""
    return f'{declaration}<BulkDataCAS xmlns="{OURS}" xmlns:xsi="{XSI}">\n{header}{"".join(cas)}</BulkDataCAS>'.encode()


def graduates(*numbers: str, report: str = "GRADUATED") -> bytes:
    """Return a file of graduate notifications."""
    each = "".join(
        f"""<g:BulkReportingCASData><g:CASReport>{report}</g:CASReport>
<g:BulkReportingCASGraduation><g:CASNumber>{number}</g:CASNumber></g:BulkReportingCASGraduation></g:BulkReportingCASData>"""
        for number in numbers
    )
    header = "<g:BulkReportingFileHeader><g:BulkReportingId> 17 </g:BulkReportingId></g:BulkReportingFileHeader>"
    return f'<g:BulkReportingRootElement xmlns:g="{GRADUATED}">{header}{each}</g:BulkReportingRootElement>'.encode()


def read(file: bytes):
    """Return what the file says about itself, and its records."""
    stream = BytesIO(file)
    opened = opening(stream)
    return opened, list(records(stream, opened))


def read_one(file: bytes):
    """Return the only record of a file."""
    (record,) = read(file)[1]
    return record


def codes(remarks):
    return [remark.code for remark in remarks]
