"""Random sequences of steps with requests: what the Home Office grants changes what can be assigned, and what ends."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.db import connection
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule, run_state_machine_as_test

from licences.licence_requests import verbs
from licences.licence_requests.table import kind_named
from licences.models import Allocation, Licence, LicenceRequest
from tests.cas.models.playing import play
from tests.cas.models.test_any_order_of_things import (
    ELSEWHERE,
    HERE,
    IN_FORCE,
    PICKS,
    Figures,
    Portal,
    _sponsors,
    a_licence_is,
    some_have_status,
)

__all__ = ["_sponsors"]

pytestmark = pytest.mark.long

LAST_YEAR = 2028  # time stops at its end
OPEN = {"SAVED", "SUBMITTED"}
USER_OF = {HERE: "level1", ELSEWHERE: "outsider"}
# Surrenders are rare: afterwards little is possible.
KINDS = st.sampled_from([*["increase"] * 4, *["renewal"] * 4, "surrender-route", "surrender-licence"])


@dataclass(eq=False)
class Ask:
    """A request in the model. `year` is the year that it is about, if it is about places."""

    pk: int
    kind: str
    sponsor: str
    number: int
    year: int
    status: str = "SAVED"


class PortalWithRequests(Portal):
    """The two sponsors, which can also ask for places, for the next year's, and to surrender. Years can follow."""

    def __init__(self):
        super().__init__()
        self.asks, self.renewed = [], set()

    def latest_year(self, name):
        return max(self.sponsors[name].years)

    def may_ask(self, kind, name):
        sponsor, day = self.sponsors[name], self.now.date()
        if sponsor.status not in IN_FORCE or not (sponsor.has_route or kind == "surrender-licence"):
            return False
        if kind == "increase":
            return day.year in sponsor.years
        return kind != "renewal" or (day.year, day.month) >= (self.latest_year(name), 10)

    def year_to_ask(self, kind, name):
        return self.now.year if kind == "increase" else self.latest_year(name) + 1

    def request(self, ask):
        return LicenceRequest.objects.get(pk=ask.pk)

    # Steps of the sponsors

    @a_licence_is(*IN_FORCE)
    @rule(pick=PICKS, kind=KINDS, number=st.integers(1, 5))
    def save_and_submit_request(self, pick, kind, number):
        name = self.one_sponsor(pick, IN_FORCE)
        if self.save_request(name, kind, number) and pick % 4:
            self.submit_requests(name)

    def save_request(self, name, kind, number):
        route = "" if kind == "surrender-licence" else "STUDENT"
        is_open = any((ask.kind, ask.sponsor) == (kind, name) and ask.status in OPEN for ask in self.asks)
        details = {} if kind.startswith("surrender") else {"number_requested": number}

        def save(by):
            self.saved = verbs.save(kind_named(kind), route=route, details=details, reasons="Because", by=by)

        allowed = self.may_ask(kind, name) and not is_open
        if self.attempt(save, by=USER_OF[name], allowed=allowed):
            self.asks.append(Ask(self.saved.pk, kind, name, number, self.year_to_ask(kind, name)))
        return allowed

    @some_have_status("SAVED", among="asks")
    @rule(name=st.sampled_from([HERE, ELSEWHERE]))
    def submit_requests(self, name):
        saved = [ask for ask in self.asks if (ask.sponsor, ask.status) == (name, "SAVED")]
        seen = {ask.pk: self.request(ask).version for ask in saved}
        allowed = bool(saved) and all(self.may_ask(ask.kind, ask.sponsor) for ask in saved)
        if self.attempt(verbs.submit, seen, by=USER_OF[name], allowed=allowed, lines=len(saved)):
            for ask in saved:
                ask.status, ask.year = "SUBMITTED", self.year_to_ask(ask.kind, ask.sponsor)

    @some_have_status("SUBMITTED", among="asks")
    @rule(pick=PICKS, how=st.sampled_from(["withdraw", "refuse"]))
    def end_request(self, pick, how):
        if pick % 4 != 3:
            return  # most requests are granted
        ask = self.pick(pick, self.asks, lambda ask: ask.status == "SUBMITTED")
        by = "caseworker" if how == "refuse" else USER_OF[ask.sponsor]
        answer = {"answer": "No."} if how == "refuse" else {}
        if self.attempt(getattr(verbs, how), self.request(ask), by=by, **answer, allowed=ask.status == "SUBMITTED"):
            ask.status = {"refuse": "REFUSED", "withdraw": "WITHDRAWN"}[how]

    # Steps of the Home Office, and the passing of time

    @some_have_status("SUBMITTED", among="asks")
    @rule(pick=PICKS, number=st.integers(1, 5))
    def grant_request(self, pick, number):
        ask = self.pick(pick, self.asks, lambda ask: ask.status == "SUBMITTED")
        sponsor = self.sponsors[ask.sponsor]
        is_waiting = ask.status == "SUBMITTED" and sponsor.status in IN_FORCE
        if ask.kind.startswith("surrender"):
            has_what_ends = sponsor.has_route or ask.kind == "surrender-licence"
            self.grant_surrender(ask, sponsor, allowed=is_waiting and has_what_ends)
            return
        figures = sponsor.years.get(ask.year)
        granted = number if ask.kind == "renewal" or not figures else figures.granted + number
        is_over = ask.kind == "increase" and ask.year != self.now.year
        is_enough = figures is None or granted >= figures.used + figures.held
        allowed = is_waiting and sponsor.has_route and not is_over and is_enough
        lines = 2 if figures is None or granted != figures.granted else 1
        act = {"answer": "Yes.", "number_granted": number, "allowed": allowed, "lines": lines}
        if self.attempt(verbs.grant, self.request(ask), by="caseworker", **act):
            ask.status = "GRANTED"
            sponsor.years.setdefault(ask.year, Figures(granted)).granted = granted

    def grant_surrender(self, ask, sponsor, *, allowed):
        live, unpaid = self.ending(ask.sponsor)
        lines = 2 + len(live) + len(unpaid)
        act = {"answer": "Yes.", "allowed": allowed, "lines": lines}
        if self.attempt(verbs.grant, self.request(ask), by="caseworker", **act):
            ask.status = "GRANTED"
            if ask.kind == "surrender-route":
                sponsor.has_route = False
            else:
                sponsor.status = "SURRENDERED"
            self.cancel(live, unpaid)

    @a_licence_is(*IN_FORCE)
    @rule(pick=PICKS, is_renewed=st.booleans())
    def set_automatic_renewal(self, pick, is_renewed):
        name = self.one_sponsor(pick, IN_FORCE)
        change = Licence.objects.get(number=name).set_automatic_renewal
        self.attempt(change, is_renewed, by="caseworker", lines=int((name in self.renewed) != is_renewed))
        (self.renewed.add if is_renewed else self.renewed.discard)(name)

    @rule(days=st.sampled_from([1, 30, 100, 150]))
    def time_passes(self, days):
        """Let time pass, at most until the end of the second year, and start the years that renew automatically."""
        if (self.now + timedelta(days=days)).year > LAST_YEAR:
            return
        super().time_passes(days)
        renewing = [name for name in (HERE, ELSEWHERE) if self.is_to_renew(name)]
        self.attempt(renew_each, by="system", lines=len(renewing))
        for name in renewing:
            years = self.sponsors[name].years
            years[max(years) + 1] = Figures(granted=years[max(years)].granted)

    def is_to_renew(self, name):
        return name in self.renewed and self.sponsors[name].can_assign and self.latest_year(name) < self.now.year

    @invariant()
    def requests_agree_with_the_model(self):
        statuses = dict(LicenceRequest.objects.values_list("pk", "status"))
        assert statuses == {ask.pk: ask.status for ask in self.asks}


