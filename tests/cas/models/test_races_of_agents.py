"""Races about the register of agents, with real threads: each agent is there once, and no CAS names it wrongly."""

from itertools import count

import pytest

from cas.models import CAS, Agent
from licences.models import Event
from sms.core.refused import InvalidValues
from tests.factories import COMPASS, COMPLETE, a_cas, an_agent
from tests.racing import at_once

pytestmark = [pytest.mark.long, pytest.mark.django_db(transaction=True)]


def reloaded(record):
    return type(record).objects.get(pk=record.pk)


def test_an_agent_that_several_users_add_at_once_is_added_once(level1):
    answers = at_once(*[lambda contact=contact: an_agent(level1, agent_contact_name=contact) for contact in "ABCD"])
    refused = [answer.errors for answer in answers if isinstance(answer, InvalidValues)]
    assert len(refused) == 3
    assert all("already has an agent with this name" in errors["agent_name"] for errors in refused)
    assert Agent.objects.count() == Event.objects.filter(kind="agent").count() == 1


def test_without_the_constraint_on_its_keys_every_user_adds_it(level1, monkeypatch):
    """The twin. No key is the same as another."""
    number = count()
    monkeypatch.setattr("cas.models.agent.text_key", lambda text: str(next(number)))
    at_once(*[lambda: an_agent(level1)] * 4)
    assert Agent.objects.filter(agent_name=COMPASS["agent_name"]).count() == 4


def test_an_agent_that_is_retired_by_several_users_at_once_has_one_line_of_history(level1):
    agent = an_agent(level1)
    at_once(*[lambda: reloaded(agent).retire(by=level1)] * 4)
    assert Event.objects.filter(kind="agent", verb="retire").count() == 1


def test_a_cas_that_is_saved_while_its_agent_is_amended_names_it_only_for_a_copy_of_one_of_its_states(level1):
    for number in range(3):
        agent = an_agent(level1, agent_city=f"City {number}")
        values = {**COMPLETE, **agent.filled_in, "agent": agent.pk}
        cas, _ = at_once(
            lambda values=values: a_cas(level1, **values),
            lambda agent=agent: reloaded(agent).amend({**agent.lines, "agent_contact_name": "Omar"}, by=level1),
        )
        assert reloaded(agent).agent_contact_name == "Omar"
        assert (cas.agent or agent) == agent
        assert cas.agent_contact_name == COMPASS["agent_contact_name"]
    assert CAS.objects.count() == 3
