"""The sponsor's register of agents, and the CAS that copy an agent from it (specification, section 8)."""

import pytest
from django.db import IntegrityError, transaction

from cas.details import fields
from cas.models import CAS, Agent
from cas.models.agent import LINES
from cas.timeline import timeline
from licences.models import Event
from licences.timeline import timeline as history_of
from sms.core.refused import InvalidValues, NotAllowed, Refused
from tests.factories import COMPASS, a_cas, an_agent, assigned
from tests.plain_sql import delete, no_triggers, only_trigger, refusal, update

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent(level1):
    return an_agent(level1)


def with_agent(by, agent, **values):
    """Make a CAS with a copy of the agent, as the form sends it."""
    return a_cas(by, **{**agent.filled_in, "agent": agent.pk, **values})


def saved(cas, by=None, **values):
    cas.amend(values, by=by or cas.owner, version=cas.version)
    return cas


def changes_of_agent(cas):
    """Return what the history says about the agent from the register, oldest first."""
    lines = [change for entry in reversed(timeline(cas)) for change in entry.changes if change.name == "agent"]
    return [(line.label, line.before, line.after) for line in lines]


# The register


def test_an_agent_is_added_amended_retired_and_reinstated_and_the_history_records_it(level1):
    agent = Agent.objects.add(COMPASS, by=level1)
    agent.amend({**COMPASS, "agent_contact_name": "Omar Saleh"}, by=level1)
    agent.retire(by=level1)
    agent.reinstate(by=level1)
    entries = list(reversed(history_of(agent)))
    assert [(entry.title, entry.by) for entry in entries] == [
        ("Created", "Level1"),
        ("Changed", "Level1"),
        ("Retired", "Level1"),
        ("Reinstated", "Level1"),
    ]
    (change,) = entries[1].changes
    assert (change.label, change.before, change.after) == ("Main contact at the agency", "Layla Haddad", "Omar Saleh")
    assert {change.after for change in entries[0].changes} >= {"Compass Study Abroad Ltd", "Amman", "Jordan"}


def test_an_agent_has_the_details_that_a_cas_with_an_agent_needs_and_the_same_checks(level1):
    with pytest.raises(InvalidValues) as refused:
        Agent.objects.add({"agent_name": " ", "agent_country": "Atlantis", "agent_city": "x" * 36}, by=level1)
    needed = {field.name for field in fields.missing({"is_agent_used": True})} & set(LINES)
    assert refused.value.errors.keys() == needed
    assert refused.value.errors["agent_name"] == "Enter the official name of the agency"
    assert "35 characters or fewer" in refused.value.errors["agent_city"]
    assert not Agent.objects.exists()


def test_each_text_of_an_agent_fits_into_a_cas():
    for name in LINES:
        assert Agent._meta.get_field(name).max_length == CAS._meta.get_field(name).max_length


def test_no_two_agents_of_a_sponsor_have_the_same_name_and_city(agent, level1, outsider):
    with pytest.raises(InvalidValues) as refused:
        an_agent(level1, agent_name="COMPASS  study-abroad ltd", agent_city="ammán")
    assert refused.value.errors == {
        "agent_name": "The register already has an agent with this name in this city. Change that agent instead"
    }
    agent.retire(by=level1)
    with pytest.raises(InvalidValues) as refused:
        an_agent(level1)
    assert refused.value.errors["agent_name"].endswith("It is retired: reinstate it instead")
    an_agent(level1, agent_city="Irbid")
    an_agent(outsider)
    assert Agent.objects.for_user(level1).count() == 2


def test_the_database_itself_refuses_the_same_name_and_city(agent):
    twin = Agent(licence=agent.licence, name_key=agent.name_key, city_key=agent.city_key, **agent.lines)
    with pytest.raises(IntegrityError), transaction.atomic():
        twin.save()


def test_an_agent_that_is_amended_or_retired_in_the_same_way_twice_has_one_line_of_history(agent, level1):
    agent.retire(by=level1)
    Agent.objects.get().retire(by=level1)
    Agent.objects.get().amend(agent.lines, by=level1)
    assert [event.verb for event in Event.objects.about("agent", agent.pk)] == ["create", "retire"]


def test_only_level_1_users_change_the_register_and_every_user_of_the_sponsor_sees_it(agent, level2, outsider):
    assert Agent.objects.for_user(level2).get() == agent
    assert not Agent.objects.for_user(outsider).exists()
    for change in (
        lambda: Agent.objects.add({**COMPASS, "agent_city": "Irbid"}, by=level2),
        lambda: agent.amend(COMPASS, by=level2),
        lambda: agent.retire(by=level2),
        lambda: agent.reinstate(by=level2),
    ):
        with pytest.raises(NotAllowed):
            change()
    for change in (agent.retire, agent.reinstate):
        with pytest.raises(Refused, match="No agent was found"):
            change(by=outsider)
    assert Event.objects.about("agent", agent.pk).count() == 1


