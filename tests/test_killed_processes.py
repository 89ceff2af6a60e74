"""Processes that are killed while somebody pays: nothing is lost, doubled or stuck (issue: under stress).

The short forms of the experiments `kills` and `kills-of-batches`: each way to die at least once.
"""

import random

import pytest

from experiments import kills, kills_of_batches, kills_of_jobs
from experiments.processes import Portal
from licences.jobs import runs
from tests.factories import a_cas, an_order
from tests.payments import decided

pytestmark = [pytest.mark.long, pytest.mark.django_db(transaction=True)]


def test_nothing_is_lost_doubled_or_stuck_however_a_process_dies(system):
    outcome = kills.run(seed=1, kills=len(kills.WAYS))
    assert outcome.faults == []
    assert outcome.figure.startswith("5 kills (2 web at a statement, 1 web at any time, 1 worker at a statement, ")


def test_without_transactions_something_is_lost(system, monkeypatch):
    """Each statement is kept for itself, and the process dies once the CAS is assigned, before the order is PAID."""
    monkeypatch.setattr(kills, "CHOICES", ("pay",))
    with Portal() as portal:
        experiment = kills.Experiment(random.Random(1), portal)
        experiment.journey(portal.arm)
        statements = portal.arm()
        assigning = 1 + next(i for i, sql in enumerate(statements) if sql.startswith("UPDATE cas_cas"))
        assert experiment.journey(lambda: portal.arm(number=assigning, when="after", careless="yes"))
        experiment.judge("killed")
    assert any("Lost: " in fault for fault in experiment.faults)


def test_without_jobs_something_is_stuck(level2, allocation):
    decided(an_order(a_cas(level2), by=level2), "PAID")
    assert [sentence.partition(":")[0] for sentence in kills.wrongs()] == ["Lost", "Stuck"]


def test_a_batch_of_1000_is_assigned_as_a_whole_or_not_at_all_however_a_process_dies(system):
    outcome = kills_of_batches.run(seed=1, step=40, at_any_time=1)
    assert outcome.faults == []
    assert " web after a statement, " in outcome.figure
    assert " worker after a statement, " in outcome.figure


def test_without_transactions_a_batch_is_torn(system, monkeypatch):
    """Each statement is kept for itself, and the process dies once the CAS are assigned."""
    monkeypatch.setattr(kills_of_batches, "SIZE", 10)
    with Portal() as portal:
        experiment = kills_of_batches.OfBatches(random.Random(1), portal)
        experiment.settle(portal.arm)
        assigning = 1 + next(i for i, sql in enumerate(portal.arm()) if sql.startswith("UPDATE cas_cas"))
        assert experiment.settle(lambda: portal.arm(number=assigning, when="after", careless="yes"))
        assert [sentence.partition(":")[0] for sentence in kills_of_batches.torn()] == ["Torn"]


def test_every_printout_ends_and_is_saved_once_however_its_worker_is_killed(system):
    outcome = kills_of_jobs.run(seed=1, kills=8)
    assert outcome.faults == []
    assert outcome.figure.startswith("8 kills (6 at a statement, 2 at any time), ")


def test_without_transactions_a_piece_is_printed_whose_job_does_not_know(system):
    """Each statement is kept for itself, and the process dies once the job is let go, before its piece is saved."""
    with kills_of_jobs.quick_pieces():
        experiment = kills_of_jobs.Experiment(random.Random(1))
        experiment.measure()
        saving = experiment.statements.index(next(sql for sql in experiment.statements if "cas_printoutpiece" in sql))
        experiment.ask()
        assert kills_of_jobs.Worker(saving + 1, "before", careless="yes").dies()
        experiment.judge("killed")
    assert any("Lost: " in fault for fault in experiment.faults)


def test_without_a_lease_that_is_looked_after_something_is_stuck(system, monkeypatch):
    monkeypatch.setattr(runs, "end_lost_runs", lambda: 0)
    outcome = kills_of_jobs.run(seed=1, kills=8)
    assert any("Stuck: " in fault for fault in outcome.faults)
