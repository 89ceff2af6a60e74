"""A CAS that is written to a sheet as exports write it is read back with the same value of every field."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bulk_data_transfer.sheets.cells import EXCEL_ERRORS
from bulk_data_transfer.sheets.formula_guard import guarded
from bulk_data_transfer.sheets.headings import heading_of
from cas.columns import BY_NAME
from cas.details import fields
from sms.core.partial_dates import PartialDate
from tests.bulk_data_transfer.sheets.making import csv_of, records, xlsx_of
from tests.cas.models.test_any_values import right

BORN = st.builds(PartialDate.of, st.integers(1930, 2020), st.integers(0, 12)) | st.builds(
    PartialDate.of, st.integers(1930, 2020), st.integers(1, 12), st.integers(1, 28)
)
AS_A_FORMULA = st.text(st.sampled_from("=+-@'1a "), min_size=1, max_size=9)


def drawn(field):
    if field.kind == "partial date":
        return BORN
    return right(field) | AS_A_FORMULA if field.kind in {"text", "long text"} else right(field)


def kept(field, value):
    """Return what a CAS keeps of a value; the empty value if it keeps none. No sheet keeps Excel's errors."""
    try:
        found = field.checked(value)
    except ValueError:
        return field.empty
    return field.empty if found in EXCEL_ERRORS else found


STORED = st.fixed_dictionaries(
    {
        field.name: st.just(field.empty) | drawn(field).map(lambda value, field=field: kept(field, value))
        for field in fields.FIELDS
    }
)


@pytest.mark.parametrize("make", [csv_of, xlsx_of])
@settings(max_examples=25, deadline=None)
@given(stored=STORED)
def test_what_is_written_to_a_sheet_is_read_back_as_the_same_values(make, stored):
    headings = [heading_of(BY_NAME[name]) for name in stored]
    written = [guarded(BY_NAME[name].plain(value)) for name, value in stored.items()]
    found = [record.given for record in records(make(headings, (), written))]
    if not any(written):
        assert found == []
        return
    assert {field.name: field.checked(found[0].get(field.name)) for field in fields.FIELDS} == stored


def test_text_that_is_written_without_the_guard_would_not_be_read_back():
    (record,) = records(csv_of(["Family name"], ["'=Ng"]))
    assert record.given == {"family_name": "=Ng"}
    (record,) = records(csv_of(["Family name"], [guarded("'=Ng")]))
    assert record.given == {"family_name": "'=Ng"}
