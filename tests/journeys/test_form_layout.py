"""The form of a CAS is compact, fits every window, and a link to a field lands with its question in sight."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from cas.forms.cas import input_id
from cas.models import CAS
from licences.routes import Route
from sms.core import clock
from tests.factories import COMPLETE, a_cas, a_draft
from tests.journeys.inspector import violations

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

HEIGHT = "document.documentElement.scrollHeight"
IS_TOO_WIDE = "document.scrollingElement.scrollWidth > innerWidth"
NEW = "/students/create-cas/STUDENT/new/"

# The place of a question: the label or legend of the input, and the top of the bar with the button Save.
PLACES = """id => {
    const input = document.getElementById(id);
    const group = input.closest(".govuk-form-group");
    const bar = [...document.querySelectorAll("button")].find(({ textContent }) => textContent.trim() === "Save");
    return {
        question: group.querySelector("label, legend").getBoundingClientRect().top,
        answer: input.getBoundingClientRect().bottom,
        bar: bar.parentElement.getBoundingClientRect().top,
    };
}"""


def edit(cas):
    return f"/students/cas/{cas.pk}/edit/"


def test_a_student_cas_is_at_most_3500_pixels_tall_on_a_desktop_screen(visit, level1):
    visitor = visit(level1)
    starts_on = clock.today() + timedelta(days=60)
    soon = {"course_start_date": starts_on, "course_end_date": starts_on + timedelta(days=300)}
    visitor.goes_to(edit(a_cas(level1, family_name="Nguyen", given_names="Thi Minh", **soon)))  # without a warning
    visitor.page.wait_for_load_state("networkidle")
    assert visitor.page.evaluate(HEIGHT) <= 3500


def test_short_fields_are_side_by_side_on_a_desktop_screen_and_below_each_other_on_a_phone(visit, level1):
    visitor = visit(level1)
    visitor.goes_to(NEW)

    def tops():
        inputs = [visitor.page.get_by_role("textbox", name=name) for name in ("Family name", "Given name(s)")]
        return [each.bounding_box()["y"] for each in inputs]

    first, second = tops()
    assert first == second
    visitor.page.set_viewport_size({"width": 390, "height": 900})
    first, second = tops()
    assert first < second


@pytest.mark.parametrize("with_javascript", [True, False])
@pytest.mark.parametrize("width", [1280, 1024, 800, 700, 390, 320])
def test_no_window_is_too_narrow_for_the_form(visit, level1, width, with_javascript):
    long = "Wolfeschlegelsteinhausenbergerdorff"
    partner = {"partner_name": long * 7, "partner_city": long}
    cas = a_draft(level1, family_name=long, given_names=long, has_work_placement=True, is_agent_used=True, **partner)
    visitor = visit(level1, width=width, with_javascript=with_javascript)
    for address in (NEW, edit(cas)):
        visitor.goes_to(address)
        assert not visitor.page.evaluate(IS_TOO_WIDE)


@pytest.mark.parametrize("route", Route)
def test_the_form_is_accessible_at_400_percent_zoom_in_every_state(visit, level1, route):
    visitor = visit(level1)
    visitor.page.set_viewport_size({"width": 320, "height": 256})
    visitor.goes_to(f"/students/create-cas/{route}/new/")
    visitor.page.wait_for_load_state("networkidle")
    assert violations(visitor.page) == []
    visitor.unfolds()
    visitor.types({"family_name": "N" * 36, "partner_licence_number": "?", "course_fees_paid": "x"})
    assert violations(visitor.page) == []
    visitor.selects("Save")
    visitor.page.wait_for_load_state("networkidle")
    visitor.sees("There is a problem")
    assert violations(visitor.page) == []
    assert not visitor.page.evaluate(IS_TOO_WIDE)


@pytest.mark.parametrize(("width", "height"), [(1280, 900), (1280, 600), (390, 700), (320, 256)])
def test_the_button_save_is_always_in_sight_and_never_cut(visit, level1, width, height):
    visitor = visit(level1)
    visitor.page.set_viewport_size({"width": width, "height": height})
    visitor.goes_to(edit(a_cas(level1)))
    save = visitor.control("Save")
    for place in (0, 500, 5_000, 50_000):
        visitor.page.evaluate(f"scrollTo(0, {place})")
        box = save.bounding_box()
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= height
        assert box["x"] + box["width"] <= width


LINKED = ["family_name", "nationality", "gender", "course_end_date", "study_postcode", "partner_city", "agent_country"]


@pytest.mark.parametrize("with_javascript", [True, False])
@pytest.mark.parametrize("name", LINKED)
def test_a_link_to_a_field_lands_with_its_question_in_sight_and_focuses_it(visit, level1, name, with_javascript):
    cas = a_draft(level1, is_agent_used=True)
    visitor = visit(level1, with_javascript=with_javascript)
    lands_on(visitor, edit(cas), input_id(Route.STUDENT, name))


def test_a_link_lands_on_its_field_even_if_a_banner_says_that_texts_were_kept(visit, level1):
    cas = a_draft(level1)
    visitor = visit(level1)
    visitor.goes_to(edit(cas))
    visitor.types({"course_title": "MSc"})
    expect(visitor.page.get_by_role("status").filter(has_text="What you type is kept")).to_be_attached()
    lands_on(visitor, edit(cas), "id_study_postcode")
    visitor.sees("Not saved yet")


@pytest.mark.parametrize("section", ["Student details", "Partner institution", "Fees and accommodation"])
def test_the_list_of_sections_leads_to_the_first_field_of_each(visit, level1, section):
    visitor = visit(level1)
    visitor.goes_to(NEW)
    visitor.page.wait_for_load_state("networkidle")
    visitor.page.get_by_role("navigation", name="Sections of the CAS").get_by_role("link", name=section).click()
    first = visitor.section(section).locator("input, select, textarea").first
    expect(first).to_be_focused()
    expect(visitor.page.get_by_role("heading", name=section, exact=True)).to_be_in_viewport()


def lands_on(visitor, address, linked):
    visitor.goes_to("/")
    visitor.goes_to(f"{address}#{linked}")
    visitor.page.wait_for_load_state("networkidle")
    field = visitor.page.locator(f"#{linked}")
    expect(field).to_be_focused()
    places = visitor.page.evaluate(PLACES, linked)
    assert places["question"] >= 0, places
    assert places["answer"] <= places["bar"], places


def test_an_optional_section_says_in_a_line_what_it_holds_and_the_line_follows_what_is_typed(visit, level1):
    partner = {
        "partner_name": "Partner College",
        "partner_address_line_1": "1 High Street",
        "partner_city": "Leeds",
        "partner_country": "GBR",
    }
    visitor = visit(level1)
    visitor.goes_to(edit(a_cas(level1, **partner)))
    held = "Partner institution: Partner College, 1 High Street, Leeds, United Kingdom"
    line, other = visitor.page.locator("summary").filter(has_text="institution: ").all()
    expect(line).to_have_text(held)
    expect(visitor.page.get_by_label("Partner institution name")).to_be_hidden()
    expect(other).to_have_text("Overseas institution: not filled")
    line.click()
    visitor.page.get_by_label("Partner institution name").fill("Other College")
    expect(line).to_have_text(held.replace("Partner College", "Other College"))


def test_an_invalid_text_of_a_draft_counts_as_left_until_it_is_changed(visit, level1):
    visitor = visit(level1)
    visitor.goes_to(edit(a_cas(level1)))
    visitor.types({"course_fees_paid": "1,2x"})
    expect(visitor.page.get_by_role("status").filter(has_text="What you type is kept")).to_be_attached()
    visitor.page.reload()
    visitor.sees("Not saved yet")
    line = visitor.page.get_by_role("listitem").filter(has_text="Fees and accommodation")
    visitor.page.wait_for_load_state("networkidle")
    expect(line).to_contain_text("1 left")
    visitor.types({"course_fees_paid": "12"})
    expect(line).to_contain_text("✓ complete")


def test_the_enter_key_in_a_field_saves_and_stays_on_the_form(visit, level1):
    visitor = visit(level1)
    visitor.goes_to(NEW)
    visitor.types({"family_name": COMPLETE["family_name"]})
    visitor.page.keyboard.press("Enter")
    visitor.sees_screen("Edit an existing CAS")
    visitor.sees("is saved: WORK IN PROGRESS")
    assert CAS.objects.get().family_name == COMPLETE["family_name"]
    visitor.types({"given_names": "Ada"})
    visitor.page.keyboard.press("Enter")
    visitor.sees("Nguyễn, Ada is saved: WORK IN PROGRESS")
    visitor.sees_screen("Edit an existing CAS")
