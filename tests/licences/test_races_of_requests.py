"""Requests that users and caseworkers touch in the same moment, with real threads."""

from datetime import timedelta

import pytest

from cas.models import CAS
from cas.reconciliation import discrepancies
from licences.licence_requests import verbs
from licences.models import Allocation, Event, LicenceRequest, User
from licences.regular_jobs import renew_allocations
from licences.routes import Route
from sms.core import clock
from tests.days import noon_on
from tests.factories import a_cas, an_order
from tests.licences.factories import a_renewal, an_increase, submitted
from tests.racing import at_once, refusals

pytestmark = [pytest.mark.long, pytest.mark.django_db(transaction=True)]

ROUNDS = 5


def fresh(request):
    return LicenceRequest.objects.get(pk=request.pk)


def grant(request, number, by):
    verbs.grant(fresh(request), answer="Granted.", number_granted=number, by=by)


def granted_places(allocation):
    allocation.refresh_from_db()
    return allocation.granted


def test_a_request_that_is_granted_many_times_at_once_is_granted_once(allocation, level1, caseworker):
    request = submitted(an_increase(level1), by=level1)
    answers = at_once(*[lambda: grant(request, 5, caseworker)] * 8)
    assert len(refusals(answers)) == 7
    assert set(refusals(answers)) == {"This request is GRANTED: Grant is not possible."}
    assert granted_places(allocation) == 15
    assert list(discrepancies()) == []


def test_granting_and_refusing_at_once_decides_once(allocation, level1, caseworker):
    for _ in range(ROUNDS):
        before = granted_places(allocation)
        request = submitted(an_increase(level1), by=level1)
        answers = at_once(
            lambda request=request: grant(request, 5, caseworker),
            lambda request=request: verbs.refuse(fresh(request), answer="No.", by=caseworker),
        )
        assert len(refusals(answers)) == 1
        assert granted_places(allocation) - before == (5 if fresh(request).status == "GRANTED" else 0)
    assert list(discrepancies()) == []


def test_withdrawing_and_granting_at_once_do_not_both_happen(allocation, level1, caseworker):
    for _ in range(ROUNDS):
        before = granted_places(allocation)
        request = submitted(an_increase(level1), by=level1)
        answers = at_once(
            lambda request=request: grant(request, 5, caseworker),
            lambda request=request: verbs.withdraw(fresh(request), by=level1),
        )
        assert len(refusals(answers)) == 1
        assert granted_places(allocation) - before == (5 if fresh(request).status == "GRANTED" else 0)


def test_a_request_that_is_saved_many_times_at_once_is_saved_once(allocation, level1):
    answers = at_once(*[lambda: an_increase(level1)] * 8)
    assert len(refusals(answers)) == 7
    assert LicenceRequest.objects.count() == 1


def test_submitting_at_once_submits_once(allocation, level1):
    requests = [an_increase(level1), an_increase(level1, route=Route.CHILD_STUDENT)]
    seen = {request.pk: 1 for request in requests}
    answers = at_once(*[lambda: verbs.submit(seen, by=level1)] * 6)
    assert len(refusals(answers)) == 5
    assert Event.objects.filter(verb="submit").count() == 2


def test_changing_and_submitting_at_once_submits_only_what_was_seen(allocation, level1):
    for _ in range(ROUNDS):
        request = an_increase(level1)
        answers = at_once(
            lambda request=request: verbs.submit({request.pk: 1}, by=level1),
            lambda request=request: verbs.amend(
                fresh(request), details={"number_requested": 9}, reasons="More", version=1, by=level1
            ),
        )
        now = fresh(request)
        assert len(refusals(answers)) == 1
        assert (now.status, now.details["number_requested"]) in {("SUBMITTED", 5), ("SAVED", 9)}
        if now.is_saved:
            verbs.delete(now, by=level1)
        else:
            verbs.withdraw(now, by=level1)


def test_an_increase_that_is_granted_while_cas_are_assigned_loses_no_place(allocation, level1, caseworker, system):
    for _ in range(2):
        cas_list = [a_cas(level1, passport_number=f"P{each}{clock.now()}") for each in range(6)]
        request = submitted(an_increase(level1), by=level1)
        answers = at_once(
            lambda request=request: grant(request, 5, caseworker),
            *[lambda cas=cas: an_order(cas, by=level1).settle(by=User.objects.system()) for cas in cas_list],
        )
        assert fresh(request).status == "GRANTED"
        assert all("unused of" in sentence for sentence in refusals(answers))
    allocation.refresh_from_db()
    assert allocation.granted == 20
    assert allocation.used == CAS.objects.filter(status="ASSIGNED").count()
    assert list(discrepancies()) == []


def test_granting_while_the_licence_is_revoked_grants_before_it_or_not_at_all(allocation, licence, level1, caseworker):
    request = submitted(an_increase(level1), by=level1)
    at_once(lambda: grant(request, 5, caseworker), lambda: licence.revoke(by=caseworker, reason="Because"))
    assert granted_places(allocation) == (15 if fresh(request).status == "GRANTED" else 10)
    licence.refresh_from_db()
    assert licence.status == "REVOKED"


def next_year(allocation):
    return noon_on(allocation.expires_on + timedelta(days=1))


def test_the_job_that_renews_is_safe_when_it_runs_many_times_at_once(allocation, licence, caseworker, settings):
    settings.DEMO = True  # nothing waits for the clock, which this test sets
    licence.set_automatic_renewal(True, by=caseworker)
    moment = next_year(allocation)

    def run():
        with clock.set_to(moment):
            return renew_allocations()

    assert sorted(at_once(*[run] * 6)) == [0, 0, 0, 0, 0, 1]
    assert Allocation.objects.count() == 2
    assert list(discrepancies()) == []


def test_the_job_and_a_caseworker_who_grants_the_renewal_start_the_year_once(
    allocation, licence, level1, caseworker, settings
):
    settings.DEMO = True
    licence.set_automatic_renewal(True, by=caseworker)
    with clock.set_to(noon_on(allocation.renewal_opens_on)):
        request = submitted(a_renewal(level1, 25, reasons="New courses"), by=level1)
    moment = next_year(allocation)

    def run():
        with clock.set_to(moment):
            renew_allocations()

    def decide():
        with clock.set_to(moment):
            grant(request, 25, caseworker)

    answers = at_once(run, decide)
    if refusals(answers):  # the job was quicker by a moment: the caseworker decides again
        decide()
    following = Allocation.objects.latest_of(licence.pk, Route.STUDENT)
    assert (following.granted, Allocation.objects.count()) == (25, 2)
    assert list(discrepancies()) == []
