"""Reading bulk files in XML: v2.1 as the Home Office's schema has it, our own format, and graduates (section 11)."""

from decimal import Decimal

import pytest

from bulk_data_transfer.xml.names import COMMON, OURS, Kind
from bulk_data_transfer.xml.opening import opening
from bulk_data_transfer.xml.reading import records
from cas.details import fields
from licences.routes import Route
from tests.bulk_data_transfer.xml.files import (
    ADDRESS,
    CHILD,
    LEAST,
    STUDENT,
    codes,
    graduates,
    ours,
    read,
    read_one,
    v2_1,
    without,
)

NOT_IN_V2_1 = {field.name for field in fields.FIELDS if field.element.startswith("x:")}
EMPTY_LINES = {f"{place}_address_line_3" for place in ("partner", "overseas", "placement")} | {
    "study_address_line_2",
    "study_address_line_3",
}


def test_the_header_of_a_v2_1_file_is_read():
    opened, _ = read(v2_1(STUDENT))
    assert (opened.kind, opened.encoding, opened.route) == (Kind.V2_1, "ISO-8859-1", Route.STUDENT)
    assert (opened.file_id, opened.schema_id) == ("Intake 1", "T4General Ready To Go")
    assert (opened.category, opened.licence_number) == ("General", "ABCD12349")


def test_every_field_that_v2_1_has_is_read_from_a_file_of_students():
    record = read_one(v2_1(STUDENT))
    assert record.faults == []
    assert record.warnings == []
    assert set(record.given) == set(fields.BY_NAME) - NOT_IN_V2_1 - EMPTY_LINES
    found, wrong = fields.checked(record.given)
    assert wrong == {}
    assert found["route"] == Route.STUDENT
    assert found["given_names"] == "Zoë"
    assert found["date_of_birth"] == "2005-03-27"
    assert found["attendance"] == "FULL_TIME"
    assert found["hours_per_week"] == Decimal("17.5")
    assert found["partner_address_line_2"] == "Block B"
    assert found["placement_justification"] == "A statute\ndemands it"
    assert found["is_accommodation_provided"] is False
    assert found["boarding_fees_paid"] == Decimal("20.50")


def test_a_file_of_child_students_is_read():
    opened, (record,) = read(v2_1(CHILD, category="Child"))
    assert opened.route == record.given["route"] == Route.CHILD_STUDENT
    assert record.faults == []
    assert record.given["placement_city"] == "Leeds"


def test_a_v2_1_file_can_be_in_utf_8():
    opened, (record,) = read(v2_1(STUDENT, encoding="UTF-8"))
    assert opened.encoding == "UTF-8"
    assert record.given["given_names"] == "Zoë"


def test_a_record_knows_its_number_its_line_and_the_lines_of_its_values():
    _, (first, second) = read(v2_1(STUDENT, "\n", STUDENT))
    assert (first.number, second.number) == (1, 2)
    assert first.place == "line 5"
    assert first.places["family_name"] == "line 10"
    assert second.place == f"line {6 + STUDENT.count(chr(10))}"


@pytest.mark.parametrize("layout", ["{0}", "\n\n  {0}"])
def test_lines_are_right_far_into_a_long_file(layout):
    cas = layout.format("<CAS>\n <ApplicantData>\n  <FamilyName>Silva</FamilyName>\n </ApplicantData>\n</CAS>")
    lines = cas.count("\n")
    last = read(ours(*[cas] * 20_000))[1][-1]
    begins = 2 + lines * 19_999 + (lines - 4)
    assert last.place == f"line {begins}"
    assert last.places["family_name"] == f"line {begins + 2}"


# What v2.1 forces into a file


@pytest.mark.parametrize("hours", ["0.0", "0", "-0", "+0.0"])
def test_no_hours_in_v2_1_mean_not_answered(hours):
    assert "hours_per_week" not in read_one(v2_1(STUDENT.replace("17.5", hours))).given


def test_a_boarding_fee_of_nothing_in_v2_1_means_not_answered():
    assert "boarding_fees" not in read_one(v2_1(STUDENT.replace(">1500<", ">0.00<"))).given


