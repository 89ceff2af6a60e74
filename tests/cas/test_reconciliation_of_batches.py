"""`manage.py check_ledger` proves that batches hold what they may (specification, section 10)."""

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
    """A batch that is open, one that is being paid for, and one that is closed: of two CAS each."""
    for name in ("open", "paying", "closed"):
        a_batch(level2, a_cas(level2), a_cas(level2), name=name)
    a_batch_order(Batch.objects.get(name="paying"))
    a_batch_order(Batch.objects.get(name="closed")).settle(by=system)
    assert list(discrepancies()) == []


def of(name):
    return CAS.objects.filter(batch__name=name).order_by("pk")


def another_owner():
    CAS.objects.filter(pk=of("open").first().pk).update(owner=a_user("other", "LEVEL_2", of("open").first().licence))


def another_route():
    CAS.objects.filter(pk=of("open").first().pk).update(route="CHILD_STUDENT")


def assigned_in_an_open_batch():
    one = assigned(a_cas(of("open").first().owner))
    CAS.objects.filter(pk=one.pk).update(batch=Batch.objects.get(name="open"))


def unassigned_in_a_closed_batch():
    CAS.objects.filter(pk=of("open").first().pk).update(batch=Batch.objects.get(name="closed"))


def closed_by_nobody():
    open_one = Batch.objects.filter(name="open")
    open_one.update(assigned_at=clock.now(), assigned_by=open_one.get().owner)


def opened_again():
    Batch.objects.filter(name="closed").update(assigned_at=None, assigned_by=None)


def one_less():
    CAS.objects.filter(pk=of("closed").first().pk).update(batch=None)


@pytest.mark.parametrize(
    ("plant", "sentence"),
    [
        (another_owner, "has another sponsor, route, owner or status than batch"),
        (another_route, "has another sponsor, route, owner or status than batch"),
        (assigned_in_an_open_batch, "has another sponsor, route, owner or status than batch"),
        (unassigned_in_a_closed_batch, "has another sponsor, route, owner or status than batch"),
        (closed_by_nobody, "has 2 CAS and 0 paid orders"),
        (opened_again, "has 2 CAS and 1 paid orders"),
        (one_less, "has 1 CAS and 1 paid orders"),
    ],
)
def test_a_planted_discrepancy_is_found(plant, sentence, busy):
    with no_triggers():
        plant()
        assert [line for line in discrepancies() if sentence in line]


def test_owners_may_differ_once_it_is_closed(busy, level1):
    CAS.objects.filter(pk=of("closed").first().pk).change_owner(level1, by=level1)
    assert list(discrepancies()) == []


def test_it_asks_no_more_often_for_many_batches_than_for_one(busy, level2):
    asked = []
    for number in range(2):
        with CaptureQueriesContext(connection) as queries:
            assert list(discrepancies()) == []
        asked.append(len(queries))
        a_batch(level2, a_cas(level2), name=f"Another {number}")
    assert asked[0] == asked[1]
