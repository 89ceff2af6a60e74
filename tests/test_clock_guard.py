"""While the clock may be wrong, jobs that cannot be undone wait, until it is right or confirmed (decision 15)."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection
from django.test import Client

from cas.models import CAS, Order, Printout
from cas.payments import checkout
from cas.payments.providers import worldpay as ours
from licences import clock_guard
from licences.models import ClockCheck, Draft, Licence, Session, StoredSearch
from sms import regular_jobs
from sms.core import clock
from tests.factories import a_cas, a_licence, assigned
from tests.payments import Silent

pytestmark = pytest.mark.django_db

HOUR, DAY, YEAR = timedelta(hours=1), timedelta(days=1), timedelta(days=366)
ON_POSTGRESQL = connection.vendor == "postgresql"
only_on_postgresql = pytest.mark.skipif(not ON_POSTGRESQL, reason="SQLite has no clock of its own")
only_on_sqlite = pytest.mark.skipif(ON_POSTGRESQL, reason="PostgreSQL has a clock of its own")


@pytest.fixture(autouse=True)
def _outside_demo_mode(settings, monkeypatch):
    settings.DEMO = False
    monkeypatch.setattr(checkout, "provider_named", lambda name: checkout.PROVIDERS[name])  # also outside demo mode


@pytest.fixture
def clock_says(monkeypatch):
    """Return a function that sets the portal's clock ahead, but not the database server's: `clock_says(YEAR)`."""
    real_now = clock.real_now

    def set_wrong(by):
        monkeypatch.setattr(clock, "real_now", lambda: real_now() + by)

    return set_wrong


class Elsewhere(Silent):
    """A provider that counts how often it is asked, and reports `word` if it is set."""

    name = "elsewhere"

    def __init__(self):
        self.asked, self.cancelled, self.word = 0, 0, None

    def fetch(self, order):
        self.asked += 1
        return self.word

    def cancel(self, order):
        self.cancelled += 1


@pytest.fixture
def elsewhere(monkeypatch):
    provider = Elsewhere()
    monkeypatch.setitem(checkout.PROVIDERS, provider.name, provider)
    return provider


@pytest.fixture
def order(elsewhere, level1, allocation):
    cas = a_cas(level1)
    order = Order.objects.open({cas.pk: cas.version}, by=level1, provider="elsewhere")
    order.send_to("1", "https://elsewhere.example/1")
    return order


@pytest.fixture
def perishable(level1, order, caseworker, as_user):
    """Make every kind of record that a date can end permanently, and run the jobs, which find nothing to end yet."""
    live = assigned(a_cas(level1, passport_number="Another"))
    ending = a_licence("123456789", "New College", by=caseworker)
    ending.amend(by=caseworker, expires_on=clock.today() + 100 * DAY)
    StoredSearch.objects.keep("any", {}, by=level1)
    Printout.objects.ask([live.pk], name="One", by=level1)
    Draft.objects.keep(
        user_id=level1.pk, form="edit_cas", subject="1", key="", typed={"a": ["b"]}, drawn_at=clock.now()
    )
    as_user(level1)
    assert set(run().values()) <= {0, 1}
    return rows()


def run():
    return regular_jobs.run_all()


def rows():
    """Return everything that a date can end permanently: statuses and numbers of rows."""
    return {
        "CAS": sorted(CAS.objects.values_list("status", flat=True)),
        "licences": sorted(Licence.objects.values_list("status", flat=True)),
        "orders": sorted(Order.objects.values_list("status", flat=True)),
        **{model.__name__: model.objects.count() for model in (StoredSearch, Printout, Draft, Session)},
    }


# The rows after the jobs have run a year later: all of them have ended.
A_YEAR_LATER = {
    "CAS": ["EXPIRED", "READY TO GO"],
    "licences": ["ACTIVE", "EXPIRED"],
    "orders": ["LAPSED", "PAID"],
    "StoredSearch": 0,
    "Printout": 0,
    "Draft": 0,
    "Session": 0,
}


def health():
    answer = Client().get("/health")
    return answer.status_code, answer.json()["clock"]


def test_a_clock_that_runs_ahead_ends_nothing_even_if_the_jobs_run_several_times(perishable, clock_says):
    clock_says(YEAR)
    for _ in range(3):
        done = run()
        assert None not in done.values()
        assert rows() == perishable
    assert done["record_run"] == 0


def test_without_the_guard_one_run_ends_all_of_it_for_good(perishable, clock_says, monkeypatch):
    for reason in ("_difference", "_pause"):
        monkeypatch.setattr(clock_guard, reason, lambda *moments: None)
    clock_says(YEAR)
    run()
    assert rows() == A_YEAR_LATER


def test_when_the_clock_is_right_again_the_jobs_continue_by_themselves(perishable, clock_says):
    clock_says(YEAR)
    assert run()["record_run"] == 0
    clock_says(timedelta())
    assert run()["record_run"] == 1
    assert (rows(), health()) == (perishable, (200, "ok"))


def test_after_a_confirmation_the_jobs_continue_with_the_next_run(perishable, clock_says):
    clock_says(YEAR)
    run()
    call_command("confirm_clock", stdout=StringIO())
    assert rows() == perishable
    assert run()["record_run"] == 1
    assert rows() == A_YEAR_LATER


def test_in_demo_mode_the_jobs_do_not_wait(perishable, clock_says, settings):
    settings.DEMO = True
    clock_says(YEAR)
    run()
    assert rows()["CAS"] == ["EXPIRED", "READY TO GO"]
    assert health() == (200, "ok")


def test_the_first_run_on_a_new_database_does_not_wait(level1, allocation):
    assert not ClockCheck.objects.exists()
    assert clock_guard.clock_problem() is None
    assert run()["record_run"] == 1
    assert clock.real_now() - ClockCheck.objects.get().last_run_at < HOUR


# Orders


def test_while_the_clock_may_be_wrong_providers_are_asked_but_no_payment_is_cancelled(order, elsewhere, clock_says):
    run()
    clock_says(YEAR)
    run()
    assert (elsewhere.asked, elsewhere.cancelled) == (1, 0)
    order.refresh_from_db()
    assert order.status == "OPEN"


def test_while_the_clock_may_be_wrong_a_paid_order_is_assigned(order, elsewhere, clock_says):
    run()
    clock_says(2 * DAY)
    elsewhere.word = checkout.ProviderReport(order.reference, checkout.PaymentState.PAID, order.total_pence)
    run()
    order.refresh_from_db()
    assert order.status == "PAID"


@pytest.fixture
def at_worldpay(worldpay, level1, allocation, monkeypatch):
    monkeypatch.setattr(ours, "_is_origin", lambda address: True)  # the stand-in has no https
    cas = a_cas(level1)
    order = Order.objects.open({cas.pk: cas.version}, by=level1, provider="worldpay")
    checkout.start(order, "https://testserver/return")
    return order


def test_while_the_clock_may_be_wrong_worldpays_page_does_not_count_as_closed(at_worldpay, clock_says):
    run()
    clock_says(2 * DAY)
    checkout.ask(at_worldpay)
    at_worldpay.refresh_from_db()
    assert (at_worldpay.status, at_worldpay.provider_state) == ("OPEN", "")


def test_without_the_guard_the_order_at_worldpay_lapses(at_worldpay, clock_says, monkeypatch):
    run()
    monkeypatch.setattr(ours, "clock_problem", lambda: None)
    clock_says(2 * DAY)
    checkout.ask(at_worldpay)
    at_worldpay.refresh_from_db()
    assert (at_worldpay.status, at_worldpay.provider_state) == ("LAPSED", "unpaid")


# When the jobs wait


@only_on_postgresql
@pytest.mark.parametrize("minutes", [59, -59, 0])
def test_on_postgresql_the_clocks_may_differ_by_an_hour(minutes, clock_says):
    clock_says(timedelta(minutes=minutes))
    assert clock_guard.clock_problem() is None


@only_on_postgresql
@pytest.mark.parametrize("minutes", [61, -61, 60 * 24 * 366])
def test_on_postgresql_the_jobs_wait_if_the_clocks_differ_by_more_than_an_hour(minutes, clock_says):
    clock_says(timedelta(minutes=minutes))
    assert "the database server's says" in clock_guard.clock_problem()


@only_on_postgresql
def test_on_postgresql_the_jobs_do_not_wait_after_an_outage(perishable):
    ClockCheck.objects.update(last_run_at=clock.real_now() - YEAR)
    assert clock_guard.clock_problem() is None


@only_on_postgresql
def test_on_postgresql_a_confirmation_lasts_a_day(clock_says):
    clock_says(2 * HOUR)
    clock_guard.confirm_clock()
    assert clock_guard.clock_problem() is None
    ClockCheck.objects.update(confirmed_at=clock.real_now() - DAY)
    assert clock_guard.clock_problem()


@only_on_sqlite
@pytest.mark.parametrize("hours", [0, 1, 23, -23])
def test_on_sqlite_the_jobs_may_have_paused_for_a_day(hours, clock_says):
    run()
    clock_says(hours * HOUR)
    assert run()["record_run"] == 1


@only_on_sqlite
@pytest.mark.parametrize("hours", [25, 24 * 366, -25])
def test_on_sqlite_the_jobs_wait_after_a_longer_pause(hours, clock_says):
    run()
    clock_says(hours * HOUR)
    assert "an outage looks the same" in clock_guard.clock_problem()
    assert run()["record_run"] == 0


@only_on_sqlite
def test_on_sqlite_if_a_waiting_run_were_recorded_the_next_run_would_end_everything(perishable, clock_says):
    clock_says(YEAR)
    run()
    ClockCheck.objects.all().remember(last_run_at=clock.real_now())
    run()
    assert rows() == A_YEAR_LATER


@only_on_sqlite
def test_on_sqlite_one_confirmation_is_enough_while_the_jobs_keep_running(clock_says):
    run()
    clock_says(10 * DAY)
    clock_guard.confirm_clock()
    run()
    clock_says(10 * DAY + 20 * HOUR)
    run()
    clock_says(11 * DAY + 10 * HOUR)  # more than a day after it was confirmed
    assert clock_guard.clock_problem() is None


@pytest.mark.parametrize("then", [timedelta(hours=25), -DAY], ids=["ahead", "back"])
def test_a_clock_that_jumps_after_a_confirmation_makes_the_jobs_wait_again(then, clock_says):
    run()
    clock_says(YEAR)
    clock_guard.confirm_clock()
    run()
    clock_says(YEAR + then + then.days * HOUR)
    assert clock_guard.clock_problem()


# Messages


def test_health_says_what_is_wrong_and_which_command_confirms_the_clock(perishable, clock_says):
    assert health() == (200, "ok")
    clock_says(YEAR)
    status, sentence = health()
    assert status == 200
    assert "Nothing expires, lapses or is deleted until" in sentence
    assert sentence.endswith("manage.py confirm_clock")
    assert ("an outage looks the same" in sentence) is not ON_POSTGRESQL


def test_the_log_has_one_error_for_each_run_that_waits(perishable, clock_says, caplog):
    clock_says(YEAR)
    run()
    (line,) = [record for record in caplog.records if record.levelname == "ERROR"]
    assert "manage.py confirm_clock" in line.getMessage()


def test_run_jobs_ends_with_an_error_that_names_the_command(clock_says):
    call_command("run_jobs", stdout=StringIO())
    clock_says(YEAR)
    with pytest.raises(CommandError, match=r"Nothing expires.*manage\.py confirm_clock$"):
        call_command("run_jobs", stdout=StringIO())


def test_confirm_clock_says_which_time_it_confirms_and_until_when(clock_says):
    out = StringIO()
    with clock.set_to(clock.now() - YEAR):  # it reads the real clock
        call_command("confirm_clock", stdout=out)
    said = out.getvalue()
    assert f"The portal's clock says {clock_guard.moment(ClockCheck.objects.get().confirmed_at)}." in said
    assert f"Confirmed until {clock_guard.moment(ClockCheck.objects.get().confirmed_at + DAY)}." in said


def test_the_clock_check_is_a_single_row(db):
    clock_guard.record_run()
    clock_guard.confirm_clock()
    clock_guard.record_run()
    row = ClockCheck.objects.get()
    assert row.last_run_at >= row.confirmed_at
    with pytest.raises(IntegrityError):
        ClockCheck.objects.create(pk=2)


# Every job


HARMLESS = {
    "send_late_sandbox_callbacks": "in demo mode only",
    "chase_silent_orders": "asks providers; lapsing an order waits within it",
    "ask_providers_again": "asks providers",
    "count_for_sqlite": "ends nothing",
    "put_back_jobs": "at worst it tries too early; it saves nothing twice",
    "record_run": "part of the guard itself",
}


def test_every_job_waits_for_the_clock_or_ends_nothing():
    """A new job fails this test until its author decides whether a wrong date could make it do harm."""
    waiting = {job.__name__ for job in regular_jobs.JOBS if getattr(job, "waits_for_clock", False)}
    assert waiting.isdisjoint(HARMLESS)
    assert {job.__name__ for job in regular_jobs.JOBS} == waiting | set(HARMLESS)
    assert regular_jobs.JOBS[-1] is clock_guard.record_run
