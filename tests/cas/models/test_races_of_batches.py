"""Races of batches, with real threads: no CAS is in two batches, and none leaves its batch while it is paid for."""

import pytest

from cas.models import CAS, Batch, Order
from cas.reconciliation import discrepancies
from licences.models import Event
from sms.core.refused import Refused
from tests.factories import a_batch, a_batch_order, a_cas
from tests.racing import at_once, refusals

pytestmark = [pytest.mark.long, pytest.mark.django_db(transaction=True)]


def reloaded(record):
    return type(record).objects.get(pk=record.pk)


@pytest.fixture
def batches(level1, allocation):
    """Return a batch of two CAS, and two empty batches."""
    return [
        a_batch(level1, *[a_cas(level1) for _ in range(number)], name=name)
        for name, number in (("One", 2), ("Two", 0), ("Three", 0))
    ]


def moved_by_two_at_once(batches, by):
    """Move the same CAS from batch One to Two and to Three at once. Return the CAS and the answers."""
    one, *others = batches
    first = one.cas.order_by("pk").first()
    seen = one.last_event()
    return first, at_once(
        *[lambda to=to: reloaded(one).send([first.pk], reloaded(to), by=by, seen=seen) for to in others]
    )


def test_two_users_who_move_the_same_cas_move_it_once_and_the_second_is_refused(batches, level1):
    cas, answers = moved_by_two_at_once(batches, level1)
    assert refusals(answers) == ["Another user changed this batch while you had it open."]
    (stale,) = [answer for answer in answers if isinstance(answer, Refused)]
    assert [event.verb for event in stale.events] == ["take_out"]
    assert reloaded(cas).batch.name in {"Two", "Three"}
    assert list(Event.objects.about("cas", cas.pk).values_list("verb", flat=True)).count("move_in") == 2
    assert list(discrepancies()) == []


def test_without_the_check_that_the_batch_is_unchanged_both_users_move_the_cas(batches, level1, monkeypatch):
    """The twin of the test above: the guard is taken away."""
    monkeypatch.setattr(Batch, "send", lambda self, cas_list, to, *, by, seen: to.put(cas_list, by=by))
    _, answers = moved_by_two_at_once(batches, level1)
    assert refusals(answers) == []


def move_against_order(batches, by):
    one, other, _ = batches
    cas = one.cas.order_by("pk").first()
    return cas, at_once(
        lambda: reloaded(other).put([cas.pk], by=by),
        lambda: a_batch_order(reloaded(one), by=by),
    )


def test_a_cas_is_moved_or_paid_for_and_never_both(batches, level1, allocation):
    for _ in range(3):
        cas, answers = move_against_order(batches, level1)
        order = Order.objects.filter(status="OPEN").first()
        if order:
            paid_for = set(order.lines.values_list("cas", flat=True))
            assert paid_for == set(CAS.objects.filter(batch=order.batch).values_list("pk", flat=True))
            assert len(refusals(answers)) == (1 if cas.pk in paid_for else 0)
            order.cancel(by=level1)
        else:
            assert reloaded(cas).batch == batches[1]
        assert list(discrepancies()) == []
        batches[0].put([cas.pk], by=level1)


def test_without_the_guards_a_cas_is_moved_although_it_is_paid_for(batches, level1, monkeypatch):
    """The twin. The order is open, and the CAS that is paid for leaves the batch."""
    one, other, _ = batches
    cas = one.cas.first()
    order = a_batch_order(one)
    monkeypatch.setattr(Batch, "why_not", lambda batch: "")
    monkeypatch.setattr("cas.models.queryset.CASQuerySet.free", lambda rows: rows)
    other.put([cas.pk], by=level1)
    paid_for = set(order.lines.values_list("cas", flat=True))
    assert paid_for != set(CAS.objects.filter(batch=one).values_list("pk", flat=True))


def test_two_users_who_rename_a_batch_at_once_rename_it_once(batches, level1):
    one = batches[0]
    seen = one.last_event()
    answers = at_once(
        *[lambda name=name: reloaded(one).rename(name, by=level1, seen=seen) for name in ("First", "Second")]
    )
    assert len(refusals(answers)) == 1
    assert Event.objects.filter(kind="batch", verb="rename").count() == 1


def test_a_name_that_two_users_choose_at_once_is_given_once(level1, level2, allocation):
    answers = at_once(*[lambda by=by: a_batch(by, name="Same") for by in (level1, level2)])
    assert len(refusals(answers)) == 1
    assert Batch.objects.count() == 1
