"""The regular jobs on awkward days, when they are killed, and twice: nothing ends early, late, twice or half."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection

from cas import regular_jobs
from cas.models import CAS, Order
from cas.models.queryset import CASQuerySet
from cas.payments import checkout
from cas.reconciliation import discrepancies
from licences.models import Allocation, Event, Licence
from licences.regular_jobs import expire_licences
from sms.core import clock
from sms.core.clock import LONDON
from tests.factories import a_cas, an_allocation, an_order, assigned

pytestmark = pytest.mark.django_db

A_MINUTE = timedelta(minutes=1)


def in_london(*parts):
    return datetime(*parts, tzinfo=LONDON)


def run_at(moment):
    """Run the jobs twice, as two workers do. Return the statuses of all CAS, licences and orders."""
    with clock.set_to(moment):
        for _ in range(2):
            expire_licences()
            regular_jobs.expire_cas()
            regular_jobs.chase_silent_orders()
    rows = (model.objects.order_by("pk").values_list("status", flat=True) for model in (CAS, Licence, Order))
    return [list(each) for each in rows]


def assigned_on(moment, by, caseworker):
    with clock.set_to(moment):
        an_allocation(by.licence, by=caseworker)
        return assigned(a_cas(by))


@pytest.mark.parametrize(
    ("year", "last_day"), [(2026, date(2027, 2, 28)), (2027, date(2028, 2, 29)), (2099, date(2100, 2, 28))]
)
def test_a_cas_assigned_on_31_august_expires_after_the_last_day_of_february(year, last_day, level2, caseworker):
    cas = assigned_on(in_london(year, 8, 31, 23, 59), level2, caseworker)
    assert cas.expires_on == last_day
    midnight = in_london(last_day.year, 3, 1)
    assert run_at(midnight - A_MINUTE)[0] == ["ASSIGNED"]
    assert run_at(midnight)[0] == ["EXPIRED"]
    assert Event.objects.filter(kind="cas", verb="expire").count() == 1


@pytest.mark.parametrize(
    "changed", [date(2027, 3, 28), date(2026, 10, 25)], ids=["an hour is left out", "an hour comes twice"]
)
def test_the_jobs_of_a_night_in_which_the_clocks_change_end_everything_once_at_londons_midnight(
    changed, licence, level2, caseworker
):
    cas = assigned_on(in_london(changed.year, changed.month, changed.day, 12) - timedelta(days=182), level2, caseworker)
    with clock.set_to(in_london(2026, 1, 1)):
        licence.amend(by=caseworker, expires_on=cas.expires_on + timedelta(days=1))
    begins = in_london(cas.expires_on.year, cas.expires_on.month, cas.expires_on.day).astimezone(UTC)
    seen = []
    for hour in range(73):  # in hours that really pass
        moment = begins + timedelta(hours=hour)
        statuses = run_at(moment)
        day = moment.astimezone(LONDON).date()
        assert statuses[0] == ["ASSIGNED" if day <= cas.expires_on else "EXPIRED"], moment
        assert statuses[1] == ["ACTIVE" if day <= cas.expires_on + timedelta(days=1) else "EXPIRED"], moment
        seen.append(statuses)
    assert seen[-1][:2] == [["EXPIRED"], ["EXPIRED"]]
    assert Event.objects.filter(verb="expire").count() == 2


def test_30_minutes_of_silence_are_counted_in_time_that_passes_when_the_clocks_go_back(level2, caseworker):
    """The order is opened at 1:50 before the clocks go back. At 1:15 afterwards, 25 minutes have passed."""
    opened_at = datetime(2026, 10, 25, 0, 50, tzinfo=UTC)
    assert opened_at.astimezone(LONDON).hour == 1
    with clock.set_to(opened_at):
        an_allocation(level2.licence, by=caseworker)
        order = an_order(a_cas(level2), by=level2)
        checkout.start(order, f"http://testserver/payments/{order.reference}/return/")
    assert run_at(opened_at + timedelta(minutes=25))[2] == ["OPEN"]
    assert Order.objects.get().asked_at is None
    run_at(opened_at + timedelta(minutes=31))
    assert Order.objects.get().asked_at


def test_when_the_year_ends_with_an_order_open_its_place_goes_back_to_the_old_year(level2, licence, caseworker):
    with clock.set_to(in_london(2027, 8, 1, 12)):
        old = Allocation.objects.grant(
            by=caseworker, licence=licence, route="STUDENT", starts_on=date(2026, 9, 1), number=2
        )
        new = Allocation.objects.grant(
            by=caseworker, licence=licence, route="STUDENT", starts_on=date(2027, 9, 1), number=2
        )
    with clock.set_to(in_london(2027, 8, 31, 23, 50)):
        kept, silent = (an_order(a_cas(level2, passport_number=f"P{n}00"), by=level2) for n in range(2))
    assert run_at(in_london(2027, 9, 1, 0, 1))[2] == ["OPEN", "OPEN"]
    with clock.set_to(in_london(2027, 9, 1, 0, 5)):
        kept.settle(by=kept.opened_by.__class__.objects.system())
    run_at(in_london(2027, 9, 2, 0, 1))
    old.refresh_from_db()
    new.refresh_from_db()
    assert [Order.objects.get(pk=order.pk).status for order in (kept, silent)] == ["PAID", "LAPSED"]
    assert (old.used, old.held, new.used, new.held) == (1, 0, 0, 0)
    assert list(discrepancies()) == []


def test_when_the_licence_ends_in_that_night_its_payments_are_cancelled_and_nothing_stays_held(
    level2, licence, caseworker
):
    with clock.set_to(in_london(2027, 8, 31, 23, 50)):
        allocation = an_allocation(licence, by=caseworker)
        live = assigned(a_cas(level2))
        an_order(a_cas(level2, passport_number="P100"), by=level2)
        licence.amend(by=caseworker, expires_on=clock.today())
    assert run_at(in_london(2027, 9, 1))[1:] == [["EXPIRED"], ["PAID", "CANCELLED"]]
    live.refresh_from_db()
    allocation.refresh_from_db()
    assert (live.status, allocation.held, allocation.used) == ("CANCELLED", 0, 1)
    assert Event.objects.filter(kind="order", verb="cancel").get().by.username == "system"
    assert list(discrepancies()) == []


class Killed(BaseException):
    """The process ends here, as after a SIGKILL: no code of the portal catches this."""


@pytest.fixture
def due(licence, level2, caseworker):
    """Return the jobs with something to do in 200 days, and the moment."""
    with clock.set_to(in_london(2027, 1, 10, 12)):
        an_allocation(licence, by=caseworker)
        assigned(a_cas(level2, passport_number="P100"))
        an_order(a_cas(level2, passport_number="P101"), by=level2)
        licence.amend(by=caseworker, expires_on=date(2027, 8, 1))
    return in_london(2027, 7, 29, 12)


def halves():
    """Return the records whose status differs from their history, and those that an ended licence left open."""
    found = [
        record
        for model in (CAS, Licence, Order)
        for record in model.objects.all()
        if record.status != last_status(record)
    ]
    ended = Licence.objects.filter(status="EXPIRED")
    found += CAS.objects.filter(licence__in=ended, status="ASSIGNED")
    found += Order.objects.filter(licence__in=ended, status="OPEN")
    return found + list(discrepancies())


def last_status(record):
    lines = Event.objects.about(record.event_kind, record.pk).order_by("-pk")
    return next(line.data["status"][1] for line in lines if "status" in line.data)


@pytest.mark.parametrize("job", [regular_jobs.expire_cas, regular_jobs.chase_silent_orders, expire_licences])
@pytest.mark.parametrize("days", [0, 4], ids=["the CAS expires", "the licence expires too"])
def test_a_job_that_is_killed_at_any_statement_changes_all_or_nothing_and_the_next_run_does_the_rest(job, days, due):
    moment = due + timedelta(days=days)
    statement, was_killed = 0, True
    while was_killed:
        statement += 1
        try:
            with clock.set_to(moment), connection.execute_wrapper(killing(statement)):
                job()
            was_killed = False
        except Killed:
            assert halves() == []
    assert statement > 1
    statuses = run_at(moment)
    assert halves() == []
    assert (statuses[0][0] in {"EXPIRED", "CANCELLED"}, statuses[0][1]) == (True, "READY TO GO")
    assert statuses[1] == ["EXPIRED" if days else "ACTIVE"]
    assert statuses[2][1] in {"LAPSED", "CANCELLED"}
    ends = Event.objects.filter(verb__in=["expire", "cancel", "lapse"]).values_list("kind", "subject_id")
    assert len(ends) == len(set(ends)), "nothing ended twice"


def test_its_twin_without_transactions_a_killed_job_leaves_a_half(due, monkeypatch):
    monkeypatch.setattr(CASQuerySet, "_move", CASQuerySet._move.__wrapped__)
    found = []
    for statement in range(1, 20):
        try:
            with clock.set_to(due), connection.execute_wrapper(killing(statement)):
                regular_jobs.expire_cas()
            break
        except Killed:
            found += halves()
    assert found


def killing(number):
    """Return a wrapper that ends the process at the statement with this number."""
    count = 0

    def execute_or_die(execute, sql, params, many, context):
        nonlocal count
        count += 1
        if count == number:
            raise Killed
        return execute(sql, params, many, context)

    return execute_or_die
