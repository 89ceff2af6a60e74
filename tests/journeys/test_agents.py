"""The register of agents, and the choice of an agent on the form of a CAS (specification, section 8)."""

import pytest
from playwright.sync_api import expect

from cas.models import CAS, Agent
from tests.factories import COMPASS, COMPLETE, a_cas, an_agent
from tests.journeys.inspector import DESK, PHONE

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

NEW = "/students/create-cas/STUDENT/new/"
NAME = "Compass Study Abroad Ltd, Amman"


def picks(visitor, name=NAME):
    visitor.page.get_by_label("Agent from the register").select_option(label=name)
    if not visitor.with_javascript:
        visitor.selects("Use this agent")


def sees_the_agent(visitor):
    """Expect the section Agent to show every detail of the agent."""
    section = visitor.section("Agent")
    for label, text in (
        ("Official name of the agency", COMPASS["agent_name"]),
        ("Main contact at the agency", COMPASS["agent_contact_name"]),
        ("Address line 1", COMPASS["agent_address_line_1"]),
        ("City or town", COMPASS["agent_city"]),
        ("Country", "Jordan" if visitor.with_javascript else "JOR"),
    ):
        expect(section.get_by_label(label, exact=True)).to_have_value(text)
    expect(section.get_by_label("Yes")).to_be_checked()


@pytest.mark.parametrize(
    ("with_javascript", "width"), [(True, DESK), (False, PHONE)], ids=["with JavaScript", "without, on a phone"]
)
def test_an_agent_is_added_to_the_register_and_chosen_for_two_cas(
    with_javascript, width, visit, level1, level2, inspector
):
    keeper = visit(level1, with_javascript=with_javascript, width=width)
    keeper.goes_to("/students/")
    keeper.selects("Agents")
    keeper.sees("There are no agents yet.")
    inspector.looks_at(keeper, "Agents, none")
    keeper.selects("Add an agent")
    keeper.selects("Save")
    keeper.sees_errors(
        "Enter the official name of the agency",
        "Enter the main contact at the agency",
        "Enter address line 1",
        "Enter the city or town",
        "Enter the country",
    )
    inspector.looks_at(keeper, "Add an agent, with errors")
    for label, text in (
        ("Official name of the agency", COMPASS["agent_name"]),
        ("Main contact at the agency", COMPASS["agent_contact_name"]),
        ("Address line 1", COMPASS["agent_address_line_1"]),
        ("City or town", COMPASS["agent_city"]),
    ):
        keeper.page.get_by_label(label).fill(text)
    country = keeper.page.get_by_label("Country", exact=True)
    country.fill("jordan") if with_javascript else country.select_option(label="Jordan")
    country.press("Tab")
    keeper.selects("Save")
    keeper.sees_screen(NAME)
    inspector.looks_at(keeper, "Agent, without CAS")

    clerk = visit(level2, with_javascript=with_javascript, width=width)
    clerk.goes_to(NEW)
    clerk.fills_in({**COMPLETE, "is_agent_used": False})
    picks(clerk)
    sees_the_agent(clerk)
    clerk.selects("Save")
    clerk.sees_screen("Confirmation of saved CAS")
    clerk.sees_status("READY TO GO")

    clerk.goes_to(NEW)
    clerk.types({"family_name": "Wang"})
    clerk.selects("The same agent as the last CAS")
    sees_the_agent(clerk)
    inspector.looks_at(clerk, "Form, with an agent")
    expect(clerk.page.get_by_label("Agent from the register")).to_have_value(str(Agent.objects.get().pk))
    clerk.section("Student details").get_by_label("Family name").press("Enter")
    clerk.sees_screen("Edit an existing CAS")
    assert [cas.agent for cas in CAS.objects.all()] == [Agent.objects.get()] * 2
    assert set(CAS.objects.values_list("agent_country", flat=True)) == {"JOR"}

    keeper.page.reload()
    keeper.sees("READY TO GO")
    keeper.selects("WORK IN PROGRESS 1")
    keeper.sees("Wang")
    inspector.looks_at(keeper, "Agent, with a CAS")
    keeper.selects("Edit")
    inspector.looks_at(keeper, "Edit an agent")
    keeper.selects("Back")
    keeper.selects("Retire")
    inspector.looks_at(keeper, "Retire an agent")
    keeper.selects("Retire")
    keeper.sees("Users can no longer choose this agent.")
    keeper.selects("Reinstate")
    inspector.looks_at(keeper, "Reinstate an agent")
    keeper.selects("Reinstate")
    keeper.selects("Agents")
    keeper.page.get_by_label("Name of the agency, or a part of it").fill("study")
    keeper.selects("Search")
    keeper.sees("Compass Study Abroad Ltd")
    inspector.looks_at(keeper, "Agents")


def test_with_the_script_another_choice_replaces_every_text_of_the_first(visit, level1):
    an_agent(level1)
    an_agent(level1, agent_name="Orbit", agent_city="Hà Nội", agent_country="VNM", agent_county="Ba Đình")
    visitor = visit(level1)
    visitor.goes_to(NEW)
    section = visitor.section("Agent")
    picks(visitor, "Orbit, Hà Nội")
    expect(section.get_by_label("Country", exact=True)).to_have_value("Vietnam")
    expect(section.get_by_label("County, area or district")).to_have_value("Ba Đình")
    picks(visitor)
    sees_the_agent(visitor)
    expect(section.get_by_label("County, area or district")).to_have_value("")
    section.get_by_label("Country", exact=True).fill("France")
    section.get_by_label("Country", exact=True).press("Tab")
    visitor.types({"family_name": "Wang"})
    visitor.selects("Save")
    visitor.sees_screen("Confirmation of saved CAS")
    assert (CAS.objects.get().agent, CAS.objects.get().agent_country) == (None, "FRA")


def test_with_the_script_the_draft_keeps_the_choice_after_the_session_has_ended(visit, level1):
    agent = an_agent(level1)
    a_cas(level1, **agent.filled_in, agent=agent.pk)
    visitor = visit(level1)
    visitor.goes_to(NEW)
    visitor.types({"family_name": "Wang"})
    visitor.selects("The same agent as the last CAS")
    expect(visitor.page.locator("[data-kept]")).to_contain_text("Kept")
    visitor.page.context.clear_cookies(name="sessionid")
    visitor.selects("Save")
    visitor.signs_in(level1)
    sees_the_agent(visitor)
    visitor.selects("Save")
    visitor.sees_screen("Confirmation of saved CAS")
    assert CAS.objects.get(family_name="Wang").agent == agent
