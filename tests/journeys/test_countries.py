"""Countries and nationalities are found by typing any of their names (static/combobox.js)."""

import gzip
import json
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.core.management import call_command
from playwright.sync_api import expect

from cas.details.countries import NATIONALITIES
from cas.details.country_names import codes_by_key, country_key
from cas.models import CAS
from tests.cas.details.typed_countries import MEANT
from tests.factories import a_cas

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

FORM = "/students/create-cas/STUDENT/new/"
MOST = 20 * 1024  # bytes, compressed
OF_COUNTRIES = re.compile(r"combobox|country-names")


@pytest.fixture
def visitor(visit, level1):
    visitor = visit(level1)
    visitor.requested = []
    visitor.page.on("request", lambda request: visitor.requested.append(request.url))
    visitor.goes_to(FORM)
    visitor.page.wait_for_load_state("networkidle")
    return visitor


@pytest.fixture
def box(visitor):
    """Return the focused box of the nationality, when its names are loaded."""
    box = visitor.page.get_by_label("Nationality")
    box.focus()
    expect(box).to_have_attribute("aria-controls", "id_nationality__listbox")
    return box


def value(box):
    return box.page.locator("#id_nationality-select").input_value()


def offered(box):
    return box.page.locator("#id_nationality__listbox").get_by_role("option")


@pytest.mark.parametrize("key", ["Tab", "Enter"])
def test_tab_or_enter_takes_the_only_country_of_a_name(box, key):
    page = box.page
    for typed, code, name in [
        ("UK", "GBR", "United Kingdom"),
        ("Côte d'Ivoire", "CIV", "Ivory Coast"),
        ("Türkiye", "TUR", "Turkey"),
        ("turkiye", "TUR", "Turkey"),
        ("Viet Nam", "VNM", "Vietnam"),
        ("vietnamese", "VNM", "Vietnam"),
        ("USA", "USA", "United States"),
        ("british", "GBR", "United Kingdom"),
        ("kosovar", "XXK", "Kosovo"),
        ("St Lucia", "LCA", "Saint Lucia"),
        ("swaz", "SWZ", "Eswatini"),
        ("niger", "NER", "Niger"),
        ("NG", "NGA", "Nigeria"),
    ]:
        box.fill("")
        box.press_sequentially(typed)
        box.press(key)
        assert (value(box), box.input_value()) == (code, name)
        assert page.url.endswith(FORM), "Enter does not send the form"
        box.focus()


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("Congo", ["Congo (Democratic Republic)", "Congo (Republic)"]),
        ("korean", ["North Korea", "South Korea"]),
        ("Dominican", ["Dominica", "Dominican Republic"]),
        ("Guinea", ["Guinea", "Guinea-Bissau", "Equatorial Guinea", "Papua New Guinea"]),
        ("Georgia", ["Georgia", "South Georgia and the South Sandwich Islands"]),
        ("Samoa", ["Samoa", "American Samoa"]),
        ("yugoslavia", ["Bosnia and Herzegovina", "Croatia", "Kosovo", "Montenegro", "North Macedonia", "Serbia"]),
    ],
)
def test_a_name_that_fits_several_countries_offers_them_all(box, typed, names):
    box.press_sequentially(typed)
    assert [name for name in offered(box).all_inner_texts() if name in names] == names


def test_a_name_of_several_countries_is_not_taken_and_the_error_names_them(visitor, box):
    box.press_sequentially("Congo")
    box.press("Tab")
    expect(box).to_have_value("Congo")
    visitor.page.get_by_role("textbox", name="Family name").fill("Wang")
    visitor.selects("Save")
    visitor.sees_errors(
        "Nationality: “Congo” can be Congo (Democratic Republic) or Congo (Republic). Choose one of them"
    )
    expect(visitor.page.get_by_label("Nationality")).to_have_value("Congo")


def test_the_arrow_keys_choose_and_escape_closes_the_list(box):
    expect(box).to_have_attribute("role", "combobox")
    expect(box).to_have_attribute("aria-expanded", "false")
    box.press("ArrowDown")
    expect(box).to_have_attribute("aria-expanded", "true")
    assert offered(box).count() > 250
    box.press("Escape")
    expect(box).to_have_attribute("aria-expanded", "false")
    box.press_sequentially("united")
    box.press("ArrowUp")
    expect(box).to_have_attribute("aria-activedescendant", offered(box).last.get_attribute("id"))
    box.press("ArrowDown")
    expect(offered(box).first).to_have_attribute("aria-selected", "true")
    box.press("ArrowDown")
    chosen = offered(box).nth(1).inner_text()
    box.press("Enter")
    expect(box).to_have_value(chosen)


def test_a_click_chooses_and_a_screen_reader_hears_how_many_match(box):
    status = box.page.locator(".sms-combobox").filter(has=box).get_by_role("status")
    box.press_sequentially("united")
    expect(status).to_have_text(re.compile("^[0-9]+ matches$"))
    box.press_sequentially(" kingdom")
    expect(status).to_have_text("1 match. Press Tab or Enter to choose United Kingdom")
    offered(box).first.click()
    assert value(box) == "GBR"
    expect(box).to_be_focused()
    box.fill("Atlantis")
    expect(status).to_have_text("No matches in the list")


