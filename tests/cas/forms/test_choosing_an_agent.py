"""Choosing an agent on the form of a CAS fills its fields, and the CAS remembers which agent it was (section 8)."""

import pytest

from cas.forms.drafts import unsaved
from cas.models import CAS
from cas.models.agent import LINES
from tests.factories import COMPASS, COMPLETE, a_batch, a_cas, an_agent, assigned
from tests.pages import Page, typed_in

NEW = "/students/create-cas/STUDENT/new/"


@pytest.fixture
def agent(level1):
    return an_agent(level1)


@pytest.fixture
def client(as_user, level2):
    return as_user(level2)


def with_agent(by, agent, **values):
    return a_cas(by, **{**agent.filled_in, "agent": agent.pk, **values})


def edit_address(cas):
    return f"/students/cas/{cas.pk}/edit/"


def offered(page):
    """Return the lines of the list of agents, without the first, and the id of the selected line."""
    (select,) = [each for each in page.all("select") if each["name"] == "agent"]
    lines = select.all("option")[1:]
    return [line.text for line in lines], [line["value"] for line in lines if "selected" in line]


def test_without_javascript_a_button_fills_in_the_agent_and_saving_remembers_it(agent, client):
    form = Page(client.get(NEW))
    assert offered(form) == (["Compass Study Abroad Ltd, Amman"], [])
    typed = {**form.typed(), **typed_in(COMPLETE), "family_name": "Wang", "agent": agent.pk}
    page = Page(client.post(NEW, {**typed, "pick": "agent"}))
    held = page.typed()
    assert (page.status, page.summary) == (200, [])
    assert {name: held[name] for name in COMPASS} == COMPASS
    assert (held["is_agent_used"], held["family_name"]) == ("yes", "Wang")
    assert offered(page)[1] == [str(agent.pk)]
    assert not CAS.objects.exists()
    client.post(NEW, held)
    cas = CAS.objects.get()
    assert (cas.agent, cas.agent_name, cas.status) == (agent, COMPASS["agent_name"], "READY TO GO")


def test_the_form_of_a_cas_shows_its_agent_and_keeps_it(agent, client, level2):
    cas = with_agent(level2, agent)
    form = Page(client.get(edit_address(cas)))
    assert offered(form)[1] == [str(agent.pk)]
    client.post(edit_address(cas), {**form.typed(), "study_city": "Leeds"})
    cas.refresh_from_db()
    assert (cas.agent, cas.study_city) == (agent, "Leeds")


def test_changing_the_text_on_the_form_clears_the_agent(agent, client, level2):
    cas = with_agent(level2, agent)
    form = Page(client.get(edit_address(cas)))
    client.post(edit_address(cas), {**form.typed(), "agent_contact_name": "Omar Saleh"})
    cas.refresh_from_db()
    assert (cas.agent, cas.agent_contact_name) == (None, "Omar Saleh")


def test_a_page_without_the_list_keeps_the_agent_of_a_cas(agent, client, level2):
    cas = with_agent(level2, agent)
    typed = Page(client.get(edit_address(cas))).typed()
    typed.pop("agent")
    client.post(edit_address(cas), {**typed, "study_city": "Leeds"})
    cas.refresh_from_db()
    assert (cas.agent, cas.study_city) == (agent, "Leeds")


def test_a_retired_agent_is_neither_offered_nor_filled_in_but_stays_that_of_its_cas(agent, client, level1, level2):
    cas = with_agent(level2, agent)
    agent.retire(by=level1)
    assert [each for each in Page(client.get(NEW)).all("select") if each["name"] == "agent"] == []
    sent = {"family_name": "Wang", "agent": agent.pk, "pick": "agent"}
    assert Page(client.post(NEW, sent)).typed()["agent_name"] == ""
    form = Page(client.get(edit_address(cas)))
    assert offered(form) == (["Compass Study Abroad Ltd, Amman"], [str(agent.pk)])
    client.post(edit_address(cas), {**form.typed(), "study_city": "Leeds"})
    cas.refresh_from_db()
    assert (cas.agent, cas.study_city) == (agent, "Leeds")


@pytest.mark.parametrize("picked", ["", "x", "0", "-1", "9" * 40])
def test_a_wrong_choice_of_an_agent_is_ignored(picked, agent, client):
    sent = {**typed_in(COMPLETE), "is_agent_used": "yes", **COMPASS, "agent": picked}
    assert Page(client.post(NEW, {**sent, "pick": "agent"})).typed()["agent_name"] == COMPASS["agent_name"]
    client.post(NEW, sent)
    assert CAS.objects.get().agent is None


def test_the_agent_of_another_sponsor_is_neither_offered_nor_filled_in_nor_remembered(agent, as_user, outsider):
    client = as_user(outsider)
    assert "Compass" not in client.get(NEW).content.decode()
    sent = {"family_name": "Wang", "agent": agent.pk}
    assert Page(client.post(NEW, {**sent, "pick": "agent"})).typed()["agent_name"] == ""
    client.post(NEW, {**sent, "is_agent_used": "yes", **COMPASS})
    assert (CAS.objects.get().agent, CAS.objects.get().agent_name) == (None, COMPASS["agent_name"])


