"""Forms: every sentence is ours and appears once, and the summary links to the fields with errors."""

import re
from importlib import import_module
from pkgutil import walk_packages

import pytest
from django import forms
from django.http import QueryDict

from licences.sign_in import SignInForm
from sms.core.govuk.fields import (
    CheckboxesField,
    CheckboxField,
    CountryField,
    DateField,
    GovukField,
    HiddenField,
    LongTextField,
    MoneyField,
    NumberField,
    RadiosField,
    SelectField,
    TextField,
    YesNoField,
)
from sms.core.govuk.forms import GovukForm
from sms.core.refused import Refusal, Stale
from tests.reading import tag_with

OPTIONS = [("a", "First"), ("b", "Second")]


class Everything(GovukForm):
    family_name = TextField("Family name", required="Enter the family name", help_text="As in the passport")
    born_on = DateField("Date of birth", required="Enter the date of birth", help_text="Such as 27 3 2007")
    nationality = CountryField("Nationality", choices=OPTIONS, required="Select it", help_text="Or the first")
    level = SelectField("Academic level", choices=OPTIONS, required="Select the level", help_text="See below")
    gender = RadiosField("Gender", choices=OPTIONS, required="Select the gender", help_text="One of them")
    is_remote = YesNoField("Is it remote?", required="Select Yes or No", help_text="In part or in whole")
    share = NumberField("Share (%)", minimum=1, maximum=40, required="Enter the share", help_text="Up to 40")
    fees = MoneyField("Fees (£)", required="Enter the fees", help_text="Without commas")
    evidence = LongTextField("Evidence", max_length=4000, required="Enter the evidence", help_text="All of it")
    extras = CheckboxesField("Extras", choices=OPTIONS, required="Select one", help_text="Any of them")
    is_checked = CheckboxField("I have checked it", required="Select the box", help_text="Twice")
    version = HiddenField("Version")


def all_forms():
    """Return all our form classes."""
    for app in ("cas", "licences", "sms"):
        for module in walk_packages(import_module(app).__path__, f"{app}."):
            if module.name.split(".")[-1] in {"forms", "sign_in"} or ".forms." in module.name:
                import_module(module.name)
    return sorted(set(descendants(GovukForm)) - {Everything}, key=str)


def descendants(form_class):
    for child in form_class.__subclasses__():
        if not child.__module__.startswith("tests."):
            yield child
            yield from descendants(child)


def fields_of(form_class):
    """Return the fields that the class declares. The sign-in form's base declares fields of allauth, so use its own."""
    return form_class().fields if form_class is SignInForm else form_class.base_fields


DJANGOS_OWN = {
    str(message)
    for field_class in vars(forms.fields).values()
    if isinstance(field_class, type) and issubclass(field_class, forms.Field)
    for message in field_class.default_error_messages.values()
}


@pytest.mark.parametrize("form_class", all_forms(), ids=lambda form_class: form_class.__qualname__)
def test_every_field_of_every_form_is_ours_with_its_own_sentence_if_it_is_empty(form_class):
    for name, field in fields_of(form_class).items():
        assert isinstance(field, GovukField), f"{name} is not drawn by a GOV.UK component"
        if field.required:
            assert str(field.error_messages["required"]) not in DJANGOS_OWN, name


def test_all_forms_are_found():
    assert {"SignInForm", "KindForm"} <= {form_class.__name__ for form_class in all_forms()}


def test_its_twin_a_sentence_of_djangos_would_be_found():
    assert "This field is required." in DJANGOS_OWN


@pytest.mark.parametrize("data", ["", "level=x&gender=x&is_remote=x&share=x&fees=x&nationality=x&born_on_day=x"])
def test_no_sentence_of_djangos_is_shown(data):
    form = Everything(QueryDict(data))
    said = {error["text"] for error in form.error_list()}
    assert len(said) == 11
    assert not said & DJANGOS_OWN
    assert not any("valid choice" in sentence or "valid value" in sentence for sentence in said)


