"""The page `Confirmation of saved CAS` (manual 4, guide 1, step 5)."""

import pytest

from cas.details import fields
from cas.details.needs import OPTIONAL
from cas.models import CAS, Rule
from licences.sponsor_status import SponsorStatus
from sms.core import clock
from tests.factories import CHILD, a_cas, a_draft, an_allocation, an_order, assigned
from tests.pages import Page


@pytest.fixture
def saved(as_user, allocation):
    def open_page(user, cas):
        return Page(as_user(user).get(f"/students/cas/{cas.pk}/saved/"))

    return open_page


def why_not(page):
    """Return the reasons why the CAS cannot be assigned, by section: the text of each link, and its address."""
    parts = page.by_id("why-not").all(of="sms-columns__part")
    return {part.one("h3").text: [(link.text, link["href"]) for link in part.all("a")] for part in parts}


def test_the_page_names_the_student_and_shows_the_status_and_the_details(saved, level1):
    page = saved(level1, a_draft(level1, course_title="MSc Data Science"))
    assert page.h1 == "Confirmation of saved CAS"
    assert "The CAS of Okonkwo is saved. WORK IN PROGRESS" in page.main.text
    assert dict(page.main.lines())["Course curriculum title"] == "MSc Data Science"


def test_a_complete_cas_can_be_assigned_amended_and_deleted(saved, level1):
    cas = a_cas(level1)
    page = saved(level1, cas)
    assert page.main.link("Assign") == f"/students/cas/{cas.pk}/assign/"
    assert page.main.link("Amend") == f"/students/cas/{cas.pk}/edit/"
    assert page.main.link("Delete") == f"/students/cas/{cas.pk}/delete/"
    assert "why-not" not in page.ids


@pytest.mark.parametrize("user", ["level1", "level2"])
def test_while_fields_are_missing_assign_is_disabled_and_the_page_lists_them(user, saved, level2, request):
    cas = a_draft(level2)
    page = saved(request.getfixturevalue(user), cas)
    (assign,) = page.buttons("Assign")
    assert assign.tag == "button"
    assert assign.is_unavailable
    assert assign["aria-describedby"] == "why-not"
    listed = {section: [text for text, _ in lines] for section, lines in why_not(page).items()}
    missing = {}
    for field in fields.missing(cas):
        missing.setdefault(field.section.name, []).append(field.label)
    assert listed == missing
    assert listed["Main study address"] == ["Address line 1", "City or town", "Postcode"]


ASKING = {
    "family_name": "Okonkwo",
    "academic_level": "RQF7",
    "has_work_placement": True,
    "has_previous_uk_study": True,
    "is_selt_required": True,
    "is_agent_used": True,
    "partner_postcode": "1000",
    "overseas_city": "Lyon",
}
DRAFTS = {
    "new": ("STUDENT", {"family_name": "Okonkwo"}),
    "asking for more": ("STUDENT", ASKING),
    "asking otherwise": (
        "STUDENT",
        {
            **ASKING,
            "academic_level": "RQF3",
            "placement_percent": 60,
            "placement_postcode": "1000",
            "level_comparison": "SAME",
            "is_selt_required": False,
        },
    ),
    "new, of a child": ("CHILD_STUDENT", {"family_name": "Okonkwo"}),
    "of a boarder": ("CHILD_STUDENT", {"family_name": "Okonkwo", "living_arrangements": "BOARDING"}),
}


@pytest.mark.parametrize(("route", "values"), DRAFTS.values(), ids=DRAFTS)
def test_each_missing_field_is_linked_to_its_input_on_the_form(route, values, as_user, level1):
    client = as_user(level1)
    cas = CAS.objects.add(values, route=route, by=level1)
    sections = why_not(Page(client.get(f"/students/cas/{cas.pk}/saved/")))
    lines = [line for section in sections.values() for line in section]
    form = Page(client.get(f"/students/cas/{cas.pk}/edit/"))
    assert len(lines) == len(fields.missing(cas, Rule.objects.limits_for(cas.licence)))
    for text, href in lines:
        address, _, fragment = href.partition("#")
        assert address == f"/students/cas/{cas.pk}/edit/"
        target = form.by_id(fragment)
        assert target.tag in {"input", "select", "textarea"}, text
        assert target["type"] != "hidden"


@pytest.mark.django_db
def test_the_links_of_all_drafts_together_lead_to_every_field_that_can_be_missing():
    limits = Rule.objects.on().limits(SponsorStatus.TRACK_RECORD)
    drafts = [{**values, "route": route} for route, values in DRAFTS.values()]
    reached = {field.name for values in drafts for field in fields.missing(values, limits)}
    needed = {field.name for field in fields.FIELDS if field.needed != OPTIONAL}
    never_missing = {"family_name", "route"}
    filled_in_the_drafts = {"overseas_city"}
    assert needed - reached == never_missing | filled_in_the_drafts


