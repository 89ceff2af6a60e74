"""The database itself guards a CAS against any statement (specification, section 3)."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from cas import numbers
from cas.models import CAS
from sms.core import clock
from tests.factories import COMPASS, in_status
from tests.plain_sql import (
    another_value,
    columns_of,
    delete,
    insert_like,
    no_triggers,
    only_trigger,
    refusal,
    refused_columns,
    update,
)

pytestmark = pytest.mark.django_db

UNASSIGNED = ["WORK IN PROGRESS", "READY TO GO"]
EVER_ASSIGNED = ["ASSIGNED", "USED", "EXPIRED", "OBSOLETE", "WITHDRAWN", "CANCELLED"]
STATUSES = [*UNASSIGNED, *EVER_ASSIGNED]

# The whole table of the specification: the statuses that may follow each status. A status may also stay unchanged.
MOVES = {
    "WORK IN PROGRESS": {"READY TO GO"},
    "READY TO GO": {"WORK IN PROGRESS", "ASSIGNED"},
    "ASSIGNED": {"WITHDRAWN", "USED", "EXPIRED", "OBSOLETE", "CANCELLED"},
    "EXPIRED": {"USED", "CANCELLED"},
    "USED": set(),
    "OBSOLETE": set(),
    "WITHDRAWN": set(),
    "CANCELLED": set(),
}

UPDATABLE_FEES = {
    "course_fees_first_year",
    "course_fees_paid",
    "accommodation_fees_paid",
    "boarding_fees",
    "boarding_fees_paid",
}
ORIGIN = {"id", "licence_id", "route", "created_by_id", "created_at", "recorded_at"}
ASSIGNMENT = {"number", "assigned_at", "assigned_on", "assigned_by_id", "expires_on", "passport_key"}
ENDING = {"applied_on", "decided_on", "outcome", "withdrawal_reason"}
ENDING |= {"application_closed_as", "application_closed_on", "reviewed_on"}
NOTED = {"ASSIGNED", "EXPIRED"}
CHANGES_IN_EVERY_STATUS = {"owner_id", "version", "changed_at"}


@pytest.fixture
def cas_in(level2, level1, allocation, caseworker):
    """Return a function that makes a CAS in a status. It has an agent's details, so that it can name an agent."""
    with_agent = {"is_agent_used": True, **COMPASS}
    return lambda status: in_status(status, by=level2, caseworker=caseworker, **with_agent)


def columns_in(status, cas):
    """Return the columns with which the row of this CAS would be valid in that status."""
    today, never = clock.today(), status in UNASSIGNED
    return {
        "status": status,
        "number": None if never else cas.number or numbers.draw("STUDENT"),
        "assigned_at": None if never else cas.assigned_at or clock.now(),
        "assigned_on": None if never else cas.assigned_on or today,
        "assigned_by_id": None if never else cas.assigned_by_id or cas.owner_id,
        "expires_on": None if never else cas.expires_on or today + timedelta(days=180),
        "applied_on": (cas.applied_on or today) if status == "USED" else None,
        "decided_on": (cas.decided_on or today) if status == "USED" else None,
        "outcome": cas.outcome or "GRANTED" if status == "USED" else "",
        "withdrawal_reason": cas.withdrawal_reason or "Enrolled elsewhere" if status == "WITHDRAWN" else "",
    }


@pytest.mark.parametrize("before", STATUSES)
def test_a_status_changes_only_to_one_that_the_table_allows(before, cas_in):
    cas = cas_in(before)

    def reached():
        return {status for status in STATUSES if not refusal(update, cas, **columns_in(status, cas))} - {before}

    assert reached() == MOVES[before]
    with only_trigger("sms_guard_cas_cas_status_update"):
        assert reached() == MOVES[before]
    with no_triggers():
        assert reached() == set(STATUSES) - {before}


def test_a_new_row_is_never_that_of_an_assigned_cas(cas_in):
    cas = cas_in("READY TO GO")

    def inserted():
        return {status for status in STATUSES if not refusal(insert_like, cas, **columns_in(status, cas))}

    assert inserted() == set(UNASSIGNED)
    with no_triggers():
        assert inserted() == set(STATUSES)


@pytest.mark.parametrize("status", STATUSES)
def test_a_row_can_be_deleted_only_while_it_is_unassigned(status, cas_in):
    cas = cas_in(status)
    sentence = "" if status in UNASSIGNED else "No CAS with this status is ever deleted"
    assert refusal(delete, cas) == sentence
    with no_triggers():
        assert not refusal(delete, cas)


@pytest.mark.parametrize("status", EVER_ASSIGNED)
def test_only_a_few_columns_of_an_assigned_cas_can_change(status, cas_in):
    cas = cas_in(status)
    columns = set(columns_of(cas)) - ENDING - {"status"}
    changeable = CHANGES_IN_EVERY_STATUS | (UPDATABLE_FEES if status == "ASSIGNED" else set())
    changeable |= {"sponsor_note"} if status in NOTED else set()
    assert columns > changeable | ORIGIN | ASSIGNMENT
    assert refused_columns(cas, columns) == columns - changeable
    with no_triggers():
        assert refused_columns(cas, columns) == set()


