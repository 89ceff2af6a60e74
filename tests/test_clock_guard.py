"""A clock that ran ahead: what cannot be undone waits, until the clock is right again or confirmed (decision 15)."""

from datetime import timedelta
from io import StringIO

import pytest
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection
from django.test import Client

from cas.models import CAS, Order, Printout
from cas.payments import checkout
from cas.payments.providers import worldpay as ours
from licences import clock_guard
from licences.models import ClockCheck, Draft, Licence, StoredSearch
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
    monkeypatch.setattr(checkout, "provider_named", lambda name: checkout.PROVIDERS[name])  # the sandbox, too


@pytest.fixture
def clock_says(monkeypatch):
    """`clock_says(YEAR)`: the portal's clock is a year ahead of what it should be; the database server's is not."""
    real_now = clock.real_now

    def set_wrong(by):
        monkeypatch.setattr(clock, "real_now", lambda: real_now() + by)

    return set_wrong


class Elsewhere(Silent):
    """A provider that counts how often it is asked, and says `word` if there is one."""

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
    """Make each thing that a date can end for good, and run the jobs, which find nothing to end yet."""
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
    """Everything that a date can end for good."""
    return {
        "CAS": sorted(CAS.objects.values_list("status", flat=True)),
        "licences": sorted(Licence.objects.values_list("status", flat=True)),
        "orders": sorted(Order.objects.values_list("status", flat=True)),
        **{model.__name__: model.objects.count() for model in (StoredSearch, Printout, Draft, Session)},
    }


# What the jobs find a year later: every one of these has ended.
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


def test_a_clock_that_ran_ahead_ends_nothing_however_often_the_jobs_run(perishable, clock_says):
    clock_says(YEAR)
    for _ in range(3):
        done = run()
        assert None not in done.values()
        assert rows() == perishable
    assert done["record_run"] == 0


def test_its_twin_without_the_guard_one_run_ends_all_of_it_for_good(perishable, clock_says, monkeypatch):
    for reason in ("_difference", "_pause"):
        monkeypatch.setattr(clock_guard, reason, lambda *moments: None)
    clock_says(YEAR)
    run()
    assert rows() == A_YEAR_LATER


def test_once_the_clock_is_right_again_the_jobs_go_on_by_themselves(perishable, clock_says):
    clock_says(YEAR)
    assert run()["record_run"] == 0
    clock_says(timedelta())
    assert run()["record_run"] == 1
    assert (rows(), health()) == (perishable, (200, "ok"))


def test_once_it_is_confirmed_they_go_on_with_the_next_run(perishable, clock_says):
    clock_says(YEAR)
    run()
    call_command("confirm_clock", stdout=StringIO())
    assert rows() == perishable
    assert run()["record_run"] == 1
    assert rows() == A_YEAR_LATER


def test_a_demonstration_does_not_wait(perishable, clock_says, settings):
    settings.DEMO = True
    clock_says(YEAR)
    run()
    assert rows()["CAS"] == ["EXPIRED", "READY TO GO"]
    assert health() == (200, "ok")


def test_the_first_run_on_a_fresh_database_simply_works(level1, allocation):
    assert not ClockCheck.objects.exists()
    assert clock_guard.clock_problem() is None
    assert run()["record_run"] == 1
    assert clock.real_now() - ClockCheck.objects.get().last_run_at < HOUR


# Orders


def test_while_the_clock_is_doubted_providers_are_asked_and_not_made_to_cancel(order, elsewhere, clock_says):
    run()
    clock_says(YEAR)
    run()
    assert (elsewhere.asked, elsewhere.cancelled) == (1, 0)
    order.refresh_from_db()
    assert order.status == "OPEN"


def test_while_the_clock_is_doubted_what_was_paid_is_assigned(order, elsewhere, clock_says):
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


def test_a_doubted_clock_does_not_say_that_worldpays_page_has_closed(at_worldpay, clock_says):
    run()
    clock_says(2 * DAY)
    checkout.ask(at_worldpay)
    at_worldpay.refresh_from_db()
    assert (at_worldpay.status, at_worldpay.provider_state) == ("OPEN", "")


def test_its_twin_without_the_guard_the_order_lapses(at_worldpay, clock_says, monkeypatch):
    run()
    monkeypatch.setattr(ours, "clock_problem", lambda: None)
    clock_says(2 * DAY)
    checkout.ask(at_worldpay)
    at_worldpay.refresh_from_db()
    assert (at_worldpay.status, at_worldpay.provider_state) == ("LAPSED", "unpaid")


# When the clock is doubted


