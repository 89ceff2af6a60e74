"""The CAS form, filled in for a new CAS (manual 4, guide 1, step 4; specification, section 8)."""

import pytest

from cas.models import CAS
from licences import refusals
from tests.factories import CHILD, COMPLETE
from tests.pages import Page, typed_in

STUDENT, CHILD_STUDENT = "/students/create-cas/STUDENT/new/", "/students/create-cas/CHILD_STUDENT/new/"

SECTIONS = [
    "Student details",
    "Partner institution",
    "Overseas institution",
    "Course details",
    "Main study address",
    "Work placement",
    "Documentation",
    "Evidence",
    "English language",
    "Fees and accommodation",
    "Agent",
]


def counts(page):
    """Return the number of fields left that each section shows, by the name of the section."""
    items = page.one("ol", of="sms-sections").all("li")
    return {item.one("a").text: item.one("span").text for item in items}


def left(page):
    return page.one(of="sms-save-bar__status").text


@pytest.fixture
def client(as_user, level1):
    return as_user(level1)


# Contents


def test_the_form_has_every_section_of_the_route_as_a_group_with_a_legend(client):
    page = Page(client.get(STUDENT))
    assert page.h1 == "Create a CAS"
    assert [heading.text for heading in page.main.all("h2")] == SECTIONS
    assert list(counts(page)) == SECTIONS
    for section, name in zip(page.main.all(of="sms-section"), SECTIONS, strict=True):
        assert section.one(of="govuk-fieldset__heading").text == name
        assert section.children[1].tag == "fieldset"


def test_the_list_of_sections_links_to_the_first_field_of_each(client):
    page = Page(client.get(STUDENT))
    for link in page.one("ol", of="sms-sections").all("a"):
        (section,) = [each for each in page.main.all(of="sms-section") if each.one("h2").text == link.text]
        first = next(each for each in section.all("input", "select", "textarea") if each["name"] != "address")
        assert link["href"] == f"#{first['id']}"


def test_the_skip_link_leads_to_the_first_field(client):
    page = Page(client.get(STUDENT))
    skip = page.one("a", of="govuk-skip-link")
    assert (skip.text, skip["href"]) == ("Skip to the first field", "#id_applicant_id")
    assert page.by_id("id_applicant_id").tag == "input"


def test_only_the_form_of_the_child_student_route_has_the_fields_of_child_students(client):
    student, child = Page(client.get(STUDENT)), Page(client.get(CHILD_STUDENT))
    others = [name for name in SECTIONS if name not in {"Evidence", "English language"}]
    assert list(counts(child)) == [*others[:-2], "Child Student", *others[-2:]]
    assert set(child.typed()) - set(student.typed()) == {"living_details"}
    assert "Where the child lives" in child.main.text
    assert "Where the child lives" not in student.main.text


def test_only_the_form_of_the_student_route_asks_about_hours_placement_share_evidence_and_english(client):
    student, child = Page(client.get(STUDENT)), Page(client.get(CHILD_STUDENT))
    only = set(student.typed()) - set(child.typed())
    assert {"hours_per_week", "placement_percent", "progression_justification", "selt_reading"} <= only
    for question in ("ATAS", "Postgraduate Dean", "studied in the UK before", "English language level attained"):
        assert question in student.main.text
        assert question not in child.main.text


def test_the_route_is_shown_and_is_not_a_field_of_the_form(client):
    page = Page(client.get(CHILD_STUDENT))
    assert "Child Student route" in page.main.text
    assert "route" not in page.typed()


def test_every_field_has_its_own_label_or_legend(client):
    page = Page(client.get(CHILD_STUDENT))
    labelled = {label["for"] for label in page.main.all("label")}
    for element in page.form().all("input", "select", "textarea"):
        assert element["type"] == "hidden" or element["id"] in labelled
    assert len(page.ids) == len(set(page.ids))


def test_the_form_asks_the_browser_to_remember_nothing(client):
    form = Page(client.get(STUDENT)).form()
    assert form["autocomplete"] == "off"
    assert {element["autocomplete"] for element in form.all("input", "textarea")} <= {"off", ""}


def test_a_new_form_counts_the_mandatory_fields_of_each_section(client):
    page = Page(client.get(STUDENT))
    assert counts(page)["Student details"] == "6 left"
    assert counts(page)["Main study address"] == "3 left"
    assert counts(page)["Partner institution"] == "optional"
    assert counts(page)["Agent"] == "1 left"
    assert left(page) == "23 mandatory fields left. Status after saving: WORK IN PROGRESS"


# Saving


def test_the_family_name_alone_is_enough_to_save(client, level1):
    answer = client.post(STUDENT, {"family_name": "Okonkwo"})
    cas = CAS.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/students/cas/{cas.pk}/saved/")
    assert (cas.family_name, cas.status, cas.owner, cas.route) == ("Okonkwo", "WORK IN PROGRESS", level1, "STUDENT")


@pytest.mark.parametrize("sent", [{}, {"family_name": ""}, {"family_name": " \t\n"}, {"family_name": "\u200b"}])
def test_without_the_family_name_nothing_is_saved(client, sent):
    answer = client.post(STUDENT, {**sent, "given_names": "Ada"})
    page = Page(answer)
    assert answer.status_code == 422
    assert page.title == "Error: Create a CAS: details – Sponsorship Management System"
    assert page.summary == [("Enter the family name", "#id_family_name")]
    assert page.error_of("family_name") == "Enter the family name"
    assert page.typed()["given_names"] == "Ada"
    assert not CAS.objects.exists()


