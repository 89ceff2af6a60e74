"""Key people, dated values and services of a licence: their verbs, and what the database enforces (section 9)."""

from datetime import date, timedelta
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection

from licences.models import ActionPlan, Assessment, DatedValue, Event, KeyPerson, Licence, PremiumService
from licences.timeline import timeline
from sms.core import clock
from sms.core.govuk import formats
from sms.core.refused import NotAllowed
from tests.factories import AMIRA, brought_to
from tests.plain_sql import delete, execute, no_triggers, refusal, update
from tests.refusals import refusal_of

pytestmark = pytest.mark.django_db

KEY_CONTACT = "KEY_CONTACT"
BELA = {**AMIRA, "name": "Béla Kovács", "email": "b.kovacs@example.ac.uk"}
A_DAY = timedelta(days=1)


@pytest.fixture
def today():
    return clock.today()


@pytest.fixture
def plan(licence, caseworker):
    return ActionPlan.objects.issue(licence, details="Report sooner.", fee_pence=147_600, by=caseworker)


def latest(licence):
    """Return the title and the changes of the last line of the licence's history."""
    entry = timeline(licence)[0]
    return entry.title, {change.label: (change.before, change.after) for change in entry.changes}


def periods(rows):
    return [(str(row), row.from_on, row.last_on) for row in rows.with_next()]


# Key people


def test_replacing_a_key_person_ends_the_former_and_begins_the_next(licence, caseworker, today):
    KeyPerson.objects.replace(licence, KEY_CONTACT, AMIRA, by=caseworker, from_on=date(2026, 1, 5))
    KeyPerson.objects.replace(licence, KEY_CONTACT, BELA, by=caseworker, from_on=today)
    assert periods(licence.key_people) == [
        ("Béla Kovács", today, None),
        ("Amira Osei", date(2026, 1, 5), today - A_DAY),
    ]
    assert latest(licence) == (
        "Key person replaced",
        {
            "Post": ("", "Key Contact"),
            "Name": ("Amira Osei", "Béla Kovács"),
            "Email address": ("a.osei@example.ac.uk", "b.kovacs@example.ac.uk"),
            "From": ("5 January 2026", formats.day(today)),
        },
    )


def test_the_two_posts_are_apart(licence, caseworker):
    KeyPerson.objects.replace(licence, KEY_CONTACT, AMIRA, by=caseworker)
    KeyPerson.objects.replace(licence, "AUTHORISING_OFFICER", BELA, by=caseworker)
    assert {str(row) for row in licence.key_people.with_next() if not row.last_on} == {"Amira Osei", "Béla Kovács"}


def test_a_person_who_begins_on_the_same_day_corrects_the_entry(licence, caseworker, today):
    for person in (AMIRA, BELA):
        KeyPerson.objects.replace(licence, KEY_CONTACT, person, by=caseworker)
    assert periods(licence.key_people) == [("Béla Kovács", today, None)]
    assert latest(licence)[1]["Name"] == ("Amira Osei", "Béla Kovács")


def test_a_key_person_begins_neither_before_the_former_nor_in_the_future(licence, caseworker, today):
    KeyPerson.objects.replace(licence, KEY_CONTACT, AMIRA, by=caseworker, from_on=date(2026, 1, 5))

    def on(day):
        return refusal_of(KeyPerson.objects.replace, licence, KEY_CONTACT, BELA, by=caseworker, from_on=day)

    assert on(date(2026, 1, 4)) == "First day must be 5 January 2026 or later: the present entry began on that day"
    assert on(today + A_DAY) == "First day must not be in the future"
    assert [str(row) for row in licence.key_people.all()] == ["Amira Osei"]


def test_the_details_of_a_key_person_change_and_the_history_has_before_and_after(licence, caseworker):
    KeyPerson.objects.replace(licence, KEY_CONTACT, AMIRA, by=caseworker)
    KeyPerson.objects.amend(licence, KEY_CONTACT, {**AMIRA, "telephone": "020 7946 0001"}, by=caseworker)
    assert KeyPerson.objects.get().telephone == "020 7946 0001"
    assert latest(licence) == (
        "Details of a key person changed",
        {"Post": ("", "Key Contact"), "Telephone": ("020 7946 0000", "020 7946 0001")},
    )
    events = Event.objects.count()
    KeyPerson.objects.amend(licence, KEY_CONTACT, {"telephone": "020 7946 0001"}, by=caseworker)
    assert Event.objects.count() == events


