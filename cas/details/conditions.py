"""Named conditions for when fields of a CAS are mandatory."""

from __future__ import annotations

from cas.details import choices, codes
from cas.details.needs import All, Any_, AnyFilled, Is, Over
from licences.routes import Route

_ADDRESS = ("address_line_1", "address_line_2", "address_line_3", "city", "county", "postcode", "country")

BELOW_RQF_6 = Is("academic_level", *codes.BELOW_RQF_6, words="below RQF level 6 or a level of English")
FROM_RQF_6 = Is("academic_level", *codes.FROM_RQF_6, words="RQF level 6 or above")
FROM_RQF_7 = Is("academic_level", *codes.FROM_RQF_7, words="RQF level 7 or 8")
PART_TIME = Is("attendance", choices.Attendance.PART_TIME)


def _any_filled(prefix: str, *others: str, words: str = "") -> AnyFilled:
    return AnyFilled(*(f"{prefix}_{name}" for name in (*others, *_ADDRESS)), words=words)


WITH_PARTNER = _any_filled("partner", "name", "licence_number")
WITH_OVERSEAS = _any_filled("overseas", "name")
WITH_PLACEMENT = Is("has_work_placement", True)
WITH_PLACEMENT_ADDRESS = All(
    WITH_PLACEMENT, _any_filled("placement", words="any field of the placement address is filled")
)
LONG_PLACEMENT = All(
    WITH_PLACEMENT,
    Any_(
        All(FROM_RQF_6, Over("placement_percent", "placement_most_from_rqf_6")),
        All(BELOW_RQF_6, Over("placement_percent", "placement_most_below_rqf_6")),
    ),
)
STUDIED_BEFORE = Is("has_previous_uk_study", True)
NOT_HIGHER = Is("level_comparison", choices.LevelComparison.SAME, choices.LevelComparison.LOWER)
SELT, NO_SELT = Is("is_selt_required", True), Is("is_selt_required", False)
ASSESSED_BY_PROVIDER = All(NO_SELT, Is("reason_selt_not_required", "HEI"))
WITH_AGENT = Is("is_agent_used", True)
STUDENT_ROUTE = Is("route", Route.STUDENT)
BOARDER = Is("living_arrangements", choices.LivingArrangements.BOARDING)
