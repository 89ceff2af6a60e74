"""Reporting activity and withdrawing a report (specification, section 8; manual 5)."""

from datetime import date, datetime

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from cas.lifecycle import CASStatus
from cas.models import CAS
from cas.timeline import timeline
from licences.models import Event
from sms.core import clock
from sms.core.refused import InvalidValues, NotAllowed, Refused
from sponsorship_duties.models import Activity, reporting
from tests.factories import brought_to, in_status
from tests.sponsorship_duties.factories import a_reason, a_report, a_type, days, withdrawn

pytestmark = pytest.mark.django_db

REPORTED_ON = {"ASSIGNED", "USED", "EXPIRED"}
SAME = {"details": "Failed twice", "on": date(2026, 10, 1)}


@pytest.fixture
def cas(level2, level1, allocation, caseworker):
    return in_status("ASSIGNED", by=level2, caseworker=caseworker)


def history(cas):
    return list(Event.objects.about("cas", cas.pk).filter(verb__in=["report", "withdraw_report"]))


def test_a_report_keeps_its_words_its_dates_and_its_user(cas, level2):
    today = clock.today()
    report = a_report(cas, by=level2, reason="Excluded", on=today - days(3), details="  Failed twice.\nLeft. ")
    report.refresh_from_db()
    assert (report.type_name, report.reason_name) == ("Stop sponsoring student", "Excluded")
    assert report.date_label == "Date sponsorship was or is due to be withdrawn"
    assert (report.happened_on, report.reported_on, report.by) == (today - days(3), today, level2)
    assert report.details == "Failed twice.\nLeft."


def test_the_history_of_the_cas_has_all_details_of_the_report(cas, level2):
    report = a_report(cas, by=level2, reason="Excluded", on=date(2026, 10, 1), details="Failed")
    [line] = history(cas)
    assert {name: after for name, (_, after) in line.data.items()} == {
        "activity_id": report.pk,
        "activity_type_name": "Stop sponsoring student",
        "activity_reason_name": "Excluded",
        "activity_happened_on": "2026-10-01",
        "activity_details": "Failed",
        "activity_withdraws_id": None,
        "activity_is_late": line.data["activity_is_late"][1],
    }
    [shown] = [entry for entry in timeline(cas) if entry.title == "Activity reported"]
    assert {change.label: change.after for change in shown.changes} == {
        "Activity type": "Stop sponsoring student",
        "Reason": "Excluded",
        "Date": "1 October 2026",
        "Details": "Failed",
    }


@pytest.mark.parametrize("status", CASStatus.values)
def test_reports_are_possible_on_assigned_used_and_expired_cas_and_change_no_status(
    status, level2, level1, allocation, caseworker
):
    cas = in_status(status, by=level2, caseworker=caseworker)
    if status in REPORTED_ON:
        a_report(cas, by=level2)
        assert CAS.objects.get(pk=cas.pk).status == status
    else:
        with pytest.raises(Refused, match=f"This CAS is {status}. You can report activity on it only while it is"):
            a_report(cas, by=level2)
        assert not Activity.objects.exists()


@pytest.mark.parametrize("end", ["REVOKED", "SURRENDERED", "EXPIRED"])
def test_once_the_licence_has_ended_only_used_cas_can_be_reported_on(end, licence, level2, allocation, caseworker):
    used = in_status("USED", by=level2, caseworker=caseworker)
    expired = in_status("EXPIRED", by=level2, caseworker=caseworker, passport_number="Another")
    brought_to(end, licence, caseworker=caseworker)
    a_report(used, by=level2)
    with pytest.raises(Refused, match="The licence or its route has ended"):
        a_report(expired, by=level2)


def test_only_the_owner_and_level_1_users_can_report(cas, level2, level1, colleague, outsider, caseworker):
    a_report(cas, by=level2)
    a_report(cas, by=level1)
    for other_user in (colleague, outsider):
        with pytest.raises(Refused, match="No CAS was found"):
            a_report(cas, by=other_user)
        assert not Activity.objects.for_user(other_user).exists()
    with pytest.raises(NotAllowed):
        a_report(cas, by=caseworker)
    assert Activity.objects.for_user(level2).count() == Activity.objects.for_user(level1).count() == 2
    assert Activity.objects.for_user(caseworker).count() == 2