def test_no_dean_certificate_means_not_answered_below_level_7_only():
    no = STUDENT.replace(">true</PostgraduateDean", ">false</PostgraduateDean")
    assert read_one(v2_1(no)).given["is_dean_certificate_required"] is False
    assert "is_dean_certificate_required" not in read_one(v2_1(no.replace("RQF7", "RQF6"))).given


def test_no_atas_certificate_means_not_answered_for_child_students_only():
    no = ">true</CourseRequiresATAS", ">false</CourseRequiresATAS"
    assert read_one(v2_1(STUDENT.replace(*no))).given["is_atas_required"] is False
    assert "is_atas_required" not in read_one(v2_1(CHILD.replace(*no), category="Child")).given


def test_our_own_format_keeps_zeros_and_no_as_answers():
    hours = "<CourseDetails><CourseHoursPerWeek>0.0</CourseHoursPerWeek></CourseDetails>"
    boarding = (
        "<FinancialAndAccommodationDetails><BoardingFeesForFirstYearOnly>0</BoardingFeesForFirstYearOnly>"
        "</FinancialAndAccommodationDetails>"
    )
    record = read_one(ours(LEAST.replace("</CAS>", f"{hours}{boarding}</CAS>")))
    assert record.faults == []
    assert (record.given["hours_per_week"], record.given["boarding_fees"]) == (0, 0)


# Elements and codes of other versions


def test_an_unknown_element_of_the_home_office_is_named_in_a_warning_and_never_refuses():
    strange = STUDENT.replace("<Gender>", "<Title>Dr</Title><Gender>").replace(
        "</CAS>", "<New><City>X</City></New></CAS>"
    )
    record = read_one(v2_1(strange))
    assert record.faults == []
    assert codes(record.warnings) == ["files.unknown_element"] * 2
    assert [("Title" in each.sentence, "New" in each.sentence) for each in record.warnings] == [
        (True, False),
        (False, True),
    ]
    assert record.warnings[0].place == "line 14"
    assert record.given == read_one(v2_1(STUDENT)).given


def test_an_unknown_element_beside_the_records_is_named_in_the_next_record():
    first, second = read(v2_1(STUDENT, "<Footer/>", STUDENT))[1]
    assert codes(first.warnings + second.warnings) == ["files.unknown_element"]
    assert first.faults + second.faults == []


def test_an_unknown_element_of_the_header_is_named_in_the_first_record():
    opened, (record,) = read(v2_1(STUDENT).replace(b"<TierID>", b"<Sender>x</Sender><TierID>"))
    assert codes(opened.warnings) == codes(record.warnings) == ["files.unknown_element"]


def test_an_element_of_another_namespace_is_a_fault():
    record = read_one(v2_1(STUDENT.replace("<Gender>", '<Title xmlns="urn:other">Dr</Title><Gender>')))
    assert codes(record.faults) == ["files.not_expected"]


@pytest.mark.parametrize(("text", "answer"), [("true", True), (" 0 ", False)])
def test_remote_delivery_is_read_from_the_home_offices_namespace(text, answer):
    newer = STUDENT.replace("<MainSite", f"<CourseIsRemoteDelivery>{text}</CourseIsRemoteDelivery><MainSite")
    record = read_one(v2_1(newer))
    assert record.given["is_remote_delivery"] is answer
    assert record.faults + record.warnings == []


def test_a_wrong_answer_about_remote_delivery_is_a_fault():
    newer = STUDENT.replace("<MainSite", "<CourseIsRemoteDelivery>perhaps</CourseIsRemoteDelivery><MainSite")
    (fault,) = read_one(v2_1(newer)).faults
    assert (fault.code, fault.field, fault.value) == ("files.wrong_form", "is_remote_delivery", "perhaps")


