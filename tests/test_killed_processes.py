"""Processes that are killed while somebody pays: nothing is lost, doubled or stuck (issue: under stress).

The short forms of the experiments `kills` and `kills-of-batches`: each way to die at least once.
"""

import random

import pytest

from experiments import kills, kills_of_batches
from experiments.processes import Portal
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
