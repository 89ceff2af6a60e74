"""Forms and bulk files read the same text in the same way, because both use `sms/core/values.py`."""

import ast
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cas.details import fields
from sms.core import values
from sms.core.govuk.fields import DateField, DecimalField, LongTextField, MoneyField, NumberField, TextField
from sms.core.govuk.fields.base import ReadField
from tests.core.test_values import ANY_TEXT

FIGURES = st.text("0123456789٣.,-£ \t")
TYPED = (
    ANY_TEXT | FIGURES | st.sampled_from(["yes", "NO", " GBR ", "gbr", "ls29jt", "2027-02-29", "2027-03-27", "\x1f"])
)
BOXES = st.tuples(FIGURES | ANY_TEXT, FIGURES | st.sampled_from(["Feb", "sept."]), FIGURES)

# Fields of a CAS, each with an independent form field that has the same rule.
FIELDS = {
    "family_name": TextField("It", max_length=35, subject="It"),
    "living_details": LongTextField("It", max_length=2000),
    "course_fees_paid": MoneyField("It"),
    "hours_per_week": DecimalField("It", maximum=168),
    "placement_percent": NumberField("It", minimum=1, maximum=100),
    "course_start_date": DateField("It"),
}


def outcome(read, value):
    """Return the value that is kept, or the error."""
    try:
        return read(value)
    except values.Invalid as invalid:
        return [str(invalid)]
    except ValidationError as error:
        return error.messages


def check_form_of_cas(field, typed):
    assert outcome(field.formfield().clean, typed) == outcome(field.checked, typed)


@pytest.mark.parametrize("field", fields.FIELDS, ids=lambda field: field.name)
@settings(max_examples=25)  # of each of 90 fields
@given(typed=TYPED | BOXES)
def test_the_form_of_a_cas_accepts_the_same_values_as_the_check_and_gives_the_same_errors(field, typed):
    check_form_of_cas(field, typed)


def test_without_the_check_a_form_accepts_other_values(monkeypatch):
    monkeypatch.setattr(ReadField, "to_python", lambda self, value: self.read(value) if value else self.nothing)
    with pytest.raises(AssertionError):
        check_form_of_cas(fields.BY_NAME["study_postcode"], "ls29jt")


@pytest.mark.parametrize("name", FIELDS)
@given(typed=TYPED | BOXES)
@example("O'\u200bBrien\u00a0\ufdd0")
@example("٣")
@example("-0")
def test_any_other_form_field_has_the_same_rule_as_the_field_of_a_cas(name, typed):
    field = fields.BY_NAME[name]
    if isinstance(field.empty, str) and not isinstance(typed, str):
        return  # no browser sends three inputs for a text
    expected = outcome(field.checked, typed)
    found = outcome(FIELDS[name].clean, typed)
    if isinstance(expected, list):
        expected = [sentence.replace(field.subject, "It", 1) for sentence in expected]
    assert found == expected


# One table of characters

TABLE = "sms/core/characters.py"
DRAWN = "sms/core/pdf_text.py"  # the scripts that the PDF library draws right, which is nothing about values
ROOT = Path(__file__).parents[3]


def odd_characters(source):
    """Return the strings of Python source that hold a control character, a surrogate or an invisible character."""
    return [
        node.value
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        if any(not (c.isprintable() or c in "\n\t\r") or "\u0300" <= c <= "\u036f" for c in node.value)
    ]


@pytest.mark.parametrize("folder", ["sms", "licences", "cas", "sponsorship_duties", "bulk_data_transfer"])
def test_only_the_module_of_values_has_a_list_of_characters(folder):
    found = {
        str(path.relative_to(ROOT)) for path in (ROOT / folder).rglob("*.py") if odd_characters(path.read_text("utf-8"))
    }
    assert found <= {TABLE, DRAWN}


def test_a_list_of_characters_in_a_module_is_found():
    assert odd_characters('UNUSABLE = re.compile("[\\x00\\ud800-\\udfff]")')
    assert not odd_characters("'Nguyễn, “Thị”\\n'")
