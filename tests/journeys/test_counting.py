"""How many clicks and characters a clerk needs (the goals of the form; specification, section 8).

A click is a press of the pointer, or Enter on a button or link. A choice by keyboard counts as characters typed.
"""

import pytest
from playwright.sync_api import expect

from cas.details import fields
from cas.models import CAS, Batch, CourseTemplate
from tests.factories import COMPLETE, a_batch

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

LISTEN = """
const isLink = (element) => element.closest("a, button, summary, input[type=submit]");
const unseen = ["Tab", "Shift", "Control", "Alt", "Meta"];
addEventListener("pointerdown", () => counted("click"), true);
addEventListener("keydown", ({ key, target }) => {
  if (!unseen.includes(key)) counted(key === "Enter" && isLink(target) ? "click" : "character");
}, true);
"""

COURSE = {name: value for name, value in COMPLETE.items() if name in fields.OF_COURSE} | {"course_id": "DS-1"}
NAME = "Course template, by Course ID or title"
OWN = {
    "family_name": "Okonkwo",
    "given_names": "Chidinma",
    "nationality": "Nigeria",
    "country_of_birth": "Nigeria",
    "passport_number": "A12345678",
}
BORN = ("17", "5", "2002")


class Clerk:
    """A clerk at a keyboard and a mouse, whose clicks and characters are counted."""

    def __init__(self, visitor):
        self.visitor, self.page = visitor, visitor.page
        self.counts = {"click": 0, "character": 0}
        self.page.expose_function("counted", self._count)
        self.page.add_init_script(LISTEN)

    def _count(self, kind):
        self.counts[kind] += 1

    def since(self, before):
        return {kind: count - before[kind] for kind, count in self.counts.items()}

    def clicks(self, name):
        self.visitor.selects(name)

    def types(self, name, text):
        field = self.visitor.field(fields.BY_NAME[name])
        field.focus()
        self.page.keyboard.type(text)
        self.page.keyboard.press("Tab")

    def chooses(self, legend, option):
        """Choose a radio by keyboard."""
        self.page.get_by_role("group", name=legend).get_by_label(option, exact=True).focus()
        self.page.keyboard.press("Space")

    def picks_the_template(self):
        box = self.page.get_by_label(NAME)
        box.focus()
        self.page.keyboard.type("DS-1")
        expect(self.page.get_by_role("option", name="MSc Data Science")).to_be_visible()
        self.page.keyboard.press("Tab")
        expect(self.visitor.field(fields.BY_NAME["course_title"])).to_have_value("MSc Data Science")

    def gives_the_students_own_details(self, passport):
        for name in ("family_name", "given_names"):
            self.types(name, OWN[name])
        born = self.visitor.field(fields.BY_NAME["date_of_birth"])
        for part, text in zip(("Day", "Month", "Year"), BORN, strict=True):
            born.get_by_label(part).focus()
            self.page.keyboard.type(text)
        self.chooses("Gender", "Female")
        self.types("nationality", OWN["nationality"])
        self.types("country_of_birth", OWN["country_of_birth"])
        self.types("passport_number", passport)
        for name, legend in (
            ("has_previous_uk_study", "Has the student studied in the UK before?"),
            ("is_selt_required", "Is a Secure English Language Test (SELT) required?"),
            ("is_agent_used", "Was an agent or other third party used to recruit the student?"),
        ):
            assert legend == fields.BY_NAME[name].label
            self.chooses(legend, "No")
        self.visitor.field(fields.BY_NAME["reason_selt_not_required"]).focus()
        self.page.keyboard.type("A")  # Assessed by the higher education institution

    def pastes_the_documents_used(self):
        self.visitor.field(fields.BY_NAME["evidence_for_offer"]).fill("BSc Mathematics, University of Lagos, 2024")


@pytest.fixture
def template(level2):
    return CourseTemplate.objects.add(COURSE, route="STUDENT", by=level2)


@pytest.fixture
def clerk(visit, level2, template):
    visitor = visit(level2)
    clerk = Clerk(visitor)
    visitor.goes_to("/students/")
    return clerk


def test_guide_1_with_a_course_template_takes_at_most_12_clicks(clerk, allocation):
    clerk.clicks("Create CAS")
    clerk.page.get_by_label("Student", exact=True).focus()
    clerk.page.keyboard.press("Space")
    clerk.clicks("Next")
    clerk.page.get_by_label("Create new single CAS").focus()
    clerk.page.keyboard.press("Space")
    clerk.clicks("Next")
    clerk.picks_the_template()
    clerk.gives_the_students_own_details("A12345678")
    clerk.pastes_the_documents_used()
    clerk.clicks("Save")
    clerk.visitor.sees_status("READY TO GO")
    clerk.clicks("Assign")
    clerk.clicks("Assign")
    clerk.clicks("OK")
    clerk.clicks("Pay")
    clerk.visitor.sees_screen("Confirmation of assigned CAS")
    assert CAS.objects.get().status == "ASSIGNED"
    print("guide 1 with a template:", clerk.counts)
    assert 8 <= clerk.counts["click"] <= 12  # each of the eight steps above is a click
    assert clerk.counts["character"] > 40


def test_each_further_cas_of_a_batch_takes_at_most_3_clicks_and_the_students_own_details(clerk, level2):
    batch = a_batch(level2)
    clerk.visitor.goes_to(f"/students/create-cas/STUDENT/batch/{batch.pk}/")
    clerk.picks_the_template()
    for number in range(3):
        before = dict(clerk.counts)
        clerk.gives_the_students_own_details(f"A1234567{number}")
        clerk.pastes_the_documents_used()
        clerk.clicks("Save and add the next")
        expect(clerk.page.get_by_role("region", name="Success")).to_contain_text("READY TO GO")
        taken = clerk.since(before)
        print("a further CAS:", taken)
        assert 1 <= taken["click"] <= 3
        assert 40 < taken["character"] <= 75
    assert set(Batch.objects.get().cas.values_list("status", flat=True)) == {"READY TO GO"}
