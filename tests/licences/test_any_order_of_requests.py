"""Random sequences of requests and decisions: a simple model predicts each (specification, sections 5 and 9)."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test import override_settings
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from cas.reconciliation import discrepancies
from licences.licence_requests import verbs
from licences.licence_requests.kinds.increase import Increase
from licences.models import Allocation, Licence, LicenceRequest, User
from licences.regular_jobs import renew_allocations
from licences.routes import Route
from sms.core import clock
from tests.cas.models.playing import play
from tests.factories import a_licence, a_user, an_allocation
from tests.licences.factories import a_renewal, an_increase
from tests.refusals import refusal_of

pytestmark = pytest.mark.long

PICK = st.integers(0, 99)
ROUTE = st.sampled_from(Route.values)
NUMBER = st.integers(1, 9)
NAMES = {"increase": an_increase, "renewal": a_renewal}


@dataclass(eq=False)
class Ask:
    """A request in the model. `year` is the number of the year that it is about."""

    pk: int
    kind: str
    route: str
    year: int
    status: str = "SAVED"
    version: int = 1


class Sponsor(RuleBasedStateMachine):
    """A sponsor with ten places for each route, whose licence may renew automatically. Time moves in steps of weeks."""

    def __init__(self):
        super().__init__()
        self.undone = transaction.atomic()
        self.undone.__enter__()
        self.time = clock.set_to(clock.now())
        self.time.__enter__()
        self.asks, self.rating, self.is_renewed = [], "", False

    @initialize()
    def begin(self):
        self.licence = Licence.objects.get()
        # Each route has the places of each year, and its year begins on the same day.
        self.granted = {route: [10] for route in Route.values}
        self.first_day = Allocation.objects.first().starts_on

    def teardown(self):
        try:
            assert list(discrepancies()) == []
        finally:
            self.time.__exit__(None, None, None)
            transaction.set_rollback(True)
            self.undone.__exit__(None, None, None)

    def user(self, name):
        return User.objects.get(username=name)

    def attempt(self, act, *args, allowed, **options):
        refused = refusal_of(act, *args, **options)
        assert bool(refused) is not allowed, (refused, allowed)
        return allowed

    def year_of(self, day):
        """Return the number of the year that includes this day: 0 is the first."""
        years = day.year - self.first_day.year
        return years - (day < self.first_day.replace(year=day.year))

    def end_of(self, year):
        return self.first_day.replace(year=self.first_day.year + year + 1) - timedelta(days=1)

    def is_current(self, route):
        return len(self.granted[route]) > self.year_of(clock.today())

    def may_ask(self, kind, route):
        if kind == "increase":
            return self.is_current(route)
        latest = len(self.granted[route]) - 1
        return clock.today() >= Allocation.objects.latest_of(self.licence.pk, route).renewal_opens_on and (
            self.year_of(clock.today()) <= latest + 1
        )

    def year_to_ask(self, kind, route):
        return self.year_of(clock.today()) if kind == "increase" else len(self.granted[route])

    def row(self, ask):
        return LicenceRequest.objects.get(pk=ask.pk)

    def pick(self, pick, *statuses):
        """Return one with these statuses, or else any other that is not deleted."""
        there = [ask for ask in self.asks if ask.status != "DELETED"]
        found = [ask for ask in there if ask.status in statuses] or there
        return found[pick % len(found)] if found else None

    @rule(kind=st.sampled_from(list(NAMES)), route=ROUTE, number=NUMBER)
    def save(self, kind, route, number):
        is_open = any(
            (ask.kind, ask.route) == (kind, route) and ask.status in {"SAVED", "SUBMITTED"} for ask in self.asks
        )
        allowed = self.may_ask(kind, route) and not is_open

        def make():
            self.made = NAMES[kind](self.user("level1"), number, route=route)

        if self.attempt(make, allowed=allowed):
            self.asks.append(Ask(self.made.pk, kind, route, self.year_to_ask(kind, route)))

    @rule(kind=st.sampled_from(list(NAMES)), route=ROUTE, number=NUMBER)
    def save_and_submit(self, kind, route, number):
        self.save(kind, route, number)
        self.submit_all()

    @rule(pick=PICK, number=NUMBER, is_stale=st.booleans())
    def amend(self, pick, number, is_stale):
        if (ask := self.pick(pick, "SAVED")) is None:
            return
        row = self.row(ask)
        details = {"number_requested": number}
        is_new = row.details["number_requested"] != number
        version = ask.version - is_stale
        allowed = ask.status == "SAVED" and not is_stale and self.may_ask(ask.kind, ask.route)
        act = {"details": details, "reasons": row.reasons, "version": version, "by": self.user("level1")}
        if self.attempt(verbs.amend, row, **act, allowed=allowed):
            now = self.row(ask)
            ask.version = now.version
            assert ask.version >= version + is_new
            ask.year = self.year_to_ask(ask.kind, ask.route)

    @rule(pick=PICK)
    def delete(self, pick):
        if (ask := self.pick(pick, "SAVED")) is None:
            return
        allowed = ask.status == "SAVED"
        if self.attempt(verbs.delete, self.row(ask), by=self.user("level1"), allowed=allowed):
            ask.status = "DELETED"

    @rule()
    def submit_all(self):
        saved = [ask for ask in self.asks if ask.status == "SAVED"]
        is_frozen = self.rating == "AMBER" and any(ask.kind == "increase" for ask in saved)
        askable = all(self.may_ask(ask.kind, ask.route) for ask in saved)
        allowed = bool(saved) and askable and not is_frozen
        seen = {ask.pk: ask.version for ask in saved}
        if self.attempt(verbs.submit, seen, by=self.user("level1"), allowed=allowed):
            for ask in saved:
                ask.status, ask.year = "SUBMITTED", self.year_to_ask(ask.kind, ask.route)

    @rule(pick=PICK)
    def withdraw(self, pick):
        if (ask := self.pick(pick, "SUBMITTED")) is None:
            return
        allowed = ask.status == "SUBMITTED"
        if self.attempt(verbs.withdraw, self.row(ask), by=self.user("level1"), allowed=allowed):
            ask.status = "WITHDRAWN"

    @rule(pick=PICK)
    def refuse(self, pick):
        if (ask := self.pick(pick, "SUBMITTED")) is None:
            return
        allowed = ask.status == "SUBMITTED"
        if self.attempt(verbs.refuse, self.row(ask), answer="No.", by=self.user("caseworker"), allowed=allowed):
            ask.status = "REFUSED"

    @rule(pick=PICK, number=NUMBER)
    def grant(self, pick, number):
        if (ask := self.pick(pick, "SUBMITTED")) is None:
            return
        places, is_increase = self.granted[ask.route], ask.kind == "increase"
        is_over = is_increase and ask.year != self.year_of(clock.today())
        is_frozen = is_increase and self.rating == "AMBER"
        allowed = ask.status == "SUBMITTED" and not (is_over or is_frozen)
        act = {"answer": "Yes.", "number_granted": number, "by": self.user("caseworker")}
        if self.attempt(verbs.grant, self.row(ask), **act, allowed=allowed):
            ask.status = "GRANTED"
            if is_increase:
                places[ask.year] += number
            elif ask.year == len(places):
                places.append(number)
            else:
                places[ask.year] = number

    @rule(rating=st.sampled_from(["GREEN", "AMBER", "RED"]))
    def rate(self, rating):
        if rating != self.rating:
            self.licence.set_rating(rating, by=self.user("caseworker"), reason="Assessed")
            self.rating = rating

    @rule(is_renewed=st.booleans())
    def set_automatic_renewal(self, is_renewed):
        self.licence.set_automatic_renewal(is_renewed, by=self.user("caseworker"))
        self.is_renewed = is_renewed

    @rule(weeks=st.sampled_from([1, 1, 13, 26, 40]))
    def wait_until_the_jobs_run(self, weeks):
        """Let time pass, at most into the year that follows the latest, and run the job."""
        moment = clock.now() + timedelta(weeks=weeks)
        if any(moment.date() > self.end_of(len(places)) for places in self.granted.values()):
            return
        self.time.__exit__(None, None, None)
        self.time = clock.set_to(moment)
        self.time.__enter__()
        renew_allocations()
        for places in self.granted.values():
            if self.is_renewed and self.year_of(clock.today()) == len(places):
                places.append(places[-1] * 9 // 10 if self.rating == "RED" else places[-1])

    @invariant()
    def everything_agrees_with_the_model(self):
        for route, places in getattr(self, "granted", {}).items():
            rows = Allocation.objects.filter(route=route).order_by("starts_on")
            assert list(rows.values_list("granted", flat=True)) == places
        statuses = dict(LicenceRequest.objects.values_list("pk", "status"))
        assert statuses == {ask.pk: ask.status for ask in self.asks if ask.status != "DELETED"}


@pytest.fixture
def _sponsor(system):
    caseworker = a_user("caseworker", "CASEWORKER")
    licence = a_licence("4NUV7KB58", "University of Example", by=caseworker)
    a_user("level1", "LEVEL_1", licence), a_user("level2", "LEVEL_2", licence)
    for route in Route:
        an_allocation(licence, route=route, by=caseworker)
    with override_settings(DEMO=True):  # the job does not wait for the clock, which the machine sets
        yield


def run(examples):
    options = {"deadline": None, "derandomize": True, "suppress_health_check": list(HealthCheck)}
    options |= {"phases": [Phase.generate], "database": None}
    run_state_machine_as_test(Sponsor, settings=settings(max_examples=examples, stateful_step_count=40, **options))


@pytest.mark.django_db
@pytest.mark.usefixtures("_sponsor")
def test_the_portal_agrees_with_the_model_after_any_sequence_of_requests():
    run(examples=25 if connection.vendor == "sqlite" else 8)
    assert Allocation.objects.count() == 2


def an_increase_that_waits(portal):
    portal.save("increase", "STUDENT", 5)
    portal.submit_all()


def grant_while_frozen(portal):
    an_increase_that_waits(portal)
    portal.rate("AMBER")
    portal.grant(0, 5)


def ask_twice(portal):
    an_increase_that_waits(portal)
    portal.save("increase", "STUDENT", 6)


@pytest.mark.django_db
@pytest.mark.usefixtures("_sponsor")
@pytest.mark.parametrize(
    ("steps", "what", "instead"),
    [
        (grant_while_frozen, Increase, ("why_frozen", lambda kind, licence: None)),
        (ask_twice, Increase, ("topic", lambda kind, route, details: "")),
    ],
)
def test_the_machine_notices_when_a_guard_is_taken_away(steps, what, instead, monkeypatch):
    play(Sponsor, steps)
    monkeypatch.setattr(what, *instead)
    with pytest.raises(AssertionError):
        play(Sponsor, steps)
