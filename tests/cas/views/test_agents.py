"""The pages of the register of agents: Level 1 users keep it, and all users of the sponsor see it (section 8)."""

import pytest

from cas.models import CAS, Agent
from licences.models import Draft
from licences.roles import Role
from tests.factories import COMPASS, a_cas, a_user, an_agent, assigned
from tests.pages import Page

LIST, NEW = "/students/agents/", "/students/agents/new/"


@pytest.fixture
def client(as_user, level1):
    return as_user(level1)


@pytest.fixture
def agent(level1):
    return an_agent(level1)


def page_of(agent):
    return f"{LIST}{agent.pk}/"


def with_agent(by, agent, **values):
    return a_cas(by, **{**agent.filled_in, "agent": agent.pk, **values})


def names(page):
    return [row.one("th").one("a").text for table in page.main.all("tbody") for row in table.all("tr")]


def test_an_agent_is_added_edited_retired_and_reinstated(client):
    start = Page(client.get("/students/"))
    assert start.main.link("Agents") == LIST
    assert Page(client.get(LIST)).main.link("Add an agent") == NEW
    page = Page(client.post(NEW, {**Page(client.get(NEW)).typed(), **COMPASS}, follow=True))
    assert page.h1 == "Compass Study Abroad Ltd, Amman"
    assert page.banners == ["The agent is saved. You can now choose it on the CAS form."]
    assert ("Country", "Jordan") in page.main.lines()
    edit = Page(client.get(page.main.link("Edit")))
    assert "Existing CAS keep the details that they have." in edit.main.text
    answer = client.post(page.main.link("Edit"), {**edit.typed(), "agent_contact_name": "Omar Saleh"}, follow=True)
    page = Page(answer)
    assert page.banners == ["The agent is saved. Existing CAS have not changed."]
    assert "Omar Saleh" in page.main.text
    retire = page.main.link("Retire")
    question = Page(client.get(retire))
    assert "You are about to retire Compass Study Abroad Ltd, Amman." in question.main.text
    page = Page(client.post(retire, follow=True))
    assert page.banners == ["Compass Study Abroad Ltd, Amman is retired. Users can no longer choose it."]
    assert page.main.buttons("Retire") == []
    page = Page(client.post(page.main.link("Reinstate"), follow=True))
    assert page.banners == ["Compass Study Abroad Ltd, Amman is reinstated. Users can choose it again."]
    assert not Agent.objects.get().is_retired
    history = page.main.one("ol", of="sms-timeline").all("b")
    assert [line.text for line in history] == ["Reinstated", "Retired", "Changed", "Created"]


@pytest.mark.parametrize(
    ("changed", "field", "sentence"),
    [
        ({"agent_name": ""}, "agent_name", "Enter the official name of the agency"),
        ({"agent_name": " "}, "agent_name", "Enter the official name of the agency"),
        ({"agent_contact_name": ""}, "agent_contact_name", "Enter the main contact at the agency"),
        ({"agent_address_line_1": ""}, "agent_address_line_1", "Enter address line 1"),
        ({"agent_city": ""}, "agent_city", "Enter the city or town"),
        ({"agent_country": ""}, "agent_country", "Enter the country"),
        (
            {"agent_country": "Atlantis"},
            "agent_country",
            "Agent: Country: “Atlantis” is not in the list. Choose from the list",
        ),
        ({"agent_postcode": "x" * 36}, "agent_postcode", None),
    ],
)
def test_an_error_is_shown_beside_its_field_and_what_was_typed_is_kept(changed, field, sentence, client):
    page = Page(client.post(NEW, {**COMPASS, **changed}))
    assert page.status == 422
    assert page.error_of(field) == sentence or (sentence is None and page.error_of(field))
    kept = page.typed()
    assert kept["agent_contact_name" if field == "agent_name" else "agent_name"]
    assert not Agent.objects.exists()


def test_a_second_agent_of_the_same_name_and_city_is_refused_beside_its_name(client, agent):
    page = Page(client.post(NEW, {**COMPASS, "agent_contact_name": "Another"}))
    assert page.error_of("agent_name").startswith("The register already has an agent with this name in this city.")
    other = an_agent(agent.licence.users.get(username="level1"), agent_city="Irbid")
    edit = f"{page_of(other)}edit/"
    page = Page(client.post(edit, {**Page(client.get(edit)).typed(), **COMPASS}))
    assert page.error_of("agent_name").endswith("Change that agent instead")
    other.refresh_from_db()
    assert other.agent_city == "Irbid"


def test_the_form_keeps_a_draft_and_saves_an_agent_once(client, level1):
    form = Page(client.get(NEW)).typed()
    typed = {**form, "agent_name": "Comp"}
    assert client.post(NEW, typed, headers={"X-Keep-Draft": "true"}).status_code == 200
    draft = Draft.objects.get(user=level1)
    assert Page(client.get(draft.address)).typed()["agent_name"] == "Comp"
    for _ in range(2):
        answer = client.post(NEW, {**form, **COMPASS})
    assert answer["Location"] == page_of(Agent.objects.get())


