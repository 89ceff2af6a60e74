"""A fault of form is a fault of its row: a code, a sentence of ours, a line, a field and a value (section 11)."""

import pytest

from bulk_data_transfer.xml.faults import MOST_FAULTS
from tests.bulk_data_transfer.xml.files import LEAST, STUDENT, codes, ours, read, read_one, v2_1, without

LONG = "A" * 36

WRONG = [
    # replaced, by, code, field
    (">Silva<", f">{LONG}<", "files.too_long", "family_name"),
    (">Silva<", "><", "files.empty_element", "family_name"),
    (">Recife<", ">Rué<", "files.wrong_characters", "place_of_birth"),
    (">Zoë<", ">Nguyễn<", "files.wrong_characters", "given_names"),
    (">1234567890<", ">2234567890<", "files.wrong_form", "ucas_id"),
    (">ABCD12349<", ">abcd12349<", "files.wrong_form", "partner_licence_number"),
    ("<Nationality>BRA", "<Nationality>Brazil", "files.wrong_form", "nationality"),
    ("<Gender>2", "<Gender>3", "files.wrong_form", "gender"),
    ("2005-03-27", "27/03/2005", "files.wrong_form", "date_of_birth"),
    ("2027-09-20", "20 September 2027", "files.wrong_form", "course_start_date"),
    ("2027-09-20", "2027-02-30", "files.wrong_form", "course_start_date"),
    (">17.5<", ">168.5<", "files.wrong_form", "hours_per_week"),
    (">17.5<", ">17.55<", "files.wrong_form", "hours_per_week"),
    (">17.5<", ">many<", "files.wrong_form", "hours_per_week"),
    (">9250.00<", ">-1<", "files.wrong_form", "course_fees_first_year"),
    (">9250.00<", ">9,250<", "files.wrong_form", "course_fees_first_year"),
    (">9250.00<", ">1000000000<", "files.wrong_form", "course_fees_first_year"),
    (">9250.00<", ">1e3<", "files.wrong_form", "course_fees_first_year"),
    (">40<", ">40.5<", "files.wrong_form", "placement_percent"),
    ("<CourseIsFullTime>true", "<CourseIsFullTime>yes", "files.wrong_form", "attendance"),
    ("<SELTRequired>true", "<SELTRequired>", "files.empty_element", "is_selt_required"),
    (">HIGHER<", ">Higher<", "files.wrong_form", "level_comparison"),
]


@pytest.mark.parametrize(("before", "written", "code", "field"), WRONG)
def test_a_wrong_value_gives_its_code_its_field_its_line_and_itself(before, written, code, field):
    record = read_one(v2_1(STUDENT.replace(before, written, 1), encoding="UTF-8"))
    (fault,) = record.faults
    assert (fault.code, fault.field) == (code, field)
    assert fault.place == f"line {5 + STUDENT.partition(before)[0].count(chr(10))}"
    assert fault.value in written
    assert "http:" not in fault.sentence, "the words are ours"
    assert field not in record.given, "a wrong value is not read"
    assert record.given["applicant_id"] == "T-1", "the values that are right are read"


def test_the_sentence_names_the_characters_and_the_length():
    (characters,) = read_one(v2_1(STUDENT.replace(">Recife<", ">São \u2018Paulo<"), encoding="UTF-8")).faults
    assert characters.sentence == (
        "Place of birth has characters that a file of schema v2.1 cannot carry: “ã”, “\u2018”."
    )
    (length,) = read_one(v2_1(STUDENT.replace(">Silva<", f">{LONG}<"))).faults
    assert length.sentence == "Family name must be 35 characters or fewer. It is 36 now."


def test_a_missing_element_is_named_with_its_field():
    (fault,) = read_one(v2_1(without(STUDENT, "Nationality"))).faults
    assert (fault.code, fault.field) == ("files.missing_element", "nationality")
    assert fault.sentence == "Element “Nationality” is missing from “ApplicantData”."
    (last,) = read_one(v2_1(without(STUDENT, "ApplicantPassportOrTravelDocumentNumber"))).faults
    assert (last.code, last.field) == ("files.missing_element", "passport_number")
    (block,) = read_one(v2_1(without(STUDENT, "Documentation"))).faults
    assert block.sentence == "Element “Documentation” is missing from “CAS”."


