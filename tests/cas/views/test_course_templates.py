"""The pages of course templates, and choosing one on the form of a CAS (specification, section 8)."""

import json
from datetime import date

import pytest

from cas.details import fields
from cas.models import CAS, CourseTemplate
from licences.models import Draft, Event
from tests.factories import a_cas, a_draft
from tests.pages import Page, typed_in

LIST = "/students/course-templates/"
NEW = f"{LIST}new/STUDENT/"
CREATE = "/students/create-cas/STUDENT/new/"
COURSE = {
    "course_id": "DS-1",
    "course_title": "MSc Data Science",
    "academic_level": "RQF7",
    "course_start_date": date(2099, 9, 14),
    "course_fees_first_year": "21500",
    "is_atas_required": False,
    "partner_name": "Example College",
    "partner_country": "FRA",
}


@pytest.fixture
def client(as_user, level2):
    return as_user(level2)


@pytest.fixture
def template(level2):
    return CourseTemplate.objects.add(COURSE, route="STUDENT", by=level2)


def at(template, rest=""):
    return f"{LIST}{template.pk}/{rest}"


def names(client, query=""):
    return [header.text for header in Page(client.get(f"{LIST}{query}")).main.all("th") if header["scope"] == "row"]


# The list


def test_an_empty_list_says_how_to_start(client):
    page = Page(client.get(LIST))
    assert page.h1 == "Course templates"
    assert "There are no course templates yet." in page.main.text
    assert "Retired templates" not in page.main.text
    assert Page(client.get("/students/")).main.link("Course templates") == LIST


def test_the_list_has_a_button_for_each_route_and_the_form_has_the_fields_of_its_route(client, as_user, outsider):
    page = Page(client.get(LIST))
    assert page.main.buttons("Add a template, Student route")[0]["href"] == NEW
    child = page.main.buttons("Add a template, Child Student route")[0]["href"]
    assert "is_atas_required" in Page(client.get(NEW)).html
    assert "is_atas_required" not in Page(client.get(child)).html


@pytest.mark.parametrize("text", ["ds-1", "data", "MSc+Data"])
def test_templates_are_found_by_course_id_or_title(text, client, template, level2):
    CourseTemplate.objects.add({"course_title": "MA History"}, route="STUDENT", by=level2)
    assert names(client) == ["DS-1 – MSc Data Science – September 2099", "MA History"]
    assert names(client, f"?course={text}") == [str(template)]


def test_a_search_that_finds_nothing_says_so_and_keeps_what_was_typed(client, template):
    page = Page(client.get(f"{LIST}?course=geology"))
    assert "No template was found." in page.main.text
    assert page.typed()["course"] == "geology"


@pytest.mark.parametrize("text", ["%00", "%ED%A0%80", "%25", "%27", "a" * 5000, "…", "%E2%81%A0"])
def test_any_text_can_be_searched_for(text, client, template):
    page = Page(client.get(f"{LIST}?course={text}"))
    assert page.status == 200
    assert names(client, f"?course={text}") in ([], [str(template)])


def test_a_page_lists_50_templates_and_its_links_keep_the_search(client, level2):
    for number in range(51):
        CourseTemplate.objects.add({"course_title": f"History {number:02}"}, route="STUDENT", by=level2)
    assert names(client, "?course=history") == [f"History {number:02}" for number in range(50)]
    page = Page(client.get(f"{LIST}?course=history"))
    assert "51 templates found" in page.main.text
    assert {"?course=history&page=2"} <= {link["href"] for link in page.main.all("a")}
    assert names(client, "?course=history&page=2") == ["History 50"]


# Adding and editing


def test_a_template_is_added_by_hand_and_edited(client, template, level2):
    form = Page(client.get(NEW))
    assert form.h1 == "Add a course template"
    page = Page(client.post(NEW, {**form.typed(), **typed_in({"course_title": "MA History"})}, follow=True))
    assert page.banners == ["The template “MA History” is saved. Existing CAS have not changed. Edit it"]
    added = CourseTemplate.objects.get(course_title="MA History")
    edit = Page(client.get(page.main.link("Edit MA History")))
    assert (edit.h1, edit.typed()["name"]) == ("Edit a course template", "MA History")
    client.post(at(added), {**edit.typed(), "study_city": "Leeds"})
    added.refresh_from_db()
    assert (added.name, added.values["study_city"], added.version) == ("MA History", "Leeds", 2)
    assert "Created" in Page(client.get(at(added))).main.text


def test_the_form_has_exactly_the_fields_of_the_course(client):
    named = {name for name in Page(client.get(NEW)).typed() if name not in {"name", "version", "draft"}}
    expected = {
        name + part
        for name in fields.OF_COURSE
        for part in (["_day", "_month", "_year"] if fields.BY_NAME[name].kind == "date" else [""])
    }
    radios = {name for name in expected if f'name="{name}"' in Page(client.get(NEW)).html}
    assert named <= radios == expected


