"""A formula in a cell can do no harm, and text with the guard is read back unchanged."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulk_data_transfer.sheets.formula_guard import guarded, in_workbook, unguarded

RISKY = st.text(st.sampled_from("'=+-@\t\r1a"), max_size=5)


@pytest.mark.parametrize("text", ["=1+1", "+44", "-5", "@SUM(A1)", "\t=1", "\r=1", "'=1", "''-"])
def test_text_that_could_be_taken_for_a_formula_gets_an_apostrophe(text):
    assert guarded(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "'", "''", "Nguyen", "O'Brien", "'t Hooft", "1=1", " =1"])
def test_other_text_is_unchanged(text):
    assert guarded(text) == unguarded(text) == text


@given(RISKY)
def test_no_guarded_text_begins_as_a_formula_does_and_all_are_read_back(text):
    assert guarded(text)[:1] not in {"=", "+", "-", "@", "\t", "\r"} or not text
    assert unguarded(guarded(text)) == text


@pytest.mark.parametrize("text", ["=1+1", "'=1+1", "''=1+1", "'plain", "plain"])
def test_text_of_a_workbook_is_read_as_the_same_text(text):
    assert unguarded(in_workbook(text)) == text


def test_text_of_a_workbook_has_no_apostrophe_unless_one_would_be_lost():
    assert in_workbook("=1+1") == "=1+1"
    assert in_workbook("'=1+1") == "''=1+1"
