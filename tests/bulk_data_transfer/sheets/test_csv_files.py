"""CSV files as Excel and student-record systems write them (specification, section 11)."""

import io

import pytest

from bulk_data_transfer import refusals
from bulk_data_transfer.sheets import opening
from tests.bulk_data_transfer.sheets.making import csv_of, records, refusal_of

NAMES = ("Family name", "Given name(s)")


def file_of(text, encoding="utf-8"):
    return io.BytesIO(text.encode(encoding))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_a_file_of_any_usual_encoding_is_read(encoding):
    (record,) = records(csv_of(NAMES, ("Müller", "Zoë – “Z”"), encoding=encoding))
    assert record.given == {"family_name": "Müller", "given_names": "Zoë – “Z”"}


def test_letters_that_only_unicode_has_are_read_from_utf_8():
    (record,) = records(csv_of(NAMES, ("Nguyễn", "李")))
    assert record.given == {"family_name": "Nguyễn", "given_names": "李"}


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_commas_semicolons_and_tabs_separate_cells(delimiter):
    headings = ("Agent: County, area or district", "Agent: Country")
    (record,) = records(csv_of(headings, ("Amman; North, East", "Jordan"), delimiter=delimiter))
    assert record.given == {"agent_county": "Amman; North, East", "agent_country": "Jordan"}


def test_a_semicolon_separates_cells_even_if_a_heading_has_a_comma_without_quotation_marks():
    (record,) = records(file_of("Agent: County, area or district;Agent: Country\r\nNorth;Jordan\r\n"))
    assert record.given == {"agent_county": "North", "agent_country": "Jordan"}


def test_a_first_line_in_which_excel_names_the_delimiter_is_no_row():
    (record,) = records(file_of("sep=;\r\nFamily name;Gender\r\nNg;Female\r\n"))
    assert (record.given, record.place) == ({"family_name": "Ng", "gender": "2"}, "row 2")


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
def test_lines_end_as_on_any_system(end):
    (first, second) = records(file_of(end.join(["Family name,Gender", "Ng,1", "Vo,2"])))
    assert (first.given, second.given) == ({"family_name": "Ng", "gender": "1"}, {"family_name": "Vo", "gender": "2"})


def test_a_line_break_between_quotation_marks_belongs_to_the_text_and_rows_count_as_in_excel():
    text = 'Family name,Documents used to obtain the offer\r\nNg,"A level: A\r\nIELTS ""7"""\r\nVo,None\r\n'
    first, second = records(file_of(text))
    assert first.given["evidence_for_offer"] == 'A level: A\r\nIELTS "7"'
    assert (second.place, second.places["family_name"]) == ("row 3", "A3")


def test_empty_rows_are_left_out_but_counted():
    found = records(file_of("\r\n,\r\nFamily name,Gender\r\n\r\n , \r\nNg,1\r\n,\r\n\r\nVo,2\r\n"))
    assert [(record.number, record.place) for record in found] == [(1, "row 6"), (2, "row 9")]


def test_rows_without_an_answer_to_a_wanted_column_are_left_out():
    assert len(records(csv_of(("No", "Family name"), (1, "Ng"), (2, ""), (3, "Vo")))) == 2


def test_a_short_row_is_refused_with_its_number():
    first, second = records(file_of("Family name,Gender,Course ID\r\nNg,1\r\nVo,2,C1\r\n"))
    (fault,) = first.faults
    assert (fault.code, fault.place, first.given) == ("files.row_too_short", "row 2", {})
    assert fault.sentence == "This row has 2 cells, but there are 3 headings. Add the missing cells."
    assert second.faults == []


def test_a_long_row_is_refused_because_its_values_may_be_in_the_wrong_columns():
    (record,) = records(file_of("Family name,Course curriculum title\r\nNg,Law, Politics and Economics\r\n"))
    assert ([fault.code for fault in record.faults], record.given) == (["files.row_too_long"], {})