def test_a_vacant_post_has_no_details_to_change(licence, caseworker):
    sentence = refusal_of(KeyPerson.objects.amend, licence, "AUTHORISING_OFFICER", AMIRA, by=caseworker)
    assert sentence == "The licence has no Authorising Officer yet."


# The status of the sponsor, and the rating


def test_a_licence_has_no_rating_until_a_caseworker_sets_it_with_a_reason(licence, caseworker, today):
    assert Licence.objects.get().compliance_rating == ""
    licence.set_rating("AMBER", by=caseworker, reason="Refusal rate", from_on=today)
    assert Licence.objects.get().compliance_rating == "AMBER"
    assert latest(licence) == (
        "Compliance rating changed",
        {"Compliance rating": ("", "Amber"), "From": ("", formats.day(today)), "Reason": ("", "Refusal rate")},
    )


def test_each_rating_lasts_until_the_next(licence, caseworker, today):
    licence.set_rating("GREEN", by=caseworker, reason="First rating", from_on=date(2026, 6, 1))
    licence.set_rating("RED", by=caseworker, reason="Enrolment rate", from_on=today)
    assert periods(DatedValue.objects.filter(kind="RATING")) == [
        ("Red", today, None),
        ("Green", date(2026, 6, 1), today - A_DAY),
    ]


def test_the_status_of_the_sponsor_has_its_dates_from_the_first_day_of_the_licence(licence, caseworker, today):
    licence.set_sponsor_status("TRACK_RECORD", by=caseworker, from_on=date(2026, 3, 1))
    assert periods(DatedValue.objects.filter(kind="SPONSOR_STATUS")) == [
        ("Student Sponsor – Track Record", date(2026, 3, 1), None),
        ("Student Sponsor", date(2020, 4, 6), date(2026, 2, 28)),
    ]


def test_a_licence_that_begins_later_can_have_another_status_before_it_begins(caseworker):
    begins = clock.today() + timedelta(days=60)
    later = Licence.objects.grant(
        by=caseworker, number="3MSK8QW52", name="Newtown", routes=["STUDENT"], starts_on=begins, expires_on=None
    )
    later.set_sponsor_status("PROBATIONARY", by=caseworker)
    assert periods(later.dated_values) == [("Probationary Sponsor", begins, None)]


# Basic Compliance Assessments


def test_an_assessment_is_applied_for_and_decided(licence, caseworker, today):
    assessment = Assessment.objects.apply(licence, today, by=caseworker)
    assert latest(licence) == (
        "Application for a Basic Compliance Assessment recorded",
        {"Applied on": ("", formats.day(today))},
    )
    until = today + timedelta(days=365)
    assessment.decide("PASSED", decided_on=today, valid_until_on=until, by=caseworker)
    assert latest(licence) == (
        "Basic Compliance Assessment decided",
        {
            "Outcome": ("", "Passed"),
            "Decided on": ("", formats.day(today)),
            "Valid until": ("", formats.day(until)),
        },
    )


def test_a_failed_assessment_is_not_valid_for_any_time(licence, caseworker, today):
    assessment = Assessment.objects.apply(licence, today, by=caseworker)
    assessment.decide("FAILED", decided_on=today, valid_until_on=today, by=caseworker)
    assert Assessment.objects.get().valid_until_on is None


def test_wrong_days_of_an_assessment_are_refused(licence, caseworker, today):
    apply = Assessment.objects.apply
    assert refusal_of(apply, licence, today + A_DAY, by=caseworker) == (
        "Day of the application must not be in the future"
    )
    assessment = apply(licence, today - A_DAY, by=caseworker)
    assert refusal_of(apply, licence, today, by=caseworker) == (
        "An earlier application for a Basic Compliance Assessment is undecided."
    )
    for wrong in (today + A_DAY, today - 2 * A_DAY):
        refused = refusal_of(assessment.decide, "PASSED", decided_on=wrong, valid_until_on=today, by=caseworker)
        assert refused == "Decided on must be today or earlier, and not before the application"
    for wrong in (None, today - A_DAY):
        refused = refusal_of(assessment.decide, "PASSED", decided_on=today, valid_until_on=wrong, by=caseworker)
        assert refused == "Enter the last day of the assessment, which is not before the decision"
    assessment.decide("FAILED", decided_on=today, valid_until_on=None, by=caseworker)
    refused = refusal_of(assessment.decide, "FAILED", decided_on=today, valid_until_on=None, by=caseworker)
    assert refused == "This assessment is decided already."


