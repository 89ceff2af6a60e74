"""The obstacles to assigning a CAS, and the number and dates that it gets (specification, sections 3 and 4)."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from cas import numbers
from cas.details import fields
from cas.models import CAS, Rule
from cas.models.assigning import obstacles
from cas.models.queryset import CASQuerySet, expiry_date
from licences.models import Event
from licences.routes import Route
from sms.core import clock
from tests.days import after_days
from tests.factories import CHILD, a_cas, a_draft, an_allocation, an_order, assigned, brought_to, in_status

# The same day six calendar months later, or the last day of that month.
EXPIRY = [
    (date(2026, 1, 1), date(2026, 7, 1)),
    (date(2026, 2, 28), date(2026, 8, 28)),
    (date(2026, 8, 31), date(2027, 2, 28)),
    (date(2027, 8, 31), date(2028, 2, 29)),
    (date(2027, 8, 30), date(2028, 2, 29)),
    (date(2027, 8, 29), date(2028, 2, 29)),
    (date(2026, 8, 29), date(2027, 2, 28)),
    (date(2028, 2, 29), date(2028, 8, 29)),
    (date(2026, 3, 31), date(2026, 9, 30)),
    (date(2026, 5, 31), date(2026, 11, 30)),
    (date(2026, 10, 31), date(2027, 4, 30)),
    (date(2026, 12, 31), date(2027, 6, 30)),
]


@pytest.mark.parametrize(("assigned_on", "expires_on"), EXPIRY)
def test_a_cas_expires_six_calendar_months_later(assigned_on, expires_on):
    assert expiry_date(assigned_on) == expires_on


@given(st.dates(date(2020, 1, 1), date(2100, 1, 1)))
def test_the_expiry_date_is_always_in_the_sixth_month_after_assignment(day):
    expires_on = expiry_date(day)
    assert (expires_on.year * 12 + expires_on.month) - (day.year * 12 + day.month) == 6
    assert expires_on.day == day.day or (expires_on.day < day.day and (expires_on + timedelta(days=1)).day == 1)


@pytest.mark.django_db
class TestAssigning:
    @pytest.mark.parametrize(
        ("moment", "assigned_on", "expires_on"),
        [
            (datetime(2026, 8, 30, 22, 59, tzinfo=UTC), date(2026, 8, 30), date(2027, 2, 28)),
            (datetime(2026, 8, 30, 23, 30, tzinfo=UTC), date(2026, 8, 31), date(2027, 2, 28)),
            (datetime(2026, 12, 31, 23, 30, tzinfo=UTC), date(2026, 12, 31), date(2027, 6, 30)),
            (datetime(2027, 6, 30, 23, 30, tzinfo=UTC), date(2027, 7, 1), date(2028, 1, 1)),
        ],
    )
    def test_the_day_of_assignment_is_the_date_in_london(
        self, moment, assigned_on, expires_on, licence, level2, caseworker
    ):
        with time_machine.travel(moment, tick=False):
            an_allocation(licence, by=caseworker)
            cas = assigned(a_cas(level2))
        assert (cas.assigned_at, cas.assigned_on, cas.expires_on) == (moment, assigned_on, expires_on)

    def test_each_cas_gets_its_own_number(self, level1, allocation, system):
        cas_list = [a_cas(level1) for _ in range(5)]
        an_order(*cas_list, by=level1).settle(by=system)
        drawn = [CAS.objects.get(pk=cas.pk).number for cas in cas_list]
        assert len(set(drawn)) == 5
        assert [numbers.read(number) for number in drawn] == drawn

    def test_a_number_that_is_taken_is_not_given_again(self, level2, allocation, monkeypatch):
        taken = assigned(a_cas(level2)).number
        draws = [[taken], [fresh := numbers.draw("STUDENT")]]
        monkeypatch.setattr("cas.numbers.draw_many", lambda count, route, taken: draws.pop(0))
        assert assigned(a_cas(level2)).number == fresh
        assert draws == []

    def test_assigning_changes_no_detail(self, level2, allocation):
        cas = a_cas(level2)
        cas.refresh_from_db()
        before = fields.values_of(cas)
        assert fields.values_of(assigned(cas)) == before

    def test_assigning_a_hundred_cas_takes_as_many_statements_as_one(self, level1, licence, caseworker, system):
        an_allocation(licence, number=111, by=caseworker)
        taken = {}
        for count in (1, 10, 100):
            order = an_order(*[a_cas(level1) for _ in range(count)], by=level1)
            with CaptureQueriesContext(connection) as statements:
                order.settle(by=system)
            taken[count] = len([each for each in statements if "SAVEPOINT" not in each["sql"]])
        assert CAS.objects.filter(status="ASSIGNED").count() == Event.objects.filter(verb="assign").count() == 111
        assert taken == dict.fromkeys(taken, 12)

    def test_events_written_together_are_like_events_written_one_by_one(self, level2, allocation, system):
        cas = assigned(a_cas(level2, given_names=""))
        line = Event.objects.about("cas", cas.pk).last()
        assert line.label == cas.event_label == f"CAS {cas.pk}"
        assert (line.licence, line.by, line.kind) == (cas.licence, system, "cas")
        assert line.at == pytest.approx(cas.assigned_at, abs=timedelta(minutes=1))
        assert line.recorded_at is not None
        named = assigned(a_cas(level2))
        assert Event.objects.about("cas", named.pk).last().label == named.event_label

    def test_assigning_many_cas_leaves_other_cas_unchanged(self, level1, colleague, allocation, system):
        other = a_cas(colleague)
        an_order(a_cas(level1), a_cas(level1), by=level1).settle(by=system)
        other.refresh_from_db()
        assert (other.status, other.version) == ("READY TO GO", 1)


@pytest.mark.django_db
class TestObstacles:
    def obstacles_of(self, cas):
        return list(obstacles(cas, cas.licence, Rule.objects.limits_for(cas.licence)))

    def sentences_of(self, cas):
        return [obstacle.sentence for obstacle in self.obstacles_of(cas)]

    def fields_of(self, cas):
        return {obstacle.field.name for obstacle in self.obstacles_of(cas) if obstacle.field}

    def test_a_complete_cas_of_an_active_licence_has_no_obstacle(self, level2):
        assert self.sentences_of(a_cas(level2)) == []
        assert self.sentences_of(CAS.objects.add(CHILD, route=Route.CHILD_STUDENT, by=level2)) == []

    def test_each_missing_field_is_an_obstacle(self, level2):
        cas = a_cas(level2, gender="", study_city="", is_agent_used=True)
        assert {"gender", "study_city", "agent_name"} <= self.fields_of(cas)
        assert "“Gender” is mandatory." in self.sentences_of(cas)

    def test_a_family_name_without_a_latin_letter_is_an_obstacle_that_says_what_to_enter(self, level2):
        cas = a_cas(level2, family_name="阮")
        assert self.fields_of(cas) == {"family_name"}
        assert self.sentences_of(cas) == [
            "Family name must have Latin letters. Enter it as in the machine-readable lines of the passport"
        ]

    def test_a_lower_placement_limit_of_today_is_an_obstacle_of_a_cas_that_stays_ready_to_go(self, level2, caseworker):
        cas = a_cas(level2, has_work_placement=True, placement_percent=33)
        assert self.sentences_of(cas) == []
        Rule.objects.add("placement_most_elsewhere", from_on=clock.today(), value="32", by=caseworker)
        cas.refresh_from_db()
        assert cas.status == "READY TO GO"
        assert self.fields_of(cas) == {"placement_justification"}

    @pytest.mark.parametrize("status", ["ASSIGNED", "USED", "EXPIRED", "OBSOLETE", "WITHDRAWN", "CANCELLED"])
    def test_an_assigned_cas_has_the_obstacle_that_it_is_already_assigned(
        self, status, level2, level1, allocation, caseworker
    ):
        cas = in_status(status, by=level2, caseworker=caseworker)
        assert self.sentences_of(cas) == [f"This CAS is {status}. It has already been assigned."]

    @pytest.mark.parametrize("status", ["SUSPENDED", "REVOKED", "EXPIRED", "SURRENDERED"])
    def test_a_licence_that_is_not_active_is_an_obstacle(self, status, level2, licence, caseworker):
        cas = a_cas(level2)
        cas.licence = brought_to(status, licence, caseworker=caseworker)
        assert f"Your licence is {status}" in self.sentences_of(cas)[0]

    def test_a_surrendered_route_is_an_obstacle(self, level2, licence, caseworker):
        cas = a_cas(level2)
        licence.surrender_route(Route.STUDENT, by=caseworker, reason="Because")
        assert "does not cover the Student route" in self.sentences_of(cas)[0]

    def test_a_course_that_has_ended_is_an_obstacle_but_not_one_that_has_begun(self, level2):
        today = clock.today()
        begun = a_cas(level2, course_start_date=today - timedelta(days=30), course_end_date=today)
        assert self.sentences_of(begun) == []
        with after_days(1):
            assert self.sentences_of(begun) == ["The course has already ended. Check the expected course end date."]
            assert self.fields_of(begun) == {"course_end_date"}

    def test_a_value_that_became_invalid_after_it_was_saved_is_an_obstacle(self, level2):
        cas = a_cas(level2)
        CAS.objects.filter(pk=cas.pk).update(course_fees_paid="-1")
        cas.refresh_from_db()
        assert cas.status == "READY TO GO"
        assert self.fields_of(cas) == {"course_fees_paid"}

    def test_a_draft_cannot_be_assigned(self, level2, allocation, system):
        cas = a_draft(level2)
        assert CAS.objects.filter(pk=cas.pk).assign(by=system, assigned_by=level2) == 0


@pytest.mark.django_db
class TestExpiring:
    def test_a_cas_expires_on_the_day_after_its_expiry_date(self, level2, allocation, system):
        cas = assigned(a_cas(level2))
        last_moment = datetime(cas.expires_on.year, cas.expires_on.month, cas.expires_on.day, 12, tzinfo=UTC)
        with clock.set_to(last_moment):
            assert CAS.objects.expire(by=system) == 0
        with clock.set_to(last_moment + timedelta(days=1)):
            assert CAS.objects.expire(by=system) == 1
            assert CAS.objects.expire(by=system) == 0
        cas.refresh_from_db()
        assert cas.status == "EXPIRED"

    @pytest.mark.parametrize(("hour", "minute", "expired"), [(22, 59, 0), (23, 0, 1)])
    def test_in_summer_a_day_begins_an_hour_before_midnight_utc(
        self, hour, minute, expired, licence, level2, caseworker, system
    ):
        with time_machine.travel(datetime(2027, 1, 14, 12, tzinfo=UTC)):
            an_allocation(licence, by=caseworker)
            cas = assigned(a_cas(level2))
        assert cas.expires_on == date(2027, 7, 14)
        with clock.set_to(datetime(2027, 7, 14, hour, minute, tzinfo=UTC)):
            assert CAS.objects.expire(by=system) == expired

    def test_a_cas_with_an_application_expires_also(self, level2, allocation, caseworker, system):
        cas = assigned(a_cas(level2))
        cas.record_application(clock.today(), by=caseworker)
        with clock.set_to(clock.now() + timedelta(days=190)):
            assert CAS.objects.expire(by=system) == 1

    def test_the_cas_that_expire_by_a_date_are_found(self, level2, allocation, system):
        cas = assigned(a_cas(level2))
        assert list(CAS.objects.expiring_by(cas.expires_on)) == [cas]
        assert list(CAS.objects.expiring_by(cas.expires_on - timedelta(days=1))) == []


@pytest.mark.django_db
def test_a_move_locks_its_rows_in_the_order_of_their_ids(level1, allocation, system, monkeypatch):
    cas_list = [assigned(a_cas(level1)) for _ in range(3)]
    written = []
    write = CASQuerySet._write
    monkeypatch.setattr(
        CASQuerySet, "_write", lambda self, pks, *args: written.append(list(pks)) or write(self, pks, *args)
    )
    CAS.objects.order_by("-id").move("expire", by=system)
    assert written == [[cas.pk for cas in cas_list]]
