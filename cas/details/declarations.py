"""The declaration of every field of a CAS: its section, label, kind, size, need, and element in a bulk file.

The form, the completeness rule, the printed CAS, the documents and the database columns are all made from it.
Read the fields through `cas.details.fields`.
"""

from __future__ import annotations

from cas.details import choices, codes
from cas.details import conditions as when
from cas.details.needs import ALWAYS, All, Any_
from cas.details.sections import (
    AGENT,
    CHILD,
    DOCUMENTATION,
    ENGLISH,
    EVIDENCE,
    FEES,
    About,
)
from cas.details.student_and_course import StudentAndCourse
from cas.details.types import (
    CASAddressText,
    CASChoice,
    CASCode,
    CASCountry,
    CASIdentifier,
    CASLongText,
    CASMoney,
    CASText,
    CASYesNo,
)
from licences.routes import Route

MONEY_HINT = "In pounds, as 1234 or 1234.99"


class CASDetails(StudentAndCourse):
    """The fields of `FIELDS`, in the order of the form. `StudentAndCourse` declares the first sections."""

    # Documentation
    evidence_for_offer = CASLongText(
        DOCUMENTATION,
        "Documents used to obtain the offer",
        size=2000,
        element="DocumentsUsedToObtainOffer",
        needed=ALWAYS,
        about=About.CAS,
        hint="Qualifications that the offer relies on, with results. The student must be able to show them",
    )
    is_atas_required = CASYesNo(
        DOCUMENTATION,
        "Is an ATAS certificate required?",
        element="CourseRequiresATAS",
        about=About.COURSE,
        needed=ALWAYS,
        applies=Route.STUDENT,
    )
    is_dean_certificate_required = CASYesNo(
        DOCUMENTATION,
        "Is a Postgraduate Dean's certificate required?",
        element="PostgraduateDeanCertificateRequired",
        about=About.COURSE,
        needed=when.FROM_RQF_7,
        applies=Route.STUDENT,
        hint="For postgraduate doctors and dentists",
    )

    # Evidence
    has_previous_uk_study = CASYesNo(
        EVIDENCE,
        "Has the student studied in the UK before?",
        element="PreviousUKStudy",
        needed=ALWAYS,
        applies=Route.STUDENT,
    )
    previous_academic_level = CASCode(
        EVIDENCE,
        "Previous academic level",
        codes.LEVELS,
        element="PreviousAcademicLevel",
        for_any_route=True,
        needed=when.STUDIED_BEFORE,
        applies=Route.STUDENT,
    )
    level_comparison = CASChoice(
        EVIDENCE,
        "Level of this course against the previous one",
        choices.LevelComparison.choices,
        element="CurrentPreviousCourseLevelComparison",
        needed=when.STUDIED_BEFORE,
        applies=Route.STUDENT,
    )
    progression_justification = CASLongText(
        EVIDENCE,
        "How this course is academic progress",
        size=1000,
        element="ProgressionJustification",
        needed=All(when.STUDIED_BEFORE, when.NOT_HIGHER),
        applies=Route.STUDENT,
    )

    # English language
    is_selt_required = CASYesNo(
        ENGLISH,
        "Is a Secure English Language Test (SELT) required?",
        element="SELTRequired",
        needed=ALWAYS,
        applies=Route.STUDENT,
    )
    reason_selt_not_required = CASCode(
        ENGLISH,
        "Reason a SELT is not required",
        codes.SELT_REASONS,
        element="ReasonSELTNotRequired",
        needed=when.NO_SELT,
        applies=Route.STUDENT,
    )
    selt_provider = CASCode(
        ENGLISH,
        "SELT test provider",
        codes.SELT_PROVIDERS,
        element="TestProvider",
        needed=when.SELT,
        applies=Route.STUDENT,
    )
    english_level_attained = CASCode(
        ENGLISH,
        "English language level attained",
        codes.ENGLISH_LEVELS,
        element="EnglishLanguageLevelAttained",
        needed=when.SELT,
        asked=Any_(when.SELT, when.ASSESSED_BY_PROVIDER),
        applies=Route.STUDENT,
    )
    selt_speaking = CASText(
        ENGLISH, "Speaking result", size=50, element="SELTSpeakingLevel", asked=when.SELT, applies=Route.STUDENT
    )
    selt_listening = CASText(
        ENGLISH, "Listening result", size=50, element="SELTListeningLevel", asked=when.SELT, applies=Route.STUDENT
    )
    selt_reading = CASText(
        ENGLISH, "Reading result", size=50, element="SELTReadingLevel", asked=when.SELT, applies=Route.STUDENT
    )
    selt_writing = CASText(
        ENGLISH, "Writing result", size=50, element="SELTWritingLevel", asked=when.SELT, applies=Route.STUDENT
    )
    selt_reference = CASIdentifier(
        ENGLISH, "SELT reference number", size=50, element="x:SELTReference", asked=when.SELT, applies=Route.STUDENT
    )

    # Child Student
    living_arrangements = CASChoice(
        CHILD,
        "Where the child lives",
        choices.LivingArrangements.choices,
        element="x:LivingArrangements",
        needed=ALWAYS,
        applies=Route.CHILD_STUDENT,
    )
    living_details = CASLongText(
        CHILD,
        "Care and living arrangements: details",
        size=2000,
        element="x:LivingDetails",
        applies=Route.CHILD_STUDENT,
        hint="Who looks after the student in the UK, and where the student lives",
    )

    # Fees and accommodation
    is_accommodation_provided = CASYesNo(FEES, "Is accommodation provided?", element="AccomodationProvided")
    is_accommodation_in_fee = CASYesNo(
        FEES,
        "Do the course fees include accommodation?",
        element="CourseFeeIncludesAccomodationCosts",
        needed=ALWAYS,
        about=About.COURSE,
    )
    course_fees_first_year = CASMoney(
        FEES,
        "Course fees for first year only (£)",
        element="CourseFeesForFirstYearOnly",
        needed=ALWAYS,
        about=About.COURSE,
        hint=f"{MONEY_HINT}. Enter 0 if there is no fee",
        changes_while_assigned=True,
    )
    course_fees_paid = CASMoney(
        FEES,
        "Course fees paid to date (£)",
        element="CourseFeesPaidToDate",
        about=About.CAS,
        hint=MONEY_HINT,
        changes_while_assigned=True,
    )
    accommodation_fees_paid = CASMoney(
        FEES,
        "Accommodation fees paid to date (£)",
        element="AccommodationFeesPaidToDate",
        about=About.CAS,
        hint=MONEY_HINT,
        changes_while_assigned=True,
    )
    boarding_fees = CASMoney(
        FEES,
        "Boarding fees for first year only (£)",
        element="BoardingFeesForFirstYearOnly",
        needed=when.BOARDER,
        asked=Any_(when.STUDENT_ROUTE, when.BOARDER),
        hint=MONEY_HINT,
        changes_while_assigned=True,
    )
    boarding_fees_paid = CASMoney(
        FEES,
        "Boarding fees paid to date (£)",
        element="BoardingFeesPaidToDate",
        about=About.CAS,
        asked=Any_(when.STUDENT_ROUTE, when.BOARDER),
        hint=MONEY_HINT,
        changes_while_assigned=True,
    )
    financial_sponsor = CASText(
        FEES,
        "Official financial sponsor or scholarship",
        size=250,
        element="x:FinancialSponsor",
        about=About.CAS,
        hint="Who pays, and how much",
    )

    # Agent
    is_agent_used = CASYesNo(
        AGENT, "Was an agent or other third party used to recruit the student?", element="x:AgentUsed", needed=ALWAYS
    )
    agent_name = CASText(AGENT, "Official name of the agency", size=250, element="Name", needed=when.WITH_AGENT)
    agent_contact_name = CASText(
        AGENT, "Main contact at the agency", size=250, element="ContactName", needed=when.WITH_AGENT
    )
    agent_address_line_1 = CASAddressText(
        AGENT,
        "Address line 1",
        element="Address/AddressLine[1]",
        needed=when.WITH_AGENT,
        hint="The office that recruited the student",
    )
    agent_address_line_2 = CASAddressText(
        AGENT, "Address line 2", element="Address/AddressLine[2]", asked=when.WITH_AGENT
    )
    agent_address_line_3 = CASAddressText(
        AGENT, "Address line 3", element="Address/AddressLine[3]", asked=when.WITH_AGENT
    )
    agent_city = CASAddressText(AGENT, "City or town", element="Address/City", needed=when.WITH_AGENT)
    agent_county = CASAddressText(
        AGENT, "County, area or district", element="Address/CountyAreaDistrict", asked=when.WITH_AGENT
    )
    agent_postcode = CASIdentifier(AGENT, "Postcode", size=35, element="Address/PostCode", asked=when.WITH_AGENT)
    agent_country = CASCountry(AGENT, "Country", element="Address/Country", needed=when.WITH_AGENT)

    class Meta:
        abstract = True
