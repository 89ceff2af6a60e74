"""The declaration of every field of a CAS: its section, label, kind, size, need, and element in a bulk file.

The form, the completeness rule, the printed CAS, the documents and the database columns are all made from it.
Read the fields through `cas.details.fields`.
"""

from __future__ import annotations

from django.db import models

from cas.details import choices
from cas.details import conditions as when
from cas.details.needs import ALWAYS, All, Is, IsNot, ToSave
from cas.details.partial_dates import CASPartialDate
from cas.details.sections import (
    AGENT,
    CATEGORY,
    CHILD,
    COURSE,
    ENGLISH,
    EVIDENCE,
    FEES,
    FINANCE,
    HOME,
    OVERSEAS,
    PARTNER,
    PLACEMENT,
    STUDENT,
    STUDY,
)
from cas.details.types import (
    CASChoice,
    CASCountry,
    CASDate,
    CASIdentifier,
    CASLongText,
    CASMoney,
    CASNationality,
    CASNumber,
    CASText,
    CASUKPostcode,
    CASYesNo,
)
from licences.routes import Route

MONEY_HINT = "In pounds, as 1234 or 1234.99"


class CASDetails(models.Model):
    """The fields of `FIELDS`, in the order of the form."""

    # Category
    route = CASChoice(
        CATEGORY,
        "Route",
        Route.choices,
        tag="Category",
        needed=ALWAYS,
        hint="Cannot be changed once the CAS is saved",
    )

    # Student details
    applicant_id = CASIdentifier(
        STUDENT, "Applicant ID", size=50, tag="ApplicantID", hint="Your own reference for the student"
    )
    family_name = CASText(
        STUDENT,
        "Family name",
        size=35,
        tag="FamilyName",
        needed=ToSave(),
        hint="As in the passport. If the student has only one name, enter it here",
    )
    given_names = CASText(
        STUDENT,
        "Given name(s)",
        size=35,
        tag="GivenName",
        hint="As in the passport. Leave empty if there are none",
    )
    other_names = CASText(
        STUDENT,
        "Other names",
        size=250,
        tag="OtherNames",
        hint="Include names that do not fit in the 2 fields above",
    )
    date_of_birth = CASPartialDate(
        STUDENT,
        "Date of birth",
        tag="DateOfBirth",
        needed=ALWAYS,
        hint="As in the passport, for example 27 3 2007. Leave blank any part that the passport does not show",
    )
    gender = CASChoice(STUDENT, "Gender", choices.Gender.choices, tag="Gender", needed=ALWAYS)
    nationality = CASNationality(STUDENT, "Nationality", tag="Nationality", needed=ALWAYS)
    place_of_birth = CASText(STUDENT, "Place of birth", size=100, tag="PlaceOfBirth")
    country_of_birth = CASCountry(STUDENT, "Country of birth", tag="CountryOfBirth", needed=ALWAYS)
    passport_number = CASIdentifier(
        STUDENT,
        "Passport or travel document number",
        size=50,
        tag="ApplicantPassportOrTravelDocumentNumber",
        needed=ALWAYS,
    )

    # Home address
    home_address_line_1 = CASText(HOME, "Address line 1", size=100, tag="HomeAddressLine1", needed=ALWAYS)
    home_address_line_2 = CASText(HOME, "Address line 2", size=100, tag="HomeAddressLine2")
    home_address_line_3 = CASText(HOME, "Address line 3", size=100, tag="HomeAddressLine3")
    home_city = CASText(HOME, "City or town", size=100, tag="HomeCity", needed=ALWAYS)
    home_area = CASText(HOME, "County, area or district", size=100, tag="HomeArea")
    home_postcode = CASIdentifier(HOME, "Postcode", size=20, tag="HomePostcode")
    home_country = CASCountry(HOME, "Country", tag="HomeCountry", needed=ALWAYS)

    # Course details
    course_id = CASIdentifier(COURSE, "Course ID", size=50, tag="CourseID", hint="Your own code for the course")
    course_title = CASText(
        COURSE,
        "Course curriculum title",
        size=250,
        tag="CourseCurriculumTitle",
        needed=ALWAYS,
        hint="As the student will give it in the visa application",
    )
    academic_level = CASChoice(
        COURSE, "Academic level", choices.AcademicLevel.choices, tag="AcademicLevel", needed=ALWAYS
    )
    secondary_academic_level = CASChoice(
        COURSE,
        "Secondary academic level",
        choices.AcademicLevel.choices,
        tag="SecondaryAcademicLevel",
        hint="For the other part of a combined course",
    )
    study_mode = CASChoice(
        COURSE, "Research or taught", choices.StudyMode.choices, tag="CourseStudyMode", needed=when.POSTGRADUATE
    )
    course_start_date = CASDate(COURSE, "Course start date", tag="CourseStartDate", needed=ALWAYS)
    latest_acceptance_date = CASDate(
        COURSE,
        "Latest date for acceptance on course",
        tag="LatestAcceptanceDate",
        hint="Not before the course start date",
    )
    course_end_date = CASDate(
        COURSE,
        "Expected course end date",
        tag="CourseEndDate",
        needed=ALWAYS,
        hint="After the course start date",
    )
    attendance = CASChoice(
        COURSE, "Full-time or part-time", choices.Attendance.choices, tag="CourseAttendance", needed=ALWAYS
    )
    hours_per_week = CASNumber(
        COURSE,
        "Hours of study each week",
        least=1,
        most=60,
        tag="CourseHoursPerWeek",
        needed=when.BELOW_DEGREE,
        hint="Whole hours, from 1 to 60",
    )
    is_remote_delivery = CASYesNo(
        COURSE, "Is any of the course delivered remotely?", tag="CourseIsRemoteDelivery", needed=ALWAYS
    )
    remote_delivery_percent = CASNumber(
        COURSE,
        "Share delivered remotely (%)",
        least=1,
        most=100,
        unit="%",
        tag="CourseRemoteDeliveryPercent",
        needed=Is("is_remote_delivery", True),
        hint="From 1 to 100",
    )
    is_atas_required = CASYesNo(COURSE, "Is an ATAS certificate required?", tag="ATASRequired", needed=ALWAYS)
    is_postgraduate_doctor_or_dentist = CASYesNo(
        COURSE,
        "Is the student a postgraduate doctor or dentist on a recognised foundation programme?",
        tag="PostgraduateDoctorOrDentist",
    )
    is_sabbatical_officer = CASYesNo(
        COURSE, "Is the student a student union sabbatical officer?", tag="SabbaticalOfficer"
    )

    # Main study address
    study_address_line_1 = CASText(STUDY, "Address line 1", size=100, tag="StudyAddressLine1", needed=ALWAYS)
    study_address_line_2 = CASText(STUDY, "Address line 2", size=100, tag="StudyAddressLine2")
    study_address_line_3 = CASText(STUDY, "Address line 3", size=100, tag="StudyAddressLine3")
    study_city = CASText(STUDY, "City or town", size=100, tag="StudyCity", needed=ALWAYS)
    study_postcode = CASUKPostcode(STUDY, "Postcode", size=8, tag="StudyPostcode", needed=ALWAYS)

    # Partner institution
    partner_name = CASText(
        PARTNER, "Partner institution name", size=250, tag="PartnerInstitutionName", needed=when.WITH_PARTNER
    )
    partner_address_line_1 = CASText(
        PARTNER, "Address line 1", size=100, tag="PartnerAddressLine1", needed=when.WITH_PARTNER
    )
    partner_address_line_2 = CASText(PARTNER, "Address line 2", size=100, tag="PartnerAddressLine2")
    partner_address_line_3 = CASText(PARTNER, "Address line 3", size=100, tag="PartnerAddressLine3")
    partner_city = CASText(PARTNER, "City or town", size=100, tag="PartnerCity", needed=when.WITH_PARTNER)
    partner_postcode = CASIdentifier(PARTNER, "Postcode", size=8, tag="PartnerPostcode")

    # Overseas institution
    overseas_name = CASText(
        OVERSEAS, "Overseas institution name", size=250, tag="OverseasInstitutionName", needed=when.WITH_OVERSEAS
    )
    overseas_address_line_1 = CASText(
        OVERSEAS, "Address line 1", size=100, tag="OverseasAddressLine1", needed=when.WITH_OVERSEAS
    )
    overseas_address_line_2 = CASText(OVERSEAS, "Address line 2", size=100, tag="OverseasAddressLine2")
    overseas_city = CASText(OVERSEAS, "City or town", size=100, tag="OverseasCity", needed=when.WITH_OVERSEAS)
    overseas_country = CASCountry(OVERSEAS, "Country", tag="OverseasCountry", needed=when.WITH_OVERSEAS)

    # Work placement
    has_work_placement = CASYesNo(
        PLACEMENT, "Does the course have a work placement?", tag="HasWorkPlacement", needed=ALWAYS
    )
    placement_name = CASText(PLACEMENT, "Organisation", size=250, tag="PlacementName", needed=when.WITH_PLACEMENT)
    placement_address_line_1 = CASText(
        PLACEMENT, "Address line 1", size=100, tag="PlacementAddressLine1", needed=when.WITH_PLACEMENT
    )
    placement_address_line_2 = CASText(
        PLACEMENT, "Address line 2", size=100, tag="PlacementAddressLine2", asked=when.WITH_PLACEMENT
    )
    placement_city = CASText(PLACEMENT, "City or town", size=100, tag="PlacementCity", needed=when.WITH_PLACEMENT)
    placement_postcode = CASIdentifier(
        PLACEMENT, "Postcode", size=20, tag="PlacementPostcode", asked=when.WITH_PLACEMENT
    )
    placement_country = CASCountry(PLACEMENT, "Country", tag="PlacementCountry", needed=when.WITH_PLACEMENT)
    placement_percent = CASNumber(
        PLACEMENT,
        "Share of the course on placement (%)",
        least=1,
        most=50,
        unit="%",
        tag="PlacementPercent",
        needed=when.WITH_PLACEMENT,
        hint="From 1 to 50",
    )

    # Evidence
    evidence_for_offer = CASLongText(
        EVIDENCE,
        "Documents used to obtain the offer",
        tag="EvidenceForOffer",
        needed=ALWAYS,
        hint="Qualifications that the offer relies on, with results. The student must be able to show them",
    )
    has_previous_uk_study = CASYesNo(
        EVIDENCE, "Has the student studied in the UK before?", tag="PreviousUKStudy", needed=ALWAYS
    )
    previous_academic_level = CASChoice(
        EVIDENCE,
        "Previous academic level",
        choices.AcademicLevel.choices,
        tag="PreviousAcademicLevel",
        needed=when.STUDIED_BEFORE,
    )
    level_comparison = CASChoice(
        EVIDENCE,
        "Level of this course against the previous one",
        choices.LevelComparison.choices,
        tag="CurrentPreviousCourseLevelComparison",
        needed=when.STUDIED_BEFORE,
    )
    progression_justification = CASLongText(
        EVIDENCE,
        "How this course is academic progress",
        tag="ProgressionJustification",
        needed=All(when.STUDIED_BEFORE, IsNot("level_comparison", choices.LevelComparison.HIGHER)),
    )

    # English language
    is_selt_required = CASYesNo(
        ENGLISH, "Is a Secure English Language Test (SELT) required?", tag="SELTRequired", needed=ALWAYS
    )
    reason_selt_not_required = CASChoice(
        ENGLISH,
        "Reason a SELT is not required",
        choices.ReasonSELTNotRequired.choices,
        tag="ReasonSELTNotRequired",
        needed=when.NO_SELT,
    )
    selt_provider = CASChoice(
        ENGLISH,
        "SELT test provider",
        choices.SELTProvider.choices,
        tag="TestProvider",
        needed=when.SELT,
    )
    english_level_attained = CASChoice(
        ENGLISH,
        "English language level attained",
        choices.EnglishLevel.choices,
        tag="EnglishLanguageLevelAttained",
        needed=when.SELT,
    )
    selt_reference = CASIdentifier(ENGLISH, "SELT reference number", size=50, tag="SELTReference", needed=when.SELT)
    selt_speaking = CASText(ENGLISH, "Speaking result", size=10, tag="SELTSpeaking", needed=when.SELT)
    selt_listening = CASText(ENGLISH, "Listening result", size=10, tag="SELTListening", needed=when.SELT)
    selt_reading = CASText(ENGLISH, "Reading result", size=10, tag="SELTReading", needed=when.SELT)
    selt_writing = CASText(ENGLISH, "Writing result", size=10, tag="SELTWriting", needed=when.SELT)

    # Fees
    course_fees_first_year = CASMoney(
        FEES,
        "Course fees for first year only (£)",
        tag="CourseFeesForFirstYearOnly",
        needed=ALWAYS,
        hint=f"{MONEY_HINT}. Enter 0 if there is no fee",
    )
    course_fees_paid = CASMoney(
        FEES,
        "Course fees paid to date (£)",
        tag="CourseFeesPaidToDate",
        needed=ALWAYS,
        hint=f"{MONEY_HINT}. Enter 0 if nothing has been paid",
        changes_while_assigned=True,
    )
    is_accommodation_in_fee = CASYesNo(
        FEES, "Does the first-year fee include accommodation?", tag="FeeIncludesAccommodation"
    )
    accommodation_fees_paid = CASMoney(
        FEES,
        "Accommodation fees paid to date (£)",
        tag="AccommodationFeesPaidToDate",
        hint=MONEY_HINT,
        changes_while_assigned=True,
    )
    boarding_fees = CASMoney(FEES, "Boarding fees (£)", tag="BoardingFees", needed=when.BOARDER, hint=MONEY_HINT)
    boarding_fees_paid = CASMoney(
        FEES,
        "Boarding fees paid to date (£)",
        tag="BoardingFeesPaidToDate",
        needed=when.BOARDER,
        hint=MONEY_HINT,
        changes_while_assigned=True,
    )

    # Finance
    financial_sponsor = CASText(
        FINANCE,
        "Official financial sponsor or scholarship",
        size=250,
        tag="FinancialSponsor",
        hint="Who pays, and how much",
    )

    # Agent
    is_agent_used = CASYesNo(
        AGENT,
        "Was an agent or other third party used to recruit the student?",
        tag="AgentUsed",
        needed=ALWAYS,
    )
    agent_name = CASText(AGENT, "Official name of the agency", size=250, tag="AgentName", needed=when.WITH_AGENT)
    agent_contact_name = CASText(
        AGENT, "Main contact at the agency", size=250, tag="AgentContactName", needed=when.WITH_AGENT
    )
    agent_address_line_1 = CASText(
        AGENT,
        "Address line 1",
        size=100,
        tag="AgentAddressLine1",
        needed=when.WITH_AGENT,
        hint="The office that recruited the student",
    )
    agent_address_line_2 = CASText(AGENT, "Address line 2", size=100, tag="AgentAddressLine2", asked=when.WITH_AGENT)
    agent_city = CASText(AGENT, "City or town", size=100, tag="AgentCity", needed=when.WITH_AGENT)
    agent_country = CASCountry(AGENT, "Country", tag="AgentCountry", needed=when.WITH_AGENT)

    # Child Student
    is_boarding = CASYesNo(CHILD, "Does the student board?", tag="Boarding", needed=when.CHILD_STUDENT)
    care_arrangements = CASLongText(
        CHILD,
        "Care and living arrangements",
        tag="CareArrangements",
        needed=when.CHILD_STUDENT,
        hint="Who looks after the student in the UK, and where the student lives",
    )

    class Meta:
        abstract = True
