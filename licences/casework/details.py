"""The tables of a licence's page about its key people, ratings and services."""

from __future__ import annotations

from collections.abc import Iterable

from licences.casework.detail_decisions import KEY_PEOPLE, STATUS_AND_RATING
from licences.casework.pages import Table
from licences.casework.service_decisions import ACTION_PLANS, ASSESSMENTS, PREMIUM
from licences.models import Licence
from sms.core.govuk import formats

MOST = 20  # rows of each table. The history has everything


def tables_of(licence: Licence) -> Iterable[Table]:
    people = [
        (each.get_kind_display(), each.name, each.job_title, each.email, each.telephone, *_dates(each))
        for each in licence.key_people.with_next()[:MOST]
    ]
    columns = ("Post", "Name", "Job title", "Email address", "Telephone", "From", "Until")
    yield Table(KEY_PEOPLE, columns, people, empty="None recorded yet.")
    values = [(each.get_kind_display(), str(each), *_dates(each)) for each in licence.dated_values.with_next()[:MOST]]
    yield Table(STATUS_AND_RATING, ("Kind", "Value", "From", "Until"), values)
    assessments = [
        (
            formats.day(each.applied_on),
            str(each),
            formats.day(each.decided_on) or "–",
            formats.day(each.valid_until_on) or "–",
        )
        for each in licence.assessments.all()[:MOST]
    ]
    yield Table(ASSESSMENTS, ("Applied on", "Outcome", "Decided on", "Valid until"), assessments)
    services = [
        (str(each), formats.pounds(each.fee_pence), formats.day(each.paid_on) or "Not yet")
        for each in licence.premium_services.all()[:MOST]
    ]
    yield Table(PREMIUM, ("Year", "Fee", "Paid on"), services)
    plans = [
        (
            formats.day(each.issued_on),
            each.details,
            formats.pounds(each.fee_pence),
            each.get_answer_display() or "Not yet",
            formats.day(each.paid_on) or "–",
            formats.day(each.completed_on) or "–",
        )
        for each in licence.action_plans.all()[:MOST]
    ]
    yield Table(ACTION_PLANS, ("Issued on", "What to improve", "Fee", "Answer", "Paid on", "Completed on"), plans)


def _dates(row: object) -> tuple[str, str]:
    return formats.day(row.from_on), formats.day(row.last_on) or "–"  # type: ignore[attr-defined]
