"""Statements that are written once read the rows of each moment."""

from datetime import date

import pytest
from django.db.models import F

from cas.models import CAS
from sms.core.partial_dates import PartialDate
from sms.core.prepared import LATER, reading, reading_records
from tests.factories import a_batch, a_draft

pytestmark = pytest.mark.django_db


def test_it_reads_the_rows_of_each_moment_with_the_types_of_their_fields(level1):
    read = reading(
        CAS.objects.filter(family_name="Wang")
        .annotate(since=F("course_start_date"))
        .values_list("given_names", "date_of_birth", "owner__name", "since")
        .order_by("pk")
    )
    assert read() == []
    values = {"date_of_birth": PartialDate("2002-05"), "course_start_date": date(2099, 9, 14)}
    a_draft(level1, family_name="Wang", given_names="Wei", **values)
    a_draft(level1, family_name="Okonkwo")
    assert read() == [("Wei", PartialDate("2002-05"), level1.name, date(2099, 9, 14))]
    assert isinstance(read()[0][1], PartialDate)
    CAS.objects.filter(family_name="Wang").update(given_names="Ying")
    assert read()[0][0] == "Ying"


def test_a_value_can_be_given_each_time_that_it_reads(level1, level2):
    read = reading(CAS.objects.filter(owner=LATER, family_name="Wang").values_list("given_names"))
    a_draft(level1, family_name="Wang", given_names="Wei")
    a_draft(level2, family_name="Wang", given_names="Ying")
    assert [read(level1.pk), read(level2.pk), read(0)] == [[("Wei",)], [("Ying",)], []]


def test_it_reads_records_with_their_annotations_and_a_related_record(level1, django_assert_num_queries):
    outside, inside = a_draft(level1), a_draft(level1)
    batch = a_batch(level1, inside)
    read = reading_records(CAS.objects.filter(pk=LATER).annotate(since=F("created_at")), "batch", "agent", "owner")
    with django_assert_num_queries(2):
        ((first,), (second,)) = read(outside.pk), read(inside.pk)
        assert (first, first.batch, first.since) == (outside, None, outside.created_at)
        assert (second.batch, second.batch.name, second.since) == (batch, batch.name, inside.created_at)
        assert (second.agent, second.owner, second.owner.name) == (None, level1, level1.name)
    second.refresh_from_db()
    assert not second.get_deferred_fields()


@pytest.mark.parametrize(("rows", "given"), [({"owner": LATER}, ()), ({"owner": LATER}, (1, 2)), ({"owner": 1}, (1,))])
def test_a_value_that_is_missing_or_too_much_is_a_program_error(rows, given):
    with pytest.raises(TypeError, match="LATER"):
        reading(CAS.objects.filter(**rows).values_list("pk"))(*given)


def test_rows_that_cannot_exist_are_none(level1):
    a_draft(level1)
    assert reading(CAS.objects.none().values_list("pk"))() == []
    assert reading(CAS.objects.filter(owner=LATER).none().values_list("pk"))(level1.pk) == []
