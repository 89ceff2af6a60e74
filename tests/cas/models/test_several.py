"""Deleting several CAS, or making one batch of them (specification, section 10)."""

import pytest

from cas.models import CAS, Batch
from cas.models.several import assignable, deletable, groups, of_group
from licences.routes import Route
from sms.core.refused import Refused
from tests.factories import CHILD, a_batch, a_cas, a_draft, an_order, in_status

pytestmark = pytest.mark.django_db


def test_a_cas_that_is_assigned_or_being_paid_for_is_not_deleted(level1, allocation, caseworker):
    free, paying = a_cas(level1), a_cas(level1)
    an_order(paying, by=level1)
    assigned = in_status("ASSIGNED", by=level1, caseworker=caseworker)
    both = deletable([assigned, free, paying])
    assert both.going == [free]
    assert both.left == {
        "This CAS is ASSIGNED, so you cannot change or delete it.": [assigned],
        "This CAS is being paid for. Finish or cancel the payment first.": [paying],
    }


def test_cas_that_can_be_assigned_form_groups_of_one_route_and_one_owner(level1, level2, allocation):
    draft, first, same, theirs = a_draft(level1), a_cas(level1), a_cas(level1), a_cas(level2)
    child = CAS.objects.add(CHILD, route=Route.CHILD_STUDENT, by=level1)
    inside = a_cas(level1)
    a_batch(level1, inside)
    rows = CAS.objects.order_by("pk").select_related("batch", "owner").in_bulk()
    each = assignable([rows[cas.pk] for cas in (draft, first, theirs, child, inside, same)], level1.licence)
    found = groups(each.going, with_owners=True)
    assert [(group.route, group.owner, group.number) for group in found] == [
        (Route.STUDENT, level1, 2),
        (Route.STUDENT, level2, 1),
        (Route.CHILD_STUDENT, level1, 1),
    ]
    assert [group.number for group in groups(each.going, with_owners=False)] == [3, 1]
    both = of_group(each, found[0])
    assert both.going == [first, same]
    assert both.left == {
        "Some mandatory fields are not complete.": [draft],
        "Owned by Level2. A batch has one owner. Transfer the CAS first, or assign it on its own.": [theirs],
        "For the Child Student route. A batch has one route.": [child],
        "This CAS is in the batch “September intake”. Assign it with the batch.": [inside],
    }


def test_no_cas_is_assigned_under_a_suspended_licence(level1, allocation, caseworker):
    cas = a_cas(level1)
    level1.licence.suspend(by=caseworker, reason="Audit")
    both = assignable([cas], level1.licence)
    assert both.going == []
    assert list(both.left) == ["Your licence is SUSPENDED. You cannot assign CAS until the Home Office reinstates it."]


def test_a_batch_is_made_with_all_selected_cas_or_not_at_all(level1, level2, allocation):
    cas_list = [a_cas(level2), a_cas(level2)]
    batch = Batch.objects.add_with(cas_list, name="Spring", by=level1)
    assert (batch.owner, list(batch.cas.order_by("pk"))) == (level2, cas_list)
    CAS.objects.filter(pk=(gone := a_cas(level2)).pk).remove(by=level2)
    with pytest.raises(Refused, match="has been deleted"):
        Batch.objects.add_with([a_cas(level2), gone], name="Autumn", by=level1)
    assert [each.name for each in Batch.objects.all()] == ["Spring"]
