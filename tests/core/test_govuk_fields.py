"""Each kind of field: the values it accepts, its errors for other values, and the text that it shows again."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.template import engines
from markupsafe import Markup, escape

from sms.core.govuk.fields import (
    CheckboxesField,
    CheckboxField,
    CountryField,
    DateField,
    DecimalField,
    HiddenField,
    LongTextField,
    MoneyField,
    NumberField,
    PasswordField,
    RadiosField,
    SelectField,
    TextField,
    YesNoField,
)
from sms.core.govuk.forms import GovukForm
from tests.core.test_values import MISREAD
from tests.reading import tag_with, tokens

NAME = TextField("Family name", max_length=35)
STORY = LongTextField("Evidence", max_length=20)
FEES = MoneyField("Course fees (£)", subject="Course fees")
SHARE = NumberField("Share (%)", subject="Share", minimum=1, maximum=1500)
HOURS = DecimalField("Hours", maximum=168)
BORN = DateField("Date of birth")
ROUTES = [("STUDENT", "Student"), ("CHILD_STUDENT", "Child Student")]


def said(field, value):
    with pytest.raises(ValidationError) as refused:
        field.clean(value)
    return " | ".join(refused.value.messages)


def form_of(field, data=None, initial=None):
    """Return a form with one field called `it`, sent with `data` (a query string), or not sent if it is None."""
    form_class = type("Form", (GovukForm,), {"it": field})
    return form_class(QueryDict(data) if data is not None else None, initial={"it": initial})


# Text


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Nguyễn ", "Nguyễn"),
        ("O'Connor-Żak", "O'Connor-Żak"),
        ("two\twords\r\nfrom a table", "two words from a table"),
        (
            "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
            "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
        ),
        ("", ""),
        (None, ""),
        ("x" * 35, "x" * 35),
    ],
)
def test_text_is_kept_without_spaces_around_it(typed, kept):
    assert NAME.clean(typed) == kept


@pytest.mark.parametrize("character", ["\x00", "\x07", "\x7f", "\x9f", "\ud800", "\ufffe", "\U0010ffff"])
def test_text_with_a_character_that_cannot_be_kept_is_refused(character):
    sentence = said(NAME, f"Wa{character}ng")
    assert sentence == f"Family name contains a character that cannot be kept (U+{ord(character):04X}). Delete it"
    assert said(STORY, f"Wa{character}ng").startswith("Evidence contains a character")


def test_the_error_for_text_that_is_too_long_says_how_long_it_is():
    assert said(NAME, "x" * 36) == "Family name must be 35 characters or fewer. It is 36 now"


def test_a_line_break_counts_as_one_character():
    assert STORY.clean("one\r\ntwo\rthree\n") == "one\ntwo\nthree"
    assert STORY.clean("\r\n".join("x" * 10)) == "\n".join("x" * 10)


@pytest.mark.parametrize(("limit", "width"), [(2, 2), (8, 10), (20, 20), (35, 30), (50, 30)])
def test_an_input_is_about_as_wide_as_its_text(limit, width):
    assert f'class="govuk-input govuk-input--width-{width}"' in str(form_of(TextField("T", max_length=limit)))


def test_an_input_for_long_text_has_the_width_of_the_column():
    assert 'class="govuk-input"' in str(form_of(TextField("Title", max_length=250)))


def test_several_lines_are_shown_as_typed_inside_any_component():
    typed = " one\n  two\n\n<b>three</b>"
    html = str(form_of(STORY, initial=typed))
    assert f">{escape(typed)}</textarea>" in html
    fieldset = engines["jinja2"].env.globals["govukFieldset"]
    radios = engines["jinja2"].env.globals["govukRadios"]
    item = {"value": "a", "text": "A", "conditional": {"html": Markup(html)}}
    assert f">{escape(typed)}</textarea>" in fieldset({"html": Markup(html)})
    assert f">{escape(typed)}</textarea>" in radios(
        {"name": "r", "items": [item], "fieldset": {"legend": {"text": "L"}}}
    )


def test_long_text_is_drawn_as_by_the_character_count_component():
    character_count = engines["jinja2"].env.globals["govukCharacterCount"]
    bound = form_of(LongTextField("Evidence", max_length=900, help_text="A hint"))["it"]
    assert tokens(str(bound)) == tokens(
        character_count(
            dict(
                bound.shared,
                formGroup=None,
                maxlength=900,
                attributes={"autocomplete": "off"},
                spellcheck=True,
            )
        )
    )


def test_a_large_limit_of_long_text_has_a_comma():
    html = str(form_of(LongTextField("Evidence", max_length=4000)))
    assert "You can enter up to 4,000 characters" in html


def test_a_password_is_kept_as_typed_and_never_sent_back():
    field = PasswordField("Password", required="Enter your password")
    assert field.clean("  two  spaces ") == "  two  spaces "
    assert "hunter2" not in str(form_of(field, "it=hunter2"))


def test_the_browser_suggests_texts_and_any_other_text_is_accepted():
    field = TextField("Secondary academic level", suggestions=("RQF level 5", '"<b>'))
    html = str(form_of(field))
    assert tag_with(html, 'name="it"').count(' list="id_it_suggestions"') == 1
    assert '<option value="RQF level 5">' in html.split('<datalist id="id_it_suggestions">')[1]
    assert "<b>" not in html
    assert "list=" not in str(form_of(NAME))
    assert field.clean("HND2") == "HND2"


# Money and numbers


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("1234", Decimal("1234")),
        ("1234.99", Decimal("1234.99")),
        (" 0 ", Decimal("0")),
        ("0.50", Decimal("0.50")),
        ("999999999.99", Decimal("999999999.99")),
        ("£1,234.99", Decimal("1234.99")),
        ("1 234.50", Decimal("1234.50")),
        ("\u0661\u0662\u0663\u0664", Decimal("1234")),
        ("\uff11\uff12", Decimal("12")),
        ("", None),
        ("   ", None),
        (None, None),
    ],
)
def test_money_is_written_as_1234_or_1234_99(typed, amount):
    assert FEES.clean(typed) == amount


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("1,23", f"Course fees {MISREAD}"),
        ("1.234,50", f"Course fees {MISREAD}"),
        ("£12,34", f"Course fees {MISREAD}"),
        ("£1,23.00", f"Course fees {MISREAD}"),
        ("-5", "Course fees must be 0 or more"),
        ("\u22125.00", "Course fees must be 0 or more"),
        ("1234.5", "Course fees must have 2 figures after the point, as 1234.99, or no point"),
        ("1234.", "Course fees must have 2 figures after the point, as 1234.99, or no point"),
        ("1234.567", "Course fees must have 2 figures after the point, as 1234.99, or no point"),
        ("free", "Course fees must be an amount in pounds, as 1234 or 1234.99"),
        ("1e5", "Course fees must be an amount in pounds, as 1234 or 1234.99"),
        ("NaN", "Course fees must be an amount in pounds, as 1234 or 1234.99"),
        ("\u00b2", "Course fees must be an amount in pounds, as 1234 or 1234.99"),
        ("1000000000", "Course fees must be 999,999,999.99 or less"),
        ("9" * 10_000, "Course fees must be 999,999,999.99 or less"),
    ],
)
def test_the_error_for_any_other_amount_says_what_is_wrong(typed, sentence):
    assert said(FEES, typed) == sentence


@pytest.mark.parametrize(
    ("held", "shown"),
    [(Decimal("1234.50"), "1234.50"), (Decimal("1234.00"), "1234"), (Decimal("0"), "0"), (None, "")],
)
def test_an_amount_is_shown_in_a_form_that_can_be_typed(held, shown):
    assert f'value="{shown}"' in str(form_of(FEES, initial=held))


@pytest.mark.parametrize(
    ("typed", "number"), [("1", 1), (" 1500 ", 1500), ("1,500", 1500), ("\u0967\u0968", 12), ("", None), (None, None)]
)
def test_a_number_is_whole_and_in_its_range(typed, number):
    assert SHARE.clean(typed) == number


@pytest.mark.parametrize("typed", ["0", "1501", "-1", "2.5", "ten", "1,00", ",500", "1,0000", "\u00bd", "9" * 10_000])
def test_the_error_for_any_other_number_says_the_range(typed):
    assert said(SHARE, typed) == "Share must be a whole number from 1 to 1,500"


@pytest.mark.parametrize(
    ("typed", "number"), [("17.5", Decimal("17.5")), ("0.0", Decimal(0)), ("", None), (None, None)]
)
def test_a_number_can_have_one_decimal(typed, number):
    assert HOURS.clean(typed) == number
    assert 'inputmode="decimal"' in str(form_of(HOURS))


@pytest.mark.parametrize("typed", ["168.1", "17.55", "-1", "ten"])
def test_the_error_for_another_number_with_decimals_says_the_range(typed):
    assert said(HOURS, typed) == "Hours must be a number from 0 to 168, with 1 decimal at most"


@pytest.mark.parametrize(
    ("held", "shown"), [(Decimal("17.5"), "17.5"), (Decimal("15.0"), "15"), (Decimal("0.0"), "0"), (None, "")]
)
def test_a_number_with_a_decimal_is_shown_without_needless_zeros(held, shown):
    assert f'value="{shown}"' in str(form_of(HOURS, initial=held))


def test_zero_is_shown():
    assert 'value="0"' in str(form_of(NumberField("Share", minimum=0, maximum=9), initial=0))


# Dates


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        (["27", "3", "2007"], date(2007, 3, 27)),
        (["01", "01", "1900"], date(1900, 1, 1)),
        ([" 29 ", "feb", "2028"], date(2028, 2, 29)),
        (["1", "September", "2026"], date(2026, 9, 1)),
        (["1", "Sept.", "2026"], date(2026, 9, 1)),
        (["1", "SEP", "2026"], date(2026, 9, 1)),
        (["1", "juin", "2026"], None),
        (["\u0662\u0667", "\u0663", "\u0662\u0660\u0660\u0667"], date(2007, 3, 27)),
        (["\uff12\uff17", "3", "2007"], date(2007, 3, 27)),
        (["", "", ""], None),
        (["", " ", None], None),
        (None, None),
    ],
)
def test_a_date_is_a_day_a_month_or_its_name_and_a_year(typed, day):
    if typed and "juin" in typed:
        assert said(BORN, typed) == "Date of birth must have a month from 1 to 12, or its name"
    else:
        assert BORN.clean(typed) == day


@pytest.mark.parametrize(
    ("typed", "sentence", "box"),
    [
        (["27", "3", ""], "Date of birth must include a year", "year"),
        (["", "", "2007"], "Date of birth must include a day and month", "day"),
        (["", "3", "2007"], "Date of birth must include a day", "day"),
        (["32", "3", "2007"], "Date of birth must have a day from 1 to 31", "day"),
        (["0", "3", "2007"], "Date of birth must have a day from 1 to 31", "day"),
        (["-1", "3", "2007"], "Date of birth must have a day from 1 to 31", "day"),
        (["\u00b2", "3", "2007"], "Date of birth must have a day from 1 to 31", "day"),
        (["27", "13", "2007"], "Date of birth must have a month from 1 to 12, or its name", "month"),
        (["27", "Ju", "2007"], "Date of birth must have a month from 1 to 12, or its name", "month"),
        (["27", "3", "07"], "Date of birth must have a year with 4 figures", "year"),
        (["27", "3", "02007"], "Date of birth must have a year with 4 figures", "year"),
        (["27", "3", "9" * 5000], "Date of birth must have a year with 4 figures", "year"),
        (["27", "3", "1899"], "Date of birth must have a year from 1900 to 2200", "year"),
        (["27", "3", "2201"], "Date of birth must have a year from 1900 to 2200", "year"),
        (["29", "2", "2027"], "Date of birth must be a real date: February 2027 has 28 days", "day"),
        (["31", "June", "2027"], "Date of birth must be a real date: June 2027 has 30 days", "day"),
    ],
)
def test_an_error_names_the_wrong_part_marks_it_and_links_to_it(typed, sentence, box):
    assert said(BORN, typed) == sentence
    form = form_of(BORN, "it_day={}&it_month={}&it_year={}".format(*typed).replace(" ", "+"))
    assert form.error_list() == [{"text": sentence, "href": f"#id_it_{box}"}]
    html = str(form["it"])
    marked = [part for part in ("day", "month", "year") if "govuk-input--error" in tag_with(html, f'id="id_it_{part}"')]
    assert box in marked
    assert len(marked) == (2 if " and " in sentence else 1)


def test_an_error_about_the_whole_date_marks_all_parts():
    form = form_of(BORN, "it_day=1&it_month=1&it_year=2030")
    form.add_error("it", "Date of birth must be in the past")
    assert form.error_list() == [{"text": "Date of birth must be in the past", "href": "#id_it_day"}]
    assert str(form["it"]).count("govuk-input--error") == 3


def test_a_date_is_shown_again_as_typed():
    html = str(form_of(BORN, "it_day=31&it_month=Febuary&it_year=%3Cb%3E"))
    assert 'value="31"' in html
    assert 'value="Febuary"' in html
    assert 'value="&lt;b&gt;"' in html


def test_an_initial_date_is_shown_in_its_boxes():
    html = str(form_of(BORN, initial=date(2007, 3, 27)))
    assert 'name="it_day" type="text" value="27"' in html
    assert 'name="it_month" type="text" value="3"' in html
    assert 'name="it_year" type="text" value="2007"' in html


def test_a_date_has_changed_if_it_is_another_day():
    assert not BORN.has_changed(date(2007, 3, 27), ["27", "March", "2007"])
    assert not BORN.has_changed(None, ["", "", ""])
    assert BORN.has_changed(date(2007, 3, 27), ["28", "3", "2007"])
    assert BORN.has_changed(None, ["x", "", ""])


# Choices


@pytest.mark.parametrize("field_class", [SelectField, CountryField, RadiosField])
def test_a_choice_must_be_in_the_list(field_class):
    field = field_class("Route", choices=ROUTES)
    assert field.clean("STUDENT") == "STUDENT"
    assert field.clean("") == ""
    assert said(field, "WORKER") == "Route: “WORKER” is not in the list. Choose from the list"


@pytest.mark.parametrize("field_class", [SelectField, CountryField, RadiosField])
def test_a_choice_that_is_no_longer_offered_is_shown_only_where_it_is_chosen_already(field_class):
    field = field_class("Route", choices=ROUTES, kept={"WORKER": "Skilled Worker"})
    assert "Skilled Worker" not in str(form_of(field))
    html = str(form_of(field, initial="WORKER"))
    assert "Skilled Worker" in html
    chosen = tag_with(html, 'value="WORKER"')
    assert "selected" in chosen or "checked" in chosen


def test_a_list_that_depends_on_the_day_is_made_when_it_is_shown():
    offered = list(ROUTES[:1])
    field = SelectField("Route", choices=lambda: offered)
    assert "Child Student" not in str(form_of(field))
    offered.append(ROUTES[1])
    assert "Child Student" in str(form_of(field))


def test_several_choices_must_be_in_the_list():
    field = CheckboxesField("Routes", choices=ROUTES, required="Select at least one route")
    assert field.clean(["STUDENT", "CHILD_STUDENT"]) == ["STUDENT", "CHILD_STUDENT"]
    assert said(field, ["STUDENT", "WORKER"]) == "Routes: “WORKER” is not in the list. Choose from the list"
    assert said(field, []) == "Select at least one route"
    assert said(field, "STUDENT") == "Routes: choose from the list"


def test_a_text_that_is_not_in_the_list_is_shown_again():
    html = str(form_of(CountryField("Nationality", choices=[("CHN", "China")]), "it=Chnia+%3Cb%3E"))
    assert '<option value="Chnia &lt;b&gt;" selected data-typed>Chnia &lt;b&gt;</option>' in html
    assert '<option value="CHN">China</option>' in html


def test_a_list_starts_without_a_choice_or_with_the_initial_one():
    field = SelectField("Route", choices=ROUTES, blank="Select a route")
    assert '<option value="">Select a route</option>' in str(form_of(field))
    assert '<option value="STUDENT" selected>Student</option>' in str(form_of(field, initial="STUDENT"))


def test_only_a_long_list_is_searched_by_typing():
    assert "data-autocomplete" in str(form_of(CountryField("Country", choices=ROUTES)))
    assert "data-autocomplete" not in str(form_of(SelectField("Country", choices=ROUTES)))


@pytest.mark.parametrize(("sent", "answer"), [("yes", True), ("no", False), ("", None), (None, None)])
def test_yes_and_no_are_true_and_false(sent, answer):
    assert YesNoField("Is it?").clean(sent) is answer


def test_any_answer_but_yes_and_no_is_refused():
    assert said(YesNoField("Is it?"), "perhaps") == "Select Yes or No for “Is it?”"


@pytest.mark.parametrize(("held", "value"), [(True, "yes"), (False, "no")])
def test_an_initial_answer_is_shown(held, value):
    html = str(form_of(YesNoField("Is it?"), initial=held))
    assert f'type="radio" value="{value}" checked' in html
    assert html.count(" checked") == 1


def test_no_answer_is_not_a_no():
    assert " checked" not in str(form_of(YesNoField("Is it?")))
    assert not YesNoField("Is it?").has_changed(None, "")
    assert YesNoField("Is it?").has_changed(None, "no")
    assert not YesNoField("Is it?").has_changed(False, "no")


def test_a_checkbox_can_be_required():
    field = CheckboxField("I have checked it", required="Select this to say that you have checked it")
    assert form_of(field, "it=on").is_valid()
    assert form_of(field, "").errors == {"it": ["Select this to say that you have checked it"]}
    assert " checked" in str(form_of(field, "it=on"))


def test_a_hidden_field_is_not_shown():
    html = str(form_of(HiddenField("Version"), initial=3))
    assert tokens(html) == tokens('<input type="hidden" name="it" id="id_it" value="3">')


# All of them


def test_a_required_field_must_have_its_own_sentence():
    with pytest.raises(TypeError, match="required takes the sentence"):
        TextField("Family name", required=True)


def test_forms_do_not_share_changes_to_a_field():
    form_class = type("Form", (GovukForm,), {"it": RadiosField("Route", choices=ROUTES)})
    one, other = form_class(), form_class()
    one.fields["it"].group_attributes["data-asked"] = "true"
    one.fields["it"].choices = ROUTES[:1]
    assert other.fields["it"].group_attributes == {}
    assert len(other.fields["it"].choices) == 2