@only_on_postgresql
@pytest.mark.parametrize("minutes", [59, -59, 0])
def test_on_postgresql_the_clocks_may_differ_by_an_hour(minutes, clock_says):
    clock_says(timedelta(minutes=minutes))
    assert clock_guard.clock_problem() is None


@only_on_postgresql
@pytest.mark.parametrize("minutes", [61, -61, 60 * 24 * 366])
def test_on_postgresql_they_may_not_differ_by_more(minutes, clock_says):
    clock_says(timedelta(minutes=minutes))
    assert "the database server's says" in clock_guard.clock_problem()


@only_on_postgresql
def test_on_postgresql_an_outage_is_no_reason_to_wait(perishable):
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
def test_on_sqlite_after_a_longer_pause_they_wait(hours, clock_says):
    run()
    clock_says(hours * HOUR)
    assert "an outage looks the same" in clock_guard.clock_problem()
    assert run()["record_run"] == 0


@only_on_sqlite
def test_on_sqlite_its_twin_if_a_run_that_waits_were_recorded_the_next_would_expire(perishable, clock_says):
    clock_says(YEAR)
    run()
    ClockCheck.objects.all().remember(last_run_at=clock.real_now())
    run()
    assert rows() == A_YEAR_LATER


@only_on_sqlite
def test_on_sqlite_one_confirmation_is_enough_as_long_as_the_jobs_run(clock_says):
    run()
    clock_says(10 * DAY)
    clock_guard.confirm_clock()
    run()
    clock_says(10 * DAY + 20 * HOUR)
    run()
    clock_says(11 * DAY + 10 * HOUR)  # more than a day after it was confirmed
    assert clock_guard.clock_problem() is None


@pytest.mark.parametrize("then", [timedelta(hours=25), -DAY], ids=["ahead", "back"])
def test_a_clock_that_jumps_after_it_was_confirmed_is_doubted_again(then, clock_says):
    run()
    clock_says(YEAR)
    clock_guard.confirm_clock()
    run()
    clock_says(YEAR + then + then.days * HOUR)
    assert clock_guard.clock_problem()


# What people see


def test_health_says_what_is_wrong_and_how_to_go_on(perishable, clock_says):
    assert health() == (200, "ok")
    clock_says(YEAR)
    status, sentence = health()
    assert status == 200
    assert "Nothing expires, lapses or is deleted until" in sentence
    assert sentence.endswith("manage.py confirm_clock")
    assert ("an outage looks the same" in sentence) is not ON_POSTGRESQL


def test_the_log_says_so_once_in_each_run(perishable, clock_says, caplog):
    clock_says(YEAR)
    run()
    (line,) = [record for record in caplog.records if record.levelname == "ERROR"]
    assert "manage.py confirm_clock" in line.getMessage()


def test_run_jobs_ends_with_an_error_that_says_so(clock_says):
    call_command("run_jobs", stdout=StringIO())
    clock_says(YEAR)
    with pytest.raises(CommandError, match=r"Nothing expires.*manage\.py confirm_clock$"):
        call_command("run_jobs", stdout=StringIO())


def test_the_command_says_which_time_is_confirmed_and_until_when(clock_says):
    out = StringIO()
    with clock.set_to(clock.now() - YEAR):  # the real clock is the one that counts
        call_command("confirm_clock", stdout=out)
    said = out.getvalue()
    assert f"The portal's clock says {clock_guard.moment(ClockCheck.objects.get().confirmed_at)}." in said
    assert f"Confirmed until {clock_guard.moment(ClockCheck.objects.get().confirmed_at + DAY)}:" in said


def test_there_is_one_row(db):
    clock_guard.record_run()
    clock_guard.confirm_clock()
    clock_guard.record_run()
    row = ClockCheck.objects.get()
    assert row.last_run_at >= row.confirmed_at
    with pytest.raises(IntegrityError):
        ClockCheck.objects.create(pk=2)


# Every job


HARMLESS = {
    "send_late_sandbox_callbacks": "in demonstrations only",
    "chase_silent_orders": "asks; what lapses waits inside of it",
    "ask_providers_again": "asks",
    "count_for_sqlite": "ends nothing",
    "put_back_jobs": "tries too early at worst, and saves nothing twice",
    "record_run": "it is the guard's own",
}


def test_every_job_waits_for_the_clock_or_ends_nothing():
    """A new job fails here until it is decided whether a wrong date could make it do harm."""
    waiting = {job.__name__ for job in regular_jobs.JOBS if getattr(job, "waits_for_clock", False)}
    assert waiting.isdisjoint(HARMLESS)
    assert {job.__name__ for job in regular_jobs.JOBS} == waiting | set(HARMLESS)
    assert regular_jobs.JOBS[-1] is clock_guard.record_run
