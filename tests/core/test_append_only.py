"""Append-only rows: the ORM refuses every way of changing or deleting them."""

import pytest
from django.db import transaction

from licences.models import AllocationEntry, Event
from sms.core.append_only import AppendOnlyError

pytestmark = pytest.mark.django_db


@pytest.fixture(params=[Event, AllocationEntry], ids=["history", "ledger"])
def row(request, allocation):
    return request.param.objects.order_by("id").last()


def saved_again(row):
    row.save()


def saved_in_part(row):
    row.save(update_fields=["by"])


def deleted(row):
    row.delete()


def updated(row):
    type(row).objects.filter(pk=row.pk).update(by=row.by)


def updated_in_bulk(row):
    type(row).objects.bulk_update([row], ["by"])


def updated_or_created(row):
    type(row).objects.update_or_create(pk=row.pk, defaults={"by": row.by})


def deleted_as_a_query(row):
    type(row).objects.filter(pk=row.pk).delete()


@pytest.mark.parametrize(
    "it_is",
    [saved_again, saved_in_part, deleted, updated, updated_in_bulk, updated_or_created, deleted_as_a_query],
)
def test_a_change_is_refused_when_the_row_is(it_is, row):
    before = type(row).objects.filter(pk=row.pk).values().get()
    with pytest.raises(AppendOnlyError, match="are never"), transaction.atomic():
        it_is(row)
    assert type(row).objects.filter(pk=row.pk).values().get() == before


def test_a_template_cannot_delete_the_rows_of_a_query(row):
    assert type(row).objects.all().delete.queryset_only
