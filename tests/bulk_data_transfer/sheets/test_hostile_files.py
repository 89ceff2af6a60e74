"""Nothing in a file can hurt: zip bombs, macros, links, damaged and renamed files (specification, section 11)."""

import io
import random
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZipFile

import defusedxml.ElementTree
import openpyxl
import pytest

from bulk_data_transfer import refusals
from bulk_data_transfer.sheets import archives, csv_files, opening, xlsx_files
from sms.core.refused import Refused
from tests.bulk_data_transfer.sheets.making import csv_of, part_of, records, refusal_of, with_parts, xlsx_of

SHEET = "xl/worksheets/sheet1.xml"
ROWS = ("Family name", "Given name(s)"), ("Ng", "Thi")
OLE = bytes.fromhex("d0cf11e0a1b11ae1")


@pytest.fixture
def workbook():
    return xlsx_of(*ROWS)


@pytest.fixture
def openpyxl_is_not_called(monkeypatch):
    """Fail if a file that must be refused gets as far as the parser."""
    monkeypatch.setattr(xlsx_files, "_read", lambda file: pytest.fail("it was parsed"))


def with_sheet(file, xml):
    """Return the workbook with this XML in place of the rows of its sheet."""
    start, end = part_of(file, SHEET).split("<sheetData>")[0], "</sheetData></worksheet>"
    return with_parts(file, {SHEET: f"{start}<sheetData>{xml}{end}"})


# What a file is


@pytest.mark.usefixtures("openpyxl_is_not_called")
@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"", refusals.EMPTY_FILE),
        (b"PK\x03\x04", refusals.WORKBOOK_DAMAGED),
        (b"PK\x05\x06" + bytes(18), refusals.OTHER_FILE),  # an archive without a part
        (OLE + bytes(600), refusals.OTHER_WORKBOOK),
        (OLE + bytes(600) + "EncryptedPackage".encode("utf-16-le"), refusals.WORKBOOK_HAS_PASSWORD),
        (b"<?xml version='1.0'?><a/>", refusals.NOT_A_SHEET),
        (b"\xef\xbb\xbf \n<html><table></table></html>", refusals.NOT_A_SHEET),
        (b"%PDF-1.7\n", refusals.OTHER_FILE),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", refusals.OTHER_FILE),
        (b"\x7fELF\x02\x01\x01\0", refusals.OTHER_FILE),
        (b"GIF89a", refusals.OTHER_FILE),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", refusals.OTHER_FILE),
        (b"{\\rtf1\\ansi Family name}", refusals.OTHER_FILE),
        (b"wOF2 a font\x00\x01", refusals.OTHER_FILE),
        (b"Dear Sir or Madam,\r\nsee below", refusals.NO_HEADING_KNOWN),
    ],
)
def test_the_content_decides_what_a_file_is(content, refusal):
    assert refusal_of(io.BytesIO(content)) is refusal


def test_a_renamed_file_is_what_its_content_is(tmp_path, workbook):
    for name, file, kind in (("a.csv", workbook, "xlsx"), ("b.xlsx", csv_of(*ROWS), "csv")):
        (tmp_path / name).write_bytes(file.getvalue())
        with (tmp_path / name).open("rb") as renamed:
            assert opening.taken_for(renamed).kind == kind


def test_what_a_file_was_taken_for_names_its_columns():
    found = opening.taken_for(
        csv_of(("Given names", "Shoe size", "CAS number", "Family name"), ("Thi", "38", "", "Ng"))
    )
    assert (found.kind, found.names, found.not_read) == ("csv", ["given_names", "family_name"], ["Shoe size"])
    assert [warning.value for warning in found.warnings] == ["Shoe size"]


@pytest.mark.parametrize(
    "parts",
    [
        {"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": "<a/>"},
        {"[Content_Types].xml": "<a/>", "xl/workbook.bin": "x"},
    ],
)
def test_workbooks_of_other_formats_are_refused(parts):
    file = with_parts(xlsx_of(*ROWS), parts)
    assert refusal_of(file) is refusals.OTHER_WORKBOOK


@pytest.mark.parametrize("name", ["word/document.xml", "a.csv"])
def test_other_archives_are_refused(name):
    file = io.BytesIO()
    with ZipFile(file, "w") as archive:
        archive.writestr("[Content_Types].xml", "<a/>")
        archive.writestr(name, "Family name")
    assert refusal_of(file) is refusals.OTHER_FILE


# Macros, links and passwords


