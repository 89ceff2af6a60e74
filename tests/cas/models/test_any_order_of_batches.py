"""Random sequences of changes to batches: a simple model predicts the result of each (specification, section 10)."""

from dataclasses import dataclass, field

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from cas.models import CAS, Batch, Order
from cas.models.batch import transfer_everything
from cas.models.queryset import CASQuerySet
from cas.reconciliation import discrepancies
from licences.models import Allocation, User
from licences.routes import Route
from tests.cas.models.playing import play
from tests.factories import CHILD, COMPLETE, an_allocation
from tests.refusals import refusal_of

pytestmark = pytest.mark.long

LEVEL_2 = ("level2", "colleague")
WHO = st.sampled_from(["level1", "level1", *LEVEL_2])
OWNER = st.sampled_from(LEVEL_2)
PICK = st.integers(0, 999)
PICKS = st.lists(PICK, min_size=1, max_size=3)


@dataclass(eq=False)
class Bundle:
    """A batch in the model."""

    pk: int
    name: str
    owner: str
    route: str
    is_assigned: bool = False
    is_paying: bool = False


@dataclass(eq=False)
class Case:
    """A CAS in the model."""

    pk: int
    owner: str
    route: str
    bundle: Bundle | None = None
    is_assigned: bool = False


@dataclass(eq=False)
class Payment:
    pk: int
    bundle: Bundle
    cas_list: list[Case] = field(default_factory=list)
    status: str = "OPEN"


def some_exist(what):
    return precondition(lambda portal: bool(getattr(portal, what)))


