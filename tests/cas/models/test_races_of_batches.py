"""Two at the same moment, with real threads: no CAS comes into two batches, and none leaves while it is paid for."""

import pytest

from cas.models import CAS, Batch, Order
from cas.reconciliation import discrepancies
from licences.models import Event
from sms.core.refused import Refused
from tests.factories import a_batch, a_batch_order, a_cas
from tests.racing import at_once, refusals

pytestmark = [pytest.mark.long, pytest.mark.django_db(transaction=True)]


def again(record):
    return type(record).objects.get(pk=record.pk)


@pytest.fixture
def batches(level1, allocation):
    """One of two CAS, and two that are empty."""
    return [
        a_batch(level1, *[a_cas(level1) for _ in range(number)], name=name)
        for name, number in (("One", 2), ("Two", 0), ("Three", 0))
    ]


def moved_by_two_at_once(batches, by):
    """Into Two and into Three, from One, each as its page showed it."""
    one, *others = batches
    first = one.cas.order_by("pk").first()
    seen = one.last_event()
    return first, at_once(*[lambda to=to: again(one).send([first.pk], again(to), by=by, seen=seen) for to in others])


def test_two_who_move_the_same_cas_move_it_once_and_the_second_is_told(batches, level1):
    cas, answers = moved_by_two_at_once(batches, level1)
    assert refusals(answers) == ["Another user changed this batch while you had it open."]
    (stale,) = [answer for answer in answers if isinstance(answer, Refused)]
    assert [event.verb for event in stale.events] == ["take_out"]
    assert again(cas).batch.name in {"Two", "Three"}
    assert list(Event.objects.about("cas", cas.pk).values_list("verb", flat=True)).count("move_in") == 2
    assert list(discrepancies()) == []


def test_without_asking_whether_it_is_still_there_the_second_would_take_it_from_the_first(batches, level1, monkeypatch):
    """The twin."""
    monkeypatch.setattr(Batch, "send", lambda self, cas_list, to, *, by, seen: to.put(cas_list, by=by))
    _, answers = moved_by_two_at_once(batches, level1)
    assert refusals(answers) == []


def move_against_order(batches, by):
    one, other, _ = batches
    cas = one.cas.order_by("pk").first()
    return cas, at_once(
        lambda: again(other).put([cas.pk], by=by),
        lambda: a_batch_order(again(one), by=by),
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
            assert again(cas).batch == batches[1]
        assert list(discrepancies()) == []
        batches[0].put([cas.pk], by=level1)


def test_without_holding_the_batch_still_it_could_be_both(batches, level1, monkeypatch):
    """The twin: the order is open, and the CAS that is paid for goes elsewhere all the same."""
    one, other, _ = batches
    cas = one.cas.first()
    order = a_batch_order(one)
    monkeypatch.setattr(Batch, "why_not", lambda batch: "")
    monkeypatch.setattr("cas.models.queryset.CASQuerySet.free", lambda rows: rows)
    other.put([cas.pk], by=level1)
    paid_for = set(order.lines.values_list("cas", flat=True))
    assert paid_for != set(CAS.objects.filter(batch=one).values_list("pk", flat=True))


def test_two_who_rename_at_once_rename_it_once(batches, level1):
    one = batches[0]
    seen = one.last_event()
    answers = at_once(
        *[lambda name=name: again(one).rename(name, by=level1, seen=seen) for name in ("First", "Second")]
    )
    assert len(refusals(answers)) == 1
    assert Event.objects.filter(kind="batch", verb="rename").count() == 1


def test_a_name_that_two_choose_at_once_is_given_once(level1, level2, allocation):
    answers = at_once(*[lambda by=by: a_batch(by, name="Same") for by in (level1, level2)])
    assert len(refusals(answers)) == 1
    assert Batch.objects.count() == 1