def test_after_a_transfer_only_the_new_owner_can_report(cas, level2, level1, colleague):
    CAS.objects.filter(pk=cas.pk).change_owner(colleague, by=level1)
    a_report(cas, by=colleague)
    with pytest.raises(Refused, match="No CAS was found"):
        a_report(cas, by=level2)


@pytest.mark.parametrize(
    ("wrong", "where", "sentence"),
    [
        ({"details": " \n"}, "details", "Give details"),
        ({"details": "x" * 5001}, "details", "5,000 characters"),
        ({"happened_on": None}, "happened_on", "enter the date"),
        ({"reason": None}, "reason", "Select a reason"),
        ({"completed_on": date(2099, 10, 1)}, "completed_on", "Leave it empty"),
    ],
)
def test_wrong_values_of_a_report_are_refused_field_by_field(wrong, where, sentence, cas, level2):
    given = {
        "activity_type": a_type(),
        "reason": a_reason(),
        "happened_on": clock.today(),
        "details": "Left",
        **wrong,
    }
    with pytest.raises(InvalidValues) as invalid:
        Activity.objects.report([cas.pk], by=level2, **given)
    assert set(invalid.value.errors) == {where}
    assert sentence in invalid.value.errors[where]


def test_a_reason_of_another_type_is_refused(cas, level2):
    with pytest.raises(InvalidValues) as invalid:
        Activity.objects.report(
            [cas.pk],
            by=level2,
            activity_type=a_type("Student delayed"),
            reason=a_reason("Excluded"),
            happened_on=clock.today(),
            details="x",
        )
    assert set(invalid.value.errors) == {"reason"}


@pytest.mark.parametrize("asked", ["type", "reason"])
def test_a_type_or_reason_no_longer_in_use_is_refused_but_old_reports_keep_their_words(asked, cas, level2, caseworker):
    report = a_report(cas, by=level2, reason="Excluded")
    renamed = a_type() if asked == "type" else a_reason("Excluded")
    renamed.amend(by=caseworker, name="Something else", is_in_use=False)
    report.refresh_from_db()
    assert (report.type_name, report.reason_name) == ("Stop sponsoring student", "Excluded")
    with pytest.raises(InvalidValues) as invalid:
        Activity.objects.report(
            [cas.pk],
            by=level2,
            activity_type=report.type,
            reason=report.reason,
            happened_on=clock.today(),
            details="x",
        )
    assert set(invalid.value.errors) == {asked}


class TestTheDate:
    def test_the_date_can_be_up_to_two_years_ahead(self, cas, level2):
        with clock.set_to(clock.now().replace(year=2028, month=2, day=29)):
            a_report(cas, by=level2, on=date(2030, 2, 28))
            with pytest.raises(InvalidValues) as invalid:
                a_report(cas, by=level2, on=date(2030, 3, 1))
        assert "must not be more than 2 years ahead" in invalid.value.errors["happened_on"]

    def test_a_date_before_the_cas_was_assigned_is_accepted_and_marked(self, cas, level2):
        report = a_report(cas, by=level2, on=cas.assigned_on - days(1))
        assert report.is_before_assignment
        assert "Dated before the CAS was assigned" in report.marks
        assert not a_report(cas, by=level2, on=cas.assigned_on).is_before_assignment

    def test_a_date_more_than_ten_working_days_ago_is_accepted_and_marked_late(self, cas, level2):
        # Christmas Day, Monday 28 December (for Boxing Day) and New Year's Day are not working days.
        happened = date(2026, 12, 18)
        for today, is_late in ((date(2027, 1, 6), False), (date(2027, 1, 7), True)):
            with clock.set_to(clock.now().replace(year=today.year, month=today.month, day=today.day, hour=12)):
                assert a_report(cas, by=level2, on=happened).is_late is is_late

    def test_the_date_of_an_expected_enrolment_is_never_late(self, cas, level2):
        report = a_report(cas, by=level2, of="Student delayed", on=clock.today() - days(400))
        assert not report.is_late

    @pytest.mark.parametrize(
        ("moment", "day"),
        [
            ("2026-06-30T23:30+00:00", date(2026, 7, 1)),  # half past midnight in London
            ("2026-10-25T00:30+00:00", date(2026, 10, 25)),  # half past one in London, for the first time that night
            ("2026-10-25T23:30+00:00", date(2026, 10, 25)),  # after the clocks went back
            ("2027-03-28T23:30+00:00", date(2027, 3, 29)),  # after they went forward
        ],
    )
    def test_the_date_of_the_report_is_the_date_in_london(self, moment, day, cas, level2):
        with clock.set_to(datetime.fromisoformat(moment)):
            assert a_report(cas, by=level2).reported_on == day