def test_no_field_of_a_template_is_marked_as_mandatory_and_the_conditions_are_those_of_the_cas_form(client):
    groups = {group["data-asked"] for group in Page(client.get(NEW)).main.all("div") if "data-asked" in group}
    assert "data-needed" not in Page(client.get(NEW)).html
    assert json.dumps({"is": ["has_work_placement", ["yes"]]}) in groups
    known = set(fields.OF_COURSE)
    for field in fields.OF_COURSE:
        condition = json.dumps(fields.BY_NAME[field].asked.given({"route": "STUDENT"}).as_json())
        assert {each for each in fields.BY_NAME if f'"{each}"' in condition} <= known, field


@pytest.mark.parametrize(
    ("values", "field", "sentence"),
    [
        ({"study_postcode": "nowhere"}, "study_postcode", "must be a UK postcode"),
        ({"course_end_date": date(2000, 1, 1)}, "course_end_date", "must be after the course start date"),
        ({"name": "x" * 201}, "name", "must be 200 characters or fewer"),
    ],
)
def test_an_error_is_shown_beside_its_field_and_what_was_typed_is_kept(values, field, sentence, client):
    page = Page(client.post(NEW, {**Page(client.get(NEW)).typed(), **typed_in(COURSE), **typed_in(values)}))
    assert page.status == 422
    assert sentence in page.error_of(field)
    assert page.typed()["course_title"] == "MSc Data Science"
    assert not CourseTemplate.objects.exists()


def test_a_template_needs_a_name_or_a_course(client):
    page = Page(client.post(NEW, Page(client.get(NEW)).typed()))
    assert page.error_of("name") == "Enter a name, or the Course ID or the title of the course"


def test_no_two_templates_have_the_same_name(client, template):
    page = Page(client.post(NEW, {**Page(client.get(NEW)).typed(), "name": template.name}))
    assert page.error_of("name") == "Your sponsor already has a template with this name. Choose another name"


def test_the_same_page_sent_twice_adds_one_template(client):
    sent = {**Page(client.get(NEW)).typed(), "name": "Once"}
    for _ in range(2):
        assert client.post(NEW, sent)["Location"] == LIST
    assert CourseTemplate.objects.count() == 1


def test_a_user_sees_that_another_user_saved_the_template_first_and_can_replace_it(client, template, level1):
    typed = Page(client.get(at(template))).typed()
    CourseTemplate.objects.get().amend({**COURSE, "study_city": "Leeds"}, by=level1, version=1)
    page = Page(client.post(at(template), {**typed, "study_city": "Bath"}))
    assert page.status == 409
    assert "Level1 saved this template on" in page.main.text
    assert page.typed()["study_city"] == "Bath"
    assert CourseTemplate.objects.get().values["study_city"] == "Leeds"
    client.post(at(template), page.typed())
    assert CourseTemplate.objects.get().values["study_city"] == "Bath"


def test_a_template_of_a_route_that_the_licence_lacks_cannot_be_added(as_user, outsider, client):
    outsider.licence.routes.exclude(route="STUDENT").delete()
    assert as_user(outsider).get(f"{LIST}new/CHILD_STUDENT/").status_code == 404
    assert client.get(f"{LIST}new/NONE/").status_code == 404


# From a CAS


@pytest.mark.parametrize("where", ["", "saved/"])
def test_a_template_is_made_from_a_cas(where, client, level2):
    cas = a_cas(level2, course_id="DS-1", partner_name="Example College")
    address = Page(client.get(f"/students/cas/{cas.pk}/{where}")).main.link("Save as course template")
    form = Page(client.get(address))
    assert form.typed()["name"] == "DS-1 – MSc Data Science – September 2099"
    client.post(address, form.typed())
    made = CourseTemplate.objects.get()
    assert made.values == {name: getattr(cas, name) for name in fields.OF_COURSE}
    assert "Nguyễn" not in str(Event.objects.get(kind="course_template").data)


@pytest.mark.parametrize("who", ["colleague", "outsider"])
def test_the_course_of_another_users_cas_is_not_shown(who, as_user, level2, request):
    form = Page(as_user(request.getfixturevalue(who)).get(f"{NEW}?from={a_cas(level2).pk}"))
    assert (form.typed()["name"], form.typed()["course_title"]) == ("", "")


# Retired, not deleted


def test_a_retired_template_is_listed_apart_and_can_be_reinstated(client, template):
    assert Page(client.get(at(template))).main.buttons("Retire")
    page = Page(client.post(at(template, "retire/"), follow=True))
    assert page.banners == [f"The template “{template}” is retired. Existing CAS do not change. Reinstate it"]
    assert names(client) == []
    (retired,) = names(client, "?retired=yes")
    assert retired.startswith(f"{template} retired on ")
    assert Page(client.get(LIST)).main.link("Retired templates") == f"{LIST}?retired=yes"
    assert Page(client.get(at(template))).main.buttons("Reinstate")
    page = Page(client.post(at(template, "reinstate/"), follow=True))
    assert page.banners == [f"The template “{template}” is offered on the CAS form again."]
    assert names(client) == [str(template)]


# Choosing one on the form of a CAS