def test_a_wrong_order_is_a_fault_of_the_row():
    swapped = STUDENT.replace("<Gender>2</Gender>\n", "").replace("<Nationality>", "<Gender>2</Gender><Nationality>")
    wrong, right = read(v2_1(swapped, STUDENT))[1]
    assert codes(right.faults) == []
    (fault,) = wrong.faults
    assert (fault.code, fault.field, fault.place) == ("files.out_of_order", "gender", "line 13")
    assert fault.sentence == ("Element “Gender” is in the wrong place. Here, “ApplicantData” can have “Nationality”.")


def test_an_element_that_occurs_twice_is_a_fault():
    (fault,) = read_one(v2_1(STUDENT.replace("<Gender>", "<FamilyName>Souza</FamilyName><Gender>"))).faults
    assert (fault.code, fault.field, fault.value) == ("files.out_of_order", "family_name", "Souza")


def test_a_fourth_line_of_an_address_is_a_fault():
    four = "<AddressLine>1</AddressLine>" * 4
    text = LEAST.replace("</CAS>", f"<CourseDetails><MainSiteOfStudy>{four}</MainSiteOfStudy></CourseDetails></CAS>")
    assert codes(read_one(ours(text)).faults) == ["files.out_of_order"]


@pytest.mark.parametrize(
    ("before", "written", "code"),
    [
        ("<FamilyName>", '<FamilyName lang="pt">', "files.unknown_attribute"),
        ("<ApplicantData>", '<ApplicantData id="1">', "files.unknown_attribute"),
        ("<ApplicantData>", "<ApplicantData>loose", "files.loose_text"),
        (">Silva<", "><City>Leeds</City><", "files.not_expected"),
        (">Silva<", ' xsi:nil="true"><', "files.not_nil"),
        ("<AccomodationProvided>", '<AccomodationProvided xsi:nil="true">', "files.wrong_form"),
        ("<City>Leeds</City>", "", "files.missing_element"),
        ("<Country>GBR</Country>", "<Country>GBR</Country><Gender>2</Gender>", "files.not_expected"),
    ],
)
def test_other_faults_of_form_have_their_codes(before, written, code):
    assert codes(read_one(v2_1(STUDENT.replace(before, written, 1))).faults) == [code]


def test_several_faults_of_a_record_are_all_given():
    text = STUDENT.replace(">Silva<", "><").replace(">2<", ">3<").replace(">9250.00<", ">x<")
    found = read_one(v2_1(text)).faults
    assert [fault.field for fault in found] == ["family_name", "gender", "course_fees_first_year"]


def test_a_record_with_very_many_faults_gives_the_first_ones_and_says_that_there_are_more():
    text = STUDENT.replace("true", "perhaps").replace("false", "perhaps")
    text = text.replace(">2027", ">x2027").replace(">2028", ">x2028").replace("GBR", "gbr").replace("BRA", "bra")
    text = text.replace(">Z", ">\u0161").replace("LS2", "\u0161").replace("Leeds", "\u0161").replace("Test", "\u0161")
    found = read_one(v2_1(text, encoding="UTF-8")).faults
    assert len(found) == MOST_FAULTS + 1
    assert found[-1].code == "files.more_faults"


def test_the_faults_of_a_record_repeat_nothing_of_another_one():
    first, second = read(ours(LEAST.replace("Silva", "x" * 36), LEAST.replace("Silva", "y" * 37)))[1]
    assert first.faults[0].value == "x" * 36
    assert second.faults[0].value == "y" * 37


def test_a_long_value_is_cut():
    (fault,) = read_one(ours(LEAST.replace("Silva", "x" * 1000))).faults
    assert len(fault.value) == 100


@pytest.mark.parametrize(
    ("block", "name"),
    [("CourseDetails", "CourseIsFullTime"), ("Additional", "AgentUsed"), ("Additional", "CourseRemoteDeliveryPercent")],
)
def test_our_own_format_has_the_same_faults(block, name):
    text = LEAST.replace("</CAS>", f"<{block}><{name}>perhaps</{name}></{block}></CAS>")
    assert codes(read_one(ours(text)).faults) == ["files.wrong_form"]
