"""The headings of a sheet: in any order, by label or by name, with the section where labels repeat."""

from collections import Counter

import pytest

from bulk_data_transfer import refusals
from bulk_data_transfer.sheets.headings import RESULTS, heading_of, understood
from bulk_data_transfer.sheets.sheet import Row
from cas.columns import BY_NAME
from cas.details import fields
from sms.core.refused import Refused
from tests.bulk_data_transfer.sheets.making import EVERY_FIELD


def meant(*headings, wanted=EVERY_FIELD):
    return understood(Row(1, headings), wanted)


def names(*headings, **options):
    return {index: column.name for index, column in meant(*headings, **options).columns.items()}


def test_each_column_has_a_heading_of_its_own_that_is_understood_again():
    headings = [heading_of(column) for column in BY_NAME.values()]
    assert max(Counter(headings).values()) == 1
    assert list(names(*headings, wanted=BY_NAME.keys()).values()) == list(BY_NAME)


def test_each_column_is_understood_by_its_name():
    assert list(names(*BY_NAME, wanted=BY_NAME.keys()).values()) == list(BY_NAME)


def test_each_field_is_understood_by_its_section_and_label():
    headings = [f"{field.section_name}: {field.label}" for field in fields.FIELDS]
    assert list(names(*headings).values()) == [field.name for field in fields.FIELDS]


def test_a_heading_carries_its_section_only_if_its_label_repeats():
    assert heading_of(BY_NAME["agent_city"]) == "Agent: City or town"
    assert heading_of(BY_NAME["family_name"]) == fields.BY_NAME["family_name"].label
    assert heading_of(BY_NAME["course_fees_paid"]) == fields.BY_NAME["course_fees_paid"].label


@pytest.mark.parametrize(
    ("heading", "name"),
    [
        ("FAMILY NAME", "family_name"),
        ("  family   name ", "family_name"),
        ("Family_Name", "family_name"),
        ("Family name *", "family_name"),
        ("FamilyName", "family_name"),
        ("Given names", "given_names"),
        ("given name(s)", "given_names"),
        ("Course fees paid to date", "course_fees_paid"),
        ("course fees paid to date (£)", "course_fees_paid"),
        ("agent - city or town", "agent_city"),
        ("AGENT:CITY OR TOWN", "agent_city"),
        ("Main study address: postcode", "study_postcode"),
        ("Is a Secure English Language Test (SELT) required", "is_selt_required"),
        ("Family\nname", "family_name"),
    ],
)
def test_case_spaces_and_punctuation_of_a_heading_do_not_count(heading, name):
    assert names(heading) == {0: name}


def test_an_unknown_heading_is_ignored_and_named_in_a_warning_of_the_file():
    found = meant("Family name", "Shoe size")
    assert list(found.columns) == [0]
    assert found.not_read == ["Shoe size"]
    (warning,) = found.warnings
    assert (warning.code, warning.place, warning.value) == ("files.column_not_read", "B1", "Shoe size")
    assert warning.sentence == "The column “Shoe size” is not read."


def test_a_label_of_several_sections_is_not_read_and_the_warning_lists_their_headings():
    (warning,) = meant("Family name", "City or town").warnings
    assert warning.code == "files.heading_unclear"
    assert "“Partner institution: City or town”, " in warning.sentence
    assert " or “Agent: City or town”. Write one of them." in warning.sentence


def test_a_label_of_several_sections_is_clear_if_only_one_of_them_is_wanted():
    assert names("City or town", wanted={"agent_city"}) == {0: "agent_city"}


def test_two_headings_for_one_field_refuse_the_file():
    with pytest.raises(Refused) as refused:
        meant("Family name", "Gender", "family_name")
    assert refused.value.refusal is refusals.HEADING_TWICE
    assert str(refused.value) == "Columns A and C are both “Family name”. Delete one of them."


def test_the_columns_of_our_result_files_are_ignored_without_a_warning():
    found = meant("Family name", *RESULTS, *RESULTS)
    assert (list(found.columns), found.not_read, found.warnings) == ([0], [], [])
    assert len(RESULTS) == 4


def test_the_cas_number_and_other_facts_are_understood_if_they_are_wanted():
    assert names("CAS number", "Expiry date", wanted={"number", "expires_on"}) == {0: "number", 1: "expires_on"}


def test_a_fact_that_is_not_wanted_is_named_in_a_warning():
    assert meant("Family name", "Expiry date").not_read == ["Expiry date"]


def test_an_empty_heading_means_nothing():
    found = meant("Family name", "", None, " ", "Gender")
    assert (list(found.columns), found.warnings) == ([0, 4], [])


def test_a_sheet_without_any_known_heading_is_refused():
    with pytest.raises(Refused) as refused:
        meant("Nguyen", "Thi")
    assert refused.value.refusal is refusals.NO_HEADING_KNOWN


def test_a_warning_about_a_heading_can_be_stored():
    (warning,) = meant("Family name", "A\0\ud800" + "x" * 200).warnings
    assert warning.value == "A\ufffd\ufffd" + "x" * 97
