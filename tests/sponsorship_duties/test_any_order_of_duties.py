"""After any steps by any users in any order, the history alone gives the reports, notes and fees of each CAS."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from cas.models import CAS
from licences.models import Event, User
from sms.core import clock
from sponsorship_duties.models import Activity, ActivityType
from tests.factories import a_cas, an_allocation, assigned
from tests.refusals import refusal_of
from tests.sponsorship_duties.factories import a_report, withdrawn

pytestmark = pytest.mark.long

WHO = st.sampled_from(["level1", "level2", "colleague"])
PICK = st.integers(0, 99)
TEXT = st.sampled_from(["", "Arrives late", "Arrives\non 5 October", "Nguyễn <b>", "%s {}"])
PAID = st.sampled_from(["0", "10", "6000.10", "21500"])


def rebuilt(pk):
    """Return the sponsor note, fees, status and reports of a CAS, from the lines of its history alone."""
    now = {"sponsor_note": "", "course_fees_paid": None, "status": None}
    reports = {}
    for line in Event.objects.about("cas", pk):
        now |= {name: after for name, (_, after) in line.data.items() if name in now}
        if line.verb in {"report", "withdraw_report"}:
            after_line = {name.removeprefix("activity_"): after for name, (_, after) in line.data.items()}
            report = tuple(str(after_line[name]) for name in ("type_name", "reason_name", "happened_on", "details"))
            reports[after_line["id"]] = [*report, line.by.username, False]
            if after_line["withdraws_id"]:
                reports[after_line["withdraws_id"]][-1] = True
    return now, reports


def present(cas):
    now = {"sponsor_note": cas.sponsor_note, "course_fees_paid": str(cas.course_fees_paid), "status": cas.status}
    reports = {
        each.pk: [
            each.type_name,
            each.reason_name,
            str(each.happened_on),
            each.details,
            each.by.username,
            each.is_withdrawn,
        ]
        for each in Activity.objects.filter(cas=cas).history()
    }
    return now, reports


class Duties(RuleBasedStateMachine):
    """Two CAS with different owners, on which three users work."""

    def __init__(self):
        super().__init__()
        self.undone = transaction.atomic()
        self.undone.__enter__()
        self.owners = {}
        self.notes, self.fees, self.reports, self.seen = {}, {}, {}, {}

    @initialize()
    def begin(self):
        for who in ("level2", "colleague"):
            cas = assigned(a_cas(User.objects.get(username=who), passport_number=who))
            self.owners[cas.pk] = who
            self.notes[cas.pk], self.fees[cas.pk] = "", Decimal("5000.50")
            self.reports[cas.pk] = {}
        self.live = set(self.owners)

    def teardown(self):
        transaction.set_rollback(True)
        self.undone.__exit__(None, None, None)

    def attempt(self, act, *args, who, allowed, **options):
        refused = refusal_of(act, *args, by=User.objects.get(username=who), **options)
        assert bool(refused) is not allowed, (refused, allowed)
        return allowed

    def pick(self, pick):
        return CAS.objects.get(pk=sorted(self.owners)[pick % len(self.owners)])

    def may(self, who, cas):
        return cas.pk in self.live and who in {"level1", self.owners[cas.pk]}

    @rule(who=WHO, pick=PICK, of=PICK, reason=PICK, ago=st.integers(-800, 800))
    def report(self, who, pick, of, reason, ago):
        cas = self.pick(pick)
        kinds = list(ActivityType.objects.filter(reasons__has_completion_date=False, is_withdrawal=False).distinct())
        kind = kinds[of % len(kinds)]
        reasons = list(kind.reasons.filter(has_completion_date=False))
        named = reasons[reason % len(reasons)].name
        on = clock.today() - timedelta(days=ago)
        allowed = self.may(who, cas) and ago > -730
        if self.attempt(lambda by: a_report(cas, by=by, of=kind.name, reason=named, on=on), who=who, allowed=allowed):
            made = Activity.objects.last()
            self.reports[cas.pk][made.pk] = False

    @rule(who=WHO, pick=PICK, which=PICK)
    def withdraw_report(self, who, pick, which):
        cas = self.pick(pick)
        mine = sorted(self.reports[cas.pk])
        if not mine:
            return
        pk = mine[which % len(mine)]
        activity = Activity.objects.get(pk=pk)
        is_ahead = activity.happened_on > clock.today()
        allowed = self.may(who, cas) and self.reports[cas.pk][pk] is False
        on = activity.reported_on if is_ahead else None
        if self.attempt(lambda by: withdrawn(activity, by=by, on=on), who=who, allowed=allowed):
            self.reports[cas.pk][pk] = True
            self.reports[cas.pk][Activity.objects.last().pk] = None  # a withdrawal cannot be withdrawn

    @rule(who=WHO, pick=PICK)
    def open_form(self, who, pick):
        """Open the form of the note, to send it later. `seen` is the version that it was made from."""
        cas = self.pick(pick)
        self.seen[who, cas.pk] = cas.version

    @rule(who=WHO, pick=PICK, text=TEXT)
    def note(self, who, pick, text):
        cas = self.pick(pick)
        version = self.seen.get((who, cas.pk), cas.version)
        saved_since = Event.objects.about("cas", cas.pk).filter(verb="note")
        is_stale = any(line.data["version"][1] > version for line in saved_since) and text != self.notes[cas.pk]
        is_nothing = not text and not self.notes[cas.pk]
        allowed = self.may(who, cas) and not is_stale and not is_nothing
        if self.attempt(cas.write_note, text, who=who, allowed=allowed, version=version):
            self.notes[cas.pk] = text

    @rule(who=WHO, pick=PICK, paid=PAID)
    def update_fees(self, who, pick, paid):
        cas = self.pick(pick)
        allowed = self.may(who, cas)
        values = {"course_fees_paid": paid}
        if self.attempt(cas.update_fees, values, who=who, allowed=allowed, version=cas.version):
            self.fees[cas.pk] = Decimal(paid)

    @rule(pick=PICK, who=st.sampled_from(["level2", "colleague"]))
    def transfer(self, pick, who):
        cas = self.pick(pick)
        to, by = (User.objects.get(username=name) for name in (who, "level1"))
        CAS.objects.filter(pk=cas.pk).change_owner(to, by=by)
        self.owners[cas.pk] = who

    @rule(pick=PICK)
    def withdraw_cas(self, pick):
        cas = self.pick(pick)
        if pick % 5 == 0:  # seldom, because nothing is possible afterwards
            allowed = cas.pk in self.live
            self.attempt(cas.withdraw, who="level1", allowed=allowed, reason="Because")
            self.live.discard(cas.pk)

    @invariant()
    def the_history_alone_gives_the_current_values(self):
        for pk, owner in self.owners.items():
            cas = CAS.objects.select_related("owner").get(pk=pk)
            assert cas.owner.username == owner
            now, reports = rebuilt(pk)
            assert (
                now | {"course_fees_paid": str(Decimal(now["course_fees_paid"]).quantize(Decimal("0.01")))},
                reports,
            ) == (present(cas))
            assert (cas.sponsor_note, cas.course_fees_paid) == (self.notes[pk], self.fees[pk])
            assert {key: each[-1] for key, each in reports.items()} == {
                key: bool(was_withdrawn) for key, was_withdrawn in self.reports[pk].items()
            }


def run(examples):
    options = {"deadline": None, "derandomize": True, "suppress_health_check": list(HealthCheck)}
    options |= {"phases": [Phase.generate], "database": None}
    run_state_machine_as_test(Duties, settings=settings(max_examples=examples, stateful_step_count=25, **options))


@pytest.fixture
def _sponsor(licence, caseworker, level1, level2, colleague, system):
    an_allocation(licence, 500, by=caseworker)


@pytest.mark.django_db
@pytest.mark.usefixtures("_sponsor")
def test_the_history_alone_gives_the_reports_note_and_fees_after_any_steps():
    run(examples=12 if connection.vendor == "sqlite" else 4)


@pytest.mark.django_db
@pytest.mark.usefixtures("_sponsor")
def test_its_twin_a_note_without_a_line_of_history_would_be_found(monkeypatch):
    """Save a note without a line of history."""
    record = type(Event.objects.all()).record

    def silent(self, verb, *args, **options):
        if verb != "note":
            return record(self, verb, *args, **options)
        return None

    monkeypatch.setattr(type(Event.objects.all()), "record", silent)
    with pytest.raises(AssertionError):
        run(examples=12)
