"""In every form of the project, a missing value has its own error sentence, and every field has a label."""

import pytest
from django import forms

from cas.forms.cas import DetailsForm, cas_form
from licences.routes import Route
from licences.sign_in import SignInForm
from sms import urls

OURS = {"bulk_data_transfer", "cas", "licences", "sms", "sponsorship_duties"}
DJANGOS = {"This field is required.", "This field cannot be blank."}


def descendants(kind):
    for child in kind.__subclasses__():
        yield child
        yield from descendants(child)


def fields_of(kind):
    """Return the fields that the form declares, or for the sign-in form the fields that it makes."""
    return SignInForm().fields if kind is SignInForm else kind.base_fields


def every_form():
    """Return our form classes that have fields, by name. The CAS form has a class for each route."""
    assert urls.urlpatterns, "all pages must have been imported, with their forms"
    for route in Route:
        cas_form(route)
    ours = [kind for kind in descendants(forms.BaseForm) if is_ours(kind) and fields_of(kind)]
    return {f"{kind.__module__}.{kind.__qualname__} {getattr(kind, 'route', '')}".strip(): kind for kind in ours}


def is_ours(kind):
    """Return whether the form is ours. CAS forms are made from a table, so their module is that of the library."""
    return kind.__module__.split(".")[0] in OURS or issubclass(kind, DetailsForm)


FORMS = every_form()
each_form = pytest.mark.parametrize("kind", FORMS.values(), ids=FORMS)


def test_the_search_for_forms_finds_well_known_forms():
    names = {name.rpartition(".")[2] for name in FORMS}
    assert {"RouteForm", "KindForm", "SignInForm", "CASForm STUDENT", "CASForm CHILD_STUDENT"} <= names


@each_form
def test_a_mandatory_field_has_its_own_error_sentence(kind):
    for name, field in fields_of(kind).items():
        sentence = str(field.error_messages["required"])
        assert not field.required or sentence not in DJANGOS, name


@each_form
def test_every_field_has_a_label_and_no_two_fields_have_the_same_error_sentence(kind):
    fields = fields_of(kind)
    assert all(str(field.label or "").strip() for field in fields.values())
    sentences = [str(field.error_messages["required"]) for field in fields.values() if field.required]
    assert len(sentences) == len(set(sentences))