@pytest.mark.usefixtures("openpyxl_is_not_called")
@pytest.mark.parametrize("name", ["xl/vbaProject.bin", "xl/VBAPROJECT.BIN", "xl/macrosheets/sheet1.xml"])
def test_a_workbook_with_macros_is_refused(workbook, name):
    assert refusal_of(with_parts(workbook, {name: "x"})) is refusals.WORKBOOK_HAS_MACROS


@pytest.mark.usefixtures("openpyxl_is_not_called")
def test_a_workbook_that_is_declared_as_one_with_macros_is_refused(workbook):
    types = part_of(workbook, "[Content_Types].xml").replace(
        "vnd.openxmlformats-officedocument.spreadsheetml.sheet.main", "vnd.ms-excel.sheet.macroEnabled.main"
    )
    assert refusal_of(with_parts(workbook, {"[Content_Types].xml": types})) is refusals.WORKBOOK_HAS_MACROS


@pytest.mark.usefixtures("openpyxl_is_not_called")
def test_a_workbook_with_links_to_other_workbooks_is_refused(workbook):
    file = with_parts(workbook, {"xl/externalLinks/externalLink1.xml": "<externalLink/>"})
    assert refusal_of(file) is refusals.WORKBOOK_HAS_LINKS


def test_a_link_of_a_cell_to_a_web_page_is_harmless(workbook):
    relations = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink" '
        'Target="mailto:thi@example.com" TargetMode="External"/></Relationships>'
    )
    file = with_parts(workbook, {"xl/worksheets/_rels/sheet1.xml.rels": relations})
    assert records(file)[0].given["family_name"] == "Ng"


@pytest.mark.usefixtures("openpyxl_is_not_called")
def test_an_archive_with_a_password_is_refused(workbook):
    content = bytearray(workbook.getvalue())
    content[content.index(b"PK\x01\x02") + 8] |= 1
    assert refusal_of(io.BytesIO(content)) is refusals.WORKBOOK_HAS_PASSWORD


# Bombs


@pytest.mark.usefixtures("openpyxl_is_not_called")
def test_a_zip_bomb_is_refused_by_the_sizes_of_its_directory(monkeypatch):
    monkeypatch.setattr(archives, "_check_marks", lambda *args: pytest.fail("it was unpacked"))
    file = io.BytesIO()
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<a/>")
        with archive.open("xl/worksheets/sheet1.xml", "w") as part:
            for _ in range(200):
                part.write(bytes(1024 * 1024))
    assert len(file.getvalue()) < 300_000
    assert refusal_of(file) is refusals.WORKBOOK_TOO_LARGE


@pytest.mark.usefixtures("openpyxl_is_not_called")
def test_a_part_that_is_packed_far_more_tightly_than_any_sheet_is_refused(workbook):
    file = with_parts(workbook, {"xl/media/image1.png": bytes(20 * 1024 * 1024)})
    assert refusal_of(file) is refusals.WORKBOOK_TOO_LARGE


@pytest.mark.usefixtures("openpyxl_is_not_called")
def test_parts_that_are_small_each_are_added_up(workbook):
    noise = random.Random(1).randbytes(40_000)  # no ratio gives it away
    file = with_parts(workbook, {f"xl/media/image{number}.png": noise for number in range(10)})
    with pytest.raises(Refused) as refused:
        opening.opened(file, most_unpacked=300_000)
    assert refused.value.refusal is refusals.WORKBOOK_TOO_LARGE


@pytest.mark.usefixtures("openpyxl_is_not_called")
@pytest.mark.parametrize(
    "xml",
    [
        "<row>" + "<c/>" * 250_000 + "</row>",
        "<row>" + "<c " + " ".join(f'a{number}=""' for number in range(250_000)) + "/></row>",
        "<mergeCells>" + "<mergeCell/>" * 250_000 + "</mergeCells>",
    ],
)
def test_one_row_with_very_many_elements_is_refused_before_it_takes_memory(workbook, xml, monkeypatch):
    monkeypatch.setattr(archives, "_HIGHEST_RATIO", 10_000)
    assert refusal_of(with_sheet(workbook, xml)) is refusals.WORKBOOK_TOO_LARGE


@pytest.mark.usefixtures("openpyxl_is_not_called")
def test_very_many_small_rows_are_refused(workbook, monkeypatch):
    monkeypatch.setattr(archives, "_HIGHEST_RATIO", 10_000)
    assert refusal_of(with_sheet(workbook, "<row/>" * 201_000)) is refusals.WORKBOOK_TOO_LARGE


