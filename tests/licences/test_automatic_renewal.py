"""A licence that is set to renew automatically: each new year starts by itself (specification, section 5)."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from cas.reconciliation import discrepancies
from licences.clock_guard import FURTHEST_APART
from licences.models import Allocation, Event, Licence
from licences.regular_jobs import renew_allocations
from licences.routes import Route
from sms.core import clock
from sms.core.refused import NotAllowed
from sms.regular_jobs import JOBS
from tests.factories import a_cas, an_allocation, an_order, brought_to
from tests.refusals import refusal_of

pytestmark = pytest.mark.django_db

NOON = datetime(2027, 4, 5, 12, tzinfo=UTC)  # on the last day of the year
LAST_DAY = date(2027, 4, 5)


@pytest.fixture(autouse=True)
def _the_clock_is_right(settings):
    settings.DEMO = True  # nothing waits for the clock, which these tests set


@pytest.fixture
def year(licence, caseworker):
    """Grant ten places for the year until 5 April 2027, and let the licence renew automatically."""
    licence.set_automatic_renewal(True, by=caseworker)
    return Allocation.objects.grant(
        by=caseworker, licence=licence, route=Route.STUDENT, starts_on=date(2026, 4, 6), number=10
    )


def run(moment):
    with clock.set_to(moment):
        return renew_allocations()


def years():
    return list(Allocation.objects.order_by("starts_on").values_list("starts_on", "expires_on", "granted"))


def test_the_next_year_starts_the_day_after_the_last_with_the_last_total(year, caseworker):
    year.increase(5, by=caseworker, reason="Because")
    assert run(NOON) == 0
    assert run(NOON + timedelta(days=1)) == 1
    assert years() == [
        (date(2026, 4, 6), LAST_DAY, 15),
        (date(2027, 4, 6), date(2028, 4, 5), 15),
    ]
    assert list(discrepancies()) == []


def test_the_history_says_that_the_system_renewed_it(year):
    run(NOON + timedelta(days=1))
    line = Event.objects.filter(kind="allocation", verb="renew").get()
    assert (line.by.name, line.data["granted"], line.data["starts_on"]) == (
        "The system",
        [None, 10],
        [None, "2027-04-06"],
    )


def test_it_counts_london_dates(year):
    """In British Summer Time the day ends at 11pm UTC."""
    assert run(datetime(2027, 4, 5, 22, 59, 59, tzinfo=UTC)) == 0
    assert run(datetime(2027, 4, 5, 23, 0, 0, tzinfo=UTC)) == 1


def test_running_twice_renews_once(year):
    assert [run(NOON + timedelta(days=1)) for _ in range(3)] == [1, 0, 0]
    assert len(years()) == 2


def test_a_run_that_is_late_by_weeks_starts_the_year_on_its_own_first_day(year):
    run(NOON + timedelta(days=40))
    assert years()[1][:2] == (date(2027, 4, 6), date(2028, 4, 5))


def test_a_run_that_is_late_by_years_starts_the_present_year(year):
    moment = NOON + timedelta(days=1000)
    run(moment)
    assert len(years()) == 2
    with clock.set_to(moment):
        assert Allocation.objects.current(year.licence_id, Route.STUDENT).granted == 10
    assert run(moment) == 0


def test_a_clock_that_goes_back_renews_nothing_again(year):
    run(NOON + timedelta(days=1))
    assert run(NOON - timedelta(days=1)) == 0
    assert run(NOON + timedelta(days=1)) == 0
    assert len(years()) == 2


def test_it_waits_while_the_clock_may_be_wrong(year, settings, monkeypatch):
    settings.DEMO = False
    monkeypatch.setattr("licences.clock_guard.clock_problem", lambda: f"differs by over {FURTHEST_APART}")
    assert run(NOON + timedelta(days=1)) == 0
    assert renew_allocations.waits_for_clock
    assert renew_allocations in JOBS


def test_a_year_that_ends_on_29_february_is_followed_by_one_that_ends_on_the_28th(year, licence, caseworker):
    leap = Allocation.objects.grant(
        by=caseworker, licence=licence, route=Route.CHILD_STUDENT, starts_on=date(2027, 3, 1), number=3
    )
    assert leap.expires_on == date(2028, 2, 29)
    run(datetime(2028, 3, 1, 12, tzinfo=UTC))
    following = Allocation.objects.latest_of(licence.pk, Route.CHILD_STUDENT)
    assert (following.starts_on, following.expires_on) == (date(2028, 3, 1), date(2029, 2, 28))


def test_each_route_is_renewed_by_itself(year, licence, caseworker):
    Allocation.objects.grant(
        by=caseworker, licence=licence, route=Route.CHILD_STUDENT, starts_on=date(2026, 9, 1), number=3
    )
    assert run(NOON + timedelta(days=1)) == 1
    assert run(datetime(2027, 9, 1, 12, tzinfo=UTC)) == 1
    assert Allocation.objects.count() == 4


def test_while_the_rating_is_red_the_new_year_has_10_percent_less(year, licence, caseworker):
    licence.set_rating("RED", by=caseworker, reason="Assessed")
    run(NOON + timedelta(days=1))
    assert years()[1][2] == 9


def test_an_allocation_without_places_is_not_renewed(year, caseworker):
    year.change_granted(0, by=caseworker, reason="Because")
    assert run(NOON + timedelta(days=1)) == 0


def test_a_single_place_of_which_red_leaves_none_is_not_renewed_and_keeps_no_other_year_from_starting(
    year, licence, caseworker
):
    year.change_granted(1, by=caseworker, reason="Because")
    licence.set_rating("RED", by=caseworker, reason="Assessed")
    assert run(NOON + timedelta(days=1)) == 0


def test_a_licence_that_is_not_set_so_is_not_renewed(year, licence, caseworker):
    licence.set_automatic_renewal(False, by=caseworker)
    assert run(NOON + timedelta(days=1)) == 0
    assert not Licence._meta.get_field("is_renewed_automatically").default


def test_a_suspended_licence_is_renewed_once_it_is_reinstated(year, licence, caseworker):
    licence.suspend(by=caseworker, reason="A visit is due")
    assert run(NOON + timedelta(days=1)) == 0
    licence.reinstate(by=caseworker, reason="All is well")
    assert run(NOON + timedelta(days=2)) == 1
    assert years()[1][0] == date(2027, 4, 6)


@pytest.mark.parametrize("status", ["REVOKED", "SURRENDERED"])
def test_a_licence_that_has_ended_is_not_renewed(status, year, licence, caseworker):
    brought_to(status, licence, caseworker=caseworker)
    assert run(NOON + timedelta(days=1)) == 0


def test_a_licence_whose_last_day_has_passed_is_not_renewed(year, licence, caseworker):
    licence.amend(by=caseworker, expires_on=LAST_DAY)
    assert run(NOON + timedelta(days=1)) == 0


def test_a_surrendered_route_is_not_renewed(year, licence, caseworker):
    licence.surrender_route(Route.STUDENT, by=caseworker, reason="Because")
    assert run(NOON + timedelta(days=1)) == 0


def test_a_year_that_a_caseworker_has_granted_is_not_started_again(year, licence, caseworker):
    Allocation.objects.grant(by=caseworker, licence=licence, route=Route.STUDENT, starts_on=date(2027, 4, 6), number=99)
    assert run(NOON + timedelta(days=1)) == 0
    assert [granted for *_, granted in years()] == [10, 99]


def test_an_order_that_is_open_when_the_year_ends_keeps_its_place_in_the_old_year(year, level2, system):
    with clock.set_to(NOON):
        order = an_order(a_cas(level2), by=level2)
    run(NOON + timedelta(days=1))
    with clock.set_to(NOON + timedelta(days=1, hours=1)):
        order.settle(by=system)
    old, new = Allocation.objects.order_by("starts_on")
    assert (order.status, old.used, old.held, new.used) == ("PAID", 1, 0, 0)
    assert list(discrepancies()) == []


def test_a_run_that_is_killed_half_way_leaves_nothing_behind(year, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(Allocation, "enter", lambda *args, **options: 1 / 0)
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            run(NOON + timedelta(days=1))
    assert len(years()) == 1
    assert run(NOON + timedelta(days=1)) == 1


def test_only_the_system_renews_and_only_a_caseworker_sets_it(year, licence, level1, level2, caseworker, system):
    for user in (level1, level2, caseworker):
        with pytest.raises(NotAllowed):
            Allocation.objects.renew(year, by=user)
    for user in (level1, level2, system):
        with pytest.raises(NotAllowed):
            licence.set_automatic_renewal(False, by=user)


def test_setting_it_is_in_the_history_and_ends_with_the_licence(licence, caseworker):
    licence.set_automatic_renewal(True, by=caseworker)
    licence.set_automatic_renewal(True, by=caseworker)
    (line,) = Event.objects.about("licence", licence.pk).filter(verb="set_automatic_renewal")
    assert line.data == {"is_renewed_automatically": [False, True]}
    licence.revoke(by=caseworker, reason="Because")
    sentence = "This licence is REVOKED. Its allocations are no longer renewed."
    assert refusal_of(licence.set_automatic_renewal, False, by=caseworker) == sentence


def test_the_database_has_one_allocation_for_each_route_and_first_day(year, licence):
    with pytest.raises(IntegrityError), transaction.atomic():
        Allocation.objects.create(
            licence=licence, route=Route.STUDENT, starts_on=year.starts_on, expires_on=year.expires_on
        )


def test_an_allocation_of_the_present_year_is_not_to_renew(licence, caseworker):
    licence.set_automatic_renewal(True, by=caseworker)
    an_allocation(licence, by=caseworker)
    assert renew_allocations() == 0