class TestCompletedEarly:
    def test_the_earlier_completion_date_is_put_before_the_details(self, cas, level2):
        report = a_report(
            cas, by=level2, reason="Completed the course early", completed_on=date(2099, 10, 3), details="As agreed"
        )
        assert report.details == "Earlier course completion date: 3 October 2099\nAs agreed"

    def test_completed_early_needs_the_earlier_completion_date(self, cas, level2):
        with pytest.raises(InvalidValues) as invalid:
            a_report(cas, by=level2, reason="Completed the course early")
        assert invalid.value.errors == {"completed_on": "Enter the earlier course completion date"}

    def test_the_earlier_completion_date_must_be_before_the_expected_end(self, cas, level2):
        with pytest.raises(InvalidValues) as invalid:
            a_report(cas, by=level2, reason="Completed the course early", completed_on=cas.course_end_date)
        assert "must be before the course" in invalid.value.errors["completed_on"]


class TestWithdrawing:
    def test_a_withdrawal_keeps_the_earlier_report_and_each_refers_to_the_other(self, cas, level2, level1):
        report = a_report(cas, by=level2, on=date(2026, 11, 2))
        entry = withdrawn(report, by=level1, details="She came back")
        report = Activity.objects.get(pk=report.pk)
        assert report.is_withdrawn
        assert (report.withdrawal, entry.withdraws) == (entry, report)
        assert not Activity.objects.standing().exists()
        line = history(cas)[-1]
        assert (line.verb, line.by) == ("withdraw_report", level1)
        assert line.data["activity_withdraws_id"] == [None, report.pk]
        assert line.data["withdrawn"] == [None, "Stop sponsoring student, 2 November 2026"]

    def test_withdrawing_a_report_twice_is_refused(self, cas, level2):
        report = a_report(cas, by=level2)
        withdrawn(report, by=level2)
        with pytest.raises(Refused, match="already been withdrawn"):
            withdrawn(report, by=level2)
        assert Activity.objects.filter(withdraws=report).count() == 1

    def test_a_withdrawal_cannot_be_withdrawn(self, cas, level2):
        entry = withdrawn(a_report(cas, by=level2), by=level2)
        with pytest.raises(Refused, match="cannot withdraw a withdrawal"):
            withdrawn(entry, by=level2)

    def test_no_other_user_can_withdraw_a_report(self, cas, level2, colleague, outsider):
        report = a_report(cas, by=level2)
        for other_user in (colleague, outsider):
            with pytest.raises(Refused, match="No CAS was found"):
                withdrawn(report, by=other_user)

    def test_the_date_of_a_withdrawal_is_never_in_the_future(self, cas, level2):
        report = a_report(cas, by=level2, on=clock.today() + days(3))
        with pytest.raises(InvalidValues) as invalid:
            withdrawn(report, by=level2)
        assert "must not be in the future" in invalid.value.errors["happened_on"]
        withdrawn(report, by=level2, on=clock.today())  # the day it was reported


