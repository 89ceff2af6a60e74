"""An UPDATE in which each row gets values of its own."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cas.models import CAS
from sms.core.each_row import update_each
from tests.factories import many

pytestmark = pytest.mark.django_db

QUOTED = """a'b"ễ"""


def test_each_row_gets_its_own_values_in_one_statement_and_others_keep_theirs(level1):
    first, second, third = many(level1, 3)
    each = {
        first.pk: {"course_fees_paid": Decimal("1.50"), "course_start_date": date(2030, 2, 28), "course_id": QUOTED},
        second.pk: {"course_fees_paid": None, "course_start_date": None, "course_id": ""},
    }
    with CaptureQueriesContext(connection) as statements:
        assert update_each(CAS, each, same={"study_city": "Ely"}, counted="version") == 2
    assert len(statements) == 1
    rows = CAS.objects.order_by("pk").values_list(
        "course_fees_paid", "course_start_date", "course_id", "study_city", "version"
    )
    assert list(rows) == [
        (Decimal("1.50"), date(2030, 2, 28), QUOTED, "Ely", 2),
        (None, None, "", "Ely", 2),
        (third.course_fees_paid and Decimal(third.course_fees_paid), third.course_start_date, "", "London", 1),
    ]


def test_only_rows_with_the_values_of_where_change(level1):
    first, second = many(level1, 2)
    each = {cas.pk: {"course_id": str(cas.pk)} for cas in (first, second)}
    assert update_each(CAS, each, where={"passport_number": second.passport_number}) == 1
    assert set(CAS.objects.values_list("course_id", flat=True)) == {"", str(second.pk)}


def test_nothing_to_change_is_no_statement():
    with CaptureQueriesContext(connection) as statements:
        assert update_each(CAS, {}) == 0
    assert not statements


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL reads the rows once by itself")
def test_sqlite_reads_the_rows_once_and_finds_each_by_its_id(level1):
    each = {cas.pk: {"course_id": "x"} for cas in many(level1, 2)}
    with CaptureQueriesContext(connection) as statements:
        update_each(CAS, each)
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {statements[0]['sql']}")
        plan = [row[3] for row in cursor.fetchall()]
    assert plan[0] == "MATERIALIZE given"
    assert plan[-1] == "SEARCH cas_cas USING INTEGER PRIMARY KEY (rowid=?)"