@pytest.mark.parametrize(
    ("written", "code"), [("STATELESS", "XXA"), ('"STATELESS"', "XXA"), ("XKX", "XXK"), ("GBS", "GBS"), ("LES", "LES")]
)
@pytest.mark.parametrize("file", [v2_1, ours])
def test_a_nationality_is_read_in_every_way_that_files_write_it(file, written, code):
    record = read_one(file(STUDENT.replace("<Nationality>BRA", f"<Nationality>{written}")))
    assert record.faults == []
    assert fields.BY_NAME["nationality"].checked(record.given["nationality"]) == code


def test_the_address_of_the_placement_is_read_from_the_details_of_the_course_too():
    moved = without(STUDENT, "WorkPlacementAddress").replace(
        "</CourseDetails>", f"<WorkPlacementAddress>{ADDRESS}</WorkPlacementAddress></CourseDetails>"
    )
    record = read_one(v2_1(moved))
    assert record.warnings == []
    assert record.given == read_one(v2_1(STUDENT)).given


def test_of_two_different_addresses_of_the_placement_its_own_details_win_with_a_warning():
    other = ADDRESS.replace("Leeds", "York")
    both = STUDENT.replace("</CourseDetails>", f"<WorkPlacementAddress>{other}</WorkPlacementAddress></CourseDetails>")
    record = read_one(v2_1(both))
    assert codes(record.warnings) == ["files.two_addresses"]
    assert record.given["placement_city"] == "Leeds"
    assert read_one(v2_1(both.replace("York", "Leeds"))).warnings == []


def test_hints_for_a_schema_are_no_fault():
    hinted = STUDENT.replace("<FamilyName>", f'<FamilyName xmlns:c="{COMMON}" xsi:type="c:NameType">')
    record = read_one(v2_1(hinted))
    assert record.faults == []
    assert record.given["family_name"] == "Silva"


# Our own format


def test_our_own_format_needs_the_family_name_only():
    opened, (record,) = read(ours(LEAST))
    assert (opened.kind, opened.route, opened.file_id) == (Kind.OURS, "", "")
    assert record.given == {"family_name": "Silva"}
    assert codes(read_one(ours(without(LEAST, "FamilyName"))).faults) == ["files.missing_element"]


def test_the_category_of_a_cas_wins_over_that_of_the_file():
    header = "<Header><BulkUploadFileId>A-1</BulkUploadFileId><Category>General</Category></Header>"
    child = LEAST.replace("<CAS>", "<CAS><Category>Child</Category>")
    opened, (first, second) = read(ours(LEAST, child, header=header))
    assert (opened.file_id, opened.category, opened.route) == ("A-1", "General", Route.STUDENT)
    assert (first.given["route"], second.given["route"]) == (Route.STUDENT, Route.CHILD_STUDENT)


def test_the_blocks_of_v2_1_are_valid_in_our_own_format():
    record = read_one(ours(STUDENT))
    assert record.faults == []
    assert record.given == {name: value for name, value in read_one(v2_1(STUDENT)).given.items() if name != "route"}


def test_a_nil_or_empty_element_means_not_answered():
    nil = '<GivenName xsi:nil="true"/><OtherNames/><Gender xsi:nil=" 1 "/><DateOfBirth xsi:nil="1"/>'
    record = read_one(ours(LEAST.replace("</FamilyName>", f"</FamilyName>{nil}")))
    assert record.faults == []
    assert record.given == {"family_name": "Silva"}


def test_a_nil_accommodation_of_v2_1_means_not_answered():
    nil = STUDENT.replace(
        "<AccomodationProvided>false</AccomodationProvided>", '<AccomodationProvided xsi:nil="true"/>'
    )
    record = read_one(v2_1(nil))
    assert record.faults == []
    assert "is_accommodation_provided" not in record.given


