"""Course templates, and `Save and add the next`: what is the course's is entered once (specification, section 8)."""

import re
from datetime import date

import pytest
from playwright.sync_api import expect

from cas.details import fields
from cas.models import CAS, CourseTemplate
from tests.factories import COMPLETE, a_batch, a_cas
from tests.journeys.steps import EVERY_WAY

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

PARTNER = {
    "partner_name": "Example College",
    "partner_address_line_1": "1 Rue Exemple",
    "partner_city": "Paris",
    "partner_country": "FRA",
}
COURSE = {name: value for name, value in COMPLETE.items() if name in fields.OF_COURSE} | PARTNER | {"course_id": "DS-1"}
STUDENTS = {name: value for name, value in COMPLETE.items() if name not in fields.OF_COURSE}
NAME = "DS-1 – MSc Data Science – September 2099"


def picks(visitor, name):
    """Choose a course template, by typing a part of its title or from the plain list."""
    box = visitor.page.get_by_label("Course template, by Course ID or title")
    if not visitor.with_javascript:
        box.select_option(label=name)
        visitor.selects("Use this template")
        return
    box.press_sequentially("data sci")
    expect(visitor.page.get_by_role("option", name=name)).to_be_visible()
    visitor.page.keyboard.press("ArrowDown")
    visitor.page.keyboard.press("Enter")


@EVERY_WAY
def test_a_template_is_added_by_hand_and_fills_in_the_course_of_a_cas(
    visit, request, inspector, who, with_javascript, width
):
    visitor = visit(request.getfixturevalue(who), with_javascript=with_javascript, width=width)

    # A user adds a template. What is not valid is shown beside its field.
    visitor.goes_to("/students/")
    visitor.selects("Course templates")
    visitor.sees("There are no course templates yet.")
    inspector.looks_at(visitor, "Course templates, none")
    visitor.selects("Add a template, Student route")
    visitor.sees_screen("Add a course template")
    visitor.selects("Save")
    visitor.sees_errors("Enter a name, or the Course ID or the title of the course")
    inspector.looks_at(visitor, "Add a course template, with an error")
    visitor.fills_in(COURSE)
    visitor.selects("Save")
    visitor.sees_screen("Course templates")
    expect(visitor.page.get_by_role("rowheader", name=NAME)).to_be_visible()
    inspector.looks_at(visitor, "Course templates")

    # It fills in the course of a new CAS, also the countries that are searched by typing.
    visitor.goes_to("/students/create-cas/STUDENT/new/")
    visitor.types({"family_name": "Wang", "given_names": "Li"})
    picks(visitor, NAME)
    visitor.holds({"course_title": "MSc Data Science", "partner_name": "Example College", "family_name": "Wang"})
    country = visitor.section("Partner institution").get_by_label("Country")
    expect(country).to_have_value("France" if with_javascript else "FRA")
    inspector.looks_at(visitor, "Form, filled from a template")
    visitor.fills_in({name: value for name, value in STUDENTS.items() if name not in {"family_name", "given_names"}})
    visitor.selects("Save")
    visitor.sees_screen("Confirmation of saved CAS")
    visitor.sees_status("READY TO GO")
    assert {name: getattr(CAS.objects.get(), name) for name in fields.OF_COURSE} == CourseTemplate.objects.get().values

    # A retired template is listed apart.
    visitor.goes_to("/students/course-templates/")
    visitor.selects(f"Edit {NAME}")
    inspector.looks_at(visitor, "Edit a course template")
    visitor.selects("Retire")
    visitor.selects("Retired templates")
    expect(visitor.page.get_by_role("rowheader", name=re.compile(NAME))).to_be_visible()
    inspector.looks_at(visitor, "Retired templates")


