"""The formats of exports, as Excel in the United Kingdom and other programs read them (specification, section 11)."""

import csv
import io
import json
from datetime import UTC, date, datetime
from decimal import Decimal

import openpyxl
import pytest

from bulk_data_transfer.writing.formats import FORMATS
from cas.columns import BY_NAME, Column
from sms.core.partial_dates import PartialDate

COLUMNS = (
    BY_NAME["applicant_id"],
    BY_NAME["date_of_birth"],
    BY_NAME["nationality"],
    BY_NAME["course_start_date"],
    BY_NAME["has_work_placement"],
    BY_NAME["course_fees_first_year"],
    BY_NAME["changed_at"],
    BY_NAME["evidence_for_offer"],
)
ROW = (
    "00123",
    PartialDate("1999-05"),
    "CIV",
    date(2027, 9, 1),
    False,
    Decimal("1234.50"),
    datetime(2027, 7, 1, 9, 5, tzinfo=UTC),
    "A-levels\nPassport",
)
EMPTY = ("", "", "", None, None, None, None, "")


def written(name, rows, *, columns=COLUMNS, as_codes=False):
    file = io.BytesIO()
    FORMATS[name].write(file, columns, [column.label for column in columns], rows, as_codes)
    return file.getvalue()


def csv_rows(data):
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def sheet_of(data):
    return openpyxl.load_workbook(io.BytesIO(data)).active


def test_csv_begins_with_a_bom_and_has_dates_and_money_as_excel_reads_them_in_the_united_kingdom():
    data = written("csv", [ROW, EMPTY])
    assert data.startswith(b"\xef\xbb\xbf")
    headings, row, empty = csv_rows(data)
    assert headings == [column.label for column in COLUMNS]
    assert row == [
        "00123",
        "1999-05",
        "Ivory Coast",
        "01/09/2027",
        "No",
        "1234.50",
        "01/07/2027 10:05",
        "A-levels\nPassport",
    ]
    assert empty == [""] * len(COLUMNS)


@pytest.mark.parametrize("name", ["csv", "xlsx"])
def test_codes_can_be_written_instead_of_names_for_another_system(name):
    data = written(name, [ROW], as_codes=True)
    found = csv_rows(data)[1][2] if name == "csv" else sheet_of(data)["C2"].value
    assert found == "CIV"


def test_excel_gets_real_dates_numbers_and_texts_whose_zeros_are_kept():
    sheet = sheet_of(written("xlsx", [ROW, EMPTY]))
    cells = list(sheet[2])
    assert [cell.value for cell in cells] == [
        "00123",
        "1999-05",
        "Ivory Coast",
        datetime(2027, 9, 1),  # noqa: DTZ001 Excel has no time zones
        "No",
        1234.5,
        datetime(2027, 7, 1, 10, 5),  # noqa: DTZ001
        "A-levels\nPassport",
    ]
    assert [cells[place].number_format for place in (3, 5, 6)] == ["dd/mm/yyyy", "#,##0.00", "dd/mm/yyyy hh:mm"]
    assert sheet.freeze_panes == "A2"
    assert [cell.value for cell in sheet[3]] in ([], [None] * len(COLUMNS))


def test_equal_exports_are_equal_files():
    assert written("xlsx", [ROW]) == written("xlsx", [ROW])


def test_json_lines_have_the_stored_values_by_name():
    first, second = written("jsonl", [ROW, EMPTY]).decode().splitlines()
    assert json.loads(first) == {
        "applicant_id": "00123",
        "date_of_birth": "1999-05",
        "nationality": "CIV",
        "course_start_date": "2027-09-01",
        "has_work_placement": False,
        "course_fees_first_year": "1234.50",
        "changed_at": "2027-07-01T10:05:00+01:00",
        "evidence_for_offer": "A-levels\nPassport",
    }
    assert set(json.loads(second).values()) == {"", None}


FORMULAS = ("=1+1", "+44 20", "-2", "@SUM(A1)", "\tx", "\rx")


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_of_a_csv_file_begins_as_a_formula(text):
    assert csv_rows(written("csv", [(text, *ROW[1:])]))[1][0] == f"'{text}"


@pytest.mark.parametrize("text", FORMULAS)
def test_a_cell_of_an_xlsx_file_never_becomes_a_formula_not_even_when_it_is_edited(text):
    cell = sheet_of(written("xlsx", [(text, *ROW[1:])]))["A2"]
    assert cell.data_type == "s"
    assert cell.quotePrefix


def test_every_kind_of_column_can_be_written_in_every_format():
    kinds = {column.kind for column in BY_NAME.values()}
    values = {"date": ROW[3], "moment": ROW[6], "money": ROW[5], "number": 7, "yes/no": True, "partial date": ROW[1]}
    columns = [Column(kind, kind, kind) for kind in sorted(kinds)]
    row = [values.get(column.kind, "text") for column in columns]
    for kind in FORMATS.values():
        if not kind.columns:
            assert written(kind.name, [row], columns=columns), kind.name