@pytest.mark.parametrize("name", [name for name in Everything.base_fields if name != "version"])
def test_label_hint_and_error_appear_once_and_describe_the_input(name):
    form = Everything(QueryDict(""))
    html = str(form[name])
    for text in (form[name].label, form[name].help_text, form.errors[name][0]):
        assert len(re.findall(rf"(?<![\w]){re.escape(text)}(?![\w])", html)) == 1, text
    ids = re.findall(r'\bid="([^"]*)"', html)
    assert len(ids) == len(set(ids))
    described = set(re.findall(r'aria-describedby="([^"]*)"', html)[0].split())
    assert f"id_{name}-error" in described
    assert described <= set(ids)


def test_the_summary_links_to_the_inputs_in_the_order_of_the_page():
    form = Everything(QueryDict(""))
    page = str(form)
    targets = [error["href"].removeprefix("#") for error in form.error_list()]
    assert len(targets) == 11
    for target in targets:
        assert tag_with(page, f'id="{target}"').startswith(("<input", "<select", "<textarea"))
    assert [page.index(f'id="{target}"') for target in targets] == sorted(
        page.index(f'id="{target}"') for target in targets
    )


def test_an_error_of_the_whole_form_links_to_its_first_field():
    form = Everything(QueryDict(""))
    form.add_error(None, "Another user saved it first")
    assert form.error_list()[0] == {"text": "Another user saved it first", "href": "#id_family_name"}


def test_a_form_that_was_not_sent_has_no_errors():
    assert Everything().error_list() == []


def test_both_of_two_errors_of_one_field_are_shown():
    form = Everything(QueryDict("family_name=Wang"))
    form.add_error("family_name", "It is <too> common")
    form.add_error("family_name", "It is short")
    assert "It is &lt;too&gt; common<br>It is short" in str(form["family_name"])


def test_what_was_typed_is_shown_again_escaped():
    form = Everything(QueryDict('family_name=%3Cscript%3E"&fees=%3Cb%3E&share=%27&evidence=%3C/textarea%3E'))
    html = str(form)
    assert "<script>" not in html
    assert "<b>" not in html
    assert html.count("</textarea>") == 1
    assert 'value="&lt;script&gt;&#34;"' in html


def test_the_group_of_each_field_can_have_attributes():
    form = Everything()
    for name, field in form.fields.items():
        field.group_attributes["data-asked"] = '{"is": ["level", ["a"]]}'
        if name != "version":
            group = tag_with(str(form[name]), "data-asked")
            assert group.startswith('<div class="govuk-form-group')
            assert 'data-asked="{&#34;is&#34;: [&#34;level&#34;, [&#34;a&#34;]]}"' in group


def test_the_form_draws_all_its_fields_even_hidden_ones():
    html = str(Everything(initial={"version": 7}))
    assert 'value="7"' in html
    positions = [html.index(f'name="{name}') for name in Everything.base_fields]
    assert positions == sorted(positions)


class NameForm(GovukForm):
    name = TextField("Name")


def test_a_refusal_ends_the_block_and_is_shown_beside_its_field():
    form = NameForm({"name": "x"})
    assert form.is_valid()
    with form.refusals():
        raise Refusal("tests.taken", 409, "Choose another name").about("name")
    assert form.errors == {"name": ["Choose another name"]}


@pytest.mark.parametrize(("field", "where"), [("name", "name"), ("", "__all__"), ("elsewhere", "__all__")])
def test_a_refusal_about_no_field_is_shown_where_the_view_says(field, where):
    form = NameForm({"name": "x"})
    with form.refusals(field):
        raise Refusal("tests.late", 409, "Too late")()
    assert form.errors == {where: ["Too late"]}


@pytest.mark.parametrize("error", [Stale(Refusal("tests.stale", 409, "Stale"), []), ValueError("a fault")])
def test_the_form_does_not_catch_stale_records_and_bugs(error):
    form = NameForm({"name": "x"})
    with pytest.raises(type(error)), form.refusals():
        raise error
    assert form.errors == {}