def test_empty_cells_after_the_last_heading_do_not_count():
    (record,) = records(file_of("Family name,Gender,,\r\nNg,1,,,\r\n"))
    assert record.faults == []


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (b"N\0g", "utf-8"),
        (b"N\x81g", "cp1252"),  # a byte that Windows-1252 lacks, in a file that is no UTF-8
        (b"N\xe9g", "utf-8-sig"),  # no UTF-8, although the byte order mark says so
        (b"N\xed\xa0\x80g", "utf-8-sig"),  # half of a surrogate pair
    ],
)
def test_a_character_that_cannot_be_stored_is_a_fault_of_its_row_only(content, encoding):
    mark = b"\xef\xbb\xbf" if encoding == "utf-8-sig" else b""
    first, second = records(io.BytesIO(mark + b"Family name,Gender\r\n" + content + b",1\r\nVo,2\r\n"))
    (fault,) = first.faults
    assert (fault.code, fault.place, fault.field) == ("files.character_not_kept", "A2", "family_name")
    assert fault.value.encode()
    assert "\0" not in fault.value
    assert second.given == {"family_name": "Vo", "gender": "2"}


def test_half_of_a_surrogate_pair_in_utf_16_is_a_fault_of_its_row():
    content = "\ufeffFamily name\tGender\r\n\ud800\t1\r\nVo\t2\r\n".encode("utf-16-le", "surrogatepass")
    first, second = records(io.BytesIO(content))
    assert [fault.code for fault in first.faults] == ["files.character_not_kept"]
    assert second.faults == []


def test_a_file_that_ends_in_the_middle_of_a_character_is_still_utf_8():
    content = "Family name,Gender\r\nMüller,1\r\nZoë".encode()[:-1]
    first, second = records(io.BytesIO(content))
    assert first.given["family_name"] == "Müller"
    assert second.faults


def test_a_utf_16_file_that_ends_in_the_middle_of_a_character_is_refused():
    content = "\ufeffFamily name\tGender\r\nNg\t1\r\n".encode("utf-16-le")[:-1]
    assert refusal_of(io.BytesIO(content)) is refusals.FILE_CUT_OFF


def test_a_quotation_mark_that_is_never_closed_refuses_the_file_and_names_the_row():
    content = 'Family name,Gender\r\nNg,1\r\n"Vo,2\r\n' + "Le,1\r\n" * 10
    assert refusal_of(file_of(content)) is refusals.QUOTES_DO_NOT_MATCH
    with pytest.raises(Exception, match="Row 3: a quotation mark is missing"):
        records(file_of(content))


def test_a_cell_longer_than_any_field_of_the_library_refuses_the_file():
    assert refusal_of(file_of("Family name,Gender\r\n" + "x" * 200_000 + ",1\r\n")) is refusals.QUOTES_DO_NOT_MATCH


def test_a_cell_longer_than_one_of_excel_is_a_fault_that_repeats_only_its_beginning():
    (record,) = records(csv_of(NAMES, ("x" * 32_768, "Thi")))
    (fault,) = record.faults
    assert (fault.code, fault.value) == ("files.cell_too_long", "x" * 100)
    assert record.given == {"given_names": "Thi"}


def test_more_records_than_the_limit_refuse_the_file():
    rows = [NAMES, *[("Ng", "Thi")] * 4]
    assert refusal_of(csv_of(*rows), most=3) is refusals.TOO_MANY_RECORDS
    assert len(records(csv_of(*rows), most=4)) == 4


def test_too_many_columns_refuse_the_file():
    assert refusal_of(csv_of((*NAMES, *["x"] * 999), ())) is refusals.TOO_MANY_COLUMNS


def test_a_file_without_a_cell_is_refused():
    assert refusal_of(io.BytesIO()) is refusals.EMPTY_FILE
    assert refusal_of(file_of("\r\n,,\r\n")) is refusals.EMPTY_FILE


def test_headings_without_a_record_are_no_fault():
    assert records(csv_of(NAMES)) == []


def test_an_apostrophe_that_guards_a_formula_is_taken_off():
    (record,) = records(csv_of(NAMES, ("'=SUM(A1)", "'t Hooft")))
    assert record.given == {"family_name": "=SUM(A1)", "given_names": "'t Hooft"}


def test_reading_never_closes_the_file():
    file = csv_of(NAMES, ("Ng", "Thi"))
    assert len(records(file)) == len(records(file)) == 1
    opening.opened(file)  # and its rows are not read
    assert not file.closed


def test_a_file_is_read_row_by_row():
    file = file_of("Family name,Gender\r\n" + "Ng,1\r\n" * 1_000_000)
    rows = opening.opened(file).rows
    assert [next(rows).number for _ in range(1000)][-1] == 1001
    assert file.tell() < 100_000
