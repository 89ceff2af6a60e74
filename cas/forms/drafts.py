"""The drafts of a user: forms of CAS, course templates and agents with text that is not saved yet."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from cas.models import CAS, Agent, CourseTemplate
from licences.models import Draft, User
from licences.permissions import Action
from sms.core.values import trimmed

EDITED = {
    "edit_cas": CAS.objects.unassigned,
    "edit_course_template": CourseTemplate.objects.all,
    "edit_agent": Agent.objects.all,
}
"""The forms of records that exist, and the records that they can change."""

OF_TEMPLATES = ("add_course_template", "edit_course_template")
OF_AGENTS = ("add_agent", "edit_agent")
FORMS = ("create_cas", "add_cas", "edit_cas", *OF_TEMPLATES, *OF_AGENTS)


class Unsaved(NamedTuple):
    """A draft of the CAS `cas_id`, of a new CAS, of a course template or of an agent."""

    label: str
    course: str
    kept_at: datetime | None
    address: str
    cas_id: int | None


def unsaved(user: User) -> list[Unsaved]:
    """Return the drafts that `user` can continue, newest first."""
    may_keep_agents = user.may(Action.AGENTS_KEEP)
    known = [form for form in FORMS if may_keep_agents or form not in OF_AGENTS]
    drafts = list(Draft.objects.for_user(user).open().filter(form__in=known))
    if not drafts:
        return []
    routes = set(user.sponsor.open_routes())
    there = {
        (form, str(pk))
        for form, rows in EDITED.items()
        if (subjects := [int(draft.subject) for draft in drafts if draft.form == form])
        for pk in rows().for_user(user).filter(pk__in=subjects).values_list("pk", flat=True)
    }
    found = []
    for draft in drafts:
        cas_id = int(draft.subject) if draft.form == "edit_cas" else None
        route = draft.subject.partition("/")[0]  # after the slash: the id of a batch, which may have been deleted
        is_new = draft.form == "add_agent" or (draft.form not in EDITED and route in routes)
        if (draft.form, draft.subject) in there or is_new:
            found.append(Unsaved(_label(draft), _text(draft, "course_title"), draft.kept_at, draft.address, cas_id))
    return found


def edited(user: User) -> set[int]:
    """Return the ids of the CAS for which `user` has a draft that they can continue."""
    return {draft.cas_id for draft in unsaved(user) if draft.cas_id}


def _label(draft: Draft) -> str:
    if draft.form in OF_TEMPLATES:
        return f"Course template {_text(draft, 'name')}".strip()
    if draft.form in OF_AGENTS:
        return f"Agent {_text(draft, 'agent_name')}".strip()
    names = (_text(draft, "family_name"), _text(draft, "given_names"))
    return ", ".join(filter(None, names)) or "No name yet"


def _text(draft: Draft, name: str) -> str:
    return trimmed(draft.typed.get(name, ""))