def test_filling_the_missing_field_makes_the_cas_ready_to_go(as_user, level1, licence, caseworker):
    an_allocation(licence, route="CHILD_STUDENT", by=caseworker)
    client = as_user(level1)
    cas = CAS.objects.add({**CHILD, "living_arrangements": ""}, route="CHILD_STUDENT", by=level1)
    page = Page(client.get(f"/students/cas/{cas.pk}/saved/"))
    assert why_not(page) == {
        "Child Student": [("Where the child lives", f"/students/cas/{cas.pk}/edit/#id_living_arrangements")]
    }
    form = Page(client.get(f"/students/cas/{cas.pk}/edit/"))
    client.post(f"/students/cas/{cas.pk}/edit/", form.typed() | {"living_arrangements": "RELATIVE"})
    assert Page(client.get(f"/students/cas/{cas.pk}/saved/")).main.link("Assign")


def test_a_saved_value_that_breaks_a_rule_is_listed_with_its_error(saved, level1):
    cas = a_cas(level1, course_start_date=clock.today(), course_end_date=clock.today().replace(year=2099))
    CAS.objects.filter(pk=cas.pk).update(study_postcode="NOWHERE")
    page = saved(level1, cas)
    ((sentence, href),) = why_not(page)["Main study address"]
    assert sentence.startswith("Main study address: Postcode must be a UK postcode")
    assert href == f"/students/cas/{cas.pk}/edit/#id_study_postcode"


def test_a_family_name_without_a_latin_letter_is_saved_but_must_be_corrected(saved, level1):
    cas = a_cas(level1, family_name="王小明")
    page = saved(level1, cas)
    assert "The CAS of 王小明, Thị Minh is saved. WORK IN PROGRESS" in page.main.text
    ((sentence, href),) = why_not(page)["Student details"]
    assert sentence.startswith("Family name must have Latin letters.")
    assert href == f"/students/cas/{cas.pk}/edit/#id_family_name"


def test_0_hours_of_study_each_week_are_no_answer(saved, level1):
    cas = a_cas(level1, attendance="PART_TIME", hours_per_week="0.0")
    ((sentence, href),) = why_not(saved(level1, cas))["Course details"]
    assert sentence == "Hours of study each week must be more than 0"
    assert href == f"/students/cas/{cas.pk}/edit/#id_hours_per_week"


def test_a_long_placement_needs_a_reason_unless_the_sponsor_has_a_track_record(saved, level1, licence, caseworker):
    values = {"has_work_placement": True, "placement_percent": 50}
    cas = a_cas(level1, **values)
    ((_, href),) = why_not(saved(level1, cas))["Work placement"]
    assert href == f"/students/cas/{cas.pk}/edit/#id_placement_justification"
    licence.set_sponsor_status(SponsorStatus.TRACK_RECORD, by=caseworker)
    assert "why-not" not in saved(level1, a_cas(level1, **values)).ids


def test_a_course_that_has_ended_prevents_assigning_and_one_that_has_begun_gives_a_warning(
    saved, level1, licence, caseworker
):
    cas = a_cas(level1)
    with clock.set_to(clock.now().replace(year=2099, month=10, day=1)):
        an_allocation(licence, by=caseworker)
        page = saved(level1, cas)
        assert page.main.link("Assign")
        assert "The course start date is in the past" in page.main.text
    with clock.set_to(clock.now().replace(year=2100, month=9, day=12)):
        page = saved(level1, cas)
        assert why_not(page)["Course details"] == [
            (
                "The course has already ended. Check the expected course end date.",
                f"/students/cas/{cas.pk}/edit/#id_course_end_date_day",
            )
        ]


@pytest.mark.parametrize(
    ("verb", "sentence"),
    [
        ("suspend", "Your licence is SUSPENDED. You cannot assign CAS until the Home Office reinstates it."),
        ("revoke", "Your licence is REVOKED. You can no longer assign CAS."),
    ],
)
def test_a_licence_that_is_not_active_is_given_as_the_reason(saved, level1, licence, caseworker, verb, sentence):
    cas = a_cas(level1)
    getattr(licence, verb)(by=caseworker, reason="A visit")
    page = saved(level1, cas)
    assert sentence in page.by_id("why-not").text
    assert page.buttons("Assign")[0].is_unavailable


def test_an_open_payment_is_shown_with_a_link_to_it(saved, level1, allocation):
    cas = a_cas(level1)
    order = an_order(cas, by=level1)
    assert saved(level1, cas).main.link("Continue or cancel the payment") == f"/payments/{order.reference}/"


def test_once_assigned_a_cas_shows_its_own_page_instead(as_user, level1, allocation):
    cas = assigned(a_cas(level1))
    answer = as_user(level1).get(f"/students/cas/{cas.pk}/saved/")
    assert (answer.status_code, answer["Location"]) == (302, f"/students/cas/{cas.pk}/")


def test_create_another_leads_to_a_new_cas_of_the_same_route(saved, level1):
    cas = CAS.objects.add(CHILD, route="CHILD_STUDENT", by=level1)
    assert saved(level1, cas).main.link("Create another") == "/students/create-cas/CHILD_STUDENT/new/"
