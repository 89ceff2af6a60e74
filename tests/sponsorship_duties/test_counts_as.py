"""Each reason of a report counts as something in the compliance figures (specification, section 8)."""

from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction

from sponsorship_duties.activity_types import FIRST_TYPES, CountsAs
from sponsorship_duties.models import ActivityReason

pytestmark = pytest.mark.django_db

EXPECTED = {(each.name, reason): value for each in FIRST_TYPES for reason, value in each.reasons.items()}


def counted():
    return {(each.type.name, each.name): each.counts_as for each in ActivityReason.objects.select_related("type")}


def test_the_first_reasons_of_a_new_portal_have_their_values():
    assert counted() == EXPECTED
    assert {value for _, value in EXPECTED.items()} == set(CountsAs)


def test_the_reasons_of_a_delay_are_left_out_and_a_failure_to_enrol_is_not_enrolled():
    found = counted()
    assert {value for (kind, _), value in found.items() if kind == "Student delayed"} == {"LEFT_OUT"}
    assert found["Stop sponsoring student", "Failed to enrol"] == "NOT_ENROLLED"
    assert found["Stop sponsoring student", "Withdrew from the course"] == "NOT_COMPLETED"
    assert found["Stop sponsoring student", "Completed the course early"] == "COMPLETED"
    assert found["Continue sponsoring student", "Other"] == "NOTHING"


def test_an_earlier_portal_gets_the_same_values_and_its_own_reasons_count_as_nothing():
    ActivityReason.objects.update(counts_as="NOTHING")
    own = ActivityReason.objects.create(type=ActivityReason.objects.first().type, name="Our own", position=99)
    migration = import_module("sponsorship_duties.migrations.0003_counts_as")
    migration.say_what_they_count_as(apps, SimpleNamespace(connection=connection))
    found = counted()
    assert found.pop((own.type.name, own.name)) == "NOTHING"
    assert found == EXPECTED


def test_the_database_knows_the_values():
    with pytest.raises(IntegrityError), transaction.atomic():
        ActivityReason.objects.update(counts_as="SOMETHING")
