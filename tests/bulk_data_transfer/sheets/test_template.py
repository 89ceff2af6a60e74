"""The template of a route, made from the declarations of the fields."""

import io
from datetime import date

import openpyxl
import pytest

from bulk_data_transfer.sheets import opening
from bulk_data_transfer.sheets.headings import heading_of
from bulk_data_transfer.sheets.template import template
from bulk_data_transfer.sheets.xlsx_files import DATA_SHEET
from cas.columns import BY_NAME
from cas.details import fields
from licences.routes import Route
from tests.bulk_data_transfer.sheets.making import records

DAY = date(2026, 11, 30)


@pytest.fixture(params=list(Route))
def route(request):
    return request.param


@pytest.fixture
def workbook(route):
    return openpyxl.load_workbook(io.BytesIO(template(route, DAY)))


def column(workbook, route, name):
    """Return the letter of the column of a field."""
    names = [field.name for field in fields.fields_for(route)]
    return openpyxl.utils.get_column_letter(names.index(name) + 1)


def format_of(sheet, number):
    """Return the number format of a column, which a sheet states for neighbours with the same one together."""
    return next(each.number_format for each in sheet.column_dimensions.values() if each.min <= number <= each.max)


def lists(sheet):
    return {str(each.sqref).split(":")[0]: each.formula1 for each in sheet.data_validations.dataValidation}


def test_the_template_of_a_route_has_a_heading_for_each_of_its_fields_and_nothing_else(workbook, route):
    sheet = workbook[DATA_SHEET]
    assert [cell.value for cell in sheet[1]] == [heading_of(BY_NAME[field.name]) for field in fields.fields_for(route)]
    assert sheet.max_row == 1
    assert sheet.freeze_panes == "A2"


def test_the_portal_understands_each_heading_of_its_template(route):
    found = opening.taken_for(io.BytesIO(template(route, DAY)))
    assert (found.kind, found.not_read) == ("xlsx", [])
    assert found.names == [field.name for field in fields.fields_for(route)]


def test_an_empty_template_has_no_records(route):
    assert records(io.BytesIO(template(route, DAY))) == []


def test_the_template_always_has_the_same_bytes(route):
    assert template(route, DAY) == template(route, DAY)


def test_a_word_says_which_columns_are_mandatory(workbook, route):
    rows = list(workbook["Notes"].iter_rows(min_row=2, values_only=True))
    needed = {row[0]: row[1] for row in rows}
    assert needed[heading_of(BY_NAME["date_of_birth"])] == "Mandatory"
    assert needed[heading_of(BY_NAME["other_names"])] == "Optional"
    assert needed[heading_of(BY_NAME["agent_city"])].startswith("Mandatory when “Was an agent")
    assert len(rows) == len(fields.fields_for(route))


def test_the_notes_say_how_long_a_text_can_be(workbook):
    sizes = {row[0]: row[3] for row in workbook["Notes"].iter_rows(min_row=2, values_only=True)}
    assert sizes[heading_of(BY_NAME["evidence_for_offer"])] == "2,000 characters"


def test_identifiers_and_dates_of_birth_are_text_so_that_zeros_and_months_stay(workbook, route):
    sheet = workbook[DATA_SHEET]
    formats = {
        name: format_of(sheet, [field.name for field in fields.fields_for(route)].index(name) + 1)
        for name in ("applicant_id", "passport_number", "date_of_birth", "course_start_date", "course_fees_paid")
    }
    assert formats == {
        "applicant_id": "@",
        "passport_number": "@",
        "date_of_birth": "@",
        "course_start_date": "dd/mm/yyyy",
        "course_fees_paid": "0.00",
    }


def test_choices_and_answers_have_a_list_to_choose_from(workbook, route):
    found = lists(workbook[DATA_SHEET])
    assert found[f"{column(workbook, route, 'is_remote_delivery')}2"] == '"Yes,No"'
    places = found[f"{column(workbook, route, 'academic_level')}2"]
    sheet, _, cells = places.partition("!")
    labels = [cell.value for (cell,) in workbook[sheet][cells.replace("$", "")]]
    level = fields.BY_NAME["academic_level"]
    assert labels == [code.name for code in level.codes if code.is_offered(DAY, route)]


def test_each_list_of_the_template_is_understood(workbook, route):
    sheet = workbook[DATA_SHEET]
    for field in fields.fields_for(route):
        places = lists(sheet).get(f"{column(workbook, route, field.name)}2", "")
        if "!" in places:
            name, _, cells = places.partition("!")
            sheet["A2"], sheet["A1"] = (
                workbook[name][cells.replace("$", "")][-1][0].value,
                heading_of(BY_NAME[field.name]),
            )
            sheet.delete_cols(2, 200)
            saved = io.BytesIO()
            workbook.save(saved)
            assert field.checked(records(saved)[0].given[field.name]) in field.labels


def test_a_filled_template_is_read(route):
    workbook = openpyxl.load_workbook(io.BytesIO(template(route, DAY)))
    sheet = workbook[DATA_SHEET]
    for name, value in {"family_name": "Ng", "course_start_date": date(2027, 3, 27), "applicant_id": "0012"}.items():
        sheet[f"{column(workbook, route, name)}2"] = value
    workbook.move_sheet(DATA_SHEET, 2)
    saved = io.BytesIO()
    workbook.save(saved)
    (record,) = records(saved)
    assert record.given == {"applicant_id": "0012", "family_name": "Ng", "course_start_date": "2027-03-27"}
