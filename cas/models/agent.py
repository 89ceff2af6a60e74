"""The sponsor's register of agents. Level 1 users keep it, and all users of the sponsor can choose from it (section 8).

A CAS has a copy of an agent's details, and names the agent for as long as the copy is unchanged.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Self

from django.db import models, transaction
from django.db.models import Q, QuerySet

from cas import columns, keys, refusals
from cas.details import fields
from cas.details.sections import AGENT
from cas.keys import KeyField, text_key
from cas.models.sponsor_list import SponsorListQuerySet, SponsorListRow
from licences.models import Event, User
from licences.models.event import changes
from licences.permissions import Action, require
from sms.core import triggers
from sms.core.refused import InvalidValues, Stale
from sms.core.values import trimmed

USED = "is_agent_used"
LINES = [field.name for field in fields.FIELDS if field.section is AGENT and field.name != USED]


class AgentQuerySet(SponsorListQuerySet["Agent"]):
    def offered(self, *, chosen: int = 0) -> Self:
        """Return the agents that users can choose: those that are not retired, and that with the id `chosen`."""
        return self.filter(Q(is_retired=False) | Q(pk=chosen))

    def named(self, text: str) -> Self:
        """Return the agents whose name contains `text`, ignoring case and accents; all agents if it is empty."""
        return self.filter(name_key__contains=text_key(text)) if trimmed(text) else self

    def copied_into(
        self, details: Mapping[str, Any], picked: int | None, *, saved: Mapping[str, Any] | None = None
    ) -> Agent | None:
        """Return the agent with the id `picked` if the checked `details` of a CAS are a copy of it; else None.

        `saved` are the details that the CAS already has, and the id of its `agent`. The CAS keeps that agent while the
        copy is unchanged, even if the agent has been amended since.
        """
        agent = self.filter(pk=picked).first() if picked and details[USED] else None
        if agent is None:
            return None
        copy = {name: details[name] for name in LINES}
        is_unchanged = saved is not None and saved["agent"] == picked and copy.items() <= saved.items()
        return agent if is_unchanged or agent.is_copied_into(details) else None

    @transaction.atomic
    def add(self, values: Mapping[str, Any], *, by: User) -> Agent:
        """Create an agent from the fields of the section Agent. Raises `Refused`, `InvalidValues`."""
        require(by, Action.AGENTS_KEEP)
        agent = Agent(licence=by.sponsor)
        Event.objects.record("create", agent, by=by, data=changes({}, agent.write(values)))
        return agent


class Agent(SponsorListRow):
    licence = models.ForeignKey("licences.Licence", models.PROTECT, related_name="agents")
    name_key = KeyField(max_length=keys.SIZE, editable=False)
    city_key = KeyField(max_length=keys.SIZE, editable=False)
    agent_name = models.CharField(max_length=fields.BY_NAME["agent_name"].size)
    agent_contact_name = models.CharField(max_length=fields.BY_NAME["agent_contact_name"].size)
    agent_address_line_1 = models.CharField(max_length=fields.BY_NAME["agent_address_line_1"].size)
    agent_address_line_2 = models.CharField(max_length=fields.BY_NAME["agent_address_line_2"].size, blank=True)
    agent_address_line_3 = models.CharField(max_length=fields.BY_NAME["agent_address_line_3"].size, blank=True)
    agent_city = models.CharField(max_length=fields.BY_NAME["agent_city"].size)
    agent_county = models.CharField(max_length=fields.BY_NAME["agent_county"].size, blank=True)
    agent_postcode = models.CharField(max_length=fields.BY_NAME["agent_postcode"].size, blank=True)
    agent_country = models.CharField(max_length=3)
    is_retired = models.BooleanField(default=False, editable=False)

    objects = AgentQuerySet.as_manager()

    kept_with, not_found = Action.AGENTS_KEEP, refusals.AGENT_NOT_FOUND
    alike: ClassVar = ["name_key", "city_key"]
    named_in = "agent_name"
    event_kind = "agent"
    guards: ClassVar = (
        triggers.frozen("origin", ["id", "licence_id"], "The origin of an agent never changes"),
        triggers.never_deleted("Agents"),
    )

    class Meta:
        ordering: ClassVar = ["name_key", "city_key"]
        constraints: ClassVar = [
            # An agency can have an office in each of several cities.
            models.UniqueConstraint(fields=["licence", "name_key", "city_key"], name="agent_once_for_a_sponsor"),
            models.CheckConstraint(condition=~Q(agent_name="") & ~Q(name_key=""), name="agent_has_a_name"),
        ]

    def __str__(self) -> str:
        return columns.office(self.agent_name, self.agent_city)

    @property
    def lines(self) -> dict[str, str]:
        """Return the agent's details, by the name of the field of a CAS."""
        return {name: getattr(self, name) for name in LINES}

    def is_copied_into(self, details: Mapping[str, Any]) -> bool:
        """Return whether checked details of a CAS are a copy of this agent."""
        return bool(details[USED]) and all(details[name] == value for name, value in self.lines.items())

    @property
    def exists_already(self) -> str:
        todo = "It is retired: reinstate it instead" if self.is_retired else "Change that agent instead"
        return f"The register already has an agent with this name in this city. {todo}"

    def last_event(self) -> int:
        """Return the id of the last line of its history."""
        return self._events().values_list("pk", flat=True).latest("pk")

    def _events(self) -> QuerySet[Event]:
        return Event.objects.about("agent", self.pk)

    @property
    def filled_in(self) -> dict[str, Any]:
        """Return the values to fill into the form of a CAS, by field name."""
        return {USED: True, **self.lines}

    @transaction.atomic
    def amend(self, values: Mapping[str, Any], *, by: User, seen: int | None = None) -> bool:
        """Change this agent. CAS that name it do not change. Return whether it changed.

        `seen` is the id of the last line of its history that `by` saw. Raises `Refused`, `InvalidValues`; `Stale` if
        there are later lines.
        """
        self.lock(by)
        if seen is not None and (later := list(self._events().filter(pk__gt=seen).select_related("by"))):
            raise Stale(refusals.AGENT_SAVED_MEANWHILE, later)
        before = self.lines
        if changed := changes(before, self.write(values)):
            Event.objects.record("save", self, by=by, data=changed)
        return bool(changed)

    def retire(self, *, by: User) -> None:
        """Offer this agent no longer. CAS that name it do not change. Raises `Refused`."""
        self._set_retired("retire", True, by)

    def reinstate(self, *, by: User) -> None:
        """Offer this retired agent again. Raises `Refused`."""
        self._set_retired("reinstate", False, by)

    def write(self, values: Mapping[str, Any]) -> dict[str, str]:
        """Save these values, checked in the same way as those of a CAS. Return the values saved.

        The agent needs all that a CAS with an agent needs. Raises `InvalidValues`.
        """
        found, errors = fields.checked({USED: True, **{name: values.get(name, "") for name in LINES}})
        absent = {field.name: f"Enter the {field.label.lower()}" for field in fields.missing(found)}
        if wrong := {name: sentence for name, sentence in (absent | errors).items() if name in LINES}:
            raise InvalidValues(wrong)
        written = {name: found[name] for name in LINES}
        for name, value in written.items():
            setattr(self, name, value)
        self.name_key, self.city_key = text_key(self.agent_name), text_key(self.agent_city)
        self.save_once()
        return written

    @transaction.atomic
    def _set_retired(self, verb: str, is_retired: bool, by: User) -> None:
        self.lock(by)
        if self.is_retired == is_retired:  # another user was quicker
            return
        self.is_retired = is_retired
        self.save(update_fields=["is_retired"])
        Event.objects.record(verb, self, by=by)
