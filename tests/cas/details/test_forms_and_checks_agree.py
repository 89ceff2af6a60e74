"""A form and a bulk file read the same text alike: one reader of values, in `sms/core/values.py`."""

import ast
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cas.details import fields
from sms.core import values
from sms.core.govuk.fields import DateField, LongTextField, MoneyField, NumberField, TextField
from sms.core.govuk.fields.base import ReadField
from tests.core.test_values import ANY_TEXT

FIGURES = st.text("0123456789٣.,-£ \t")
TYPED = (
    ANY_TEXT | FIGURES | st.sampled_from(["yes", "NO", " GBR ", "gbr", "ls29jt", "2027-02-29", "2027-03-27", "\x1f"])
)
BOXES = st.tuples(FIGURES | ANY_TEXT, FIGURES | st.sampled_from(["Feb", "sept."]), FIGURES)

# Each kind of field, and a form field of no CAS that follows the same rule.
FIELDS = {
    "family_name": TextField("It", max_length=35, subject="It"),
    "care_arrangements": LongTextField("It", max_length=4000),
    "course_fees_paid": MoneyField("It"),
    "hours_per_week": NumberField("It", minimum=1, maximum=60),
    "course_start_date": DateField("It"),
}


def outcome(read, value):
    """What comes of a value: what is kept, or the sentence."""
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
def test_the_form_of_a_cas_takes_what_the_check_takes_and_says_the_same_of_the_rest(field, typed):
    check_form_of_cas(field, typed)


def test_without_the_check_a_form_would_see_other_values(monkeypatch):
    monkeypatch.setattr(ReadField, "to_python", lambda self, value: self.read(value) if value else self.nothing)
    with pytest.raises(AssertionError):
        check_form_of_cas(fields.BY_NAME["study_postcode"], "ls29jt")


@pytest.mark.parametrize("name", FIELDS)
@given(typed=TYPED | BOXES)
@example("O'\u200bBrien\u00a0\ufdd0")
@example("٣")
@example("-0")
def test_any_other_form_follows_the_rule_of_the_field_of_a_cas(name, typed):
    field = fields.BY_NAME[name]
    if isinstance(field.empty, str) and not isinstance(typed, str):
        return  # no browser sends three boxes for a text
    expected = outcome(field.checked, typed)
    found = outcome(FIELDS[name].clean, typed)
    if isinstance(expected, list):
        expected = [sentence.replace(field.subject, "It", 1) for sentence in expected]
    assert found == expected


# One table of characters

TABLE = "sms/core/characters.py"
ROOT = Path(__file__).parents[3]


def odd_characters(source):
    """The strings of Python that name a control, a surrogate or a character which cannot be seen."""
    return [
        node.value
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        if any(not (c.isprintable() or c in "\n\t\r") or "\u0300" <= c <= "\u036f" for c in node.value)
    ]


@pytest.mark.parametrize("room", ["sms", "licences", "cas", "sponsorship_duties"])
def test_no_other_module_has_a_list_of_characters(room):
    found = {
        str(path.relative_to(ROOT)) for path in (ROOT / room).rglob("*.py") if odd_characters(path.read_text("utf-8"))
    }
    assert found <= {TABLE}


def test_a_list_of_characters_would_be_seen():
    assert odd_characters('UNUSABLE = re.compile("[\\x00\\ud800-\\udfff]")')
    assert not odd_characters("'Nguyễn, “Thị”\\n'")
