"""A form that keeps the HTML of its fields draws them as any other form does, but only once."""

from datetime import date
from decimal import Decimal

import pytest
from django.http import QueryDict

from sms.core.govuk.fields import (
    CheckboxField,
    CountryField,
    DateField,
    HiddenField,
    LongTextField,
    MoneyField,
    NumberField,
    RadiosField,
    SelectField,
    TextField,
    YesNoField,
)
from sms.core.govuk.kept import MARKS, KeptForm

ROUTES = [("STUDENT", "Student & others"), ("CHILD_STUDENT", "Child Student")]
HOSTILE = '</textarea>"><script>alert(1)</script> & {{ 7 * 7 }} %s \\1'


class Everything(KeptForm):
    """A form with fields of every kind."""

    text = TextField("Text", help_text="A hint", suggestions=("one", "two"))
    story = LongTextField("Story", max_length=20)
    fees = MoneyField("Fees (£)", required="Enter the fees")
    share = NumberField("Share (%)", minimum=1, maximum=100, suffix="%")
    born = DateField("Born")
    route = SelectField("Route", choices=ROUTES, blank="Choose a route", kept={"OLD": "An old route"})
    country = CountryField("Country", choices=[("GBR", "United Kingdom"), ("CIV", "Côte d'Ivoire")])
    kind = RadiosField("Kind", choices=ROUTES, hints={"STUDENT": "A hint"})
    is_here = YesNoField("Here?", group_attributes={"data-asked": "true"})
    version = HiddenField("Version")
    agreed = CheckboxField("Agreed")


HELD = {
    "nothing": {},
    "values": {
        "text": "Nguyễn",
        "story": "one\n two\n",
        "fees": Decimal("12.50"),
        "share": 7,
        "born": date(2002, 5, 17),
        "route": "STUDENT",
        "country": "CIV",
        "kind": "CHILD_STUDENT",
        "is_here": False,
        "version": 0,
        "agreed": True,
    },
    "other values": {"kind": "STUDENT", "is_here": True, "route": "OLD", "born": [""] * 3, "text": "None"},
    "values that are not in the lists": {"kind": HOSTILE, "is_here": HOSTILE, "route": HOSTILE, "country": HOSTILE},
    "hostile texts": dict.fromkeys(("text", "story", "fees", "share", "version"), HOSTILE),
    "a date in part": {"born": ["", HOSTILE, "2002"]},
    "the characters that mark the places of texts": {
        "text": "".join(MARKS),
        "story": MARKS[0],
        "route": MARKS[1],
        "born": [MARKS[1], MARKS[2], MARKS[0]],
    },
}


@pytest.mark.parametrize("held", HELD.values(), ids=HELD)
def test_kept_html_is_what_the_macros_would_draw(held):
    Everything.drawn.clear()
    for initial in ({}, held, HELD["values"], held):  # in any order, with other values kept before
        form = Everything(initial=initial)
        assert {bound.name: str(bound) for bound in form} == {bound.name: bound.as_field_group() for bound in form}


def test_texts_that_were_sent_are_drawn_as_the_macros_would_with_and_without_errors():
    sent = "text=A&fees=none&born_day=31&born_month=sept&kind=STUDENT&is_here=perhaps&country=Atlantis"
    for form in (Everything(QueryDict(sent)), Everything(QueryDict(sent)).as_draft()):
        assert {bound.name: str(bound) for bound in form} == {bound.name: bound.as_field_group() for bound in form}
    assert "govuk-error-message" in str(Everything(QueryDict(sent))["fees"])


@pytest.fixture
def drawn(monkeypatch):
    """Return a list of the templates that are drawn from now on."""
    templates = []
    render = Everything.default_renderer.render

    def note(self, template_name, context, request=None):
        templates.append(template_name)
        return render(self, template_name, context, request)

    monkeypatch.setattr(Everything.default_renderer, "render", note)
    return templates


def test_a_field_is_drawn_once_and_then_filled(drawn):
    Everything.drawn.clear()
    for text in ("first", "second", "third"):
        assert f'value="{text}"' in str(Everything(initial={"text": text})["text"])
    assert drawn == ["govuk/fields/text.html"]


def test_the_options_of_the_day_are_offered_even_if_the_html_was_kept_on_another_day(drawn):
    offered = [("a", "A")]
    fields = {
        "few": RadiosField("Few", choices=lambda: list(offered)),
        "many": SelectField("Many", choices=lambda: list(offered)),
    }
    form_class = type("Form", (KeptForm,), fields)
    assert all('value="b"' not in str(bound) for bound in form_class())
    offered.append(("b", "B"))
    assert all('value="b"' in str(bound) for bound in form_class())


def test_all_forms_of_a_class_have_the_same_fields():
    one, other = Everything(), Everything()
    assert one.fields is not other.fields
    assert all(one.fields[name] is other.fields[name] for name in Everything.base_fields)


def test_two_forms_keep_their_html_apart():
    one, other = (type("Form", (KeptForm,), {"name": TextField(label)}) for label in ("One", "Other"))
    assert "One" in str(one()["name"])
    assert "Other" in str(other()["name"])