@pytest.mark.usefixtures("openpyxl_is_not_called")
def test_very_many_texts_are_refused(workbook, monkeypatch):
    monkeypatch.setattr(archives, "_HIGHEST_RATIO", 10_000)
    texts = part_of(workbook, "xl/sharedStrings.xml").replace("</sst>", "<si/>" * 1_201_000 + "</sst>")
    assert refusal_of(with_parts(workbook, {"xl/sharedStrings.xml": texts})) is refusals.WORKBOOK_TOO_LARGE


@pytest.mark.usefixtures("openpyxl_is_not_called")
def test_very_many_elements_in_all_are_refused(workbook, monkeypatch):
    monkeypatch.setattr(archives, "_MOST_MARKS", 10_000)
    assert refusal_of(with_sheet(workbook, "<row><c/></row>" * 4_000)) is refusals.WORKBOOK_TOO_LARGE


def test_a_row_far_below_the_last_of_excel_is_refused(workbook):
    row = '<row r="999999999999"><c r="A999999999999"><v>1</v></c></row>'
    headings = '<row r="1"><c r="A1" t="inlineStr"><is><t>Family name</t></is></c></row>'
    assert refusal_of(with_sheet(workbook, headings + row)) is refusals.WORKBOOK_TOO_LARGE
    assert refusal_of(with_sheet(workbook, row)) is refusals.EMPTY_FILE


def test_a_full_sheet_of_rows_that_are_all_alike_is_no_bomb():
    row = ("Ng", "Thi", "Female", "Vietnam", "University of Example", "Full-time", "Yes", "No", "1000.00") * 4
    file = xlsx_of(ROWS[0], *[row] * 1500)
    archives.check(file)


# Damaged archives and XML


@pytest.mark.parametrize("kept", [0.1, 0.5, 0.9, 0.99])
def test_a_workbook_that_is_cut_off_is_refused(workbook, kept):
    content = workbook.getvalue()
    assert refusal_of(io.BytesIO(content[: int(len(content) * kept)])) is refusals.WORKBOOK_DAMAGED


@pytest.mark.parametrize("name", ["../evil.xml", "/etc/passwd", "xl\\evil.xml", "XL/WORKBOOK.XML"])
def test_odd_names_of_parts_are_refused(workbook, name):
    assert refusal_of(with_parts(workbook, {name: "<a/>"})) is refusals.WORKBOOK_DAMAGED


def test_other_methods_of_compression_are_refused(workbook):
    with ZipFile(workbook, "a", ZIP_BZIP2) as archive:
        archive.writestr("xl/other.xml", "<a/>" * 1000)
    assert refusal_of(workbook) is refusals.WORKBOOK_DAMAGED


def test_very_many_parts_are_refused(workbook):
    assert refusal_of(with_parts(workbook, {f"xl/a{number}": "" for number in range(1000)})) is (
        refusals.WORKBOOK_TOO_LARGE
    )


def test_a_part_that_is_larger_than_the_directory_states_is_refused(workbook):
    content = bytearray(workbook.getvalue())
    place = content.rindex(b"PK\x01\x02", 0, content.rindex(SHEET.encode())) + 24
    content[place : place + 4] = (10).to_bytes(4, "little")
    assert refusal_of(io.BytesIO(content)) is refusals.WORKBOOK_DAMAGED


ENTITIES = '<!DOCTYPE a [<!ENTITY b "bbbbbbbbbb"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>'
SECRET = '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname">]>'


@pytest.mark.parametrize("dtd", [ENTITIES, SECRET])
@pytest.mark.parametrize("name", [SHEET, "xl/sharedStrings.xml"])
def test_entities_are_refused(workbook, dtd, name):
    xml = part_of(workbook, name).replace("?>", f"?>{dtd}", 1).replace("<t>Ng</t>", "<t>&b;</t>")
    assert refusal_of(with_parts(workbook, {name: xml})) is refusals.WORKBOOK_DAMAGED


def test_openpyxl_reads_sheets_and_texts_with_the_parser_that_refuses_entities():
    assert openpyxl.worksheet._reader.iterparse is openpyxl.reader.strings.iterparse is defusedxml.ElementTree.iterparse


@pytest.mark.parametrize("name", ["xl/workbook.xml", "xl/styles.xml", "[Content_Types].xml", "docProps/core.xml"])
def test_entities_of_other_parts_are_not_read(workbook, name):
    xml = part_of(workbook, name).replace("?>", f"?>{SECRET}", 1)
    assert records(with_parts(workbook, {name: xml}))[0].given == {"family_name": "Ng", "given_names": "Thi"}


