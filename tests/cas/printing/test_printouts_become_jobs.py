"""The migration that gives each printout a job: finished printouts stay finished, and the others continue."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from cas.models import Printout
from licences.models import Job
from licences.regular_jobs import put_back_jobs
from sms.core import clock, triggers
from tests.factories import a_cas

pytestmark = [pytest.mark.long, pytest.mark.django_db(transaction=True)]

BEFORE = [("cas", "0011_no_stored_search")]


def migrate(targets):
    executor = MigrationExecutor(connection)
    executor.migrate(targets)
    return MigrationExecutor(connection).loader.project_state(targets).apps


def test_each_printout_gets_a_job_and_unfinished_printouts_continue(system, level2):
    ids = [a_cas(level2, passport_number=str(number)).pk for number in range(2)]
    triggers.drop(connection)
    try:
        old = migrate(BEFORE).get_model("cas", "Printout")
        finished = {"finished_at": clock.now()}
        for key, changes in (("done", finished), ("failed", {**finished, "attempts": 3}), ("waits", {"attempts": 1})):
            old.objects.create(key=key, name=key, cas_ids=ids, asked_by_id=level2.pk, asked_at=clock.now(), **changes)
    finally:
        migrate(MigrationExecutor(connection).loader.graph.leaf_nodes("cas"))
    states = {printout.key: printout.job.state for printout in Printout.objects.select_related("job")}
    assert states == {"done": "DONE", "failed": "FAILED", "waits": "WAITING"}
    put_back_jobs()
    job = Job.objects.get(state="QUEUED")
    assert (job.arguments, job.by_id, job.progress, job.total) == ({"printout": "waits"}, level2.pk, 0, 1)