def test_a_report_about_several_cas_is_made_for_all_or_none(level2, level1, allocation, caseworker):
    one, other, gone = (
        in_status(status, by=level2, caseworker=caseworker, passport_number=status)
        for status in ("ASSIGNED", "USED", "WITHDRAWN")
    )
    assert len(a_report(one, other, by=level2)) == 2
    assert len(history(one)) == len(history(other)) == 1
    assert history(one)[0].data["activity_id"] != history(other)[0].data["activity_id"]
    with pytest.raises(Refused, match=f"{gone.student_name}: This CAS is WITHDRAWN"):
        a_report(one, gone, by=level2)
    assert Activity.objects.count() == 2


class TestTheSameReport:
    """A report that is sent twice, by a second click or from a second tab, is made once."""

    def test_the_same_report_by_any_user_refuses_the_whole_request(self, cas, level1, level2, caseworker):
        other = in_status("USED", by=level2, caseworker=caseworker, passport_number="Another")
        a_report(cas, by=level2, **SAME)
        with pytest.raises(Refused, match="Nguyễn, Thị Minh: This has already been reported"):
            a_report(other, cas, by=level1, **SAME)
        assert Activity.objects.count() == 1

    @pytest.mark.parametrize(
        "other", [{"details": "Failed thrice"}, {"on": date(2026, 10, 2)}, {"reason": "Excluded"}], ids=str
    )
    def test_a_report_that_differs_in_anything_is_not_the_same(self, other, cas, level2):
        a_report(cas, by=level2, **SAME)
        a_report(cas, by=level2, **{**SAME, **other})
        assert Activity.objects.count() == 2

    def test_the_same_report_can_be_made_again_after_its_withdrawal(self, cas, level2):
        withdrawn(a_report(cas, by=level2, **SAME), by=level2)
        a_report(cas, by=level2, **SAME)
        assert Activity.objects.standing().count() == 1

    def test_its_twin_without_the_check_the_report_would_be_made_twice(self, cas, level2, monkeypatch):
        monkeypatch.setattr(reporting, "_made_before", lambda reports: {})
        for _ in range(2):
            a_report(cas, by=level2, **SAME)
        assert Activity.objects.count() == 2


def test_a_report_about_many_cas_takes_as_many_statements_as_about_one(level2, allocation, caseworker):
    cas_list = [in_status("ASSIGNED", by=level2, caseworker=caseworker, passport_number=str(i)) for i in range(5)]
    with CaptureQueriesContext(connection) as of_one:
        a_report(cas_list[0], by=level2)
    with CaptureQueriesContext(connection) as of_five:
        a_report(*cas_list, by=level2)
    assert len(of_five) == len(of_one) <= 11


class TestTheDatabase:
    def test_the_database_refuses_to_change_or_delete_a_report(self, cas, level2):
        report = a_report(cas, by=level2)
        for change in (
            {"details": "Other"},
            {"happened_on": date(2020, 1, 1)},
            {"is_late": True},
            {"reported_on": date(2020, 1, 1)},
        ):
            with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
                Activity.objects.filter(pk=report.pk).update(**change)
        with pytest.raises(IntegrityError, match="never deleted"), transaction.atomic():
            Activity.objects.filter(pk=report.pk).delete()

    def test_the_database_accepts_only_one_withdrawal_of_a_report(self, cas, level2):
        entry = withdrawn(a_report(cas, by=level2), by=level2)
        entry.pk = None
        with pytest.raises(IntegrityError), transaction.atomic():
            entry.save(force_insert=True)


class TestReading:
    def test_a_report_is_marked_as_read_once_with_user_and_time(self, cas, level2, caseworker):
        report = a_report(cas, by=level2)
        mine = Activity.objects.filter(pk=report.pk)
        assert mine.mark_read(by=caseworker) == 1
        assert mine.mark_read(by=caseworker) == 0
        report.refresh_from_db()
        assert report.read_by == caseworker
        assert Event.objects.about("activity", report.pk).filter(verb="read").count() == 1
        with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
            mine.update(read_at=clock.now() + days(1))

    def test_only_caseworkers_mark_reports_as_read(self, cas, level1):
        a_report(cas, by=level1)
        with pytest.raises(NotAllowed):
            Activity.objects.mark_read(by=level1)