def test_agents_are_searched_by_name_and_retired_ones_are_apart(client, level1, agent):
    orbit = an_agent(level1, agent_name="Orbit Education")
    an_agent(level1, agent_name="Old Compass").retire(by=level1)
    page = Page(client.get(LIST))
    assert names(page) == ["Compass Study Abroad Ltd", "Orbit Education"]
    assert names(Page(client.get(page.main.link("Retired 1")))) == ["Old Compass"]
    found = Page(client.get(LIST, {"name": "compass"}))
    assert names(found) == ["Compass Study Abroad Ltd"]
    assert names(Page(client.get(found.main.link("Retired 1")))) == ["Old Compass"]
    none = Page(client.get(LIST, {"name": "<b>&"}))
    assert "No agent has “<b>&” in its name." in none.main.text
    orbit.retire(by=level1)
    assert names(Page(client.get(f"{LIST}?retired=yes"))) == ["Old Compass", "Orbit Education"]


def test_the_lists_say_who_can_add_or_retire_an_agent_if_there_are_none(as_user, level1, level2):
    assert "A Level 1 user can add the first." in Page(as_user(level2).get(LIST)).main.text
    assert "No agent is retired." in Page(as_user(level1).get(f"{LIST}?retired=yes")).main.text


def test_the_page_of_an_agent_counts_its_cas_by_status_and_lists_them(client, agent, level1, level2, allocation):
    ready, live = with_agent(level2, agent), assigned(with_agent(level1, agent))
    a_cas(level1)
    with_agent(level1, agent, agent_city="Irbid")
    page = Page(client.get(page_of(agent)))
    assert len(names(page)) == 2
    counts = [link.text for link in page.one("nav", of="sms-filter").all("a")]
    assert counts[:4] == ["All 2", "WORK IN PROGRESS 0", "READY TO GO 1", "ASSIGNED 1"]
    listed = Page(client.get(page.main.link("ASSIGNED 1")))
    assert listed.main.link(live.student_name) == f"/students/cas/{live.pk}/"
    assert Page(client.get(f"/students/cas/{ready.pk}/")).main.link(str(agent)) == page_of(agent)
    assert "There are no CAS with this status." in Page(client.get(page.main.link("USED 0"))).main.text


def test_a_level_2_user_sees_the_agent_counts_their_own_cas_and_changes_nothing(as_user, agent, level1, level2):
    with_agent(level1, agent, family_name="Abara")
    mine = with_agent(level2, agent)
    client = as_user(level2)
    page = Page(client.get(page_of(agent)))
    assert names(page) == [mine.student_name]
    assert "All 1" in page.main.text
    assert "Abara" not in page.html
    assert [page.main.buttons(name) for name in ("Edit", "Retire", "Reinstate")] == [[], [], []]
    assert Page(client.get(LIST)).main.buttons("Add an agent") == []
    for action in ("edit", "retire", "reinstate"):
        assert client.post(f"{page_of(agent)}{action}/", COMPASS).status_code == 403
    assert client.post(NEW, COMPASS).status_code == 403


def test_the_statements_of_the_page_do_not_grow_with_the_number_of_cas(
    client, agent, level1, django_assert_max_num_queries
):
    for _ in range(12):
        with_agent(level1, agent)
    with django_assert_max_num_queries(10):
        client.get(page_of(agent))
    assert CAS.objects.filter(agent=agent).count() == 12


def test_a_save_over_the_save_of_another_user_is_refused_with_who_and_keeps_what_was_typed(as_user, level1, licence):
    agent, deputy = an_agent(level1), a_user("deputy", Role.LEVEL_1, licence)
    address = f"/students/agents/{agent.pk}/edit/"
    client = as_user(level1)
    mine = {**Page(client.get(address)).typed(), "agent_contact_name": "Mine"}
    agent.amend({**agent.lines, "agent_county": "Theirs"}, by=deputy)
    answer = client.post(address, mine)
    page = Page(answer)
    assert answer.status_code == 409
    assert f"{deputy} changed this agent on" in page.main.text
    assert page.typed()["agent_contact_name"] == "Mine"
    assert Agent.objects.get().agent_county == "Theirs"
    client.post(address, page.typed())
    assert Agent.objects.get().agent_contact_name == "Mine"


def test_a_new_agent_that_is_not_saved_is_found_again_from_the_home_page(as_user, level1):
    client = as_user(level1)
    new = "/students/agents/new/"
    sent = {**Page(client.get(new)).typed(), "agent_name": "Compass"}
    client.post(new, sent, headers={"X-Keep-Draft": "1"})
    address = Page(client.get("/students/")).main.link("Agent Compass")
    assert Page(client.get(address)).typed()["agent_name"] == "Compass"