@pytest.mark.parametrize(
    "xml",
    [
        '<row r="1"><c r="A1" t="s"><v>99</v></c></row>',  # a text that does not exist
        '<row r="1"><c r="A1" s="99"><v>1</v></c></row>',  # a style that does not exist
        '<row r="1"><c r="A1"><v>NaN</v></c></row>',
        '<row r="1"><c r="AAAA1"><v>1</v></c></row>',
        '<row r="x"><c r="A1"><v>1</v></c></row>',
        '<row r="1"><c r="A1"><v>' + "9" * 5000 + "</v></c></row>",
        '<row r="1"><c r="A1" t="d"><v>yesterday</v></c></row>',
        "<row>" + "<c>" * 5000 + "</c>" * 5000 + "</row>",
        "<row></c></row>",
    ],
)
def test_a_sheet_with_impossible_cells_is_refused(workbook, xml):
    assert refusal_of(with_sheet(workbook, xml)) in {refusals.WORKBOOK_DAMAGED, refusals.EMPTY_FILE}


def test_a_date_that_does_not_exist_in_excel_is_a_fault_of_its_cell():
    file = xlsx_of(("Family name", "Course start date"), ("Ng", (-5, "dd/mm/yyyy")), ("Vo", (1e9, "dd/mm/yyyy")))
    first, second = records(file)
    assert [fault.code for fault in second.faults] == ["files.formula_error"]
    assert first.faults or first.given["course_start_date"]


@pytest.mark.parametrize("seed", range(60))
def test_a_workbook_with_wrong_bytes_is_read_or_refused(workbook, seed):
    draw = random.Random(seed)
    content = bytearray(workbook.getvalue())
    for _ in range(draw.choice([1, 3, 20])):
        content[draw.randrange(len(content))] = draw.randrange(256)
    read_or_refuse(io.BytesIO(content))


@pytest.mark.parametrize("seed", range(60))
def test_a_workbook_with_wrong_xml_is_read_or_refused(workbook, seed):
    draw = random.Random(seed)
    name = draw.choice([SHEET, "xl/workbook.xml", "xl/styles.xml", "xl/sharedStrings.xml", "[Content_Types].xml"])
    xml = part_of(workbook, name)
    for _ in range(draw.choice([1, 2, 5])):
        start = draw.randrange(len(xml))
        xml = (
            xml[:start]
            + draw.choice(["", "<", "&x;", "9" * 30, "-1", "\ufffe", xml[start : start + 40]])
            + xml[start + 1 :]
        )
    read_or_refuse(with_parts(workbook, {name: xml}))


@pytest.mark.parametrize("seed", range(60))
def test_a_csv_file_with_wrong_bytes_is_read_or_refused(seed):
    draw = random.Random(seed)
    content = bytearray(csv_of(*ROWS * 5, encoding=draw.choice(["utf-8", "utf-8-sig", "utf-16", "cp1252"])).getvalue())
    for _ in range(draw.choice([1, 3, 20])):
        content[draw.randrange(len(content))] = draw.choice(b'\0"\n\r,;\t\xff\xed\x81=')
    read_or_refuse(io.BytesIO(content))


def read_or_refuse(file):
    """Read a file. Every other outcome than records and a refusal with a code fails the test."""
    try:
        found = records(file)
    except Refused as refused:
        found, code = [], refused.code
    else:
        code = "files.read"
    assert code.startswith("files.")
    assert all(str(value).encode() and "\0" not in str(value) for each in found for value in each.given.values())


def test_without_the_check_of_the_archive_a_bomb_would_be_parsed(workbook, monkeypatch):
    monkeypatch.setattr(archives, "_HIGHEST_RATIO", 10_000)
    file = with_sheet(workbook, "<row>" + "<c/>" * 250_000 + "</row>")
    monkeypatch.setattr(archives, "check", lambda *args, **options: None)
    assert refusal_of(file) is refusals.EMPTY_FILE  # it was read to its end


def test_without_the_guard_of_binary_headings_a_program_would_be_read_as_text(monkeypatch):
    class Nothing:
        """A pattern that finds nothing."""

        search = staticmethod(lambda text: None)

    program = b"Family name,\x7fELF\x02\r\nNg,x\r\n"
    assert refusal_of(io.BytesIO(program)) is refusals.OTHER_FILE
    monkeypatch.setattr(csv_files, "UNUSABLE", Nothing)
    assert [record.given for record in records(io.BytesIO(program))] == [{"family_name": "Ng"}]