@EVERY_WAY
def test_each_further_cas_of_a_batch_needs_only_the_students_own_details(
    visit, request, inspector, who, with_javascript, width
):
    user = request.getfixturevalue(who)
    batch = a_batch(user)
    visitor = visit(user, with_javascript=with_javascript, width=width)
    visitor.goes_to(f"/students/batches/{batch.pk}/")
    visitor.selects("Add CAS")
    visitor.fills_in({**COMPLETE, **COURSE, "family_name": "Wang"})
    visitor.selects("Save and add the next")

    # The form of the next CAS names the last, has its course, and is ready for the family name.
    visitor.sees_screen("Create a CAS")
    visitor.sees("The CAS of Wang, Thị Minh is saved: READY TO GO.")
    inspector.looks_at(visitor, "Form of the next CAS")
    visitor.page.reload()
    visitor.sees("The CAS of Wang, Thị Minh is saved: READY TO GO.")
    if not with_javascript:
        visitor.selects("Go to the family name")
    family_name = visitor.field(fields.BY_NAME["family_name"])
    expect(family_name).to_be_focused()
    expect(family_name).to_be_in_viewport()
    visitor.holds({"course_title": "MSc Data Science", "family_name": "", "course_fees_paid": ""})
    visitor.fills_in({**STUDENTS, "family_name": "Li"})
    visitor.selects("Save and add the next")
    visitor.sees("The CAS of Li, Thị Minh is saved: READY TO GO.")

    # Save, without adding the next, leads to the batch.
    visitor.fills_in({**STUDENTS, "family_name": "Zhang"})
    visitor.selects("Save")
    visitor.sees_screen("Batch details")
    assert set(batch.cas.values_list("family_name", "status")) == {
        (name, "READY TO GO") for name in ("Wang", "Li", "Zhang")
    }
    for cas in batch.cas.all():
        assert cas.partner_country == "FRA"


def test_a_copy_says_which_answers_it_left_out(visit, level2, inspector):
    cas = a_cas(level2)
    visitor = visit(level2)
    visitor.goes_to(f"/students/cas/{cas.pk}/")
    visitor.selects("Copy into a new CAS")
    visitor.sees("This is a copy of the CAS of Nguyễn, Thị Minh.")
    visitor.sees("Documentation: Documents used to obtain the offer")
    visitor.holds({"family_name": "Nguyễn", "evidence_for_offer": ""})
    inspector.looks_at(visitor, "Form of a copy")


def test_if_the_server_does_not_answer_the_template_can_be_filled_in_by_a_button(visit, level2):
    CourseTemplate.objects.add(COURSE, route="STUDENT", by=level2)
    visitor = visit(level2)
    visitor.goes_to("/students/create-cas/STUDENT/new/")
    visitor.page.route("**/texts/", lambda route: route.fulfill(status=404, body="Not JSON"))
    picks(visitor, NAME)
    visitor.selects("Use this template")
    visitor.holds({"course_title": "MSc Data Science"})


def test_a_slow_answer_leaves_what_the_user_typed_after_choosing_the_template(visit, level2):
    CourseTemplate.objects.add({**COURSE, "study_city": "Leeds"}, route="STUDENT", by=level2)
    visitor = visit(level2)
    visitor.goes_to("/students/create-cas/STUDENT/new/")
    visitor.fills_in({"study_city": "York", "is_remote_delivery": True})  # before the choice
    waiting = []
    visitor.page.route("**/texts/", lambda route: waiting.append(route))
    with visitor.page.expect_request("**/texts/"):
        picks(visitor, NAME)
    mine = {"course_title": "MSc Robotics", "course_start_date": date(2098, 1, 5), "has_work_placement": True}
    visitor.fills_in({**mine, "partner_country": "DEU", "family_name": "Wang"})
    with visitor.page.expect_response("**/texts/"):
        waiting.pop().continue_()
    visitor.holds({"study_city": "Leeds", "family_name": "Wang", "course_title": "MSc Robotics"})
    visitor.selects("Save")
    visitor.sees_screen("Confirmation of saved CAS")
    saved = CAS.objects.get()
    assert {name: getattr(saved, name) for name in mine} == mine
    assert (saved.partner_country, saved.partner_city, saved.is_remote_delivery) == ("DEU", "Paris", False)
