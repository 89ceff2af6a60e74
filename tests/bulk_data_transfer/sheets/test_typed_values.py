"""Values as people type them into a sheet, each with what a CAS keeps of it or the sentence of its fault."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from bulk_data_transfer import refusals
from bulk_data_transfer.records import Remark
from bulk_data_transfer.sheets.cells import _codes_by_key
from cas.columns import BY_NAME, label_of
from cas.details import fields
from cas.details.types import CASChoice, CASCountry
from cas.keys import text_key
from tests.bulk_data_transfer.sheets.making import csv_of, outcome, records, xlsx_of

DAY = date(2027, 3, 27)
START, BORN, FEES = (label_of(name) for name in ("course_start_date", "date_of_birth", "course_fees_paid"))
NO_ANSWER = "Select Yes or No for “Is accommodation provided?”"
NO_DATE = f"{START} must be a date, written as 2027-03-27"
NO_MONTH = f"{START} must have a month from 1 to 12, or its name"
NO_YEAR = f"{START} must have a year with 4 figures"
BETWEEN_THOUSANDS = (
    "Course fees paid to date must have commas or spaces only between thousands, as 1,234 or 1 234, and pence after a "
    "point, as 1234.99"
)
SHORTENED = (
    "Excel has shortened this number, so its last figures are lost. Format the column as text, then type it again."
)

TYPED = {
    "course_start_date": [
        ("27/03/2027", DAY),
        ("27/3/2027", DAY),
        ("27.03.2027", DAY),
        ("27.3.2027", DAY),
        ("27-03-2027", DAY),
        ("27 03 2027", DAY),
        (" 27/03/2027 ", DAY),
        ("27 / 03 / 2027", DAY),
        ("27 March 2027", DAY),
        ("27 march 2027", DAY),
        ("27th March 2027", DAY),
        ("1st Sept 2027", date(2027, 9, 1)),
        ("27 March, 2027", DAY),
        ("27 Mar 2027", DAY),
        ("27 Mar. 2027", DAY),
        ("27-Mar-2027", DAY),
        ("27/Mar/2027", DAY),
        ("2027-03-27", DAY),
        ("2027/03/27", DAY),
        ("2027.3.27", DAY),
        ("2027-03-27 00:00:00", DAY),
        ("2027-03-27T00:00:00.000", DAY),
        ("27/03/2027 00:00", DAY),
        ("46473", DAY),
        ("03/04/2027", date(2027, 4, 3)),  # never March
        ("29/02/2028", date(2028, 2, 29)),
        ("03/27/2027", NO_MONTH),
        ("29/02/2027", f"{START} must be a real date: February 2027 has 28 days"),
        ("32/03/2027", f"{START} must have a day from 1 to 31"),
        ("27/03/27", NO_YEAR),
        ("27-Mar-27", NO_YEAR),
        ("27 Foo 2027", NO_MONTH),
        ("03/2027", f"{START} must include a day"),
        ("2027", f"{START} must include a day and month"),
        ("27/03/1826", f"{START} must have a year from 1900 to 2200"),
        ("27/03/2027 23:00", NO_DATE),
        ("March 27, 2027", NO_DATE),
        ("20270327", NO_DATE),
        ("270327", NO_DATE),
        ("tbc", NO_DATE),
        ("", None),
        ("  ", None),
    ],
    "date_of_birth": [
        ("12/05/1990", "1990-05-12"),
        ("12 May 1990", "1990-05-12"),
        ("1990-05-12", "1990-05-12"),
        ("05/1990", "1990-05"),
        ("5/1990", "1990-05"),
        ("May 1990", "1990-05"),
        ("may-1990", "1990-05"),
        ("1990-05", "1990-05"),
        ("1990/05", "1990-05"),
        ("1990", "1990"),
        ("33005", "1990-05-12"),
        ("May-90", f"{BORN} must have a year with 4 figures"),
        ("13/1990", f"{BORN} must have a month from 1 to 12, or its name"),
        ("90", f"{BORN} must be a date, written as 1990-05-12, 1990-05 or 1990"),
        ("", ""),
    ],
    "is_accommodation_provided": [
        *((typed, True) for typed in ("Yes", "yes", "YES", "Y", "y", "TRUE", "True", "t", "1", " yes ")),
        *((typed, False) for typed in ("No", "no", "NO", "N", "n", "FALSE", "f", "0", "no ")),
        ("maybe", NO_ANSWER),
        ("2", NO_ANSWER),
        ("", None),
    ],
    "course_fees_paid": [
        ("1234", Decimal(1234)),
        ("1234.50", Decimal("1234.50")),
        ("£1,234.50", Decimal("1234.50")),
        ("1 234", Decimal(1234)),
        ("0", Decimal(0)),
        ("0.00", Decimal(0)),
        ("1234.5", "Course fees paid to date must have 2 figures after the point, as 1234.99, or no point"),
        (
            "1.234,50",
            BETWEEN_THOUSANDS,
        ),
        ("-5", "Course fees paid to date must be 0 or more"),
        ("", None),
    ],
    "placement_percent": [
        ("40", 40),
        ("40%", 40),
        ("40 %", 40),
        ("40.5%", "Share of the course on placement must be a whole number from 1 to 100"),
        ("0", "Share of the course on placement must be a whole number from 1 to 100"),
    ],
    "hours_per_week": [
        ("17.5", Decimal("17.5")),
        ("15", Decimal(15)),
        ("0", Decimal(0)),
        ("17.55", "Hours of study each week must be a number from 0 to 168, with 1 decimal at most"),
    ],
    "academic_level": [
        ("RQF6", "RQF6"),
        ("rqf6", "RQF6"),
        ("RQF level 6", "RQF6"),
        ("rqf LEVEL 6", "RQF6"),
        ("RQF level 7 – Research", "RQF7_RE"),
        ("RQF level 7 - Research", "RQF7_RE"),
        ("RQF7_RE", "RQF7_RE"),
        ("QCF_NQF6", "QCF_NQF6"),  # no longer offered, but still read
        ("BSc", "Academic level: “BSc” is not in the list. Choose from the list"),
    ],
    "attendance": [("Full-time", "FULL_TIME"), ("full time", "FULL_TIME"), ("PART_TIME", "PART_TIME")],
    "gender": [("Female", "2"), ("2", "2"), ("MALE", "1"), ("other", "OTHER")],
    "route": [("Child Student", "CHILD_STUDENT"), ("STUDENT", "STUDENT")],
    "nationality": [
        ("VNM", "VNM"),
        ("vnm", "VNM"),
        ("VN", "VNM"),
        ("Vietnam", "VNM"),
        ("Viet Nam", "VNM"),
        ("Vietnamese", "VNM"),
        ("Côte d’Ivoire", "CIV"),
        ("Stateless", "XXA"),
        ("Atlantis", "Nationality: “Atlantis” is not in the list. Choose from the list"),
    ],
    "applicant_id": [
        ("000123", "000123"),
        ("A-1/2", "A-1/2"),
        ("123456789012345", "123456789012345"),
        ("'=A1", "=A1"),
        ("'-5", "-5"),
        ("'+44", "+44"),
        ("''@a", "'@a"),
        ("1E10", "1E10"),
        ("1.23457E+15", SHORTENED),
        ("5E+12", SHORTENED),
        ("#REF!", "This cell shows the error #REF! instead of a value. Correct its formula."),
        ("#1", "#1"),
        ("x" * 51, "Applicant ID must be 50 characters or fewer. It is 51 now"),
    ],
    "family_name": [
        ("O’Brien", "O’Brien"),
        ("  Ng  ", "Ng"),
        ("'t Hooft", "'t Hooft"),
        ("Van\u00a0Dyck", "Van Dyck"),
        ("\u200b", ""),
    ],
    "study_postcode": [("ls29jt", "LS2 9JT"), ("LS2 9JT", "LS2 9JT")],
    "evidence_for_offer": [("A\nB", "A\nB"), ("- A\n- B", "- A\n- B"), ("'- A\n- B", "- A\n- B")],
}
CASES = [(name, typed, kept) for name, cases in TYPED.items() for typed, kept in cases]


def test_the_table_has_more_than_a_hundred_values_of_every_kind_of_field():
    assert len(CASES) > 140
    assert {fields.BY_NAME[name].kind for name in TYPED} == {field.kind for field in fields.FIELDS}


@pytest.mark.parametrize(("name", "typed", "kept"), CASES)
@pytest.mark.parametrize("make", [csv_of, xlsx_of])
def test_a_typed_value_is_read_or_has_its_sentence(make, name, typed, kept):
    assert outcome(with_another(make, name, typed), name) == kept


def with_another(make, name, value):
    """Return a sheet with one record. It has another value too, so that it is a record even if `value` is blank."""
    return make((label_of("sponsor_note"), section_and_label(name), label_of("ucas_id")), ("", value, "1234567890"))


def section_and_label(name):
    return f"{fields.BY_NAME[name].section_name}: {fields.BY_NAME[name].label}"


MAY = datetime(1990, 5, 1)  # noqa: DTZ001 -- Excel has no time zones
NATIVE = [
    ("course_start_date", (datetime(2027, 3, 27), "dd/mm/yyyy"), DAY),  # noqa: DTZ001
    ("course_start_date", 46473, DAY),
    ("course_start_date", 46473.0, DAY),
    ("course_start_date", 46473.75, f"{START} must be a date, written as 2027-03-27"),
    ("course_start_date", 12, f"{START} must be a date, written as 2027-03-27"),
    ("course_start_date", (MAY, "mmm-yy"), f"{START} must include a day"),
    ("course_start_date", True, f"{START} must be a date, written as 2027-03-27"),
    ("date_of_birth", (MAY, "dd/mm/yyyy"), "1990-05-01"),
    ("date_of_birth", (MAY, "mmm-yy"), "1990-05"),
    ("date_of_birth", (MAY, "yyyy"), "1990"),
    ("date_of_birth", 1990, "1990"),
    ("date_of_birth", 33005, "1990-05-12"),
    ("is_accommodation_provided", True, True),
    ("is_accommodation_provided", False, False),
    ("is_accommodation_provided", 1, True),
    ("is_accommodation_provided", 0, False),
    ("is_accommodation_provided", 2, NO_ANSWER),
    ("course_fees_paid", 1234, Decimal(1234)),
    ("course_fees_paid", 1234.5, Decimal("1234.50")),
    ("course_fees_paid", 0.1 + 0.2, Decimal("0.30")),
    ("course_fees_paid", (1234.5, "£#,##0.00"), Decimal("1234.50")),
    ("course_fees_paid", 0, Decimal(0)),
    (
        "course_fees_paid",
        1.005,
        "Course fees paid to date must have 2 figures after the point, as 1234.99, or no point",
    ),
    ("course_fees_paid", -5, "Course fees paid to date must be 0 or more"),
    ("placement_percent", 40, 40),
    ("placement_percent", 40.0, 40),
    ("placement_percent", (0.4, "0%"), 40),
    ("placement_percent", (1, "0%"), 100),
    ("placement_percent", 0.4, "Share of the course on placement must be a whole number from 1 to 100"),
    ("hours_per_week", 17.5, Decimal("17.5")),
    ("hours_per_week", 15, Decimal(15)),
    ("gender", 2, "2"),
    ("applicant_id", 1.0, "1"),
    ("applicant_id", 123456789012345, "123456789012345"),
    ("applicant_id", 1234567890123456, SHORTENED),
    ("applicant_id", 12.5, "12.5"),
    ("applicant_id", (123, "000000"), "000123"),
    ("applicant_id", True, "TRUE"),
    (
        "applicant_id",
        (MAY, "dd/mm/yyyy"),
        "Excel has changed this text to a date. Format the column as text, then type it again.",
    ),
    ("family_name", "N_x0041_", "N_x0041_"),
    ("nationality", "Vietnam", "VNM"),
]


@pytest.mark.parametrize(("name", "value", "kept"), NATIVE)
def test_a_value_of_excel_is_read_or_has_its_sentence(name, value, kept):
    assert outcome(with_another(xlsx_of, name, value), name) == kept


def test_a_blank_cell_is_no_answer():
    (record,) = records(csv_of(("Family name", "Gender", "Course ID"), ("Ng", " ", "")))
    assert record.given == {"family_name": "Ng"}


def test_a_fault_has_the_cell_the_field_the_code_and_the_value():
    (record,) = records(csv_of(("Family name", "Applicant ID"), ("Ng", "1.23457E+15")))
    assert record.faults == [Remark("files.number_shortened", SHORTENED, "B2", "applicant_id", "1.23457E+15")]


def test_a_date_that_does_not_exist_is_shown_with_its_parts_in_the_order_of_the_cell():
    (record,) = records(csv_of(("Family name", START), ("Ng", "03/27/2027")))
    remark = Remark.of(refusals.CHARACTER_NOT_KEPT(), value=record.given["course_start_date"])
    assert remark.value == "03/27/2027"


def test_the_facts_of_a_sheet_for_fee_updates_are_read():
    wanted = {"number", *fields.UPDATABLE_FEES}
    sheet = csv_of((label_of("number"), FEES, "Family name"), ("E4G0AA0A00A0A0", "£1,000", "Ng"))
    (record,) = records(sheet, wanted)
    assert record.given == {"number": "E4G0AA0A00A0A0", "course_fees_paid": "£1,000"}


@pytest.mark.parametrize(
    "field",
    [field for field in fields.FIELDS if isinstance(field, CASChoice) and not isinstance(field, CASCountry)],
    ids=lambda field: field.name,
)
def test_no_two_choices_of_a_field_are_read_as_the_same_code(field):
    found = _codes_by_key(field.labels)
    assert all(found[key] == code for code, label in field.labels.items() for key in map(text_key, (code, label)))


def test_every_fact_can_be_read():
    (record,) = records(csv_of(list(BY_NAME), ["2027"] * len(BY_NAME)), BY_NAME.keys())
    assert record.given.keys() == BY_NAME.keys()
