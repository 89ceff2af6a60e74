"""The sections of the form: rows of short fields, what a folded section holds, and which sections are complete."""

from datetime import date

import pytest

from cas.details import fields
from cas.details.rows import COLUMNS, ROWS, WIDTHS, by_row
from cas.details.sections import OVERSEAS, PARTNER
from cas.forms.cas import cas_form, own_fields
from cas.models import CAS
from licences.models import Draft
from licences.routes import Route
from tests.factories import COMPLETE, a_cas
from tests.pages import Page, typed_in

PARTNER_VALUES = {
    "partner_name": "Partner College",
    "partner_address_line_1": "1 High Street",
    "partner_city": "Leeds",
    "partner_country": "GBR",
}


def part(form, section):
    (found,) = [each for each in form.sections() if each.section == section]
    return found


def form_with(**values):
    return cas_form(Route.STUDENT, data=typed_in({**COMPLETE, **values}))


# Rows


@pytest.mark.parametrize("row", ROWS)
def test_the_fields_of_a_row_are_neighbours_in_one_section(row):
    names = [field.name for field in fields.FIELDS]
    start = names.index(row.names[0])
    assert tuple(names[start : start + len(row.names)]) == row.names
    assert len({fields.BY_NAME[name].section for name in row.names}) == 1
    assert len(row.widths) == len(row.names)
    assert all(1 <= width <= COLUMNS for width in row.widths)


def test_a_field_is_in_one_row_at_most():
    assert len(WIDTHS) == sum(len(row.names) for row in ROWS)


@pytest.mark.parametrize("route", Route)
def test_the_rows_have_every_field_of_the_form_in_its_order(route):
    drawn = [bound.name for each in cas_form(route).sections() for row in each.rows for bound in row]
    assert drawn == [field.name for field in own_fields(route)]
    assert any(len(row) > 1 for row in by_row(own_fields(route)))


# Folded sections


def test_a_section_without_mandatory_fields_is_folded_while_it_is_empty():
    folded = [each for each in cas_form(Route.STUDENT).sections() if each.is_optional]
    assert [each.section for each in folded] == [PARTNER, OVERSEAS]
    assert [(each.holds, each.is_open) for each in folded] == [("", False), ("", False)]


def test_a_folded_section_says_in_a_line_what_it_holds():
    found = part(form_with(**PARTNER_VALUES), PARTNER)
    assert (found.holds, found.is_open) == ("Partner College, 1 High Street, Leeds, United Kingdom", False)


@pytest.mark.parametrize(
    "values",
    [
        pytest.param({**PARTNER_VALUES, "partner_city": ""}, id="a mandatory field is left"),
        pytest.param({**PARTNER_VALUES, "partner_licence_number": "?"}, id="a value is invalid"),
        pytest.param({**PARTNER_VALUES, "partner_city": "Hà Nội"}, id="a value has a warning"),
    ],
)
def test_an_optional_section_is_open_while_a_value_in_it_needs_attention(values):
    assert part(form_with(**values), PARTNER).is_open
    assert not part(form_with(**values), OVERSEAS).is_open


def test_the_page_folds_what_is_folded_and_opens_what_is_open(as_user, level1):
    client = as_user(level1)
    cas = a_cas(level1, **{**PARTNER_VALUES, "partner_city": ""})
    partner, overseas = Page(client.get(f"/students/cas/{cas.pk}/edit/")).main.all("details")
    assert ("open" in partner, "open" in overseas) == (True, False)
    assert partner.one("summary").text == "Partner institution: Partner College, 1 High Street, United Kingdom"
    assert overseas.one("summary").text == "Overseas institution: not filled"


# Complete sections


def counts(page):
    items = page.one("ol", of="sms-sections").all("li")
    return {item.one("a").text: item.one("span").text for item in items}


def test_a_section_with_all_its_mandatory_fields_is_complete(as_user, level1):
    found = counts(Page(as_user(level1).get(f"/students/cas/{a_cas(level1).pk}/edit/")))
    assert {found[name] for name in found} == {"✓ complete", "optional"}
    assert found["Evidence"] == "✓ complete"


@pytest.mark.parametrize(
    ("name", "typed", "section"),
    [
        ("course_fees_paid", "1,2x", "Fees and accommodation"),
        ("date_of_birth_month", "sbtember", "Student details"),
        ("study_postcode", "none", "Main study address"),
        ("partner_licence_number", "?", "Partner institution"),
    ],
)
def test_a_section_is_never_called_complete_while_a_value_in_it_is_invalid(as_user, level1, name, typed, section):
    client, cas = as_user(level1), a_cas(level1, **PARTNER_VALUES)
    address = f"/students/cas/{cas.pk}/edit/"
    sent = Page(client.get(address)).typed() | {name: typed}
    rejected = Page(client.post(address, sent))
    assert counts(rejected)[section] == "1 left"
    assert rejected.one(of="sms-save-bar__status").text.startswith("1 mandatory field left.")
    draft = Page(client.get(address))  # what was typed is kept, and shown without errors
    assert Draft.objects.open().count() == 1
    assert not draft.summary
    assert counts(draft)[section] == "1 left"


def test_a_stored_value_that_has_become_invalid_counts_as_left_and_is_marked_for_the_script(as_user, level1):
    cas = a_cas(level1)
    CAS.objects.filter(pk=cas.pk).update(course_end_date=date(1999, 1, 1))
    page = Page(as_user(level1).get(f"/students/cas/{cas.pk}/edit/"))
    assert counts(page)["Course details"] == "1 left"
    (marked,) = [element for element in page.walk() if "data-wrong" in element]
    assert "Expected course end date" in marked.text
