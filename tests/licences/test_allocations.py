"""Allocations and their ledger (specification, section 5)."""

from datetime import date, timedelta

import pytest
from dateutil.relativedelta import relativedelta
from django.db import IntegrityError, transaction

from licences.models import Allocation, AllocationEntry, Event
from licences.routes import Route
from sms.core import clock
from sms.core.refused import NotAllowed, Refused
from tests.days import noon_on
from tests.factories import an_allocation
from tests.refusals import refusal_of

pytestmark = pytest.mark.django_db


def figures(allocation):
    allocation.refresh_from_db()
    return allocation.granted, allocation.used, allocation.held, allocation.unused


def lines(allocation):
    return list(allocation.entries.values_list("kind", "number", "order"))


def test_granting_a_year_writes_an_entry_and_a_line_of_history(licence, caseworker):
    starts_on = date(2026, 10, 1)
    allocation = Allocation.objects.grant(
        by=caseworker, licence=licence, route=Route.STUDENT, starts_on=starts_on, number=120
    )
    assert allocation.expires_on == date(2027, 9, 30)
    assert str(allocation) == "Student route 2026/27"
    assert figures(allocation) == (120, 0, 0, 120)
    assert lines(allocation) == [("grant", 120, "")]
    (line,) = Event.objects.about("allocation", allocation.pk)
    assert (line.verb, line.by, line.licence) == ("grant", caseworker, licence)
    assert line.data == {"route": [None, "STUDENT"], "starts_on": [None, "2026-10-01"], "granted": [None, 120]}


@pytest.mark.parametrize(
    ("starts_on", "last_day"),
    [
        (date(2027, 3, 1), date(2028, 2, 29)),
        (date(2028, 2, 29), date(2029, 2, 27)),
        (date(2026, 1, 1), date(2026, 12, 31)),
    ],
)
def test_an_allocation_lasts_one_year_even_in_leap_years(starts_on, last_day, licence, caseworker):
    allocation = Allocation.objects.grant(
        by=caseworker, licence=licence, route=Route.STUDENT, starts_on=starts_on, number=1
    )
    assert allocation.expires_on == last_day


@pytest.mark.parametrize(
    ("starts_on", "is_refused"),
    [
        (date(2025, 10, 1), False),  # the year before, up to the day before
        (date(2025, 10, 2), True),
        (date(2026, 10, 1), True),
        (date(2027, 9, 30), True),
        (date(2027, 10, 1), False),
    ],
)
def test_the_years_of_a_route_do_not_overlap(starts_on, is_refused, licence, caseworker):
    def grant(route, day):
        grant_one = Allocation.objects.grant
        return refusal_of(grant_one, by=caseworker, licence=licence, route=route, starts_on=day, number=5)

    assert not grant(Route.STUDENT, date(2026, 10, 1))
    sentence = "There is already an allocation for this route from 1 October 2026 to 30 September 2027"
    assert grant(Route.STUDENT, starts_on) == (sentence if is_refused else "")
    assert not grant(Route.CHILD_STUDENT, starts_on)


def test_a_route_that_the_licence_does_not_cover_has_no_allocation(licence, caseworker):
    licence.surrender_route(Route.CHILD_STUDENT, by=caseworker, reason="Because")
    with pytest.raises(Refused, match="does not cover the route"):
        an_allocation(licence, route=Route.CHILD_STUDENT, by=caseworker)


def test_only_a_caseworker_grants_and_changes_allocations(allocation, licence, level1, level2, system):
    for user in (level1, level2, system):
        with pytest.raises(NotAllowed):
            an_allocation(licence, route=Route.CHILD_STUDENT, by=user)
        with pytest.raises(NotAllowed):
            allocation.change_granted(1000, by=user, reason="Because")
    assert figures(allocation) == (10, 0, 0, 10)


def test_places_are_held_used_released_and_taken(allocation, level1):
    allocation.enter("hold", 3, by=level1, order="SMS-1")
    assert figures(allocation) == (10, 0, 3, 7)
    allocation.enter("use", 3, by=level1, order="SMS-1")
    assert figures(allocation) == (10, 3, 0, 7)
    allocation.enter("hold", 7, by=level1, order="SMS-2")
    assert figures(allocation) == (10, 3, 7, 0)
    allocation.enter("release", 7, by=level1, order="SMS-2")
    assert figures(allocation) == (10, 3, 0, 7)
    allocation.enter("take", 7, by=level1, order="SMS-2")
    assert figures(allocation) == (10, 10, 0, 0)
    assert lines(allocation) == [
        ("grant", 10, ""),
        ("hold", 3, "SMS-1"),
        ("use", 3, "SMS-1"),
        ("hold", 7, "SMS-2"),
        ("release", 7, "SMS-2"),
        ("take", 7, "SMS-2"),
    ]


