"""Named conditions for when fields of a CAS are mandatory."""

from __future__ import annotations

from cas.details import choices
from cas.details.needs import All, AnyFilled, Is
from licences.routes import Route

POSTGRADUATE = Is("academic_level", choices.AcademicLevel.RQF_7, choices.AcademicLevel.RQF_8)
BELOW_DEGREE = Is(
    "academic_level",
    choices.AcademicLevel.RQF_3,
    choices.AcademicLevel.RQF_4,
    choices.AcademicLevel.RQF_5,
    choices.AcademicLevel.PRE_SESSIONAL_B1,
    choices.AcademicLevel.PRE_SESSIONAL_B2,
)
WITH_PARTNER = AnyFilled(
    "partner_name",
    "partner_address_line_1",
    "partner_address_line_2",
    "partner_address_line_3",
    "partner_city",
    "partner_postcode",
)
WITH_OVERSEAS = AnyFilled(
    "overseas_name", "overseas_address_line_1", "overseas_address_line_2", "overseas_city", "overseas_country"
)
WITH_PLACEMENT = Is("has_work_placement", True)
STUDIED_BEFORE = Is("has_previous_uk_study", True)
SELT, NO_SELT = Is("is_selt_required", True), Is("is_selt_required", False)
WITH_AGENT = Is("is_agent_used", True)
CHILD_STUDENT = Is("route", Route.CHILD_STUDENT)
BOARDER = All(CHILD_STUDENT, Is("is_boarding", True))
