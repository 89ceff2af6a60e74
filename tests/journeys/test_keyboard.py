"""Guide 1 works by keyboard alone, with the focus always visible (WCAG 2.1.1, 2.4.7, 2.4.11)."""

import pytest
from playwright.sync_api import expect

from cas.details import fields
from cas.models import CAS
from tests.factories import COMPLETE, PASSWORD, a_cas
from tests.journeys.steps import has_several_inputs

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

MOST_STOPS = 250

FOCUS = """(target) => {
    const element = document.activeElement;
    const box = element.getBoundingClientRect();
    const isSave = ({ textContent }) => textContent.trim() === "Save";
    const bar = [...document.querySelectorAll("button")].find(isSave)?.parentElement;
    const end = Math.min(box.bottom, box.top + 44);  // of a text area, only the first line
    const isBehindBar = bar && !bar.contains(element) && end > bar.getBoundingClientRect().top;
    const labels = [...(element.labels ?? [])].map((label) => getComputedStyle(label, "::before"));
    const isMarked = ({ outlineColor, boxShadow, backgroundColor }) =>
        `${outlineColor} ${boxShadow} ${backgroundColor}`.includes("rgb(255, 221, 0)");  // the yellow focus colour
    return {
        isTarget: element === target,
        what: `${element.tagName} ${element.id} ${element.textContent.trim().slice(0, 30)}`,
        isInSight: box.top >= 0 && end <= innerHeight && !isBehindBar,
        isMarked: [getComputedStyle(element), ...labels].some(isMarked),
    };
}"""


class Typist:
    """A visitor who has no mouse."""

    def __init__(self, visitor):
        self.visitor = visitor
        self.keys = visitor.page.keyboard

    def tabs_to(self, target):
        """Press Tab until `target` has the focus. The focus must be visible and marked at every stop on the way."""
        target = target.element_handle()
        if self.visitor.page.evaluate(FOCUS, target)["isTarget"]:
            return  # the only field of a page has the focus
        for _ in range(MOST_STOPS):
            self.keys.press("Tab")
            focus = self.visitor.page.evaluate(FOCUS, target)
            assert focus["isInSight"], focus
            assert focus["isMarked"], focus
            if focus["isTarget"]:
                return
        raise AssertionError("The focus never reached the target")

    def selects(self, name):
        self.tabs_to(self.visitor.control(name))
        self.keys.press("Enter")

    def chooses(self, group, option):
        """Choose an option: the first by Space, the others by the arrow keys."""
        radios = group.get_by_role("radio")
        self.tabs_to(radios.first)
        self.keys.press("Space")
        wanted = group.get_by_label(option, exact=True)
        for _ in range(radios.count()):
            if wanted.is_checked():
                return
            self.keys.press("ArrowDown")
        raise AssertionError(f"{option} was not reached")

    def answers(self, field, value):
        place, text = self.visitor.field(field), field.display(field.checked(value))
        if field.kind in {"date", "partial date"}:
            for part, number in (("Day", value.day), ("Month", value.month), ("Year", value.year)):
                self.tabs_to(place.get_by_label(part))
                self.keys.type(str(number))
        elif has_several_inputs(field):
            self.chooses(place, text)
        elif field.kind == "country":
            self.tabs_to(place)
            self.keys.type(text[:5])
            expect(place).to_have_attribute("aria-expanded", "true")
            self.keys.press("ArrowDown")
            self.keys.press("Enter")
        else:
            self.tabs_to(place)
            self.keys.type(text if field.kind == "choice" else str(value))


def test_guide_1_works_by_keyboard_alone(visit, level1, allocation):
    visitor = visit()
    page, typist = visitor.page, Typist(visitor)
    visitor.goes_to("/")
    typist.tabs_to(page.get_by_label("User ID"))
    typist.keys.type(level1.username)
    typist.tabs_to(page.get_by_label("Password", exact=True))
    typist.keys.type(PASSWORD)
    typist.keys.press("Enter")
    visitor.sees_screen("SMS message board – no active messages")
    typist.selects("OK")
    visitor.sees_screen("Students")
    typist.selects("Create CAS")
    typist.chooses(page.get_by_role("group", name="Route"), "Student")
    typist.selects("Next")
    typist.chooses(page.get_by_role("group", name="What do you want to do?"), "Create new single CAS")
    typist.selects("Next")
    visitor.sees_screen("Create a CAS")
    page.wait_for_load_state("networkidle")
    for field in fields.FIELDS:
        if field.name in COMPLETE:
            typist.answers(field, COMPLETE[field.name])
    typist.selects("Save")
    visitor.sees_screen("Confirmation of saved CAS")
    visitor.sees_status("READY TO GO")
    typist.selects("Assign")
    visitor.sees_screen("Assign CAS")
    typist.selects("Assign")
    visitor.sees_screen("Online payment")
    typist.selects("OK")
    visitor.sees_screen("Sandbox payment page")
    typist.selects("Pay")
    visitor.sees_screen("Confirmation of assigned CAS")
    typist.tabs_to(visitor.control("Print"))
    cas = CAS.objects.get()
    wrong = {name for name, value in COMPLETE.items() if fields.BY_NAME[name].checked(value) != getattr(cas, name)}
    assert wrong == set()


@pytest.mark.parametrize(("width", "height"), [(1280, 600), (390, 700), (320, 256)])
def test_the_focus_is_never_behind_the_bar_with_the_save_button(visit, level1, width, height):
    cas = a_cas(level1)
    visitor = visit(level1, width=width)
    visitor.page.set_viewport_size({"width": width, "height": height})
    visitor.goes_to(f"/students/cas/{cas.pk}/edit/")
    visitor.page.wait_for_load_state("networkidle")
    Typist(visitor).tabs_to(visitor.control("Delete"))


def test_the_skip_link_of_a_form_moves_the_focus_to_its_first_field(visit, level1):
    visitor = visit(level1)
    visitor.goes_to("/students/create-cas/STUDENT/new/")
    visitor.page.keyboard.press("Tab")
    expect(visitor.control("Skip to the first field")).to_be_focused()
    visitor.page.keyboard.press("Enter")
    expect(visitor.page.get_by_label("Applicant ID", exact=True)).to_be_focused()
    visitor.page.keyboard.press("Tab")
    expect(visitor.page.get_by_label("Application ID", exact=True)).to_be_focused()


def test_the_skip_link_of_other_pages_moves_the_focus_to_the_main_content(visit, level1):
    visitor = visit(level1)
    visitor.goes_to("/students/")
    visitor.page.keyboard.press("Tab")
    expect(visitor.control("Skip to main content")).to_be_focused()
    visitor.page.keyboard.press("Enter")
    visitor.page.keyboard.press("Tab")
    expect(visitor.page.get_by_role("main").get_by_role("link").first).to_be_focused()
