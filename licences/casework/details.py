"""Tables about the key people, ratings and services of a licence, for its page here and for the sponsor's summary."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from licences.casework.detail_decisions import KEY_PEOPLE, STATUS_AND_RATING
from licences.casework.parts import Table, Typed, pounds
from licences.casework.service_decisions import ACTION_PLANS, ASSESSMENTS, PREMIUM
from licences.models import ActionPlan, DatedValue, KeyPerson, Licence
from sms.core.govuk import formats

MOST = 20  # rows of each table. The history has everything


def tables_of(licence: Licence) -> Iterable[Table]:
    yield key_people(licence)
    yield dated_values(licence)
    yield assessments(licence)
    yield premium_services(licence)
    yield action_plans(licence)


def key_people(licence: Licence) -> Table:
    rows = [
        (each.get_kind_display(), Typed("\n".join(each.details.values())), *_dates(each))
        for each in licence.key_people.with_next()[:MOST]
    ]
    return Table(KEY_PEOPLE, ("Post", "Person", "From", "Until"), rows, empty="None recorded yet.")


def dated_values(licence: Licence) -> Table:
    found = licence.dated_values.with_next()[:MOST]
    rows = [(each.get_kind_display(), str(each), *_dates(each)) for each in found]
    return Table(STATUS_AND_RATING, ("Kind", "Value", "From", "Until"), rows)


def assessments(licence: Licence) -> Table:
    rows = [
        (
            formats.day(each.applied_on),
            str(each),
            formats.day(each.decided_on) or "–",
            formats.day(each.valid_until_on) or "–",
        )
        for each in licence.assessments.all()[:MOST]
    ]
    columns = ("Applied on", "Outcome", "Decided on", "Valid until")
    return Table(ASSESSMENTS, columns, rows, empty="No application is recorded yet.")


def premium_services(licence: Licence) -> Table:
    rows = [
        (str(each), pounds(each.fee_pence), formats.day(each.paid_on) or "Not yet")
        for each in licence.premium_services.all()[:MOST]
    ]
    return Table(PREMIUM, ("Year", "Fee", "Paid on"), rows)


def action_plans(licence: Licence, linked: Callable[[ActionPlan], str] | None = None) -> Table:
    """Return the action plans. `linked` makes the first cell of a row, the day on which the plan was issued."""
    rows = [
        (
            linked(each) if linked else formats.day(each.issued_on),
            Typed(each.details),
            pounds(each.fee_pence),
            each.get_answer_display() or "Not yet",
            formats.day(each.paid_on) or "–",
            formats.day(each.completed_on) or "–",
        )
        for each in licence.action_plans.all()[:MOST]
    ]
    return Table(ACTION_PLANS, ("Issued on", "What to improve", "Fee", "Answer", "Paid on", "Completed on"), rows)


def _dates(row: KeyPerson | DatedValue) -> tuple[str, str]:
    return formats.day(row.from_on), formats.day(row.last_on) or "–"