# Premium customer service


def test_premium_service_lasts_a_year_and_the_next_follows_it(licence, caseworker, today):
    first = PremiumService.objects.add(licence, fee_pence=800_000, by=caseworker)
    second = PremiumService.objects.add(licence, fee_pence=800_000, by=caseworker)
    assert (first.from_on, second.from_on) == (today, first.until_on + A_DAY)
    assert latest(licence)[1]["Fee"] == ("", "£8,000.00")
    refused = refusal_of(PremiumService.objects.add, licence, fee_pence=800_000, from_on=first.until_on, by=caseworker)
    assert refused.endswith("already. Choose a later day")


def test_the_fee_of_the_premium_service_is_recorded_once(licence, caseworker, today):
    service = PremiumService.objects.add(licence, fee_pence=800_000, by=caseworker)
    assert refusal_of(service.record_payment, today + A_DAY, by=caseworker) == (
        "Day of payment must not be in the future"
    )
    service.record_payment(today, by=caseworker)
    assert latest(licence)[0] == "Fee of the premium customer service recorded as paid"
    assert refusal_of(service.record_payment, today, by=caseworker) == "This fee is recorded as paid already."
    assert PremiumService.objects.unpaid(licence) is None


# Action plans


def test_an_action_plan_is_accepted_by_the_sponsor_paid_and_completed(licence, plan, level1, caseworker, today):
    assert plan.state == "Waiting for your answer"
    plan.accept_or_decline("ACCEPTED", by=level1)
    assert latest(licence) == (
        "Action plan answered",
        {"Answer": ("", "Accepted"), "Answered on": ("", formats.day(today))},
    )
    assert plan.state == "Accepted, fee not paid yet"
    assert refusal_of(plan.complete, by=caseworker, reason="Done") == (
        "This action plan cannot be completed: it must be accepted, and its fee paid."
    )
    plan.record_payment(today, by=caseworker)
    assert plan.state == "Accepted"
    plan.complete(by=caseworker, reason="A visit on 3 May showed it")
    assert latest(licence)[1]["Reason"] == ("", "A visit on 3 May showed it")
    assert plan.state == "Completed"
    assert ActionPlan.objects.open_for(licence) is None


def test_a_declined_plan_is_closed_and_another_can_be_issued(licence, plan, level1, caseworker, today):
    issue = ActionPlan.objects.issue
    assert refusal_of(issue, licence, details="Again", fee_pence=1, by=caseworker) == (
        "The licence has an action plan that is neither declined nor completed."
    )
    plan.accept_or_decline("DECLINED", by=level1)
    assert plan.state == "Declined"
    assert refusal_of(plan.record_payment, today, by=caseworker) == (
        "No fee of this action plan is due: it must be accepted, and not yet paid."
    )
    assert issue(licence, details="Again", fee_pence=0, by=caseworker).state == "Waiting for your answer"


def test_the_answer_to_an_action_plan_is_final(plan, level1):
    plan.accept_or_decline("ACCEPTED", by=level1)
    refused = refusal_of(ActionPlan.objects.get().accept_or_decline, "DECLINED", by=level1)
    assert refused == "Another user has answered this action plan. The answer is final."


def test_a_plan_without_a_fee_needs_no_payment(licence, level1, caseworker):
    plan = ActionPlan.objects.issue(licence, details="Report sooner.", fee_pence=0, by=caseworker)
    plan.accept_or_decline("ACCEPTED", by=level1)
    plan.complete(by=caseworker, reason="Done")
    assert plan.state == "Completed"


# Who may, until when, and what the database enforces


