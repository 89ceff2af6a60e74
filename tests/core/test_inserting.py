"""Many rows are inserted at once, as the ORM would insert them one by one."""

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError

from bulk_data_transfer.models import UploadRow
from cas.models import CAS
from licences.models import Event
from sms.core.inserting import insert
from tests.bulk_data_transfer.factories import a_record, an_upload
from tests.factories import a_cas

pytestmark = pytest.mark.django_db

AWKWARD = "tab\tline\nback\\slash \\N 'quote' \"double\" € 李"


def without_id(model, pk):
    [values] = model.objects.filter(pk=pk).values()
    return {name: value for name, value in values.items() if name not in {"id", "recorded_at"}}


def a_line(user, **values):
    at = datetime(2026, 9, 1, 12, 30, tzinfo=ZoneInfo("Europe/London"))
    line = {"by_id": user.pk, "verb": "create", "kind": "cas", "subject_id": 1, "label": "CAS 1", "at": at}
    return {**line, **values}


def test_a_row_is_the_same_as_one_that_the_orm_inserts(level2):
    given = a_line(level2, label=AWKWARD, data={"text": [None, AWKWARD], "number": [0, 1.5], "yes": [True, None]})
    [pk] = insert(Event, [given])
    assert without_id(Event, pk) == without_id(Event, Event.objects.create(**given).pk)
    assert Event.objects.get(pk=pk).recorded_at


def test_every_kind_of_value_of_a_cas_is_kept(level2):
    first = a_cas(level2, course_fees_first_year="1234.50", place_of_birth="Żywiec", is_remote_delivery=False)
    values = without_id(CAS, first.pk)
    kinds = {type(value) for value in values.values()}
    assert {str, bool, int, Decimal, date, datetime, type(None)} <= kinds
    [pk] = insert(CAS, [values])
    assert without_id(CAS, pk) == values
    assert type(CAS.objects.get(pk=pk).date_of_birth) is type(first.date_of_birth)


def test_a_value_that_is_not_given_is_the_default_of_its_column(level2):
    upload = an_upload(level2, a_record())
    [pk] = insert(UploadRow, [{"upload_id": upload.pk, "number": 1, "outcome": "GOOD"}])
    row = UploadRow.objects.get(pk=pk)
    assert (row.details, row.faults, row.is_duplicate, row.result, row.cas_pk) == ({}, [], False, "", None)


def test_the_ids_are_returned_in_order_and_never_given_again(level2):
    before = Event.objects.create(**a_line(level2))
    ids = insert(Event, [a_line(level2, subject_id=number) for number in (7, 8, 9)])
    assert list(Event.objects.filter(pk__in=ids).order_by("pk").values_list("pk", "subject_id")) == [
        *zip(ids, (7, 8, 9), strict=True)
    ]
    after = Event.objects.create(**a_line(level2))
    assert before.pk < ids[0] < ids[-1] < after.pk
    assert insert(Event, [a_line(level2)])[0] > after.pk
    assert insert(Event, []) == []


@pytest.mark.parametrize("change", [{"status": "USED"}, {"family_name": ""}], ids=["a trigger", "a constraint"])
def test_the_database_still_refuses_a_row_that_cannot_be(change, level2):
    values = without_id(CAS, a_cas(level2).pk)
    with pytest.raises(IntegrityError):
        insert(CAS, [{**values, **change}])


def test_a_thousand_rows_take_as_many_statements_as_one(level2, django_assert_num_queries):
    for number in (1, 1000):
        with django_assert_num_queries(2):
            insert(Event, [a_line(level2)] * number)