class Portal(RuleBasedStateMachine):
    """A sponsor with both routes and more places than it needs."""

    def __init__(self):
        super().__init__()
        self.undone = transaction.atomic()
        self.undone.__enter__()
        self.bundles, self.cas_list, self.payments = [], [], []

    @initialize()
    def begin(self):
        for who, name in (("level2", "One"), ("level2", "Two"), ("colleague", "Three")):
            self.add_batch(who, name, "STUDENT")
            for pick in (0, 1):
                self.add_cas(who, 4 * (len(self.bundles) - 1) + pick, is_in_batch=True)
        self.add_cas("colleague", 0, is_in_batch=False)

    def teardown(self):
        try:
            assert list(discrepancies()) == []
        finally:
            transaction.set_rollback(True)
            self.undone.__exit__(None, None, None)

    def attempt(self, act, *args, by, allowed, **options):
        """Act as the user, and check that the portal refuses exactly when the model does."""
        refused = refusal_of(act, *args, by=User.objects.get(username=by), **options)
        assert bool(refused) is not allowed, (refused, allowed)
        return allowed

    def bundle(self, pick):
        return self.bundles[pick // 4 % len(self.bundles)]

    def case(self, pick):
        return self.cas_list[pick % len(self.cas_list)]

    def row(self, bundle):
        return Batch.objects.get(pk=bundle.pk)

    def held(self, bundle):
        return [case for case in self.cas_list if case.bundle is bundle]

    def sees(self, who, bundle):
        return who == "level1" or bundle.owner == who

    def may_change(self, who, bundle):
        return self.sees(who, bundle) and not (bundle.is_assigned or bundle.is_paying)

    def is_free(self, case):
        return not case.is_assigned and not (case.bundle and case.bundle.is_paying)

    # Batches and their CAS

    @rule(who=WHO, name=st.sampled_from(["One", "two", "Four", "Five"]), route=st.sampled_from(Route.values))
    def add_batch(self, who, name, route):
        def make(by):
            self.made = Batch.objects.add(name, route=route, by=by)

        allowed = name.lower() not in {each.name.lower() for each in self.bundles}
        if self.attempt(make, by=who, allowed=allowed):
            self.bundles.append(Bundle(self.made.pk, name, who, route))

    @some_exist("bundles")
    @rule(who=WHO, pick=PICK, is_in_batch=st.booleans())
    def add_cas(self, who, pick, is_in_batch):
        bundle = self.bundle(pick) if is_in_batch else None
        route = bundle.route if bundle else Route.STUDENT

        def make(by):
            values = COMPLETE if route == Route.STUDENT else CHILD
            self.made = CAS.objects.add(values, route=route, by=by, batch=bundle and self.row(bundle))

        if self.attempt(make, by=who, allowed=bundle is None or self.may_change(who, bundle)):
            self.cas_list.append(Case(self.made.pk, bundle.owner if bundle else who, route, bundle))

    @some_exist("bundles")
    @rule(who=WHO, pick=PICK, picks=PICKS)
    def put(self, who, pick, picks):
        bundle, chosen = self.bundle(pick), {self.case(each) for each in picks}
        allowed = self.may_change(who, bundle) and all(
            self.is_free(case) and case.route == bundle.route and who in {"level1", case.owner} for case in chosen
        )
        if self.attempt(self.row(bundle).put, [case.pk for case in chosen], by=who, allowed=allowed):
            for case in chosen:
                case.bundle, case.owner = bundle, bundle.owner

    @some_exist("bundles")
    @rule(who=WHO, pick=PICK, to=PICK, picks=PICKS)
    def send(self, who, pick, to, picks):
        bundle, other = self.bundle(pick), self.bundle(to)
        within = self.held(bundle)
        chosen = {within[each % len(within)] for each in picks} if within and picks[0] % 5 else {self.case(picks[0])}
        allowed = self.may_change(who, bundle) and chosen <= set(within)
        if other is not bundle:
            allowed = allowed and self.may_change(who, other) and other.route == bundle.route
        into = None if other is bundle else self.row(other)
        ids = [case.pk for case in chosen]
        if self.attempt(self.row(bundle).send, ids, into, by=who, seen=0, allowed=allowed):
            for case in chosen:
                case.bundle = None if other is bundle else other
                case.owner = bundle.owner if other is bundle else other.owner

    @some_exist("bundles")
    @rule(who=WHO, pick=PICK, name=st.sampled_from(["One", "two", "Six"]))
    def rename(self, who, pick, name):
        bundle = self.bundle(pick)
        taken = name.lower() in {each.name.lower() for each in self.bundles if each is not bundle}
        if self.attempt(self.row(bundle).rename, name, by=who, allowed=self.may_change(who, bundle) and not taken):
            bundle.name = name

    @some_exist("bundles")
    @rule(who=WHO, pick=PICK)
    def delete(self, who, pick):
        bundle = self.bundle(pick)
        if self.attempt(self.row(bundle).remove, by=who, allowed=self.may_change(who, bundle)):
            for case in self.held(bundle):
                case.bundle = None
            self.bundles.remove(bundle)

    @some_exist("cas_list")
    @rule(who=WHO, pick=PICK)
    def delete_cas(self, who, pick):
        case = self.case(pick)
        allowed = self.is_free(case) and who in {"level1", case.owner}
        if self.attempt(CAS.objects.get(pk=case.pk).remove, by=who, allowed=allowed):
            self.cas_list.remove(case)

    # Transfers

    @some_exist("cas_list")
    @rule(who=WHO, pick=PICK, to=OWNER)
    def transfer_one(self, who, pick, to):
        case = self.case(pick)
        allowed = who == "level1" and (case.owner == to or case.is_assigned or self.is_free(case))
        rows = CAS.objects.filter(pk=case.pk)
        if self.attempt(rows.change_owner, User.objects.get(username=to), by=who, allowed=allowed):
            self.give(case, to)

    @some_exist("bundles")
    @rule(who=WHO, pick=PICK, to=OWNER)
    def transfer_batch(self, who, pick, to):
        bundle = self.bundle(pick)
        allowed = who == "level1" and not bundle.is_paying
        if self.attempt(self.row(bundle).transfer, User.objects.get(username=to), by=who, allowed=allowed):
            bundle.owner = to
            for case in self.held(bundle):
                case.owner = to

    @some_exist("bundles")
    @rule(of=OWNER)
    def transfer_all(self, of):
        (to,) = set(LEVEL_2) - {of}
        theirs = [case for case in self.cas_list if case.owner == of]
        allowed = all(case.is_assigned or self.is_free(case) for case in theirs)
        first, second = (User.objects.get(username=name) for name in (of, to))
        if self.attempt(transfer_everything, first, second, by="level1", allowed=allowed):
            for bundle in self.bundles:
                bundle.owner = to if bundle.owner == of else bundle.owner
            for case in theirs:
                case.owner = to

    def give(self, case, to):
        if case.owner != to and not case.is_assigned:
            case.bundle = None
        case.owner = to

    # Payment

    @some_exist("bundles")
    @rule(who=WHO, pick=PICK)
    def order(self, who, pick):
        bundle = self.bundle(pick)
        cas_list = self.held(bundle)

        def open_order(by):
            versions = dict(CAS.objects.filter(batch=bundle.pk).values_list("pk", "version"))
            self.opened = Order.objects.open(versions, by=by, provider="sandbox", batch=self.row(bundle))

        if self.attempt(open_order, by=who, allowed=self.may_change(who, bundle) and bool(cas_list)):
            bundle.is_paying = True
            self.payments.append(Payment(self.opened.pk, bundle, cas_list))

    @some_exist("payments")
    @rule(pick=PICK, is_late=st.booleans())
    def settle(self, pick, is_late):
        payment = self.pick_payment(pick, {"LAPSED", "CANCELLED"} if is_late else {"OPEN"})
        if payment is None:
            return
        bundle, cas_list = payment.bundle, payment.cas_list
        is_there = bundle in self.bundles
        present = self.held(bundle) if is_there else [case for case in self.cas_list if case.bundle is None]
        complete = set(cas_list) <= set(present) and (not is_there or len(present) == len(cas_list))
        is_right = complete and not any(case.is_assigned for case in cas_list) and not bundle.is_assigned
        was_open = payment.status == "OPEN"
        self.attempt(Order.objects.get(pk=payment.pk).settle, by="system", allowed=True)
        payment.status = "PAID" if is_right else "REFUND DUE"
        if was_open:
            bundle.is_paying = False
        if is_right:
            bundle.is_assigned = is_there
            bundle.is_paying = bundle.is_paying and was_open
            for case in cas_list:
                case.is_assigned = True

    @some_exist("payments")
    @rule(pick=PICK, how=st.sampled_from(["lapse", "cancel"]))
    def end_unpaid(self, pick, how):
        payment = self.pick_payment(pick, {"OPEN"})
        if payment is None:
            return
        self.attempt(getattr(Order.objects.get(pk=payment.pk), how), by="system", allowed=True)
        payment.status = {"lapse": "LAPSED", "cancel": "CANCELLED"}[how]
        payment.bundle.is_paying = False

    def pick_payment(self, pick, statuses):
        fit = [each for each in self.payments if each.status in statuses]
        return fit[pick % len(fit)] if fit else None

    # What is always true

    @invariant()
    def everything_agrees_with_the_model(self):
        rows = CAS.objects.order_by("pk").values_list("pk", "owner__username", "batch_id", "route", "status")
        expected = [
            (case.pk, case.owner, case.bundle and case.bundle.pk, case.route, case.is_assigned)
            for case in sorted(self.cas_list, key=lambda case: case.pk)
        ]
        assert [(*row[:4], row[4] == "ASSIGNED") for row in rows] == expected
        batches = Batch.objects.order_by("pk").values_list("pk", "name", "owner__username", "assigned_at")
        assert [(*row[:3], bool(row[3])) for row in batches] == [
            (each.pk, each.name, each.owner, each.is_assigned) for each in self.bundles
        ]
        for case in self.cas_list:
            if case.bundle and not case.is_assigned:
                assert (case.owner, case.route) == (case.bundle.owner, case.bundle.route)
            if case.bundle:
                assert case.bundle.is_assigned == case.is_assigned
        orders = Order.objects.order_by("pk").values_list("pk", "status")
        assert list(orders) == [(each.pk, each.status) for each in self.payments]


def run(examples):
    options = {"deadline": None, "derandomize": True, "suppress_health_check": list(HealthCheck)}
    options |= {"phases": [Phase.generate], "database": None}
    run_state_machine_as_test(Portal, settings=settings(max_examples=examples, stateful_step_count=25, **options))


@pytest.fixture
def _sponsor(licence, caseworker, level1, level2, colleague, system):
    for route in Route:
        an_allocation(licence, 500, route, by=caseworker)


@pytest.mark.django_db
@pytest.mark.usefixtures("_sponsor")
def test_the_portal_agrees_with_the_model_after_any_sequence_of_changes_to_batches():
    run(examples=12 if connection.vendor == "sqlite" else 4)
    assert Allocation.objects.count() == 2


def move_a_cas_that_is_being_paid_for(portal):
    portal.order("level1", 0)
    portal.put("level1", 4, [0])


def rename_a_batch_that_is_being_paid_for(portal):
    portal.order("level1", 0)
    portal.rename("level1", 0, "Six")


def pay_too_late(portal):
    portal.order("level1", 0)
    portal.end_unpaid(0, "lapse")
    portal.add_cas("level1", 0, is_in_batch=True)
    portal.settle(0, is_late=True)


@pytest.mark.django_db
@pytest.mark.usefixtures("_sponsor")
@pytest.mark.parametrize(
    ("steps", "what", "instead"),
    [
        (move_a_cas_that_is_being_paid_for, CASQuerySet, ("free", lambda rows: rows)),
        (rename_a_batch_that_is_being_paid_for, Batch, ("why_not", lambda batch: "")),
        (pay_too_late, Batch, ("lock_to_assign", lambda batch, count: None)),
    ],
)
def test_the_machine_notices_when_a_guard_is_taken_away(steps, what, instead, monkeypatch):
    play(Portal, steps)
    monkeypatch.setattr(what, *instead)
    with pytest.raises(AssertionError):
        play(Portal, steps)