def test_a_retired_agent_is_not_offered(agent, level1):
    other = an_agent(level1, agent_city="Irbid")
    agent.retire(by=level1)
    assert list(Agent.objects.offered()) == [other]
    agent.reinstate(by=level1)
    assert set(Agent.objects.offered()) == {agent, other}


@pytest.mark.parametrize("text", ["compass", "STUDY abroad", "Cómpass", ""])
def test_agents_are_found_by_a_part_of_their_name(text, agent, level1):
    an_agent(level1, agent_name="Orbit Education")
    assert agent in Agent.objects.named(text)
    assert Agent.objects.named(text).count() == (2 if text == "" else 1)


def test_an_agent_is_never_deleted_nor_moved_to_another_sponsor(agent, outsider):
    assert refusal(delete, agent) == "Agents are never deleted"
    assert refusal(update, agent, licence_id=outsider.licence_id) == "The origin of an agent never changes"
    with no_triggers():
        assert not refusal(delete, agent)
        assert not refusal(update, agent, licence_id=outsider.licence_id)


# The copy in a CAS


def test_a_cas_with_an_unchanged_copy_names_the_agent_and_its_history_says_so(agent, level2):
    cas = with_agent(level2, agent)
    assert (cas.agent, cas.status) == (agent, "READY TO GO")
    assert changes_of_agent(cas) == [("Agent from the register", "", "Compass Study Abroad Ltd, Amman")]


@pytest.mark.parametrize("name", LINES)
def test_a_cas_whose_copy_was_changed_before_it_was_saved_names_no_agent(name, agent, level2):
    text = "GBR" if name == "agent_country" else "Another"
    assert with_agent(level2, agent, **{name: text}).agent is None


@pytest.mark.parametrize("name", LINES)
def test_changing_the_copied_text_clears_the_agent_of_a_cas(name, agent, level2):
    cas = saved(with_agent(level2, agent), **{name: "GBR" if name == "agent_country" else "Another"})
    assert cas.agent is None
    assert changes_of_agent(cas)[1:] == [("Agent from the register", "Compass Study Abroad Ltd, Amman", "")]


@pytest.mark.parametrize("answer", [False, None])
def test_a_cas_for_which_no_agent_was_used_names_none(answer, agent, level2):
    assert with_agent(level2, agent, is_agent_used=answer).agent is None
    assert saved(with_agent(level2, agent), is_agent_used=answer).agent is None


def test_a_change_of_anything_else_keeps_the_agent(agent, level2):
    cas = saved(with_agent(level2, agent), study_city="Leeds")
    assert cas.agent == agent
    assert len(changes_of_agent(cas)) == 1


def test_amending_the_register_changes_no_cas_and_the_cas_keeps_its_agent(agent, level1, level2):
    cas = with_agent(level2, agent)
    agent.amend({**COMPASS, "agent_contact_name": "Omar Saleh"}, by=level1)
    agent.retire(by=level1)
    cas = saved(cas, study_city="Leeds", agent=agent.pk)
    assert (cas.agent, cas.agent_contact_name) == (agent, "Layla Haddad")


def test_the_copy_of_an_earlier_state_of_the_register_counts_only_for_the_cas_that_has_it(agent, level1, level2):
    earlier = agent.filled_in
    agent.amend({**COMPASS, "agent_contact_name": "Omar Saleh"}, by=level1)
    assert a_cas(level2, **earlier, agent=agent.pk).agent is None


def test_choosing_an_agent_whose_text_the_cas_already_has_names_it_and_choosing_none_clears_it(agent, level2):
    cas = a_cas(level2, **agent.filled_in)
    assert cas.agent is None
    assert saved(cas, agent=agent.pk).agent == agent
    assert saved(cas, agent=None).agent is None
    assert cas.version == 3


@pytest.mark.parametrize("picked", [0, -1, 2**70])
def test_an_id_of_no_agent_is_ignored(picked, agent, level2):
    assert a_cas(level2, **agent.filled_in, agent=picked).agent is None


def test_an_agent_of_another_sponsor_is_ignored(agent, outsider):
    assert with_agent(outsider, agent).agent is None


def test_the_agent_of_an_assigned_cas_never_changes(agent, level1, level2, allocation):
    other = an_agent(level1, agent_city="Irbid")
    cas = assigned(with_agent(level2, agent))
    frozen = "The details of an assigned CAS never change"
    assert refusal(update, cas, agent_id=other.pk) == refusal(update, cas, agent_id=None) == frozen
    with only_trigger("sms_guard_cas_cas_details"):
        assert refusal(update, cas, agent_id=other.pk) == frozen
    with no_triggers():
        assert not refusal(update, cas, agent_id=other.pk)


def test_no_row_names_an_agent_while_none_was_used(agent, level2):
    cas = with_agent(level2, agent)
    with no_triggers():
        assert "cas_agent_only_if_one_was_used" in refusal(update, cas, is_agent_used=False)
        assert not refusal(update, cas, is_agent_used=False, agent_id=None)