@pytest.mark.parametrize("status", UNASSIGNED)
def test_the_origin_of_a_cas_never_changes(status, cas_in):
    cas = cas_in(status)
    columns = set(columns_of(cas)) - ASSIGNMENT - ENDING - {"status"}
    assert refused_columns(cas, columns) == ORIGIN | {"sponsor_note"}
    with no_triggers():
        assert refused_columns(cas, columns) == set()


def test_no_detail_changes_in_the_statement_that_assigns_a_cas(cas_in):
    cas = cas_in("READY TO GO")

    def accepted():
        return {
            column
            for column in ("family_name", "course_end_date", "course_fees_paid", "is_agent_used")
            if not refusal(update, cas, **columns_in("ASSIGNED", cas), **{column: another_value(cas, column)})
        }

    assert accepted() == set()
    with no_triggers():
        assert len(accepted()) == 4


def test_fees_paid_do_not_change_in_the_statement_that_ends_assigned(cas_in):
    cas = cas_in("ASSIGNED")
    columns = {**columns_in("EXPIRED", cas), "course_fees_paid": 1}
    assert refusal(update, cas, **columns) == "Fees are updated on an ASSIGNED CAS only"
    with no_triggers():
        assert not refusal(update, cas, **columns)


@pytest.mark.parametrize(
    ("status", "columns"),
    [
        ("USED", ["outcome", "decided_on", "applied_on"]),
        ("WITHDRAWN", ["withdrawal_reason", "applied_on"]),
        ("OBSOLETE", ["applied_on"]),
        ("CANCELLED", ["applied_on"]),
    ],
)
def test_how_a_cas_ended_never_changes(status, columns, cas_in):
    cas = cas_in(status)
    others = {
        "outcome": "REFUSED",
        "decided_on": clock.today() + timedelta(days=1),
        "applied_on": clock.today() + timedelta(days=1),
        "withdrawal_reason": "Another",
    }
    only_after_a_review = "A decision changes only after a successful administrative review"
    for column in columns:
        of_a_decision = column in {"outcome", "decided_on"}
        expected = only_after_a_review if of_a_decision else "How a CAS ended never changes"
        assert refusal(update, cas, **{column: others[column]}) == expected
    with no_triggers():
        for column in columns:
            assert not refusal(update, cas, **{column: others[column]})


def refused_case(cas_in, caseworker):
    """Make a USED CAS whose application was refused."""
    cas = cas_in("ASSIGNED")
    cas.record_application(clock.today(), by=caseworker)
    cas.use(by=caseworker, decided_on=clock.today(), outcome="REFUSED")
    return cas


def test_a_refusal_changes_only_together_with_the_end_of_its_review(cas_in, caseworker):
    cas, today, later = refused_case(cas_in, caseworker), clock.today(), clock.today() + timedelta(days=1)
    only_after_a_review = "A decision changes only after a successful administrative review"
    assert refusal(update, cas, outcome="GRANTED", reviewed_on=None) == only_after_a_review
    assert refusal(update, cas, outcome="GRANTED", reviewed_on=today) == only_after_a_review
    update(cas, reviewed_on=today)
    assert refusal(update, cas, decided_on=later) == only_after_a_review
    assert not refusal(update, cas, reviewed_on=None, outcome="GRANTED", decided_on=later)
    for status in ("ASSIGNED", "EXPIRED", "USED", "WITHDRAWN"):
        sentence = refusal(update, cas_in(status), reviewed_on=today)
        assert sentence == "An administrative review is recorded on a USED CAS whose application was refused"


def test_only_a_cas_with_an_application_has_it_closed_and_only_a_refusal_is_reviewed(cas_in, caseworker):
    used, cas, today = refused_case(cas_in, caseworker), cas_in("ASSIGNED"), clock.today()
    closed = {"application_closed_as": "VOID", "application_closed_on": today}
    assert refusal(update, cas, **closed), "it has no application"
    cas.record_application(today, by=caseworker)
    yesterday = today - timedelta(days=1)
    for wrong in (
        {"application_closed_on": None},
        {"application_closed_as": "GONE"},
        {"application_closed_on": yesterday},
    ):
        assert refusal(update, cas, **{**closed, **wrong})
    assert refusal(update, cas, **closed, **columns_in("USED", cas)), "a closed application has no outcome"
    assert not refusal(update, cas, **closed)
    with no_triggers():
        assert refusal(update, used, **closed)
        assert refusal(update, used, reviewed_on=yesterday)
        assert refusal(update, used, reviewed_on=today, outcome="GRANTED")


def test_an_inconsistent_row_is_refused_even_without_triggers(cas_in):
    cas, today = cas_in("READY TO GO"), clock.today()
    with no_triggers():
        for columns in [
            {"status": "DRAFT"},
            {"status": "assigned"},
            {"status": ""},
            {"family_name": ""},
            {"number": "E4G00000000000"},
            {"assigned_on": today},
            {"outcome": "GRANTED"},
            {"withdrawal_reason": "Because"},
            {"decided_on": today},
            {"applied_on": today},
            {"reviewed_on": today},
        ]:
            assert refusal(update, cas, **columns), columns


def test_a_number_is_never_given_again(cas_in):
    first, second = cas_in("WITHDRAWN"), cas_in("ASSIGNED")
    with no_triggers(), pytest.raises(IntegrityError), transaction.atomic():
        update(second, number=first.number)
    assert CAS.objects.get(number=first.number) == first