def test_a_draft_keeps_which_agent_was_chosen(agent, client, level2):
    form = Page(client.get(NEW)).typed()
    typed = {**form, "family_name": "Wang", "is_agent_used": "yes", **COMPASS, "agent": agent.pk}
    client.post(NEW, typed, headers={"X-Keep-Draft": "true"})
    (draft,) = unsaved(level2)
    again = Page(client.get(draft.address))
    assert offered(again)[1] == [str(agent.pk)]
    client.post(draft.address, again.typed())
    assert CAS.objects.get().agent == agent


def test_after_another_user_saved_the_cas_the_choice_of_this_user_stays(agent, client, level1, level2):
    other = an_agent(level1, agent_city="Irbid")
    cas = with_agent(level2, agent)
    mine = {**Page(client.get(edit_address(cas))).typed(), **typed_in(other.filled_in), "agent": other.pk}
    cas.amend({"study_city": "Leeds"}, by=level1, version=cas.version)
    page = Page(client.post(edit_address(cas), mine))
    assert (page.status, offered(page)[1]) == (409, [str(other.pk)])
    client.post(edit_address(cas), page.typed())
    cas.refresh_from_db()
    assert (cas.agent, cas.study_city) == (other, "Leeds")


def test_after_another_user_chose_an_agent_for_the_cas_theirs_is_shown(agent, client, level1, level2):
    cas = a_cas(level2)
    mine = {**Page(client.get(edit_address(cas))).typed(), "study_city": "Leeds"}
    cas.amend({**agent.filled_in, "agent": agent.pk}, by=level1, version=cas.version)
    page = Page(client.post(edit_address(cas), mine))
    assert (page.status, offered(page)[1]) == (409, [str(agent.pk)])
    client.post(edit_address(cas), page.typed())
    cas.refresh_from_db()
    assert (cas.agent, cas.study_city) == (agent, "Leeds")


# The same agent as the last CAS


def last_button(page):
    return [button for button in page.main.all("button") if button["value"] == "last-agent"]


def test_one_click_takes_the_agent_of_the_last_cas_and_nothing_else(agent, client, level2):
    assert last_button(Page(client.get(NEW))) == []
    with_agent(level2, agent, financial_sponsor="British Council")
    form = Page(client.get(NEW))
    assert [button.text for button in last_button(form)] == ["The same agent as the last CAS"]
    before = {**form.typed(), "family_name": "Wang"}
    after = Page(client.post(NEW, {**before, "pick": "last-agent"})).typed()
    taken = {name for name in after if after[name] != before.get(name, "")} - {"draft"}
    assert taken == {"agent", "is_agent_used", *COMPASS}
    client.post(NEW, after)
    assert CAS.objects.get(family_name="Wang").agent == agent


def test_in_a_batch_it_is_the_agent_of_the_last_cas_of_the_batch(agent, client, level1, level2):
    batch = a_batch(level2, with_agent(level2, agent))
    other = an_agent(level1, agent_city="Irbid")
    with_agent(level2, other)
    address = f"/students/create-cas/STUDENT/batch/{batch.pk}/"
    for place, expected in ((address, agent), (NEW, other)):
        sent = {"family_name": "Wang", "pick": "last-agent"}
        assert Page(client.post(place, sent)).typed()["agent_city"] == expected.agent_city


def test_the_last_cas_can_be_assigned_already(agent, client, level2, allocation):
    assigned(with_agent(level2, agent))
    assert last_button(Page(client.get(NEW)))


def test_an_agent_that_was_amended_since_comes_with_its_current_details(agent, client, level1, level2):
    with_agent(level2, agent)
    agent.amend({**COMPASS, "agent_contact_name": "Omar Saleh"}, by=level1)
    held = Page(client.post(NEW, {"family_name": "Wang", "pick": "last-agent"})).typed()
    assert (held["agent_contact_name"], held["agent"]) == ("Omar Saleh", str(agent.pk))
    client.post(NEW, held)
    assert CAS.objects.get(family_name="Wang").agent == agent


def test_an_agent_that_was_typed_is_taken_without_an_entry_of_the_register(agent, client, level2):
    a_cas(level2, **{**agent.filled_in, "agent_name": "Another"})
    held = Page(client.post(NEW, {"family_name": "Wang", "agent": agent.pk, "pick": "last-agent"})).typed()
    assert (held["agent_name"], held["agent"]) == ("Another", "")


@pytest.mark.parametrize("why", ["no agent", "another user's", "retired"])
def test_it_is_not_offered_if_the_last_cas_has_no_agent_that_the_user_could_choose(
    why, agent, client, level1, level2, colleague
):
    with_agent(colleague if why == "another user's" else level2, agent)
    if why == "no agent":
        a_cas(level2)
    if why == "retired":
        agent.retire(by=level1)
    assert last_button(Page(client.get(NEW))) == []
    sent = {"family_name": "Wang", "pick": "last-agent"}
    assert Page(client.post(NEW, sent)).typed()["agent_name"] == ""


def test_the_form_of_a_saved_cas_does_not_offer_it(agent, client, level2):
    cas = with_agent(level2, agent)
    assert last_button(Page(client.get(edit_address(cas)))) == []


def test_a_copied_cas_names_no_agent_of_the_register(agent, client, level2):
    cas = with_agent(level2, agent)
    form = Page(client.get(f"{NEW}?like={cas.pk}"))
    assert offered(form)[1] == []
    assert set(form.typed()) > set(LINES)
