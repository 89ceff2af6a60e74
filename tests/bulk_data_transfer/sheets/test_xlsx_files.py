"""Excel workbooks (specification, section 11)."""

import io
from datetime import date, datetime, time
from decimal import Decimal
from zipfile import ZipFile

import openpyxl
import pytest
from xlsxwriter import Workbook

from bulk_data_transfer import refusals
from bulk_data_transfer.sheets import opening, reading
from bulk_data_transfer.sheets.xlsx_files import DATA_SHEET
from sms.core.refused import Refused
from tests.bulk_data_transfer.sheets.making import (
    outcome,
    part_of,
    records,
    refusal_of,
    with_parts,
    workbook_of,
    xlsx_of,
)

NAMES = ("Family name", "Given name(s)")


def moment(*parts):
    """Return a date and time as Excel keeps it: of no time zone."""
    return datetime(*parts)  # noqa: DTZ001


def cells(*values):
    """Return the cells of a row as they are read."""
    sheet = opening.opened(xlsx_of(["family_name"] * len(values), values))
    (row,) = sheet.rows
    return list(row.cells)


def test_a_workbook_is_read_with_the_places_of_its_cells():
    (record,) = records(xlsx_of(NAMES, (), ("Nguyễn", "Thị")))
    assert record.given == {"family_name": "Nguyễn", "given_names": "Thị"}
    assert (record.number, record.place) == (1, "row 3")
    assert record.places == {"family_name": "A3", "given_names": "B3"}


def test_numbers_have_the_figures_that_excel_shows():
    assert cells(1.0, 17.5, 0.1 + 0.2, 123456789012345, 1e20) == [
        Decimal(1),
        Decimal("17.5"),
        Decimal("0.3"),
        Decimal(123456789012345),
        Decimal("1e20"),
    ]


def test_answers_dates_and_texts_are_read_as_such():
    values = True, (moment(2027, 3, 27), "dd/mm/yyyy"), "007", None, "x"
    assert cells(*values) == [True, date(2027, 3, 27), "007", None, "x"]


def test_a_format_that_shows_zeros_in_front_keeps_them():
    assert cells((7, "000"), (7, "0"), (7.5, "000"), (7, "000000")) == ["007", Decimal(7), Decimal("7.5"), "000007"]


def test_a_percentage_is_read_as_it_is_shown():
    assert cells((0.4, "0%"), (1, "0%"), (0.125, "0.0%"), (0.4, '0"%"')) == ["40%", "100%", "12.5%", Decimal("0.4")]


def test_a_date_that_shows_only_its_month_or_year_is_partial():
    may = moment(1990, 5, 1)
    formats = ["mmm-yy", "mmmm yyyy", "yyyy", "dd mmm yyyy", '[$-809]mmm" d "yyyy', "hh:mm"]
    day = date(1990, 5, 1)
    assert cells(*[(may, each) for each in formats]) == ["1990-05", "1990-05", "1990", day, "1990-05", day]


def test_a_time_of_day_is_text():
    assert cells((moment(2027, 3, 27, 23, 30), "dd/mm/yyyy"), (time(10, 30), "hh:mm")) == [
        "2027-03-27 23:30:00",
        "10:30:00",
    ]


@pytest.mark.parametrize("is_1904", [False, True])
def test_serials_are_dates_in_both_date_systems(is_1904):
    serial = (date(2027, 3, 27) - (date(1904, 1, 1) if is_1904 else date(1899, 12, 30))).days
    rows = ("Family name", "Course start date"), ("Ng", serial), ("Vo", (moment(2027, 3, 27), "dd/mm/yyyy"))
    found = records(xlsx_of(*rows, date_1904=is_1904))
    assert [record.given["course_start_date"] for record in found] == ["2027-03-27", "2027-03-27"]


def test_a_formula_has_the_value_that_was_stored_for_it():
    file = io.BytesIO()
    workbook = Workbook(file, {"in_memory": True})
    sheet = workbook.add_worksheet()
    sheet.write_row(0, 0, ["Family name", "Course fees paid to date (£)"])
    sheet.write_formula(1, 0, '=UPPER("ng")', None, "NG")
    sheet.write_formula(1, 1, "=1000*1.5", None, 1500.5)
    workbook.close()
    (record,) = records(file)
    assert record.given == {"family_name": "NG", "course_fees_paid": "1500.50"}


