"""Races with real threads: no place is given twice, and no payment is lost."""

from datetime import timedelta

import pytest

from cas import regular_jobs
from cas.models import CAS, Order, SandboxPayment
from cas.payments import checkout
from cas.reconciliation import discrepancies
from licences.models import Allocation, Event, Licence
from licences.regular_jobs import expire_licences
from licences.roles import Role
from licences.routes import Route
from sms.core import clock
from tests.factories import a_cas, a_licence, a_user, an_allocation, an_order, assigned
from tests.racing import at_once, refusals

pytestmark = [pytest.mark.long, pytest.mark.django_db(transaction=True)]

ROUNDS = 5


def status_of(record):
    return type(record).objects.get(pk=record.pk).status


def statuses():
    return sorted(CAS.objects.values_list("status", flat=True))


# Places


def test_one_order_for_six_cas_and_eight_for_one_never_assign_more_than_ten(licence, allocation, level1, system):
    batch = [a_cas(level1) for _ in range(6)]
    alone = [a_cas(level1) for _ in range(8)]
    at_once(
        lambda: an_order(*batch, by=level1).settle(by=system),
        *[lambda cas=cas: an_order(cas, by=level1).settle(by=system) for cas in alone],
    )
    allocation.refresh_from_db()
    assert allocation.used == CAS.objects.filter(status="ASSIGNED").count()
    assert allocation.used in {8, 10}  # eight alone, or the six and four alone
    assert list(discrepancies()) == []


def test_a_year_that_is_granted_twice_at_once_is_granted_once(licence, caseworker):
    answers = at_once(*[lambda: an_allocation(licence, by=caseworker)] * 4)
    assert len(refusals(answers)) == 3
    assert Allocation.objects.get().granted == 10
    assert list(discrepancies()) == []


def test_granting_the_same_number_at_once_grants_it_once(allocation, caseworker):
    at_once(*[lambda: Allocation.objects.get().change_granted(50, by=caseworker)] * 8)
    allocation.refresh_from_db()
    assert allocation.granted == 50
    assert allocation.entries.count() == 2


def test_an_allocation_is_not_reduced_below_the_places_that_are_held(allocation, level1, caseworker):
    cas_list = [a_cas(level1) for _ in range(10)]
    answers = at_once(
        lambda: Allocation.objects.get().change_granted(5, by=caseworker),
        *[lambda cas=cas: an_order(cas, by=level1) for cas in cas_list],
    )
    allocation.refresh_from_db()
    assert allocation.unused >= 0
    assert allocation.held == Order.objects.count() == 10 - len(refusals(answers[1:]))
    assert list(discrepancies()) == []


# Several reports of one order


@pytest.fixture
def cas(level2, allocation):
    return a_cas(level2)


@pytest.fixture
def order(cas):
    return an_order(cas, by=cas.owner)


def test_an_order_that_is_paid_declined_cancelled_and_lapsed_at_once_is_paid(order, cas, level2, system):
    """The result is the same whichever comes first."""
    at_once(
        lambda: Order.objects.get().settle(by=system),
        lambda: Order.objects.get().decline(by=system),
        lambda: Order.objects.get().cancel(by=level2),
        lambda: Order.objects.get().lapse(by=system),
        lambda: Order.objects.get().settle(by=system),
    )
    assert (status_of(order), status_of(cas)) == ("PAID", "ASSIGNED")
    assert list(discrepancies()) == []


def test_an_order_cancelled_while_its_callback_arrives_is_either_paid_or_cancelled(cas, level2):
    for _ in range(ROUNDS):
        cas = a_cas(level2)
        order = an_order(cas, by=level2)
        checkout.start(order, "http://localhost/return")
        payment = SandboxPayment.objects.get(reference=order.reference)
        at_once(
            lambda order=order: checkout.cancel(Order.objects.get(pk=order.pk), by=level2),
            lambda payment=payment: payment.decide("PAID"),
            lambda order=order: checkout.ask(Order.objects.get(pk=order.pk)),
        )
        payment.refresh_from_db()
        checkout.ask(Order.objects.get(pk=order.pk))
        assert (payment.state, status_of(order), status_of(cas)) in {
            ("PAID", "PAID", "ASSIGNED"),
            ("CANCELLED", "CANCELLED", "READY TO GO"),
        }
    assert list(discrepancies()) == []


