"""Check reports and their CAS, for the verbs, the forms and the lists (specification, section 8)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date

from dateutil.relativedelta import relativedelta

from cas.duties import REPORT
from cas.models import CAS
from cas.refusals import NOT_FOUND_ASSIGNED
from licences.models import User
from licences.permissions import require
from sms.core import clock
from sms.core.govuk import formats
from sms.core.refused import Refused
from sms.core.values import is_blank
from sponsorship_duties.models.activity_type import ActivityReason, ActivityType

DETAILS_SIZE = 5000  # characters
AHEAD = relativedelta(years=2)  # the furthest that the date of a report may be in the future


def wrong(
    activity_type: ActivityType,
    reason: ActivityReason | None,
    happened_on: date | None,
    details: str,
    completed_on: date | None,
) -> dict[str, str]:
    """Return a sentence for each wrong part of a report, by the name of the part."""
    if activity_type.is_graduation:
        given = {"reason": reason, "happened_on": happened_on, "details": details, "completed_on": completed_on}
        return {name: "A graduate notification has only a CAS. Leave this empty" for name in given if given[name]}
    found = {}
    latest = clock.today() if activity_type.is_withdrawal else clock.today() + AHEAD
    if happened_on is None:
        found["happened_on"] = f"{activity_type.date_label}: enter the date"
    elif happened_on > latest:
        limit = "must not be in the future" if activity_type.is_withdrawal else "must not be more than 2 years ahead"
        found["happened_on"] = f"{activity_type.date_label} {limit}"
    if not activity_type.is_in_use:
        found["type"] = f"“{activity_type}” is no longer in use. Choose another activity type"
    if reason is None or reason.type_id != activity_type.pk or not reason.is_in_use:
        found["reason"] = "Select a reason of this activity type"
    elif reason.has_completion_date and completed_on is None:
        found["completed_on"] = "Enter the earlier course completion date"
    elif completed_on and not reason.has_completion_date:
        found["completed_on"] = f"The reason “{reason}” has no earlier course completion date. Leave it empty"
    if is_blank(details):
        found["details"] = "Give details"
    elif len(details) > DETAILS_SIZE:
        found["details"] = f"Please give details: must be {DETAILS_SIZE:,} characters or fewer"
    return found


def wrong_completion(completed_on: date, cas_list: Iterable[CAS]) -> dict[str, str]:
    """Return a sentence about `completed_on` if one of the courses was expected to end on or before that day."""
    for cas in cas_list:
        if cas.course_end_date and completed_on >= cas.course_end_date:
            end = formats.day(cas.course_end_date)
            return {
                "completed_on": f"Earlier course completion date must be before the course of {cas.student_name} "
                f"was expected to end, {end}"
            }
    return {}


def hold(ids: Collection[int], *, by: User) -> list[CAS]:
    """Lock and return these CAS, in the order of their ids. Raises `Refused` if one of them allows no report."""
    require(by, REPORT.action)
    rows = CAS.objects.for_user(by).filter(pk__any_of=list(ids)).order_by("id")
    found = list(rows.select_related("licence").select_for_update(of=("self",)))
    if len(found) != len(set(ids)):
        raise NOT_FOUND_ASSIGNED()
    for cas, refused in why_not_each(found):
        if refused:
            raise refused.of(cas.student_name) if len(found) > 1 else refused
    return found


def why_not_each(cas_list: Iterable[CAS]) -> list[tuple[CAS, Refused | None]]:
    """Return each CAS with why activity cannot be reported on it; None if it can. All CAS must be of one sponsor."""
    ended: dict[str, bool] = {}
    answers = []
    for cas in cas_list:
        if cas.route not in ended:
            ended[cas.route] = cas.licence.has_ended(cas.route)
        answers.append((cas, REPORT.why_not(cas, has_ended=ended[cas.route])))
    return answers