def renew_each(by):
    for allocation in Allocation.objects.to_renew():
        Allocation.objects.renew(allocation, by=by)


@pytest.mark.django_db
@pytest.mark.usefixtures("_sponsors")
def test_the_portal_agrees_with_the_model_after_any_sequence_of_steps_and_requests():
    examples = 15 if connection.vendor == "sqlite" else 5
    options = {"deadline": None, "derandomize": True, "suppress_health_check": list(HealthCheck)}
    machine = settings(max_examples=examples, stateful_step_count=40, **options)
    run_state_machine_as_test(PortalWithRequests, settings=machine)


def surrender_with_a_payment_open(portal):
    portal.settle(0)
    portal.order([12], "level1")
    portal.save_request(HERE, "surrender-route", 1)
    portal.submit_requests(HERE)
    portal.grant_request(0, 1)


@pytest.mark.django_db
@pytest.mark.usefixtures("_sponsors")
def test_the_machine_notices_when_a_granted_surrender_cancels_nothing(monkeypatch):
    play(PortalWithRequests, surrender_with_a_payment_open)
    monkeypatch.setattr("licences.models.licence.licence_ends", lambda licence, routes: None)
    with pytest.raises(AssertionError):
        play(PortalWithRequests, surrender_with_a_payment_open)