@pytest.mark.parametrize("error", ["#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!"])
def test_an_error_of_a_formula_is_a_fault_of_its_cell(error):
    file = io.BytesIO()
    workbook = Workbook(file, {"in_memory": True})
    sheet = workbook.add_worksheet()
    sheet.write_row(0, 0, NAMES)
    sheet.write_formula(1, 0, "=A9", None, error)
    sheet.write_string(1, 1, "Thi")
    workbook.close()
    (record,) = records(file)
    (fault,) = record.faults
    assert (fault.code, fault.place, fault.value) == ("files.formula_error", "A2", error)
    assert record.given == {"given_names": "Thi"}


def test_the_first_visible_sheet_is_read():
    sheets = {"Old": [NAMES, ("Old", "")], "Students": [NAMES, ("Ng", "")], "Third": [NAMES, ("Third", "")]}
    (record,) = records(workbook_of(sheets, hidden=["Old"]))
    assert record.given == {"family_name": "Ng"}


def test_the_sheet_of_our_template_is_read_even_if_another_comes_first():
    sheets = {"Notes": [["Write here"]], DATA_SHEET: [NAMES, ("Ng", "")]}
    assert records(workbook_of(sheets))[0].given == {"family_name": "Ng"}


def test_the_sheet_of_our_template_is_not_read_while_it_is_hidden():
    sheets = {DATA_SHEET: [NAMES, ("Old", "")], "Students": [NAMES, ("Ng", "")]}
    assert records(workbook_of(sheets, hidden=[DATA_SHEET]))[0].given == {"family_name": "Ng"}


def test_a_workbook_without_a_visible_sheet_is_refused():
    file = xlsx_of(NAMES, ("Ng", ""))
    hidden = part_of(file, "xl/workbook.xml").replace('sheetId="1"', 'sheetId="1" state="veryHidden"')
    assert refusal_of(with_parts(file, {"xl/workbook.xml": hidden})) is refusals.NO_VISIBLE_SHEET


def test_a_workbook_that_openpyxl_wrote_is_read_like_one_of_excel():
    workbook = openpyxl.Workbook(write_only=True)  # it states no dimensions
    sheet = workbook.create_sheet()
    sheet.append(NAMES)
    sheet.append(("Ng", "Thi"))
    file = io.BytesIO()
    workbook.save(file)
    assert records(file)[0].given == {"family_name": "Ng", "given_names": "Thi"}


def test_dimensions_that_a_workbook_states_wrongly_hide_no_row_and_no_column():
    file = xlsx_of(NAMES, ("Ng", "Thi"), ("Vo", "An"))
    sheet = part_of(file, "xl/worksheets/sheet1.xml").replace("A1:B3", "A1:A2")
    found = records(with_parts(file, {"xl/worksheets/sheet1.xml": sheet}))
    assert [record.given for record in found] == [
        {"family_name": "Ng", "given_names": "Thi"},
        {"family_name": "Vo", "given_names": "An"},
    ]


def test_lists_to_choose_from_and_other_extensions_of_a_workbook_give_no_warning():
    file = xlsx_of(NAMES, ("Ng", "Thi"))
    extension = '<extLst><ext uri="{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}"/></extLst></worksheet>'
    sheet = part_of(file, "xl/worksheets/sheet1.xml").replace("</worksheet>", extension)
    assert len(records(with_parts(file, {"xl/worksheets/sheet1.xml": sheet}))) == 1


def test_a_sheet_with_more_records_than_the_limit_is_refused_and_read_no_further():
    sheet = opening.opened(xlsx_of(NAMES, *[("Ng", "Thi")] * 50))
    with pytest.raises(Refused) as refused:
        list(reading.records(sheet, most=4))
    assert refused.value.refusal is refusals.TOO_MANY_RECORDS
    assert next(sheet.rows).number == 7  # row 6 has the fifth record


def test_a_line_break_of_a_mac_in_a_text_is_read():
    assert outcome(xlsx_of(["Documents used to obtain the offer"], ["A\r\nB"]), "evidence_for_offer") == "A\nB"


def test_a_text_with_an_escaped_nul_is_a_fault_of_its_cell():
    file = xlsx_of(NAMES, ("N_x0000_g", "Thi"))
    strings = part_of(file, "xl/sharedStrings.xml").replace("_x005F_x0000_", "_x0000_")
    (record,) = records(with_parts(file, {"xl/sharedStrings.xml": strings}))
    (fault,) = record.faults
    assert (fault.code, fault.value) == ("files.character_not_kept", "N\ufffdg")


def test_the_workbook_is_read_again_after_it_was_read():
    file = xlsx_of(NAMES, ("Ng", "Thi"))
    assert len(records(file)) == len(records(file)) == 1
    with ZipFile(file) as archive:
        assert archive.namelist()
