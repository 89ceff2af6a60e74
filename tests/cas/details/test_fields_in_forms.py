"""The fields of a CAS in the model and in forms use the same checks."""

from decimal import Decimal

import pytest
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.utils.datastructures import MultiValueDict

from cas.details import fields
from cas.models import CAS
from licences.routes import Route
from sms.core.govuk.forms import GovukForm
from sms.core.partial_dates import PartialDate
from tests.core.test_values import MISREAD
from tests.factories import COMPLETE

STUDENT = {**COMPLETE, "route": Route.STUDENT}


def test_the_model_validates_with_the_same_checks():
    cas = CAS(**{**STUDENT, "course_fees_paid": "12,5"})
    with pytest.raises(
        Exception, match="Course fees paid to date must have commas or spaces only between thousands"
    ) as caught:
        cas.clean_fields(exclude=[f.name for f in CAS._meta.fields if f.name not in fields.BY_NAME])
    assert list(caught.value.message_dict) == ["course_fees_paid"]


def a_form(data):
    form_class = type("Form", (GovukForm,), {field.name: field.formfield() for field in fields.FIELDS})
    return form_class(MultiValueDict({name: [value] for name, value in data.items()}))


def test_a_form_of_the_fields_accepts_no_values_at_all():
    form = a_form({})
    assert form.is_valid()
    assert form.cleaned_data == {field.name: field.empty for field in fields.FIELDS}


def test_a_form_field_can_be_made_required():
    name = fields.BY_NAME["family_name"].formfield(required="Enter the family name")
    for nothing in (None, "", "  ", "\u200b"):
        with pytest.raises(ValidationError, match="Enter the family name"):
            name.clean(nothing)
    assert name.clean("Ng") == "Ng"
    answer = fields.BY_NAME["is_agent_used"].formfield(required="Select yes if there was an agent")
    assert answer.clean("no") is False


def test_a_form_can_require_a_field_after_it_is_built():
    form_class = type("Form", (GovukForm,), {"gender": fields.BY_NAME["gender"].formfield()})
    form, other = form_class({}), form_class({})
    form.fields["gender"].required = True
    form.fields["gender"].error_messages["required"] = "Select the gender"
    assert form.errors == {"gender": ["Select the gender"]}
    assert other.is_valid()


def test_a_form_of_the_fields_cleans_what_was_typed():
    form = a_form(
        {
            "family_name": " O'Brien\u200b ",
            "date_of_birth_day": "29",
            "date_of_birth_month": "February",
            "date_of_birth_year": "2004",
            "gender": "OTHER",
            "nationality": "Stateless",
            "is_atas_required": "no",
            "remote_delivery_percent": "40",
            "course_fees_paid": "0",
            "evidence_for_offer": "One\r\nTwo",
            "study_postcode": "ls29jt",
        }
    )
    assert form.is_valid(), form.errors
    given = {name: value for name, value in form.cleaned_data.items() if value not in {None, ""}}
    assert given == {
        "family_name": "O'Brien",
        "date_of_birth": PartialDate("2004-02-29"),
        "gender": "OTHER",
        "nationality": "XXA",
        "is_atas_required": False,
        "remote_delivery_percent": 40,
        "course_fees_paid": Decimal(0),
        "evidence_for_offer": "One\nTwo",
        "study_postcode": "LS2 9JT",
    }


def test_a_form_of_the_fields_gives_an_error_for_each_invalid_value():
    form = a_form(
        {
            "family_name": "x" * 36,
            "date_of_birth_day": "29",
            "date_of_birth_month": "2",
            "date_of_birth_year": "2003",
            "course_fees_paid": "12,34",
            "hours_per_week": "168.1",
            "nationality": "Atlantis",
            "is_agent_used": "perhaps",
            "study_postcode": "90210",
        }
    )
    assert {name: list(sentences) for name, sentences in form.errors.items()} == {
        "family_name": ["Family name must be 35 characters or fewer. It is 36 now"],
        "date_of_birth": ["Date of birth must be a real date: February 2003 has 28 days"],
        "nationality": ["Nationality: “Atlantis” is not in the list. Choose from the list"],
        "study_postcode": ["Main study address: Postcode must be a UK postcode, such as LS2 9JT"],
        "hours_per_week": ["Hours of study each week must be a number from 0 to 168, with 1 decimal at most"],
        "course_fees_paid": [f"Course fees paid to date {MISREAD}"],
        "is_agent_used": ["Select Yes or No for “Was an agent or other third party used to recruit the student?”"],
    }


def test_columns_that_the_system_sets_are_not_declared_as_fields():
    for name in ("status", "number", "owner", "licence"):
        with pytest.raises(FieldDoesNotExist):
            fields.CASDetails._meta.get_field(name)
