"""Key people, ratings and services that are changed in the same moment, with real threads."""

import pytest

from licences.licence_requests import verbs
from licences.licence_requests.table import kind_named
from licences.models import (
    ActionPlan,
    Assessment,
    DatedValue,
    Event,
    KeyPerson,
    Licence,
    LicenceRequest,
    PremiumService,
)
from sms.core import clock
from tests.factories import AMIRA
from tests.licences.factories import submitted
from tests.racing import at_once, refusals

pytestmark = [pytest.mark.long, pytest.mark.django_db(transaction=True)]

AT_ONCE = 8


def verbs_of(licence):
    return [event.verb for event in Event.objects.about("licence", licence.pk)]


def fresh(licence):
    return Licence.objects.get(pk=licence.pk)


def test_of_two_answers_to_an_action_plan_at_once_one_is_final(licence, level1, caseworker):
    plan = ActionPlan.objects.issue(licence, details="Report sooner.", fee_pence=1, by=caseworker)
    answers = at_once(
        *(
            lambda answer=answer: ActionPlan.objects.get(pk=plan.pk).accept_or_decline(answer, by=level1)
            for answer in ("ACCEPTED", "DECLINED") * (AT_ONCE // 2)
        )
    )
    assert refusals(answers) == ["Another user has answered this action plan. The answer is final."] * (AT_ONCE - 1)
    assert verbs_of(licence).count("answer_action_plan") == 1
    plan.refresh_from_db()
    assert Event.objects.about("licence", licence.pk).last().data["answer"] == [None, plan.answer]


def test_one_of_each_is_made_at_once(licence, caseworker):
    today = clock.today()
    for act, sentence in (
        (
            lambda: Assessment.objects.apply(fresh(licence), today, by=caseworker),
            "An earlier application for a Basic Compliance Assessment is undecided.",
        ),
        (
            lambda: ActionPlan.objects.issue(fresh(licence), details="x", fee_pence=1, by=caseworker),
            "The licence has an action plan that is neither declined nor completed.",
        ),
    ):
        assert refusals(at_once(*[act] * AT_ONCE)) == [sentence] * (AT_ONCE - 1)
    overlaps = at_once(
        *[lambda: PremiumService.objects.add(fresh(licence), from_on=today, fee_pence=1, by=caseworker)] * AT_ONCE
    )
    assert len(refusals(overlaps)) == AT_ONCE - 1
    assert (Assessment.objects.count(), ActionPlan.objects.count(), PremiumService.objects.count()) == (1, 1, 1)


def test_ratings_and_key_people_at_once_leave_one_of_them_that_the_history_says(licence, caseworker):
    at_once(
        *(
            lambda rating=rating: fresh(licence).set_rating(rating, by=caseworker, reason="Because")
            for rating in ("GREEN", "AMBER", "RED") * 3
        )
    )
    licence.refresh_from_db()
    assert DatedValue.objects.get(kind="RATING").value == licence.compliance_rating
    last = Event.objects.about("licence", licence.pk).filter(verb="set_compliance_rating").last()
    assert last.data["compliance_rating"][1] == licence.compliance_rating
    at_once(
        *(
            lambda name=name: KeyPerson.objects.replace(
                fresh(licence), "KEY_CONTACT", {**AMIRA, "name": name}, by=caseworker
            )
            for name in "ABCDEFGH"
        )
    )
    assert verbs_of(licence).count("replace_key_person") == 8
    assert KeyPerson.objects.get().name == Event.objects.about("licence", licence.pk).last().data["name"][1]


def test_granting_a_surrender_while_the_licence_is_revoked_ends_it_once(licence, level1, caseworker):
    request = verbs.save(kind_named("surrender-licence"), details={}, reasons="Closing.", by=level1)
    submitted(request, by=level1)
    answers = at_once(
        lambda: verbs.grant(LicenceRequest.objects.get(pk=request.pk), answer="Yes.", by=caseworker),
        lambda: fresh(licence).revoke(by=caseworker, reason="Fraud"),
    )
    assert len(refusals(answers)) == 1
    ended = [verb for verb in verbs_of(licence) if verb in {"surrender", "revoke"}]
    assert len(ended) == 1
    request.refresh_from_db()
    assert request.status == ("GRANTED" if ended == ["surrender"] else "SUBMITTED")
