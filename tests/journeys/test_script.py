"""The script static/sms.js improves pages that also work without it."""

import re

import pytest
from playwright.sync_api import expect

from tests.factories import a_cas, assigned

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def form(visit, level1):
    """Open the form of a new CAS, and return its page."""
    visitor = visit(level1)
    visitor.goes_to("/students/create-cas/STUDENT/new/")
    expect(visitor.page.locator("#id_nationality-select")).to_be_attached()  # the script has replaced the list
    return visitor.page


def held(page, name):
    return page.evaluate("name => new FormData(document.querySelector('.sms-cas-form')).get(name)", name)


def test_a_conditional_field_is_shown_when_it_is_needed(form):
    placement = form.get_by_role("group", name="Work placement", exact=True)
    share = placement.get_by_label("Share of the course on placement")
    expect(share).to_be_hidden()
    placement.get_by_label("Yes").check()
    expect(share).to_be_visible()
    placement.get_by_label("No", exact=True).check()
    expect(share).to_be_hidden()


def test_a_field_with_a_value_is_not_hidden(form):
    placement = form.get_by_role("group", name="Work placement", exact=True)
    placement.get_by_label("Yes").check()
    placement.get_by_label("Postcode").fill("LS2 9JT")
    placement.get_by_label("No", exact=True).check()
    expect(placement.get_by_label("Postcode")).to_be_visible()


def test_mandatory_fields_left_are_counted_while_typing(form):
    section, total = (form.locator(f"[data-{name}]") for name in ("section-count=work-placement", "total-count"))
    before = int(total.inner_text().split()[0])
    expect(section).to_have_text("1 left")
    form.get_by_role("group", name="Work placement", exact=True).get_by_label("No", exact=True).check()
    expect(section).not_to_contain_text("left")
    expect(total).to_contain_text(f"{before - 1} mandatory fields left")
    form.get_by_role("textbox", name="Family name").fill("Wang")
    expect(total).to_contain_text(f"{before - 2} mandatory fields left")


def test_a_family_name_counts_as_left_until_it_has_a_latin_letter(form):
    total = form.locator("[data-total-count]")
    before = int(total.inner_text().split()[0])
    family_name = form.get_by_role("textbox", name="Family name")
    family_name.fill("王")
    expect(total).to_contain_text(f"{before} mandatory fields left")
    family_name.fill("Ễ")
    expect(total).to_contain_text(f"{before - 1} mandatory fields left")


def test_a_date_counts_as_left_until_it_is_complete(form):
    total = form.locator("[data-total-count]")
    before = int(total.inner_text().split()[0])
    born = form.get_by_role("group", name="Date of birth")
    born.get_by_label("Day").fill("27")
    born.get_by_label("Month").fill("3")
    expect(total).to_contain_text(f"{before} mandatory fields left")
    born.get_by_label("Year").fill("2007")
    expect(total).to_contain_text(f"{before - 1} mandatory fields left")


def test_a_date_of_birth_may_lack_its_day_and_then_its_month(form):
    total = form.locator("[data-total-count]")
    before = int(total.inner_text().split()[0])
    born = form.get_by_role("group", name="Date of birth")
    born.get_by_label("Year").fill("2007")
    expect(total).to_contain_text(f"{before - 1} mandatory fields left")
    born.get_by_label("Day").fill("27")
    expect(total).to_contain_text(f"{before} mandatory fields left")
    born.get_by_label("Month").fill("3")
    expect(total).to_contain_text(f"{before - 1} mandatory fields left")
    starts = form.get_by_role("group", name="Course start date")
    starts.get_by_label("Year").fill("2027")
    expect(total).to_contain_text(f"{before - 1} mandatory fields left")


def test_an_invalid_value_counts_as_left_until_it_is_changed(visit, level1):
    cas = a_cas(level1)
    visitor = visit(level1)
    visitor.goes_to(f"/students/cas/{cas.pk}/edit/")
    total = visitor.page.locator("[data-total-count]")
    fees = visitor.page.get_by_label("Course fees paid to date (£)")
    expect(total).to_have_text("No mandatory fields left. Status after saving: READY TO GO")
    fees.fill("1,2x")
    visitor.selects("Save")
    expect(total).to_have_text("1 mandatory field left. Status after saving: WORK IN PROGRESS")
    fees.fill("12")
    expect(total).to_have_text("No mandatory fields left. Status after saving: READY TO GO")


