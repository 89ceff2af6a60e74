"""Random sequences of steps: a simple model predicts the result of each step, and the books balance at the end."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import pytest
from dateutil.relativedelta import relativedelta
from django.db import connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from cas.models import CAS, Order
from cas.reconciliation import discrepancies
from licences.models import Allocation, Event, Licence, User
from sms.core import clock
from tests.cas.models.playing import play
from tests.factories import COMPLETE, a_cas, a_draft, an_allocation
from tests.refusals import refusal_of

pytestmark = pytest.mark.long

START = datetime(2027, 1, 15, 12, tzinfo=UTC)
UNASSIGNED = {"WORK IN PROGRESS", "READY TO GO"}
IN_FORCE = {"ACTIVE", "SUSPENDED"}
SETTLED = {"PAID", "REFUND DUE", "REFUNDED"}

HERE, ELSEWHERE = "4NUV7KB58", "7XKQ2MD93"
LEVEL_1 = {"level1", "outsider"}
SPONSOR_OF = {"level1": HERE, "level2": HERE, "colleague": HERE, "outsider": ELSEWHERE}
WHO = st.sampled_from(["level1", "level1", "level2", "colleague", "outsider"])
PICKS = st.integers(0, 119)


@dataclass(eq=False)
class Case:
    """A CAS in the model."""

    pk: int
    owner: str
    status: str
    passport: str
    version: int = 1
    assigned_on: date | None = None
    expires_on: date | None = None
    has_applied: bool = False  # an application is recorded and not closed
    outcome: str = ""
    reviewed_on: date | None = None

    @property
    def sponsor(self):
        return SPONSOR_OF[self.owner]

    @property
    def is_live(self):
        return self.status == "ASSIGNED" or (self.status == "EXPIRED" and self.has_applied)

    def becomes(self, status):
        self.status, self.version = status, self.version + 1


@dataclass(eq=False)
class Payment:
    """An order in the model: its CAS, with the versions that are paid for."""

    pk: int
    sponsor: str
    year: int
    lines: list[tuple[Case, int]]
    status: str = "OPEN"


@dataclass
class Figures:
    granted: int
    used: int = 0
    held: int = 0

    @property
    def unused(self):
        return self.granted - self.used - self.held


@dataclass
class Sponsor:
    """A licence in the model. It covers the Student route until that is surrendered."""

    status: str = "ACTIVE"
    has_route: bool = True
    last_day: date | None = None
    years: dict[int, Figures] = field(default_factory=lambda: {START.year: Figures(granted=4)})

    @property
    def is_in_force(self):
        return self.status in IN_FORCE and self.has_route

    @property
    def can_assign(self):
        return self.status == "ACTIVE" and self.has_route


def some_have_status(*statuses, among="cas_list"):
    """Return a precondition: a rule runs only while there is a record for it. Other tests try each refusal."""
    return precondition(lambda portal: any(each.status in statuses for each in getattr(portal, among)))


def a_licence_is(*statuses):
    return precondition(lambda portal: any(each.status in statuses for each in portal.sponsors.values()))


def events():
    """Return the number of events, without those of the messages that verbs write to the sponsor."""
    return Event.objects.exclude(kind="message").count()


class Portal(RuleBasedStateMachine):
    """Two sponsors, each with four places for the Student route until the end of the year, and the same students."""

    def __init__(self):
        super().__init__()
        self.undone = transaction.atomic()
        self.undone.__enter__()
        self.now, self.sponsors = START, {HERE: Sponsor(), ELSEWHERE: Sponsor()}
        self.cas_list, self.payments = [], []

    @initialize()
    def begin(self):
        for who in ("level2", "colleague", "level2", "outsider"):
            self.create(who, "A 100", is_complete=True)
        self.order([4, 8], "level1")
        self.order([0], "outsider")

    def teardown(self):
        try:
            assert list(discrepancies()) == []
        finally:
            transaction.set_rollback(True)
            self.undone.__exit__(None, None, None)

    def attempt(self, act, *args, by, allowed=True, lines=1, **options):
        """Act as the user. Check that the portal refuses when the model does, and the number of new events."""
        before = events()
        with clock.set_to(self.now):
            refused = refusal_of(act, *args, by=User.objects.get(username=by), **options)
        assert bool(refused) is not allowed, refused
        assert events() - before == (lines if allowed else 0)
        return allowed

    def pick(self, pick, among, has_effect):
        """Return a record. In three of four cases, return a record on which the step has an effect, if one exists."""
        likely = [each for each in among if has_effect(each)] if pick % 4 != 3 else []
        return (likely or among)[pick // 4 % len(likely or among)]

    def row(self, case):
        return CAS(pk=case.pk) if case.status == "gone" else CAS.objects.get(pk=case.pk)

    def may(self, who, case):
        return case.owner == who or (who in LEVEL_1 and case.sponsor == SPONSOR_OF[who])

    def can_change(self, case):
        return case.status in UNASSIGNED and not self.is_being_paid_for(case)

    def is_being_paid_for(self, case):
        return any(case in dict(each.lines) for each in self.payments if each.status == "OPEN")

    def has_unused(self, sponsor, number):
        figures = self.sponsors[sponsor].years.get(self.now.year)
        return figures is not None and figures.unused >= number

    # Steps of the users of the sponsor

    @rule(who=WHO, passport=st.sampled_from(["A 100", "B 200"]), is_complete=st.booleans())
    def create(self, who, passport, is_complete):
        def make(by):
            self.made = (a_cas if is_complete else a_draft)(by, passport_number=passport)

        if self.attempt(make, by=who, allowed=self.sponsors[SPONSOR_OF[who]].is_in_force):
            status = "READY TO GO" if is_complete else "WORK IN PROGRESS"
            self.cas_list.append(Case(self.made.pk, who, status, passport))

    @some_have_status(*UNASSIGNED)
    @rule(pick=PICKS, who=WHO, what=st.sampled_from(["complete", "complete", "empty", "same", "stale"]))
    def save(self, pick, who, what):
        case = self.pick(pick, self.cas_list, self.can_change)
        is_in_force = self.sponsors[case.sponsor].is_in_force
        allowed = self.may(who, case) and self.can_change(case) and is_in_force and what != "stale"
        course = {"course_id": f"version {case.version}"}
        complete = {**COMPLETE, "passport_number": case.passport, **course}
        values = {"complete": complete, "empty": {"gender": "", **course}}.get(what, {})
        version = case.version - (what == "stale")
        lines = len(values) and 1
        if self.attempt(self.row(case).amend, values, by=who, version=version, allowed=allowed, lines=lines) and lines:
            case.becomes("READY TO GO" if what == "complete" else "WORK IN PROGRESS")

    @some_have_status(*UNASSIGNED)
    @rule(pick=PICKS, who=WHO)
    def delete(self, pick, who):
        case = self.pick(pick, self.cas_list, lambda case: case.status == "WORK IN PROGRESS")
        allowed = self.may(who, case) and self.can_change(case)
        if self.attempt(self.row(case).remove, by=who, allowed=allowed):
            case.status = "gone"

    @some_have_status("ASSIGNED")
    @rule(pick=PICKS, who=WHO)
    def withdraw(self, pick, who):
        case = self.pick(pick, self.cas_list, lambda case: case.status == "ASSIGNED")
        allowed = who in LEVEL_1 and self.may(who, case) and case.status == "ASSIGNED"
        if case.status != "gone" and self.attempt(self.row(case).withdraw, by=who, reason="Because", allowed=allowed):
            case.becomes("WITHDRAWN")

    @some_have_status("READY TO GO")
    @rule(picks=st.lists(PICKS, min_size=1, max_size=3), who=WHO)
    def order(self, picks, who):
        def is_payable(case):
            return self.may(who, case) and case.status == "READY TO GO" and not self.is_being_paid_for(case)

        chosen = list(dict.fromkeys(self.pick(pick, self.cas_list, is_payable) for pick in picks))
        sponsor = SPONSOR_OF[who]
        can_assign = self.sponsors[sponsor].can_assign
        allowed = can_assign and self.has_unused(sponsor, len(chosen)) and all(map(is_payable, chosen))

        def open_order(by):
            versions = {case.pk: case.version for case in chosen}
            self.opened = Order.objects.open(versions, by=by, provider="sandbox")

        if self.attempt(open_order, by=who, allowed=allowed):
            year, lines = self.now.year, [(case, case.version) for case in chosen]
            self.sponsors[sponsor].years[year].held += len(chosen)
            self.payments.append(Payment(self.opened.pk, sponsor, year, lines))

    # Reports of the provider

    @some_have_status("OPEN", "LAPSED", "DECLINED", "CANCELLED", among="payments")
    @rule(pick=PICKS)
    def settle(self, pick):
        payment = self.pick(pick, self.payments, lambda payment: payment.status not in SETTLED)
        count, was_open, is_new = len(payment.lines), payment.status == "OPEN", payment.status not in SETTLED
        sponsor = self.sponsors[payment.sponsor]
        can_hold = payment.year == self.now.year and self.has_unused(payment.sponsor, count)
        is_right = sponsor.can_assign and (was_open or can_hold)
        for case, version in payment.lines:
            is_right = is_right and (case.status, case.version) == ("READY TO GO", version)
        lines = is_new and (count + 1 if is_right else 1)
        self.attempt(Order.objects.get(pk=payment.pk).settle, by="system", lines=lines)
        if not is_new:
            return
        payment.status = "PAID" if is_right else "REFUND DUE"
        figures = sponsor.years[payment.year]
        figures.held -= count if was_open else 0
        for case, _ in payment.lines if is_right else ():
            figures.used += 1
            case.becomes("ASSIGNED")
            case.assigned_on, case.expires_on = self.now.date(), self.now.date() + relativedelta(months=6)

    @some_have_status("OPEN", among="payments")
    @rule(pick=PICKS, how=st.sampled_from(["decline", "cancel", "lapse"]))
    def end_unpaid(self, pick, how):
        payment = self.pick(pick, self.payments, lambda payment: payment.status == "OPEN")
        is_open = payment.status == "OPEN"
        self.attempt(getattr(Order.objects.get(pk=payment.pk), how), by="system", lines=int(is_open))
        if is_open:
            self.close(payment, {"decline": "DECLINED", "cancel": "CANCELLED", "lapse": "LAPSED"}[how])

    def close(self, payment, status):
        payment.status = status
        self.sponsors[payment.sponsor].years[payment.year].held -= len(payment.lines)

    # Steps of the Home Office, and the passing of time

    @some_have_status("REFUND DUE", among="payments")
    @rule(pick=PICKS)
    def refund(self, pick):
        payment = self.pick(pick, self.payments, lambda payment: payment.status == "REFUND DUE")
        allowed = payment.status == "REFUND DUE"
        sent = {"refunded_on": self.now.date(), "reference": "BACS 1"}
        if self.attempt(Order.objects.get(pk=payment.pk).refund, by="caseworker", **sent, allowed=allowed):
            payment.status = "REFUNDED"

    @some_have_status("ASSIGNED", "EXPIRED")
    @rule(pick=PICKS)
    def record_application(self, pick):
        case = self.pick(pick, self.cas_list, lambda case: case.status == "ASSIGNED" and not case.has_applied)
        if case.status == "gone":
            return
        on, lines = case.assigned_on or self.now.date(), 0 if case.has_applied else 1
        allowed = case.status in {"ASSIGNED", "EXPIRED"}
        if self.attempt(self.row(case).record_application, on, by="caseworker", allowed=allowed, lines=lines):
            case.has_applied, case.version = True, case.version + lines

    @precondition(lambda portal: any(each.has_applied and each.is_live for each in portal.cas_list))
    @rule(pick=PICKS, outcome=st.sampled_from(["GRANTED", "REFUSED"]))
    def use(self, pick, outcome):
        case = self.pick(pick, [each for each in self.cas_list if each.has_applied], lambda case: case.is_live)
        today = self.now.date()
        allowed = self.sponsors[case.sponsor].is_in_force and case.is_live
        same = [each for each in self.cas_list if each.passport == case.passport and each is not case]
        others = [each for each in same if each.status == "ASSIGNED" and each.assigned_on <= today <= each.expires_on]
        ask = {"by": "caseworker", "decided_on": today, "outcome": outcome, "lines": 1 + len(others)}
        if self.attempt(self.row(case).use, **ask, allowed=allowed):
            case.becomes("USED")
            case.outcome = outcome
            for other in others:
                other.becomes("OBSOLETE")

    @precondition(lambda portal: any(each.has_applied and each.is_live for each in portal.cas_list))
    @rule(pick=PICKS, how=st.sampled_from(["INVALID", "VOID", "WITHDRAWN"]))
    def close_application(self, pick, how):
        if pick % 3:
            return  # most applications are decided
        case = self.pick(pick, self.cas_list, lambda case: case.has_applied and case.is_live)
        allowed = case.has_applied and case.status in {"ASSIGNED", "EXPIRED"}
        close = self.row(case).close_application
        if case.status != "gone" and self.attempt(close, how, self.now.date(), by="caseworker", allowed=allowed):
            case.has_applied, case.version = False, case.version + 1

    @some_have_status("USED")
    @rule(pick=PICKS)
    def record_review(self, pick):
        case = self.pick(pick, self.cas_list, lambda case: case.outcome == "REFUSED")
        today, lines = self.now.date(), int(case.reviewed_on != self.now.date())
        review = self.row(case).record_review
        allowed = case.outcome == "REFUSED"
        if case.status != "gone" and self.attempt(review, today, by="caseworker", allowed=allowed, lines=lines):
            case.reviewed_on, case.version = today, case.version + lines

    @some_have_status("USED")
    @rule(pick=PICKS, outcome=st.sampled_from(["GRANTED", "REFUSED"]))
    def decide_again(self, pick, outcome):
        case = self.pick(pick, self.cas_list, lambda case: case.reviewed_on is not None)
        ask = {"by": "caseworker", "decided_on": self.now.date(), "outcome": outcome}
        allowed = case.reviewed_on is not None
        if case.status != "gone" and self.attempt(self.row(case).decide_again, **ask, allowed=allowed):
            case.outcome, case.reviewed_on, case.version = outcome, None, case.version + 1

    @a_licence_is("ACTIVE")
    @rule(pick=PICKS)
    def suspend(self, pick):
        if pick % 2:
            self.change_licence(pick, "suspend", {"ACTIVE"}, "SUSPENDED")

    @a_licence_is("SUSPENDED")
    @rule(pick=PICKS)
    def reinstate(self, pick):
        self.change_licence(pick, "reinstate", {"SUSPENDED"}, "ACTIVE")

    @a_licence_is(*IN_FORCE)
    @rule(pick=PICKS, how=st.sampled_from(["revoke", "surrender", "surrender_route"]))
    def end(self, pick, how):
        """End a licence or its Student route, but not often: afterwards little is possible."""
        if pick % 4 != 3:
            return
        if how != "surrender_route":
            self.change_licence(pick, how, IN_FORCE, {"revoke": "REVOKED", "surrender": "SURRENDERED"}[how])
            return
        name = self.one_sponsor(pick, {"ACTIVE", "SUSPENDED"})
        sponsor, (live, unpaid) = self.sponsors[name], self.ending(name)
        ask = {"by": "caseworker", "reason": "Because", "lines": 1 + len(live) + len(unpaid)}
        surrender = Licence.objects.get(number=name).surrender_route
        if self.attempt(surrender, "STUDENT", **ask, allowed=sponsor.has_route):
            sponsor.has_route = False
            self.cancel(live, unpaid)

    def one_sponsor(self, pick, statuses):
        names = [name for name, sponsor in self.sponsors.items() if sponsor.status in statuses]
        return names[pick // 4 % len(names)]

    def change_licence(self, pick, how, sources, status):
        name = self.one_sponsor(pick, sources)
        live, unpaid = ([], []) if status in IN_FORCE else self.ending(name)
        change = getattr(Licence.objects.get(number=name), how)
        self.attempt(change, by="caseworker", reason="Because", lines=1 + len(live) + len(unpaid))
        self.sponsors[name].status = status
        self.cancel(live, unpaid)

    def ending(self, name):
        """Return the live CAS and the open payments, which end with the licence or the route."""
        live = [case for case in self.cas_list if case.sponsor == name and case.is_live]
        return live, [each for each in self.payments if each.sponsor == name and each.status == "OPEN"]

    def cancel(self, live, unpaid):
        for case in live:
            case.becomes("CANCELLED")
        for payment in unpaid:
            self.close(payment, "CANCELLED")

    @a_licence_is(*IN_FORCE)
    @rule(pick=PICKS)
    def set_last_day(self, pick):
        if pick % 4 != 3:
            return
        name, day = self.one_sponsor(pick, IN_FORCE), self.now.date() + timedelta(days=20)
        lines = int(self.sponsors[name].last_day != day)
        self.attempt(Licence.objects.get(number=name).amend, by="caseworker", expires_on=day, lines=lines)
        self.sponsors[name].last_day = day

    @rule(name=st.sampled_from([HERE, ELSEWHERE]), granted=st.integers(2, 8))
    def grant(self, name, granted):
        years = self.sponsors[name].years
        year, figures = max(years.items())
        allowed = granted >= figures.used + figures.held
        lines = int(granted != figures.granted)
        change = Allocation.objects.get(licence__number=name, starts_on__year=year).change_granted
        if self.attempt(change, granted, by="caseworker", reason="Because", allowed=allowed, lines=lines):
            figures.granted = granted

    @rule(days=st.sampled_from([1, 30, 100]))
    def time_passes(self, days):
        self.now += timedelta(days=days)
        for name, sponsor in self.sponsors.items():
            if sponsor.status in IN_FORCE and sponsor.last_day and sponsor.last_day < self.now.date():
                live, unpaid = self.ending(name)
                expire = Licence.objects.get(number=name).expire
                self.attempt(expire, by="system", lines=1 + len(live) + len(unpaid))
                sponsor.status = "EXPIRED"
                self.cancel(live, unpaid)
        expiring = [each for each in self.cas_list if each.status == "ASSIGNED" and each.expires_on < self.now.date()]
        self.attempt(CAS.objects.expire, by="system", lines=len(expiring))
        for case in expiring:
            case.becomes("EXPIRED")

    # What is always true

    @invariant()
    def everything_agrees_with_the_model(self):
        rows = list(CAS.objects.order_by("pk").values_list("pk", "status", "version", "expires_on", "number"))
        expected = [(case.pk, case.status, case.version, case.expires_on) for case in self.cas_list]
        assert [row[:4] for row in rows] == [each for each in expected if each[1] != "gone"]
        numbers = {number for *_, number in rows if number}
        assert len(numbers) == sum(status not in UNASSIGNED for _, status, *_ in rows)
        orders = Order.objects.order_by("pk").values_list("pk", "status")
        assert list(orders) == [(each.pk, each.status) for each in self.payments]
        licences = {licence.number: licence.status for licence in Licence.objects.all()}
        assert licences == {name: sponsor.status for name, sponsor in self.sponsors.items()}
        for allocation in Allocation.objects.select_related("licence"):
            figures = self.sponsors[allocation.licence.number].years[allocation.starts_on.year]
            assert Figures(allocation.granted, allocation.used, allocation.held) == figures
            assert figures.unused >= 0
        assert Allocation.objects.count() == sum(len(sponsor.years) for sponsor in self.sponsors.values())


@pytest.fixture
def _sponsors(caseworker, level1, level2, colleague, outsider, system):
    grant_places(caseworker)


def grant_places(caseworker):
    with clock.set_to(START.replace(day=1)):
        for licence in Licence.objects.all():
            an_allocation(licence, number=4, by=caseworker)


@pytest.mark.django_db
@pytest.mark.usefixtures("_sponsors")
def test_the_portal_agrees_with_the_model_after_any_sequence_of_steps():
    examples = 15 if connection.vendor == "sqlite" else 5
    options = {"deadline": None, "derandomize": True, "suppress_health_check": list(HealthCheck)}
    run_state_machine_as_test(Portal, settings=settings(max_examples=examples, stateful_step_count=30, **options))


def lapse(portal):
    portal.end_unpaid(0, "lapse")


def pay_twice(portal):
    portal.settle(0)
    portal.settle(3)


def pay_after_it_was_changed(portal):
    portal.end_unpaid(0, "lapse")
    portal.save(4, "level1", "complete")
    portal.settle(0)


@pytest.mark.django_db
@pytest.mark.usefixtures("_sponsors")
@pytest.mark.parametrize(
    ("steps", "instead"),
    [
        (lapse, ("_release", lambda order, *, by: None)),
        (pay_twice, ("is_settled", False)),
        (pay_after_it_was_changed, ("_assign", lambda order, *, by: None)),
    ],
)
def test_the_machine_notices_when_a_guard_is_taken_away(steps, instead, monkeypatch):
    play(Portal, steps)
    monkeypatch.setattr(Order, *instead)
    with pytest.raises(AssertionError):
        play(Portal, steps)
