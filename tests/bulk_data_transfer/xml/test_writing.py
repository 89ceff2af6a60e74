"""Writing CAS in our own format and as v2.1 upload files, and reading them again (section 11)."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from lxml import etree

from bulk_data_transfer.xml import schema, writing, writing_v2_1
from bulk_data_transfer.xml.names import OURS
from cas.details import fields
from cas.details.characters import LATIN_1_LINES
from cas.details.partial_dates import CASPartialDate
from cas.details.types import (
    CASChoice,
    CASDate,
    CASHours,
    CASLicenceNumber,
    CASMoney,
    CASNumber,
    CASUcasId,
    CASUKPostcode,
    CASYesNo,
)
from licences.routes import Route
from sms.core.values import Invalid
from tests.bulk_data_transfer.xml.files import STUDENT, codes, read, read_one, v2_1

NAMES = [field.name for field in fields.FIELDS]
EMPTY = {field.name: field.empty for field in fields.FIELDS}
DATES = st.dates(date(1900, 1, 1), date(2200, 12, 31))
MONEY = st.decimals(0, Decimal("999999999.99"), places=2)
ANY_TEXT = st.text(max_size=60) | st.sampled_from(["]]>", "<&>", "&amp;", "  x  y ", "\t", "Zoë", "Nguyễn", "王"])


def values_of(field):
    """Return a strategy for stored values of a field, empty ones included."""
    if isinstance(field, CASPartialDate):
        found = DATES.map(str) | DATES.map(lambda day: str(day)[:7]) | DATES.map(lambda day: str(day)[:4])
    elif isinstance(field, CASChoice):
        found = st.sampled_from(list(field.labels))
    elif isinstance(field, CASYesNo):
        found = st.booleans()
    elif isinstance(field, CASDate):
        found = DATES
    elif isinstance(field, CASMoney):
        found = MONEY
    elif isinstance(field, CASHours):
        found = st.decimals(0, 168, places=1)
    elif isinstance(field, CASNumber):
        found = st.integers(field.least, field.most)
    elif isinstance(field, CASUcasId):
        found = st.from_regex(r"1[A-Z0-9]{9}", fullmatch=True)
    elif isinstance(field, CASLicenceNumber):
        found = st.from_regex(r"[A-Z0-9]{8}[0-9X]", fullmatch=True)
    elif isinstance(field, CASUKPostcode):
        found = st.sampled_from(["LS2 9JT", "GIR 0AA", "W1A 1AA", "EC1A 1BB", "M1 1AE"])
    else:
        found = ANY_TEXT | (st.text("a \n\t", max_size=60) if field.characters == LATIN_1_LINES else st.nothing())
    return st.just(field.empty) | found.map(lambda value: stored(field, value))


def stored(field, value):
    """Return the value as the database has it; empty if the field refuses it."""
    try:
        return field.checked(value)
    except Invalid:
        return field.empty


RECORDS = st.fixed_dictionaries({field.name: values_of(field) for field in fields.FIELDS}).map(
    lambda values: values | {"family_name": values["family_name"] or "Silva"}
)


def in_our_format(*records, names=NAMES, **header):
    write = writing.writer(names)
    return (
        writing.opening(**header)
        + "".join(write([each[name] for name in names]) for each in records)
        + writing.closing()
    ).encode()


def read_again(record):
    """Return the stored value of each field that a record gives."""
    return {name: fields.BY_NAME[name].checked(value) for name, value in (EMPTY | record.given).items()}


@pytest.mark.once
@settings(max_examples=60, deadline=None)
@given(RECORDS)
@example(EMPTY | {"family_name": "Silva", "agent_address_line_3": "Third line only"})
@example(EMPTY | {"family_name": "<&>]]>\"'", "living_details": "a\nb\tc"})
def test_what_our_format_writes_is_valid_and_is_read_as_the_same_values(values):
    file = in_our_format(values)
    record = read_one(file)
    assert record.faults + record.warnings == []
    assert read_again(record) == values
    assert schema.compiled_ours().faults(etree.fromstring(file)) == []


def test_without_the_empty_lines_an_address_would_be_read_in_other_places():
    values = EMPTY | {"family_name": "Silva", "agent_address_line_3": "Third"}
    file = in_our_format(values)
    assert b"<AddressLine/><AddressLine/><AddressLine>Third</AddressLine>" in file
    assert read_again(read_one(file.replace(b"<AddressLine/>", b""))) != values


def test_the_header_of_our_format_is_read_again():
    opened, _ = read(in_our_format(route=Route.CHILD_STUDENT, file_id="A-1", licence_number="ABCD12349"))
    assert (opened.route, opened.file_id, opened.licence_number) == (Route.CHILD_STUDENT, "A-1", "ABCD12349")


def test_an_export_begins_with_the_applicant_id_the_number_the_status_and_the_day_of_the_change():
    names = ["cas_number", "status", "changed_at", *NAMES]
    facts = {
        "applicant_id": "S-1",
        "family_name": "Silva",
        "cas_number": "E4G0AA0A00A0A1",
        "status": "READY TO GO",
        "changed_at": datetime(2027, 3, 27, 10, 30, tzinfo=UTC),
    }
    file = in_our_format(EMPTY | facts, names=names)
    found = [(each.tag.partition("}")[2], each.text) for each in etree.fromstring(file)[0]][:4]
    assert found == [
        ("ApplicantID", "S-1"),
        ("CASNumber", "E4G0AA0A00A0A1"),
        ("Status", "READY TO GO"),
        ("DateOfChange", "2027-03-27T10:30:00+00:00"),
    ]
    assert read_one(file).faults == []
    assert schema.compiled_ours().faults(etree.fromstring(file)) == []


def test_an_export_can_leave_out_fields():
    file = in_our_format(EMPTY | {"family_name": "Silva", "given_names": "Ana"}, names=["family_name"])
    assert read_one(file).given == {"family_name": "Silva"}


def test_characters_that_no_file_can_hold_are_left_out():
    file = in_our_format(EMPTY | {"family_name": "Sil\x00\x1b\ud800\ufffeva"})
    assert read_one(file).given == {"family_name": "Silva"}
    assert etree.fromstring(file).tag == f"{{{OURS}}}BulkDataCAS"


# v2.1


def in_v2_1(values, route=Route.STUDENT):
    """Return the CAS as v2.1 has it, and the file."""
    written = writing_v2_1.writer(route, NAMES)([values[name] for name in NAMES])
    text = writing_v2_1.opening(route=route, file_id="Intake 1", licence_number="ABCD12349") + written.text
    return written, (text + writing_v2_1.closing(route)).encode(writing_v2_1.ENCODING)


def complete(**changes):
    """Return the values of a CAS that v2.1 can hold."""
    return EMPTY | read_again(read_one(v2_1(STUDENT))) | changes


@pytest.mark.once
@pytest.mark.parametrize("route", Route)
@settings(max_examples=60, deadline=None)
@given(st.data())
def test_what_is_written_as_v2_1_is_valid_and_the_rest_has_reasons(route, data):
    drawn = data.draw(RECORDS)
    kept = data.draw(st.sets(st.sampled_from(NAMES)))
    values = complete() | {name: drawn[name] for name in kept} | {"route": route.value}
    written, file = in_v2_1(values, route)
    assert bool(written.text) is not bool(written.reasons)
    if written.reasons:
        return
    record = read_one(file)
    assert record.faults + record.warnings == []
    again = read_again(record)
    spelled = {remark.field for remark in written.changes}
    for field in fields.FIELDS:
        is_held = not field.element.startswith("x:") and field.applies in {None, route}
        if is_held and field.name not in spelled and "_address_line_" not in field.name:
            none = values[field.name] == 0 and field.name in {"hours_per_week", "boarding_fees", *FALSE}
            assert again[field.name] == values[field.name] or (none and again[field.name] is None), field.name


FALSE = ("is_atas_required", "is_dean_certificate_required")


def test_every_field_that_v2_1_has_is_read_again_from_what_is_written():
    written, file = in_v2_1(complete())
    assert written.reasons + written.changes == []
    assert read_one(file).given == read_one(v2_1(STUDENT)).given


def test_what_v2_1_demands_is_filled_where_nothing_is_answered():
    least = complete(
        hours_per_week=None,
        boarding_fees=None,
        is_dean_certificate_required=None,
        academic_level="RQF6",
        is_accommodation_provided=None,
        **{name: EMPTY[name] for name in NAMES if name.startswith(("partner_", "overseas_", "placement_"))},
    )
    written, file = in_v2_1(least)
    for text in (
        "<CourseHoursPerWeek>0.0</CourseHoursPerWeek>",
        "<BoardingFeesForFirstYearOnly>0</BoardingFeesForFirstYearOnly>",
        "<PostgraduateDeanCertificateRequired>false</PostgraduateDeanCertificateRequired>",
        '<AccomodationProvided xsi:nil="true"/>',
        "<NonSponsorEducationInstitutionData/>",
    ):
        assert text in written.text
    assert "WorkPlacementDetails" not in written.text
    assert read_again(read_one(file)) == least


def test_the_address_of_a_childs_placement_is_in_the_details_of_the_course():
    written, _ = in_v2_1(complete(route="CHILD_STUDENT"), Route.CHILD_STUDENT)
    assert "</ApplicantHasWorkPlacement><WorkPlacementAddress>" in written.text
    assert "<WorkPlacementDetails>" not in written.text
    assert "EvidenceDetails" not in written.text
    assert "<CourseRequiresATAS>false</CourseRequiresATAS>" in written.text


def test_other_characters_get_the_spelling_of_the_passport_and_it_is_said():
    written, file = in_v2_1(complete(family_name="Nguyễn", study_city="Llanfär"))
    assert [(change.code, change.field, change.value) for change in written.changes] == [
        ("files.spelled", "family_name", "Nguyễn"),
        ("files.spelled", "study_city", "Llanfär"),
    ]
    assert read_one(file).given["family_name"] == "Nguyen"
    assert read_one(file).given["study_city"] == "Llanfaer"
    assert read_one(file).given["given_names"] == "Zoë", "Latin-1 is kept in a name"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"gender": "OTHER"}, "files.no_code_in_schema"),
        ({"academic_level": "BELOW_RQF3"}, "files.no_code_in_schema"),
        ({"previous_academic_level": "BELOW_RQF3"}, "files.no_code_in_schema"),
        ({"reason_selt_not_required": "UK_SCHOOL"}, "files.no_code_in_schema"),
        ({"family_name": "王"}, "files.no_spelling"),
        ({"family_name": "ß" * 35 + "ễ"}, "files.no_spelling"),
        ({"passport_number": "АВ123456"}, "files.no_spelling"),  # noqa: RUF001 – Cyrillic letters
        ({"applicant_id": ""}, "files.demanded_by_schema"),
        ({"is_atas_required": None}, "files.demanded_by_schema"),
        ({"is_dean_certificate_required": None}, "files.demanded_by_schema"),
        ({"date_of_birth": ""}, "files.demanded_by_schema"),
        ({"course_fees_first_year": None}, "files.demanded_by_schema"),
        ({"partner_city": ""}, "files.demanded_by_schema"),
        ({"placement_country": ""}, "files.demanded_by_schema"),
    ],
)
def test_a_cas_that_v2_1_cannot_hold_is_not_written_and_the_reason_names_the_field(changes, code):
    written, _ = in_v2_1(complete(**changes))
    assert written.text == ""
    assert codes(written.reasons) == [code]
    assert [reason.field for reason in written.reasons] == list(changes)


def test_an_empty_first_line_of_an_address_is_filled_from_the_next_one():
    written, file = in_v2_1(complete(study_address_line_1="", study_address_line_3="Third"))
    assert written.reasons == []
    assert read_one(file).given["study_address_line_1"] == "Third"