@pytest.mark.parametrize(
    ("typed", "offered", "keys", "value"),
    [
        ("united k", "United Kingdom", ["ArrowDown", "Tab"], "GBR"),
        ("france", "France", ["Tab"], "FRA"),
        ("curacao", "Curaçao", ["ArrowDown", "Tab"], "CUW"),
        ("Chnia", "No matches in the list", ["Tab"], "Chnia"),
    ],
)
def test_a_country_is_found_by_typing_and_text_that_is_not_in_the_list_is_kept(form, typed, offered, keys, value):
    nationality = form.get_by_label("Nationality")
    nationality.press_sequentially(typed)
    expect(form.locator("#id_nationality__listbox")).to_contain_text(offered)
    for key in keys:
        form.keyboard.press(key)
    expect(form.locator("#id_nationality-select")).to_have_value(value)
    assert held(form, "nationality") == value


def test_a_country_that_begins_with_the_typed_text_is_offered_first(form):
    form.get_by_label("Nationality").press_sequentially("united")
    offered = form.locator("#id_nationality__listbox").get_by_role("option")
    expect(offered.first).to_contain_text("United")


def test_a_click_elsewhere_keeps_the_typed_text_and_still_takes_effect(form):
    form.get_by_label("Nationality").press_sequentially("fran")
    expect(form.locator("#id_nationality__listbox")).to_contain_text("France")
    remote = form.get_by_role("group", name="delivered remotely").get_by_label("Yes")
    remote.click()
    expect(remote).to_be_checked()
    assert held(form, "nationality") == "fran"


def test_clearing_a_country_clears_its_value(form):
    nationality = form.get_by_label("Nationality")
    nationality.press_sequentially("france")
    nationality.press("Tab")
    nationality.fill("")
    nationality.press("Tab")
    expect(form.locator("#id_nationality-select")).to_have_value("")


def test_an_unknown_country_comes_back_with_an_error_that_describes_its_field(form):
    form.get_by_role("textbox", name="Family name").fill("Wang")
    nationality = form.get_by_label("Nationality")
    nationality.press_sequentially("Chnia")
    form.get_by_role("button", name="Save", exact=True).click()
    expect(form.locator(":focus")).to_contain_text("There is a problem")
    expect(nationality).to_have_value("Chnia")
    form.get_by_role("link", name="Chnia").click()
    expect(nationality).to_be_focused()
    expect(nationality).to_have_accessible_description(re.compile("“Chnia” is not in the list"))


def test_the_cas_number_is_copied(visit, level1, allocation):
    cas = assigned(a_cas(level1))
    visitor = visit(level1)
    visitor.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    visitor.goes_to(f"/students/cas/{cas.pk}/assigned/")
    visitor.selects("Copy the number")
    expect(visitor.page.get_by_role("button", name="Copied")).to_be_visible()
    assert visitor.page.evaluate("navigator.clipboard.readText()") == cas.number


def test_without_javascript_the_copy_button_is_hidden_and_every_field_is_shown(visit, level1, allocation):
    cas = assigned(a_cas(level1))
    visitor = visit(level1, with_javascript=False)
    visitor.goes_to(f"/students/cas/{cas.pk}/assigned/")
    visitor.sees(cas.number)
    expect(visitor.page.get_by_text("Copy the number")).to_be_hidden()
    visitor.goes_to("/students/create-cas/STUDENT/new/")
    expect(visitor.page.get_by_label("Share of the course on placement")).to_be_visible()


def test_the_search_key_does_nothing_after_it_is_switched_off(visit, level1):
    visitor = visit(level1)
    box = visitor.page.get_by_role("search").get_by_role("searchbox")

    def presses_the_key():
        visitor.page.wait_for_load_state("networkidle")  # the scripts have loaded
        visitor.page.keyboard.press("/")
        return box

    visitor.goes_to("/students/")
    expect(presses_the_key()).to_be_focused()
    visitor.selects("Accessibility")
    visitor.selects("Switch off the / key")
    visitor.sees("It is switched off in this browser.")
    expect(presses_the_key()).not_to_be_focused()
    visitor.selects("Switch on the / key")
    visitor.sees("The / key is on.")
    expect(presses_the_key()).to_be_focused()