@pytest.mark.parametrize(("address", "values"), [(STUDENT, COMPLETE), (CHILD_STUDENT, CHILD)])
def test_a_complete_cas_is_ready_to_go(client, address, values):
    client.post(address, typed_in(values))
    cas = CAS.objects.get()
    assert cas.status == "READY TO GO"
    saved = {name: getattr(cas, name) for name in values}
    fees = ("course_fees_first_year", "course_fees_paid")
    assert {name: str(value) for name, value in saved.items() if name in fees} == {
        "course_fees_first_year": "21500.00",
        "course_fees_paid": "5000.50",
    }
    assert {name: value for name, value in saved.items() if name not in fees} == {
        name: value for name, value in values.items() if name not in fees
    }


def test_a_family_name_without_a_latin_letter_is_saved_and_still_counts_as_left(client):
    client.post(STUDENT, typed_in({**COMPLETE, "family_name": "阮"}))
    cas = CAS.objects.get()
    assert (cas.family_name, cas.status) == ("阮", "WORK IN PROGRESS")
    page = Page(client.get(f"/students/cas/{cas.pk}/edit/"))
    assert counts(page)["Student details"] == "1 left"
    assert left(page) == "1 mandatory field left. Status after saving: WORK IN PROGRESS"


def test_zero_hours_are_saved_and_are_no_answer_where_hours_are_mandatory(client):
    client.post(STUDENT, typed_in({**COMPLETE, "academic_level": "RQF4", "hours_per_week": "0.0"}))
    cas = CAS.objects.get()
    assert (cas.hours_per_week, cas.status) == (0, "WORK IN PROGRESS")
    assert counts(Page(client.get(f"/students/cas/{cas.pk}/edit/")))["Course details"] == "1 left"


@pytest.mark.parametrize(("share", "is_left"), [("33", False), ("34", True)])
def test_a_placement_over_the_share_of_the_day_needs_a_justification(client, share, is_left):
    client.post(STUDENT, typed_in({**COMPLETE, "has_work_placement": True, "placement_percent": share}))
    cas = CAS.objects.get()
    assert cas.status == ("WORK IN PROGRESS" if is_left else "READY TO GO")
    page = Page(client.get(f"/students/cas/{cas.pk}/edit/"))
    assert counts(page)["Work placement"] == ("1 left" if is_left else "✓ complete")


def test_the_first_button_of_the_form_saves_and_stays_so_that_enter_in_a_field_surprises_no_user(client):
    first = Page(client.get(STUDENT)).form().all("button")[0]
    answer = client.post(STUDENT, {"family_name": "Okonkwo", first["name"]: first["value"]}, follow=True)
    cas = CAS.objects.get()
    assert answer.redirect_chain == [(f"/students/cas/{cas.pk}/edit/#main-content", 302)]
    page = Page(answer)
    assert page.h1 == "Edit an existing CAS"
    assert "The CAS of Okonkwo is saved: WORK IN PROGRESS." in page.main.text
    answer = client.post(f"/students/cas/{cas.pk}/edit/", page.typed() | {"given_names": "Ada", "stay": "yes"})
    assert answer["Location"] == f"/students/cas/{cas.pk}/edit/#main-content"
    cas.refresh_from_db()
    assert cas.given_names == "Ada"


def test_a_level_2_user_owns_what_they_create(as_user, level2):
    as_user(level2).post(STUDENT, {"family_name": "Okonkwo"})
    assert CAS.objects.get().owner == level2


def test_values_that_are_not_fields_of_the_form_change_nothing(client, level1, outsider, colleague):
    extra = {
        "status": "ASSIGNED",
        "number": "E4G0000000000X",
        "owner": str(colleague.pk),
        "owner_id": str(colleague.pk),
        "created_by": str(outsider.pk),
        "licence": str(outsider.licence_id),
        "licence_id": str(outsider.licence_id),
        "route": "CHILD_STUDENT",
        "version": "7",
        "id": "12345",
        "pk": "12345",
        "assigned_on": "2026-01-01",
        "passport_key": "x",
        "living_details": "of the other route",
        "living_arrangements": "BOARDING",
    }
    client.post(STUDENT, {"family_name": "Okonkwo", **extra})
    cas = CAS.objects.get()
    assert (cas.status, cas.number, cas.owner, cas.created_by) == ("WORK IN PROGRESS", None, level1, level1)
    assert (cas.licence_id, cas.route, cas.version) == (level1.licence_id, "STUDENT", 1)
    assert (cas.living_details, cas.living_arrangements, cas.passport_key) == ("", "", "")
    assert cas.pk != 12345


def test_the_last_value_of_a_parameter_that_is_sent_twice_counts(client):
    client.post(STUDENT, {"family_name": ["First", "Last"]})
    assert CAS.objects.get().family_name == "Last"


def test_if_the_route_ends_meanwhile_the_save_is_refused_and_what_was_typed_is_kept(client, monkeypatch):
    def refuse(*args, **kwargs):
        raise refusals.ROUTE_NOT_COVERED_SO_NO_SAVING(route="Student")

    monkeypatch.setattr(CAS.objects, "add", refuse)
    page = Page(client.post(STUDENT, typed_in(COMPLETE)))
    assert page.summary[0][0] == "Your licence does not cover the Student route. You can only delete its CAS."
    assert page.typed().items() >= typed_in(COMPLETE).items()
