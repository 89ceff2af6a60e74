"""Processes are killed while a user pays, prints or sends files: nothing is lost, doubled or stuck (under stress).

These are the short forms of the experiments `kills`, `kills-of-batches`, `kills-of-jobs` and `kills-of-files`: each way
to die once or more.
"""

import random

import pytest
from django.db import connection

from experiments import kills, kills_of_batches, kills_of_files, kills_of_jobs
from experiments.processes import Portal
from licences.jobs import runs
from tests.factories import a_cas, an_order
from tests.payments import decided

pytestmark = [pytest.mark.long, pytest.mark.django_db(transaction=True)]


def test_nothing_is_lost_doubled_or_stuck_when_a_process_is_killed_at_any_point(system):
    outcome = kills.run(seed=1, kills=len(kills.WAYS))
    assert outcome.faults == []
    assert outcome.figure.startswith("5 kills (2 web at a statement, 1 web at any time, 1 worker at a statement, ")


def test_without_transactions_something_is_lost(system, monkeypatch):
    """Each statement is committed by itself. The process dies after the CAS is assigned, before the order is PAID."""
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


def test_a_batch_of_1000_is_assigned_as_a_whole_or_not_at_all_when_a_process_is_killed_at_any_point(system):
    outcome = kills_of_batches.run(seed=1, step=40, at_any_time=1)
    assert outcome.faults == []
    assert " web after a statement, " in outcome.figure
    assert " worker after a statement, " in outcome.figure


def test_without_transactions_a_batch_is_torn(system, monkeypatch):
    """Each statement is committed by itself, and the process dies after the CAS are assigned."""
    monkeypatch.setattr(kills_of_batches, "SIZE", 10)
    with Portal() as portal:
        experiment = kills_of_batches.OfBatches(random.Random(1), portal)
        experiment.settle(portal.arm)
        assigning = 1 + next(i for i, sql in enumerate(portal.arm()) if sql.startswith("UPDATE cas_cas"))
        assert experiment.settle(lambda: portal.arm(number=assigning, when="after", careless="yes"))
        assert [sentence.partition(":")[0] for sentence in kills_of_batches.torn()] == ["Torn"]


def test_every_printout_ends_and_is_saved_once_when_its_worker_is_killed_at_any_point(system):
    outcome = kills_of_jobs.run(seed=1, kills=8)
    assert outcome.faults == []
    assert outcome.figure.startswith("8 kills (6 at a statement, 2 at any time), ")


def test_without_transactions_a_job_counts_a_piece_that_was_never_saved(system):
    """Each statement is committed by itself, and the process dies after the job moves on, before its piece is saved."""
    with kills_of_jobs.quick_pieces():
        experiment = kills_of_jobs.Experiment(random.Random(1))
        experiment.measure()
        saving = experiment.statements.index(next(sql for sql in experiment.statements if "cas_printoutpiece" in sql))
        experiment.ask()
        assert kills_of_jobs.Worker(saving + 1, "before", careless="yes").dies()
        experiment.judge("killed")
    assert any("Lost: " in fault for fault in experiment.faults)


def test_without_the_job_that_ends_expired_leases_something_is_stuck(system, monkeypatch):
    monkeypatch.setattr(runs, "end_lost_runs", lambda: 0)
    outcome = kills_of_jobs.run(seed=1, kills=8)
    assert any("Stuck: " in fault for fault in outcome.faults)


def test_every_file_is_checked_and_imported_once_when_its_worker_is_killed_at_any_point(system):
    outcome = kills_of_files.run(seed=1, kills=8)
    assert outcome.faults == []
    assert outcome.figure.endswith(" files imported, 0 lost, doubled or stuck")
    assert " in a check at a statement, " in outcome.figure
    assert " in an import at a statement" in outcome.figure


def after_the_first_cas(statements):
    """Return the number of the first statement after the first CAS were written. COPY is no statement."""
    if connection.vendor == "postgresql":
        _, of_their_history = [i for i, sql in enumerate(statements) if "nextval" in sql][:2]
        return of_their_history + 1
    return 2 + next(i for i, sql in enumerate(statements) if sql.startswith('INSERT INTO "cas_cas"'))


def test_without_transactions_a_file_is_torn(system):
    """Each statement is committed by itself, and the process dies after the first CAS are recorded."""
    with kills_of_files.small_steps():
        experiment = kills_of_files.Experiment(random.Random(1))
        experiment.measure()
        recording = after_the_first_cas(experiment.statements["import"])
        experiment.ask("check")
        assert kills_of_jobs.Worker().ends()
        experiment.ask("import")
        assert kills_of_jobs.Worker(recording, "after", careless="yes").dies()
        assert [sentence.partition(":")[0] for sentence in kills_of_files.torn(experiment.upload)] == ["Torn"]