def options(page):
    return [option.text for option in page.by_id("id_template").all("option")]


def test_the_form_offers_the_templates_of_its_route_that_are_not_retired(client, template, level2):
    for name, route in (("Child", "CHILD_STUDENT"), ("Old", "STUDENT")):
        CourseTemplate.objects.add({"name": name}, route=route, by=level2)
    CourseTemplate.objects.get(name="Old").retire(by=level2)
    assert options(Page(client.get(CREATE))) == ["Select from the list", str(template)]
    assert options(Page(client.get(f"/students/cas/{a_draft(level2).pk}/edit/"))) == [
        "Select from the list",
        str(template),
    ]


def test_a_template_with_a_name_of_its_own_is_found_by_its_course_id_and_title_too(client, level2):
    CourseTemplate.objects.add({**COURSE, "name": "Autumn"}, route="STUDENT", by=level2)
    assert options(Page(client.get(CREATE))) == ["Select from the list", "Autumn (DS-1, MSc Data Science)"]


def test_without_javascript_a_button_fills_in_the_course_and_saves_nothing(client, template):
    form = Page(client.get(CREATE))
    typed = {**form.typed(), "family_name": "Wang", "study_city": "typed before", "course_fees_paid": "£5,000"}
    answer = client.post(CREATE, {**typed, "template": template.pk, "pick": "template"})
    page = Page(answer)
    held = page.typed()
    assert (answer.status_code, page.summary) == (200, [])
    for name, text in typed_in(COURSE).items():
        assert held[name] == text, name
    assert (held["family_name"], held["course_fees_paid"]) == ("Wang", "£5,000")
    assert held["study_city"] == ""
    assert not CAS.objects.exists()
    client.post(CREATE, {**held, "course_fees_paid": "5000"})
    cas = CAS.objects.get()
    assert {name: getattr(cas, name) for name in fields.OF_COURSE} == template.values


def test_the_forms_script_gets_the_same_texts(client, template):
    answer = client.get(at(template, "texts/"))
    assert answer["Content-Type"] == "application/json"
    filled = Page(client.post(CREATE, {"template": template.pk, "pick": "template"})).typed()
    texts = answer.json()
    assert {name: text for name, text in texts.items() if text} == {
        name: text for name, text in filled.items() if text and name in texts
    }
    assert {**typed_in(COURSE), "study_city": ""}.items() <= texts.items()
    page = Page(client.get(CREATE))
    assert page.by_id("id_template").all("option")[1]["data-typed-at"] == at(template, "texts/")


@pytest.mark.parametrize("picked", ["", "x", "0", "9" * 40])
def test_choosing_no_template_leaves_what_was_typed(picked, client, template):
    sent = {"family_name": "Wang", "course_title": "Mine", "template": picked, "pick": "template"}
    assert Page(client.post(CREATE, sent)).typed()["course_title"] == "Mine"


def test_a_template_of_another_sponsor_is_neither_offered_nor_filled_in(template, as_user, outsider):
    client = as_user(outsider)
    assert "MSc Data Science" not in client.get(CREATE).content.decode()
    sent = {"family_name": "Wang", "template": template.pk, "pick": "template"}
    assert Page(client.post(CREATE, sent)).typed()["course_title"] == ""
    assert client.get(at(template, "texts/")).status_code == 404


# Drafts


def test_what_is_typed_into_a_new_template_is_kept_and_found_from_the_home_page(client):
    sent = {**Page(client.get(NEW)).typed(), "name": "Typed", "course_title": "MA History"}
    assert client.post(NEW, sent, headers={"X-Keep-Draft": "1"}).status_code == 200
    assert not CourseTemplate.objects.exists()
    address = Page(client.get("/students/")).main.link("Course template Typed")
    again = Page(client.get(address))
    assert (again.typed()["name"], again.typed()["course_title"]) == ("Typed", "MA History")
    client.post(address, again.typed())
    assert CourseTemplate.objects.get().name == "Typed"
    assert not Draft.objects.open().exists()


def test_what_is_typed_into_a_template_is_kept_until_it_is_saved(client, template, as_user, colleague):
    sent = {**Page(client.get(at(template))).typed(), "study_city": "Leeds"}
    client.post(at(template), sent, headers={"X-Keep-Draft": "1"})
    assert Page(client.get(at(template))).typed()["study_city"] == "Leeds"
    assert Page(as_user(colleague).get(at(template))).typed()["study_city"] == ""
    home = Page(client.get("/students/"))
    assert home.main.link(f"Course template {template.name}") == at(template)
    client.post(at(template), sent)
    assert not Draft.objects.open().exists()


def test_the_draft_of_a_template_is_not_shown_as_one_of_a_cas_with_the_same_id(client, template, level2):
    sent = {**Page(client.get(at(template))).typed(), "study_city": "Leeds"}
    client.post(at(template), sent, headers={"X-Keep-Draft": "1"})
    cas = CAS.objects.filter(pk=template.pk).first() or a_cas(level2)
    assert "not saved" not in Page(client.get(f"/students/cas/{cas.pk}/")).main.text
