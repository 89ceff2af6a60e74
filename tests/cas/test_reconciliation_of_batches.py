"""`manage.py check_ledger` proves that each batch holds only CAS that it may hold (specification, section 10)."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cas.models import CAS, Batch
from cas.reconciliation import discrepancies
from sms.core import clock
from tests.factories import a_batch, a_batch_order, a_cas, a_user, assigned
from tests.plain_sql import no_triggers

pytestmark = pytest.mark.django_db


@pytest.fixture
def busy(level2, allocation, system):
    """Make an open batch, a batch that is being paid for and a closed batch, with two CAS each."""
    for name in ("open", "paying", "closed"):
        a_batch(level2, a_cas(level2), a_cas(level2), name=name)
    a_batch_order(Batch.objects.get(name="paying"))
    a_batch_order(Batch.objects.get(name="closed")).settle(by=system)
    assert list(discrepancies()) == []


def cas_of(name):
    return CAS.objects.filter(batch__name=name).order_by("pk")


def a_cas_of_another_owner():
    CAS.objects.filter(pk=cas_of("open").first().pk).update(
        owner=a_user("other", "LEVEL_2", cas_of("open").first().licence)
    )


def a_cas_of_another_route():
    CAS.objects.filter(pk=cas_of("open").first().pk).update(route="CHILD_STUDENT")


def an_assigned_cas_in_an_open_batch():
    cas = assigned(a_cas(cas_of("open").first().owner))
    CAS.objects.filter(pk=cas.pk).update(batch=Batch.objects.get(name="open"))


def an_unassigned_cas_in_a_closed_batch():
    CAS.objects.filter(pk=cas_of("open").first().pk).update(batch=Batch.objects.get(name="closed"))


def a_batch_closed_without_payment():
    open_batch = Batch.objects.filter(name="open")
    open_batch.update(assigned_at=clock.now(), assigned_by=open_batch.get().owner)


def a_closed_batch_opened_again():
    Batch.objects.filter(name="closed").update(assigned_at=None, assigned_by=None)


def a_closed_batch_with_a_cas_missing():
    CAS.objects.filter(pk=cas_of("closed").first().pk).update(batch=None)


@pytest.mark.parametrize(
    ("plant", "sentence"),
    [
        (a_cas_of_another_owner, "which does not allow its sponsor, route, owner or status"),
        (a_cas_of_another_route, "which does not allow its sponsor, route, owner or status"),
        (an_assigned_cas_in_an_open_batch, "which does not allow its sponsor, route, owner or status"),
        (an_unassigned_cas_in_a_closed_batch, "which does not allow its sponsor, route, owner or status"),
        (a_batch_closed_without_payment, "has 2 CAS and 0 paid orders"),
        (a_closed_batch_opened_again, "has 2 CAS and 1 paid orders"),
        (a_closed_batch_with_a_cas_missing, "has 1 CAS and 1 paid orders"),
    ],
)
def test_a_planted_discrepancy_is_found(plant, sentence, busy):
    with no_triggers():
        plant()
        assert [line for line in discrepancies() if sentence in line]


def test_the_owners_of_cas_in_a_closed_batch_may_differ(busy, level1):
    CAS.objects.filter(pk=cas_of("closed").first().pk).change_owner(level1, by=level1)
    assert list(discrepancies()) == []


def test_the_check_takes_as_many_statements_for_many_batches_as_for_one(busy, level2):
    taken = []
    for number in range(2):
        with CaptureQueriesContext(connection) as queries:
            assert list(discrepancies()) == []
        taken.append(len(queries))
        a_batch(level2, a_cas(level2), name=f"Another {number}")
    assert taken[0] == taken[1]
