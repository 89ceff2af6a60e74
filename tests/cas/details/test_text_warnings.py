"""Warnings about characters: those that the Home Office's files cannot carry, and letters that only look Latin."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cas.details import fields
from cas.details.text_warnings import warning
from licences.routes import Route
from tests.factories import COMPLETE

VALUES = {
    **COMPLETE,
    "route": Route.STUDENT,
    "course_start_date": date(2027, 1, 11),
    "course_end_date": date(2027, 12, 10),
}


@pytest.mark.parametrize(
    ("name", "text", "named", "spelling"),
    [
        ("family_name", "Nguyễn", "“ễ”", "Nguyen"),
        ("given_names", "Thị Minh", "“ị”", "Thi Minh"),
        ("family_name", "O\N{RIGHT SINGLE QUOTATION MARK}Brien", "“\N{RIGHT SINGLE QUOTATION MARK}”", "O'Brien"),
        ("place_of_birth", "Málaga", "“á”", "Malaga"),
        ("study_address_line_1", "Flat “A”", "““”, “””", "Flat 'A'"),
        ("evidence_for_offer", "A levels \N{EM DASH} AAB\n", "“\N{EM DASH}”", "A levels - AAB\n"),
        ("place_of_birth", "თბ", "“თ”, “ბ”", ""),
        ("course_title", "数学", "“数”, “学”", ""),
        ("study_city", "Köln #3", "“ö”, “#”", ""),
        ("study_city", "Ærøskøbing, Åbo", "“Æ”, “ø”, “Å”", "AEroeskoebing, AAbo"),
    ],
)
def test_text_that_a_file_cannot_carry_gives_a_warning_with_the_spelling_of_a_passport(name, text, named, spelling):
    found = warning(fields.BY_NAME[name], text)
    assert named in found.sentence
    assert found.spelling == spelling
    assert bool(found.spelling) is not found.sentence.endswith(("Enter it in Latin letters", "Leave them out"))


@pytest.mark.parametrize(
    ("name", "text"),
    [("family_name", "Müller-Weiß"), ("study_city", "King's Lynn (West)"), ("evidence_for_offer", "é\tè\nà")],
)
def test_text_that_a_file_can_carry_gives_no_warning(name, text):
    assert warning(fields.BY_NAME[name], text) is None


@given(st.sampled_from([field for field in fields.FIELDS if field.characters]), st.text())
def test_an_offered_spelling_gives_no_warning(field, text):
    found = warning(field, text)
    if found and found.spelling:
        assert warning(field, found.spelling) is None


@pytest.mark.parametrize("name", ["passport_number", "applicant_id", "course_id", "agent_postcode"])
def test_a_letter_of_an_identifier_that_only_looks_latin_is_kept_and_warned_of(name):
    field = fields.BY_NAME[name]
    values = {**VALUES, name: "\u0410B12"}  # a Cyrillic A
    found = warning(field, values[name])
    assert found.sentence == f"{field.subject}: “\u0410” is Cyrillic and looks like A. Enter it again in Latin letters"
    assert fields.checked(values)[0][name] == "\u0410B12"
    assert not fields.missing(values)
    assert not warning(field, "AB12")


def test_a_uk_postcode_must_have_latin_letters():
    assert "study_postcode" in fields.errors({**VALUES, "study_postcode": "\u0410B12 3CD"})