@pytest.mark.parametrize("kind", ["hold", "take"])
def test_no_more_places_are_held_or_taken_than_are_unused(kind, allocation, level1):
    allocation.enter("hold", 4, by=level1, order="SMS-1")
    with pytest.raises(Refused) as refused:
        allocation.enter(kind, 7, by=level1, order="SMS-2")
    assert str(refused.value) == (
        f"Your allocation for the {allocation} has 6 unused of 10 (0 used, 4 held for payments). You need 7."
    )
    assert figures(allocation) == (10, 0, 4, 6)
    assert len(lines(allocation)) == 2
    allocation.enter(kind, 6, by=level1, order="SMS-2")
    assert allocation.unused == 0


@pytest.mark.parametrize("kind", ["release", "use"])
def test_no_more_places_are_released_or_used_than_are_held(kind, allocation, level1):
    allocation.enter("hold", 2, by=level1, order="SMS-1")
    with pytest.raises(IntegrityError), transaction.atomic():
        allocation.enter(kind, 3, by=level1, order="SMS-2")
    assert figures(allocation) == (10, 0, 2, 8)


def test_granted_never_falls_below_the_places_used_and_held(allocation, level1, caseworker):
    allocation.enter("hold", 5, by=level1, order="SMS-1")
    allocation.enter("use", 5, by=level1, order="SMS-1")
    allocation.enter("hold", 2, by=level1, order="SMS-2")
    with pytest.raises(Refused, match="at least 7"):
        allocation.change_granted(6, by=caseworker, reason="Because")
    allocation.change_granted(7, by=caseworker, reason="Because")
    assert figures(allocation) == (7, 5, 2, 0)
    assert lines(allocation)[-1] == ("reduce", 3, "")


def test_an_increase_is_one_entry_and_one_line_of_history(allocation, caseworker):
    allocation.change_granted(250, by=caseworker, reason="Because")
    assert figures(allocation) == (250, 0, 0, 250)
    assert lines(allocation)[-1] == ("grant", 240, "")
    line = Event.objects.about("allocation", allocation.pk).last()
    assert (line.verb, line.data) == ("change_granted", {"granted": [10, 250], "reason": [None, "Because"]})


def test_setting_the_same_number_of_places_records_nothing(allocation, caseworker):
    before = Event.objects.count(), AllocationEntry.objects.count()
    allocation.change_granted(10, by=caseworker, reason="Because")
    assert (Event.objects.count(), AllocationEntry.objects.count()) == before


def test_a_refused_change_records_nothing(allocation, level1, caseworker):
    allocation.enter("hold", 5, by=level1, order="SMS-1")
    before = Event.objects.count(), AllocationEntry.objects.count()
    assert refusal_of(allocation.change_granted, 4, by=caseworker, reason="Because")
    assert (Event.objects.count(), AllocationEntry.objects.count()) == before


def test_the_current_allocation_is_that_of_the_route_and_of_today(licence, outsider, caseworker):
    this_year = an_allocation(licence, by=caseworker)
    child = an_allocation(licence, route=Route.CHILD_STUDENT, by=caseworker)
    an_allocation(outsider.licence, by=caseworker)
    next_year = Allocation.objects.grant(
        by=caseworker,
        licence=licence,
        route=Route.STUDENT,
        starts_on=this_year.starts_on + relativedelta(years=1),
        number=5,
    )

    def current(route=Route.STUDENT):
        return Allocation.objects.current(licence.pk, route)

    assert current() == this_year
    assert current(Route.CHILD_STUDENT) == child
    for day, expected in [
        (this_year.expires_on, this_year),
        (next_year.starts_on, next_year),
        (next_year.expires_on + timedelta(days=1), None),
        (this_year.starts_on - timedelta(days=1), None),
    ]:
        with clock.set_to(noon_on(day)):
            assert current() == expected, day


def test_a_sponsor_sees_only_its_own_allocations(allocation, level1, level2, outsider, caseworker):
    for user, sees in [(level1, True), (level2, True), (outsider, False), (caseworker, True)]:
        assert Allocation.objects.for_user(user).filter(pk=allocation.pk).exists() is sees, user
        if user != level2:
            assert AllocationEntry.objects.for_user(user).exists() is sees, user
