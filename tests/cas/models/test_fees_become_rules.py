"""The fees that there were before there were rules: each is a value of the rule, from the same day."""

from datetime import date

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from cas.models import Rule
from sms.core import triggers

pytestmark = [pytest.mark.long, pytest.mark.django_db(transaction=True)]

BEFORE = [("cas", "0016_partial_date_of_birth")]


def migrate(targets):
    executor = MigrationExecutor(connection)
    executor.migrate(targets)
    return MigrationExecutor(connection).loader.project_state(targets).apps


def fees(rows):
    return list(rows.order_by("from_on").values_list("from_on", "pence"))


def test_every_fee_is_kept_there_and_back():
    triggers.drop(connection)
    try:
        old = migrate(BEFORE).get_model("cas", "Fee").objects
        assert fees(old) == [(date(2025, 4, 9), 5500)]
        old.create(from_on=date(2099, 4, 9), pence=9900)
    finally:
        migrate(MigrationExecutor(connection).loader.graph.leaf_nodes("cas"))
    moved = Rule.objects.filter(name="fee_pence").order_by("from_on").values_list("from_on", "value")
    assert list(moved) == [(date(2025, 4, 9), 5500), (date(2099, 4, 9), 9900)]
