"""The demo data is made by the verbs of the screens, in every status, in demo mode only."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection
from django.db.models import Count
from django.test import TestCase

from cas.lifecycle import CASStatus, OrderStatus
from cas.models import CAS, Agent, CourseTemplate, Order
from cas.reconciliation import discrepancies
from licences.lifecycle import LicenceStatus, RequestStatus
from licences.models import Allocation, Event, Licence, LicenceRequest, User
from licences.models.key_person import Post
from licences.routes import Route
from sms.core import clock, triggers
from sms.demo.people import PASSWORD
from sponsorship_duties.compliance.assessment import assess
from sponsorship_duties.compliance.rates import Band
from sponsorship_duties.models import Activity, NothingToReport
from sponsorship_duties.students_to_check import CHECKS

pytestmark = pytest.mark.long

UNIVERSITY = "University of Example"


def demo(*options):
    said = StringIO()
    call_command("demo", *options, stdout=said)
    return said.getvalue()


class DemoData(TestCase):
    """The demo data, made once for all these tests, because that takes a second or two."""

    @classmethod
    def setUpTestData(cls):
        demo()

    def test_the_university_has_about_forty_cas_in_every_status_that_an_active_licence_allows(self):
        university = CAS.objects.filter(licence__name=UNIVERSITY)
        assert university.count() in range(38, 46)
        assert set(university.values_list("status", flat=True)) == set(CASStatus) - {CASStatus.CANCELLED}
        assert set(university.values_list("route", flat=True)) == set(Route)
        assert set(university.values_list("owner__username", flat=True)) == {"level1", "level2", "colleague"}
        assert set(university.exclude(outcome="").values_list("outcome", flat=True)) == {"GRANTED", "REFUSED"}

    def test_each_status_of_a_cas_and_of_a_request_exists(self):
        assert set(CAS.objects.values_list("status", flat=True)) == set(CASStatus)
        assert set(LicenceRequest.objects.values_list("status", flat=True)) == set(RequestStatus)

    def test_there_is_a_sponsor_in_each_band_of_the_compliance_figures(self):
        bands = {
            licence.name: assess(CAS.objects.filter(licence=licence)).now.band for licence in Licence.objects.all()
        }
        assert bands == {
            "University of Example": Band.RED,
            "Elsewhere College": Band.AMBER,
            "Northgate School": Band.GREEN,
            "Riverside College of Arts": None,
        }

    def test_an_application_was_closed_and_a_refusal_reviewed(self):
        assert CAS.objects.exclude(application_closed_as="").count() == 1
        assert CAS.objects.exclude(reviewed_on=None).get().outcome == "REFUSED"

    def test_each_sponsor_has_key_people(self):
        for licence in Licence.objects.all():
            assert set(licence.key_people.values_list("kind", flat=True)) == set(Post)

    def test_the_cancelled_cas_belong_to_a_licence_that_was_surrendered(self):
        cancelled = CAS.objects.filter(status=CASStatus.CANCELLED)
        assert set(cancelled.values_list("licence__name", "licence__status")) == {
            ("Riverside College of Arts", LicenceStatus.SURRENDERED)
        }

    def test_for_each_obsolete_cas_another_sponsor_has_a_used_cas_of_the_same_individual(self):
        for cas in CAS.objects.filter(status=CASStatus.OBSOLETE):
            other = CAS.objects.get(passport_key=cas.passport_key, status=CASStatus.USED)
            assert other.licence_id != cas.licence_id

    def test_some_students_have_passports_that_show_no_day_or_no_month(self):
        births = CAS.objects.exclude(date_of_birth="").values_list("date_of_birth", flat=True)
        assert {len(born) for born in births} == {4, 7, 10}

    def test_there_are_orders_in_every_status(self):
        assert set(Order.objects.values_list("status", flat=True)) == set(OrderStatus)

    def test_the_register_has_agents_of_which_one_is_retired_and_some_cas_name_one(self):
        assert sorted(Agent.objects.values_list("is_retired", flat=True)) == [False, False, True]
        with_agent = CAS.objects.filter(licence__name=UNIVERSITY, is_agent_used=True)
        assert with_agent.exists()
        assert not with_agent.filter(agent=None).exists()

    def test_the_university_has_course_templates_of_both_routes_and_one_that_is_retired(self):
        templates = CourseTemplate.objects.filter(licence__name=UNIVERSITY)
        assert set(templates.filter(retired_on=None).values_list("route", flat=True)) == set(Route)
        assert templates.exclude(retired_on=None).count() == 1

    def test_the_books_balance(self):
        assert list(discrepancies()) == []

    def test_the_university_has_places_left_but_only_one_on_the_child_student_route(self):
        licence = Licence.objects.get(name=UNIVERSITY)
        assert Allocation.objects.current(licence.pk, Route.STUDENT).unused > 20
        assert Allocation.objects.current(licence.pk, Route.CHILD_STUDENT).unused == 1

    def test_one_licence_has_only_the_student_route(self):
        assert User.objects.get(username="outsider").licence.open_routes() == [Route.STUDENT]

    def test_each_cas_has_its_history_and_the_history_is_in_chronological_order(self):
        events = Event.objects.filter(kind="cas")
        assert not CAS.objects.exclude(pk__in=events.values("subject_id")).exists()
        moments = list(Event.objects.order_by("id").values_list("at", flat=True))
        assert moments == sorted(moments)
        assert moments[-1] <= clock.now()

    def test_some_cas_were_edited_by_several_users(self):
        saves = Event.objects.filter(kind="cas", verb__in=["create", "save"]).order_by()
        edited = saves.values("subject_id").annotate(users=Count("by", distinct=True))
        assert edited.filter(users__gt=1).count() >= 4

    def test_one_cas_expires_soon_and_one_course_has_started(self):
        live = CAS.objects.filter(licence__name=UNIVERSITY, status=CASStatus.ASSIGNED)
        assert live.filter(expires_on__lte=clock.today() + timedelta(days=14)).exists()
        assert live.filter(course_start_date__lt=clock.today(), course_id="PS-10").exists()
        assert not live.filter(expires_on__lt=clock.today()).exists()

    def test_each_list_of_students_to_check_has_a_line_and_level_2_users_have_lines_too(self):
        for username in ("level1", "level2", "colleague"):
            found = {name: len(check.of(User.objects.get(username=username))) for name, check in CHECKS.items()}
            assert found["not-started"] in range(1, 6)
            if username == "level1":
                assert all(number in range(1, 6) for number in found.values())
        assert NothingToReport.objects.count() == 1

    def test_a_graduate_notification_was_withdrawn_and_made_again(self):
        made = Activity.objects.filter(type__is_graduation=True).order_by("pk")
        assert list(made.values_list("is_standing_graduation", flat=True)) == [False, True]
        assert made.values("cas").distinct().count() == 1

    def test_five_other_reports_exist_one_of_them_late_and_one_withdrawn(self):
        reports = Activity.objects.filter(licence__name=UNIVERSITY, type__is_graduation=False).exclude(
            withdraws__type__is_graduation=True
        )
        assert reports.count() == 5
        assert reports.filter(is_late=True, withdrawal=None).count() == 1
        assert reports.filter(withdraws__isnull=False).count() == 1
        assert reports.filter(type__is_delay=True, happened_on__gt=clock.today()).exists()
        assert set(reports.values_list("cas__status", flat=True)) == {CASStatus.ASSIGNED, CASStatus.USED}

    def test_a_sponsor_note_was_rewritten_and_a_fee_updated(self):
        cas = CAS.objects.exclude(sponsor_note="").get()
        assert Event.objects.about("cas", cas.pk).filter(verb="note").count() == 2
        assert Event.objects.filter(kind="cas", verb="update_fees").count() == 1

    def test_the_printed_password_signs_in_every_printed_user_id(self):
        printed = demo("--sign-ins")
        assert PASSWORD in printed
        assert "http" not in printed
        people = User.objects.exclude(username="system")
        assert {line.split()[0] for line in printed.splitlines()[1:]} == {user.username for user in people}
        assert all(user.check_password(PASSWORD) for user in people)

    def test_if_empty_does_nothing_if_a_licence_exists(self):
        before = Event.objects.count()
        demo("--if-empty")
        assert Event.objects.count() == before

    def test_without_an_option_existing_data_is_left_alone(self):
        with pytest.raises(CommandError, match="The database already has data"):
            demo()


@pytest.mark.django_db
@pytest.mark.parametrize("option", [[], ["--fresh"], ["--if-empty"], ["--sign-ins"]], ids=str)
def test_outside_demo_mode_the_command_refuses_in_one_sentence(option, settings):
    settings.DEMO = False
    with pytest.raises(CommandError, match=r"^Demo data is for demo mode only\. Set DEMO=true\.$"):
        demo(*option)
    assert not Licence.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_fresh_makes_the_same_data_again_each_time_and_leaves_the_guards_in_place():
    demo("--if-empty")
    first = set(CAS.objects.values_list("family_name", "status", "licence__name"))
    for _ in range(2):
        demo("--fresh")
        assert set(CAS.objects.values_list("family_name", "status", "licence__name")) == first
    assert Licence.objects.count() == 4
    assert triggers.differences(connection) == []
    with pytest.raises(IntegrityError):
        CAS.objects.filter(status=CASStatus.USED).update(status=CASStatus.ASSIGNED)
