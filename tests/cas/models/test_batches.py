"""Batches: each has one route and one owner, and is assigned as a whole or not at all (specification, section 10)."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from cas.lifecycle import PaymentState
from cas.models import CAS, Batch, Order
from cas.models.batch import NAME_SIZE, transfer_everything
from cas.reconciliation import discrepancies
from licences.models import Event
from licences.routes import Route
from sms.core.refused import NotAllowed, Refused
from tests.factories import CHILD, a_batch, a_batch_order, a_cas, a_draft, a_user, an_order, assigned

pytestmark = pytest.mark.django_db


@pytest.fixture
def trio(level2):
    return [a_cas(level2, passport_number=f"T{number}") for number in range(3)]


@pytest.fixture
def batch(level2, trio):
    return a_batch(level2, *trio)


def reloaded(record):
    return type(record).objects.get(pk=record.pk)


def verbs(kind, record):
    return list(Event.objects.about(kind, record.pk).values_list("verb", flat=True))


def in_batches():
    return dict(CAS.objects.values_list("pk", "batch__name"))


# Names


@pytest.mark.parametrize("taken", ["September PGT", "september pgt", " Séptember   PGT ", "SEPTEMBER-PGT"])
def test_a_name_is_unique_within_the_sponsor_in_any_spelling(taken, level1, level2, outsider):
    a_batch(level2, name="September PGT")
    with pytest.raises(Refused, match="already has a batch with this name"):
        a_batch(level1, name=taken)
    assert a_batch(outsider, name=taken).name == taken.strip()


@pytest.mark.parametrize("name", ["", "   ", "x" * (NAME_SIZE + 1)])
def test_a_name_has_between_1_and_100_characters(name, level2):
    with pytest.raises(Refused, match="between 1 and 100 characters"):
        a_batch(level2, name=name)


@pytest.mark.parametrize("name", ["2026/27", "九月", "…", "🎓", "- - -"])
def test_a_name_keeps_every_character_that_was_typed(name, level2):
    assert reloaded(a_batch(level2, name=f" {name} ")).name == name


def test_renaming_writes_one_event_and_a_taken_name_changes_nothing(batch, level2):
    a_batch(level2, name="Other")
    batch.rename("October", by=level2)
    with pytest.raises(Refused, match="already"):
        reloaded(batch).rename("other", by=level2)
    batch.rename("October", by=level2)
    assert reloaded(batch).name == "October"
    assert verbs("batch", batch) == ["create", "put_in", "rename"]
    assert Event.objects.get(verb="rename").data == {"name": ["September intake", "October"]}


# The CAS of a batch


def test_a_new_cas_in_a_batch_has_the_owner_and_the_route_of_the_batch(batch, level1, level2):
    cas = CAS.objects.add({"family_name": "Wang"}, route=Route.STUDENT, by=level1, batch=batch)
    assert (cas.owner, cas.batch, cas.created_by) == (level2, batch, level1)
    with pytest.raises(Refused, match="for the Student route"):
        CAS.objects.add({"family_name": "Wang"}, route=Route.CHILD_STUDENT, by=level1, batch=batch)


def test_a_cas_can_be_moved_between_batches_and_taken_out(batch, trio, level2):
    other = a_batch(level2, name="Other")
    assert other.put([trio[0].pk], by=level2) == 1
    assert other.put([trio[0].pk], by=level2) == 0
    assert in_batches() == {trio[0].pk: "Other", trio[1].pk: "September intake", trio[2].pk: "September intake"}
    assert reloaded(other).take_out([trio[0].pk, trio[1].pk], by=level2) == 1
    assert in_batches()[trio[0].pk] is None
    assert verbs("cas", trio[0]) == ["create", "move_in", "move_in", "take_out"]
    data = Event.objects.about("cas", trio[0].pk).values_list("data", flat=True)
    assert list(data)[1:] == [
        {"batch": [None, "September intake"]},
        {"batch": ["September intake", "Other"]},
        {"batch": ["Other", None]},
    ]


def test_a_cas_that_a_level_1_user_moves_in_gets_the_owner_of_the_batch(batch, level1, level2, colleague):
    cas = a_cas(colleague)
    with pytest.raises(Refused):
        batch.put([cas.pk], by=level2)
    batch.put([cas.pk], by=level1)
    assert (reloaded(cas).owner, reloaded(cas).batch) == (level2, batch)
    assert verbs("cas", cas) == ["create", "transfer", "move_in"]


def test_either_all_selected_cas_are_moved_or_none(batch, level1, level2, colleague, outsider, allocation):
    fine = a_cas(level2)
    child = CAS.objects.add(CHILD, route=Route.CHILD_STUDENT, by=level2)
    paying = a_cas(level2)
    an_order(paying, by=level2)
    for other, sentence in [
        (child, "for the Student route"),
        (assigned(a_cas(level2)), "has been deleted or assigned, or is being paid for"),
        (paying, "has been deleted or assigned, or is being paid for"),
        (a_cas(colleague), "has been deleted"),
        (a_cas(outsider), "has been deleted"),
    ]:
        with pytest.raises(Refused, match=sentence):
            batch.put([fine.pk, other.pk], by=level2)
        assert reloaded(fine).batch is None


def test_deleting_a_batch_keeps_its_cas(batch, trio, level2):
    batch.remove(by=level2)
    assert not Batch.objects.exists()
    assert set(in_batches().values()) == {None}
    assert verbs("batch", batch) == ["create", "put_in", "take_out", "delete"]
    assert verbs("cas", trio[0])[-1] == "take_out"


# Ownership


def test_a_level_2_user_sees_their_own_batches_and_assigned_batches_with_their_cas(
    batch, trio, level1, level2, colleague, outsider, allocation, system
):
    for user, found in ((level1, True), (level2, True), (colleague, False), (outsider, False)):
        assert Batch.objects.for_user(user).exists() is found
    a_batch_order(batch).settle(by=system)
    CAS.objects.filter(pk=trio[0].pk).change_owner(colleague, by=level1)
    assert Batch.objects.for_user(colleague).get() == batch
    assert batch.cas.for_user(colleague).count() == 1


@pytest.mark.parametrize("act", ["rename", "put", "remove", "transfer"])
@pytest.mark.parametrize("who", ["colleague", "outsider", "caseworker"])
def test_no_other_user_changes_a_batch(act, who, batch, request, level1):
    user = request.getfixturevalue(who)
    arguments = {"rename": ["X"], "put": [[]], "remove": [], "transfer": [level1]}[act]
    with pytest.raises((Refused, NotAllowed)):
        getattr(batch, act)(*arguments, by=user)
    assert reloaded(batch).name == "September intake"


def test_transferring_a_batch_transfers_its_cas(batch, trio, level1, colleague):
    batch.transfer(colleague, by=level1)
    assert (reloaded(batch).owner, {cas.owner for cas in batch.cas.all()}) == (colleague, {colleague})
    assert Event.objects.get(kind="batch", verb="transfer").data == {"owner": ["Level2", "Colleague"]}
    assert verbs("cas", trio[0]) == ["create", "move_in", "transfer"]
    assert in_batches()[trio[0].pk] == batch.name


def test_transferring_one_cas_takes_it_out_of_its_batch(batch, trio, level1, colleague):
    CAS.objects.filter(pk=trio[0].pk).change_owner(colleague, by=level1)
    assert (reloaded(trio[0]).owner, reloaded(trio[0]).batch) == (colleague, None)
    assert verbs("cas", trio[0]) == ["create", "move_in", "take_out", "transfer"]


def test_every_cas_and_batch_of_a_user_can_be_transferred_at_once(
    batch, trio, level1, level2, colleague, allocation, system
):
    a_batch_order(batch).settle(by=system)
    alone, open_batch = a_cas(level2), a_batch(level2, a_draft(level2), name="Open")
    assert transfer_everything(level2, colleague, by=level1) == 5
    assert not CAS.objects.filter(owner=level2).exists()
    assert not Batch.objects.filter(owner=level2).exists()
    assert (reloaded(open_batch).cas.count(), reloaded(batch).cas.count()) == (1, 3)
    assert reloaded(alone).owner == colleague


def test_only_an_active_user_of_the_same_sponsor_can_become_the_owner(
    trio, batch, level1, licence, outsider, caseworker
):
    gone = a_user("gone", "LEVEL_2", licence)
    gone.deactivate(by=caseworker)
    for to in (gone, outsider, caseworker):
        for transfer in (
            lambda to=to: CAS.objects.filter(pk=trio[0].pk).change_owner(to, by=level1),
            lambda to=to: reloaded(batch).transfer(to, by=level1),
        ):
            with pytest.raises(Refused, match="active user of your sponsor"):
                transfer()


def test_only_a_level_1_user_transfers_cas_and_batches(trio, batch, level2, colleague):
    for transfer in (
        lambda: CAS.objects.change_owner(colleague, by=level2),
        lambda: batch.transfer(colleague, by=level2),
        lambda: transfer_everything(level2, colleague, by=level2),
    ):
        with pytest.raises(NotAllowed):
            transfer()


def test_a_cas_or_batch_that_is_being_paid_for_is_not_transferred(batch, trio, level1, colleague, level2, allocation):
    a_batch_order(batch)
    for transfer in (
        lambda: CAS.objects.filter(pk=trio[0].pk).change_owner(colleague, by=level1),
        lambda: reloaded(batch).transfer(colleague, by=level1),
        lambda: transfer_everything(level2, colleague, by=level1),
    ):
        with pytest.raises(Refused, match="being paid for"):
            transfer()


# Assigning a batch


def test_all_cas_of_a_batch_are_assigned_together_and_the_batch_is_closed(batch, trio, level2, allocation, system):
    order = a_batch_order(batch)
    order.settle(by=system)
    assert (reloaded(order).status, reloaded(batch).assigned_by) == ("PAID", level2)
    assert {cas.status for cas in batch.cas.all()} == {"ASSIGNED"}
    allocation.refresh_from_db()
    assert (allocation.used, allocation.held) == (3, 0)
    for act in (
        lambda: reloaded(batch).rename("X", by=level2),
        lambda: reloaded(batch).remove(by=level2),
        lambda: CAS.objects.add({"family_name": "Wang"}, route=Route.STUDENT, by=level2, batch=reloaded(batch)),
        lambda: reloaded(batch).put([a_cas(level2).pk], by=level2),
    ):
        with pytest.raises(Refused, match="is assigned"):
            act()
    assert verbs("batch", batch) == ["create", "put_in", "assign"]
    assert list(discrepancies()) == []


def test_a_cas_in_a_batch_is_assigned_only_with_the_batch(batch, trio, level2, allocation):
    with pytest.raises(Refused, match=r"in the batch “September intake”\. Assign it with the batch"):
        an_order(trio[0], by=level2)
    with pytest.raises(Refused, match="Another user changed this batch"):
        Order.objects.open({trio[0].pk: 1}, by=level2, provider="sandbox", batch=batch)
    versions = {cas.pk: 1 for cas in (a_cas(level2), *trio)}
    with pytest.raises(Refused, match="Another user changed this batch"):
        Order.objects.open(versions, by=level2, provider="sandbox", batch=batch)


def test_an_empty_or_unfinished_batch_is_not_assigned(level2, allocation):
    empty, unfinished = a_batch(level2, name="Empty"), a_batch(level2, a_draft(level2), name="Unfinished")
    with pytest.raises(Refused):
        a_batch_order(empty)
    with pytest.raises(Refused, match="is mandatory"):
        a_batch_order(unfinished)


def test_a_batch_that_is_being_paid_for_does_not_change(batch, trio, level2, allocation):
    a_batch_order(batch)
    other = a_batch(level2, name="Other")
    for act in (
        lambda: reloaded(batch).rename("X", by=level2),
        lambda: reloaded(batch).remove(by=level2),
        lambda: reloaded(batch).put([a_cas(level2).pk], by=level2),
        lambda: other.put([trio[0].pk], by=level2),
        lambda: reloaded(batch).take_out([trio[0].pk], by=level2),
        lambda: reloaded(trio[0]).amend({"course_id": "X"}, by=level2, version=1),
        lambda: a_batch_order(reloaded(batch)),
    ):
        with pytest.raises(Refused, match="being paid for"):
            act()


@pytest.mark.parametrize("how", ["put", "take_out", "all out"])
def test_a_late_payment_for_a_batch_that_has_changed_is_owed_back(how, batch, trio, level2, allocation, system):
    order = a_batch_order(batch)
    order.lapse(by=system)
    if how == "put":
        batch.put([a_cas(level2).pk], by=level2)
    elif how == "take_out":
        batch.take_out([trio[0].pk], by=level2)
    else:
        batch.take_out([cas.pk for cas in trio], by=level2)
    reloaded(order).settle(by=system)
    assert reloaded(order).status == "REFUND DUE"
    assert set(CAS.objects.values_list("status", flat=True)) == {"READY TO GO"}
    assert list(discrepancies()) == []


def test_a_late_payment_for_a_deleted_batch_assigns_its_cas_without_a_batch(batch, trio, level2, allocation, system):
    order = a_batch_order(batch)
    order.lapse(by=system)
    batch.remove(by=level2)
    reloaded(order).settle(by=system)
    assert (reloaded(order).status, reloaded(trio[0]).status, reloaded(trio[0]).batch) == ("PAID", "ASSIGNED", None)
    assert list(discrepancies()) == []


def test_a_late_payment_for_an_unchanged_batch_assigns_it(batch, allocation, system):
    order = a_batch_order(batch)
    order.lapse(by=system)
    reloaded(order).settle(by=system)
    assert (reloaded(order).status, reloaded(batch).assigned_at is None) == ("PAID", False)
    assert Order.objects.open_for_batch(batch) is None
    reloaded(order).record_provider_report(PaymentState.PAID)


# The guard of the database


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE cas_batch SET name = 'X'",
        "UPDATE cas_batch SET assigned_at = NULL, assigned_by_id = NULL",
        "DELETE FROM cas_batch",
        "UPDATE cas_cas SET batch_id = NULL",
    ],
)
def test_plain_sql_cannot_change_an_assigned_batch(statement, batch, allocation, system):
    a_batch_order(batch).settle(by=system)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_settling_a_batch_takes_as_many_statements_for_six_cas_as_for_three(level2, allocation, system):
    taken = []
    for number in (3, 6):
        batch = a_batch(level2, *[a_cas(level2) for _ in range(number)], name=f"Of {number}")
        order = a_batch_order(batch)
        with CaptureQueriesContext(connection) as queries:
            order.settle(by=system)
        taken.append(len(queries))
    assert taken[0] == taken[1]
