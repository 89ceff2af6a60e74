"""The database itself guards a CAS, whoever speaks to it (specification, section 3)."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from cas import numbers
from cas.models import CAS
from sms.core import clock
from tests.factories import in_status
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

# The whole of the specification's table: what each status may become, besides staying what it is.
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

FEES_PAID = {"course_fees_paid", "accommodation_fees_paid", "boarding_fees_paid"}
ORIGIN = {"id", "licence_id", "route", "created_by_id", "created_at", "recorded_at"}
ASSIGNMENT = {"number", "assigned_at", "assigned_on", "assigned_by_id", "expires_on", "passport_key"}
ENDING = {"applied_on", "decided_on", "outcome", "withdrawal_reason"}
NOTED = {"ASSIGNED", "EXPIRED"}
LIVES_ON = {"owner_id", "version", "changed_at"}


@pytest.fixture
def cas_in(level2, level1, allocation, caseworker):
    return lambda status: in_status(status, by=level2, caseworker=caseworker)


def as_in(status, cas):
    """The columns with which the row of this CAS would be sound in that status."""
    today, never = clock.today(), status in UNASSIGNED
    return {
        "status": status,
        "number": None if never else cas.number or numbers.draw(),
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
def test_a_status_changes_only_along_the_table_from(before, cas_in):
    cas = cas_in(before)

    def reached():
        return {status for status in STATUSES if not refusal(update, cas, **as_in(status, cas))} - {before}

    assert reached() == MOVES[before]
    with only_trigger("sms_guard_cas_cas_status_update"):
        assert reached() == MOVES[before]
    with no_triggers():
        assert reached() == set(STATUSES) - {before}


def test_a_new_row_is_never_one_of_an_assigned_cas(cas_in):
    cas = cas_in("READY TO GO")

    def inserted():
        return {status for status in STATUSES if not refusal(insert_like, cas, **as_in(status, cas))}

    assert inserted() == set(UNASSIGNED)
    with no_triggers():
        assert inserted() == set(STATUSES)


@pytest.mark.parametrize("status", STATUSES)
def test_a_row_is_deleted_only_before_it_was_assigned(status, cas_in):
    cas = cas_in(status)
    sentence = "" if status in UNASSIGNED else "No CAS with this status is ever deleted"
    assert refusal(delete, cas) == sentence
    with no_triggers():
        assert not refusal(delete, cas)


@pytest.mark.parametrize("status", EVER_ASSIGNED)
def test_no_column_of_an_assigned_cas_changes_but_those_that_live_on(status, cas_in):
    cas = cas_in(status)
    columns = set(columns_of(cas)) - ENDING - {"status"}
    live_on = LIVES_ON | (FEES_PAID if status == "ASSIGNED" else set())
    live_on |= {"sponsor_note"} if status in NOTED else set()
    assert columns > live_on | ORIGIN | ASSIGNMENT
    assert refused_columns(cas, columns) == columns - live_on
    with no_triggers():
        assert refused_columns(cas, columns) == set()


@pytest.mark.parametrize("status", UNASSIGNED)
def test_where_a_cas_came_from_never_changes(status, cas_in):
    cas = cas_in(status)
    columns = set(columns_of(cas)) - ASSIGNMENT - ENDING - {"status"}
    assert refused_columns(cas, columns) == ORIGIN | {"sponsor_note"}
    with no_triggers():
        assert refused_columns(cas, columns) == set()


def test_nothing_slips_in_with_the_assignment_itself(cas_in):
    cas = cas_in("READY TO GO")

    def slipped_in():
        return {
            column
            for column in ("family_name", "course_end_date", "course_fees_paid", "is_agent_used")
            if not refusal(update, cas, **as_in("ASSIGNED", cas), **{column: another_value(cas, column)})
        }

    assert slipped_in() == set()
    with no_triggers():
        assert len(slipped_in()) == 4


def test_fees_paid_stop_changing_with_the_move_out_of_assigned(cas_in):
    cas = cas_in("ASSIGNED")
    columns = {**as_in("EXPIRED", cas), "course_fees_paid": 1}
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
    for column in columns:
        assert refusal(update, cas, **{column: others[column]}) == "How a CAS ended never changes"
    with no_triggers():
        for column in columns:
            assert not refusal(update, cas, **{column: others[column]})


def test_a_row_that_makes_no_sense_is_refused_even_without_triggers(cas_in):
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
        ]:
            assert refusal(update, cas, **columns), columns


def test_a_number_is_given_once_for_ever(cas_in):
    first, second = cas_in("WITHDRAWN"), cas_in("ASSIGNED")
    with no_triggers(), pytest.raises(IntegrityError), transaction.atomic():
        update(second, number=first.number)
    assert CAS.objects.get(number=first.number) == first