def test_only_one_of_many_orders_for_the_same_cas_is_opened(cas, level1, level2, allocation):
    answers = at_once(*[lambda user=user: an_order(cas, by=user) for user in (level1, level2)] * 4)
    assert Order.objects.count() == 1
    assert refusals(answers) == ["A payment for this CAS is already open. Continue or cancel it."] * 7
    allocation.refresh_from_db()
    assert allocation.held == 1


# A user changes a CAS that another user pays for


def test_a_cas_is_either_saved_or_paid_for(level1, level2, allocation, system):
    for _ in range(ROUNDS):
        cas = a_cas(level2)
        editing, paying = at_once(
            lambda cas=cas: CAS.objects.get(pk=cas.pk).amend({"course_id": "new"}, by=level1, version=1),
            lambda cas=cas: an_order(cas, by=level2).settle(by=system),
        )
        cas.refresh_from_db()
        if cas.course_id == "new":
            assert (cas.status, refusals([editing, paying])) == ("READY TO GO", refusals([paying]))
            assert "Another user changed this CAS" in str(paying)
        else:
            assert cas.status == "ASSIGNED"
            assert "being paid for" in str(editing) or "cannot change or delete it" in str(editing)
    assert list(discrepancies()) == []


def test_a_cas_is_either_deleted_or_paid_for(level1, level2, allocation, system):
    for _ in range(ROUNDS):
        cas = a_cas(level2)
        deleting, paying = at_once(
            lambda cas=cas: CAS.objects.get(pk=cas.pk).remove(by=level1),
            lambda cas=cas: an_order(cas, by=level2).settle(by=system),
        )
        assert len(refusals([deleting, paying])) == 1
        if CAS.objects.filter(pk=cas.pk).exists():
            assert status_of(cas) == "ASSIGNED"
        else:
            assert "A CAS was not found" in str(paying)
    assert list(discrepancies()) == []


def test_only_one_of_two_saves_of_the_same_version_is_saved_and_the_other_is_refused(cas, level1, level2):
    for version in range(1, 1 + ROUNDS):
        answers = at_once(
            lambda version=version: CAS.objects.get().amend({"course_id": f"a{version}"}, by=level1, version=version),
            lambda version=version: CAS.objects.get().amend({"course_id": f"b{version}"}, by=level2, version=version),
        )
        assert refusals(answers) == ["Another user saved this CAS while you were changing it."]
        assert CAS.objects.get().version == version + 1
    assert Event.objects.filter(verb="save").count() == ROUNDS


# The licence ends at the same time


@pytest.mark.parametrize("how", ["revoke", "surrender_route"])
def test_no_cas_stays_assigned_when_a_licence_ends_while_the_cas_is_paid_for(how, caseworker, system):
    for number in range(ROUNDS):
        licence = a_licence(f"LICENCE{number:02}", "New College", by=caseworker)
        an_allocation(licence, by=caseworker)
        user = a_user(f"user{number}", Role.LEVEL_1, licence)
        cas = a_cas(user)
        order, route = an_order(cas, by=user), () if how == "revoke" else (Route.STUDENT,)
        at_once(
            lambda order=order: Order.objects.get(pk=order.pk).settle(by=system),
            lambda licence=licence, route=route: getattr(licence, how)(*route, by=caseworker, reason="Because"),
        )
        assert (status_of(order), status_of(cas)) in {("PAID", "CANCELLED"), ("REFUND DUE", "READY TO GO")}
    assert list(discrepancies()) == []