@pytest.mark.parametrize(
    ("name", "before", "written", "value"),
    [
        ("attendance", "<CourseIsFullTime>true", "<CourseIsFullTime> 1\n", "FULL_TIME"),
        ("attendance", "<CourseIsFullTime>true", "<CourseIsFullTime>false", "PART_TIME"),
        ("hours_per_week", ">17.5<", "> +017.50 <", Decimal("17.5")),
        ("hours_per_week", ">17.5<", ">.5<", Decimal("0.5")),
        ("course_fees_first_year", ">9250.00<", "><![CDATA[+01.50]]><", Decimal("1.50")),
        ("course_fees_first_year", ">9250.00<", f">{'0' * 60}7.000<", Decimal(7)),
        ("placement_percent", ">40<", "> +040 <", 40),
        ("course_start_date", "2027-09-20", " 2027-09-20Z\n", "2027-09-20"),
        ("course_start_date", "2027-09-20", "2027-09-20+14:00", "2027-09-20"),
        ("course_start_date", "2027-09-20", "2027-09<!-- a month -->-20", "2027-09-20"),
        ("course_end_date", "2028-09-20", "2028-09-20-05:00", "2028-09-20"),
        ("date_of_birth", "<FullDate>2005-03-27</FullDate>", "<YearMonth>2005-03</YearMonth>", "2005-03"),
        ("date_of_birth", "<FullDate>2005-03-27</FullDate>", "\n<Year> 2005 </Year>\n", "2005"),
        ("family_name", ">Silva<", "><!-- x -->Sil<![CDATA[va]]><?y?><", "Silva"),
        ("family_name", ">Silva<", ">&#83;ilva<", "Silva"),
        ("evidence_for_offer", "Degree,", "  Degree &amp; &lt;test&gt;,", "Degree & <test>, first class"),
    ],
)
@pytest.mark.parametrize("file", [v2_1, ours])
def test_all_forms_that_xml_schema_allows_are_read(file, name, before, written, value):
    record = read_one(file(STUDENT.replace(before, written, 1)))
    assert record.faults == []
    assert fields.BY_NAME[name].checked(record.given[name]) == fields.BY_NAME[name].checked(value)


def test_the_facts_of_an_export_are_not_read():
    facts = "<ApplicantID>T-1</ApplicantID><CASNumber>E4G0AA0A00A0A1</CASNumber><Status>ASSIGNED</Status>"
    record = read_one(ours(LEAST.replace("<CAS>", f"<CAS>{facts}<DateOfChange>2027-01-02T03:04:05Z</DateOfChange>")))
    assert record.faults == []
    assert record.given == {"family_name": "Silva"}


# Graduates


def test_graduate_notifications_give_the_number_and_the_report():
    opened, (first, second) = read(graduates("E4G0AA0A00A0A1", "\n E4G0AA0A00A0A2 "))
    assert (opened.kind, opened.file_id) == (Kind.GRADUATES, "17")
    assert first.given == {"report": "GRADUATED", "number": "E4G0AA0A00A0A1"}
    assert second.given["number"] == "E4G0AA0A00A0A2"
    assert first.faults + second.faults == []


def test_another_report_and_a_missing_number_are_faults_of_the_row():
    assert codes(read_one(graduates("E4G0AA0A00A0A1", report="LEFT")).faults) == ["files.unknown_report"]
    (fault,) = read_one(graduates("")).faults
    assert (fault.code, fault.field) == ("files.missing_element", "number")


# Other children of the root


def test_what_is_no_record_is_a_refused_row_and_the_others_are_read():
    _, found = read(ours("<cas/>", LEAST, '<CAS xmlns="urn:other"/>'))
    assert [codes(record.faults) for record in found] == [["files.not_expected"], [], ["files.not_expected"]]


def test_records_can_be_read_again_from_the_same_stream(tmp_path):
    path = tmp_path / "file.xml"
    path.write_bytes(ours(LEAST, LEAST))
    with path.open("rb") as stream:
        opened = opening(stream)
        assert len(list(records(stream, opened))) == len(list(records(stream, opened))) == 2


def test_a_file_of_our_format_can_use_prefixes():
    prefixed = f'<o:BulkDataCAS xmlns:o="{OURS}">{LEAST.replace("</", "</o:").replace("<C", "<o:C")}</o:BulkDataCAS>'
    prefixed = prefixed.replace("<A", "<o:A").replace("<F", "<o:F")
    assert read_one(prefixed.encode()).given == {"family_name": "Silva"}
