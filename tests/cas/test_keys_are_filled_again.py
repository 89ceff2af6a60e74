"""The keys of the CAS, batches and addresses that existed before the rules of keys changed."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from cas.keys import text_key
from cas.models import CAS, Batch, StudyAddress
from cas.models.values import keys_of
from sms.core import triggers
from tests.factories import a_cas, assigned, many

pytestmark = [pytest.mark.long, pytest.mark.django_db(transaction=True)]

BEFORE = [("cas", "0014_plain_words")]
LINES = {"study_address_line_1": "1 Example Street", "study_city": "London", "study_postcode": "WC1E 6BT"}


def migrate(targets):
    executor = MigrationExecutor(connection)
    executor.migrate(targets)
    return MigrationExecutor(connection).loader.project_state(targets).apps


def keys(cas):
    return {name: getattr(cas, name) for name in keys_of({})}


def filled_again(change):
    """Let `change` write what an earlier release kept, and migrate."""
    triggers.drop(connection)
    try:
        change(migrate(BEFORE))
    finally:
        migrate(MigrationExecutor(connection).loader.graph.leaf_nodes("cas"))
        triggers.install(connection)


def test_every_cas_gets_the_keys_that_it_would_get_today(system, level2, allocation):
    cas = assigned(a_cas(level2, family_name="van der Müller", passport_number="\u0661\u0662", course_id="CS-1"))
    many(level2, 2100)  # more than are read at once

    def change(old):
        rows = old.get_model("cas", "CAS").objects
        rows.update(passport_key="old", course_key="old 1", given_key="")
        rows.filter(pk=cas.pk).update(family_key="van der muller", applicant_key="x")

    filled_again(change)
    details = [{name: getattr(each, name) for name in CAS_NAMES} for each in CAS.objects.order_by("pk")]
    assert [keys(each) for each in CAS.objects.order_by("pk")] == [keys_of(each) for each in details]
    cas.refresh_from_db()
    assert (cas.family_key, cas.passport_key, cas.course_key) == ("vandermuller", "12", "cs1")
    assert triggers.differences(connection) == []


CAS_NAMES = ("family_name", "given_names", "applicant_id", "course_id", "passport_number")


def test_of_two_names_that_have_one_key_now_the_later_keeps_its_own(system, level1, outsider):
    names = ("Sept 2026", "Sept2026", "September")

    def change(old):
        for name, rows in (("Batch", Batch.objects), ("StudyAddress", StudyAddress.objects)):
            for number, row in enumerate(rows.order_by("pk")):
                old.get_model("cas", name).objects.filter(pk=row.pk).update(
                    name=names[number % 3], name_key=names[number % 3].lower()
                )

    for user in (level1, outsider):
        for number in range(3):
            Batch.objects.add(f"Batch {'abc'[number]}", route="STUDENT", by=user)
            StudyAddress.objects.add({"name": f"Campus {'abc'[number]}", **LINES}, by=user)
    filled_again(change)
    for model in (Batch, StudyAddress):
        for user in (level1, outsider):
            first, second, third = model.objects.filter(licence=user.licence).order_by("pk")
            assert [first.name, second.name, third.name] == list(names)
            assert (first.name_key, third.name_key) == (text_key("Sept 2026"), "september")
            assert second.name_key == f"sept2026#{second.pk}"
    assert {batch.name for batch in Batch.objects.named("sept 2026")} == {"Sept 2026", "Sept2026"}


def test_going_back_changes_nothing(system, level2):
    cas = a_cas(level2)
    filled_again(lambda old: None)
    assert keys(CAS.objects.get()) == keys(cas)
