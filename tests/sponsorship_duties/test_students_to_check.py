"""*Students to check*: which CAS are on which list, and how they leave it (specification, section 8)."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from cas.timeline import timeline
from licences.models import Event
from licences.roles import Role
from sms.core import clock
from sms.core.govuk import formats
from sms.core.refused import NotAllowed
from sponsorship_duties.models import Activity, ActivityReason, NothingToReport
from sponsorship_duties.students_to_check import CHECKS, counts
from sponsorship_duties.views import checking
from tests.days import noon_on
from tests.factories import a_cas, an_allocation, assigned, in_status
from tests.pages import Page
from tests.sponsorship_duties.factories import a_new_type, a_report, a_type, days, withdrawn
from tests.sponsorship_duties.test_graduates import a_graduate

pytestmark = pytest.mark.django_db

HOME = "/students/sponsorship-duties/"
CHECK = f"{HOME}check/not-started/"
BEFORE = days(40)  # ago: then, the courses had not started yet


@pytest.fixture(autouse=True)
def allocation(licence, caseworker):
    """Grant places for the year in which the courses of these tests began."""
    with clock.set_to(clock.now() - days(180)):
        return an_allocation(licence, by=caseworker)


def started(by, ago=10, **values):
    """Return an ASSIGNED CAS whose course started `ago` days before today."""
    today = clock.today()
    with clock.set_to(clock.now() - BEFORE):
        return assigned(a_cas(by, course_start_date=today - days(ago), **values))


def course_of(cas):
    return f"{cas.course_title}, starts {formats.day(cas.course_start_date)}"


def buttons_of(page):
    """Return the buttons that report for the selected students."""
    [group] = [each for each in page.main.all("div") if each["aria-label"] == "Report for the selected students"]
    return group.all("button")


def on(name, user):
    return list(CHECKS[name].of(user))


def since(name, user):
    return [cas.since for cas in CHECKS[name].of(user)]


class TestNotStarted:
    def test_the_list_has_assigned_cas_past_their_course_start_without_a_report(self, level2):
        yesterday = started(level2, ago=1)
        started(level2, ago=0, passport_number="Another")
        assert on("not-started", level2) == [yesterday]

    def test_the_latest_date_for_acceptance_counts_if_there_is_one(self, level2):
        today = clock.today()
        started(level2, ago=10, latest_acceptance_date=today)
        late = started(level2, ago=10, latest_acceptance_date=today - days(2), passport_number="Another")
        assert on("not-started", level2) == [late]
        assert since("not-started", level2) == [today - days(2)]

    @pytest.mark.parametrize("status", ["USED", "EXPIRED", "WITHDRAWN", "CANCELLED", "OBSOLETE"])
    def test_only_assigned_cas_are_on_the_list(self, status, level2, level1, caseworker):
        in_status(status, by=level2, caseworker=caseworker, course_start_date=clock.today() - days(1))
        assert on("not-started", level2) == []

    def test_a_report_takes_a_cas_off_the_list_and_its_withdrawal_brings_it_back(self, level2):
        cas = started(level2)
        report = a_report(cas, by=level2, of="Change in student circumstances", reason="Course dates changed")
        assert on("not-started", level2) == []
        withdrawn(report, by=level2)
        assert on("not-started", level2) == [cas]

    def test_a_delay_takes_a_cas_off_the_list_until_the_expected_enrolment_date(self, level2):
        cas, today = started(level2), clock.today()
        a_report(cas, by=level2, of="Student delayed", on=today + days(5))
        assert on("not-started", level2) == []
        with clock.set_to(clock.now() + days(6)):
            assert since("not-started", level2) == [today + days(5)]

    def test_the_earliest_due_come_first_and_are_due_after_ten_working_days(self, level2, desk):
        started(level2, ago=3)
        started(level2, ago=30, passport_number="Another", family_name="Zuma")
        page = desk(level2).read(CHECK)
        rows = page.one("tbody").all("tr")
        assert ["Zuma" in rows[0].text, "Overdue" in rows[0].text] == [True, True]
        assert "Overdue" not in rows[1].text


class TestVisaGranted:
    def used(self, by, caseworker, ago=10, number=0, outcome="GRANTED", **values):
        """Return a USED CAS whose course started `ago` days before today."""
        start = clock.today() - days(ago)
        with clock.set_to(clock.now() - days(ago + 10)):
            return a_graduate(by, caseworker, number, outcome, course_start_date=start, **values)

    def test_the_list_has_granted_cas_whose_course_started_in_the_last_90_days(self, level2, caseworker):
        cas = self.used(level2, caseworker)
        self.used(level2, caseworker, ago=0, number=1)
        self.used(level2, caseworker, ago=91, number=2)
        self.used(level2, caseworker, number=3, outcome="REFUSED")
        assert on("visa-granted", level2) == [cas]
        assert on("not-started", level2) == []

    def test_a_delay_takes_a_cas_off_the_list_until_its_date_and_another_report_for_good(self, level2, caseworker):
        cas, today = self.used(level2, caseworker), clock.today()
        a_report(cas, by=level2, of="Student delayed", on=today + days(5))
        assert on("visa-granted", level2) == []
        with clock.set_to(clock.now() + days(6)):
            assert since("visa-granted", level2) == [today + days(5)]
            a_report(cas, by=level2, reason="Failed to enrol")
            assert on("visa-granted", level2) == []

    def test_a_no_show_with_a_visa_is_reported_from_the_list(self, level2, caseworker, desk):
        cas = self.used(level2, caseworker)
        page = desk(level2).read(f"{HOME}check/visa-granted/")
        assert page.main.link("Report activity for " + cas.student_name).endswith("?from=visa-granted")
        assert [button.text for button in buttons_of(page)] == [
            "Student delayed",
            "Stop sponsoring student",
            "Nothing to report",
        ]


class TestExpiring:
    def test_the_list_has_assigned_cas_that_expire_within_30_days(self, level2, allocation):
        with clock.set_to(clock.now() - timedelta(days=170)):
            cas = assigned(a_cas(level2))
        for left, expected in ((31, []), (30, [cas]), (0, [cas])):
            with clock.set_to(noon_on(cas.expires_on - days(left))):
                assert on("expiring", level2) == expected

    def test_a_student_who_has_applied_is_not_on_the_list(self, level2, allocation, caseworker):
        with clock.set_to(clock.now() - timedelta(days=170)):
            cas = assigned(a_cas(level2))
        cas.record_application(cas.assigned_on, by=caseworker)
        assert on("expiring", level2) == []

    def test_a_student_who_is_no_longer_sponsored_is_not_on_the_list(self, level2, allocation):
        with clock.set_to(clock.now() - timedelta(days=170)):
            cas = assigned(a_cas(level2))
        a_report(cas, by=level2)
        assert on("expiring", level2) == []


class TestEnded:
    def used(self, by, ago, caseworker, **values):
        """Return a USED CAS whose course ended `ago` days before today."""
        today = clock.today()
        with clock.set_to(clock.now() - days(150)):
            values = {"course_start_date": today - days(140), "course_end_date": today - days(ago), **values}
            return in_status("USED", by=by, caseworker=caseworker, **values)

    def test_the_list_has_courses_that_ended_in_the_last_90_days(self, level2, allocation, caseworker):
        ended = self.used(level2, 1, caseworker)
        self.used(level2, 0, caseworker, passport_number="Today")
        self.used(level2, 91, caseworker, passport_number="Long ago")
        assert on("ended", level2) == [ended]

    def test_only_a_graduate_notification_takes_a_granted_cas_off_the_list(self, level2, allocation, caseworker):
        cas = self.used(level2, 20, caseworker)
        a_report(cas, by=level2, of="Change in student circumstances", reason="Course dates changed")
        assert on("ended", level2) == [cas]
        Activity.objects.notify_graduates([cas.pk], by=level2)
        assert on("ended", level2) == []

    def test_only_a_report_after_the_end_takes_another_cas_off_the_list(self, level2, allocation):
        today = clock.today()
        with clock.set_to(clock.now() - days(150)):
            dates = {"course_start_date": today - days(140), "course_end_date": today - days(20)}
            cas = assigned(a_cas(level2, **dates))
        change = {"of": "Change in student circumstances", "reason": "Course dates changed"}
        with clock.set_to(clock.now() - days(30)):
            a_report(cas, by=level2, **change)
        assert on("ended", level2) == [cas]
        a_report(cas, by=level2, **change)
        assert on("ended", level2) == []

    def test_a_student_no_longer_sponsored_before_the_end_is_not_on_the_list(self, level2, allocation, caseworker):
        cas = self.used(level2, 20, caseworker)
        with clock.set_to(clock.now() - days(30)):
            a_report(cas, by=level2)
        assert on("ended", level2) == []


class TestNothingToReport:
    def test_nothing_to_report_takes_a_cas_off_its_list_and_records_the_user(self, level2, desk):
        cas, other = started(level2), started(level2, passport_number="Another")
        page = desk(level2).send(f"{CHECK}nothing/", page=desk(level2).read(CHECK), cas=cas.pk)
        assert page.h1 == "Nothing to report"
        assert [item.text for item in page.one("ul", of="sms-picked").all("li")] == [
            f"{cas.student_name} Date of birth: 17 May 2002 ASSIGNED {course_of(cas)}"
        ]
        assert not NothingToReport.objects.exists()
        page = desk(level2).send(f"{CHECK}nothing/", page=page)
        assert page.banners == ["Nothing to report: 1 CAS taken off the list. Undo"]
        assert on("not-started", level2) == [other]
        said = NothingToReport.objects.get()
        assert (said.cas, said.by) == (cas, level2)
        [line] = Event.objects.about("cas", cas.pk).filter(verb="nothing_to_report")
        assert line.data == {"check": [None, "Course started, nothing reported"]}

    def test_nothing_to_report_twice_is_recorded_once(self, level2):
        cas = started(level2)
        say = NothingToReport.objects.say
        assert say([cas.pk], check="not-started", heading="x", by=level2) == [cas.pk]
        assert say([cas.pk], check="not-started", heading="x", by=level2) == []
        assert Event.objects.filter(verb="nothing_to_report").count() == 1

    def test_users_take_only_cas_in_their_reach_off_a_list(self, level2, colleague, outsider, caseworker):
        cas = started(level2)
        for other_user in (colleague, outsider):
            assert NothingToReport.objects.say([cas.pk], check="not-started", heading="x", by=other_user) == []
        with pytest.raises(NotAllowed):
            NothingToReport.objects.say([cas.pk], check="not-started", heading="x", by=caseworker)
        assert on("not-started", level2) == [cas]

    def test_with_nothing_selected_the_page_says_so(self, level2, desk):
        started(level2)
        page = desk(level2).send(f"{CHECK}nothing/", page=desk(level2).read(CHECK), status=422)
        assert page.summary == [("Select the CAS to take off the list.", "#selected")]


class TestUndoing:
    def taken_off(self, desk, user, *cas_list):
        """Take these CAS off the list. Return the page that says so."""
        page = desk(user).send(
            f"{CHECK}nothing/", page=desk(user).read(CHECK), cas=" ".join(str(c.pk) for c in cas_list)
        )
        return desk(user).send(f"{CHECK}nothing/", page=page)

    def test_undo_offers_exactly_the_cas_just_taken_off_and_puts_them_back(self, level2, desk):
        first, second, third = (started(level2, passport_number=str(i), given_names=f"N{i}") for i in range(3))
        self.taken_off(desk, level2, first)
        page = self.taken_off(desk, level2, second, third)
        undo = page.main.link("Undo")
        page = desk(level2).read(undo)
        assert page.h1 == "Taken off the list 2"
        boxes = [box["value"] for box in page.all("input") if box["name"] == "cas" and "checked" in box]
        assert {int(value) for value in boxes} == {second.pk, third.pk}
        page = Page(desk(level2).client.post(undo, {"cas": boxes}, follow=True))
        assert page.banners == ["2 CAS put back. The list shows those that still need a check."]
        assert set(on("not-started", level2)) == {second, third}
        assert desk(level2).read(f"{CHECK}taken-off/").h1 == "Taken off the list 1"
        titles = [entry.title for entry in timeline(second)][:2]
        assert titles == ["Nothing to report, undone", "Nothing to report"]
        assert self.taken_off(desk, level2, second).banners

    def test_all_taken_off_can_be_put_back_at_once(self, level2, desk):
        cas_list = [started(level2, passport_number=str(i)) for i in range(3)]
        self.taken_off(desk, level2, *cas_list)
        desk(level2).send(f"{CHECK}taken-off/", all="yes")
        assert len(on("not-started", level2)) == 3

    def test_with_nothing_selected_the_page_says_so(self, level2, desk):
        self.taken_off(desk, level2, started(level2))
        page = desk(level2).send(f"{CHECK}taken-off/", status=422)
        assert page.summary == [("Select the CAS to put back on the list.", "#selected")]

    def test_users_put_back_only_cas_in_their_reach(self, level2, colleague, outsider, desk, level1):
        cas = started(level2)
        self.taken_off(desk, level2, cas)
        for other in (colleague, outsider):
            assert NothingToReport.objects.undo([cas.pk], check="not-started", heading="x", by=other) == []
            assert "No CAS has been taken off this list." in desk(other).read(f"{CHECK}taken-off/").main.text
        assert cas.student_name in desk(level1).read(f"{CHECK}taken-off/").main.text

    def test_what_other_users_took_off_is_not_found_by_its_key(self, level2, colleague, desk):
        undo = self.taken_off(desk, level2, started(level2)).main.link("Undo")
        desk(colleague).read(undo, status=404)

    def test_a_cas_that_left_the_list_before_the_confirmation_is_not_taken_off(self, level2, desk):
        cas = started(level2)
        page = desk(level2).read(CHECK)
        a_report(cas, by=level2)
        page = desk(level2).send(f"{CHECK}nothing/", page=page, cas=cas.pk)
        assert "The selected CAS are no longer on the list." in page.main.text


class TestSeveralAtOnce:
    def selected(self, desk, user, *cas_list, name="Stop sponsoring student"):
        """Select these CAS and the button of this type. Return the page that follows."""
        client = desk(user).client
        where = f"{CHECK}report/{a_type(name).pk}/"
        answer = client.post(where, {"cas": [cas.pk for cas in cas_list]}, follow=True)
        page = Page(answer)
        page.address = answer.redirect_chain[-1][0] if answer.redirect_chain else where
        return page

    def test_several_cas_are_reported_at_once(self, level2, desk):
        cas_list = [started(level2, passport_number=str(i)) for i in range(3)]
        page = self.selected(desk, level2, *cas_list[:2])
        assert "You are making the same report for 2 CAS." in page.main.text
        reason = next(
            option["value"] for option in page.by_id("id_reason").all("option") if option.text == "Failed to enrol"
        )
        after = desk(level2).send(page.address, happened_on=clock.today(), reason=reason, details="No-shows")
        assert after.h1 == "Report student activity – activity recorded"
        assert "Stop sponsoring student: 2 CAS" in after.main.text
        assert len(after.one("tbody").all("tr")) == 2
        assert after.buttons("OK")[0]["href"] == CHECK
        assert {report.cas for report in Activity.objects.all()} == set(cas_list[:2])
        assert on("not-started", level2) == cas_list[2:]

    def test_the_form_names_the_cas_left_out_and_why(self, level2, level1, desk):
        cas, gone = started(level2), started(level2, passport_number="Another")
        gone.withdraw(by=level1, reason="Because")
        page = self.selected(desk, level2, cas, gone)
        assert "This CAS is WITHDRAWN. You can report activity on it only while" in page.main.text
        assert "You are making the same report for 1 CAS." in page.main.text

    def test_all_of_a_list_includes_every_page(self, level2, desk, monkeypatch):
        monkeypatch.setattr(checking, "A_PAGE", 2)
        for i in range(3):
            started(level2, passport_number=str(i))
        page = desk(level2).read(CHECK)
        assert "All 3 CAS on this list, on every page" in page.main.text
        where = f"{CHECK}report/{a_type().pk}/"
        shown = Page(desk(level2).client.post(where, {"all": "yes"}, follow=True))
        assert "You are making the same report for 3 CAS." in shown.main.text
        page = desk(level2).send(f"{CHECK}nothing/", page=page, all="yes")
        page = desk(level2).send(f"{CHECK}nothing/", page=page)
        assert page.banners == ["Nothing to report: 3 CAS taken off the list. Undo"]
        assert on("not-started", level2) == []

    def test_cas_of_other_users_cannot_be_reported(self, level2, colleague, desk):
        page = self.selected(desk, colleague, started(level2))
        assert "You can no longer report on any of the selected CAS." in page.main.text
        desk(level2).read(page.address, status=404)

    def test_missing_values_get_errors_and_nothing_is_lost(self, level2, desk):
        page = self.selected(desk, level2, started(level2), name="Student delayed")
        page = desk(level2).send(page.address, details="Flights", status=422)
        assert page.error_of("reason") == "Select the reason"
        assert page.typed()["details"] == "Flights"
        assert not Activity.objects.exists()

    def test_with_nothing_selected_the_page_says_so(self, level2, desk):
        page = self.selected(desk, level2)
        assert page.status == 422
        assert page.summary == [("Select the CAS to report as Stop sponsoring student.", "#selected")]

    def test_only_types_for_several_students_are_offered(self, level2, desk):
        started(level2)
        page = desk(level2).read(CHECK)
        labels = [button.text for button in buttons_of(page)]
        assert labels == ["Student delayed", "Stop sponsoring student", "Nothing to report"]

    def test_a_type_without_a_reason_is_not_offered(self, level2, desk, caseworker):
        made = a_new_type(by=caseworker, is_for_several=True)
        started(level2)
        assert made.name not in desk(level2).read(CHECK).main.text
        ActivityReason.objects.add(by=caseworker, type=made, name="Award confirmed")
        assert made.name in desk(level2).read(CHECK).main.text


class TestWhere:
    def test_students_shows_how_many_are_to_check(self, level2, desk):
        started(level2)
        page = desk(level2).read("/students/")
        assert page.link("1 CAS past the course start without a report") == CHECK

    def test_the_home_of_the_duties_shows_the_first_cas_of_each_list(self, level2, desk):
        cas_list = [started(level2, passport_number=str(i), family_name=f"Name{i}") for i in range(7)]
        page = desk(level2).read(HOME)
        assert len(page.one("tbody").all("tr")) == 5
        assert page.link("See all 7 CAS past the course start without a report") == CHECK
        assert (
            page.link("Report activity for Name0, Thị Minh")
            == f"{HOME}report/{cas_list[0].pk}/activities/?from=not-started"
        )

    def test_an_empty_list_says_so(self, level2, desk):
        assert "There are no students to check." in desk(level2).read(CHECK).main.text

    def test_a_long_list_has_pages(self, level2, desk, monkeypatch):
        monkeypatch.setattr(checking, "A_PAGE", 2)
        for i in range(3):
            started(level2, passport_number=str(i))
        page = desk(level2).read(f"{CHECK}?page=2")
        assert len(page.one("tbody").all("tr")) == 1

    def test_the_numbers_are_counted_again_each_time(self, level2):
        assert str(counts(level2)["not-started"]) == "0"
        started(level2)
        started(level2, ago=-1, passport_number="Another")  # the course starts tomorrow
        assert str(counts(level2)["not-started"]) == "1"
        with clock.set_to(clock.now() + days(2)):
            assert str(counts(level2)["not-started"]) == "2"

    def test_the_numbers_follow_the_level_of_a_user(self, level2, colleague):
        started(colleague)
        assert str(counts(level2)["not-started"]) == "0"
        level2.role = Role.LEVEL_1
        assert str(counts(level2)["not-started"]) == "1"

    def test_users_see_only_cas_in_their_reach_on_a_list(self, level2, colleague, level1, outsider):
        cas = started(level2)
        assert on("not-started", level1) == [cas]
        assert [str(counts(user)["not-started"]) for user in (level1, level2, colleague, outsider)] == [
            "1",
            "1",
            "0",
            "0",
        ]

    def test_the_number_of_statements_does_not_grow_with_a_list(self, level2, desk, django_assert_max_num_queries):
        for i in range(6):
            started(level2, passport_number=str(i))
        mine = desk(level2)
        mine.read("/students/")
        for where in (HOME, CHECK):
            with django_assert_max_num_queries(8):
                mine.read(where)


def test_the_database_never_deletes_a_record_of_nothing_to_report_nor_changes_it(level2, colleague):
    NothingToReport.objects.say([started(level2).pk], check="not-started", heading="x", by=level2)
    with pytest.raises(IntegrityError, match="never deleted"), transaction.atomic():
        NothingToReport.objects.all().delete()
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        NothingToReport.objects.update(by=colleague)
    NothingToReport.objects.update(undone_at=clock.now(), undone_by=level2)
    with pytest.raises(IntegrityError, match="undone only once"), transaction.atomic():
        NothingToReport.objects.update(undone_by=colleague)
