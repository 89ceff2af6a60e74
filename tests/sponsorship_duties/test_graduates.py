"""Graduate notifications: only on USED CAS that were granted, one standing for each CAS (specification, section 8)."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from cas.lifecycle import CASStatus
from cas.models import CAS
from cas.timeline import timeline
from licences.models import Event
from sms.core import clock, triggers
from sms.core.govuk import formats
from sms.core.refused import InvalidValues, NotAllowed, Refused
from sponsorship_duties import reference
from sponsorship_duties.activity_types import FIRST_TYPES
from sponsorship_duties.models import Activity, ActivityType, reporting
from sponsorship_duties.models.choosing import offered_for
from sponsorship_duties.students_to_check import CHECKS
from tests.factories import brought_to, in_status
from tests.plain_sql import execute
from tests.racing import at_once, refusals
from tests.sponsorship_duties.factories import a_reason, a_report, a_type, days, withdrawn

pytestmark = pytest.mark.django_db

GRADUATION = "Graduate notification"


def a_graduate(by, caseworker, number=0, outcome="GRANTED", **values):
    """Make a USED CAS. Each `number` is another individual."""
    cas = in_status("ASSIGNED", by=by, caseworker=caseworker, passport_number=f"GRAD{number}", **values)
    cas.record_application(clock.today(), by=caseworker)
    cas.use(by=caseworker, decided_on=clock.today(), outcome=outcome)
    cas.refresh_from_db()
    return cas


def notified(*cas_list, by):
    made = Activity.objects.notify_graduates([cas.pk for cas in cas_list], by=by)
    return made[0] if len(cas_list) == 1 else made


@pytest.fixture
def graduate(level2, allocation, caseworker):
    return a_graduate(level2, caseworker)


class TestTheReport:
    def test_it_has_neither_reason_nor_date_nor_details_and_is_never_late(self, graduate, level2):
        made = notified(graduate, by=level2)
        made.refresh_from_db()
        assert (made.type_name, made.reason, made.reason_name, made.happened_on, made.details, made.date_label) == (
            GRADUATION,
            None,
            "",
            None,
            "",
            "",
        )
        assert made.marks == []
        assert str(made) == f"{GRADUATION}, {formats.day(clock.today())}"
        assert made.words == GRADUATION
        assert CAS.objects.get(pk=graduate.pk).status == "USED"

    def test_the_history_of_the_cas_says_only_that_it_was_made(self, graduate, level2):
        notified(graduate, by=level2)
        [shown] = [entry for entry in timeline(graduate) if entry.title == "Activity reported"]
        assert {change.label: change.after for change in shown.changes} == {"Activity type": GRADUATION}

    @pytest.mark.parametrize("status", sorted(set(CASStatus.values) - {"USED"}))
    def test_it_is_possible_only_on_used_cas(self, status, level2, level1, allocation, caseworker):
        cas = in_status(status, by=level2, caseworker=caseworker)
        with pytest.raises(Refused, match=f"This CAS is {status}"):
            notified(cas, by=level2)
        assert not Activity.objects.exists()

    def test_it_is_not_possible_if_the_application_was_refused(self, level2, allocation, caseworker):
        with pytest.raises(Refused, match="was refused") as refused:
            notified(a_graduate(level2, caseworker, outcome="REFUSED"), by=level2)
        assert refused.value.code == "duties.graduate_not_granted"

    def test_it_is_possible_after_the_licence_has_ended(self, graduate, licence, level2, caseworker):
        brought_to("REVOKED", licence, caseworker=caseworker)
        assert notified(graduate, by=level2).is_standing

    @pytest.mark.parametrize("given", ["details", "happened_on", "reason", "completed_on"])
    def test_nothing_else_can_be_given(self, given, graduate, level2):
        today = clock.today()
        values = {"reason": a_reason(), "happened_on": today, "completed_on": today, "details": "x"}
        empty = {"reason": None, "happened_on": None, "details": ""}
        with pytest.raises(InvalidValues) as invalid:
            Activity.objects.report(
                [graduate.pk],
                by=level2,
                activity_type=a_type(GRADUATION),
                **{**empty, given: values[given]},
            )
        assert set(invalid.value.errors) == {given}


class TestWhoMayNotify:
    def test_only_the_owner_and_level_1_users_can(self, graduate, level1, level2, colleague, outsider, caseworker):
        for other_user in (colleague, outsider):
            with pytest.raises(Refused, match="No CAS was found"):
                notified(graduate, by=other_user)
        with pytest.raises(NotAllowed):
            notified(graduate, by=caseworker)
        assert notified(graduate, by=level1).by == level1

    def test_after_a_transfer_only_the_new_owner_can(self, graduate, level1, level2, colleague):
        CAS.objects.filter(pk=graduate.pk).change_owner(colleague, by=level1)
        with pytest.raises(Refused, match="No CAS was found"):
            notified(graduate, by=level2)
        assert notified(graduate, by=colleague)


class TestOneStanding:
    def test_a_second_notification_is_refused_until_the_first_is_withdrawn(self, graduate, level1, level2):
        first = notified(graduate, by=level2)
        with pytest.raises(Refused, match="has already been made") as refused:
            notified(graduate, by=level1)
        assert refused.value.code == "duties.graduate_notified_already"
        withdrawn(first, by=level2, on=clock.today())
        second = notified(graduate, by=level2)
        first.refresh_from_db()
        assert (first.is_standing_graduation, second.is_standing_graduation) == (False, True)
        assert list(Activity.objects.filter(cas=graduate).standing()) == [second]

    def test_a_withdrawal_finds_it_by_the_day_it_was_reported(self, graduate, level2):
        made = notified(graduate, by=level2)
        assert made.days == {clock.today()}
        entry = withdrawn(made, by=level2, on=clock.today())
        line = Event.objects.about("cas", graduate.pk).filter(verb="withdraw_report").get()
        assert line.data["withdrawn"] == [None, str(made)]
        assert not entry.is_standing_graduation

    def test_the_database_refuses_a_second_standing_one(self, graduate, level2):
        made = notified(graduate, by=level2)
        made.pk = None
        with pytest.raises(IntegrityError), transaction.atomic():
            made.save(force_insert=True)

    def test_the_database_never_lets_a_withdrawn_one_stand_again(self, graduate, level2):
        made = notified(graduate, by=level2)
        withdrawn(made, by=level2, on=clock.today())
        with pytest.raises(IntegrityError, match="never stands again"), transaction.atomic():
            Activity.objects.filter(pk=made.pk).update(is_standing_graduation=True)

    def test_the_database_refuses_any_other_report_without_reason_date_or_details(self, graduate, level2):
        for gap in ({"reason": None}, {"happened_on": None}, {"details": ""}, {"is_standing_graduation": True}):
            report = a_report(graduate, by=level2)
            report.pk = None
            for name, value in gap.items():
                setattr(report, name, value)
            with pytest.raises(IntegrityError), transaction.atomic():
                report.save(force_insert=True)

    def test_its_twin_without_the_rule_only_the_database_refuses(self, graduate, level2, monkeypatch):
        monkeypatch.setattr(reporting, "why_not_notify_each", lambda cas_list: [])
        notified(graduate, by=level2)
        with pytest.raises(IntegrityError), transaction.atomic():
            notified(graduate, by=level2)


@pytest.mark.django_db(transaction=True)
class TestARace:
    """Several users notify the same CAS at the same moment."""

    def test_one_notification_is_made_and_the_others_see_why_not(self, graduate, level1, level2):
        acts = [lambda: notified(graduate, by=level1), lambda: notified(graduate, by=level2)]
        answers = at_once(*acts * 4)
        assert len(refusals(answers)) == 7
        assert all("has already been made" in sentence for sentence in refusals(answers))
        assert Activity.objects.standing().count() == 1

    def test_two_lists_that_overlap_never_deadlock(self, graduate, level1, level2, caseworker):
        other = a_graduate(level2, caseworker, 1)
        acts = [lambda: notified(graduate, other, by=level1), lambda: notified(other, graduate, by=level2)]
        answers = at_once(*acts)
        assert len(refusals(answers)) == 1
        assert Activity.objects.standing().count() == 2


class TestMany:
    def test_all_are_notified_or_none(self, graduate, level2, caseworker):
        other = a_graduate(level2, caseworker, 1)
        refused = a_graduate(level2, caseworker, 2, outcome="REFUSED")
        with pytest.raises(Refused, match=refused.student_name):
            notified(graduate, other, refused, by=level2)
        assert not Activity.objects.exists()
        assert {made.cas_id for made in notified(graduate, other, by=level2)} == {graduate.pk, other.pk}

    def test_many_take_as_many_statements_as_one(self, graduate, level2, caseworker):
        others = [a_graduate(level2, caseworker, number) for number in range(1, 6)]
        with CaptureQueriesContext(connection) as of_one:
            notified(graduate, by=level2)
        with CaptureQueriesContext(connection) as of_five:
            notified(*others, by=level2)
        assert len(of_five) == len(of_one) <= 10


class TestTheType:
    def test_it_is_offered_only_for_a_cas_that_can_be_notified(self, graduate, level2, caseworker):
        refused = a_graduate(level2, caseworker, 1, outcome="REFUSED")
        offered = {cas: GRADUATION in map(str, offered_for(cas)) for cas in (graduate, refused)}
        assert offered == {graduate: True, refused: False}
        notified(graduate, by=level2)
        assert GRADUATION not in map(str, offered_for(graduate))

    def test_a_new_portal_has_it_as_the_last_type(self, db):
        assert ActivityType.objects.last() == ActivityType.objects.graduation() == a_type(GRADUATION)

    def test_there_is_only_one_and_it_is_always_in_use(self, db, caseworker):
        with pytest.raises(IntegrityError), transaction.atomic():
            ActivityType.objects.create(name="Another", is_graduation=True, position=99)
        with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
            ActivityType.objects.filter(name="Student delayed").update(is_graduation=True)
        with pytest.raises(IntegrityError), transaction.atomic():
            ActivityType.objects.filter(name=GRADUATION).update(is_in_use=False)

    def test_only_this_type_can_lack_the_label_of_a_date(self, db):
        for name, label in (("Student delayed", ""), (GRADUATION, "Date of the award")):
            with pytest.raises(IntegrityError), transaction.atomic():
                ActivityType.objects.filter(name=name).update(date_label=label)


@pytest.fixture
def an_earlier_portal(db):
    """Take the type away, as in a database that was made before there were graduate notifications."""
    triggers.drop(connection)
    execute(f"DELETE FROM sponsorship_duties_activitytype WHERE name = '{GRADUATION}'")
    triggers.install(connection)


@pytest.mark.usefixtures("an_earlier_portal")
class TestAnEarlierPortal:
    """A database of the first version gets the type after its next `migrate`."""

    def test_it_gets_the_type_at_the_end_and_keeps_the_changes_of_caseworkers(self, caseworker):
        a_type("Student delayed").amend(by=caseworker, name="Delayed")
        reference.refill(using="default")
        assert ActivityType.objects.last() == ActivityType.objects.graduation()
        assert len(FIRST_TYPES) == ActivityType.objects.count()
        assert not ActivityType.objects.filter(name="Student delayed").exists()
        reference.refill(using="default")
        assert len(FIRST_TYPES) == ActivityType.objects.count()

    def test_a_type_of_a_caseworker_with_this_name_is_renamed_and_the_history_says_so(self, caseworker):
        theirs = ActivityType.objects.add(by=caseworker, name="graduate Notification", date_label="Date of the award")
        reference.refill(using="default")
        theirs.refresh_from_db()
        assert theirs.name == "graduate Notification (earlier)"
        assert ActivityType.objects.graduation().name == GRADUATION
        line = Event.objects.about("activity_type", theirs.pk).last()
        assert line.data == {"name": ["graduate Notification", "graduate Notification (earlier)"]}


def test_a_notification_takes_a_cas_off_the_list_of_ended_courses_even_before_the_end(graduate, level2):
    made = notified(graduate, by=level2)
    after = graduate.course_end_date + days(5)
    with clock.set_to(clock.now().replace(year=after.year, month=after.month, day=after.day)):
        assert not CHECKS["ended"].of(level2).exists()
        withdrawn(made, by=level2, on=made.reported_on)
        # The withdrawal itself is no report: the student is to be checked again.
        assert list(CHECKS["ended"].of(level2)) == [graduate]
