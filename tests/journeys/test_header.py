"""The header has two bands, and its menu works without a script, on a phone and at 400 % zoom."""

import pytest
from playwright.sync_api import expect

from tests.journeys.inspector import DESK, PHONE, violations
from tests.journeys.steps import EVERY_WAY

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

INDEPENDENT = "This is not a government service."


def header(visitor):
    return visitor.page.get_by_role("banner").bounding_box()


@pytest.mark.parametrize("who", ["level1", "caseworker"])
def test_the_header_has_two_bands_and_one_line_of_places_on_a_desktop_screen(visit, who, request):
    visitor = visit(request.getfixturevalue(who))
    visitor.goes_to("/")
    assert header(visitor)["height"] <= 130
    page = visitor.page
    menu = page.get_by_role("navigation", name="Menu")
    tops = {box.bounding_box()["y"] for box in menu.get_by_role("list").first.locator("> li").all()}
    assert len(tops) == 1, "every place is on one line"
    name, search = page.get_by_role("link", name="Sponsorship Management System"), page.get_by_role("search")
    if who == "level1":
        assert search.bounding_box()["y"] < name.bounding_box()["y"] + name.bounding_box()["height"]
    expect(page.get_by_text(INDEPENDENT)).to_be_visible()


@pytest.mark.parametrize("who", ["level1", "level2", "caseworker"])
@pytest.mark.parametrize("with_javascript", [True, False])
def test_at_400_percent_zoom_the_header_takes_a_third_of_the_screen_and_scrolls_away(
    visit, who, with_javascript, request
):
    visitor = visit(request.getfixturevalue(who), with_javascript=with_javascript)
    visitor.page.set_viewport_size({"width": 320, "height": 256})
    visitor.goes_to("/")
    assert header(visitor)["height"] <= 256 / 3 + 1
    expect(visitor.page.get_by_text(INDEPENDENT)).to_be_visible()
    visitor.page.evaluate("scrollTo(0, 500)")
    assert header(visitor)["y"] < 0


@EVERY_WAY
def test_the_menu_leads_to_every_place_and_covers_nothing_when_it_is_closed(
    visit, who, with_javascript, width, request
):
    visitor = visit(request.getfixturevalue(who), with_javascript=with_javascript, width=width)
    page = visitor.page
    visitor.goes_to("/accessibility/")
    menu = page.get_by_role("navigation", name="Menu")
    before = header(visitor)
    if width == PHONE:
        expect(menu.get_by_role("link", name="Students")).to_be_hidden()
        visitor.selects("Menu")
        assert header(visitor) == before, "an open menu moves nothing"
        page.keyboard.press("Escape")
        expect(menu.get_by_role("link", name="Students")).to_be_hidden()
        visitor.selects("Menu")
        if with_javascript:
            assert violations(page) == []
    expect(menu.get_by_text(request.getfixturevalue(who).name)).to_be_visible()
    visitor.selects("Students")
    visitor.sees_screen("Students")
    expect(menu.get_by_role("link", name="Students", include_hidden=True)).to_have_attribute("aria-current", "page")
    visitor.opens("Sign out")
    visitor.sees_screen("Sign in")


@pytest.mark.parametrize("width", [DESK, PHONE])
@pytest.mark.parametrize("with_javascript", [True, False])
def test_a_caseworker_opens_a_group_of_places_and_escape_closes_it(visit, caseworker, width, with_javascript):
    visitor = visit(caseworker, with_javascript=with_javascript, width=width)
    visitor.goes_to("/admin/")
    rules = visitor.page.get_by_role("navigation", name="Menu").get_by_role("link", name="Rules")
    expect(rules).to_be_hidden()
    if width == DESK:
        group = visitor.page.get_by_role("button", name="Settings")
        group.click()
        expect(rules).to_be_visible()
        assert rules.bounding_box()["y"] > group.bounding_box()["y"], "below its name"
        if with_javascript:
            assert violations(visitor.page) == []
        visitor.page.keyboard.press("Escape")
        expect(rules).to_be_hidden()
    visitor.opens("Rules", group="Settings")
    visitor.sees_screen("Rules")


def test_the_users_own_colours_keep_the_shape_of_statuses_the_timeline_and_pictures(visit, level1, allocation):
    visitor = visit(level1)
    visitor.page.emulate_media(forced_colors="active")
    visitor.goes_to("/licence/")
    shapes = visitor.page.evaluate("""() => Object.fromEntries(
        [".govuk-tag", ".sms-timeline__entry::before", ".sms-picture__bar--1"].map((selector) => {
            const [element, pseudo] = selector.split("::");
            const found = document.querySelector(element);
            const style = found && getComputedStyle(found, pseudo && `::${pseudo}`);
            return [selector, style && `${style.borderTopStyle} ${style.borderTopWidth} ${style.stroke}`];
        }))""")
    assert all(shape is None or "solid" in shape or "rgb" in shape for shape in shapes.values()), shapes
    assert shapes[".sms-timeline__entry::before"].startswith("solid 7px")