def every_verb(licence, plan, user):
    day = clock.today()
    assessment = Assessment.objects.first()
    service = PremiumService.objects.first()
    return {
        "replace a key person": lambda: KeyPerson.objects.replace(licence, KEY_CONTACT, BELA, by=user),
        "amend a key person": lambda: KeyPerson.objects.amend(licence, KEY_CONTACT, BELA, by=user),
        "set the status": lambda: licence.set_sponsor_status("TRACK_RECORD", by=user),
        "set the rating": lambda: licence.set_rating("RED", by=user, reason="Because"),
        "apply": lambda: Assessment.objects.apply(licence, day, by=user),
        "decide": lambda: assessment.decide("FAILED", decided_on=day, valid_until_on=None, by=user),
        "add premium": lambda: PremiumService.objects.add(licence, fee_pence=1, by=user),
        "pay premium": lambda: service.record_payment(day, by=user),
        "issue": lambda: ActionPlan.objects.issue(licence, details="x", fee_pence=1, by=user),
        "pay": lambda: plan.record_payment(day, by=user),
        "complete": lambda: plan.complete(by=user, reason="x"),
    }


@pytest.fixture
def with_everything(licence, plan, caseworker):
    KeyPerson.objects.replace(licence, KEY_CONTACT, AMIRA, by=caseworker)
    Assessment.objects.apply(licence, clock.today(), by=caseworker)
    PremiumService.objects.add(licence, fee_pence=1, by=caseworker)
    return licence


def test_only_caseworkers_change_what_is_recorded_on_a_licence(
    case, with_everything, plan, level1, level2, outsider, system
):
    events = Event.objects.count()
    for user in (level1, level2, outsider, system):
        for name, verb in every_verb(with_everything, plan, user).items():
            with case(user=user.username, verb=name), pytest.raises(NotAllowed):
                verb()
    assert Event.objects.count() == events


def test_only_a_level_1_user_answers_an_action_plan(plan, level2, caseworker, system):
    for user in (level2, caseworker, system):
        with pytest.raises(NotAllowed):
            plan.accept_or_decline("ACCEPTED", by=user)


@pytest.mark.parametrize("status", ["REVOKED", "EXPIRED", "SURRENDERED"])
def test_nothing_of_a_licence_changes_once_it_has_ended(case, status, with_everything, plan, level1, caseworker):
    brought_to(status, with_everything, caseworker=caseworker)
    sentence = f"This licence is {status}. Its details no longer change."
    verbs = every_verb(with_everything, plan, caseworker)
    for name, verb in {**verbs, "answer": lambda: plan.accept_or_decline("ACCEPTED", by=level1)}.items():
        with case(verb=name):
            assert refusal_of(verb) == sentence


def test_the_licence_says_since_when_it_has_its_status(licence, caseworker, today):
    Licence.objects.update(status_since=date(2020, 4, 6))
    licence.suspend(by=caseworker, reason="A visit")
    assert (licence.status_since, Licence.objects.get().status_since) == (today, today)


def test_the_database_keeps_every_row_and_its_origin(with_everything, plan, level1):
    plan.accept_or_decline("ACCEPTED", by=level1)
    for row in (KeyPerson.objects.get(), DatedValue.objects.get(), Assessment.objects.get(), plan):
        assert refusal(delete, row).endswith("are never deleted")
    assert (
        refusal(update, KeyPerson.objects.get(), from_on=date(2000, 1, 1)) == "The origin of key people never changes"
    )
    assert refusal(update, plan, answer="DECLINED") == "The answer to an action plan is final"
    assert refusal(update, plan, details="Other") == "An issued action plan never changes"
    assert "dated_value_value_known" in refusal(update, DatedValue.objects.get(), value="GREEN")
    assert "licence_compliance_rating_known" in refusal(update, with_everything, compliance_rating="BLUE")
    assert "action_plan_accepted_before_paid" not in refusal(update, plan, paid_on=clock.today())
    assert "assessment_decided_with_an_outcome" in refusal(update, Assessment.objects.get(), outcome="PASSED")


def test_migrating_reads_the_dates_of_an_older_portal_from_the_history(licence, caseworker, today):
    licence.set_sponsor_status("TRACK_RECORD", by=caseworker)
    licence.suspend(by=caseworker, reason="A visit")
    before = list(DatedValue.objects.values_list("licence", "kind", "value", "from_on"))
    with no_triggers():
        execute("DELETE FROM licences_datedvalue")
        execute("UPDATE licences_licence SET status_since = '2001-01-01'")
        migration = import_module("licences.migrations.0002_licence_details")
        migration.read_the_history(apps, SimpleNamespace(connection=connection))
    assert Licence.objects.get().status_since == today
    assert list(DatedValue.objects.values_list("licence", "kind", "value", "from_on")) == before