def test_no_cas_stays_assigned_when_a_route_ends_while_others_change_its_cas(licence, level1, allocation, caseworker):
    cas_list = [assigned(a_cas(level1, passport_number=str(number))) for number in range(8)]
    today = clock.today()
    at_once(
        lambda: licence.surrender_route(Route.STUDENT, by=caseworker, reason="Because"),
        *[lambda cas=cas: CAS.objects.get(pk=cas.pk).withdraw(by=level1, reason="Because") for cas in cas_list[:4]],
        *[lambda cas=cas: CAS.objects.get(pk=cas.pk).record_application(today, by=caseworker) for cas in cas_list[4:]],
    )
    assert set(statuses()) <= {"WITHDRAWN", "CANCELLED"}


# Caseworkers and jobs at once


def test_only_one_of_two_cas_of_the_same_individual_can_be_used(licence, level1, allocation, caseworker):
    for _ in range(ROUNDS):
        pair = [assigned(a_cas(level1)) for _ in range(2)]
        for cas in pair:
            cas.record_application(clock.today(), by=caseworker)
        at_once(
            *[
                lambda cas=cas: CAS.objects.get(pk=cas.pk).use(
                    by=caseworker, decided_on=clock.today(), outcome="GRANTED"
                )
                for cas in (pair[0], pair[1])
            ]
        )
        assert sorted(status_of(cas) for cas in pair) == ["OBSOLETE", "USED"]


def test_two_caseworkers_who_select_each_others_cas_of_perhaps_the_same_individual(
    level1, outsider, allocation, caseworker
):
    """The CAS are of two sponsors, and each caseworker selects the other one: the second finds it OBSOLETE."""
    an_allocation(outsider.licence, number=50, by=caseworker)
    for number in range(ROUNDS):
        names = {"family_name": f"Nguyen{number}"}
        pair = [
            assigned(a_cas(level1, passport_number=f"N100000{number}", **names)),
            assigned(a_cas(outsider, passport_number=f"N200000{number}", **names)),
        ]
        for cas in pair:
            cas.record_application(clock.today(), by=caseworker)

        def use(cas, other):
            asked = {"decided_on": clock.today(), "outcome": "GRANTED", "also": [other.pk]}
            CAS.objects.get(pk=cas.pk).use(by=caseworker, **asked)

        answers = at_once(lambda pair=pair: use(*pair), lambda pair=pair: use(*reversed(pair)))
        assert len(refusals(answers)) == 1
        assert sorted(status_of(cas) for cas in pair) == ["OBSOLETE", "USED"]


def test_two_caseworkers_who_decide_the_same_cas_at_once_decide_it_once(level1, allocation, caseworker):
    cas = assigned(a_cas(level1))
    cas.record_application(clock.today(), by=caseworker)

    def use(outcome):
        CAS.objects.get(pk=cas.pk).use(by=caseworker, decided_on=clock.today(), outcome=outcome)

    answers = at_once(*[lambda: use("GRANTED"), lambda: use("REFUSED")] * 2)
    assert len(refusals(answers)) == 3
    assert Event.objects.filter(verb="use").count() == 1


def test_jobs_that_run_four_times_at_once_act_only_once(cas, licence, caseworker):
    assigned(cas)
    licence.amend(by=caseworker, expires_on=clock.today())
    an_order(a_cas(cas.owner), by=cas.owner)

    def run_jobs():
        with clock.set_to(clock.now() + timedelta(days=200)):
            return expire_licences(), regular_jobs.expire_cas(), regular_jobs.chase_silent_orders()

    at_once(*[run_jobs] * 4)
    assert Event.objects.filter(verb="expire", kind="licence").count() == 1
    assert Event.objects.filter(kind="cas", verb__in=["expire", "cancel"]).count() == 1
    assert Event.objects.filter(verb="lapse").count() == 1
    assert Licence.objects.get().status == "EXPIRED"
    assert list(discrepancies()) == []