@pytest.mark.parametrize("width", [1280, 390])
def test_the_open_list_is_accessible_and_fits_the_page(visit, level1, inspector, width):
    visitor = visit(level1, width=width)
    visitor.goes_to(FORM)
    box = visitor.page.get_by_label("Nationality")
    box.press_sequentially("unit")
    expect(offered(box).first).to_be_visible()
    inspector.looks_at(visitor, "open list of nationalities")
    box.fill("Atlantis")
    expect(offered(box)).to_have_text("No matches in the list")
    inspector.looks_at(visitor, "no nationality")


def test_without_the_names_the_text_is_sent_as_typed_and_the_server_reads_it(visit, level1):
    visitor = visit(level1)
    visitor.page.route(OF_COUNTRIES, lambda route: route.fulfill(status=404))
    visitor.goes_to(FORM)
    visitor.page.get_by_role("textbox", name="Family name").fill("Wang")
    visitor.page.get_by_label("Nationality").fill("Türkiye")
    visitor.selects("Save")
    visitor.sees_screen("Confirmation of saved CAS")
    assert CAS.objects.get().nationality == "TUR"


HELD_BACK = """
    const { fetch } = window;
    const held = new Promise((release) => (window.release = release));
    const isHeld = (address) => String(address).includes("country-names");
    window.fetch = async (...sent) => {
        if (isHeld(sent[0])) await held;
        return fetch(...sent);
    };
"""
"""Keeps the names of countries back until `release()`."""


@pytest.mark.parametrize("key", ["Tab", "Enter"])
def test_a_user_who_is_quicker_than_the_network_gets_the_same_country(visit, level1, key):
    visitor = visit(level1)
    visitor.page.add_init_script(HELD_BACK)
    visitor.goes_to(FORM)
    box = visitor.page.get_by_label("Nationality")
    box.fill("Türkiye")
    box.press(key)
    expect(box).to_have_value("Türkiye")
    visitor.page.evaluate("release()")
    box.press("Tab")
    expect(box).to_have_value("Turkey")
    assert value(box) == "TUR"
    assert visitor.page.url.endswith(FORM)


def test_a_box_that_is_only_passed_changes_nothing(visit, level1):
    cas = a_cas(level1)
    visitor = visit(level1)
    visitor.goes_to(f"/students/cas/{cas.pk}/edit/")
    box = visitor.page.get_by_label("Nationality")
    visitor.page.evaluate("document.addEventListener('change', () => (document.title = 'changed'))")
    box.focus()
    expect(box).to_have_attribute("aria-controls", "id_nationality__listbox")
    box.press("Tab")
    expect(box).not_to_be_focused()
    assert (value(box), box.input_value()) == ("VNM", "Vietnam")
    expect(visitor.page).not_to_have_title("changed")


# The browser and the server agree


def test_nothing_about_countries_is_requested_before_the_first_focus(visitor):
    assert not [url for url in visitor.requested if OF_COUNTRIES.search(url)]
    visitor.page.get_by_label("Nationality").focus()
    expect(visitor.page.get_by_label("Nationality")).to_have_attribute("aria-controls", "id_nationality__listbox")
    visitor.page.get_by_label("Country of birth").focus()
    visitor.page.wait_for_load_state("networkidle")
    requested = {found[0] for url in visitor.requested if (found := OF_COUNTRIES.search(url))}
    assert requested == {"combobox", "country-names"}


def test_a_page_with_countries_loads_at_most_20_kilobytes_of_script(visitor, box):
    scripts = {Path(url).name for url in visitor.requested if url.endswith(".js")}
    assert scripts >= {"combobox.js", "sms.js", "drafts.js", "govuk-frontend.min.js"}
    assert sum(map(compressed, scripts)) <= MOST
    assert compressed("combobox.js") + compressed("country-names.json") <= MOST


def compressed(name):
    path = finders.find(f"built/{name}")
    return len(gzip.compress(Path(path).read_bytes(), 9))


def test_the_browser_makes_the_same_keys_as_the_server_and_has_the_same_names(visitor, capsys):
    call_command("country_names")
    names = json.loads(capsys.readouterr().out)
    assert names == json.loads(Path(finders.find("built/country-names.json")).read_text())
    others = {(key, code) for code, keys in names.items() for key in keys.split()}
    own = {(country_key(name), code) for code, name in NATIONALITIES.items()}
    assert others | own == {(key, code) for key, codes in codes_by_key().items() for code in codes}
    typed = [*MEANT, "Åland", "İRAN", "Færøerne", "Việt Nam", "भारत", "Ελλάς", "대한민국", "AND", "St.", "The  & of"]
    made = visitor.page.evaluate(
        """async (typed) => {
            const { key } = await import(document.getElementById("sms-script").dataset.combobox);
            return typed.map(key);
        }""",
        typed,
    )
    assert dict(zip(typed, made, strict=True)) == {name: country_key(name) for name in typed}
