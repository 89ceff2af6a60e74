"""The database itself protects licences, users, allocations, the ledger and the history."""

import pytest
from django.db import connection

from licences.models import AllocationEntry, Event, Licence
from sms.core import triggers
from tests.factories import a_cas, an_order, brought_to
from tests.plain_sql import columns_of, delete, execute, insert_like, no_triggers, only_trigger, refusal, update

pytestmark = pytest.mark.django_db

STATUSES = ["ACTIVE", "SUSPENDED", "REVOKED", "EXPIRED", "SURRENDERED"]

# The statuses that each status may change to (specification, section 9).
MOVES = {
    "ACTIVE": {"SUSPENDED", "REVOKED", "EXPIRED", "SURRENDERED"},
    "SUSPENDED": {"ACTIVE", "REVOKED", "EXPIRED", "SURRENDERED"},
    "REVOKED": set(),
    "EXPIRED": set(),
    "SURRENDERED": set(),
}


@pytest.mark.parametrize("before", STATUSES)
def test_a_licence_changes_its_status_only_by_a_move_of_the_table(before, licence, caseworker):
    brought_to(before, licence, caseworker=caseworker)

    def reached():
        return {status for status in STATUSES if not refusal(update, licence, status=status)} - {before}

    assert reached() == MOVES[before]
    with only_trigger("sms_guard_licences_licence_status_update"):
        assert reached() == MOVES[before]
    with no_triggers():
        assert reached() == set(STATUSES) - {before}
        assert refusal(update, licence, status="PENDING")


def test_a_new_licence_is_active(licence):
    def inserted():
        return {s for s in STATUSES if not refusal(insert_like, licence, number="123456789", status=s)}

    assert inserted() == {"ACTIVE"}
    with no_triggers():
        assert inserted() == set(STATUSES)


@pytest.mark.parametrize("status", STATUSES)
def test_a_licence_is_never_deleted(status, licence, caseworker):
    brought_to(status, licence, caseworker=caseworker)
    assert refusal(delete, licence) == "No licence with this status is ever deleted"
    with no_triggers():
        assert not refusal(delete, licence)


def test_users_and_allocations_are_never_deleted(level1, allocation):
    for row, sentence in [(level1, "Users are never deleted"), (allocation, "Allocations are never deleted")]:
        assert refusal(delete, row) == sentence
        with no_triggers():
            assert not refusal(delete, row)


@pytest.mark.parametrize(("model", "what"), [(Event, "Lines of history"), (AllocationEntry, "Entries of the ledger")])
def test_history_and_ledger_are_never_changed_or_deleted(model, what, level1, allocation):
    order = an_order(a_cas(level1), by=level1)
    order.cancel(by=level1)
    rows = list(model.objects.all())
    assert len(rows) > 2
    for row in rows:
        for column in columns_of(row):
            statement = f'UPDATE "{row._meta.db_table}" SET "{column}" = "{column}" WHERE id = %s'
            assert refusal(execute, statement, [row.pk]) == f"{what} are never changed"
        assert refusal(delete, row) == f"{what} are never deleted"
    with no_triggers():
        for row in rows:
            assert not refusal(execute, statement, [row.pk])
            assert not refusal(delete, row)


def test_lines_can_always_be_added_to_history_and_ledger(allocation):
    assert not refusal(insert_like, allocation.entries.get())
    assert not refusal(insert_like, Event.objects.first())


def test_the_counters_of_an_allocation_are_right_even_without_triggers(allocation):
    with no_triggers():
        for columns in [
            {"granted": 0, "used": 1},
            {"used": 11},
            {"held": 11},
            {"used": 6, "held": 5},
            {"used": -1},
            {"held": -1},
            {"granted": -1},
            {"route": "TOURIST"},
            {"expires_on": allocation.starts_on},
        ]:
            assert refusal(update, allocation, **columns), columns
        assert not refusal(update, allocation, used=6, held=4)
        assert refusal(insert_like, allocation), "one for each licence, route and year"


def test_an_entry_of_the_ledger_makes_sense_even_without_triggers(level1, allocation):
    an_order(a_cas(level1), by=level1)
    granted, held = allocation.entries.all()
    for columns in [{"kind": "gift"}, {"number": 0}, {"number": -1}, {"order": "SMS-1"}]:
        assert refusal(insert_like, granted, **columns), columns
    assert refusal(insert_like, held, order=""), "a hold is for an order"
    assert refusal(insert_like, held), "places are held only once for an order"
    assert not refusal(insert_like, held, kind="use")
    insert_like(held, kind="use")
    assert refusal(insert_like, held, kind="take"), "places are charged only once for an order"


def test_only_a_sponsors_user_has_a_licence(level1, caseworker, licence):
    with no_triggers():
        for user, columns in [
            (level1, {"licence_id": None}),
            (level1, {"role": "CASEWORKER"}),
            (level1, {"role": "SUPERUSER"}),
            (caseworker, {"licence_id": licence.pk}),
            (caseworker, {"role": "LEVEL_2"}),
        ]:
            assert refusal(update, user, **columns), columns
        assert not refusal(update, level1, role="LEVEL_2")


def test_a_user_id_is_taken_in_any_case(level1):
    assert not refusal(insert_like, level1, username="level3")
    for taken in ("level1", "Level1", "LEVEL1"):
        assert refusal(insert_like, level1, username=taken)


def test_a_licence_does_not_end_before_it_starts(licence):
    assert refusal(update, licence, expires_on="2020-04-05")
    assert not refusal(update, licence, expires_on="2020-04-06")
    assert refusal(insert_like, licence), "a licence number is used once"


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no TRUNCATE")
def test_no_guarded_table_can_be_emptied(licence):
    connection.check_constraints()  # PostgreSQL cannot empty a table with pending checks
    for model in triggers.guarded_models():
        said = refusal(execute, f'TRUNCATE "{model._meta.db_table}" CASCADE')
        assert said == "This table is never emptied", model


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no TRUNCATE")
def test_its_twin_without_triggers_a_table_can_be_emptied(licence):
    with no_triggers():
        execute(f'TRUNCATE "{Licence._meta.db_table}" CASCADE')
        assert not Licence.objects.exists()
