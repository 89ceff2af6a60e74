"""The declared fields of a CAS about the student, other institutions, the course and its work placement."""

from __future__ import annotations

from django.db import models

from cas.details import choices, codes
from cas.details import conditions as when
from cas.details.needs import ALWAYS, Any_, Is, ToSave
from cas.details.partial_dates import CASPartialDate
from cas.details.sections import (
    CATEGORY,
    COURSE,
    OVERSEAS,
    PARTNER,
    PLACEMENT,
    STUDENT,
    STUDY,
    About,
)
from cas.details.types import (
    CASAddressText,
    CASChoice,
    CASCode,
    CASCountry,
    CASDate,
    CASFamilyName,
    CASHours,
    CASIdentifier,
    CASLicenceNumber,
    CASLongText,
    CASNationality,
    CASNumber,
    CASText,
    CASUcasId,
    CASUKPostcode,
    CASYesNo,
)
from licences.routes import Route


class StudentAndCourse(models.Model):
    """The fields of the first sections of the form. `cas.details.declarations` has the other sections."""

    # Category
    route = CASChoice(
        CATEGORY,
        "Route",
        Route.choices,
        element="Category",
        needed=ALWAYS,
        hint="Cannot be changed once the CAS is saved",
    )

    # Student details
    applicant_id = CASIdentifier(
        STUDENT, "Applicant ID", size=50, element="ApplicantID", hint="Your own reference for the student"
    )
    application_id = CASIdentifier(
        STUDENT,
        "Application ID",
        size=50,
        element="ApplicationID",
        hint="Your own reference for this application: this student on this course",
        about=About.CAS,
    )
    ucas_id = CASUcasId(
        STUDENT, "UCAS or UKPASS ID", size=10, element="UCAS_UKPASS_Id", hint="1, then 9 letters or digits"
    )
    family_name = CASFamilyName(
        STUDENT,
        "Family name",
        size=35,
        element="FamilyName",
        needed=ToSave(),
        hint="As in the passport. If the student has only one name, enter it here",
    )
    given_names = CASText(
        STUDENT, "Given name(s)", size=35, element="GivenName", hint="As in the passport. Leave empty if there are none"
    )
    other_names = CASText(
        STUDENT,
        "Other names",
        size=250,
        element="OtherNames",
        hint="Include names that do not fit in the 2 fields above",
    )
    date_of_birth = CASPartialDate(
        STUDENT,
        "Date of birth",
        element="DateOfBirth",
        needed=ALWAYS,
        hint="As in the passport, for example 27 3 2007. Leave blank any part that the passport does not show",
    )
    gender = CASChoice(STUDENT, "Gender", choices.Gender.choices, element="Gender", needed=ALWAYS)
    nationality = CASNationality(STUDENT, "Nationality", element="Nationality", needed=ALWAYS)
    country_of_birth = CASCountry(STUDENT, "Country of birth", element="CountryOfBirth", needed=ALWAYS)
    place_of_birth = CASAddressText(STUDENT, "Place of birth", size=30, element="PlaceOfBirth")
    passport_number = CASIdentifier(
        STUDENT,
        "Passport or travel document number",
        size=35,
        element="ApplicantPassportOrTravelDocumentNumber",
        needed=ALWAYS,
    )

    # Partner institution
    partner_name = CASText(PARTNER, "Partner institution name", size=250, element="Name", needed=when.WITH_PARTNER)
    partner_licence_number = CASLicenceNumber(
        PARTNER,
        "Its sponsor licence number",
        size=9,
        element="SponsorLicenseNumber",
        hint="8 letters or digits, then a digit or X",
    )
    partner_address_line_1 = CASAddressText(
        PARTNER, "Address line 1", element="AddressDetails/AddressLine[1]", needed=when.WITH_PARTNER
    )
    partner_address_line_2 = CASAddressText(PARTNER, "Address line 2", element="AddressDetails/AddressLine[2]")
    partner_address_line_3 = CASAddressText(PARTNER, "Address line 3", element="AddressDetails/AddressLine[3]")
    partner_city = CASAddressText(PARTNER, "City or town", element="AddressDetails/City", needed=when.WITH_PARTNER)
    partner_county = CASAddressText(PARTNER, "County, area or district", element="AddressDetails/CountyAreaDistrict")
    partner_postcode = CASIdentifier(PARTNER, "Postcode", size=35, element="AddressDetails/PostCode")
    partner_country = CASCountry(PARTNER, "Country", element="AddressDetails/Country", needed=when.WITH_PARTNER)

    # Overseas institution
    overseas_name = CASText(OVERSEAS, "Overseas institution name", size=250, element="Name", needed=when.WITH_OVERSEAS)
    overseas_address_line_1 = CASAddressText(
        OVERSEAS, "Address line 1", element="Address/AddressLine[1]", needed=when.WITH_OVERSEAS
    )
    overseas_address_line_2 = CASAddressText(OVERSEAS, "Address line 2", element="Address/AddressLine[2]")
    overseas_address_line_3 = CASAddressText(OVERSEAS, "Address line 3", element="Address/AddressLine[3]")
    overseas_city = CASAddressText(OVERSEAS, "City or town", element="Address/City", needed=when.WITH_OVERSEAS)
    overseas_county = CASAddressText(OVERSEAS, "County, area or district", element="Address/CountyAreaDistrict")
    overseas_postcode = CASIdentifier(OVERSEAS, "Postcode", size=35, element="Address/PostCode")
    overseas_country = CASCountry(OVERSEAS, "Country", element="Address/Country", needed=when.WITH_OVERSEAS)

    # Course details
    course_title = CASText(
        COURSE,
        "Course curriculum title",
        size=250,
        element="CourseCurriculumTitle",
        needed=ALWAYS,
        hint="As the student will give it in the visa application",
    )
    course_id = CASIdentifier(COURSE, "Course ID", size=50, element="CourseID", hint="Your own code for the course")
    academic_level = CASCode(COURSE, "Academic level", codes.LEVELS, element="AcademicLevel", needed=ALWAYS)
    secondary_academic_level = CASText(
        COURSE,
        "Secondary academic level",
        size=250,
        suggestions=tuple(level.name for level in codes.LEVELS if not (level.until or level.only)),
        element="SecondaryAcademicLevel",
        hint="For the other part of a combined course, for example HND2",
    )
    course_start_date = CASDate(COURSE, "Course start date", element="CourseStartDate", needed=ALWAYS)
    latest_acceptance_date = CASDate(
        COURSE,
        "Latest date for acceptance on course",
        element="LatestDateForAcceptanceOnCourse",
        hint="Not before the course start date",
    )
    course_end_date = CASDate(
        COURSE,
        "Expected course end date",
        element="ExpectedCourseEndDate",
        needed=ALWAYS,
        hint="After the course start date",
    )
    attendance = CASChoice(
        COURSE, "Full-time or part-time", choices.Attendance.choices, element="CourseIsFullTime", needed=ALWAYS
    )
    hours_per_week = CASHours(
        COURSE,
        "Hours of study each week",
        most=168,
        element="CourseHoursPerWeek",
        needed=Any_(when.PART_TIME, when.BELOW_RQF_6),
        applies=Route.STUDENT,
        hint="From 0 to 168, with 1 decimal at most, as 15 or 17.5",
    )
    is_remote_delivery = CASYesNo(
        COURSE, "Is any of the course delivered remotely?", element="x:CourseIsRemoteDelivery", needed=ALWAYS
    )
    remote_delivery_percent = CASNumber(
        COURSE,
        "Share of the taught part delivered remotely (%)",
        least=1,
        most=100,
        unit="%",
        element="x:CourseRemoteDeliveryPercent",
        asked=Is("is_remote_delivery", True),
        hint="From 1 to 100",
        is_cleared=True,
    )
    is_sabbatical_officer = CASYesNo(
        COURSE,
        "Is the student a student union sabbatical officer?",
        element="x:SabbaticalOfficer",
        about=About.STUDENT,
    )

    # Main study address
    study_address_line_1 = CASAddressText(STUDY, "Address line 1", element="AddressLine[1]", needed=ALWAYS)
    study_address_line_2 = CASAddressText(STUDY, "Address line 2", element="AddressLine[2]")
    study_address_line_3 = CASAddressText(STUDY, "Address line 3", element="AddressLine[3]")
    study_city = CASAddressText(STUDY, "City or town", element="City", needed=ALWAYS)
    study_county = CASAddressText(STUDY, "County, area or district", element="CountyAreaDistrict")
    study_postcode = CASUKPostcode(STUDY, "Postcode", size=10, element="PostCode", needed=ALWAYS, hint="A UK postcode")

    # Work placement
    has_work_placement = CASYesNo(
        PLACEMENT,
        "Does the course have a work placement?",
        element="/CourseDetails/ApplicantHasWorkPlacement",
        needed=ALWAYS,
    )
    placement_percent = CASNumber(
        PLACEMENT,
        "Share of the course on placement (%)",
        least=1,
        most=100,
        unit="%",
        element="WorkPlacementPercentage",
        needed=when.WITH_PLACEMENT,
        applies=Route.STUDENT,
        hint="From 1 to 100. A whole number",
    )
    placement_justification = CASLongText(
        PLACEMENT,
        "Why the placement is above the usual share (for example a UK statutory requirement)",
        size=2000,
        element="WorkPlacementJustificationText",
        needed=when.LONG_PLACEMENT,
        applies=Route.STUDENT,
    )
    placement_address_line_1 = CASAddressText(
        PLACEMENT,
        "Address line 1",
        element="WorkPlacementAddress/AddressLine[1]",
        needed=when.WITH_PLACEMENT_ADDRESS,
        asked=when.WITH_PLACEMENT,
        hint="Enter the address only if it is known",
    )
    placement_address_line_2 = CASAddressText(
        PLACEMENT, "Address line 2", element="WorkPlacementAddress/AddressLine[2]", asked=when.WITH_PLACEMENT
    )
    placement_address_line_3 = CASAddressText(
        PLACEMENT, "Address line 3", element="WorkPlacementAddress/AddressLine[3]", asked=when.WITH_PLACEMENT
    )
    placement_city = CASAddressText(
        PLACEMENT,
        "City or town",
        element="WorkPlacementAddress/City",
        needed=when.WITH_PLACEMENT_ADDRESS,
        asked=when.WITH_PLACEMENT,
    )
    placement_county = CASAddressText(
        PLACEMENT,
        "County, area or district",
        element="WorkPlacementAddress/CountyAreaDistrict",
        asked=when.WITH_PLACEMENT,
    )
    placement_postcode = CASIdentifier(
        PLACEMENT, "Postcode", size=35, element="WorkPlacementAddress/PostCode", asked=when.WITH_PLACEMENT
    )
    placement_country = CASCountry(
        PLACEMENT,
        "Country",
        element="WorkPlacementAddress/Country",
        needed=when.WITH_PLACEMENT_ADDRESS,
        asked=when.WITH_PLACEMENT,
    )

    class Meta:
        abstract = True
