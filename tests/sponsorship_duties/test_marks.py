"""Marks of reports that may be wrong: when a report gets which, and that the user sees them first (section 8)."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from sms.core import clock
from sponsorship_duties.models import Activity, ActivityReason
from sponsorship_duties.models.marks import MARKS, Unseen
from tests.factories import a_cas, an_allocation, assigned, in_status
from tests.sponsorship_duties.factories import a_reason, a_report, a_type, days, withdrawn

pytestmark = pytest.mark.django_db

STOP, EARLY = "Stop sponsoring student", "Completed the course early"


@pytest.fixture(autouse=True)
def allocation(licence, caseworker):
    """Grant places for the year in which the CAS of these tests were assigned."""
    with clock.set_to(clock.now() - days(180)):
        return an_allocation(licence, by=caseworker)


@pytest.fixture
def cas(level2, caseworker):
    return in_status("ASSIGNED", by=level2, caseworker=caseworker)


@pytest.fixture
def started(level2):
    """Make a CAS that was ASSIGNED 60 days ago for a course that started 30 days ago."""
    today = clock.today()
    with clock.set_to(clock.now() - days(60)):
        return assigned(a_cas(level2, passport_number="Started", course_start_date=today - days(30)))


def test_a_report_more_than_ten_working_days_after_its_date_is_late(started, level2):
    assert a_report(started, by=level2, on=clock.today() - days(20)).marks == ["Reported late"]
    assert a_report(started, by=level2, of="Change in student circumstances", reason="Course dates changed").marks == []


def test_a_report_before_the_day_of_assigning_is_marked(cas, level2):
    report = a_report(cas, by=level2, on=clock.today() - days(1))
    assert report.marks == ["Dated before the CAS was assigned"]


def test_failing_to_enrol_before_the_course_starts_is_marked(cas, started, level2):
    mark = "Failed to enrol before the course starts"
    assert a_report(cas, by=level2, reason="Failed to enrol").marks == [mark]
    assert a_report(started, by=level2, reason="Failed to enrol").marks == []
    withdrawn(Activity.objects.get(cas=started), by=level2)
    assert mark in a_report(started, by=level2, reason="Failed to enrol", on=clock.today() - days(31)).marks


def test_a_reason_for_a_no_show_is_recognised_under_another_name(cas, level2, caseworker):
    a_reason("Failed to enrol").amend(by=caseworker, name="Did not come")
    assert a_report(cas, by=level2, reason="Did not come").is_before_start
    assert not a_report(cas, by=level2, reason="Visa application refused").is_before_start
    mine = ActivityReason.objects.add(by=caseworker, type=a_type(STOP), name="Never arrived", is_no_show=True)
    assert a_report(cas, by=level2, reason=mine.name).is_before_start


def test_completing_the_course_before_it_starts_is_marked(cas, level2):
    start = cas.course_start_date
    first = a_report(cas, by=level2, reason=EARLY, completed_on=start - days(1))
    assert first.marks == ["Completed the course before it starts"]
    withdrawn(first, by=level2)
    assert a_report(cas, by=level2, reason=EARLY, completed_on=start).marks == []


def test_ending_sponsorship_twice_is_marked_until_the_first_report_is_withdrawn(cas, level2):
    first = a_report(cas, by=level2, reason="Excluded")
    assert a_report(cas, by=level2, of="Continue sponsoring student").marks == []
    assert a_report(cas, by=level2, reason="Other").marks == ["Sponsorship ended by an earlier report"]
    for report in (first, Activity.objects.latest("pk")):
        withdrawn(report, by=level2)
    assert a_report(cas, by=level2, reason="Excluded").marks == []


def test_a_withdrawal_and_a_graduate_notification_have_no_marks(level2, caseworker):
    used = in_status("USED", by=level2, caseworker=caseworker)
    withdrawal = withdrawn(a_report(used, by=level2, on=date(2020, 1, 1)), by=level2)
    [graduation] = Activity.objects.notify_graduates([used.pk], by=level2)
    assert withdrawal.marks == graduation.marks == []


class TestSeen:
    def test_a_mark_that_the_user_has_not_seen_prevents_the_report(self, cas, started, level2):
        with pytest.raises(Unseen) as unseen:
            a_report(cas, started, by=level2, reason="Failed to enrol", seen=[])
        [(mark, cas_list)] = unseen.value.marked.items()
        assert (mark.words, cas_list) == ("Failed to enrol before the course starts", [cas])
        assert not Activity.objects.exists()

    def test_a_mark_that_the_user_has_seen_does_not(self, cas, level2):
        a_report(cas, by=level2, reason="Failed to enrol", seen=["is_before_start"])
        assert Activity.objects.get().is_before_start

    def test_all_marks_are_shown_again_if_another_is_added(self, cas, level2):
        with pytest.raises(Unseen) as unseen:
            a_report(cas, by=level2, reason="Failed to enrol", on=date(2026, 1, 1), seen=["is_before_start"])
        assert [mark.name for mark in unseen.value.marked] == ["is_late", "is_before_assignment", "is_before_start"]

    def test_a_file_makes_reports_with_their_marks_unasked(self, cas, level2):
        assert a_report(cas, by=level2, reason="Failed to enrol").marks


def test_a_mark_of_a_report_never_changes(cas, level2):
    report = a_report(cas, by=level2)
    for mark in MARKS:
        with pytest.raises(IntegrityError, match="Reports are never changed"), transaction.atomic():
            Activity.objects.filter(pk=report.pk).update(**{mark.name: True})
